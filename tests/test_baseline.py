"""Accepted findings: keylint's own list, detect-secrets' and gitleaks'."""

from __future__ import annotations

import json
import pathlib
import re
import subprocess
import sys

import pytest
from detect_secrets.core import baseline as their_baseline
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import transient_settings

from tests.samples import body, expand, openai_shapes, sample
from tests.test_secrecy import clean, pieces
from tests.test_staged import OTHER_PARTS, RIGHT, WRONG, commit
from tests.tool import check, git, keylint, write

NAME = ".keylint-baseline.json"
OTHER = 'other = OpenAI(api_key="API_KEY_OPENAI")\n'


def accept(folder: pathlib.Path, *arguments: str) -> str:
    result = keylint("baseline", *arguments, folder=folder)
    assert (result.code, result.err) == (0, "")
    return result.out


def left(folder: pathlib.Path, *arguments: str, baseline: str = NAME) -> list[tuple[str, str]]:
    result = check(folder, "--baseline", baseline, *arguments)
    assert result.code in (0, 1), result.err
    return [(finding["filename"], finding["code"]) for finding in result.findings]


def entries(folder: pathlib.Path) -> list[dict[str, str]]:
    return json.loads((folder / NAME).read_text())["findings"][:-1]  # type: ignore[no-any-return]


def change(folder: pathlib.Path, number: int, **values: str) -> None:
    table = json.loads((folder / NAME).read_text())
    table["findings"][number].update(values)
    (folder / NAME).write_text(json.dumps(table))


def test_an_old_repository_is_switched_on(repository: pathlib.Path) -> None:
    """Several hundred findings of many rules: none is reported, whatever moves; a new one is."""
    files = {f"src/part{number}/{name}": text for number in range(40) for name, text in OTHER_PARTS.items()}
    commit(repository, files)
    before = len(check(repository).findings)
    assert before > 300
    assert accept(repository) == f"{NAME}: {before} findings accepted ({before} new).\n"
    assert left(repository) == []
    for path in sorted(repository.glob("src/part1*/*.py")):
        path.write_text("# moved\n\n\n" + path.read_text())
    git(repository, "mv", "src/part2/ask.py", "src/part2/asks.py")
    (repository / "src/part3/ask.py").rename(repository / "src/part3/other.py")
    git(repository, "mv", "src/part4", "src/part99")
    git(repository, "add", "-A")
    assert left(repository) == []
    result = keylint("check", "--baseline", NAME, folder=repository)
    assert result.code == 0
    assert result.out.endswith(f"({before} accepted by the baseline).\n")
    assert result.err == ""
    write(repository, {"src/part7/new.py": WRONG})
    assert left(repository) == [("src/part7/new.py", "KL201")]
    (repository / "src/part7/new.py").unlink()
    with (repository / "src/part8/ask.py").open("a") as file:
        file.write(OTHER)
    assert left(repository) == [("src/part8/ask.py", "KL202")]


class TestMatching:
    def test_a_copy_is_new(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project)
        write(project, {"b.py": WRONG})
        assert left(project) == [("b.py", "KL201")]
        assert left(project, "b.py") == [("b.py", "KL201")], "a.py is there, though it is not checked"
        (project / "a.py").unlink()
        assert left(project) == []
        assert left(project, "b.py") == []

    def test_a_line_that_goes_to_another_file_is_new(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project)
        write(project, {"a.py": RIGHT, "b.py": WRONG})
        assert left(project) == [("b.py", "KL201")]

    def test_the_same_line_twice(self, project: pathlib.Path) -> None:
        line = WRONG.splitlines()[2] + "\n"
        write(project, {"a.py": WRONG + line})
        accept(project)
        assert left(project) == []
        write(project, {"a.py": WRONG + line + line})
        assert left(project) == [("a.py", "KL201")]

    def test_another_key_in_the_same_line(self, project: pathlib.Path) -> None:
        text = 'from openai import OpenAI\nclient = OpenAI(api_key="{}")\n'
        write(project, {"a.py": text.format(sample("openai"))})
        accept(project)
        assert left(project) == []
        other = "sk-" + body("another", 20) + "T3BlbkFJ" + body("one", 20)
        write(project, {"a.py": text.format(other)})
        assert left(project) == [("a.py", "KL101")]

    def test_from_another_folder(self, project: pathlib.Path) -> None:
        write(project, {"src/a.py": WRONG, "b.py": WRONG})
        accept(project)
        assert left(project / "src", baseline="../" + NAME) == []
        assert left(project / "src", "..", baseline="../" + NAME) == []
        assert left(project.parent, "project", baseline=f"project/{NAME}") == []

    def test_standard_input(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project)
        for name, code in (("a.py", 0), ("b.py", 1)):
            arguments = ("check", "--baseline", NAME, "--stdin-filename", name, "-")
            assert keylint(*arguments, folder=project, stdin=WRONG.encode()).code == code

    def test_what_is_accepted_is_not_mended(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project)
        write(project, {"a.py": WRONG + OTHER})
        assert keylint("check", "--fix", "--baseline", NAME, folder=project).code == 0
        assert "YOUR_API_KEY" in (project / "a.py").read_text()
        assert "API_KEY_OPENAI" not in (project / "a.py").read_text()

    def test_with_what_is_staged_and_what_changed(self, repository: pathlib.Path) -> None:
        commit(repository, {"a.py": WRONG + "# more of it\n" * 9})
        accept(repository)
        commit(repository)
        git(repository, "mv", "a.py", "b.py")
        assert left(repository, "--staged") == []
        write(repository, {"b.py": WRONG + "# more of it\n" * 9 + WRONG.splitlines()[2] + "\n"})
        assert left(repository, "--staged") == []
        assert left(repository, "--since", "HEAD") == [("b.py", "KL201")]
        git(repository, "add", "-A")
        assert left(repository, "--staged") == [("b.py", "KL201")]


class TestConfigured:
    def test_the_configuration_names_it(self, project: pathlib.Path) -> None:
        write(project, {"keylint.toml": 'baseline = "accepted.json"\n', "src/a.py": WRONG})
        assert keylint("check", folder=project).code == 2, "a list that is missing accepts nothing, and is said to"
        accept(project)
        assert (project / "accepted.json").exists()
        assert check(project).codes == []
        assert check(project / "src").codes == []
        assert check(project, "--no-baseline").codes == ["KL201"]
        assert check(project, "--isolated").codes == ["KL201"]

    def test_several(self, project: pathlib.Path) -> None:
        write(project, {"keylint.toml": 'baseline = ["one.json", "two.json"]\n', "a.py": WRONG, "b.py": WRONG})
        accept(project, "a.py", "--output", "one.json")
        accept(project, "b.py", "--output", "two.json")
        assert check(project).codes == []

    @pytest.mark.parametrize("value", ["1", "[1]", "{}"])
    def test_a_wrong_value(self, project: pathlib.Path, value: str) -> None:
        write(project, {"keylint.toml": f"baseline = {value}\n", "a.py": WRONG})
        assert "baseline" in keylint("check", folder=project).err


class TestList:
    def test_holds_no_secret(self, project: pathlib.Path) -> None:
        key = sample("openai")
        write(project, {"a.py": f'from openai import OpenAI\nclient = OpenAI(api_key="{key}")\n'})
        result = keylint("baseline", folder=project)
        text = (project / NAME).read_text()
        clean(key, text, result.out, result.err)
        assert not [piece for piece in pieces(key) if piece in text]
        assert "OpenAI" not in text, "no word of the line"

    def test_each_has_a_salt_of_its_own(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project)
        accept(project, "--output", "other.json")
        one, other = (json.loads((project / name).read_text()) for name in (NAME, "other.json"))
        assert one["salt"] != other["salt"]
        assert one["findings"][0]["mark"] != other["findings"][0]["mark"]

    def test_writing_it_again_changes_nothing(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG, "b.py": WRONG})
        accept(project)
        before = (project / NAME).stat()
        accept(project)
        after = (project / NAME).stat()
        assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)

    def test_is_sorted_with_an_entry_a_line(self, project: pathlib.Path) -> None:
        write(project, {"b.py": WRONG, "a.py": WRONG + OTHER, "c.py": WRONG})
        accept(project)
        lines = [line for line in (project / NAME).read_text().splitlines() if line.startswith('{"')]
        assert [re.findall(r'"path": "(.*?)", "rule": "(.*?)"', line)[0] for line in lines] == [
            ("a.py", "KL201"),
            ("a.py", "KL202"),
            ("b.py", "KL201"),
            ("c.py", "KL201"),
        ]

    def test_other_tools_see_no_secret_in_it(self, repository: pathlib.Path) -> None:
        write(repository, {f"{number}.py": WRONG for number in range(200)})
        accept(repository)
        git(repository, "add", "-A")
        command = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify", NAME]
        done = subprocess.run(command, cwd=repository, check=True, capture_output=True, text=True)
        assert json.loads(done.stdout)["results"] == {}

    def test_of_two_entries_for_one_finding_the_longer_counts(self, project: pathlib.Path) -> None:
        """As `merge=union` may leave them."""
        write(project, {"a.py": WRONG})
        accept(project)
        table = json.loads((project / NAME).read_text())
        table["findings"].insert(0, {**table["findings"][0], "expires": "2020-01-01"})
        (project / NAME).write_text(json.dumps(table))
        result = keylint("check", "--baseline", NAME, folder=project)
        assert (result.code, result.err) == (0, "")
        accept(project)
        assert len(entries(project)) == 1

    @pytest.mark.parametrize(
        ("files", "found"),
        [
            ({"m.py": WRONG, "n.py": WRONG}, 4),  # additions at two places
            ({".gitattributes": f"{NAME} merge=union\n"}, 2),  # at one, with git's own driver
        ],
        ids=["apart", "union"],
    )
    def test_two_branches_that_add_to_it_merge(
        self, repository: pathlib.Path, files: dict[str, str], found: int
    ) -> None:
        commit(repository, files)
        accept(repository)
        commit(repository)
        main = git(repository, "branch", "--show-current").strip()
        git(repository, "switch", "-qc", "topic")
        write(repository, {"z.py": WRONG})
        accept(repository)
        commit(repository)
        git(repository, "switch", "-q", main)
        write(repository, {"a.py": WRONG})
        accept(repository)
        commit(repository)
        git(repository, "merge", "-q", "-m", "merge", "topic")
        assert left(repository) == []
        assert len(entries(repository)) == found

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "<<<<<<< HEAD\n",
            '{"version": 2, "salt": "", "findings": []}',
            '{"version": 1, "salt": "x", "findings": []}',
            '{"version": 1, "salt": "abcdefghijklmnop", "findings": [{"path": "a"}]}',
            '{"version": 1, "salt": "abcdefghijklmnop", "findings": [{"path": "a", "rule": "b", "mark": 1}]}',
            '{"version": 1, "salt": "abcdefghijklmnop", "findings": [{"path": "a", "rule": "b", "mark": "c", "expires": "soon"}]}',
            '{"results": []}',
            '{"results": {"a": [{}]}}',
            "[" * 100_000,
        ],
    )
    def test_a_damaged_one(self, project: pathlib.Path, text: str) -> None:
        write(project, {"a.py": WRONG, NAME: text})
        result = keylint("check", "--baseline", NAME, folder=project)
        assert (result.code, result.out) == ((2, "") if text else (1, result.out))
        assert NAME in result.err or not text

    def test_a_link_is_not_written_through(self, project: pathlib.Path, tmp_path: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        write(tmp_path, {"else.json": ""})
        (project / NAME).symlink_to(tmp_path / "else.json")
        assert keylint("baseline", folder=project).code != 0
        assert (tmp_path / "else.json").read_text() == ""


class TestUpkeep:
    def test_what_is_gone_is_told_and_pruned(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG, "b.py": WRONG + OTHER, "c.py": WRONG})
        accept(project)
        write(project, {"b.py": WRONG})
        (project / "c.py").unlink()
        result = keylint("check", "--baseline", NAME, folder=project)
        assert result.code == 0
        assert result.err == f"keylint: {NAME}: 2 entries no longer found (`keylint baseline --prune` takes them out)\n"
        assert accept(project, "--prune") == f"{NAME}: 2 findings accepted (2 no longer found).\n"
        assert [entry["path"] for entry in entries(project)] == ["a.py", "b.py"]
        write(project, {"new.py": WRONG + OTHER})
        assert accept(project, "--prune") == f"{NAME}: 2 findings accepted.\n"
        assert left(project) == [("new.py", "KL201"), ("new.py", "KL202")]

    def test_only_what_was_looked_for_is_gone(self, project: pathlib.Path) -> None:
        write(project, {"src/a.py": WRONG + OTHER, "b.py": WRONG})
        accept(project)
        write(project, {"src/a.py": RIGHT, "b.py": RIGHT})
        for arguments, number in ((["b.py"], 1), (["src"], 2), (["--select", "KL202"], 1), (["."], 3), (["x.py"], 0)):
            said = keylint("check", "--baseline", NAME, *arguments, folder=project).err
            assert re.findall(r"(\d+) entr", said) == ([str(number)] if number else []), arguments
        accept(project, "b.py", "--prune")
        assert [entry["path"] for entry in entries(project)] == ["src/a.py", "src/a.py"]

    def test_an_entry_that_expired(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG + OTHER})
        accept(project, "--expires", "2999-12-31", "--reason", "a gateway")
        assert left(project) == []
        assert entries(project)[0]["reason"] == "a gateway"
        change(project, 0, expires="2020-01-31")
        result = keylint("check", "--output-format", "concise", "--baseline", NAME, folder=project)
        assert result.code == 1
        assert result.err == f"keylint: {NAME}: 1 entry expired, reported again\n"
        assert accept(project, "--prune") == f"{NAME}: 1 finding accepted (1 expired).\n"
        assert left(project) == [("a.py", "KL201")]
        accept(project)
        assert [(entry.get("expires"), entry.get("reason")) for entry in entries(project)] == [
            (None, None),
            ("2999-12-31", "a gateway"),
        ], "what people wrote is kept"

    def test_a_renamed_file_gets_its_new_name(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        accept(project, "--reason", "known")
        (project / "a.py").rename(project / "b.py")
        accept(project, "--prune")
        assert [(entry["path"], entry["reason"]) for entry in entries(project)] == [("b.py", "known")]

    @pytest.mark.parametrize("day", ["soon", "2030-02-31", "20300101", "2030-1-1"])
    def test_a_day_that_is_none(self, project: pathlib.Path, day: str) -> None:
        write(project, {"a.py": WRONG})
        assert keylint("baseline", "--expires", day, folder=project).code == 2


THEIRS = {
    "a.py": 'import openai\nopenai.api_key = "«openai.key»"\n',
    "cloud.py": 'access = "«aws»"\n',
    "ci.yml": "token: «github»\n",
    "url.py": 'url = "https://user:hunter2secret@db.internal/x"\n',
    "src/b.py": 'import os\ndef key():\n    return os.getenv("OPENAI_API_KEY", "«openai.key»")\n'
    'from openai import OpenAI\nOpenAI(api_key="YOUR_API_KEY")\n',
    # Of these detect-secrets sees nothing.
    "c.py": 'from openai import OpenAI\nclient = OpenAI(api_key="«openai.key»")\n',
}
LEGACY = openai_shapes()["legacy"]  # the shape that detect-secrets knows


class TestDetectSecrets:
    """With detect-secrets' own code on the other side."""

    @pytest.fixture
    def theirs(self, repository: pathlib.Path) -> pathlib.Path:
        commit(
            repository, {name: expand(text).replace(sample("openai", "key"), LEGACY) for name, text in THEIRS.items()}
        )
        return repository

    def scan(self, folder: pathlib.Path) -> str:
        command = [sys.executable, "-m", "detect_secrets", "scan", "--no-verify"]
        return subprocess.run(command, cwd=folder, check=True, capture_output=True, text=True).stdout

    def test_their_list_accepts_secrets_and_nothing_else(self, theirs: pathlib.Path) -> None:
        codes = check(theirs, "--min-confidence", "possible").codes
        assert sorted(codes) == ["KL101", "KL101", "KL103", "KL110", "KL110", "KL110", "KL201"]
        write(theirs, {".secrets.baseline": self.scan(theirs)})
        names = ["a.py", "ci.yml", "cloud.py", "src", "url.py"]
        assert left(theirs, *names, "--min-confidence", "possible", baseline=".secrets.baseline") == [
            ("src/b.py", "KL201")
        ]

    def test_another_secret_in_the_same_place_is_new(self, theirs: pathlib.Path) -> None:
        write(theirs, {".secrets.baseline": self.scan(theirs)})
        write(theirs, {"cloud.py": 'access = "AKIA' + body("other", 16, "ABCDEFGHKLMNPQRSTUVWXYZ234567") + '"\n'})
        assert left(theirs, "cloud.py", "ci.yml", baseline=".secrets.baseline") == [("cloud.py", "KL110")]

    def test_is_taken_over(self, theirs: pathlib.Path) -> None:
        write(theirs, {".secrets.baseline": self.scan(theirs)})
        said = accept(theirs, "a.py", "ci.yml", "src", "--import", ".secrets.baseline")
        assert said == f"{NAME}: 3 findings accepted (3 new).\n"
        assert left(theirs, "a.py", "ci.yml", "src") == [("src/b.py", "KL201")]

    def test_a_list_for_them(self, theirs: pathlib.Path) -> None:
        said = accept(theirs, "--format", "detect-secrets", "--output", ".secrets.baseline")
        assert said == ".secrets.baseline: 4 findings for detect-secrets, 2 that it does not see left out.\n"
        text = (theirs / ".secrets.baseline").read_text()
        for secret in (LEGACY, sample("aws"), sample("github")):
            clean(secret, text)
        loaded = their_baseline.load_from_file(str(theirs / ".secrets.baseline"))
        with transient_settings({}):
            collection = their_baseline.load(loaded)
        assert isinstance(collection, SecretsCollection)
        assert set(collection.files) == {"a.py", "ci.yml", "cloud.py", "src/b.py"}
        assert left(theirs, "a.py", "ci.yml", "cloud.py", "src", baseline=".secrets.baseline") == [
            ("src/b.py", "KL201")
        ]

    def test_their_hook_accepts_what_the_list_has(self, theirs: pathlib.Path) -> None:
        accept(theirs, "--format", "detect-secrets", "--output", ".secrets.baseline")
        git(theirs, "add", "-A")
        hook = [
            sys.executable,
            "-m",
            "detect_secrets.pre_commit_hook",
            "--baseline",
            ".secrets.baseline",
            "--no-verify",
        ]
        done = subprocess.run([*hook, "a.py", "cloud.py", "ci.yml"], cwd=theirs, capture_output=True, text=True)
        assert (done.returncode, done.stdout) == (0, "")

    def test_what_their_list_has_already_is_kept(self, theirs: pathlib.Path) -> None:
        write(theirs, {".secrets.baseline": self.scan(theirs)})
        before = json.loads((theirs / ".secrets.baseline").read_text())
        accept(theirs, "a.py", "src", "--format", "detect-secrets", "--output", ".secrets.baseline")
        after = json.loads((theirs / ".secrets.baseline").read_text())
        for name, items in before["results"].items():
            assert all(item in after["results"][name] for item in items)
        assert (after["plugins_used"], after["version"]) == (before["plugins_used"], before["version"])

    def test_their_list_is_not_overwritten_by_ours(self, theirs: pathlib.Path) -> None:
        write(theirs, {".secrets.baseline": self.scan(theirs)})
        result = keylint("baseline", "--output", ".secrets.baseline", folder=theirs)
        assert result.code == 2
        assert "not overwritten" in result.err


class TestGitleaks:
    def test_lines_accept_secrets_and_nothing_else(self, project: pathlib.Path) -> None:
        write(project, {name: expand(text) for name, text in THEIRS.items()})
        ignored = (
            f"# comment\n\na.py:openai-api-key:2\n{'a1' * 20}:src/b.py:generic-api-key:3\nsrc/b.py:generic-api-key:5\n"
        )
        write(project, {".gitleaksignore": ignored, "x.txt": ""})
        assert left(project, "a.py", "src", baseline=".gitleaksignore") == [("src/b.py", "KL201")]
        write(project, {"a.py": "\n" + (project / "a.py").read_text()})
        assert left(project, "a.py", baseline=".gitleaksignore") == [("a.py", "KL101")]

    def test_is_taken_over_and_stays_when_lines_move(self, project: pathlib.Path) -> None:
        write(project, {name: expand(text) for name, text in THEIRS.items()})
        write(project, {".gitleaksignore": "a.py:openai-api-key:2\n"})
        assert accept(project, "a.py", "src", "--import", ".gitleaksignore") == f"{NAME}: 1 finding accepted (1 new).\n"
        write(project, {"a.py": "\n" + (project / "a.py").read_text()})
        assert left(project, "a.py") == []
