"""Labelled cases: small files and projects as people write them, and exactly the rules that report something in each.

`tests/cases/*.jsonl` holds one case a line: its files, the codes of its findings (none for the look-alikes that have to stay
silent), and why. Keys are marks such as ``«openai.key»``, filled in when a test runs.
"""

from __future__ import annotations

import json
import pathlib
from typing import Any

import pytest

from tests.samples import expand
from tests.tool import check, git, write

CASES = [
    json.loads(line)
    for path in sorted((pathlib.Path(__file__).parent / "cases").glob("*.jsonl"))
    for line in path.read_text(encoding="utf-8").splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_reports_these_rules_and_no_others(project: pathlib.Path, case: dict[str, Any]) -> None:
    if len(case["files"]) > 1:
        git(project, "init", "-q")
    write(project, {name: expand(text) for name, text in case["files"].items()})
    assert sorted(check(project, "--isolated").codes) == case["codes"], case["why"]


def test_no_two_cases_are_the_same() -> None:
    assert len({case["id"] for case in CASES}) == len(CASES)
    assert len({json.dumps(case["files"]) for case in CASES}) == len(CASES)
