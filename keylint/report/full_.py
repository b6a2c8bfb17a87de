"""For people: what is wrong, where, what the API will answer, what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Applicability, Severity, Span
from keylint.report.entries import Entry, Files, entries
from keylint.report.excerpt import display_width, excerpt, safe
from keylint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

_COLORS = {"error": "31", "warning": "33", "info": "36", "bold": "1", "dim": "2", "place": "34"}


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """A block for each finding, and a summary."""
    files = Files(run)
    for entry in entries(run, files):
        yield from block(entry, files, color)
        yield ""
    yield from summary(run)


def block(entry: Entry, files: Files, color: bool) -> Iterator[str]:
    """The lines for one finding."""
    finding, checked, source = entry.finding, entry.checked, entry.source
    place = source.position(finding.span.start)
    tone = _COLORS[finding.severity.value]
    head = f"{finding.code} {finding.name}" + (" (silenced)" if entry.silenced else "")
    yield f"{_paint(head, tone, color)}: {_paint(safe(finding.message), _COLORS['bold'], color)}"
    shown = [(finding.span, finding.label, source, checked.secrets, "^", tone)]
    for note in finding.notes:
        other = files.checked.get(note.path, checked)
        shown.append((note.span, note.label, other.source, other.secrets, "-", _COLORS["place"]))
    gutter = max(len(str(made.row(span.start) + 1)) for span, _, made, *_ in shown)
    told = f" ({finding.place})" if finding.place else ""
    yield f"{' ' * gutter}{_paint('-->', _COLORS['place'], color)} {safe(source.path)}:{place.row}:{place.column}{told}"
    for index, (span, label, made, secrets, sign, shade) in enumerate(shown):
        if index and made is not source:
            where = made.position(span.start)
            yield f"{' ' * gutter}{_paint(':::', _COLORS['place'], color)} {safe(made.path)}:{where.row}:{where.column}"
        yield from _excerpt(span, label, made, secrets, sign, shade, gutter, color)
    bar = f"{' ' * gutter} {_paint('=', _COLORS['place'], color)}"
    yield f"{bar} {_paint('answer', _COLORS['dim'], color)}: {safe(finding.outcome)}"
    yield f"{bar} {_paint('help', _COLORS['dim'], color)}: {safe(finding.help)}"
    if finding.fix is not None:
        flag = "--fix" if finding.fix.applicability is Applicability.SAFE else "--fix --unsafe-fixes"
        yield f"{bar} {_paint('fix', _COLORS['dim'], color)}: {safe(finding.fix.title)} ({flag})"


def _excerpt(
    span: Span, label: str, source: object, secrets: list[Span], sign: str, shade: str, gutter: int, color: bool
) -> Iterator[str]:
    made = excerpt(source, span, secrets)  # type: ignore[arg-type]
    bar = _paint("|", _COLORS["place"], color)
    yield f"{' ' * gutter} {bar}"
    yield f"{_paint(str(made.row).rjust(gutter), _COLORS['place'], color)} {bar} {made.text}".rstrip()
    pad = " " * display_width(made.text[: made.start])
    marks = sign * max(display_width(made.text[made.start : made.end]), 1)
    yield f"{' ' * gutter} {bar} {pad}{_paint(f'{marks} {label}'.rstrip(), shade, color)}"


def _paint(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


__all__ = ["Severity", "lines"]
