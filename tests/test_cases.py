"""Labelled cases: small files and projects as people write them, and exactly the rules that report something in each.

`tests/cases/*.jsonl` holds one case a line: its files, the codes of its findings (none for the look-alikes that have to stay
silent), and why. Keys are marks such as ``«openai.key»``, filled in when a test runs.

The codes are what has to be. Beside that, `tests/snapshots/cases/` has what is said of each case by every rule at every
confidence: place, confidence, message, fix. After a change that is meant, `python -m tests.test_cases` writes it anew; the
difference is then read in review.
"""

from __future__ import annotations

import json
import pathlib
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from tests.samples import expand
from tests.tool import check, git, write

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((pathlib.Path(__file__).parent / "cases").glob("*.jsonl"))
CASES = [json.loads(line) for path in FILES for line in path.read_text(encoding="utf-8").splitlines()]
FOLDER = pathlib.Path(__file__).parent / "snapshots" / "cases"


def lay_out(folder: pathlib.Path, case: dict[str, Any]) -> None:
    """Write a case's files."""
    if len(case["files"]) > 1:
        git(folder, "init", "-q")
    write(folder, {name: expand(text) for name, text in case["files"].items()})


def said(folder: pathlib.Path) -> Iterator[str]:
    """What all rules say of a folder, sure of it or not, a line each."""
    for finding in check(folder, "--isolated", "--extend-select", "ALL", "--min-confidence", "possible").findings:
        fix = finding["fix"]
        edits = "".join(f" {_place(edit)} {edit['content']!r}" for edit in fix["edits"]) if fix is not None else ""
        where = f"{finding['filename']}:{_place(finding)}"
        told = f" [{fix['applicability']}{edits}]" if fix is not None else ""
        yield f"  {finding['code']} {where} {finding['confidence']}: {finding['message']}{told}"


def _place(of: dict[str, Any]) -> str:
    start, end = of["location"], of["end_location"]
    return f"{start['row']}:{start['column']}-{end['row']}:{end['column']}"


def _kept() -> dict[str, list[str]]:
    kept: dict[str, list[str]] = {}
    lines: list[str] = []
    for path in FOLDER.glob("*.txt"):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.startswith(" "):
                lines.append(line)
            else:
                lines = kept[line] = []
    return kept


KEPT = _kept()


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_reports_these_rules_and_no_others(project: pathlib.Path, case: dict[str, Any]) -> None:
    lay_out(project, case)
    assert sorted(check(project, "--isolated").codes) == case["codes"], case["why"]
    assert list(said(project)) == KEPT.get(case["id"], [])


def test_no_two_cases_are_the_same() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({json.dumps(case["files"]) for case in CASES}) == len(CASES)


def test_nothing_is_kept_of_a_case_that_is_gone() -> None:
    assert KEPT.keys() <= {case["id"] for case in CASES}


def _write() -> None:
    """Keep what is said now."""
    FOLDER.mkdir(exist_ok=True)
    for path in FILES:
        parts = []
        for line in path.read_text(encoding="utf-8").splitlines():
            case = json.loads(line)
            with tempfile.TemporaryDirectory() as name:
                folder = pathlib.Path(name, "project")
                folder.mkdir()
                lay_out(folder, case)
                lines = list(said(folder))
            parts += [case["id"], *lines] if lines else []
        (FOLDER / f"{path.stem}.txt").write_text("".join(f"{line}\n" for line in parts), encoding="utf-8")


if __name__ == "__main__":
    _write()
