"""What keylint costs, beside what else one could run.

    python bench/run.py [--only clean,ten,tree,sample,sdks,hook,history,keystroke,growth,hostile] [--rounds 5] [--write]

Prepares its input and installs the peers into `build/bench` (some 1 GB; npm is used if it is there), and prints tables. With
``--write`` they replace those of `docs/performance.md`, and the plots beside it. Asserts nothing.
"""

from __future__ import annotations

import argparse
import pathlib
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from bench import history, inputs, lsp, report  # noqa: E402
from bench.peers import FIRST, Tools  # noqa: E402
from bench.timing import compare, once  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.timing import Figure

COMMITS = 10_000
SIZES = (0.125, 0.25, 0.5, 1.0)


class Benchmarks:
    """Each method is one piece of work, and yields the lines of its section."""

    def __init__(self, data: pathlib.Path, rounds: int, plots: pathlib.Path | None) -> None:
        self.data = data
        self.rounds = rounds
        self.plots = plots
        self.tools = Tools(data)

    def compared(self, name: str, title: str, figures: dict[str, Figure], base: str) -> Iterator[str]:
        """A table, and the plot of it."""
        yield from ("", f"### {title}", "", *report.table(figures, base))
        if self.plots is not None:
            ratios = {tool: figure.seconds / figures["keylint"].seconds for tool, figure in figures.items()}
            report.plot(self.plots / f"{name}.svg", f"{title}: times keylint's", ratios)
            yield from ("", f"![Times, as multiples of keylint's](performance/{name}.svg)")

    def clean(self) -> Iterator[str]:
        """One small clean file."""
        folder = inputs.committed(inputs.written(self.data / "one", {"clean.py": inputs.CLEAN}))
        passing = {"python -c pass": [self.tools.python, "-c", "pass"]}
        figures = compare({**passing, **self.tools.scanners(path="clean.py")}, folder, 4 * self.rounds)
        yield from self.compared("clean", "One small clean file, whole process", figures, "python -c pass")

    def ten(self) -> Iterator[str]:
        """Ten files with findings of five languages."""
        folder = inputs.committed(inputs.written(self.data / "ten", inputs.MISTAKES))
        passing = {"python -c pass": [self.tools.python, "-c", "pass"]}
        named = self.tools.keylint("check", "--isolated", *inputs.MISTAKES)
        figures = compare({**passing, "keylint": named}, folder, 3 * self.rounds)
        yield from self.compared("ten", "Ten files with findings, five languages", figures, "python -c pass")

    def tree(self) -> Iterator[str]:
        """30,000 mixed files."""
        folder = inputs.left_alone(inputs.fetched(inputs.MIXED, self.data / "tree", inputs.MIXED_FILES))
        size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts)
        figures = compare(self.tools.scanners(slow=False), folder, self.rounds)
        title = f"{inputs.MIXED_FILES:,} files of public packages, {size / 1e6:.0f} MB, few findings"
        yield from self.compared("tree", title, figures, "ripgrep")

    def sample(self) -> Iterator[str]:
        """One file in fifty of them, for the tools that would take hours."""
        whole = inputs.fetched(inputs.MIXED, self.data / "tree", inputs.MIXED_FILES)
        folder = inputs.left_alone(inputs.part(whole, self.data / "sample", 0.02))
        figures = compare(self.tools.scanners(), folder, 1)
        yield from self.compared("sample", "One file in fifty of those", figures, "keylint")

    def sdks(self) -> Iterator[str]:
        """A code base full of findings."""
        folder = inputs.left_alone(inputs.fetched(inputs.SDKS, self.data / "sdks"))
        figures = compare(self.tools.scanners(slow=False), folder, max(1, self.rounds // 2))
        yield from self.compared("sdks", "The vendors' SDKs and what is built upon them", figures, "kingfisher")

    def hook(self) -> Iterator[str]:
        """One file of many, whose project counts too."""
        folder = inputs.left_alone(inputs.fetched(inputs.SDKS, self.data / "sdks"))
        call = ("check", "--isolated", inputs.ONE_OF_MANY)
        tools = {"keylint": self.tools.keylint(*call), FIRST: self.tools.first(*call)}
        figures = compare(
            {**tools, "kingfisher": self.tools.scanners(path=inputs.ONE_OF_MANY)["kingfisher"]}, folder, self.rounds
        )
        yield from self.compared("hook", "One file of those, as a hook checks it", figures, "kingfisher")

    def history(self) -> Iterator[str]:
        """A long history."""
        folder = self.data / "history"
        if not (folder / ".git").exists():
            history.build(folder, COMMITS)
        figures = compare(self.tools.historians(), folder, max(1, self.rounds // 2))
        yield from self.compared("history", f"A history of {COMMITS:,} commits", figures, "kingfisher")

    def keystroke(self) -> Iterator[str]:
        """An editor's session."""
        yield from ("", f"### A keystroke in a file of {lsp.LINES:,} lines", "")
        yield from ("| | median | 95th percentile |", "|---|---|---|")
        with tempfile.TemporaryDirectory() as name:
            for what, middle, high in lsp.keystrokes(pathlib.Path(name)):
                yield f"| {what} | {middle:.1f} ms | {high:.1f} ms |"

    def growth(self) -> Iterator[str]:
        """Cost as bytes and hits grow."""
        whole = inputs.fetched(inputs.MIXED, self.data / "tree", inputs.MIXED_FILES)
        trees = {size: inputs.part(whole, self.data / f"part{size}", size) if size < 1 else whole for size in SIZES}
        hits = {size: inputs.repeated(self.data / f"hits{size}", int(800 * size)) for size in SIZES}
        yield from ("", "### Growth", "", "| | 1× | 2× | 4× | 8× | memory at 1× and 8× |", "|---|---|---|---|---|---|")
        for what, folders in (("files", trees), ("findings", hits)):
            figures = {
                size: compare({"": self.tools.keylint("check", "--isolated", ".")}, folder, 2)[""]
                for size, folder in folders.items()
            }
            first, last = figures[SIZES[0]], figures[SIZES[-1]]
            cells = " | ".join(f"{figure.seconds:.2f} s" for figure in figures.values())
            yield f"| {what} | {cells} | {first.memory:.0f} and {last.memory:.0f} MB |"

    def hostile(self) -> Iterator[str]:
        """Texts that hurt, at half and full size."""
        yield from (
            "",
            "### Texts that hurt",
            "",
            "| | half of it | all of it | ratio | memory |",
            "|---|---|---|---|---|",
        )
        command = self.tools.keylint("check", "--isolated", ".")
        halves, wholes = inputs.hostile(self.data / "hostile", 0.5), inputs.hostile(self.data / "hostile", 1)
        for name, folder in wholes.items():
            half, whole = once(command, halves[name]), once(command, folder)
            yield f"| {name} | {half[0]:.2f} s | {whole[0]:.2f} s | {whole[0] / half[0]:.1f}× | {whole[1]:.0f} MB |"


WORK = ("clean", "ten", "tree", "sample", "sdks", "hook", "history", "keystroke", "growth", "hostile")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", default=",".join(WORK), help="which pieces of work, by name")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--data", type=pathlib.Path, default=ROOT / "build" / "bench")
    parser.add_argument(
        "--write", action="store_true", help="write docs/performance.md and its plots (needs matplotlib)"
    )
    options = parser.parse_args()
    options.data.mkdir(parents=True, exist_ok=True)
    plots = ROOT / "docs" / "performance" if options.write else None
    if plots is not None:
        plots.mkdir(exist_ok=True)
    benchmarks = Benchmarks(options.data.resolve(), options.rounds, plots)
    state = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    lines = [
        report.machine(benchmarks.tools.versions),
        f"Commit {state.stdout.strip()}; medians, the tools taking turns.",
    ]
    print("\n".join(lines))
    for name in options.only.split(","):
        work: Callable[[], Iterator[str]] = getattr(benchmarks, name)
        for line in work():
            print(line, flush=True)
            lines.append(line)
    if options.write:
        report.put(ROOT / "docs" / "performance.md", lines)


if __name__ == "__main__":
    main()
