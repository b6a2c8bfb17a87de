"""Many at once: hook runs that share a cache, and one long session of an editor.

``python -m tests.trust.load`` makes 1,000 runs, 32 at a time, then opens 500 documents and edits them 10,000 times.
"""

from __future__ import annotations

import argparse
import os
import pathlib
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.editor import Editor
from tests.samples import sample
from tests.tool import git, write


@dataclass
class Hooks:
    """What came of the runs: the different answers, and the seconds that all took."""

    answers: set[tuple[int, bytes, bytes]]
    seconds: float
    left: list[str]  # files in the cache that no run will ever read


@dataclass
class Session:
    """Resident memory in MB, after each quarter of the edits, and the seconds of the slowest round: until all is answered."""

    memory: list[float]
    slowest: float
    open: int


def project(folder: pathlib.Path, files: int) -> list[str]:
    """A repository of small programs; one in ten has a mistake. Returns the names."""
    names = {}
    for number in range(files):
        key = '"YOUR_API_KEY"' if number % 10 == 0 else 'os.environ["OPENAI_API_KEY"]'
        names[f"part{number % 7}/p{number}.py"] = (
            f"import os\nfrom openai import OpenAI\n\nc{number} = OpenAI(api_key={key})\n"
        )
    write(folder, {**names, ".env.example": "OPENAI_API_KEY=\n", "secret.py": f'k = "{sample("openai")}"\n'})
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    return sorted(names)


def hooks(folder: pathlib.Path, runs: int, at_once: int) -> Hooks:
    """The same run again and again, in processes that start with no cache at all and share the one that comes to be."""
    names = project(folder / "project", 20)
    cache = folder / "cache"
    env = {**os.environ, "KEYLINT_CACHE_DIR": str(cache)}
    command = [sys.executable, "-m", "keylint", "check", "--output-format", "json", "secret.py", *names]

    def one(_: int) -> tuple[int, bytes, bytes]:
        done = subprocess.run(command, cwd=folder / "project", env=env, capture_output=True, check=False)
        return done.returncode, done.stdout, done.stderr

    start = time.perf_counter()
    with ThreadPoolExecutor(at_once) as pool:
        answers = set(pool.map(one, range(runs)))
    left = sorted(path.name for path in cache.rglob("*") if path.is_file() and path.suffix == ".tmp")
    return Hooks(answers, time.perf_counter() - start, left)


def _resident(process: int) -> float:
    status = pathlib.Path(f"/proc/{process}/status").read_text("utf-8")
    return int(status.partition("VmRSS:")[2].split()[0]) / 1024


def session(folder: pathlib.Path, documents: int, edits: int) -> Session:
    """Open documents and type into all of them, round after round; each round's answers are waited for."""
    names = project(folder, documents)
    editor = Editor(folder)
    try:
        texts = {name: (folder / name).read_text("utf-8") for name in names}
        uris = {name: editor.open(folder / name, text) for name, text in texts.items()}
        for name in names:
            editor.diagnostics(uris[name])
        memory, slowest = [], 0.0
        rounds = edits // documents
        for number in range(rounds):
            everything = {"start": {"line": 4, "character": 0}, "end": {"line": 5, "character": 0}}
            line = f"# edit {number} {'x' * (number % 50)}\n"
            start = time.perf_counter()
            for name in names:
                editor.change(uris[name], number + 2, {"range": everything, "text": line})
            for name in names:
                if not any(said.get("version") == number + 2 for said in editor.published(uris[name])):
                    editor.diagnostics(uris[name], number + 2)
            slowest = max(slowest, time.perf_counter() - start)
            editor.seen.clear()
            editor.received.clear()
            if (number + 1) % max(rounds // 4, 1) == 0:
                memory.append(_resident(editor.process.pid))
        assert editor.end() == 0
        return Session(memory, slowest, documents)
    finally:
        editor.clear()


def main() -> None:
    """Print what came of both."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=32)
    parser.add_argument("--documents", type=int, default=500)
    parser.add_argument("--edits", type=int, default=10_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        made = hooks(pathlib.Path(folder), options.runs, options.at_once)
        codes = {code: err.decode() for code, _, err in made.answers}
        print(
            f"{options.runs} runs: {len(made.answers)} different answers, exit codes {codes}, {made.seconds:.0f} s, left {made.left}"
        )
    with tempfile.TemporaryDirectory() as folder:
        done = session(pathlib.Path(folder), options.documents, options.edits)
        print(
            f"{options.edits} edits in {done.open} documents: memory {[round(one) for one in done.memory]} MB, slowest round {done.slowest:.2f} s"
        )


if __name__ == "__main__":
    main()
