"""`check --since` and `--diff-base`: what a change touches, and what it causes elsewhere."""

from __future__ import annotations

import os
import pathlib

import pytest

from tests.test_staged import FILLED, LOADED, RIGHT, WRONG, commit
from tests.tool import check, git, keylint, write

OTHER = 'other = OpenAI(api_key="API_KEY_OPENAI")\n'
OLD = WRONG + "\n" * 20


@pytest.fixture
def old(repository: pathlib.Path) -> pathlib.Path:
    """A repository that has a mistake already."""
    commit(repository, {"a.py": OLD, "b.py": RIGHT + "# more of it\n" * 20})
    return repository


def since(folder: pathlib.Path, *arguments: str, revision: str = "HEAD") -> list[tuple[str, str]]:
    result = check(folder, "--since", revision, *arguments)
    assert result.code in (0, 1), result.err
    return [(finding["filename"], finding["code"]) for finding in result.findings]


class TestLines:
    def test_nothing_changed(self, old: pathlib.Path) -> None:
        assert since(old) == []
        assert check(old).codes == ["KL201"]

    def test_another_line_of_the_file(self, old: pathlib.Path) -> None:
        write(old, {"a.py": "# one\n# two\n" + OLD})
        assert since(old) == []
        write(old, {"a.py": OLD + OTHER})
        assert since(old) == [("a.py", "KL202")]

    def test_the_line_itself(self, old: pathlib.Path) -> None:
        write(old, {"a.py": OLD.replace("client", "clients")})
        assert since(old) == [("a.py", "KL201")]

    def test_a_line_that_uses_what_was_there(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": 'from openai import OpenAI\nKEY = "YOUR_API_KEY"\n\n\n\n'})
        write(
            repository, {"a.py": 'from openai import OpenAI\nKEY = "YOUR_API_KEY"\n\n\nclient = OpenAI(api_key=KEY)\n'}
        )
        assert since(repository) == [("a.py", "KL201")]

    def test_the_same_line_once_more(self, old: pathlib.Path) -> None:
        write(old, {"a.py": OLD + WRONG.splitlines()[2] + "\n"})
        (finding,) = check(old, "--since", "HEAD").findings
        assert finding["location"]["row"] == 24

    def test_line_ends_that_git_converts(self, repository: pathlib.Path) -> None:
        commit(repository, {".gitattributes": "*.py text eol=crlf\n", "a.py": OLD.replace("\n", "\r\n")})
        write(repository, {"a.py": (OLD + OTHER).replace("\n", "\r\n")})
        assert since(repository) == [("a.py", "KL202")]

    def test_an_encoding_that_git_takes_for_binary(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": OLD.encode("utf-16")})
        write(repository, {"a.py": (OLD + OTHER).encode("utf-16")})
        assert since(repository) == [("a.py", "KL202")]


class TestFiles:
    def test_new_ones_tracked_or_not(self, old: pathlib.Path) -> None:
        write(old, {"c.py": WRONG, "d.py": WRONG, "e.py": WRONG, "f.py": WRONG, ".gitignore": "f.py\n"})
        git(old, "add", "c.py")
        git(old, "add", "--intent-to-add", "d.py")
        assert since(old) == [("c.py", "KL201"), ("d.py", "KL201"), ("e.py", "KL201")]
        assert since(old, "--staged") == [("c.py", "KL201")]

    def test_renamed(self, old: pathlib.Path) -> None:
        git(old, "mv", "a.py", "z.py")
        assert since(old) == []
        write(old, {"z.py": OLD + OTHER})
        assert since(old) == [("z.py", "KL202")]
        assert since(old, "z.py") == [("z.py", "KL202")]
        assert since(old, "--staged") == []

    def test_renamed_behind_the_back_of_git(self, old: pathlib.Path) -> None:
        """A new name that git was not told of is a new file."""
        (old / "a.py").rename(old / "z.py")
        assert since(old) == [("z.py", "KL201")]

    def test_taken_out_of_the_index_only(self, old: pathlib.Path) -> None:
        git(old, "rm", "-q", "--cached", "a.py")
        assert since(old) == []

    def test_deleted_and_replaced_by_a_link(self, old: pathlib.Path) -> None:
        (old / "b.py").unlink()
        (old / "a.py").rename(old / "real.txt")
        os.symlink("real.txt", old / "a.py")
        result = keylint("check", "--since", "HEAD", folder=old)
        assert (result.code, result.err) == (0, ""), "what was deleted is not missed"

    def test_a_link_that_becomes_a_file(self, repository: pathlib.Path) -> None:
        write(repository, {"b.py": RIGHT})
        os.symlink("b.py", repository / "a.py")
        commit(repository)
        (repository / "a.py").unlink()
        write(repository, {"a.py": WRONG})
        assert since(repository) == [("a.py", "KL201")]

    def test_submodules_are_their_own_affair(self, old: pathlib.Path, tmp_path: pathlib.Path) -> None:
        inner = tmp_path / "inner"
        inner.mkdir()
        git(inner, "init", "-q")
        commit(inner, {"a.py": WRONG})
        git(old, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "inner")
        assert since(old) == []
        commit(old)
        write(old / "inner", {"a.py": WRONG + OTHER})
        assert since(old) == []

    @pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
    def test_names_of_any_kind(self, repository: pathlib.Path) -> None:
        names = [":(top)x.py", "two\nlines.py", '"q".py', "-dash.py", "*.py", "é ü.py"]
        commit(repository, dict.fromkeys(names, OLD))
        write(repository, dict.fromkeys(names, OLD + OTHER))
        assert sorted(since(repository)) == sorted((name, "KL202") for name in names)
        git(repository, "add", "-A")
        assert sorted(since(repository, "--staged")) == sorted((name, "KL202") for name in names)

    def test_only_the_paths_that_are_named(self, old: pathlib.Path) -> None:
        write(old, {"src/c.py": WRONG, "d.py": WRONG})
        assert since(old, "src") == [("src/c.py", "KL201")]
        assert since(old / "src") == [("c.py", "KL201")]


class TestProject:
    def test_a_loader_that_is_taken_away_is_missed_elsewhere(self, repository: pathlib.Path) -> None:
        files = {"main.py": LOADED, "ask.py": RIGHT, ".env": FILLED, ".gitignore": ".env\n", "old.py": WRONG}
        commit(repository, files)
        assert check(repository).codes == ["KL201"]
        write(repository, {"main.py": RIGHT})
        assert since(repository) == [("ask.py", "KL501")]
        assert since(repository, "--staged") == []
        git(repository, "add", "-A")
        assert since(repository, "--staged") == [("ask.py", "KL501")]

    def test_what_was_missed_before_is_not_told(self, repository: pathlib.Path) -> None:
        commit(repository, {"ask.py": RIGHT + "\n" * 9, ".env": FILLED, ".gitignore": ".env\n"})
        assert check(repository).codes == ["KL501"]
        write(repository, {"ask.py": RIGHT + "\n" * 9 + "# more\n", "new.py": "x = 1\n"})
        assert since(repository) == []

    def test_what_is_told_at_another_place_now_is_not_told_again(self, repository: pathlib.Path) -> None:
        """One of the files that need the variable is reported; when that one goes it is the next."""
        commit(repository, {"a.py": RIGHT, "b.py": RIGHT, ".env": FILLED, ".gitignore": ".env\n"})
        assert [finding["filename"] for finding in check(repository).findings] == ["a.py"]
        (repository / "a.py").unlink()
        assert [finding["filename"] for finding in check(repository).findings] == ["b.py"]
        assert since(repository) == []

    def test_a_file_that_is_deleted(self, repository: pathlib.Path) -> None:
        files = {"load.py": LOADED, "ask.py": "import load\n" + RIGHT, ".env": FILLED, ".gitignore": ".env\n"}
        commit(repository, files)
        assert check(repository).codes == []
        (repository / "load.py").unlink()
        assert since(repository) == [("ask.py", "KL501")]


class TestCommits:
    def test_since_the_branch_began(self, old: pathlib.Path) -> None:
        main = git(old, "branch", "--show-current").strip()
        git(old, "switch", "-qc", "topic")
        commit(old, {"topic.py": WRONG})
        git(old, "switch", "-q", main)
        commit(old, {"main.py": WRONG, "b.py": OLD})
        git(old, "switch", "-q", "topic")
        result = check(old, "--diff-base", main)
        assert [finding["filename"] for finding in result.findings] == ["topic.py"]
        git(old, "merge", "-q", "-m", "merge", main)
        assert [finding["filename"] for finding in check(old, "--diff-base", main).findings] == ["topic.py"]
        assert since(old, revision=main) == [("topic.py", "KL201")]

    def test_a_merge_that_git_could_not_make_alone(self, old: pathlib.Path) -> None:
        main = git(old, "branch", "--show-current").strip()
        git(old, "switch", "-qc", "topic")
        commit(old, {"b.py": RIGHT + "x = 1\n"})
        git(old, "switch", "-q", main)
        commit(old, {"b.py": RIGHT + "x = 2\n"})
        git(old, "merge", "-q", "-s", "ours", "--no-commit", "topic")
        write(old, {"b.py": WRONG})
        assert since(old) == [("b.py", "KL201")]
        git(old, "add", "-A")
        assert since(old, "--staged") == [("b.py", "KL201")]

    def test_during_a_conflict(self, old: pathlib.Path) -> None:
        main = git(old, "branch", "--show-current").strip()
        git(old, "switch", "-qc", "topic")
        commit(old, {"a.py": "x = 1\n" + OLD})
        git(old, "switch", "-q", main)
        commit(old, {"a.py": "x = 2\n" + OLD})
        with pytest.raises(Exception, match="merge"):
            git(old, "merge", "-q", "topic")
        assert since(old) == []
        write(old, {"a.py": (old / "a.py").read_text() + OTHER})
        assert since(old) == [("a.py", "KL202")]

    def test_a_shallow_clone(self, old: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(old, {"c.py": WRONG})
        git(tmp_path, "clone", "-q", "--depth=1", old.as_uri(), "shallow")
        shallow = tmp_path / "shallow"
        write(shallow, {"d.py": WRONG})
        assert since(shallow) == [("d.py", "KL201")]
        result = keylint("check", "--since", "HEAD~1", folder=shallow)
        assert result.code == 2
        assert "shallow: fetch more of its history" in result.err

    def test_branches_without_a_common_commit(self, old: pathlib.Path) -> None:
        main = git(old, "branch", "--show-current").strip()
        git(old, "switch", "-q", "--orphan", "other")
        commit(old, {"c.py": WRONG})
        assert "no commit in common" in keylint("check", "--diff-base", main, folder=old).err

    def test_a_partial_clone_is_not_filled_up(self, old: pathlib.Path, tmp_path: pathlib.Path) -> None:
        git(old, "config", "uploadpack.allowFilter", "true")
        commit(old, {"a.py": "# now\n" + OLD})
        git(tmp_path, "clone", "-q", "--filter=blob:none", old.as_uri(), "partial")
        partial = tmp_path / "partial"
        assert ("a.py", "KL201") in since(partial, revision="HEAD~1"), "what was there cannot be known"

    def test_longer_identities(self, project: pathlib.Path) -> None:
        git(project, "init", "-q", "--object-format=sha256")
        commit(project, {"a.py": OLD})
        write(project, {"a.py": OLD + OTHER})
        assert since(project) == [("a.py", "KL202")]

    @pytest.mark.parametrize("revision", ["nothing", "--output=x", "HEAD:a.py", "", "HEAD~9"])
    def test_no_such_commit(self, old: pathlib.Path, revision: str) -> None:
        for option in ("--since", "--diff-base"):
            result = keylint("check", f"{option}={revision}", folder=old)
            assert (result.code, result.out) == (2, "")
            assert ("git knows no commit" if revision else "need the name of a commit") in result.err
        assert not (old / "x").exists()

    def test_one_of_the_two(self, old: pathlib.Path) -> None:
        assert keylint("check", "--since", "HEAD", "--diff-base", "HEAD", folder=old).code == 2


def test_only_what_was_changed_is_mended(old: pathlib.Path) -> None:
    write(old, {"a.py": OLD + OTHER})
    result = keylint("check", "--since", "HEAD", "--fix", folder=old)
    assert result.code == 0
    text = (old / "a.py").read_text()
    assert "YOUR_API_KEY" in text
    assert "API_KEY_OPENAI" not in text
