"""`check --staged`: the files of the index, whatever the work tree holds; and nothing that a repository configures is run."""

from __future__ import annotations

import os
import pathlib
import stat
import subprocess
import sys

import pytest

from tests.samples import expand
from tests.tool import Result, check, git, keylint, write

WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n'
RIGHT = "from openai import OpenAI\n\nclient = OpenAI()\n"
LOADED = "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = OpenAI()\n"
FILLED = "OPENAI_API_KEY=\n"
# Files of an old repository, with mistakes of many kinds.
OTHER_PARTS = {
    "ask.py": WRONG + 'other = OpenAI(api_key="$OPENAI_API_KEY", organization="acme")\n' + WRONG.splitlines()[2] + "\n",
    "key.py": expand('import openai\n\nopenai.api_key = "«openai.key»"\nprint(openai.api_key)\n'),
    "ask.js": "const client = new OpenAI({ apiKey: 'YOUR_API_KEY', organization: 'org_1' });\n",
    "ask.sh": "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\n",
    "cloud.tf": expand('access = "«aws»"\n'),
}


def staged(folder: pathlib.Path, *arguments: str) -> list[tuple[str, str]]:
    result = check(folder, "--staged", *arguments)
    assert not result.err
    return [(finding["filename"], finding["code"]) for finding in result.findings]


def commit(folder: pathlib.Path, files: dict[str, str | bytes] | None = None) -> str:
    write(folder, files or {})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", "work")
    return git(folder, "rev-parse", "HEAD").strip()


class TestContent:
    def test_the_index_counts_and_not_the_work_tree(self, repository: pathlib.Path) -> None:
        write(repository, {"a.py": WRONG, "b.py": RIGHT})
        git(repository, "add", "-A")
        write(repository, {"a.py": RIGHT, "b.py": WRONG, "c.py": WRONG})
        assert staged(repository) == [("a.py", "KL201")]

    def test_what_was_staged_and_deleted_since(self, repository: pathlib.Path) -> None:
        write(repository, {"src/a.py": WRONG})
        git(repository, "add", "-A")
        (repository / "src" / "a.py").unlink()
        (repository / "src").rmdir()
        assert staged(repository) == [("src/a.py", "KL201")]
        assert staged(repository, "src") == [("src/a.py", "KL201")]

    def test_a_part_of_a_file(self, repository: pathlib.Path) -> None:
        """As `git add --patch` leaves it: one of two mistakes is staged."""
        commit(repository, {"a.py": RIGHT + "\n" * 9})
        write(repository, {"a.py": WRONG + "\n" * 9})
        git(repository, "add", "a.py")
        write(repository, {"a.py": WRONG + "\n" * 9 + 'other = OpenAI(api_key="API_KEY_OPENAI")\n'})
        assert staged(repository) == [("a.py", "KL201")]
        assert check(repository).codes == ["KL201", "KL202"]

    def test_only_what_the_commit_changes(self, repository: pathlib.Path) -> None:
        commit(repository, {"old.py": WRONG})
        write(repository, {"new.py": WRONG})
        git(repository, "add", "-A")
        assert staged(repository) == [("new.py", "KL201")]

    def test_nothing_is_staged(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": WRONG})
        result = keylint("check", "--staged", folder=repository)
        assert (result.code, result.out) == (0, "No files were checked.\n")

    def test_renamed_deleted_and_only_meant_to_be_added(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": WRONG + "# more of it\n" * 20, "gone.py": WRONG})
        git(repository, "mv", "a.py", "b.py")
        git(repository, "rm", "-q", "gone.py")
        write(repository, {"meant.py": WRONG})
        git(repository, "add", "--intent-to-add", "meant.py")
        assert staged(repository) == [("b.py", "KL201")]

    def test_links_and_submodules(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        inner = tmp_path / "inner"
        inner.mkdir()
        git(inner, "init", "-q")
        commit(inner, {"a.py": WRONG})
        git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "inner")
        os.symlink("inner/a.py", repository / "link.py")
        write(repository, {"b.py": WRONG})
        git(repository, "add", "-A")
        assert staged(repository) == [("b.py", "KL201")]
        assert staged(repository, "b.py", "link.py", "inner") == [("b.py", "KL201")]

    def test_encodings_and_binary_files(self, repository: pathlib.Path) -> None:
        write(
            repository,
            {"a.py": WRONG.encode("utf-16"), "b.bin": b"\0\1\2" * 9, "c.py": b"\xef\xbb\xbf" + WRONG.encode()},
        )
        git(repository, "add", "-A")
        assert staged(repository) == [("a.py", "KL201"), ("c.py", "KL201")]

    def test_a_conflict_is_named(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": "x = 1\n"})
        git(repository, "switch", "-qc", "other")
        commit(repository, {"a.py": "x = 2\n"})
        git(repository, "switch", "-q", "-")
        commit(repository, {"a.py": "x = 3\n"})
        with pytest.raises(subprocess.CalledProcessError):
            git(repository, "merge", "-q", "other")
        write(repository, {"b.py": RIGHT})
        git(repository, "add", "b.py")
        result = keylint("check", "--staged", folder=repository)
        assert (result.code, result.err) == (0, "keylint: a.py: has conflicts that are not resolved\n")
        git(repository, "rm", "-q", "--cached", "b.py")
        assert keylint("check", "--staged", folder=repository).code == 3, "nothing at all could be checked"

    @pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes are a thing of Linux")
    def test_names_of_any_bytes(self, repository: pathlib.Path) -> None:
        names = [b"gr\xfc\xdfe.py", b"two\nlines.py", b'"quoted".py', b":(top)x.py", b"-dash.py", "é ü.py".encode()]
        for name in names:
            pathlib.Path(os.fsdecode(os.path.join(os.fsencode(repository), name))).write_text(WRONG)
        git(repository, "add", "-A")
        for name in names:
            pathlib.Path(os.fsdecode(os.path.join(os.fsencode(repository), name))).unlink()
        assert len(staged(repository)) == len(names)


class TestProject:
    def test_the_project_is_that_of_the_index(self, repository: pathlib.Path) -> None:
        """Whether a loader is staged decides, not whether the work tree has one."""
        write(repository, {"a.py": RIGHT, "main.py": RIGHT, ".env.example": FILLED, ".gitignore": ".env\n"})
        git(repository, "add", "-A")
        write(repository, {".env": FILLED})
        before = staged(repository)
        assert ("a.py", "KL501") in before
        write(repository, {"a.py": LOADED})
        assert staged(repository) == before
        git(repository, "add", "-A")
        write(repository, {"a.py": RIGHT})
        assert ("a.py", "KL501") not in staged(repository)

    def test_files_that_the_work_tree_leaves_out_or_hides(self, repository: pathlib.Path) -> None:
        files = {"lib/main.py": LOADED, "assumed.py": "x = 1\n", "a.py": "x = 1\n", ".env.example": FILLED}
        commit(repository, files)
        git(repository, "sparse-checkout", "set", "--no-cone", "/*", "!/lib/")
        assert not (repository / "lib").exists()
        write(repository, {"a.py": RIGHT})
        git(repository, "add", "a.py")
        assert staged(repository) == []
        git(repository, "sparse-checkout", "disable")
        git(repository, "rm", "-q", "--cached", "lib/main.py")
        git(repository, "update-index", "--assume-unchanged", "assumed.py")
        write(repository, {"assumed.py": LOADED})
        assert staged(repository) == [("a.py", "KL501")], "the loader is on the disk only"

    def test_the_configuration_is_that_of_the_index(self, repository: pathlib.Path) -> None:
        write(repository, {"a.py": WRONG, "keylint.toml": 'exclude = ["a.py"]\n'})
        git(repository, "add", "-A")
        write(repository, {"keylint.toml": ""})
        assert staged(repository) == []
        git(repository, "add", "-A")
        write(repository, {"keylint.toml": 'exclude = ["a.py"]\n'})
        assert staged(repository) == [("a.py", "KL201")]

    def test_a_staged_file_of_variables(self, repository: pathlib.Path) -> None:
        write(repository, {".env": expand("OPENAI_API_KEY=«openai.key»\n")})
        git(repository, "add", "-A")
        (repository / ".env").unlink()
        assert staged(repository) == [(".env", "KL601")]


class TestPlaces:
    def test_from_a_folder_below(self, repository: pathlib.Path) -> None:
        write(repository, {"a.py": WRONG, "src/b.py": WRONG, "src/deep/c.py": WRONG})
        git(repository, "add", "-A")
        inside = repository / "src"
        assert staged(inside) == [("b.py", "KL201"), ("deep/c.py", "KL201")]
        assert (
            staged(inside, "..") == [("../a.py", "KL201"), ("b.py", "KL201"), ("deep/c.py", "KL201")]
            or len(staged(inside, "..")) == 3
        )
        assert staged(inside, "../a.py") == [("../a.py", "KL201")]

    def test_a_linked_work_tree(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(repository, {"a.py": RIGHT})
        other = tmp_path / "other"
        git(repository, "worktree", "add", "-q", str(other))
        write(other, {"a.py": WRONG})
        git(other, "add", "-A")
        write(other, {"a.py": RIGHT})
        assert staged(other) == [("a.py", "KL201")]
        assert staged(repository) == []

    def test_in_a_submodule(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        inner = tmp_path / "inner"
        inner.mkdir()
        git(inner, "init", "-q")
        commit(inner, {"a.py": RIGHT})
        git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "inner")
        write(repository / "inner", {"a.py": WRONG})
        git(repository / "inner", "add", "-A")
        assert staged(repository / "inner") == [("a.py", "KL201")]
        assert staged(repository) == []

    def test_a_repository_with_longer_identities(self, project: pathlib.Path) -> None:
        git(project, "init", "-q", "--object-format=sha256")
        write(project, {"a.py": WRONG})
        git(project, "add", "-A")
        write(project, {"a.py": RIGHT})
        assert staged(project) == [("a.py", "KL201")]
        commit(project)
        write(project, {"b.py": WRONG})
        git(project, "add", "b.py")
        assert staged(project) == [("b.py", "KL201")]

    def test_no_repository_and_none_with_files(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        assert keylint("check", "--staged", folder=project).code == 2
        git(project, "init", "-q", "--bare", "bare")
        assert keylint("check", "--staged", folder=project / "bare").code == 2

    @pytest.mark.parametrize("arguments", [("--fix",), ("--diff",), ("-",), ("--stdin-filename", "a.py")])
    def test_what_does_not_go_together(self, repository: pathlib.Path, arguments: tuple[str, ...]) -> None:
        assert keylint("check", "--staged", *arguments, folder=repository).code == 2


@pytest.mark.skipif(os.name == "nt", reason="the hook is a shell script")
class TestHook:
    """In git's own hook, without pre-commit: git says by its variables which index it is about to commit."""

    @pytest.fixture
    def hooked(self, repository: pathlib.Path) -> pathlib.Path:
        commit(repository, {"a.py": RIGHT, "b.py": RIGHT})
        hook = repository / ".git" / "hooks" / "pre-commit"
        hook.parent.mkdir(exist_ok=True)
        hook.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m keylint check --staged\n')
        hook.chmod(hook.stat().st_mode | stat.S_IXUSR)
        return repository

    def commit(self, folder: pathlib.Path, *arguments: str) -> bool:
        who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid"]
        done = subprocess.run(
            ["git", *who, "commit", "-qm", "x", *arguments], cwd=folder, capture_output=True, text=True
        )
        assert ("KL201" in done.stdout + done.stderr) is (done.returncode != 0), done.stderr
        return done.returncode == 0

    def test_all_that_changed(self, hooked: pathlib.Path) -> None:
        write(hooked, {"a.py": WRONG})
        assert not self.commit(hooked, "-a")
        write(hooked, {"a.py": RIGHT + "# more\n"})
        assert self.commit(hooked, "-a")

    def test_one_file_of_two_that_changed(self, hooked: pathlib.Path) -> None:
        write(hooked, {"a.py": WRONG, "b.py": RIGHT + "# more\n"})
        git(hooked, "add", "a.py")
        assert self.commit(hooked, "b.py"), "a.py is staged, and left out of this commit"
        assert not self.commit(hooked, "a.py")

    def test_in_a_linked_work_tree(self, hooked: pathlib.Path, tmp_path: pathlib.Path) -> None:
        other = tmp_path / "other"
        git(hooked, "worktree", "add", "-q", str(other))
        write(other, {"a.py": WRONG})
        git(other, "add", "-A")
        write(other, {"a.py": RIGHT})
        assert not self.commit(other)


@pytest.mark.skipif(os.name == "nt", reason="the traps are shell scripts")
def test_what_a_repository_configures_is_not_run(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    marker = tmp_path / "ran"
    trap = tmp_path / "trap.sh"
    trap.write_text(f'#!/bin/sh\ntouch "{marker}"\ncat\n')
    trap.chmod(0o755)
    first = commit(repository, {"a.py": RIGHT, ".gitattributes": "*.py filter=evil diff=evil\n*.js filter=e=v.il\n"})
    git(repository, "update-index", "--add", "--cacheinfo", f"100644,{'1' * 40},missing.py")
    for name, value in {
        "core.fsmonitor": str(trap),
        "core.pager": str(trap),
        "pager.log": str(trap),
        "core.hooksPath": str(tmp_path),
        "diff.external": str(trap),
        "diff.evil.command": str(trap),
        "diff.evil.textconv": str(trap),
        "filter.evil.clean": str(trap),
        "filter.evil.smudge": str(trap),
        "filter.evil.process": str(trap),
        "filter.evil.required": "true",
        "filter.e=v.il.clean": str(trap),
        "gpg.program": str(trap),
        "log.showSignature": "true",
        "core.sshCommand": str(trap),
        "core.askPass": str(trap),
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "origin",
        "remote.origin.url": f"ext::{trap}",
        "remote.origin.promisor": "true",
        "diff.renames": "copies",
        "color.ui": "always",
        "diff.noprefix": "true",
        "diff.interHunkContext": "99",
        "log.follow": "true",
        "log.showRoot": "false",
        "format.pretty": "oneline",
        "core.quotePath": "true",
    }.items():
        git(repository, "config", name, value)
    write(repository, {"a.py": WRONG, "b.js": "const a = 1;\n"})
    results: list[Result] = [
        check(repository, "--staged"),
        check(repository, "--since", first),
        check(repository, "--diff-base", "HEAD"),
        keylint("history", folder=repository),
    ]
    assert not marker.exists()
    assert [result.code for result in results] == [3, 1, 1, 0]
    assert "missing.py: git does not have its content here" in results[0].err
