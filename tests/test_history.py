"""`keylint history` in real histories: which commit brought a secret in, wherever it went."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
from typing import Any

import pytest

from keylint import forks, harmless
from keylint.history import History
from tests.samples import all_samples, body, expand, sample
from tests.test_secrecy import clean
from tests.test_staged import WRONG, commit
from tests.tool import VENDOR, Result, git, keylint, write

KEY = sample("openai")
CODE = f'from openai import OpenAI\nclient = OpenAI(api_key="{KEY}")\n'
LETTERS = "abcdefghij0123456789"
PAD = "# more of it\n" * 20


def key(seed: str) -> str:
    return "sk-" + body(f"{seed} head", 20) + "T3BlbkFJ" + body(f"{seed} tail", 20)


def code(seed: str) -> str:
    return f'from openai import OpenAI\nclient = OpenAI(api_key="{key(seed)}")\n'


def history(folder: pathlib.Path, *arguments: str) -> list[dict[str, Any]]:
    result = keylint("history", "--output-format", "json", *arguments, folder=folder)
    found = json.loads(result.out)
    assert result.code == bool(found), result.err
    return found  # type: ignore[no-any-return]


def origins(folder: pathlib.Path, *arguments: str) -> list[tuple[str, str]]:
    return [(finding["commit"], finding["filename"]) for finding in history(folder, *arguments)]


class TestOrigin:
    def test_what_was_taken_out_is_still_there(self, repository: pathlib.Path) -> None:
        commit(repository, {"b.py": "x = 1\n"})
        first = commit(repository, {"a.py": CODE})
        commit(repository, {"a.py": "import os\n"})
        (finding,) = history(repository)
        assert (finding["commit"], finding["filename"], finding["code"]) == (first, "a.py", "KL101")
        assert finding["location"] == {"row": 2, "column": 26}
        assert finding["fix"] is None

    def test_the_date_is_the_author_s(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("GIT_AUTHOR_DATE", "2001-02-03T04:05:06+07:00")
        commit(repository, {"a.py": CODE})
        (finding,) = history(repository)
        assert finding["author_date"] == "2001-02-03T04:05:06+07:00"

    def test_one_secret_in_many_versions(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"a.py": CODE})
        for number in range(4):
            commit(repository, {"a.py": CODE + f"x = {number}\n"})
        commit(repository, {"copy.py": f'import openai\nopenai.api_key = "{KEY}"\n'})
        (finding,) = history(repository)
        assert finding["commit"] == first
        assert finding["versions"] == 6
        assert finding["filenames"] == ["a.py", "copy.py"]

    def test_renamed_and_copied(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"a.py": CODE + PAD})
        git(repository, "mv", "a.py", "b.txt")
        commit(repository)
        commit(repository, {"c/d.md": CODE + PAD})
        (finding,) = history(repository)
        assert (finding["commit"], finding["filename"], finding["versions"]) == (first, "a.py", 1)

    def test_a_file_of_variables_is_no_safe_place_in_git(self, repository: pathlib.Path) -> None:
        first = commit(repository, {".env": expand("OPENAI_API_KEY=«openai.key»\nGITHUB=«github»\n")})
        git(repository, "rm", "-q", ".env")
        commit(repository)
        assert [(f["commit"], f["code"]) for f in history(repository)] == [(first, "KL101"), (first, "KL110")]

    def test_in_order_of_time_with_the_other_rules_on_request(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"a.py": code("one"), "z.py": WRONG})
        second = commit(repository, {"a.py": code("two")})
        assert origins(repository) == [(first, "a.py"), (second, "a.py")]
        assert origins(repository, "--select", "KL201") == [(first, "z.py")]
        assert origins(repository, "--ignore", "KL101") == []

    def test_what_was_accepted_or_left_out(self, repository: pathlib.Path) -> None:
        line = CODE.rstrip("\n") + "  # keylint: ignore[KL101] revoked\n"
        commit(repository, {"a.py": line, "old/b.py": code("b"), "keylint.toml": 'exclude = ["old"]\n'})
        assert origins(repository) == []


class TestAccepted:
    def test_what_a_list_of_the_files_of_now_accepts(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE})
        second = commit(repository, {"b.py": code("other")})
        assert keylint("baseline", "a.py", folder=repository).code == 0
        git(repository, "mv", "a.py", "c.py")
        assert origins(repository, "--baseline", ".keylint-baseline.json") == [(second, "b.py")]
        result = keylint("history", "--baseline", ".keylint-baseline.json", folder=repository)
        assert result.out.endswith("\n1 secret in 2 versions of files (1 accepted by the baseline).\n")

    def test_a_line_of_a_commit(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"a.py": CODE})
        second = commit(repository, {"a.py": code("other")})
        assert origins(repository) == [(first, "a.py"), (second, "a.py")]
        for line, left in (
            (f"{first}:a.py:KL101:2", [second]),
            (f"{second}:a.py:any-rule:2", [first]),
            ("a.py:KL101:2", []),
            (f"{first}:a.py:KL101:3", [first, second]),
        ):
            write(repository, {".gitleaksignore": f"{line}\n"})
            assert [made for made, _ in origins(repository, "--baseline", ".gitleaksignore")] == left, line

    def test_a_list_that_is_missing(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE})
        assert keylint("history", "--baseline", "x.json", folder=repository).code == 2


class TestShapes:
    def test_branches_tags_stashes(self, repository: pathlib.Path) -> None:
        commit(repository, {"x.py": "x = 1\n"})
        main = git(repository, "branch", "--show-current").strip()
        git(repository, "switch", "-qc", "topic")
        topic = commit(repository, {"a.py": code("branch")})
        git(repository, "switch", "-q", "--detach", main)
        tagged = commit(repository, {"b.py": code("tag")})
        git(repository, "tag", "-a", "-m", "v", "v1")
        git(repository, "switch", "-q", main)
        write(repository, {"x.py": code("stash")})
        git(repository, "stash", "-q")
        loose = (
            subprocess.run(
                ["git", "hash-object", "-w", "--stdin"],
                cwd=repository,
                input=code("loose").encode(),
                capture_output=True,
                check=True,
            )
            .stdout.decode()
            .strip()
        )
        git(repository, "tag", "content", loose)
        found = origins(repository)
        assert {(topic, "a.py"), (tagged, "b.py"), ("", loose)} < set(found)
        assert len(found) == 4
        assert origins(repository, main) == []
        assert origins(repository, "topic") == [(topic, "a.py")]
        assert origins(repository, f"{main}..topic") == [(topic, "a.py")]
        assert origins(repository, "topic", "^topic~1") == [(topic, "a.py")]
        assert origins(repository, "v1") == [(tagged, "b.py")]

    def test_a_secret_that_a_merge_brought_in(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": "x = 1\n"})
        main = git(repository, "branch", "--show-current").strip()
        git(repository, "switch", "-qc", "topic")
        topic = commit(repository, {"b.py": code("topic")})
        git(repository, "switch", "-q", main)
        commit(repository, {"a.py": "x = 2\n"})
        git(repository, "merge", "-q", "--no-commit", "--no-ff", "topic")
        merge = commit(repository, {"a.py": code("merge")})
        commit(repository, {"a.py": "x = 3\n"})
        assert origins(repository) == [(topic, "b.py"), (merge, "a.py")]

    def test_an_octopus(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": "x = 1\n"})
        main = git(repository, "branch", "--show-current").strip()
        for name in ("one", "two"):
            git(repository, "switch", "-qc", name, main)
            commit(repository, {f"{name}.py": f"# {name}\n"})
        git(repository, "switch", "-q", main)
        commit(repository, {"main.py": "x = 1\n"})
        git(repository, "merge", "-q", "--no-ff", "-m", "all", "one", "two")
        write(repository, {"a.py": code("octopus")})
        git(repository, "add", "-A")
        git(repository, "commit", "-q", "--amend", "--no-edit")
        assert origins(repository) == [(git(repository, "rev-parse", "HEAD").strip(), "a.py")]

    def test_submodules_links_and_binary_files(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        inner = tmp_path / "inner"
        inner.mkdir()
        git(inner, "init", "-q")
        commit(inner, {"a.py": CODE})
        git(repository, "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(inner), "inner")
        os.symlink("inner/a.py", repository / "link.py")
        write(
            repository, {"b.bin": b"\0\1" + KEY.encode() + b"\0\xff", "c.txt": ("key " + key("wide")).encode("utf-16")}
        )
        first = commit(repository)
        assert origins(repository) == [(first, "c.txt")]

    def test_linked_work_trees(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(repository, {"x.py": "x = 1\n"})
        git(repository, "worktree", "add", "-q", "--detach", str(tmp_path / "other"))
        first = commit(tmp_path / "other", {"a.py": CODE})
        assert origins(repository) == [(first, "a.py")]
        assert origins(tmp_path / "other", "HEAD") == [(first, "a.py")]

    def test_longer_identities(self, project: pathlib.Path) -> None:
        git(project, "init", "-q", "--object-format=sha256")
        first = commit(project, {"a.py": CODE})
        commit(project, {"a.py": "x = 1\n"})
        assert len(first) == 64
        assert origins(project) == [(first, "a.py")]

    def test_names_of_any_kind(self, repository: pathlib.Path) -> None:
        names = ["two\nlines.py", '"q".py', "é ü.py", "\x01x.py", ":y.py"]
        first = commit(repository, {name: code(name) for name in names})
        assert sorted(origins(repository)) == sorted((first, name) for name in names)

    def test_from_a_folder_below(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"src/a.py": CODE, "b.py": code("b")})
        assert sorted(origins(repository / "src")) == [(first, "../b.py"), (first, "a.py")]

    def test_what_a_replacement_hides(self, repository: pathlib.Path) -> None:
        commit(repository, {"b.py": "x = 1\n"})
        first = commit(repository, {"a.py": CODE})
        last = commit(repository, {"a.py": "x = 1\n"})
        git(repository, "replace", first, last)
        assert origins(repository, "HEAD") == [(first, "a.py")]


class TestWhatIsNotThere:
    def test_a_shallow_clone(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE})
        last = commit(repository, {"a.py": code("second")})
        git(tmp_path, "clone", "-q", "--depth=1", repository.as_uri(), "shallow")
        result = keylint("history", folder=tmp_path / "shallow")
        assert result.err == "keylint: this clone is shallow: older commits are not in it\n"
        assert origins(tmp_path / "shallow") == [(last, "a.py")]

    def test_a_partial_clone_is_not_filled_up(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        git(repository, "config", "uploadpack.allowFilter", "true")
        commit(repository, {"a.py": CODE})
        last = commit(repository, {"a.py": code("second")})
        git(tmp_path, "clone", "-q", "--filter=blob:none", repository.as_uri(), "partial")
        result = keylint("history", folder=tmp_path / "partial")
        assert result.err == "keylint: 1 version not in this clone, which is a partial one\n"
        assert origins(tmp_path / "partial") == [(last, "a.py")]

    def test_no_commit_no_repository_no_such_revision(self, project: pathlib.Path) -> None:
        assert keylint("history", folder=project).code == 2
        git(project, "init", "-q")
        result = keylint("history", folder=project)
        assert (result.code, result.out) == (0, "0 secrets in 0 versions of files.\n")
        assert history(project) == []
        commit(project, {"a.py": CODE})
        for revision in ("nothing", "a..b", "HEAD~5"):
            assert keylint("history", revision, folder=project).code == 2
        assert keylint("history", "--", "--output=x", folder=project).code == 2
        assert not (project / "x").exists()

    def test_a_version_that_is_too_large(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("keylint.history.LARGE", 1 << 20)
        first = commit(repository, {"a.txt": "x" * (1 << 20) + KEY, "b.py": CODE})
        result = keylint("history", folder=repository)
        assert "1 version of more than 1 MB left out" in result.err
        assert origins(repository) == [(first, "b.py")]


@pytest.mark.parametrize("format", ["full", "json"])
def test_no_secret_is_shown(repository: pathlib.Path, format: str) -> None:
    samples = all_samples()
    commit(
        repository,
        {
            f"{number}.py": f'openai_api_key = "{made}"\nprint("{made}")\n'
            for number, made in enumerate(samples.values())
        },
    )
    result = keylint("history", "--output-format", format, folder=repository)
    assert result.code == 1
    for made in samples.values():
        clean(made, result.out, result.err)


def test_for_people(repository: pathlib.Path) -> None:
    first = commit(repository, {"a.py": CODE})
    commit(repository, {"a.py": CODE + "x = 1\n"})
    result = keylint("history", folder=repository)
    assert f"\n  = since: {first[:12]} of " in result.out
    assert ", in 2 versions\n" in result.out
    assert "--fix" not in result.out
    assert result.out.endswith("\n1 secret in 2 versions of files.\n")
    assert keylint("history", "--exit-zero", folder=repository).code == 0


class TestHarmless:
    """Contents that are not looked at again because they hold no secret."""

    @pytest.fixture(autouse=True)
    def _cache(self, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> None:
        monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path / "cache"))

    @staticmethod
    def looked_at(repository: pathlib.Path, *arguments: str) -> tuple[list[str], Result]:
        """The contents that a call looks at, by path, and what it says."""
        seen: list[str] = []
        real = History._look

        def look(self: History, path: str, data: bytes) -> Any:
            seen.append(path)
            return real(self, path, data)

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(History, "_look", look)
            patch.setattr(forks, "room", lambda: 0)
            return seen, keylint("history", *arguments, folder=repository)

    def test_the_second_run_says_the_same(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE, "b.py": "x = 1\n", "c.py": WRONG, "line\nfeed.py": "y = 2\n"})
        commit(repository, {"a.py": "import os\n", "d.py": 'import openai\npassword = "hunter2-and-more"\n'})
        commit(repository, {"e.py": code("other"), "b.py": "x = 2\n"})
        fresh = keylint("history", "--no-cache", folder=repository)
        seen, first = self.looked_at(repository)
        again, second = self.looked_at(repository)
        assert first == second == fresh
        assert {"b.py", "c.py"} <= set(seen)
        assert not {"b.py", "c.py"} & set(again)
        assert {"a.py", "e.py"} <= set(again)  # what holds a secret is not remembered
        assert first.out.count("KL101") == 2

    def test_what_comes_later_is_looked_at(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": "x = 1\n", "b.py": "y = 1\n"})
        assert self.looked_at(repository)[1].code == 0
        last = commit(repository, {"a.py": CODE})
        seen, result = self.looked_at(repository, "--output-format", "json")
        assert set(seen) == {"a.py"}
        assert [finding["commit"] for finding in json.loads(result.out)] == [last]

    def test_what_is_asked_decides(self, repository: pathlib.Path) -> None:
        """Other rules, another configuration, another folder."""
        commit(repository, {"a/a.py": WRONG, "b.py": f"acme_key = 'acme-{body('b', 26, LETTERS)}'\n"})
        assert self.looked_at(repository)[1].code == 0
        assert self.looked_at(repository, "--select", "KL201")[1].code == 1
        seen, _ = self.looked_at(repository / "a")
        assert len(seen) == 2
        keys = '[[providers.acme.keys]]\nname = "key"\nprefix = "acme-"\npattern = "acme-[0-9a-z]{26}"\n'
        write(repository, {"keylint.toml": VENDOR + keys})
        assert self.looked_at(repository)[1].code == 1

    def test_nothing_of_a_secret_is_kept(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        """Not even git's name of a content that holds one, which is a hash of it."""
        weak = 'import openai\nname = os.getenv("OPENAI_API_KEY", "hunter2-and-more")\n'
        commit(repository, {"a.py": CODE, "b.py": "x = 1\n", "weak.py": weak})
        self.looked_at(repository)
        (file,) = (tmp_path / "cache").glob("history-*")
        kept = file.read_bytes()
        names = {name: git(repository, "rev-parse", f"HEAD:{name}").strip() for name in ("a.py", "b.py", "weak.py")}
        assert [name for name, identity in names.items() if identity.encode() in kept] == ["b.py"]
        assert KEY.encode() not in kept
        assert b"hunter2" not in kept

    def test_a_damaged_table_is_none(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE, "b.py": "x = 1\n"})
        _, first = self.looked_at(repository)
        (file,) = (tmp_path / "cache").glob("history-*")
        head, checksum, body = file.read_bytes().split(b"\n", 2)
        held = git(repository, "rev-parse", "HEAD:a.py").strip().encode() + b" a.py"
        for damaged in (b"", head, b"\n".join((head, checksum, body + b"\n" + held)), b"x" + head):
            file.write_bytes(damaged)
            assert self.looked_at(repository)[1] == first

    def test_no_more_than_a_number_of_them(self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(harmless, "MOST", 3)
        commit(repository, {f"a{number}.py": f"x = {number}\n" for number in range(9)})
        _, first = self.looked_at(repository)
        seen, second = self.looked_at(repository)
        assert len(seen) == 6
        assert first == second

    def test_without_a_cache(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        commit(repository, {"a.py": CODE, "b.py": "x = 1\n"})
        for _ in range(2):
            assert len(self.looked_at(repository, "--no-cache")[0]) >= 2
        assert not (tmp_path / "cache").exists()

    def test_a_path_that_looks_like_the_beginning_of_a_commit(self, repository: pathlib.Path) -> None:
        first = commit(repository, {"a.py": "x = 1\n"})
        commit(repository, {f"\x01{first} 2001-02-03T04:05:06+07:00": code("b"), "z.py": "y = 2\n"})
        third = commit(repository, {"c.py": CODE})
        for _ in range(2):
            assert [commit for commit, _ in origins(repository)][-1] == third
            assert first not in [commit for commit, _ in origins(repository)]
