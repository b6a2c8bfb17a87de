"""A git that says only half of what it has to say, or something else: an error of one line, never a wrong answer."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

from tests.samples import sample
from tests.tool import git, keylint, write

pytestmark = pytest.mark.skipif(os.name == "nt", reason="the false git is a script")

# It hands every call to the real git, and passes on what is left of the answer to one of its commands. `cat-file --batch` is
# asked and answers in turn: it is the real one, or says one thing and ends.
FALSE = """#!{python}
import os, subprocess, sys
path = os.environ["PATH"].split(os.pathsep)
os.environ["PATH"] = os.pathsep.join(path[1:])
if "--batch" in sys.argv:
    if {command!r} != "--batch":
        os.execvp("git", ["git", *sys.argv[1:]])
    asked = sys.stdin.buffer.readline()
    out = asked.strip() + b" blob 40\\nopenai.api_key = 1"
    sys.stdout.buffer.write({change})
    sys.exit()
piped = "cat-file" in sys.argv or "--stdin" in sys.argv
done = subprocess.run(["git", *sys.argv[1:]], stdin=None if piped else subprocess.DEVNULL, stdout=subprocess.PIPE)
out = done.stdout
if {command!r} in sys.argv:
    out = {change}
sys.stdout.buffer.write(out)
sys.exit(done.returncode)
"""
CHANGES = (
    "out[:len(out) // 3]",
    "out[:-2]",
    "out[:20]",
    "b''",
    "b'x' + out",
    "b'\\0' * 50",
    "out[::-1]",
    "b': x y z\\0'",
)


def false_git(folder: pathlib.Path, command: str, change: str) -> None:
    folder.mkdir(exist_ok=True)
    path = folder / "git"
    path.write_text(FALSE.format(python=sys.executable, command=command, change=change))
    path.chmod(0o755)


@pytest.mark.parametrize(
    "command", ["ls-files", "diff-index", "diff", "cat-file", "--batch", "log", "rev-list", "rev-parse"]
)
@pytest.mark.parametrize(
    "arguments",
    [("check",), ("check", "--staged"), ("check", "--since", "HEAD~1"), ("history",)],
    ids=["check", "staged", "since", "history"],
)
def test_half_an_answer(
    repository: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    command: str,
    arguments: tuple[str, ...],
) -> None:
    key = sample("openai")
    write(repository, {"a.py": f'import openai\nopenai.api_key = "{key}"\n', "b.py": "x = 1\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    write(repository, {"b.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    git(repository, "commit", "-qam", "two")
    git(repository, "mv", "b.py", "c d.py")
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    for change in CHANGES:
        false_git(tmp_path / "bin", command, change)
        result = keylint(*arguments, folder=repository)
        assert result.code in (0, 1, 2, 3), change
        assert "Traceback" not in result.err, change
        assert key not in result.out + result.err
        if result.code == 2:
            assert result.err.count("\n") == 1, result.err
