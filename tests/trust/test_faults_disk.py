"""Disks that are full or read-only, and folders that may not be written or read: nothing is half done, and it is said."""

from __future__ import annotations

import os
import pathlib
import shlex
import subprocess
import sys

import pytest

from tests.tool import git, write
from tests.trust.faults import LEAK, SAFE, as_ordinary, command, fine, mounting, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="limits, mounts and modes as Unix has them")
OLD = b'{"old": "list"}\n'

# What is written: the command, and the first words of the error. All leave the project as it was.
WRITING = {
    "fix": (["check", "--fix", "--select", "KL401"], 1, "b.py: cannot be written: "),
    "move": (["check", "--fix", "--unsafe-fixes", "--yes", "--select", "KL101"], 1, ".gitignore: cannot be written: "),
    "report": (
        ["check", "--output-format", "sarif", "--output-file", "out.sarif"],
        2,
        "out.sarif: cannot be written: ",
    ),
    "baseline": (["baseline"], 2, ".keylint-baseline.json: cannot be written: "),
    "init": (["init", "--yes"], 2, ".pre-commit-config.yaml: cannot be written: "),
}
REASONS = {
    "full": "No space left on device",
    "limit": "File too large",
    "read-only": "Read-only file system",
    "modes": "Permission denied",
}
FILL = "dd if=/dev/zero of=.git/fill bs=1k 2>/dev/null; : >.git/fill2 2>/dev/null"


def listing(folder: pathlib.Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


def broken(
    fault: str, folder: pathlib.Path, arguments: list[str], cache: pathlib.Path
) -> tuple[subprocess.CompletedProcess[str], dict[str, bytes]]:
    """A run in a project on which nothing more can be written, and what is in it then."""
    if fault == "limit":
        import resource

        limited = {"preexec_fn": lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4, 4))}
        return run(folder, *arguments, **limited), listing(folder)
    if fault == "modes":
        prefix = as_ordinary()
        folder.chmod(0o555)
        try:
            return run(folder, *arguments, prefix=prefix), listing(folder)
        finally:
            folder.chmod(0o755)
    prefix, after = mounting(), folder.with_name("after")
    here, call = shlex.quote(str(folder)), shlex.join(command(*arguments))
    if fault == "full":
        copy = f"cp -R {here}/. {shlex.quote(str(cache))} && mount -t tmpfs -o size=512k,mode=700 none {here}"
        mount = f"{copy} && cp -R {shlex.quote(str(cache))}/. {here} && cd {here} && {{ {FILL}; }}"
    else:
        mount = f"mount --bind {here} {here} && mount -o remount,ro,bind {here} && cd {here}"
    script = f"{mount} ; {call}; code=$?; cp -R . {shlex.quote(str(after))}; exit $code"
    cache.mkdir()
    return run(folder, prefix=[*prefix, "sh", "-c", script]), listing(after)


@pytest.mark.parametrize("fault", REASONS)
@pytest.mark.parametrize("name", WRITING)
def test_what_cannot_be_written(repository: pathlib.Path, tmp_path: pathlib.Path, fault: str, name: str) -> None:
    if fault == "read-only" and sys.platform != "linux":
        pytest.skip("mounts as Linux has them")
    arguments, code, said = WRITING[name]
    write(repository, {"a.py": LEAK, "b.py": SAFE, "sub/c.py": "x = 1\n"})
    before = listing(repository)
    done, after = broken(fault, repository, arguments, tmp_path / "copy")
    fine(done)
    assert done.returncode == code, done.stderr
    assert f"keylint: {said}{REASONS[fault]}" in done.stderr
    assert after == before


@pytest.mark.parametrize("fault", REASONS)
def test_a_cache_that_cannot_be_written_changes_nothing(
    project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    write(project, {"a.py": LEAK})
    usual = run(project, "check").stdout
    cache = tmp_path / "cache"
    (cache / ".git").mkdir(parents=True)
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(cache))
    done, after = broken(fault, cache, ["check", str(project)], tmp_path / "copy")
    fine(done)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.splitlines()[-2:] == usual.splitlines()[-2:]
    assert after == {}


@pytest.mark.parametrize("with_git", [True, False])
def test_what_cannot_be_read_is_said(project: pathlib.Path, with_git: bool) -> None:
    """A folder that cannot be opened, also one that git knows nothing of; the rest is checked."""
    prefix = as_ordinary()
    write(project, {"a.py": LEAK, "b.py": LEAK, "shut/c.py": LEAK, "shut/d.py": LEAK})
    if with_git:
        git(project, "init", "-q")
    (project / "b.py").chmod(0)
    (project / "shut").chmod(0)
    try:
        done = run(project, "check", "--output-format", "concise", prefix=prefix)
        alone = run(project, "check", "shut", prefix=prefix)
    finally:
        (project / "shut").chmod(0o755)
    fine(done)
    assert done.returncode == 1
    assert [line.partition(":")[0] for line in done.stdout.splitlines() if "KL101" in line] == ["a.py"]
    assert done.stderr.splitlines() == ["keylint: b.py: Permission denied", "keylint: shut: Permission denied"]
    assert alone.returncode == 3
    assert "Permission denied" in alone.stderr
