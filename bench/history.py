"""How long `keylint history` takes on a generated repository, and how much memory: python bench/history.py [COMMITS].

Every commit changes three files of a thousand in fifty folders, of which one in ten names a vendor; one in a hundred commits
brings a key in, and the next one takes it out.
"""

from __future__ import annotations

import os
import pathlib
import random
import resource
import subprocess
import sys
import tempfile
import time
from typing import IO

sys.path.insert(0, str(pathlib.Path(__file__).parent.parent))
from tests.samples import body

FILES, FOLDERS, CHANGED = 1000, 50, 3
WORDS = ["alpha", "beta", "gamma", "delta", "request", "answer", "client", "value", "result", "item", "total", "index"]


def key(number: int) -> str:
    return "sk-" + body(f"head {number}", 20) + "T3BlbkFJ" + body(f"tail {number}", 20)


def text(file: int, commit: int, chance: random.Random) -> str:
    lines = [f"# file {file}, change {commit}"]
    if not file % 10:
        lines += ["from openai import OpenAI", "client = OpenAI()"]
    lines += [
        f"{chance.choice(WORDS)}_{line} = {chance.randrange(10**6)}  # {chance.choice(WORDS)}" for line in range(80)
    ]
    return "\n".join(lines) + "\n"


def generate(into: IO[bytes], commits: int) -> int:
    """A history for `git fast-import`; how many contents it has."""
    chance, contents = random.Random(1), 0
    for commit in range(commits):
        into.write(b"commit refs/heads/main\n")
        into.write(f"committer t <t@example.invalid> {1_500_000_000 + commit * 600} +0000\ndata 1\nx\n".encode())
        files = range(FILES) if not commit else chance.sample(range(FILES), CHANGED)
        for file in files:
            made = text(file, commit, chance).encode()
            into.write(
                f"M 100644 inline src/part{file % FOLDERS}/module{file}.py\ndata {len(made)}\n".encode() + made + b"\n"
            )
            contents += 1
        if not commit % 100:
            made = f'import openai\nopenai.api_key = "{key(commit)}"\n'.encode()
            into.write(f"M 100644 inline settings.py\ndata {len(made)}\n".encode() + made + b"\n")
            contents += 1
        elif commit % 100 == 1:
            into.write(b"D settings.py\n")
    return contents


def build(folder: pathlib.Path, commits: int) -> int:
    """A repository with such a history; how many contents it has."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    with subprocess.Popen(["git", "fast-import", "--quiet"], cwd=folder, stdin=subprocess.PIPE) as git:
        assert git.stdin is not None
        contents = generate(git.stdin, commits)
    subprocess.run(["git", "gc", "-q"], cwd=folder, check=True)
    return contents


def main() -> None:
    commits = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        contents = build(pathlib.Path(folder), commits)
        size = sum(path.stat().st_size for path in pathlib.Path(folder, ".git").rglob("*") if path.is_file())
        print(f"{commits:,} commits, {contents:,} contents, {size / 1e6:.1f} MB packed")
        command = [sys.executable, "-m", "keylint", "history", "--exit-zero"]
        for _ in range(3):
            start, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
            done = subprocess.run(command, cwd=folder, capture_output=True, check=True, env=os.environ)
            spent = time.perf_counter() - start
            said = done.stdout.decode().splitlines()[-1]
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            worked = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
            print(f"{spent:.2f} s, {worked:.2f} s of processors: {said} (largest process {after.ru_maxrss >> 10} MB)")
        listing = "git rev-list --objects --all --filter=object:type=blob --filter-provided-objects"
        start = time.perf_counter()
        subprocess.run(f"{listing} | git cat-file --buffer --batch > {os.devnull}", cwd=folder, shell=True, check=True)
        print(f"{time.perf_counter() - start:.2f} s: git alone, reading all of it")


if __name__ == "__main__":
    main()
