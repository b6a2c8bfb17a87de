"""The pages about editors and assistants, and the extension, are what they say they are."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import tomli
import yaml

from keylint import __version__
from tests.tool import keylint, write

ROOT = pathlib.Path(__file__).parent.parent
EXTENSION = ROOT / "editors" / "vscode"
PAGES = [ROOT / "docs" / "editors.md", ROOT / "docs" / "agents.md", EXTENSION / "README.md"]
READERS = {"json": json.loads, "toml": tomli.loads, "yaml": yaml.safe_load}
ASK = 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'

BLOCKS = [
    (language, block)
    for page in PAGES
    for language, block in re.findall(r"```(json|toml|yaml)\n(.*?)```", page.read_text("utf-8"), re.DOTALL)
]


def test_every_setting_can_be_read() -> None:
    assert len(BLOCKS) == 8
    for language, block in BLOCKS:
        assert READERS[language](block)


def hooks() -> list[str]:
    found = [json.loads(block) for language, block in BLOCKS if language == "json" and '"hooks"' in block]
    return [hook["command"] for made in found for [event] in made["hooks"].values() for hook in event["hooks"]]


@pytest.mark.skipif(not shutil.which("jq") or os.name != "posix", reason="the hooks are lines of shell that use jq")
@pytest.mark.parametrize("command", hooks())
def test_a_hook_hands_findings_back(project: pathlib.Path, command: str) -> None:
    write(project, {"ask with space.py": ASK, "clean.py": "x = 1\n"})
    path = os.pathsep.join([os.path.dirname(sys.executable), os.environ["PATH"]])
    for name, code, shown in (("ask with space.py", 2, "KL202"), ("clean.py", 0, ""), ("gone.py", 0, ""), ("", 0, "")):
        event = {"tool_name": "Edit", "tool_input": {"file_path": str(project / name)} if name else {}}
        ended = subprocess.run(
            ["sh", "-c", command],
            input=json.dumps(event),
            cwd=project,
            env={**os.environ, "PATH": path},
            capture_output=True,
            text=True,
        )
        assert (ended.returncode, shown in ended.stderr, ended.stdout) == (code, True, ""), ended.stderr


def test_a_text_on_no_disk_says_what_to_do(project: pathlib.Path) -> None:
    result = keylint(
        *("check", "--stdin-filename", "src/ask.py", "--output-format", "json"), folder=project, stdin=ASK.encode()
    )
    [finding] = result.findings
    assert result.code == 1
    assert {"message", "outcome", "help"} <= set(finding)
    assert finding["fix"]["applicability"] == "safe"
    assert finding["fix"]["edits"][0]["content"] == 'os.environ["OPENAI_API_KEY"]'


def test_the_extension_belongs_to_this_version() -> None:
    package = json.loads((EXTENSION / "package.json").read_text("utf-8"))
    assert package["version"] == __version__
    assert (EXTENSION / package["main"]).is_file()
    settings = package["contributes"]["configuration"]["properties"]
    page = (EXTENSION / "README.md").read_text("utf-8")
    assert all(f"`{name}`" in page for name in settings)
    lock = (EXTENSION / "package-lock.json").read_text("utf-8")
    assert "resolved" not in lock
    assert "registry." not in lock


@pytest.mark.skipif(shutil.which("node") is None, reason="node is not installed")
def test_which_server_the_extension_starts() -> None:
    ended = subprocess.run(["node", "--test", "test.js"], cwd=EXTENSION, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stdout
