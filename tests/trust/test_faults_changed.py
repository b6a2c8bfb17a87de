"""Files that change, vanish or become something else while keylint is at work: what somebody else has written stays."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.tool import git, write
from tests.trust.faults import LEAK, SAFE, fine, run
from tests.trust.test_faults_interrupted import FIXES, ROOT, Driver, contents, refusal, warm

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links and scripts as Unix has them")
THEIRS = "# somebody else's\n"
LARGE = 40 << 20  # bytes: such a file is read in pieces

# What becomes of a file, as a program that is given its path.
CHANGES = {
    "changed": f"pathlib.Path(path).write_text({THEIRS!r})",
    "truncated": "os.truncate(path, 0)",
    "replaced": f"pathlib.Path(path + '.new').write_text({THEIRS!r}); os.replace(path + '.new', path)",
    "deleted": "os.unlink(path)",
    "folder": "os.unlink(path); os.mkdir(path)",
    "link": f"pathlib.Path(path + '.other').write_text({THEIRS!r}); os.unlink(path); os.symlink(path + '.other', path)",
    "pipe": "os.unlink(path); os.mkfifo(path)",
}
GIT = """#!{python}
import os, pathlib, subprocess, sys
os.environ["PATH"] = os.environ["PATH"].split(os.pathsep, 1)[1]
out = subprocess.run(["git", *sys.argv[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
path = {path!r}
if "ls-files" in sys.argv and not os.path.exists(path + ".done"):
    open(path + ".done", "w").close()
    {change}
sys.stdout.buffer.write(out.stdout)
sys.exit(out.returncode)
"""


def change(name: str, path: str) -> None:
    exec(CHANGES[name], {"os": os, "pathlib": pathlib, "path": path})


@pytest.mark.parametrize("name", CHANGES)
def test_between_listing_and_reading(
    repository: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A git on the PATH answers, and changes a file before keylint reads it."""
    write(repository, {"a.py": SAFE, "b.py": SAFE})
    git(repository, "add", "-A")
    script = tmp_path / "bin" / "git"
    script.parent.mkdir()
    path = str(repository / "a.py")
    script.write_text(GIT.format(python=sys.executable, path=path, change=CHANGES[name]))
    script.chmod(0o755)
    monkeypatch.setenv("PATH", f"{script.parent}{os.pathsep}{os.environ['PATH']}")
    done = run(repository, "check", "--fix", "--select", "KL401")
    fine(done)
    assert (repository / "a.py.done").exists()
    assert done.stderr == ("keylint: a.py: No such file or directory\n" if name == "deleted" else "")
    assert done.returncode == 0
    assert "os.environ" in (repository / "b.py").read_text()
    assert not os.path.isfile(path) or (repository / "a.py").read_text() in ("", THEIRS)


def overtaken(template: str, arguments: list[str], name: str, file: str) -> None:
    """Print how a fix ends if a file becomes something else once the first file is written beside its place."""
    driver = Driver(pathlib.Path(template), arguments)
    warm(driver)
    driver.copy()

    def each(number: int, pid: int) -> bool:
        if name == "made":
            (driver.place / file).write_text(THEIRS)
        else:
            change(name, str(driver.place / file))
        return True

    json.dump(driver.run(each), sys.stdout)


@pytest.mark.parametrize(
    ("fix", "name", "file"),
    [*((fix, name, "a.py") for fix in FIXES for name in CHANGES), ("move", "changed", ".env"), ("new", "made", ".env")],
)
def test_between_reading_and_writing(tmp_path: pathlib.Path, fix: str, name: str, file: str) -> None:
    """What somebody else made of a file stays, and keys are not moved at all."""
    if refusal():
        pytest.skip(refusal())
    arguments, files = FIXES["move" if fix == "new" else fix]
    files = {path: content for path, content in files.items() if fix != "new" or path != ".env"}
    template = tmp_path / "template"
    template.mkdir()
    git(template, "init", "-q", "--template=")
    write(template, files)
    before = contents(template)
    code = (
        "import json, sys\nfrom tests.trust.test_faults_changed import overtaken\novertaken(*json.loads(sys.argv[1]))"
    )
    command = [sys.executable, "-c", code, json.dumps([str(template), arguments, name, file])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr[-2000:]
    made = json.loads(done.stdout)
    after, there = made["files"], tmp_path / "copy" / file
    assert "Traceback" not in made["said"]
    assert f"keylint: {file}: " in made["said"]
    assert not [path for path in after if ".keylint-" in path]
    theirs = {"changed": THEIRS, "replaced": THEIRS, "link": THEIRS, "made": THEIRS, "truncated": ""}
    assert after.get(file) == theirs.get(name)
    assert there.is_symlink() is (name == "link")
    assert there.is_dir() is (name == "folder")
    if fix != "code":
        assert "no key was moved" in made["said"]
        others = [path for path in before if path != file]
        assert [after[path] for path in others] == [before[path] for path in others]


def cut_off(folder: str) -> None:
    """Print how a check ends if a large file is cut off once it is open."""
    from tests.trust import syscalls

    template = pathlib.Path(folder)
    driver = Driver(template, [])
    driver.fix = False
    large = driver.place / "large.log"
    warm(driver)
    driver.copy()

    def each(number: int, pid: int) -> bool:
        opened = pathlib.Path(f"/proc/{pid}/maps").read_text().count("large.log")
        for handle in pathlib.Path(f"/proc/{pid}/fd").iterdir():
            if handle.is_symlink() and os.readlink(handle) == str(large):
                opened += 1
        if opened < 2:
            return False
        os.truncate(large, 100)
        return True

    code, _ = syscalls.traced(driver.program, each, (), always=True)
    json.dump([code, driver.said.read_text(), large.stat().st_size], sys.stdout)


def test_a_large_file_that_is_cut_off_while_it_is_read(tmp_path: pathlib.Path) -> None:
    """As a log is by whoever rotates it: a map of the file would end the process by SIGBUS."""
    if refusal():
        pytest.skip(refusal())
    template = tmp_path / "template"
    write(template, {"a.py": LEAK, "large.log": b"openai\n" * (LARGE // 7)})
    code = "import sys\nfrom tests.trust.test_faults_changed import cut_off\ncut_off(sys.argv[1])"
    done = subprocess.run(
        [sys.executable, "-c", code, str(template)], cwd=ROOT, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    ended, said, size = json.loads(done.stdout)
    assert size == 100, "it was cut off"
    assert ended == 1, said
    assert "KL101" in said
