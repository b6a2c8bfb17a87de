"""The comment that accepts a finding, where one can stand.

It is tried out before it is offered: the text with the comment in it must say the same as before, without the finding.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from keylint.model import Edit, EnvDefinition, Literal, Span, Use
from keylint.rules import find
from keylint.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.lsp.checking import Checker, Found
    from keylint.lsp.session import Result

# Formats without comments, those that spell code otherwise than it reads, and text of which nothing is known.
_NONE = frozenset({"text", "json", "notebook"})
_CLOSED = {"/*": " */", "<!--": " -->", "<#": " #>"}
_JSON_WITH_COMMENTS = (".jsonc", ".json5")
# Languages in which what stands behind a value may become part of it: the line above is tried first.
_ABOVE_FIRST = frozenset({"batch", "dockerfile", "dotenv", "http", "ini", "makefile"})
# What joins a line to the next one, in one language or another: a comment would come between, or be joined itself.
_JOINING = (b"\\", b"`", b"^", b" _")


def ignoring(found: Found, result: Result, checker: Checker) -> Edit | None:
    """The edit that accepts a finding by a comment; None if no comment can stand there."""
    checked = result.outcome.checked
    if checked is None:
        return None
    for edit in _candidates(found, checked):
        if _works(edit, found, result, checked, checker):
            return edit
    return None


def _candidates(found: Found, checked: Checked) -> Iterator[Edit]:
    source, finding = checked.source, found.finding
    first, last = source.row(finding.span.start), source.row(max(finding.span.start, finding.span.end - 1))
    for ignore in checked.suppressions.own:  # a comment that stands there already gets a further code
        if ignore.rows[0] <= last and first <= ignore.rows[1] and source.slice(ignore.span).endswith("]"):
            yield Edit(Span(ignore.span.end - 1, ignore.span.end - 1), f", {finding.code}")
    adapter = checked.context.adapter_at(finding.span)
    if adapter.name in _NONE and not source.path.endswith(_JSON_WITH_COMMENTS):
        return
    if not adapter.comments:
        return
    mark = adapter.comments[0].strip()
    text = f"{mark} keylint: ignore[{finding.code}]{_CLOSED.get(mark, '')}"
    rows = [row for row in dict.fromkeys((first, last)) if not _is_joined(checked, row)]
    behind = [Edit(Span(end, end), f"  {text}") for end in (source.line(row).end for row in rows)]
    line = source.line(first)
    written = source.data[line.start : line.end]
    indent = written[: len(written) - len(written.lstrip())].decode()
    above = [Edit(Span(line.start, line.start), f"{indent}{text}{source.newline}")]
    if first and _is_joined(checked, first - 1):
        above.clear()
    yield from (*above, *behind) if adapter.settings or adapter.name in _ABOVE_FIRST else (*behind, *above)


def _is_joined(checked: Checked, row: int) -> bool:
    """Whether a line goes on in the next one. Docker takes comments between such lines out."""
    source = checked.source
    line = source.line(row)
    return source.language != "dockerfile" and source.data[line.start : line.end].rstrip().endswith(_JOINING)


def _works(edit: Edit, found: Found, result: Result, checked: Checked, checker: Checker) -> bool:
    """Whether the text with the comment says the same, and the finding is accepted."""
    from keylint import languages
    from keylint.fixes import applied

    source = checked.source
    data = applied(source.data, [edit])
    adapter = languages.adapter(source.language)
    if adapter.broken(data) and not adapter.broken(source.data):
        return False
    trial = checker.alone(result.document, source.mark + data)
    if trial.checked is None or _says(trial.checked) != _says(checked):
        return False
    finding, rule = found.finding, find(found.finding.code)
    size = len(edit.text.encode())
    start, end = (at + (size if edit.span.end <= at else 0) for at in (finding.span.start, finding.span.end - 1))
    accepted = Span(start, end + 1)
    if rule is None or not Suppressions(trial.checked.source, adapter).silences(rule, accepted):
        return False
    gone = Counter((item.finding.code, item.finding.message) for item in result.outcome.own)
    for item in trial.own:
        told = (item.finding.code, item.finding.message)
        if not gone[told] and not item.finding.cause.overlaps(accepted):
            return False  # something else than what the accepted finding had hidden
        gone[told] -= 1
    return all(code == finding.code for (code, _), count in gone.items() if count > 0)


def _says(checked: Checked) -> list[tuple[str, str]]:
    """The values that a file gives to things, in order."""
    return [
        (type(fact).__name__, fact.value.text)
        for fact in checked.facts
        if isinstance(fact, Use | EnvDefinition)
        and isinstance(fact.value, Literal)
        and not (isinstance(fact, EnvDefinition) and fact.commented)
    ]
