"""What each rule says about its own examples, word for word: `tests/snapshots/` holds it as people would read it.

After a change that is meant, `python -m tests.test_snapshots` writes the files anew; the difference is then read in review.
"""

from __future__ import annotations

import pathlib
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from keylint.rules import all_rules
from tests.examples import lay_out, plain
from tests.tool import keylint

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.rules.rule import Example, Rule

FOLDER = pathlib.Path(__file__).parent / "snapshots"


def said(rule: Rule) -> str:
    """All that is reported of a rule's bad examples."""
    parts = []
    for number, example in enumerate(rule.examples, 1):
        if example.bad:
            with tempfile.TemporaryDirectory() as folder:
                parts += [f"{rule.name} {number}", *_lines(rule, example, pathlib.Path(folder)), ""]
    return "\n".join(parts)


def _lines(rule: Rule, example: Example, folder: pathlib.Path) -> Iterator[str]:
    lay_out(folder, example, plain(example.code))
    options = ("--isolated", "--select", rule.code, "--min-confidence", "possible", "--output-format", "json")
    for finding in keylint("check", *options, ".", folder=folder).findings:
        yield from _finding(finding)


def _finding(finding: dict[str, Any]) -> Iterator[str]:
    place = finding["location"]
    yield f"  {finding['filename']}:{place['row']}:{place['column']} {finding['severity']}, {finding['confidence']}"
    yield f"    {finding['message']}"
    yield f"    answer: {finding['outcome']}"
    yield f"    help: {finding['help']}"
    if finding["fix"] is not None:
        moved = f", moves {finding['fix']['moves_key_to']}" if finding["fix"]["moves_key_to"] else ""
        yield f"    fix ({finding['fix']['applicability']}{moved}): {finding['fix']['message']}"
    for note in finding["related"]:
        yield f"    note: {note['filename']}:{note['location']['row']}:{note['location']['column']} {note['message']}"


@pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
def test_says_the_same_as_before(rule: Rule) -> None:
    assert said(rule) == (FOLDER / f"{rule.name}.txt").read_text(encoding="utf-8")


def test_there_is_one_file_a_rule() -> None:
    assert {path.stem for path in FOLDER.glob("*.txt")} == {rule.name for rule in all_rules()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for stale in FOLDER.glob("*.txt"):
        stale.unlink()
    for one in all_rules():
        (FOLDER / f"{one.name}.txt").write_text(said(one), encoding="utf-8")
    sys.exit(0)
