"""What a change does to keylint's cost: `python bench/change.py BASE`, a commit, beside the work tree as it is.

Both are installed into environments of their own and take turns; what is printed is the median of the rounds' ratios and the
middle half of them. Prints, and fails on nothing: a machine that is shared says little about one run.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import inputs  # noqa: E402
from bench.timing import once  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

HITS = 40  # times the ten files with mistakes


def installed(source: pathlib.Path, into: pathlib.Path) -> str:
    """A keylint of its own; the path of its program."""
    subprocess.run([sys.executable, "-m", "venv", str(into)], check=True)
    subprocess.run([str(into / "bin" / "pip"), "install", "-q", str(source)], check=True)
    return str(into / "bin" / "keylint")


def work(folder: pathlib.Path) -> dict[str, pathlib.Path]:
    """What is checked, by name."""
    return {
        "one small clean file": inputs.committed(inputs.written(folder / "one", {"clean.py": inputs.CLEAN})),
        "ten files with findings": inputs.committed(inputs.written(folder / "ten", inputs.MISTAKES)),
        f"{10 * HITS} files with findings": inputs.repeated(folder / "hits", HITS),
        "keylint's own sources": ROOT,
    }


def lines(base: str, rounds: int) -> Iterator[str]:
    """A table in Markdown."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        subprocess.run(["git", "clone", "-q", str(ROOT), str(folder / "source")], check=True)
        subprocess.run(["git", "checkout", "-q", base], cwd=folder / "source", check=True)
        before, after = installed(folder / "source", folder / "before"), installed(ROOT, folder / "after")
        yield from (f"Time of this state, as a multiple of {base[:12]}'s", "")
        yield from ("| | ratio | middle half | |", "|---|---|---|---|")
        for what, place in work(folder).items():
            ratios = []
            for turn in range(rounds + 1):
                seconds = [once([program, "check", "--isolated", "."], place)[0] for program in (before, after)]
                if turn:  # the first round fills the caches
                    ratios.append(seconds[1] / seconds[0])
            low, middle, high = statistics.quantiles(ratios, n=4)
            word = "slower" if low > 1 else "faster" if high < 1 else "no change that can be told from noise"
            yield f"| {what} | {middle:.2f}× | {low:.2f}× to {high:.2f}× | {word} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("base")
    parser.add_argument("--rounds", type=int, default=15)
    options = parser.parse_args()
    text = "\n".join(lines(options.base, options.rounds))
    print(text)
    summary = os.environ.get("GITHUB_STEP_SUMMARY")
    if summary:
        with open(summary, "a", encoding="utf-8") as file:
            file.write(text + "\n")


if __name__ == "__main__":
    main()
