"""`keylint init`: into configurations that people wrote in their own way, read back by PyYAML, pre-commit and prek."""

from __future__ import annotations

import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from keylint import __version__
from keylint.setup.placing import Unplaceable
from keylint.setup.precommit import REV, URL, with_hooks
from keylint.source import Source
from tests.samples import all_samples
from tests.test_secrecy import clean
from tests.tool import Result, git, keylint, write

CONFIG = ".pre-commit-config.yaml"
ENTRY = {"repo": URL, "rev": REV, "hooks": [{"id": "keylint"}]}

INDENTED = """\
# Hooks of this project.
default_install_hook_types: [pre-commit, commit-msg]

repos:
  # The basics.
  - repo: https://github.com/pre-commit/pre-commit-hooks
    rev: v5.0.0  # frozen
    hooks:
      - id: check-yaml
        args: [--allow-multiple-documents]
      - id: end-of-file-fixer
      # - id: trailing-whitespace   not yet

  # The formatter: keep it last.
  - repo: https://github.com/astral-sh/ruff-pre-commit
    rev: v0.12.0
    hooks:
      - id: ruff-check
      # - id: ruff-format

# What comes after the list.
ci:
  autofix_prs: false
"""
FLUSH = """\
repos:
-   repo: https://github.com/pre-commit/pre-commit-hooks
    rev: 'v5.0.0'
    hooks:
    -   id: check-yaml
    -   id: check-json
-   repo: local
    hooks:
    -   id: tests
        name: tests
        entry: |
            make
            test
        language: system
"""
QUOTED = """\
---
x-hooks: &files
  files: ^src/
"repos":
  - "repo": "https://github.com/pre-commit/pre-commit-hooks"
    "rev": "v5.0.0"
    "hooks":
      - {"id": "check-yaml", <<: *files}
      - "id": "check-json"
        <<: *files
fail_fast: true
"""
FLOW = """\
# as JSON would have it
{
  "repos": [
    {"repo": "https://github.com/pre-commit/pre-commit-hooks", "rev": "v5.0.0", "hooks": [{"id": "check-yaml"}]},
    {"repo": "meta", "hooks": [{"id": "identity"}]}
  ],
  "fail_fast": false
}
"""
LINE = "repos: [{repo: meta, hooks: [{id: identity}, {id: check-hooks-apply}]}]  # one line\n"
EMPTY = "# nothing yet\nrepos: []  # to come\nfail_fast: true\n"
BARE = "repos:\n# none\n"
WITHOUT = "minimum_pre_commit_version: '3.0'\n"
UNENDED = INDENTED.partition("\n# What comes")[0].rstrip("\n").rpartition("\n")[0]
COMMENTS = """\
repos:
    # one
    - repo: https://github.com/psf/black # two

      # three
      rev: 24.1.0
      # four
      hooks:
          # five
          - id: black # six
            # seven
    # eight
# nine
"""
CASES = {
    "indented lists, comments between": INDENTED,
    "lists that are not indented": FLUSH,
    "quoted keys, anchors, a document mark": QUOTED,
    "flow style over several lines": FLOW,
    "flow style on one line": LINE,
    "an empty list": EMPTY,
    "no list": BARE,
    "no key": WITHOUT,
    "no line end at the end": UNENDED,
    "comments everywhere": COMMENTS,
    "CRLF": INDENTED.replace("\n", "\r\n"),
    "a byte order mark": "\ufeff" + FLUSH,
}


def init(folder: pathlib.Path, *arguments: str) -> Result:
    return keylint("init", "--yes", *arguments, folder=folder)


def config(folder: pathlib.Path, name: str = CONFIG) -> Any:
    return yaml.safe_load((folder / name).read_text(encoding="utf-8-sig"))


def lines_kept(before: str, after: str) -> bool:
    """Whether all lines are still there, in their order."""
    left = iter(after.splitlines())
    return all(any(line == other for other in left) for line in before.splitlines())


def valid(folder: pathlib.Path, name: str = CONFIG) -> None:
    """Real pre-commit, and prek if it is here, take the file."""
    tools = [[sys.executable, "-m", "pre_commit"]]
    prek = shutil.which("prek", path=os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"])))
    tools += [[prek]] if prek else []
    for tool in tools:
        done = subprocess.run([*tool, "validate-config", name], cwd=folder, capture_output=True, text=True)
        assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", CASES)
def test_what_is_there_stays_as_it_is(project: pathlib.Path, name: str) -> None:
    before = CASES[name]
    write(project, {CONFIG: before})
    old = config(project)
    result = init(project)
    assert result.code == 0, result.err
    after = (project / CONFIG).read_bytes().decode()
    wanted = {**old, "repos": [*(old.get("repos") or []), ENTRY]}
    assert config(project) == wanted
    assert list(config(project)) == list(wanted), "the order of the keys"
    if before in (EMPTY, LINE, FLOW):
        assert [line for line in before.splitlines() if "#" in line and "[" not in line] == [
            line for line in after.splitlines() if "#" in line and "[" not in line and "# to come" not in line
        ]
        assert ("# to come" in before) == ("# to come" in after)
    else:
        assert lines_kept(before, after)
    assert ("\r\n" in before) == ("\r\n" in after)
    assert "\n" not in after.replace("\r\n", "") if "\r\n" in before else True
    valid(project)
    again = init(project)
    assert again.code == 0
    assert "has the hook already" in again.err
    assert (project / CONFIG).read_bytes().decode() == after


class TestStyle:
    def test_the_entry_stands_with_the_others(self, project: pathlib.Path) -> None:
        write(project, {CONFIG: INDENTED})
        init(project)
        block = f"      # - id: ruff-format\n  - repo: {URL}\n    rev: {REV}\n    hooks:\n      - id: keylint\n\n# What"
        assert block in (project / CONFIG).read_text()

    def test_lists_that_are_not_indented(self, project: pathlib.Path) -> None:
        write(project, {CONFIG: FLUSH})
        init(project)
        assert (
            (project / CONFIG)
            .read_text()
            .endswith(f"        language: system\n-   repo: {URL}\n    rev: {REV}\n    hooks:\n    -   id: keylint\n")
        )

    def test_quotes(self, project: pathlib.Path) -> None:
        write(project, {CONFIG: QUOTED})
        init(project)
        assert f'  - repo: "{URL}"\n    rev: "{REV}"\n' in (project / CONFIG).read_text()

    def test_flow(self, project: pathlib.Path) -> None:
        write(project, {CONFIG: FLOW})
        init(project)
        entry = f'    {{"repo": "{URL}", "rev": "{REV}", "hooks": [{{"id": "keylint"}}]}}\n  ],'
        assert '{"id": "identity"}]},\n' + entry in (project / CONFIG).read_text()

    def test_comments_of_the_last_entry_stay_with_it(self, project: pathlib.Path) -> None:
        write(project, {CONFIG: COMMENTS})
        init(project)
        assert f"            # seven\n    - repo: {URL}\n" in (project / CONFIG).read_text()


class TestNewFile:
    def test_is_made(self, project: pathlib.Path) -> None:
        result = init(project)
        assert result.code == 0
        assert config(project) == {"repos": [ENTRY]}
        assert f"+  - repo: {URL}" in result.out
        valid(project)

    def test_in_the_root_of_the_repository(self, repository: pathlib.Path) -> None:
        write(repository, {"src/deep/a.txt": ""})
        assert init(repository / "src" / "deep").code == 0
        assert (repository / CONFIG).is_file()
        assert not (repository / "src" / "deep" / CONFIG).exists()

    def test_with_all_hooks(self, project: pathlib.Path) -> None:
        assert init(project, "--hook", "check", "--hook", "fix", "--hook", "project").code == 0
        assert [hook["id"] for hook in config(project)["repos"][0]["hooks"]] == [
            "keylint",
            "keylint-fix",
            "keylint-project",
        ]

    def test_the_name_that_only_prek_reads(self, project: pathlib.Path) -> None:
        write(project, {".pre-commit-config.yml": FLUSH})
        assert init(project).code == 0
        assert config(project, ".pre-commit-config.yml")["repos"][-1] == ENTRY
        assert not (project / CONFIG).exists()


class TestThereAlready:
    def test_at_another_rev(self, project: pathlib.Path) -> None:
        text = f"repos:\n  - repo: {URL}.git\n    rev: v0.0.1\n    hooks:\n      - id: keylint\n"
        write(project, {CONFIG: text})
        result = init(project)
        assert (result.code, result.out) == (0, "")
        assert "at v0.0.1" in result.err
        assert "pre-commit autoupdate" in result.err
        assert (project / CONFIG).read_text() == text

    def test_as_a_local_hook(self, project: pathlib.Path) -> None:
        text = "repos:\n  - repo: local\n    hooks:\n      - id: keylint\n        name: k\n        entry: keylint\n        language: system\n"
        write(project, {CONFIG: text})
        assert init(project).code == 0
        assert (project / CONFIG).read_text() == text

    def test_another_hook_of_ours(self, project: pathlib.Path) -> None:
        text = f"repos:\n  - repo: {URL}\n    rev: {REV}\n    hooks:\n      - id: keylint\n"
        write(project, {CONFIG: text})
        result = init(project, "--hook", "project")
        assert result.code == 2
        assert "- id: keylint-project" in result.err
        assert (project / CONFIG).read_text() == text


@pytest.mark.parametrize(
    "text",
    [
        "repos: [\n",
        "- repo: meta\n  hooks: []\n",
        "just words\n",
        "repos: []\n---\nrepos: []\n",
        "repos: &all\n  - repo: meta\n    hooks: [{id: identity}]\nmore: *all\nrepos: []\n",
        "",
    ],
)
def test_what_cannot_be_edited_safely_is_left_alone(project: pathlib.Path, text: str) -> None:
    write(project, {CONFIG: text})
    result = init(project)
    assert result.code == 2
    assert CONFIG in result.err
    assert (project / CONFIG).read_text() == text


IDS = st.sampled_from(["check-yaml", "ruff", "it's", "a: b", "# no comment", "", "- x", "{y}", "é", "yes"])
HOOK = st.fixed_dictionaries(
    {"id": IDS}, optional={"args": st.lists(IDS, max_size=3), "entry": st.sampled_from(["a\nb\n", "x " * 60])}
)
REPOSITORY = st.fixed_dictionaries({"repo": IDS, "hooks": st.lists(HOOK, max_size=3)}, optional={"rev": IDS})
DOCUMENT = st.fixed_dictionaries(
    {"repos": st.lists(REPOSITORY, max_size=3)}, optional={"ci": st.dictionaries(IDS, IDS, max_size=2), "exclude": IDS}
)


@settings(max_examples=150, deadline=None)
@given(
    DOCUMENT,
    st.fixed_dictionaries(
        {
            "default_flow_style": st.sampled_from([None, False, True]),
            "indent": st.sampled_from([2, 4, 7]),
            "width": st.sampled_from([20, 80, 1000]),
            "explicit_start": st.booleans(),
            "line_break": st.sampled_from(["\n", "\r\n"]),
            "sort_keys": st.booleans(),
            "allow_unicode": st.booleans(),
        }
    ),
    st.booleans(),
)
def test_whatever_is_written_there(document: dict[str, Any], style: dict[str, Any], ended: bool) -> None:
    text = yaml.safe_dump(document, **style)
    source = Source("a.yaml", (text if ended else text.rstrip("\r\n")).encode(), language="yaml")
    try:
        after, _ = with_hooks(source, ["keylint"])
    except Unplaceable:  # told with the lines to add, and nothing is changed
        return
    assert yaml.safe_load(after.decode()) == {**document, "repos": [*document["repos"], ENTRY]}


def test_prek_s_own_file_is_told_what_to_add(project: pathlib.Path) -> None:
    import tomli

    write(project, {"prek.toml": ""})
    result = init(project)
    assert result.code == 2
    said = result.err.partition("add this to it:\n")[2]
    assert tomli.loads(said.replace("keylint: ", ""))["repos"] == [ENTRY]


class TestAsking:
    def test_nobody_to_ask_writes_nothing(self, project: pathlib.Path) -> None:
        result = keylint("init", folder=project)
        assert result.code == 1
        assert f"+  - repo: {URL}" in result.out, "the diff comes first"
        assert "--yes" in result.err
        assert list(project.iterdir()) == []

    @pytest.mark.skipif(os.name == "nt", reason="no pseudo terminals there")
    @pytest.mark.parametrize(("answer", "written"), [(b"y\n", True), (b"\n", False), (b"no\n", False)])
    def test_a_person_is_asked(self, project: pathlib.Path, answer: bytes, written: bool) -> None:
        import pty

        ours, theirs = pty.openpty()
        os.write(ours, answer)
        command = [sys.executable, "-m", "keylint", "init"]
        done = subprocess.run(command, cwd=project, stdin=theirs, capture_output=True, text=True)
        os.close(theirs)
        os.close(ours)
        assert f"Write {CONFIG}? [y/N]" in done.stderr
        assert (project / CONFIG).exists() is written
        assert done.returncode == (0 if written else 1)


class TestPipelines:
    def test_github(self, project: pathlib.Path) -> None:
        result = init(project, "--ci", "github")
        assert result.code == 0
        workflow = config(project, ".github/workflows/keylint.yml")
        assert workflow["permissions"] == {"contents": "read"}
        assert f"keylint=={__version__} check" in str(workflow["jobs"])
        assert "is there already" in init(project, "--ci", "github").err

    def test_a_workflow_of_one_s_own_stays(self, project: pathlib.Path) -> None:
        write(project, {".github/workflows/keylint.yml": "name: mine\n"})
        assert "left as it is" in init(project, "--ci", "github").err
        assert (project / ".github/workflows/keylint.yml").read_text() == "name: mine\n"

    @pytest.mark.parametrize(
        ("text", "stage"),
        [
            (None, None),
            ("image: python:3.12\n\n# the tests\ntest:\n  script: [make test]  # all\n", None),
            ("stages:\n- build\n- static-checks\n- deploy\n", "static-checks"),
            ("stages: [prepare, ship]", "prepare"),
            ("stages: [test]\r\ntest:\r\n  script: make\r\n", None),
        ],
    )
    def test_gitlab(self, project: pathlib.Path, text: str | None, stage: str | None) -> None:
        if text is not None:
            write(project, {".gitlab-ci.yml": text})
        assert init(project, "--ci", "gitlab").code == 0
        after = config(project, ".gitlab-ci.yml")
        job = after.pop("keylint")
        assert job.get("stage") == stage
        assert after == (yaml.safe_load(text) if text else {})
        if text:
            assert (project / ".gitlab-ci.yml").read_bytes().decode().startswith(text)
        assert "has the job already" in init(project, "--ci", "gitlab").err

    def test_what_cannot_be_written_is_told_and_the_rest_is_written(self, project: pathlib.Path) -> None:
        write(project, {".github": "a file, where a folder belongs"})
        result = init(project, "--ci", "github")
        assert result.code == 2
        assert "keylint.yml: cannot be read" in result.err
        assert config(project) == {"repos": [ENTRY]}


@pytest.mark.parametrize("name", all_samples())
def test_no_key_is_shown_in_the_lines_around(project: pathlib.Path, name: str) -> None:
    key = all_samples()[name]
    write(
        project,
        {
            CONFIG: f"repos:\n  - repo: meta\n    hooks:\n      - id: identity\n        args: [--key, {key}]\n",
            ".gitlab-ci.yml": f"test:\n  script: [make]\n  variables:\n    OPENAI_API_KEY: {key}\n",
        },
    )
    result = init(project, "--ci", "gitlab")
    assert result.code == 0
    assert "OPENAI_API_KEY" in result.out
    clean(key, result.out, result.err)
    assert key in (project / ".gitlab-ci.yml").read_text()


def test_the_repository_of_the_hook_is_the_one_that_is_shown() -> None:
    readme = (pathlib.Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    assert f"repo: {URL}\n    rev: {REV}\n" in readme


def test_git_s_own_files_are_not_touched(repository: pathlib.Path) -> None:
    init(repository)
    assert git(repository, "status", "--porcelain").split() == ["??", CONFIG]
