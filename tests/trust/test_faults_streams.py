"""Standard streams that are full, closed or left by their readers: the exit code is that of what was found, or says why not."""

from __future__ import annotations

import os
import pathlib
import subprocess
from typing import Any

import pytest

from keylint.report import FORMATS
from tests.tool import write
from tests.trust.faults import LEAK, SAFE, command, fine, run

pytestmark = pytest.mark.skipif(os.name == "nt", reason="streams as Unix has them")
full_device = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="no /dev/full here")
MANY = 400
UNWRITTEN = "keylint: standard output cannot be written: No space left on device\n"
COMMANDS = {
    "check": ["check"],
    "nothing found": ["check", "--select", "KL401"],
    "stdin": ["check", "-", "--stdin-filename", "a.py"],
    "fixed stdin": ["check", "-", "--stdin-filename", "a.py", "--fix"],
    "diff": ["check", "--diff", "--unsafe-fixes"],
    "rules": ["rules"],
    "explain": ["explain", "KL101"],
    "version": ["--version"],
    "help": ["check", "--help"],
}


@pytest.fixture
def many(project: pathlib.Path) -> pathlib.Path:
    """A project with far more to report than a pipe holds."""
    write(project, {f"{number:03}.py": LEAK for number in range(MANY)})
    return project


def closed(*numbers: int) -> dict[str, Any]:
    """Arguments for ``run`` that close streams, as `>&-` does."""

    def close() -> None:
        for number in numbers:
            os.close(number)

    return {"preexec_fn": close}


@full_device
@pytest.mark.parametrize("format", FORMATS)
def test_every_report_says_that_it_is_not_written(many: pathlib.Path, format: str) -> None:
    with open("/dev/full", "w") as full:
        done = run(many, "check", "--output-format", format, stdout=full)
    assert (done.returncode, done.stderr) == (2, UNWRITTEN)


@full_device
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_says_that_it_is_not_written(project: pathlib.Path, name: str, unbuffered: str) -> None:
    write(project, {"a.py": LEAK})
    with open("/dev/full", "w") as full:
        done = run(project, *COMMANDS[name], stdout=full, input=LEAK, env={"PYTHONUNBUFFERED": unbuffered})
    assert (done.returncode, done.stderr.splitlines(keepends=True)[-1:]) == (2, [UNWRITTEN])


@full_device
def test_standard_error_that_is_full_changes_nothing(project: pathlib.Path) -> None:
    write(project, {"a.py": LEAK})
    with open("/dev/full", "w") as full:
        done = run(project, "check", "a.py", "missing.py", stderr=full)
        clean = run(project, "check", "--select", "KL401", "a.py", "missing.py", stderr=full)
        wrong = run(project, "check", "--config", "missing.toml", stderr=full)
    assert (done.returncode, done.stdout) == (1, run(project, "check", "a.py").stdout)
    assert (clean.returncode, wrong.returncode) == (0, 2)


@pytest.mark.parametrize("format", FORMATS)
def test_a_reader_that_has_seen_enough(many: pathlib.Path, format: str) -> None:
    """As `keylint check | head -1`: what was found is found."""
    arguments = command("check", "--output-format", format)
    with subprocess.Popen(arguments, cwd=many, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        assert running.stdout.read(1)
        running.stdout.close()
        said = running.stderr.read()
    assert (running.returncode, said) == (1, b"")


@pytest.mark.parametrize(("name", "code"), [*((name, 0) for name in COMMANDS), ("check", 1), ("diff", 1)])
def test_a_reader_that_is_gone(project: pathlib.Path, name: str, code: int) -> None:
    write(project, {"a.py": LEAK if code else "x = 1\n"})
    ours, theirs = os.pipe()
    os.close(ours)
    done = run(project, *COMMANDS[name], stdout=theirs)
    os.close(theirs)
    assert done.returncode == code
    assert "Error" not in done.stderr
    assert "internal" not in done.stderr


@full_device
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_a_doctor_that_nobody_hears(project: pathlib.Path, unbuffered: str) -> None:
    write(project, {"a.py": LEAK})
    with open("/dev/full", "wb") as full:
        done = run(project, "doctor", stdout=full, env={"PYTHONUNBUFFERED": unbuffered})
    assert (done.returncode, done.stderr) == (2, UNWRITTEN)
    ours, theirs = os.pipe()
    os.close(ours)
    done = run(project, "doctor", stdout=theirs, env={"PYTHONUNBUFFERED": unbuffered})
    os.close(theirs)
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("format", FORMATS)
def test_a_closed_standard_output(project: pathlib.Path, format: str) -> None:
    write(project, {"a.py": LEAK})
    done = run(project, "check", "--output-format", format, **closed(1))
    assert (done.returncode, done.stderr) == (1, "")


@pytest.mark.parametrize("numbers", [(0,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_closed_streams_are_not_taken_for_files(project: pathlib.Path, numbers: tuple[int, ...]) -> None:
    """Else the file that is opened next would be standard output, and get what is printed."""
    write(project, {"a.py": LEAK, "b.py": SAFE})
    done = run(project, "check", "missing.py", "a.py", "b.py", "--fix", **closed(*numbers))
    assert done.returncode == 1
    assert (project / "a.py").read_text() == LEAK
    assert (project / "b.py").read_text() == SAFE.replace("import", "import os\nimport", 1).replace(
        '"org_1"', 'os.environ.get("OPENAI_ORG_ID")'
    )
    assert 1 in numbers or "KL101" in done.stdout
    assert "missing.py" not in done.stdout
    assert 2 in numbers or done.stderr == "keylint: missing.py: No such file or directory\n"


@pytest.mark.parametrize("arguments", [("check", "-"), ("explain", "-")])
def test_closed_standard_input_is_not_empty(project: pathlib.Path, arguments: tuple[str, ...]) -> None:
    done = run(project, *arguments, **closed(0))
    assert (done.returncode, done.stderr) == (2, "keylint: standard input is closed\n")
    assert run(project, *arguments, stdin=subprocess.DEVNULL).stderr != done.stderr


def test_closed_standard_input_answers_no_question(project: pathlib.Path) -> None:
    write(project, {"a.py": LEAK})
    done = run(project, "check", "--fix", "--unsafe-fixes", **closed(0))
    fine(done)
    assert "add --yes" in done.stderr
    assert (project / "a.py").read_text() == LEAK
