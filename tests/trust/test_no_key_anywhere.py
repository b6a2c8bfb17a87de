"""One key in every position, every command, every byte that any of them writes anywhere."""

from __future__ import annotations

import html
import json
import pathlib
import urllib.parse

import pytest

from keylint.mask import ELLIPSIS, mask
from keylint.report import FORMATS
from tests.test_secrecy import KEYS, clean, lay_out
from tests.tool import git, keylint, write

# Those that say of themselves whose they are: the name of a file may hold anything that looks like one of the others.
TOLD = {name: key for name, key in KEYS.items() if mask(key)[0] != ELLIPSIS}


def notebook(key: str) -> str:
    cell = {
        "cell_type": "code",
        "execution_count": 1,
        "metadata": {"note": key},
        "source": [f'import openai\nopenai.api_key = "{key}"\n', f"!export OPENAI_API_KEY={key}\n"],
        "outputs": [{"output_type": "stream", "name": "stdout", "text": [f"{key}\n"]}],
    }
    return json.dumps({"cells": [cell], "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def planted(folder: pathlib.Path, key: str) -> None:
    """A repository with the key in its files, their names, its history and what git says of that."""
    lay_out(folder, key)
    source = f'import openai\nopenai.api_key = "{key}"\nx = "YOUR_API_KEY"\n'
    write(
        folder,
        {
            "book.ipynb": notebook(key),
            f"{key}.py": source,
            f"{key}/inner.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n',
            f"{key}/.env": "OPENAI_API_KEY=\n",
            "broken.py": f'import openai\nopenai.api_key = "{key}\n(((\n',
            "broken.json": f'{{"openai": {{"api_key": "{key}"',
            "broken.yaml": f"openai: [api_key: {key}\n\t- }}\n",
            "broken.toml": f'[openai\napi_key = "{key}"\n',
            ".github/workflows/ci.yml": f"env:\n  OPENAI_API_KEY: {key}\non: push\njobs: {{a: {{runs-on: x, steps: [run: echo {key}]}}}}\n",
            "Dockerfile": f"FROM x\nARG K={key}\nENV OPENAI_API_KEY={key}\nRUN curl -H 'Authorization: Bearer {key}' https://api.openai.com\n",
            "docker-compose.yml": f"services:\n  a:\n    environment:\n      - OPENAI_API_KEY={key}\n    command: run --key {key}\n",
            "ignored.py": f'import openai\nopenai.api_key = "{key}"  # keylint: ignore[KL201,{key}] {key}\n',
            "keylint.toml": f'provided = ["{key}"]\nbase-urls = ["https://{key}.example/v1"]\n[per-file-ignores]\n"{key}" = ["KL201"]\n',
        },
    )
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A", "-f")
    git(folder, "commit", "-qm", f"adds {key}", f"--author={key} <{key}@example.invalid>")
    git(folder, "tag", "-am", key, key)
    git(folder, "branch", f"b-{key}")
    write(folder, {"new.py": source, "staged.py": source})
    git(folder, "add", "staged.py")


def commands(key: str, beside: pathlib.Path) -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = [("check", "--select", "ALL", "--output-format", form) for form in FORMATS]
    found += [("check", "--select", "ALL", "--show-suppressed", "--output-format", form) for form in FORMATS]
    found += [
        ("doctor",),
        ("doctor", "--output-format", "json"),
        ("doctor", "--plan-rotation"),
        ("doctor", "--plan-rotation", key),
        ("doctor", "--service", "a"),
        ("doctor", "--service", key),
        ("doctor", "--job", key),
        ("doctor", "--env-file", f"{key}/.env"),
        ("doctor", "--provider", key),
        ("doctor", "--online", "--host", key),
        ("check", "--staged"),
        ("check", "--since", "HEAD"),
        ("check", "--diff", "--unsafe-fixes"),
        ("check", "--statistics"),
        ("check", f"{key}.py"),
        ("check", f"{key}/missing.py"),
        ("check", "--config", "broken.toml"),
        ("check", "--config", f"{key}.toml"),
        ("check", "--baseline", f"{key}.json"),
        ("check", "--select", key),
        ("check", "--min-confidence", key),
        ("check", "--since", key),
        ("check", "--output-format", key),
        ("check", f"--{key}"),
        (key,),
        ("baseline", "--output", str(beside / "baseline.json")),
        ("history",),
        ("history", "--output-format", "json"),
        ("history", f"b-{key}"),
        ("history", f"no-{key}"),
        ("merge", str(beside / "json.json"), f"{key}.json"),
        ("rules",),
        ("explain", f"Incorrect API key provided: {key}."),
        (
            "explain",
            f"openai.AuthenticationError: 401 {{'message': 'Incorrect API key provided: {key}'}}",
            "--path",
            ".",
        ),
        ("explain", key),
        ("init", "--dry-run"),
    ]
    return found


@pytest.mark.parametrize("name", TOLD)
def test_no_key_anywhere(
    project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    key = TOLD[name]
    cache, temporary = tmp_path / "cache", tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(cache))
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv("OPENAI_API_KEY", key)
    planted(project, key)
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "json.json").write_text(keylint("check", "--output-format", "json", folder=project).out, "utf-8")
    leaks = []
    for arguments in commands(key, beside):
        result = keylint(*arguments, folder=project)
        assert result.code != 4, arguments
        for shown in (result.out, result.err):
            try:
                clean(key, shown, html.unescape(shown), urllib.parse.unquote(shown))
            except AssertionError as error:
                leaks.append(f"{[word.replace(key, 'KEY') for word in arguments]}: {str(error)[:120]}")
    for path in [*beside.rglob("*"), *cache.rglob("*"), *temporary.rglob("*")]:
        if path.is_file():
            clean(key, path.read_bytes())
    assert leaks == []
