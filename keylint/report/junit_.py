"""JUnit's XML, for whatever shows test results: a suite for each file, a failed test for each finding."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from keylint.lazy import regex
from keylint.mask import hide_known
from keylint.report.entries import Entry, Files, advice, entries
from keylint.report.excerpt import excerpt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

# What XML 1.0 cannot say, not even as a reference.
_ILLEGAL = regex("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """A document; where nothing was found it has one test that passed, because readers refuse a report without any."""
    files = Files(run)
    found = entries(run, files)
    failures = len(run.findings)
    yield '<?xml version="1.0" encoding="utf-8"?>'
    yield f'<testsuites name="keylint" tests="{len(found) or 1}" failures="{failures}" errors="0">'
    if not found:
        yield '  <testsuite name="keylint" tests="1" failures="0" errors="0" skipped="0">'
        yield '    <testcase classname="keylint" name="no findings"/>'
        yield "  </testsuite>"
    for path, group in groupby(found, key=lambda entry: entry.finding.path):
        yield from _suite(hide_known(path), list(group))
    yield "</testsuites>"


def _suite(path: str, found: list[Entry]) -> Iterator[str]:
    skipped = sum(entry.silenced for entry in found)
    counts = f'tests="{len(found)}" failures="{len(found) - skipped}" errors="0" skipped="{skipped}"'
    yield f"  <testsuite name={_attribute(path)} {counts}>"
    for entry in found:
        finding = entry.finding
        place = entry.source.position(finding.span.start)
        name = f"{finding.code} {finding.name}, line {place.row}, column {place.column}"
        yield f"    <testcase classname={_attribute(path)} name={_attribute(name)}>"
        if entry.silenced:
            yield "      <skipped>silenced by a comment</skipped>"
        else:
            shown = excerpt(entry.source, finding.span, entry.checked.secrets)
            told = f"{path}:{place.row}:{place.column}\n{shown.row} | {shown.text}\n{advice(finding)}"
            kind = _attribute(finding.severity.value)
            yield f"      <failure type={kind} message={_attribute(finding.message)}>{_text(told)}</failure>"
        yield "    </testcase>"
    yield "  </testsuite>"


def _text(text: str) -> str:
    return _ascii(escape(_ILLEGAL.sub("\ufffd", text)))


def _attribute(text: str) -> str:
    return _ascii(quoteattr(_ILLEGAL.sub("\ufffd", text)))


def _ascii(text: str) -> str:
    """The same XML whatever the encoding that standard output has."""
    return text.encode("ascii", "xmlcharrefreplace").decode("ascii")
