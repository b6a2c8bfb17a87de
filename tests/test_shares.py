"""`--shard I/N` and `keylint merge`: the shares together are the whole."""

from __future__ import annotations

import json
import pathlib

import pytest

from tests.test_staged import FILLED, LOADED, OTHER_PARTS, RIGHT, WRONG, commit
from tests.tool import check, git, keylint, write

SILENCED = "from openai import OpenAI\n\nclient = OpenAI()  # keylint: ignore[KL501] set by the shell\nx = 1  # keylint: ignore\n"


@pytest.fixture
def whole(repository: pathlib.Path) -> pathlib.Path:
    """A project with findings of files, of the project and about comments."""
    files = {f"part{number}/{name}": text for number in range(6) for name, text in OTHER_PARTS.items()}
    files |= {".env": FILLED, ".gitignore": ".env\n", "ask.py": RIGHT, "silenced.py": SILENCED, "sub/keylint.toml": ""}
    commit(repository, {**files, "sub/a.py": RIGHT, "sub/.env": FILLED})
    return repository


def shares(folder: pathlib.Path, total: int, *arguments: str) -> list[str]:
    made = []
    for number in range(1, total + 1):
        result = check(folder, "--shard", f"{number}/{total}", *arguments)
        assert result.err == ""
        assert result.code == bool(result.findings)
        made.append(result.out)
    return made


def files_of(text: str) -> set[str]:
    return {finding["filename"] for finding in json.loads(text)}


@pytest.mark.parametrize("total", [1, 2, 5])
def test_together_they_are_the_whole(whole: pathlib.Path, tmp_path: pathlib.Path, total: int) -> None:
    rules = ("--extend-select", "ALL", "--min-confidence", "possible")
    plain = check(whole, *rules)
    assert {"KL501", "KL001", "KL201", "KL101"} <= set(plain.codes)
    names = []
    for number, text in enumerate(shares(whole, total, *rules)):
        (tmp_path / f"{number}.json").write_text(text)
        names.append(str(tmp_path / f"{number}.json"))
    result = keylint("merge", *names)
    assert (result.code, result.err) == (1, "")
    assert result.out == plain.out
    assert keylint("merge", *names, *names).out == plain.out, "each finding once"
    assert keylint("merge", "--exit-zero", *names).code == 0


def test_no_finding_is_in_two(whole: pathlib.Path) -> None:
    made = [
        (finding["filename"], finding["location"]["row"], finding["code"], finding["fingerprint"])
        for text in shares(whole, 4)
        for finding in json.loads(text)
    ]
    assert len(made) == len(set(made)) == len(check(whole).findings)
    assert all(json.loads(text) for text in shares(whole, 4)), "all have something to do"


def test_a_file_stays_in_its_share(whole: pathlib.Path) -> None:
    rules = ("--select", "KL1,KL2,KL3,KL4")
    before = list(map(files_of, shares(whole, 3, *rules)))
    git(whole, "rm", "-q", "part1/ask.py")
    write(whole, {"part1/other.py": WRONG, "new/a.py": WRONG})
    after = list(map(files_of, shares(whole, 3, *rules)))
    moved = {"part1/ask.py", "part1/other.py", "new/a.py"}
    assert [names - moved for names in after] == [names - moved for names in before]


def test_a_share_is_the_same_from_every_folder(whole: pathlib.Path) -> None:
    rules = ("--select", "KL201")
    from_top = [{name for name in files_of(text) if name.startswith("part2/")} for text in shares(whole, 3, *rules)]
    from_below = [{f"part2/{name}" for name in files_of(text)} for text in shares(whole / "part2", 3, *rules)]
    assert from_below == from_top


def test_with_the_rest(repository: pathlib.Path) -> None:
    commit(repository, {"main.py": LOADED, "ask.py": RIGHT, ".env": FILLED, ".gitignore": ".env\n", "old.py": WRONG})
    write(repository, {"main.py": RIGHT, **{f"new{number}.py": WRONG for number in range(8)}})
    plain = [(finding["filename"], finding["code"]) for finding in check(repository, "--since", "HEAD").findings]
    assert ("ask.py", "KL501") in plain
    made = [(f["filename"], f["code"]) for text in shares(repository, 3, "--since", "HEAD") for f in json.loads(text)]
    assert sorted(made) == sorted(plain)


def test_without_a_repository(project: pathlib.Path) -> None:
    write(project, {f"{number}.py": WRONG for number in range(9)})
    made = list(map(files_of, shares(project, 3)))
    assert sum(map(len, made)) == 9
    assert all(made)


@pytest.mark.parametrize("share", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3", ""])
def test_what_is_no_share(project: pathlib.Path, share: str) -> None:
    assert keylint("check", f"--shard={share}", folder=project).code == 2


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[1]",
        '[{"code": "KL201"}]',
        '[{"filename": "a", "code": "b", "fingerprint": "c", "location": {}, "end_location": {}}]',
        "[" * 100_000,
        None,
    ],
)
def test_results_that_are_none(project: pathlib.Path, text: str | None) -> None:
    if text is not None:
        write(project, {"a.json": text})
    result = keylint("merge", "a.json", folder=project)
    assert (result.code, result.out) == (2, "")
    assert "a.json" in result.err


def test_nothing_found_anywhere(project: pathlib.Path) -> None:
    write(project, {"a.json": "[]", "b.json": "[]"})
    result = keylint("merge", "a.json", "b.json", folder=project)
    assert (result.code, result.out) == (0, "[]\n")
