"""Keys that are moved to `.env`: nothing is lost, nothing is shown, git keeps away, and what cannot be done is left alone."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import dotenv
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests import nodejs
from tests.samples import body, sample
from tests.test_secrecy import clean
from tests.tool import Result, check, git, keylint, write

if TYPE_CHECKING:
    from collections.abc import Callable

KEY, OTHER = sample("openai"), sample("anthropic")
SECOND = f"sk-proj-{body('second', 20)}T3BlbkFJ{body('key', 20)}"
CODE = f'from openai import OpenAI\n\nclient = OpenAI(api_key="{KEY}")\n'
READS = 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
MOVE = ("check", "--fix", "--unsafe-fixes", "--yes")
ACME = """[providers.acme]
name = "Acme"
words = ["acme"]
variables = { api_key = ["ACME_API_KEY"] }
keys = [{ name = "key", pattern = 'acme-(?s:.){16,}', anchor = "acme-", prefix = "acme-", standalone = false }]
clients = [{ language = "python", modules = ["acme"], names = ["Acme"], slots = { api_key = "api_key" } }]
"""


def moved(folder: pathlib.Path, *more: str) -> Result:
    result = keylint(*MOVE, *more, folder=folder)
    clean(KEY, result.out, result.err)
    return result


def contents(folder: pathlib.Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


def ignored(folder: pathlib.Path, name: str = ".env") -> bool:
    return subprocess.run(["git", "check-ignore", "-q", name], cwd=folder).returncode == 0


def test_all_that_belongs_to_it(repository: pathlib.Path) -> None:
    write(repository, {"a.py": CODE})
    result = moved(repository)
    assert contents(repository) == {
        ".env": f"OPENAI_API_KEY={KEY}\n".encode(),
        ".env.example": b"OPENAI_API_KEY=\n",
        ".gitignore": b".env\n",
        "a.py": READS.encode(),
    }
    assert ignored(repository)
    assert stat.S_IMODE((repository / ".env").stat().st_mode) == 0o600 or os.name == "nt"
    assert "Fixed 1 problem." in result.out
    assert "moved 1 key to .env: OPENAI_API_KEY" in result.err
    assert "revoke the OpenAI key and make a new one (https://platform.openai.com/api-keys)" in result.err
    assert "git's history keeps it" in result.err
    assert "a.py: nothing loads .env for it yet: install python-dotenv and call load_dotenv()" in result.err
    assert "KL501" in result.out, "a linter says so too"
    before = contents(repository)
    assert moved(repository).err == ""
    assert contents(repository) == before, "a second time changes nothing"


# What Node's two ways and npm's dotenv read.
READ = """
const text = require("node:fs").readFileSync(".env", "utf8"), name = "ACME_API_KEY";
process.loadEnvFile(".env");
const read = [require("node:util").parseEnv(text)[name], process.env[name], require(process.argv[1]).parse(text)[name]];
console.log(JSON.stringify(read));
"""


@pytest.fixture(scope="session")
def node(node_modules: pathlib.Path) -> tuple[str, pathlib.Path]:
    """Node.js, and npm's dotenv."""
    return nodejs.node(), node_modules


TAIL = st.text(st.sampled_from("ab1 #'\"$`\\{}=;:!~&*\t\n\u00e9\u20ac"), max_size=12)


@settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
@given(tail=TAIL, newline=st.sampled_from(["\n", "\r\n"]), old=st.sampled_from([None, "", "A=1", "B='x y'\n"]))
def test_every_reader_reads_what_stood_in_the_source(
    tmp_path_factory: pytest.TempPathFactory, node: tuple[str, pathlib.Path], tail: str, newline: str, old: str | None
) -> None:
    folder = tmp_path_factory.mktemp("values")
    value = f"acme-{body('acme', 16)}{tail}"
    code = f"from acme import Acme{newline}{newline}client = Acme(api_key={value!r}){newline}".encode()
    write(folder, {"a.py": code, "keylint.toml": ACME})
    if old is not None:
        write(folder, {".env": old})
    found = [finding for finding in check(folder, "a.py").findings if finding["code"] == "KL101"]
    assume(found)
    result = keylint(*MOVE, "a.py", folder=folder)
    if "not moved" in result.err:
        assert (folder / "a.py").read_bytes() == code, "what cannot be kept stays where it is"
        assert not (folder / ".env").exists() or (folder / ".env").read_text() == old
        assert set(value) & set("\t\n'\\") or "${" in value
        return
    assert value.encode() not in (folder / "a.py").read_bytes()
    known = {"A": "1"} if old == "A=1" else {"B": "x y"} if old else {}
    assert dotenv.dotenv_values(folder / ".env") == {**known, "ACME_API_KEY": value}
    command = [node[0], "-e", READ, str(node[1] / "dotenv")]
    done = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8", check=True)
    assert json.loads(done.stdout) == [value] * 3


PROGRAMS = {
    "plain": 'OPENAI_API_KEY = "{key}"\nprint(OPENAI_API_KEY)\n',
    "docstring": '#!/usr/bin/env python3\n"""Docs."""\n\nfrom __future__ import annotations\n\nOPENAI_API_KEY = "{key}"\nprint(OPENAI_API_KEY)\n',
    "imports": '"""Docs."""\nimport json, os  # both\nimport sys; import re\n\nOPENAI_API_KEY = "{key}"\nprint(OPENAI_API_KEY)\n',
    "imported below": 'OPENAI_API_KEY = "{key}"\nimport os\nprint(OPENAI_API_KEY, end=os.linesep)\n',
    "imported elsewhere": 'def main():\n    import os\n\n    return os\n\n\nOPENAI_API_KEY = "{key}"\nprint(OPENAI_API_KEY)\n',
    "header": 'import json\n\n\ndef main():\n    headers = {{"Authorization": "Bearer {key}"}}\n    print(headers["Authorization"][7:])\n\n\nmain()\n',
    "split": 'OPENAI_API_KEY = (\n    "{head}"\n    "{tail}"\n)\nprint(OPENAI_API_KEY)\n',
    "escaped": 'OPENAI_API_KEY = "\\x73{rest}"\nprint(OPENAI_API_KEY)\n',
    "written": 'import os\n\nos.environ["OPENAI_API_KEY"] = "{key}"\nprint(os.environ["OPENAI_API_KEY"])\n',
    "name": 'import os\n\nOPENAI_API_KEY = os.environ.get("{key}")\nprint(OPENAI_API_KEY)\n',
    "default": 'import os\n\nOPENAI_API_KEY = os.getenv("OPENAI_API_KEY", "{key}")\nprint(OPENAI_API_KEY)\n',
}


@pytest.mark.parametrize("name", PROGRAMS)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_python_program_runs_as_before(repository: pathlib.Path, name: str, newline: str) -> None:
    parts = {"key": KEY, "head": KEY[:30], "tail": KEY[30:], "rest": KEY[1:]}
    text = PROGRAMS[name].format(**parts).replace("\n", newline)
    write(repository, {"app/main.py": text.encode(), "requirements.txt": "openai\npython-dotenv>=1\n"})
    result = moved(repository, "--select", "KL1")
    after = (repository / "app/main.py").read_bytes()
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
    assert KEY[5:] not in after.decode(), result.err
    done = subprocess.run(
        [sys.executable, "app/main.py"], cwd=repository, env={"PATH": ""}, capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{KEY}\n"


@pytest.mark.parametrize(
    "before", [None, "", "*.pyc", "*.pyc\r\nnode_modules\r\n", ".env\n!.env\n", ".env.*\n", "# .env\n", ".env/\n"]
)
@pytest.mark.parametrize("below", [False, True])
@pytest.mark.parametrize("managed", [True, False])
def test_git_ignores_it(project: pathlib.Path, before: str | None, below: bool, managed: bool) -> None:
    if managed:
        git(project, "init", "-q")
    folder = project / "service" if below else project
    write(folder, {"a.py": CODE, **({".env": "A=1\n"} if below else {})})
    if before is not None:
        write(project, {".gitignore": before.encode()})
    moved(project)
    git(project, "init", "-q")
    assert ignored(folder)
    assert KEY in (folder / ".env").read_text()
    text = (project / ".gitignore").read_bytes()
    assert text.startswith((before or "").encode())
    assert text.count(b"\r\n") in (0, text.count(b"\n"))


def test_what_git_ignores_already_needs_no_line(repository: pathlib.Path) -> None:
    (repository / ".git" / "info").mkdir(exist_ok=True)
    (repository / ".git" / "info" / "exclude").write_text(".env\n")
    write(repository, {"a.py": CODE})
    moved(repository)
    assert ".gitignore" not in contents(repository)
    assert (repository / ".env").exists()


def test_a_line_further_down_that_lets_it_in_is_answered_there(repository: pathlib.Path) -> None:
    write(repository, {".gitignore": ".env\n", "sub/.gitignore": "!.env\n", "sub/.env": "A=1\n", "sub/a.py": CODE})
    moved(repository)
    assert ignored(repository / "sub")
    assert (repository / ".gitignore").read_text() == ".env\n"


def test_one_key_in_many_places_is_one_variable(repository: pathlib.Path) -> None:
    write(repository, {"a.py": CODE + CODE.splitlines()[-1] + "\n", "sub/b.py": CODE})
    result = moved(repository)
    assert "Fixed 3 problems." in result.out
    assert (repository / ".env").read_text() == f"OPENAI_API_KEY={KEY}\n"
    assert "moved 1 key to .env" in result.err


def test_of_two_keys_of_a_vendor_the_second_stays(repository: pathlib.Path) -> None:
    write(repository, {"a.py": f'{CODE}other = OpenAI(api_key="{SECOND}")\n', "b.js": f'x.apiKey = "{OTHER}";\n'})
    result = moved(repository)
    clean(SECOND, result.out, result.err)
    assert "a.py:5: the key is not moved: .env has OPENAI_API_KEY with another value" in result.err
    assert SECOND in (repository / "a.py").read_text()
    assert KEY not in (repository / "a.py").read_text()
    write(repository, {"c.py": CODE.replace(KEY, SECOND), "d.py": CODE})
    (repository / ".env").unlink()
    said = keylint("check", "--diff", "--unsafe-fixes", "c.py", "d.py", folder=repository).err
    assert "d.py:3: the key is not moved: another key goes to OPENAI_API_KEY in .env" in said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("OPENAI_API_KEY={key}\n", "OPENAI_API_KEY={key}\n"),
        ("export OPENAI_API_KEY = '{key}' # mine\n", "export OPENAI_API_KEY = '{key}' # mine\n"),
        ("OPENAI_API_KEY=\nB=2\n", "OPENAI_API_KEY={key}\nB=2\n"),
        ('OPENAI_API_KEY=""\r\nB=2', "OPENAI_API_KEY={key}\r\nB=2"),
        ("B=2", "B=2\nOPENAI_API_KEY={key}\n"),
        ("B=2\r\n", "B=2\r\nOPENAI_API_KEY={key}\r\n"),
        ("# OPENAI_API_KEY=old\n", "# OPENAI_API_KEY=old\nOPENAI_API_KEY={key}\n"),
        ("MY_OPENAI_API_KEY=x\n", "MY_OPENAI_API_KEY=x\nOPENAI_API_KEY={key}\n"),
        ("OPENAI_API_KEY", "OPENAI_API_KEY\nOPENAI_API_KEY={key}\n"),
        ("\ufeffB=ü\n", "\ufeffB=ü\nOPENAI_API_KEY={key}\n"),
        ("OPENAI_API_KEY=your-key\n", None),
        ("OPENAI_API_KEY={second}\n", None),
        ("OPENAI_API_KEY={key}\nOPENAI_API_KEY={second}\n", None),
        ("OPENAI_API_KEY: {key}\n", None),
        ("set OPENAI_API_KEY={key}\n", None),
        ('A="never closed\nB=2\n', None),
    ],
)
def test_what_stands_there_is_kept(repository: pathlib.Path, before: str, after: str | None) -> None:
    keys = {"key": KEY, "second": SECOND}
    write(repository, {"a.py": CODE, ".gitignore": ".env\n", ".env": before.format(**keys).encode()})
    (repository / ".env").chmod(0o640)
    result = moved(repository, "a.py")
    clean(SECOND, result.out, result.err)
    assert (repository / ".env").read_bytes().decode() == (after or before).format(**keys)
    assert (repository / "a.py").read_text() == (READS if after else CODE)
    assert ("not moved" in result.err) is (after is None)
    assert stat.S_IMODE((repository / ".env").stat().st_mode) == 0o640 or os.name == "nt"
    assert not (repository / ".env.example").exists(), "made with a new .env only"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("A=\r\n", "A=\r\nOPENAI_API_KEY=\r\n"),
        ("OPENAI_API_KEY=your-key\n", "OPENAI_API_KEY=your-key\n"),
        ("# OPENAI_API_KEY=\n", "# OPENAI_API_KEY=\n"),
    ],
)
def test_the_example_gets_the_name(repository: pathlib.Path, before: str, after: str) -> None:
    write(repository, {"a.py": CODE, ".env": "", ".env.example": before.encode()})
    moved(repository)
    assert (repository / ".env.example").read_bytes() == after.encode()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_the_code_keeps_its_encoding(repository: pathlib.Path, encoding: str) -> None:
    write(repository, {"a.py": f"# grüße\r\n{CODE}".replace("\n", "\r\n").encode(encoding)})
    moved(repository)
    wanted = f"# grüße\r\n{READS}".replace("\n", "\r\n").encode(encoding)
    assert (repository / "a.py").read_bytes() == wanted


REFUSED: dict[str, tuple[Callable[[pathlib.Path], object], str]] = {
    "a link to elsewhere": (lambda folder: (folder / ".env").symlink_to(folder.parent / "outside"), "is a link"),
    "a link that leads nowhere": (lambda folder: (folder / ".env").symlink_to("missing"), "is a link"),
    "a folder": (lambda folder: (folder / ".env").mkdir(), "is not a regular file"),
    "in UTF-16": (lambda folder: (folder / ".env").write_bytes("A=1\n".encode("utf-16")), "UTF-16"),
    "no text": (lambda folder: (folder / ".env").write_bytes(b"\0\1\2\3"), "binary"),
    "a linked .gitignore": (
        lambda folder: (folder / ".gitignore").symlink_to(folder.parent / "outside"),
        ".gitignore is a link",
    ),
    "a linked example": (lambda folder: (folder / ".env.example").symlink_to("x"), ".env.example is a link"),
    "tracked": (
        lambda folder: (write(folder, {".env": "A=1\n"}), git(folder, "add", ".env")),
        "git tracks .env: run `git rm --cached .env` first",
    ),
}


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
@pytest.mark.parametrize("case", REFUSED)
def test_what_is_no_place_for_a_key(repository: pathlib.Path, case: str) -> None:
    (repository.parent / "outside").write_text("")
    write(repository, {"a.py": CODE})
    prepare, reason = REFUSED[case]
    prepare(repository)
    before = contents(repository)
    result = moved(repository)
    assert "a.py:3: the key is not moved: " in result.err
    assert reason in result.err
    assert contents(repository) == before
    assert (repository.parent / "outside").read_text() == ""


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there")
def test_a_file_outside_the_project_is_left_alone(repository: pathlib.Path) -> None:
    write(repository.parent, {"outside/a.py": CODE})
    (repository / "a.py").symlink_to(repository.parent / "outside" / "a.py")
    (repository / "linked").symlink_to(repository.parent / "outside")
    result = moved(repository, "a.py", "linked/a.py")
    assert result.err.count("the file lies outside the project") == 2
    assert contents(repository.parent / "outside") == {"a.py": CODE.encode()}
    assert not (repository / ".env").exists()
