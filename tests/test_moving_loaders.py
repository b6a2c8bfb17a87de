"""How the program gets the variable once its key is in `.env`."""

from __future__ import annotations

import json
import pathlib
import subprocess

import pytest

from tests.test_moving import CODE, KEY, READS, moved, node
from tests.tool import write

__all__ = ["node"]  # a fixture


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
def test_where_the_library_is_a_dependency(repository: pathlib.Path, files: dict[str, str]) -> None:
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
def test_where_it_is_none(repository: pathlib.Path, files: dict[str, str]) -> None:
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
def test_where_the_program_loads_it_already(repository: pathlib.Path, files: dict[str, str], loaded: bool) -> None:
    write(repository, {"app/a.py": CODE, "requirements.txt": "python-dotenv\n", **files})
    assert "nothing loads" not in moved(repository, "app/a.py").err
    assert (LOADER in (repository / "app/a.py").read_text()) is not loaded


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
    repository: pathlib.Path, node: tuple[str, pathlib.Path], name: str, code: str
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
        ("a.rb", 'client = OpenAI::Client.new(access_token: "{key}")\n', "add the dotenv gem"),
    ],
)
def test_without_one_it_is_said_how(repository: pathlib.Path, name: str, code: str, said: str) -> None:
    write(repository, {name: code.format(key=KEY)})
    assert f"{name}: nothing loads .env for it yet: {said}" in moved(repository).err
    assert KEY not in (repository / name).read_text()
    assert KEY in (repository / ".env").read_text()


@pytest.mark.parametrize("name", ["next", "node --env-file=.env a.mjs"])
def test_a_tool_that_loads_it(repository: pathlib.Path, name: str) -> None:
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


def test_a_notebook(repository: pathlib.Path) -> None:
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
