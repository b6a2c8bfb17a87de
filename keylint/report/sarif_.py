"""SARIF 2.1.0, for GitHub code scanning and other collectors of results.

What is written follows the standard (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html) and GitHub's page on
what it reads (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning):
`security-severity` is a string inside `properties`, paths count from the repository's root, and the fingerprint stands under
a key of our own, because GitHub computes its own and opens alerts again if another tool writes that one.
"""

from __future__ import annotations

import json
import os
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from keylint import __version__
from keylint.explain import page
from keylint.mask import hide
from keylint.model import Applicability, Severity, Span
from keylint.report.columns import in_utf16
from keylint.report.entries import Entry, Files, advice, entries, from_root, root, unicode
from keylint.rules import FAMILIES, all_rules, page_address

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.engine import Run
    from keylint.model import Finding
    from keylint.rules.rule import Rule

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://github.com/keylint/keylint"
FINGERPRINT = "keylint/v1"
MAX_SNIPPET = 2000  # bytes; a longer region is a whole file, or a line of a bundle

_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_PRECISION = {"certain": "very-high", "likely": "high", "possible": "medium"}
# GitHub's bands: over 9 critical, from 7 high, from 4 medium. A key that others can read is as bad as it gets short of that.
_LEAK = {Severity.ERROR: "8.5", Severity.WARNING: "6.0", Severity.INFO: "3.0"}
_LEAKING = ("KL1", "KL6", "KL8")  # the families about who can read a key; the others are about calls that fail


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One log with one run; what comments silenced is in it only if the caller asked for it, with `suppressions`."""
    files = Files(run)
    found = entries(run, files)
    codes = {entry.finding.code for entry in found}
    rules = [rule for rule in all_rules() if rule.code in codes]
    base = root()
    results = [_result(entry, files, base, rules) for entry in found]
    driver = {
        "name": "keylint",
        "informationUri": HOME,
        "version": __version__,
        "semanticVersion": __version__,
        "rules": [_rule(rule) for rule in rules],
    }
    made = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {"%SRCROOT%": {"description": {"text": "The root of the repository."}}},
        "results": results,
    }
    yield json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [made]}, indent=2, ensure_ascii=True)


def _rule(rule: Rule) -> dict[str, Any]:
    paragraphs = [" ".join(part.split()) for part in rule.doc.strip().split("\n\n")]
    text = "\n\n".join(paragraphs)
    leaks = rule.secret or rule.code.startswith(_LEAKING)
    return {
        "id": rule.code,
        "name": "".join(word.capitalize() for word in rule.name.split("-")),
        "shortDescription": {"text": paragraphs[0]},
        "fullDescription": {"text": text},
        "helpUri": page_address(rule.code),
        "help": {"text": text, "markdown": page(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
        "properties": {
            "tags": [*(["security"] if leaks else ["correctness"]), FAMILIES[rule.code[:3]]],
            "precision": _PRECISION[rule.confidence.value],
            "problem.severity": rule.severity.value if rule.severity is not Severity.INFO else "recommendation",
            **({"security-severity": _LEAK[rule.severity]} if leaks else {}),
        },
    }


def _result(entry: Entry, files: Files, base: str, rules: Sequence[Rule]) -> dict[str, Any]:
    finding = entry.finding
    made: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": next(index for index, rule in enumerate(rules) if rule.code == finding.code),
        "level": _LEVELS[finding.severity],
        "message": {"text": _message(advice(finding))},
        "locations": [{"physicalLocation": _place(finding.path, finding.span, files, base)}],
        "partialFingerprints": {FINGERPRINT: finding.fingerprint},
        "properties": {"confidence": finding.confidence.value},
    }
    if finding.notes:
        made["relatedLocations"] = [
            {
                "id": number,
                "message": {"text": _message(hide(note.label))},
                "physicalLocation": _place(note.path or finding.path, note.span, files, base),
            }
            for number, note in enumerate(finding.notes, 1)
        ]
    if finding.fix is not None and finding.fix.move is None:  # its edits alone would lose the key
        made["fixes"] = [_fix(finding, files, base)]
    if entry.silenced:
        made["suppressions"] = [{"kind": "inSource", "status": "accepted"}]
    return made


def _message(text: str) -> str:
    """A plain message: words of a file must not become a link (``[text](target)``) of the one who reads the result."""
    return re.sub(r"\](?=\()", "]\u200b", unicode(text)) or "\u2026"


def _place(path: str, span: Span, files: Files, base: str) -> dict[str, Any]:
    region = _region(path, span, files)
    region |= _snippet(path, span, files)
    made = {"artifactLocation": _artifact(path, base), "region": region}
    source = files.source(path)
    first, last = max(source.row(span.start) - 1, 0), min(source.row(span.end) + 1, len(source.lines) - 1)
    shown = _snippet(path, Span(source.line(first).start, source.line(last).end), files)
    if last > first and shown:
        made["contextRegion"] = {"startLine": first + 1, "endLine": last + 1, **shown}
    return made


def _snippet(path: str, span: Span, files: Files) -> dict[str, Any]:
    """The text of a stretch, its secrets masked; nothing of one that is too long to be looked at."""
    if not 0 < span.end - span.start <= MAX_SNIPPET:
        return {}
    return {"snippet": {"text": unicode(files.text(path, span))}}


def _region(path: str, span: Span, files: Files) -> dict[str, Any]:
    source = files.source(path)
    start, end = in_utf16(source, span.start), in_utf16(source, span.end)
    return {"startLine": start.row, "startColumn": start.column, "endLine": end.row, "endColumn": end.column}


def _artifact(path: str, base: str) -> dict[str, str]:
    """A file's address; every byte of its name is spelled so that it is one."""
    seen = from_root(path, base)
    if os.path.isabs(seen):
        return {"uri": "file:///" + quote(os.fsencode(seen.lstrip("/")), safe="/:")}
    return {"uri": quote(os.fsencode(seen), safe="/"), "uriBaseId": "%SRCROOT%"}


def _fix(finding: Finding, files: Files, base: str) -> dict[str, Any]:
    fix = finding.fix
    assert fix is not None  # noqa: S101 the caller has looked
    changes: dict[str, list[dict[str, Any]]] = {}
    for edit in fix.edits:
        path = edit.path or finding.path
        changes.setdefault(path, []).append(
            {"deletedRegion": _region(path, edit.span, files), "insertedContent": {"text": unicode(edit.text)}}
        )
    unsafe = " (unsafe: look at it first)" if fix.applicability is Applicability.UNSAFE else ""
    return {
        "description": {"text": _message(fix.title) + unsafe},
        "artifactChanges": [
            {"artifactLocation": _artifact(path, base), "replacements": replacements}
            for path, replacements in changes.items()
        ],
    }
