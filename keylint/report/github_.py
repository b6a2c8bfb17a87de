"""GitHub's workflow commands, which become annotations of a change, and the summary of the job.

https://docs.github.com/en/actions/reference/workflow-commands-for-github-actions says what the commands are and how they are
escaped. Of each severity GitHub shows ten a step: the worst come first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Severity
from keylint.report.entries import Entry, Files, advice, entries, from_root, root, unicode, worst_first
from keylint.report.markup import prose, text
from keylint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_CONTROL = regex("[^\r\n\u0020-\u007e\u00a0-\U0010ffff]")  # the log would act on them
SHOWN = 100  # rows of the job's summary; a step's may have a mebibyte


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One command a finding, the worst first; what comments silenced is left out."""
    files = Files(run)
    base = root()
    for entry in worst_first(entry for entry in entries(run, files) if not entry.silenced):
        yield _command(entry, base)


def _command(entry: Entry, base: str) -> str:
    finding, source = entry.finding, entry.source
    first = source.position(finding.span.start).row
    last = source.position(max(finding.span.start, finding.span.end - 1)).row
    properties = {
        "file": from_root(finding.path, base),
        "line": str(first),
        "endLine": str(last),
        "title": f"{finding.code} {finding.name}",
    }
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(advice(finding))}"


def _data(words: str) -> str:
    shown = _CONTROL.sub("\ufffd", unicode(words))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(words: str) -> str:
    return _data(words).replace(":", "%3A").replace(",", "%2C")


def job_summary(run: Run) -> Iterator[str]:
    """The summary of a job, for the file that GITHUB_STEP_SUMMARY names: a table in HTML, where no text is Markdown.

    There is no blank line within the table: GitHub would read Markdown again from there on.
    """
    files = Files(run)
    base = root()
    found = worst_first(entry for entry in entries(run, files) if not entry.silenced)
    yield "### keylint"
    yield ""
    yield from summary(run)
    yield ""
    if not found:
        return
    yield "<table>"
    yield "<tr><th>Severity</th><th>Rule</th><th>Where</th><th>What</th></tr>"
    for entry in found[:SHOWN]:
        finding = entry.finding
        row = entry.source.position(finding.span.start).row
        where = text(f"{from_root(finding.path, base)}:{row}")
        told = f"{prose(finding.message)}<br>answer: {prose(finding.outcome)}<br>help: {prose(finding.help)}"
        cells = (finding.severity.value, f"{finding.code} {finding.name}", f"<code>{where}</code>", told)
        yield "<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>"
    yield "</table>"
    yield ""
    if len(found) > SHOWN:
        yield f"{len(found) - SHOWN} more are in the log."
