"""`--fix` that is ended, or overtaken, at each of its system calls: no file is half written, no key is lost, nothing stays behind.

A process of its own loads keylint once, then forks for every run: `drive` is what it does.
"""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from tests.samples import sample
from tests.tool import git, write
from tests.trust import syscalls

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
KEY, OTHER = sample("openai"), sample("anthropic")
LEFT = re.compile(r"(?:.*/)?\.keylint-part-[a-z0-9_]{8}")

# What is fixed, and by which options. Each file has a fix; a move writes `.gitignore`, `.env`, its example and the code.
SAFE = 'import openai\n\nclient = openai.OpenAI(api_key="x", organization="org_1")\n'
FIXES: dict[str, tuple[list[str], dict[str, str | bytes]]] = {
    "code": (["--select", "KL401"], {"a.py": SAFE, "b.py": SAFE.replace("\n", "\r\n")}),
    "move": (
        ["--select", "KL101", "--unsafe-fixes", "--yes"],
        {
            "a.py": f'import openai\n\nclient = openai.OpenAI(api_key="{KEY}")\n',
            "sub/b.py": f'import anthropic\n\nclient = anthropic.Anthropic(api_key="{OTHER}")\n',
            ".gitignore": "x\n",
            ".env": "A=1\n",
        },
    ),
}


def contents(folder: pathlib.Path) -> dict[str, str]:
    """All files but git's own, a byte a character."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode("latin-1")
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git" not in path.relative_to(folder).parts
    }


# ---------------------------------------------------------------------------------------- in the process that is forked


class Driver:
    """Runs one fix again and again, each time in a copy of a project."""

    def __init__(self, template: pathlib.Path, arguments: list[str]) -> None:
        self.template = template
        self.arguments = arguments
        self.place = template.with_name("copy")
        self.said = template.with_name("said")
        self.fix = True

    def copy(self) -> None:
        shutil.rmtree(self.place, ignore_errors=True)
        shutil.copytree(self.template, self.place)

    def program(self) -> int:
        from keylint.cli import main

        os.chdir(self.place)
        said = os.open(self.said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(said, 1)
        os.dup2(said, 2)
        return main(["check", *(["--fix"] if self.fix else []), *self.arguments])

    def run(self, each: Any = lambda *_: None, *, trace: bool = True) -> dict[str, Any]:
        """One run; `each` is called at each call from the first change on."""
        folders = [
            str(self.place),
            *(str(path) for path in self.place.iterdir() if path.is_dir() and path.name != ".git"),
        ]
        code = syscalls.traced(self.program, each, folders)[0] if trace else syscalls.forked(self.program)
        text = self.said.read_text(encoding="utf-8", errors="replace")
        return {"code": code, "files": contents(self.place), "said": text}


def drive(template: str, arguments: list[str], signals: list[str]) -> None:
    """Print how runs end in which a signal comes at each call, several in turn, and what a second run makes of a kill."""
    driver = Driver(pathlib.Path(template), arguments)
    warm(driver)
    driver.copy()
    whole = driver.run()
    ends: list[dict[str, Any]] = []
    while [end["at"] for end in ends[-2:]] != [whole["files"]] * 2:  # until all is written before anything happens
        driver.copy()
        at: list[Any] = []

        def each(number: int, pid: int, wanted: int = len(ends), at: list[Any] = at) -> bool:
            if number == wanted:
                at.append(contents(driver.place))
                os.kill(pid, getattr(signal, signals[wanted % len(signals)]))
            return number >= wanted

        ended = driver.run(each)
        ends.append({"at": at[0], "ended": ended})
        if signals == ["SIGKILL"]:
            ends[-1]["again"] = driver.run(trace=False)
    json.dump({"whole": whole, "ends": ends}, sys.stdout)


def warm(driver: Driver) -> None:
    """Load in this process all that a run loads."""
    from keylint.cli import main

    driver.copy()
    before = os.getcwd(), os.dup(1), os.dup(2)
    try:
        driver.program()
        main(["check"])
    finally:
        os.chdir(before[0])
        os.dup2(before[1], 1)
        os.dup2(before[2], 2)


# ------------------------------------------------------------------------------------------------------------ the tests


@cache
def refusal() -> str:
    code = "from tests.trust import syscalls\nprint(syscalls.refusal())"
    return subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout.strip()


@pytest.fixture(autouse=True)
def _traceable() -> None:
    if refusal() or sys.platform != "linux":
        pytest.skip(refusal() or "ptrace as Linux has it")


def driven(tmp_path: pathlib.Path, name: str, signals: list[str]) -> tuple[dict[str, str], Any]:
    """What there was, and how the runs ended."""
    arguments, files = FIXES[name]
    template = tmp_path / "template"
    template.mkdir()
    git(template, "init", "-q", "--template=")
    write(template, files)
    code = "import json, sys\nfrom tests.trust.test_faults_interrupted import drive\ndrive(*json.loads(sys.argv[1]))"
    command = [sys.executable, "-c", code, json.dumps([str(template), arguments, signals])]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    made = json.loads(done.stdout)
    assert made["whole"]["code"] == 0, "nothing interrupts it: all is mended"
    assert len(made["ends"]) > 20
    return contents(template), made


def whole(old: dict[str, str], new: dict[str, str], found: dict[str, str]) -> dict[str, str]:
    """The files that belong to the project; each is as it was or as it is to be, and no key is lost or shown to git."""
    kept = {name: text for name, text in found.items() if not LEFT.fullmatch(name)}
    assert set(old) <= set(kept) <= set(new)
    for name, text in kept.items():
        assert text in (old.get(name), new[name]), name
    for key, name in ((KEY, "a.py"), (OTHER, "sub/b.py")):
        if key in old[name if name in old else "a.py"]:
            moved = key in kept[".env"]
            assert moved or key in kept[name]
            assert not moved or ".env\n" in kept[".gitignore"]
    return kept


@pytest.mark.parametrize("name", FIXES)
def test_killed_at_every_call(tmp_path: pathlib.Path, name: str) -> None:
    """What a kill leaves beside the files is taken away by the next run, which ends as if there had been no kill."""
    old, made = driven(tmp_path, name, ["SIGKILL"])
    new = made["whole"]["files"]
    for end in made["ends"]:
        assert end["ended"]["code"] == -signal.SIGKILL
        whole(old, new, end["ended"]["files"])
        assert end["again"]["code"] == 0, end["again"]["said"]
        assert whole(old, new, end["again"]["files"]) == new
        assert not [text for name, text in end["again"]["files"].items() if LEFT.fullmatch(name) and text]
    assert any(LEFT.fullmatch(name) for end in made["ends"] for name in end["ended"]["files"])


@pytest.mark.parametrize(
    ("name", "signals"), [("code", ["SIGINT"]), ("code", ["SIGTERM", "SIGHUP"]), ("move", ["SIGINT", "SIGTERM"])]
)
def test_ended_at_every_call(tmp_path: pathlib.Path, name: str, signals: list[str]) -> None:
    """The file that is being written is written; nothing is left beside it, and nothing is said but what was done."""
    old, made = driven(tmp_path, name, signals)
    for number, end in enumerate(made["ends"]):
        sent = signals[number % len(signals)]
        assert end["ended"]["code"] == (130 if sent == "SIGINT" else -getattr(signal, sent))
        assert whole(old, made["whole"]["files"], end["ended"]["files"]) == end["ended"]["files"]
        assert "Traceback" not in end["ended"]["said"]
