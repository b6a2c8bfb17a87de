"""Looks for inputs that break a law, by coverage: ``python -m tests.fuzz --seconds 60 [TARGET …]``.

Each target runs in a process of its own under atheris, from the kept corpus on. A crash is printed as a line for
``tests/fuzz/corpus/TARGET.jsonl``, where it stays as a test. ``--keep`` puts what covers more into these files.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import time

from tests.fuzz import corpus

HERE = pathlib.Path(__file__).parent
LARGEST = 4096  # bytes of an input


def drive(name: str, arguments: list[str]) -> None:
    """Hand one target to atheris; does not return."""
    import atheris

    with atheris.instrument_imports(include=["keylint"], enable_loader_override=False):
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        target(b"")
    atheris.Setup([sys.argv[0], *arguments], target)
    atheris.Fuzz()


def fuzz(name: str, seconds: int, folder: pathlib.Path, keep: bool) -> tuple[str, int, list[str]]:
    """Run one target: its name, how often it was called, and the inputs that broke it as lines of a corpus."""
    from tests.fuzz.pieces import WORDS

    place = folder / name
    inputs, crashes = place / "inputs", place / "crashes"
    inputs.mkdir(parents=True)
    crashes.mkdir()
    words = place / "words.dict"
    words.write_text("".join(f'"{corpus.escaped(word.encode())}"\n' for word in WORDS), encoding="ascii")
    for number, data in enumerate(corpus.inputs(name)):
        (inputs / f"kept-{number}").write_bytes(data)
    count, end, seed = 0, time.monotonic() + seconds, 1
    log = place / "log"
    while (left := int(end - time.monotonic())) > 0:
        options = [f"-max_total_time={left}", f"-max_len={LARGEST}", f"-dict={words}", f"-artifact_prefix={crashes}/"]
        options += ["-timeout=25", "-rss_limit_mb=4096", "-print_final_stats=1", f"-seed={seed}"]
        with log.open("ab") as out:
            at = out.tell()
            command = [sys.executable, "-m", "tests.fuzz", "--drive", name, *options, str(inputs)]
            subprocess.run(command, stdout=out, stderr=out, cwd=HERE.parent.parent, check=False)
        said = log.read_bytes()[at:].decode("utf-8", "replace")
        done = re.findall(r"number_of_executed_units:\s*(\d+)|^#(\d+)\s", said, re.MULTILINE)
        count += max((int(number) for pair in done for number in pair if number), default=0)
        seed += 1
        if len(list(crashes.iterdir())) >= 5 or "Done" not in said:
            break
    if keep:
        corpus.write(name, (path.read_bytes() for path in inputs.iterdir()))
    return name, count, [corpus.line(path.read_bytes()) for path in sorted(crashes.iterdir())]


def main() -> int:
    """The command line; 1 if a law was broken."""
    if sys.argv[1:2] == ["--drive"]:
        drive(sys.argv[2], sys.argv[3:])
    from tests.fuzz.targets import TARGETS

    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", help="all if none is named", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--keep", action="store_true", help="renew the corpus")
    parser.add_argument("--logs", type=pathlib.Path, help="where to leave what the fuzzer says")
    options = parser.parse_args()
    total = broken = 0
    with tempfile.TemporaryDirectory() as temporary, concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        folder = options.logs or pathlib.Path(temporary)
        tasks = [pool.submit(fuzz, name, options.seconds, folder, options.keep) for name in options.targets or TARGETS]
        for task in concurrent.futures.as_completed(tasks):
            name, count, crashes = task.result()
            total += count
            broken += len(crashes)
            print(
                f"{name:<24} {count:>9} executions",
                *(f"  broken by {crash}" for crash in crashes),
                sep="\n",
                flush=True,
            )
    print(f"{total} executions, {broken} broken")
    return int(broken > 0)


if __name__ == "__main__":
    sys.exit(main())
