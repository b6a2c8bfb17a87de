"""What holds of the check of any file: facts and findings lie in it, no report shows a key, fixes end and break nothing."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from keylint import analysis, fixes, patterns, report, triage
from keylint.engine import Run
from keylint.mending import ROUNDS
from keylint.providers.catalogue import Catalogue, load
from keylint.settings import Settings
from keylint.source import Source, Undecodable
from tests.fuzz.pieces import expanded, probes

if TYPE_CHECKING:
    from keylint.analysis import Checked
    from keylint.rules.rule import Rule
    from keylint.triage import Triage


@cache
def _tools() -> tuple[Triage, Catalogue, Settings, tuple[Rule, ...]]:
    settings = Settings()
    settings.select = ("ALL",)
    settings.min_confidence = "possible"
    return patterns.load(None), load(), settings, analysis.selected(settings)


def checked_file(path: str, data: bytes, language: str = "") -> Checked | None:
    """A file's findings by all rules that see one file; None for what is no text, or was given up."""
    tri, catalogue, settings, rules = _tools()
    try:
        source = Source.from_bytes(path, data)
    except Undecodable:
        return None
    source.language = language
    hits = tri.scan(source.data) or triage.Hits([], 0)
    return analysis.check(source, hits, tri, catalogue, settings, rules)


def language(name: str, path: str, data: bytes) -> None:
    """The laws for a file of a language."""
    data, planted = expanded(data)
    checked = checked_file(path, data, name)
    if checked is None:
        return
    source = checked.source
    size = len(source.data)
    for fact in checked.facts:
        assert not hasattr(fact, "span") or 0 <= fact.span.start <= fact.span.end <= size, fact
    checked.adapter.is_comment(source, size // 2)
    _found(checked, planted)
    _mended(path, checked, name)


def _found(checked: Checked, planted: set[str]) -> None:
    """Findings are in order, inside of the file, and shown in each format without a key."""
    found = checked.findings
    assert found == sorted(found, key=lambda finding: (finding.span, finding.code))
    assert all(0 <= finding.span.start <= finding.span.end <= len(checked.source.data) for finding in found)
    edits = [edit for finding in found if finding.fix is not None for edit in finding.fix.edits if not edit.path]
    assert all(0 <= edit.span.start <= edit.span.end <= len(checked.source.data) for edit in edits)
    assert len({finding.fingerprint for finding in found}) == len(found)
    reports(checked, planted)


def reports(checked: Checked, planted: set[str]) -> None:
    """Each format can be read by who reads it, and shows no key."""
    if not checked.findings:
        return
    run = Run()
    run.checked[checked.source.path] = checked
    run.findings = list(checked.findings)
    run.project_of = lambda path: None  # type: ignore[assignment, return-value]
    shown = {name: "\n".join(report.lines(name, run)) for name in report.FORMATS}
    for key in planted:
        for probe in probes(key):
            assert not any(probe in text for text in shown.values()), f"a report shows a part of {key[:10]}"
    for name in ("json", "sarif", "gitlab", "rdjson"):
        json.loads(shown[name])
    for line in shown["json-lines"].splitlines():
        json.loads(line)
    ET.fromstring(shown["junit"])
    for line in shown["github"].splitlines():
        assert line.startswith("::"), line


def _mended(path: str, checked: Checked, name: str) -> None:
    """Applying fixes comes to an end, after which none is left, and what could be read still can be."""
    broken = checked.adapter.broken(checked.source.data)
    last = None
    for _ in range(ROUNDS + 1):
        files = {checked.source.path: checked}
        plan = [
            change for change in fixes.plan(checked.findings, files, unsafe=True) if change.path == checked.source.path
        ]
        if not plan or plan[0].before == plan[0].after:
            return
        if plan[0].after == last:
            break
        last = plan[0].after
        assert broken or not checked.adapter.broken(last), f"a fix breaks the file: {_codes(checked)}"
        again = checked_file(path, checked.source.encode(last), name)
        assert again is not None, f"a fix makes the file unreadable: {_codes(checked)}"
        checked = again
    raise AssertionError(f"fixes never end: {_codes(checked)}")


def _codes(checked: Checked) -> list[str]:
    return [finding.code for finding in checked.findings if finding.fix is not None]
