"""Which files are checked: git's word, names, links, and what lies outside of git."""

from __future__ import annotations

import os
import pathlib
import sys

import pytest

from tests.samples import expand
from tests.tool import check, git, keylint, write

WRONG = 'client = OpenAI(api_key="YOUR_API_KEY")\n'


def names(folder: pathlib.Path, *arguments: str) -> list[str]:
    return [finding["filename"] for finding in check(folder, *arguments).findings]


def test_gitignore_is_respected_but_tracked_and_named_files_are_checked(project: pathlib.Path) -> None:
    git(project, "init", "-q")
    write(project, {"a.py": WRONG, "build/b.py": WRONG, "build/c.py": WRONG, ".gitignore": "build/\n"})
    git(project, "add", "-f", "build/c.py")
    assert names(project) == ["a.py", "build/c.py"]
    assert names(project, "build/b.py") == ["build/b.py"]


def test_without_git_foreign_folders_are_left_out(project: pathlib.Path) -> None:
    write(project, {"a.py": WRONG, "node_modules/x/b.js": WRONG, ".venv/lib/c.py": WRONG, "src/d.py": WRONG})
    assert names(project) == ["a.py", "src/d.py"]


def test_a_repository_below_a_plain_folder(project: pathlib.Path) -> None:
    write(project, {"one/a.py": WRONG, "one/skip/b.py": WRONG, "one/.gitignore": "skip\n", "two/c.py": WRONG})
    git(project / "one", "init", "-q")
    assert names(project) == ["one/a.py", "two/c.py"]


def test_ignored_env_is_read_but_its_key_is_where_it_belongs(project: pathlib.Path) -> None:
    git(project, "init", "-q")
    write(
        project,
        {
            ".env": expand("OPENAI_API_KEY=«openai.key»\nGROQ_API_KEY=«groq.key»;\n"),
            ".gitignore": ".env\n",
            "a.py": "import dotenv\n",
        },
    )
    assert check(project).codes == ["KL505"], "the damaged line, and nothing about the keys"
    write(project, {".env": expand("OPENAI_API_KEY=«openai.key»\n")})
    assert check(project).codes == []
    assert check(project, ".env").codes == [], "also when it is named"


@pytest.mark.parametrize(
    ("lines", "ignored"),
    [
        ("", False),
        (".env\n", True),
        ("*.env\n", True),
        ("**/.env\n", True),
        (".env   \n", True),
        (".env\r\n", True),
        (".env.*\n", False),
        (".env/\n", False),
        (".env # secrets\n", False),
        ("./.env\n", False),
        (" .env\n", False),
        (".ENV\n", False),
        (".env.local\n", False),
        (".env*\n!.env\n", False),
    ],
)
@pytest.mark.parametrize("repository", [True, False])
def test_git_is_asked_what_it_ignores(project: pathlib.Path, lines: str, ignored: bool, repository: bool) -> None:
    if repository:
        git(project, "init", "-q")
    write(project, {".env": expand("OPENAI_API_KEY=«openai.key»\n"), ".gitignore": lines})
    assert check(project).codes == ([] if ignored else ["KL601"])


def test_a_tracked_env_is_reported_although_it_is_ignored(project: pathlib.Path) -> None:
    git(project, "init", "-q")
    write(project, {".env": expand("OPENAI_API_KEY=«openai.key»\n"), ".gitignore": ".env\n"})
    git(project, "add", "-f", ".env")
    result = keylint("check", folder=project)
    assert "is tracked by git" in result.out
    assert "git rm --cached .env" in result.out


def test_links_are_not_followed_out_of_the_tree(project: pathlib.Path, tmp_path: pathlib.Path) -> None:
    write(tmp_path / "outside", {"secret.py": WRONG, "folder/x.py": WRONG})
    write(project, {"a.py": WRONG})
    os.symlink(tmp_path / "outside" / "secret.py", project / "link.py")
    os.symlink(tmp_path / "outside" / "folder", project / "linked")
    os.symlink(project, project / "loop")
    assert names(project) == ["a.py"]
    git(project, "init", "-q")
    git(project, "add", ".")
    assert names(project) == ["a.py"]
    assert names(project, "link.py") == ["link.py"], "a link that is named is followed"


def test_what_a_repository_configures_is_not_run(project: pathlib.Path) -> None:
    git(project, "init", "-q")
    write(project, {"a.py": WRONG, "evil.sh": "#!/bin/sh\ntouch ran\n"})
    (project / "evil.sh").chmod(0o755)
    git(project, "config", "core.fsmonitor", "./evil.sh")
    git(project, "config", "core.hooksPath", ".")
    names(project)
    assert not (project / "ran").exists()


def test_no_git_at_all(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"a.py": WRONG, ".env": expand("OPENAI_API_KEY=«openai.key»\n")})
    monkeypatch.setenv("PATH", "")
    assert names(project) == [".env", "a.py"]


def test_paths_above_the_project_say_nothing_about_roles(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "tests" / "docs" / "project"
    write(folder, {"a.py": WRONG, "tests/b.py": WRONG})
    git(folder, "init", "-q")
    result = keylint("check", "--output-format", "json", str(folder))
    assert [finding["filename"] for finding in result.findings] == [str(folder / "a.py")]


@pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are a thing of Linux")
def test_names_of_any_bytes(project: pathlib.Path) -> None:
    name = os.path.join(os.fsencode(project), b"gr\xfc\xdfe\n.py")
    with open(name, "wb") as file:
        file.write(WRONG.encode())
    for format in ("full", "concise", "json"):
        assert keylint("check", "--output-format", format, folder=project).code == 1
