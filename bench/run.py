"""What keylint costs where there is nothing to find, beside what else one could run. Prints; asserts nothing.

    python bench/run.py [--files 20000] [--rounds 15] [--peers]

Every figure is the median of its rounds, and all commands of a comparison take turns in one run, so that a busy machine
slows them alike. The tree is made of the standard library's own sources, cut and renamed until there are enough files.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time

READ = """
import os, sys
for folder, _, names in os.walk(sys.argv[1]):
    for name in names:
        with open(os.path.join(folder, name), "rb") as file:
            file.read()
"""
CLEAN = '"""A small module."""\n\n\ndef double(number: int) -> int:\n    """Twice a number."""\n    return 2 * number\n'


def compare(commands: dict[str, list[str]], folder: pathlib.Path, rounds: int) -> dict[str, float]:
    """The median seconds of each command; they take turns."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            start = time.perf_counter()
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            spent = time.perf_counter() - start
            if done.returncode not in (0, 1):
                raise SystemExit(f"{name}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
            if turn:  # the first round fills the caches
                times[name].append(spent)
    return {name: statistics.median(spent) for name, spent in times.items()}


def table(title: str, medians: dict[str, float], base: str, note: str = "") -> None:
    """Print the medians, and how many times the base each is."""
    print(f"\n{title}")
    for name, seconds in medians.items():
        print(f"  {name:<34}{seconds * 1000:>12.1f} ms{seconds / medians[base]:>9.2f} x")
    if note:
        print(f"  {note}")


def grow(folder: pathlib.Path, count: int) -> int:
    """Fill a folder with `count` clean files of Python; returns their bytes."""
    sources = sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("*.py"))
    sources += sorted(pathlib.Path(sysconfig.get_path("stdlib")).glob("[a-r]*/*.py"))
    texts = [text for source in sources if b"site-packages" not in bytes(source) and (text := source.read_bytes())]
    total = 0
    for number in range(count):
        place = folder / f"package{number // 100:03}"
        if number % 100 == 0:
            place.mkdir()
        text = texts[number % len(texts)][:16_000] + b"\n# %d\n" % number
        (place / f"module{number}.py").write_bytes(text)
        total += len(text)
    return total


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--peers", action="store_true", help="run other linters on a smaller tree, too (minutes)")
    options = parser.parse_args()
    scripts = pathlib.Path(sys.executable).parent
    keylint = [str(scripts / "keylint"), "check", "--isolated"]
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} processors")
    with tempfile.TemporaryDirectory() as base:
        one = pathlib.Path(base) / "one"
        one.mkdir()
        (one / "clean.py").write_text(CLEAN, encoding="utf-8")
        commands = {"python -c pass": [sys.executable, "-c", "pass"], "keylint check clean.py": [*keylint, "clean.py"]}
        if options.peers:
            commands["detect-secrets scan clean.py"] = [str(scripts / "detect-secrets"), "scan", "clean.py"]
            commands["ruff check clean.py"] = [str(scripts / "ruff"), "check", "--isolated", "--no-cache", "clean.py"]
        goal = "goal for keylint: at most 5 x"
        table("One small clean file", compare(commands, one, options.rounds), "python -c pass", goal)

        many = pathlib.Path(base) / "many"
        many.mkdir()
        size = grow(many, options.files)
        commands = {"read in Python": [sys.executable, "-c", READ, "."], "keylint check .": [*keylint, "."]}
        table(
            f"{options.files} clean files, {size / 1e6:.0f} MB, all detectors on",
            compare(commands, many, max(3, options.rounds // 3)),
            "read in Python",
            "goal for keylint: at most 4 x",
        )
        if options.peers:
            some = pathlib.Path(base) / "some"
            some.mkdir()
            size = grow(some, 500)
            commands = {
                "read in Python": [sys.executable, "-c", READ, "."],
                "keylint check .": [*keylint, "."],
                "ruff check --select S105,S106,S107": [
                    *(str(scripts / "ruff"), "check", "--isolated", "--no-cache"),
                    *("--select", "S105,S106,S107", "--exit-zero", "."),
                ],
                "detect-secrets scan --all-files": [str(scripts / "detect-secrets"), "scan", "--all-files", "."],
            }
            table(f"500 clean files, {size / 1e6:.1f} MB", compare(commands, some, 3), "read in Python")


if __name__ == "__main__":
    main()
