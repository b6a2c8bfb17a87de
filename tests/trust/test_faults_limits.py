"""Too few handles, processes or bytes, no git, a clock that jumps: the whole result, or a line and an exit code that is not 0."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import Any

import pytest

from tests.tool import git, write
from tests.trust.faults import LEAK, fine, run, works

linux = pytest.mark.skipif(sys.platform != "linux", reason="limits as Linux has them")
UNTRACKED = {"a.py": LEAK, "b.py": "x = 1\n"}


def limited(kind: str, number: int) -> dict[str, Any]:
    """Arguments for ``run`` that set a limit."""
    import resource

    return {"preexec_fn": lambda: resource.setrlimit(getattr(resource, kind), (number, number))}


@linux
@pytest.mark.parametrize("number", [*range(5, 11), 16])
def test_few_file_handles(repository: pathlib.Path, number: int) -> None:
    """Sixteen are enough; with fewer keylint ends with 4, unless it gets along."""
    write(repository, {**UNTRACKED, "c.py": LEAK, "sub/d.py": LEAK})
    done = run(repository, "check", "--output-format", "concise", **limited("RLIMIT_NOFILE", number))
    fine(done)
    if number < 16 and done.returncode != 1:
        assert (done.returncode in (2, 4), done.stdout, done.stderr.count("\n")) == (True, "", 1)
    else:
        assert (done.returncode, done.stdout.count("KL101")) == (1, 3)


@pytest.fixture
def open_folder() -> Iterator[pathlib.Path]:
    """A folder that others may enter: git asks for itself whether it may."""
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        yield pathlib.Path(folder)


@linux
@pytest.mark.parametrize("arguments", [("check",), ("check", "--staged"), ("check", "--since", "HEAD"), ("history",)])
@pytest.mark.parametrize("number", [1, 2])
def test_no_process_can_be_started(open_folder: pathlib.Path, number: int, arguments: tuple[str, ...]) -> None:
    """git is there and cannot be asked, from the first call on or in the middle: no shorter list of files."""
    repository = open_folder
    write(repository, {"old.py": LEAK})
    git(repository, "init", "-q")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    write(repository, UNTRACKED)
    git(repository, "add", "a.py")
    prefix = []
    if os.geteuid() == 0:  # for whom there is no such limit
        prefix = ["setpriv", "--reuid", "54321", "--clear-groups", "--inh-caps", "+dac_read_search"]
        prefix += ["--ambient-caps", "+dac_read_search"]
        if not works([*prefix, "true"]):
            pytest.skip("root, and no setpriv to be somebody else")
    trusted = {"GIT_CONFIG_GLOBAL": str(repository / ".git" / "trusted")}
    write(repository, {".git/trusted": "[safe]\n\tdirectory = *\n"})
    whole = run(repository, *arguments, prefix=prefix, env=trusted)
    if "git is not there" in whole.stderr:
        pytest.skip("nobody else may enter the folder of temporary files")
    assert whole.returncode == 1, whole.stderr
    prefix += ["prlimit", f"--nproc={number}"]
    done = run(repository, *arguments, prefix=prefix, env=trusted)
    fine(done)
    if (done.returncode, done.stdout) != (whole.returncode, whole.stdout):
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
        assert "git" in done.stderr
    if number == 1:
        assert done.returncode == 2


@linux
def test_little_memory(project: pathlib.Path) -> None:
    """From too little to start up to enough: the result, or exit code 4, and never half a report."""
    write(project, UNTRACKED)
    whole = run(project, "check")
    tried = set()
    for size in range(16, 1 << 12, 2):  # MiB
        limit = limited("RLIMIT_AS", size << 20)
        if subprocess.run([sys.executable, "-c", ""], capture_output=True, **limit).returncode:
            continue
        done = run(project, "check", **limit)
        if done.stderr.startswith("Traceback"):  # there was not enough to load keylint, which could say nothing then
            assert done.stderr.splitlines()[-1].startswith("MemoryError")
            continue
        tried.add(done.returncode)
        if done.returncode == 1:
            assert done.stdout == whole.stdout
            break
        assert (done.returncode, done.stdout) == (4, ""), (size, done.stderr)
        assert re.fullmatch(r"keylint: (out of memory|internal error: .*|no memory .*)", done.stderr.splitlines()[-1])
    assert tried == {1, 4}


@pytest.mark.skipif(os.name == "nt", reason="a path without git is made of links")
@pytest.mark.parametrize("arguments", [("check",), ("check", "--staged"), ("history",)])
def test_no_git(
    repository: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    """Files are looked for without it; what is about a history cannot be done."""
    write(repository, UNTRACKED)
    (tmp_path / "bin").mkdir()
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    done = run(repository, *arguments)
    fine(done)
    if arguments == ("check",):
        assert (done.returncode, done.stdout.count("KL101"), done.stderr) == (1, 1, "")
    else:
        assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)


KILLED = """#!{python}
import os, signal, sys
if "--others" in sys.argv and ("--ignored" in sys.argv) is {ignored}:
    os.kill(os.getpid(), signal.SIGKILL)
os.environ["PATH"] = os.environ["PATH"].split(os.pathsep, 1)[1]
os.execvp("git", ["git", *sys.argv[1:]])
"""


@linux
@pytest.mark.parametrize("ignored", [True, False])
@pytest.mark.parametrize("arguments", [("check",), ("check", "--staged"), ("check", "--since", "HEAD")])
def test_a_git_that_is_killed(
    repository: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    ignored: bool,
    arguments: tuple[str, ...],
) -> None:
    """As by whoever looks for memory: what it would have listed is not left out in silence."""
    write(repository, {"old.py": "x = 1\n"})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "one")
    write(repository, {"a.py": LEAK, ".env": "A=1\n"})
    assert run(repository, *arguments).returncode == (0 if "--staged" in arguments else 1)
    script = tmp_path / "bin" / "git"
    write(tmp_path, {"bin/git": KILLED.format(python=sys.executable, ignored=ignored)})
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    done = run(repository, *arguments)
    fine(done)
    kind = "ignored" if ignored else "untracked"
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"keylint: git could not list the {kind} files\n"


@pytest.mark.parametrize("cache_time", [0, 4_102_444_800, None])
@pytest.mark.parametrize("file_time", [0, 4_102_444_800])
def test_a_clock_that_jumps(
    project: pathlib.Path,
    tmp_path: pathlib.Path,
    monkeypatch: pytest.MonkeyPatch,
    file_time: int,
    cache_time: int | None,
) -> None:
    """A file of the same name, size and time is another one if its content is: 1970 and 2100 for the file and the cache."""
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path / "cache"))
    good = 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
    bad = good.replace('os.environ["OPENAI_API_KEY"]', '"YOUR_API_KEY"').ljust(len(good) - 1, "#") + "\n"
    assert len(bad) == len(good)
    found = []
    for text in (good, bad, good, bad, bad):
        write(project, {"a.py": text, "b.py": good.replace("client", "other")})
        os.utime(project / "a.py", (file_time, file_time))
        done = run(project, "check", "--output-format", "json")
        fine(done)
        found.append([(finding["filename"], finding["code"]) for finding in json.loads(done.stdout)])
        kept = list((tmp_path / "cache").iterdir())
        assert kept
        for path in kept if cache_time is not None else ():
            os.utime(path, (cache_time or 0, cache_time or 0))
    plain = json.loads(run(project, "check", "--output-format", "json", "--no-cache").stdout)
    wrong = [(finding["filename"], finding["code"]) for finding in plain]
    assert wrong
    assert found == [[], wrong, [], wrong, wrong]
