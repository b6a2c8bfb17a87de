"""Which files are checked, and which env files are said to be in git's reach, against git itself."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.samples import sample
from tests.tool import check, git, write

if TYPE_CHECKING:
    import pathlib

ENV = f"OPENAI_API_KEY={sample('openai')}\n"
TEXT = f"the key is {sample('openai')}\n"
FOLDERS = ("", "a/", "a/b/", "c d/", "\u00e9/", "#h/", "!n/", "[b]/", ":m/")
ENV_FILES = (".env", ".env.local", "my.env")
FILES = {
    **{f"{folder}{name}": ENV for folder in FOLDERS for name in ENV_FILES},
    **{f"{folder}{name}": TEXT for folder in FOLDERS for name in ("key.txt", "keep.log")},
}
LINES = st.one_of(
    st.sampled_from(
        [
            *(".env", "/.env", "**/.env", "*.env", ".env*", ".env/", ".env ", ".env\\ ", "\t.env", " .env", "\\.env"),
            *("!.env", "!/a/.env", "!a/b/.env", "!**/.env.local", "!my.env", "\\!n/", "!n/", "\\#h/", "#h/", "# .env"),
            *("a", "a/", "/a/", "a/*", "a/**", "**/b", "a/**/.env", "b/", "!a/b/", "c d", "c\\ d/", "\u00e9", "[b]", ":m"),
            *("\\[b\\]/", "?env", "[.]env*", "[!a].env", ".ENV", "./.env", "a//.env", "*", "**", "!*/", "!*.log", ""),
            *("*.txt", "!keep.log", "*.log", "a/../.env", ".env\\", "[", "\\:m", ".env.{local}", "\ufeff.env"),
        ]
    ),
    st.text(st.sampled_from("*!/\\.#[] aenvb?"), max_size=6),
)  # fmt: skip
IGNORE = st.builds(
    lambda mark, lines, newline, end: mark + newline.join(lines) + end,
    st.sampled_from(["", "", "\ufeff"]),
    st.lists(LINES, max_size=4),
    st.sampled_from(["\n", "\n", "\r\n"]),
    st.sampled_from(["\n", ""]),
)
PLACES = (".gitignore", "a/.gitignore", "a/b/.gitignore", ".git/info/exclude", ".git/excludes")
SOME = settings(max_examples=60, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def said(folder: pathlib.Path, *arguments: str) -> tuple[set[str], set[str]]:
    """The files in which keylint finds a key, and those that it says git does not ignore."""
    found = check(folder, *arguments, "--select", "KL101,KL601").findings
    names: dict[str, set[str]] = {"KL101": set(), "KL601": set()}
    for finding in found:
        names[finding["code"]].add(finding["filename"])
    return names["KL101"], names["KL601"]


def seen(folder: pathlib.Path) -> set[str]:
    """The files that git knows or would add."""
    listed = git(folder, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    return {name for name in listed if (folder / name).is_file()}


def is_ignored(folder: pathlib.Path, name: str) -> bool:
    return subprocess.run(["git", "check-ignore", "-q", f"./{name}"], cwd=folder, capture_output=True).returncode == 0


def expected(folder: pathlib.Path) -> tuple[set[str], set[str]]:
    """What `said` has to be."""
    there = {name for name in seen(folder) | set(FILES) if (folder / name).exists()}
    texts = {name for name in seen(folder) if name.endswith((".txt", ".log"))}
    return texts, {name for name in there if name.endswith(ENV_FILES) and not is_ignored(folder, name)}


@SOME
@given(
    ignores=st.dictionaries(st.sampled_from(PLACES), IGNORE, min_size=1),
    tracked=st.lists(st.sampled_from(sorted(FILES)), max_size=3),
)
@example(ignores={".gitignore": "a/*\n!a/.env\n", "a/.gitignore": "!b/\n"}, tracked=["a/key.txt"])
@example(ignores={".gitignore": "\ufeff.env\r\n!a/.env \r\nmy.env\\ \r\n\\#h/\r\n#h/\r\n"}, tracked=[])
@example(
    ignores={".git/info/exclude": ".env\n", ".git/excludes": "my.env\n!.env\n", "a/.gitignore": "!.env"}, tracked=[]
)
@example(ignores={".gitignore": "*\n"}, tracked=[".env", ":m/.env", "[b]/.env", "!n/my.env", "#h/key.txt"])
def test_git_and_keylint_agree(
    tmp_path_factory: pytest.TempPathFactory, ignores: dict[str, str], tracked: list[str]
) -> None:
    folder = tmp_path_factory.getbasetemp() / "ignoring"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    git(folder, "init", "-q")
    git(folder, "config", "core.excludesFile", str(folder / ".git/excludes"))
    (folder / ".git/info").mkdir(exist_ok=True)
    write(folder, {**FILES, **ignores})
    if tracked:
        git(folder, "--literal-pathspecs", "add", "-f", *tracked)
    assert said(folder) == expected(folder)


# Each is made in a folder, and gives the places to check.
def _submodule(folder: pathlib.Path) -> list[pathlib.Path]:
    made = folder.parent / "made"
    made.mkdir()
    git(made, "init", "-q")
    write(made, {**FILES, ".gitignore": "a/\n"})
    git(made, "add", "--all", "--force")
    git(made, "commit", "-qm", "all")
    git(folder, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(made), "sub")
    write(folder / "sub", {"new/.env": ENV, "new/key.txt": TEXT, "a/new.env": ENV})
    return [folder, folder / "sub"]


def _worktree(folder: pathlib.Path) -> list[pathlib.Path]:
    write(folder, {".gitignore": "a/\n"})
    git(folder, "add", ".gitignore")
    git(folder, "commit", "-qm", "ignore")
    git(folder, "worktree", "add", "-q", "../other", "-b", "other")
    (folder / ".git/info").mkdir(exist_ok=True)
    (folder / ".git/info/exclude").write_text("my.env\n")  # holds for all work trees
    other = folder.parent / "other"
    write(other, {**FILES, ".gitignore": "*.log\n"})
    return [folder, other]


def _inner(folder: pathlib.Path) -> list[pathlib.Path]:
    inner = folder / "a"
    shutil.rmtree(inner)
    inner.mkdir()
    git(inner, "init", "-q")
    write(inner, {**FILES, ".gitignore": "my.env\n*.txt\n"})
    return [inner]


@pytest.mark.parametrize("prepare", [_submodule, _worktree, _inner], ids=["submodule", "worktree", "inner repository"])
def test_in_repositories_of_repositories(repository: pathlib.Path, prepare: object) -> None:
    write(repository, {**FILES, ".gitignore": ".env\n"})
    assert callable(prepare)
    for folder in prepare(repository):
        found, wanted = said(folder), expected(folder)
        assert (found[0] ^ wanted[0], found[1] ^ wanted[1]) == (set(), set())
        assert expected(folder)[0]
        assert expected(folder)[1]


def test_a_repository_inside_is_asked_itself(repository: pathlib.Path) -> None:
    """Its files are none of the outer one's, and are checked with it until it is a submodule."""
    write(repository, {**FILES, ".gitignore": ".env\n"})
    (inner,) = _inner(repository)
    texts, envs = expected(inner)
    outer = expected(repository)
    ours = ({f"a/{name}" for name in texts}, {f"a/{name}" for name in envs})
    left = {name for name in outer[1] if not name.startswith("a/")}
    assert said(repository) == (outer[0] | ours[0], left | ours[1])


@pytest.mark.skipif(os.name == "nt", reason="links need a privilege there, and a colon is no part of a name")
@pytest.mark.parametrize("name", ["link/.env", ":(m/.env", ":!m/.env", "-m/.env", "*/.env", "a\nb/.env", "\udcff/.env"])
@pytest.mark.parametrize("tracked", [False, True])
def test_one_odd_name_does_not_silence_the_others(repository: pathlib.Path, name: str, tracked: bool) -> None:
    write(repository, {"plain/.env": ENV, ".env": ENV})
    os.symlink("plain", repository / "link")
    if not name.startswith("link"):
        write(repository, {name: ENV})
        if tracked:
            git(repository, "--literal-pathspecs", "add", "--", name)
    found = check(repository, "--select", "KL601", "--", ".env", f"./{name}", "plain/.env").findings
    said = [finding["message"].partition("holds a key and ")[2] for finding in found]
    own = [] if name == "link/.env" else ["is tracked by git" if tracked else "git does not ignore it"]
    assert sorted(said) == sorted([*own, *["git does not ignore it"] * 2])
