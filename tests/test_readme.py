"""What the README shows is what happens."""

from __future__ import annotations

import hashlib
import pathlib
import re
import shutil

import pytest
import tomli

from keylint import rules
from keylint.cli import _parser
from tests.tool import check, keylint, write

ROOT = pathlib.Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def test_the_run_that_is_shown(project: pathlib.Path) -> None:
    shutil.copytree(ROOT / "examples", project, dirs_exist_ok=True)
    said = keylint("check", "--select", "KL202,KL203", "ask.py", "ask.sh", folder=project).out
    shown = blocks("console")[0].partition("\n")[2]
    assert shown == said


def test_the_number_of_findings_in_the_examples(project: pathlib.Path) -> None:
    shutil.copytree(ROOT / "examples", project, dirs_exist_ok=True)
    assert f"({len(check(project).findings)} findings, so it ends with exit code 1)" in README


def test_the_configuration_is_taken(project: pathlib.Path) -> None:
    (shown,) = blocks("toml")
    write(
        project,
        {
            "pyproject.toml": shown,
            "legacy/a.py": 'client = OpenAI(api_key="YOUR_API_KEY")\n',
            "a.py": "import openai\nprint(openai)\n",
        },
    )
    result = check(project)
    assert (result.code, result.err) == (0, "")
    key = "acme-" + hashlib.sha256(b"acme").hexdigest()[:32]
    write(project, {"b.py": f'import acme\nclient = acme.Client(api_key="{key}")\n'})
    assert check(project).codes == ["KL101"]
    assert set(tomli.loads(shown)["tool"]["keylint"]) <= {
        "exclude",
        "ignore",
        "min-confidence",
        "base-urls",
        "provided",
        "per-file-ignores",
        "providers",
    }


def test_the_comment_silences(project: pathlib.Path) -> None:
    (shown,) = blocks("python")
    write(project, {"a.py": shown})
    assert check(project).codes == []
    write(project, {"a.py": shown.partition("#")[0] + "\n"})
    assert check(project).codes == ["KL201"]


@pytest.mark.parametrize(
    "line", [line for block in blocks("sh") for line in block.splitlines() if line.startswith("keylint")]
)
def test_the_commands_exist(line: str) -> None:
    words = line.partition("#")[0].split()
    _parser().parse_args(words[1:])


def test_rules_that_are_named_exist() -> None:
    for code in re.findall(r"\bKL\d{3}\b", README):
        assert rules.find(code) is not None


def test_ci_runs_the_command_that_is_shown() -> None:
    command = blocks("sh")[-1].strip().rpartition(" && ")[2]
    script = (
        (ROOT / ".ci" / "run").read_text().replace('"$bin/python"', ".venv/bin/python")
    )  # another folder on Windows
    assert f"\n{command}\n" in script


def test_the_hooks_that_are_shown_exist() -> None:
    hooks = (ROOT / ".pre-commit-hooks.yaml").read_text()
    for identity in re.findall(r"- id: ([\w-]+)", README):
        assert f"- id: {identity}\n" in hooks
