"""The examples: what is reported, what --fix makes of them, and that the fixed programs work with the vendor's real SDKs."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys

import pytest

from keylint import languages
from tests import fake_api, nodejs
from tests.samples import sample
from tests.tool import check, keylint

ROOT = pathlib.Path(__file__).parent.parent
KEY, ORGANIZATION = sample("openai"), sample("openai", "organization")


@pytest.fixture
def examples(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "examples"
    shutil.copytree(ROOT / "examples", folder)
    return folder


def test_every_file_of_the_list_is_reported(examples: pathlib.Path) -> None:
    listed = {
        line.split("`")[1] for line in (examples / "README.md").read_text().splitlines() if line.startswith("| `")
    }
    assert {finding["filename"] for finding in check(examples).findings} == listed


def test_fix_changes_only_lines_with_findings(examples: pathlib.Path) -> None:
    before = {path: path.read_text().splitlines() for path in sorted(examples.rglob("*")) if path.is_file()}
    wrong = {(examples / finding["filename"], finding["location"]["row"]) for finding in check(examples).findings}
    keylint("check", "--fix", ".", folder=examples)
    for path, old in before.items():
        new = path.read_text().splitlines()
        added = [line for line in new if line not in old]
        gone = [row for row, line in enumerate(old, 1) if line not in new]
        assert all((path, row) in wrong for row in gone), path
        assert all(line == "import os" or "env" in line or "OPENAI_API_KEY" in line for line in added), (path, added)
        assert not languages.adapter(languages.of(path.name)).broken(path.read_bytes())
    once = {path: path.read_bytes() for path in before}
    keylint("check", "--fix", ".", folder=examples)
    assert {path: path.read_bytes() for path in before} == once


def environment(api: fake_api.Api, **more: str) -> dict[str, str]:
    kept = {
        name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT", "NODE_EXTRA_CA_CERTS") if name in os.environ
    }
    return {**kept, "OPENAI_BASE_URL": api.url, "NO_PROXY": "*", **more}


def right(api: fake_api.Api) -> dict[str, str]:
    return environment(api, OPENAI_API_KEY=api.key, OPENAI_ORG_ID=api.organization)


def run(command: list[str], folder: pathlib.Path, env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, timeout=120)


def test_python_sdk_answers_401_before_and_200_after(examples: pathlib.Path) -> None:
    command = [sys.executable, "ask.py"]
    with fake_api.running(KEY, ORGANIZATION) as api:
        before = run(command, examples, right(api))
        assert before.returncode != 0
        assert "401" in before.stderr
        assert set(api.answers) == {401}
        keylint("check", "--fix", "ask.py", folder=examples)
        api.answers.clear()
        after = run(command, examples, right(api))
        assert (after.returncode, after.stdout) == (0, "gpt-5-mini\n"), after.stderr
        assert api.answers == [200]
        without = run(command, examples, environment(api, OPENAI_API_KEY=api.key))
        assert without.returncode == 0, "the organization is optional"


@pytest.mark.xdist_group("node")
def test_javascript_sdk_answers_401_before_and_200_after(examples: pathlib.Path, node_modules: pathlib.Path) -> None:
    command = [nodejs.node()]
    os.symlink(node_modules, examples / "node_modules", target_is_directory=True)
    with fake_api.running(KEY, ORGANIZATION) as api:
        before = run([*command, "ask.mjs"], examples, right(api))
        assert before.returncode != 0
        assert "401" in before.stderr
        assert set(api.answers) == {401}
        keylint("check", "--fix", "ask.mjs", folder=examples)
        api.answers.clear()
        after = run([*command, "ask.mjs"], examples, right(api))
        assert (after.returncode, after.stdout) == (0, "gpt-5-mini\n"), after.stderr
        assert api.answers == [200]
        without = run([*command, "ask.mjs"], examples, environment(api, OPENAI_API_KEY=api.key))
        assert without.returncode == 0, "the organization is optional"


@pytest.mark.skipif(not shutil.which("curl"), reason="no curl here")
def test_curl_answers_401_before_and_200_after(examples: pathlib.Path) -> None:
    with fake_api.running(KEY, ORGANIZATION) as api:
        before = run(["sh", "ask.sh"], examples, right(api))
        assert before.returncode != 0
        assert api.answers == [401]
        keylint("check", "--fix", "ask.sh", folder=examples)
        after = run(["sh", "ask.sh"], examples, right(api))
        assert after.returncode == 0, after.stderr
        assert api.answers == [401, 200]
