"""Whole processes, timed side by side. Needs a system with ``wait4``: Linux, macOS."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Mapping

CACHE = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "build", "bench", "cache")
FINE = (0, 1, 200, 205)  # exit codes of scanners that went through: nothing found, or something


@dataclass
class Figure:
    """What one command took: seconds of each round, and the most memory that one of its processes had."""

    times: list[float] = field(default_factory=list)
    memory: float = 0.0  # MB

    @property
    def seconds(self) -> float:
        """The median of the rounds."""
        return statistics.median(self.times)


def environment() -> dict[str, str]:
    """What the commands are given: Python may keep its byte code, as it does for everybody; keylint has a cache for this."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return {**kept, "KEYLINT_CACHE_DIR": CACHE}


# Runs a command and says what it took. A process of its own, and a small one: a child counts its parent's memory as its own until
# it is another program.
LAUNCHER = """
import json, os, subprocess, sys, time
start = time.perf_counter()
process = subprocess.Popen(sys.argv[1:], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
_, status, usage = os.wait4(process.pid, 0)
print(json.dumps([time.perf_counter() - start, usage.ru_maxrss, os.waitstatus_to_exitcode(status)]))
"""


def once(command: list[str], folder: pathlib.Path) -> tuple[float, float]:
    """Seconds and MB of one run."""
    launched = [sys.executable, "-I", "-S", "-c", LAUNCHER, *command]
    done = subprocess.run(launched, cwd=folder, env=environment(), capture_output=True, check=True)
    seconds, memory, code = json.loads(done.stdout)
    if code not in FINE:
        raise SystemExit(f"{' '.join(command[:4])} … in {folder}: exit code {code}")
    return seconds, memory / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def compare(commands: Mapping[str, list[str]], folder: pathlib.Path, rounds: int) -> dict[str, Figure]:
    """The figures of each command. They take turns, so that a busy machine slows them alike; the first turn fills caches."""
    figures = {name: Figure() for name in commands}
    for turn in range(rounds + 1):
        for name, command in commands.items():
            seconds, memory = once(command, folder)
            figures[name].memory = max(figures[name].memory, memory)
            if turn:
                figures[name].times.append(seconds)
    return figures
