"""How a move is written: who is asked, all or nothing, what is shown of it, and how the program gets the variable."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys

import pytest

from tests.node import install
from tests.samples import sample
from tests.test_moving import CODE, KEY, MOVE, OTHER, READS, SECOND, contents, ignored, moved
from tests.test_secrecy import clean
from tests.tool import check, git, keylint, write

TWO = {"a.py": CODE, "sub/b.py": f'import anthropic\n\nc = anthropic.Anthropic(api_key="{OTHER}")\n'}


@pytest.fixture
def repository(project: pathlib.Path) -> pathlib.Path:
    git(project, "init", "-q")
    return project


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


class TestLoading:
    LOADER = "from dotenv import load_dotenv\n"

    @pytest.mark.parametrize(
        "files",
        [
            {"requirements.txt": "python-dotenv\n"},
            {"requirements-dev.in": "Python_Dotenv[cli]>=1 ; python_version > '3'\n"},
            {"requirements/base.txt": "python.dotenv==1.0\n"},
            {"pyproject.toml": '[project]\nname = "x"\ndependencies = ["openai", "python-dotenv>=1"]\n'},
            {"pyproject.toml": '[project.optional-dependencies]\ndev = ["python-dotenv"]\n'},
            {"pyproject.toml": '[dependency-groups]\ndev = ["python-dotenv"]\n'},
            {"pyproject.toml": '[tool.poetry.dependencies]\npython-dotenv = "^1"\n'},
            {"pyproject.toml": '[tool.poetry.group.dev.dependencies]\npython-dotenv = "^1"\n'},
        ],
    )
    def test_where_the_library_is_a_dependency(self, repository: pathlib.Path, files: dict[str, str]) -> None:
        write(repository, {"app/a.py": CODE, **files})
        assert "nothing loads" not in moved(repository).err
        text = (repository / "app/a.py").read_text()
        assert text == READS.replace("OpenAI\n", "OpenAI\nfrom dotenv import load_dotenv\n\nload_dotenv()\n", 1)

    @pytest.mark.parametrize(
        "files",
        [
            {},
            {"requirements.txt": "python-dotenv-vault\nopenai # python-dotenv\n"},
            {"other/requirements.txt": "python-dotenv\n"},
            {"pyproject.toml": '[project]\nname = "python-dotenv"\nkeywords = ["python-dotenv"]\n'},
            {"pyproject.toml": "not toml ["},
        ],
    )
    def test_where_it_is_none(self, repository: pathlib.Path, files: dict[str, str]) -> None:
        write(repository, {"app/a.py": CODE, **files})
        assert "app/a.py: nothing loads .env for it yet: install python-dotenv" in moved(repository).err
        assert (repository / "app/a.py").read_text() == READS

    @pytest.mark.parametrize(
        ("files", "loaded"),
        [
            ({"main.py": "from dotenv import load_dotenv\n\nload_dotenv()\n\nfrom app import a\n"}, True),
            ({"main.py": "import dotenv\n\ndotenv.load_dotenv()\nimport lib\n", "lib.py": "import app.a\n"}, True),
            ({"other.py": "from dotenv import load_dotenv\n\nload_dotenv()\n"}, False),
            ({"tests/test_a.py": "from dotenv import load_dotenv\n\nload_dotenv()\n\nfrom app import a\n"}, False),
            ({"Pipfile": ""}, True),
            ({".envrc": "dotenv\n"}, True),
            ({"bun.lock": ""}, False),
        ],
    )
    def test_where_the_program_loads_it_already(
        self, repository: pathlib.Path, files: dict[str, str], loaded: bool
    ) -> None:
        write(repository, {"app/a.py": CODE, "requirements.txt": "python-dotenv\n", **files})
        assert "nothing loads" not in moved(repository, "app/a.py").err
        assert (self.LOADER in (repository / "app/a.py").read_text()) is not loaded

    @pytest.mark.parametrize(
        ("name", "code"),
        [
            (
                "a.mjs",
                'import fs from "node:fs";\n\nconst OPENAI_API_KEY = "{key}";\nfs.writeSync(1, OPENAI_API_KEY);\n',
            ),
            (
                "a.cjs",
                "'use strict';\nconst fs = require('node:fs');\nconst o = {{ OPENAI_API_KEY: '{key}' }};\nfs.writeSync(1, o.OPENAI_API_KEY);\n",
            ),
            (
                "a.js",
                '#!/usr/bin/env node\n// Why.\nconst fs = require("node:fs");\nconst OPENAI_API_KEY = process.env.OPENAI_API_KEY || "{key}";\nfs.writeSync(1, OPENAI_API_KEY);\n',
            ),
        ],
    )
    def test_a_node_program_runs_as_before(
        self, repository: pathlib.Path, node: tuple[str, pathlib.Path], name: str, code: str
    ) -> None:
        write(repository, {name: code.format(key=KEY), "package.json": '{"dependencies": {"dotenv": "^17"}}'})
        (repository / "node_modules").symlink_to(node[1], target_is_directory=True)
        moved(repository, "--select", "KL1", name)
        assert KEY not in (repository / name).read_text()
        env = {"PATH": "", "DOTENV_CONFIG_QUIET": "true"}
        done = subprocess.run([node[0], name], cwd=repository, env=env, capture_output=True, text=True, check=True)
        assert done.stdout.splitlines()[-1] == KEY

    @pytest.mark.parametrize(
        ("name", "code", "said"),
        [
            (
                "a.mjs",
                'import OpenAI from "openai";\nconst c = new OpenAI({{ apiKey: "{key}" }});\n',
                "run it with `node --env-file=.env`",
            ),
            (
                "a.sh",
                'curl -H "Authorization: Bearer {key}" https://api.openai.com/v1/models\n',
                "run `set -a; . ./.env; set +a` before it",
            ),
            ("a.rb", 'client = OpenAI::Client.new(access_token: "{key}")\n', "set the variable where it runs"),
        ],
    )
    def test_without_one_it_is_said_how(self, repository: pathlib.Path, name: str, code: str, said: str) -> None:
        write(repository, {name: code.format(key=KEY)})
        assert f"{name}: nothing loads .env for it yet: {said}" in moved(repository).err
        assert KEY not in (repository / name).read_text()
        assert KEY in (repository / ".env").read_text()

    @pytest.mark.parametrize("name", ["next", "node --env-file=.env a.mjs"])
    def test_a_tool_that_loads_it(self, repository: pathlib.Path, name: str) -> None:
        package = {"dependencies": {name: "1", "dotenv": "1"}, "scripts": {"start": name}}
        write(
            repository,
            {
                "a.mjs": f'import OpenAI from "openai";\nconst c = new OpenAI({{ apiKey: "{KEY}" }});\n',
                "package.json": json.dumps(package),
            },
        )
        assert "nothing loads" not in moved(repository).err
        assert "dotenv" not in (repository / "a.mjs").read_text()

    def test_a_notebook(self, repository: pathlib.Path) -> None:
        lines = ["from openai import OpenAI\n", "\n", f'client = OpenAI(api_key="{KEY}")']
        book = {
            "cells": [{"cell_type": "code", "source": lines, "metadata": {}, "outputs": []}],
            "metadata": {},
            "nbformat": 4,
        }
        write(repository, {"a.ipynb": json.dumps(book, indent=1), "requirements.txt": "python-dotenv\n"})
        assert "moved 1 key" in moved(repository).err
        code = "".join(json.loads((repository / "a.ipynb").read_text())["cells"][0]["source"])
        assert code == READS.rstrip("\n").replace(
            "OpenAI\n", "OpenAI\nfrom dotenv import load_dotenv\n\nload_dotenv()\n", 1
        )


@pytest.fixture(scope="session")
def node(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, pathlib.Path]:
    """Node.js, and npm's dotenv."""
    return install(tmp_path_factory.mktemp("dotenv"), "dotenv@17")


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
