"""How a move is written: who is asked, all or nothing, what is shown of it, and how the program gets the variable."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.samples import sample
from tests.test_moving import CODE, KEY, MOVE, OTHER, SECOND, contents, ignored, moved
from tests.test_secrecy import clean
from tests.tool import check, keylint, write

TWO = {"a.py": CODE, "sub/b.py": f'import anthropic\n\nc = anthropic.Anthropic(api_key="{OTHER}")\n'}


class TestConsent:
    def test_nobody_to_ask(self, repository: pathlib.Path) -> None:
        write(repository, TWO)
        before = contents(repository)
        result = keylint("check", "--fix", "--unsafe-fixes", folder=repository)
        assert "to move 2 keys to .env, add --yes" in result.err
        assert "Fixed" not in result.out
        assert contents(repository) == before, "rewriting the code alone would lose the key"

    @pytest.mark.parametrize("arguments", [["--fix"], ["--fix", "--yes"], ["--diff", "--unsafe-fixes", "--yes"]])
    def test_what_does_not_ask_for_it(self, repository: pathlib.Path, arguments: list[str]) -> None:
        write(repository, {**TWO, "c.py": f'import os\n\nx = os.getenv("{KEY}")\n'})
        before = contents(repository)
        keylint("check", *arguments, folder=repository)
        assert contents(repository) == before

    @pytest.mark.skipif(os.name == "nt", reason="no pseudo terminals there")
    @pytest.mark.parametrize(
        ("answer", "yes"), [("y", True), ("YES", True), ("n", False), ("", False), ("\x04", False)]
    )
    def test_a_terminal_is_asked(self, repository: pathlib.Path, answer: str, yes: bool) -> None:
        import pty

        write(repository, TWO)
        before = contents(repository)
        ours, theirs = pty.openpty()
        command = [sys.executable, "-m", "keylint", "check", "--fix", "--unsafe-fixes"]
        with subprocess.Popen(command, cwd=repository, stdin=theirs, stdout=-1, stderr=-1) as running:
            os.write(ours, f"{answer}\n".encode() if answer != "\x04" else b"\x04")
            out, err = running.communicate(timeout=60)
        os.close(ours)
        os.close(theirs)
        assert err.startswith(b"Move 2 keys to .env? [y/N] ")
        assert (contents(repository) == before) is not yes
        assert (KEY in (repository / "a.py").read_text()) is not yes
        clean(KEY, out, err)

    def test_standard_input_has_no_place_for_it(self, project: pathlib.Path) -> None:
        for arguments in (["--fix"], ["--diff"]):
            result = keylint(
                "check",
                *arguments,
                "--unsafe-fixes",
                "-y",
                "--stdin-filename",
                "a.py",
                "-",
                folder=project,
                stdin=CODE.encode(),
            )
            assert result.out in ("", CODE)
            assert "no key is moved out of standard input" in result.err
        assert not contents(project)


FAIL = """
import os, signal, sys
real, left = os.replace, int(sys.argv[1])
def replace(source, target):
    global left
    if left == 0 and sys.argv[2] != "undo":
        {act}
    left -= 1
    real(source, target)
os.replace = replace
from keylint.cli import main
sys.exit(main(["check", "--fix", "--unsafe-fixes", "--yes", "--no-cache"]))
"""


class TestAllOrNothing:
    def run(self, folder: pathlib.Path, number: int, act: str) -> subprocess.CompletedProcess[bytes]:
        code = FAIL.replace("{act}", act)
        return subprocess.run([sys.executable, "-c", code, str(number), "x"], cwd=folder, capture_output=True)

    @pytest.mark.parametrize("number", range(5))
    @pytest.mark.parametrize("act", ["raise PermissionError(13, 'Permission denied')", "raise KeyboardInterrupt"])
    def test_a_file_that_cannot_be_written(self, repository: pathlib.Path, number: int, act: str) -> None:
        write(repository, {**TWO, ".gitignore": "x\n"})
        before = contents(repository)
        act = f"left = -1; {act}"  # once
        done = self.run(repository, number, act)
        assert contents(repository) == before
        assert done.returncode == (1 if "Permission" in act else 130)
        assert (
            b"Permission" not in act.encode()
            or b"cannot be written: Permission denied; no key was moved" in done.stderr
        )
        clean(KEY, done.stdout, done.stderr)

    @pytest.mark.skipif(os.name == "nt", reason="no such signal there")
    @pytest.mark.parametrize("number", range(6))
    def test_killed_between_two_files(self, repository: pathlib.Path, number: int) -> None:
        write(repository, {**TWO, ".gitignore": "x\n"})
        done = self.run(repository, number, "os.kill(os.getpid(), signal.SIGKILL)")
        assert done.returncode == (-9 if number < 5 else 1)
        now = contents(repository)
        for key, file in ((KEY, "a.py"), (OTHER, "sub/b.py")):
            kept = key.encode() in now.get(".env", b"")
            assert kept or key.encode() in now[file]
            assert not kept or ignored(repository)

    def test_a_folder_that_cannot_be_written(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        import tempfile

        write(repository, TWO)
        before = contents(repository)
        real = tempfile.mkstemp

        def refuse(prefix: str, dir: str) -> tuple[int, str]:
            if pathlib.Path(dir).name == "sub":
                raise PermissionError(13, "Permission denied")
            return real(prefix=prefix, dir=dir)

        monkeypatch.setattr(tempfile, "mkstemp", refuse)
        assert "sub/b.py: cannot be written: Permission denied; no key was moved" in moved(repository, "--no-cache").err
        assert contents(repository) == before

    def test_git_has_the_last_word(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The key is not written if git does not ignore `.env`, whatever stands in `.gitignore`."""
        write(repository, TWO)
        before = contents(repository)
        monkeypatch.setattr("keylint.git.ignored", lambda *_: set())
        assert ".gitignore: git would not ignore .env; no key was moved" in moved(repository).err
        assert contents(repository) == before

    def test_a_file_that_changed_meanwhile(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        from keylint.mending import Mending

        def meanwhile(*_: object) -> bool:
            (repository / ".env").write_text("A=1\n")
            return True

        write(repository, TWO)
        monkeypatch.setattr(Mending, "_agreed", meanwhile)
        assert ".env: changed while it was checked, left alone; no key was moved" in moved(repository).err
        assert contents(repository) == {**{name: text.encode() for name, text in TWO.items()}, ".env": b"A=1\n"}


def test_a_diff_shows_all_of_it_and_no_secret(repository: pathlib.Path) -> None:
    secret = "hunter-two"
    write(repository, {**TWO, ".env": f"DB_PASSWORD={secret}\nTHIRD={SECOND}\n# OLD={KEY}\n", ".gitignore": "*.pyc\n"})
    before = contents(repository)
    result = keylint("check", "--diff", "--unsafe-fixes", "a.py", "sub/b.py", folder=repository)
    assert contents(repository) == before
    for line in ("+.env", "+OPENAI_API_KEY=sk-…", "+ANTHROPIC_API_KEY=sk-ant-", "+++ a.py", "+++ sub/b.py"):
        assert line in result.out
    for hidden in (KEY, OTHER, SECOND):
        clean(hidden, result.out, result.err)
    assert secret not in result.out
    assert "revoke the OpenAI key" in result.err
    assert "Would fix 2 problems." in result.err


def test_a_diff_is_what_is_written(repository: pathlib.Path) -> None:
    """Also where other fixes change the same files."""
    code = CODE.replace(")\n", ', organization="org_1")\n')
    write(repository, {"a.py": code, ".env": f"OLD_OPENAI_API_KEY={SECOND}\nset ANTHROPIC_API_KEY={OTHER}\n"})
    shown = keylint("check", "--diff", "--unsafe-fixes", folder=repository).out
    moved(repository)
    assert shown.count("+++ .env\n") == 1
    assert shown.count("+++ .gitignore\n") == 1
    assert 'organization=os.environ.get("OPENAI_ORG_ID")' in shown
    assert (repository / ".gitignore").read_text() == ".env\n"
    added = {
        line[1:] for line in shown.splitlines() if line.startswith("+") and "sk-" not in line and "+++" not in line
    }
    assert added <= {line for text in contents(repository).values() for line in text.decode().splitlines()} | {""}


@pytest.mark.parametrize("form", ["full", "concise", "json"])
def test_no_output_shows_the_key(repository: pathlib.Path, form: str) -> None:
    write(repository, {**TWO, "c.py": f'import os\n\nx = os.getenv("{SECOND}", "{SECOND}")\n'})
    result = keylint(*MOVE, "--output-format", form, folder=repository)
    for key in (KEY, OTHER, SECOND):
        clean(key, result.out, result.err)
    if form == "json":
        json.loads(result.out)


def test_the_nearest_file_gets_it(repository: pathlib.Path) -> None:
    write(
        repository,
        {"a/b/c.py": CODE, "a/.env": "A=1\n", "d.py": CODE, "e/pyproject.toml": "[tool.keylint]\n", "e/f.py": CODE},
    )
    moved(repository)
    assert (repository / "a/.env").read_text() == f"A=1\nOPENAI_API_KEY={KEY}\n"
    assert (repository / ".env").read_text() == f"OPENAI_API_KEY={KEY}\n"
    assert (repository / "e/.env").read_text() == f"OPENAI_API_KEY={KEY}\n"
    assert ignored(repository, "a/.env")
    assert ignored(repository, "e/.env")


def test_a_finding_holds_no_key(repository: pathlib.Path) -> None:
    write(repository, {"a.py": CODE})
    (finding,) = check(repository).findings
    assert finding["fix"]["message"] == "read OPENAI_API_KEY from the environment, and keep the key in .env"
    clean(KEY, json.dumps(finding))


def test_other_secrets_are_no_keys_to_move(repository: pathlib.Path) -> None:
    write(repository, {"a.py": f'token = "{sample("github")}"\n'})
    before = contents(repository)
    assert "move" not in keylint(*MOVE, folder=repository).err
    assert contents(repository) == before
