"""One page for people, to keep or to hand on: it works from disk and loads nothing.

Every text is escaped where it is put in. Should one slip through, the page's own policy forbids all scripts and styles but
the two whose hashes it names, and every connection.
"""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from html import escape
from itertools import groupby
from typing import TYPE_CHECKING

from keylint import __version__
from keylint.mask import hide
from keylint.model import Applicability, Severity
from keylint.report.entries import Entry, Files, entries
from keylint.report.excerpt import display_width, excerpt
from keylint.report.hunks import hunks
from keylint.report.markup import prose, sentence, text
from keylint.report.summary import summary
from keylint.rules import FAMILIES, find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.engine import Run
    from keylint.model import Finding, Span

_FOLDER = os.path.dirname(__file__)
_SEVERITIES = tuple(severity.value for severity in Severity)


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """The page, in ASCII: other characters are references."""
    for line in _page(run):
        yield line.encode("ascii", "xmlcharrefreplace").decode("ascii")


def _page(run: Run) -> Iterator[str]:
    files = Files(run)
    found = entries(run, files)
    style, script = _asset("page.css"), _asset("page.js")
    policy = (
        f"default-src 'none'; style-src {_hash(style)}; script-src {_hash(script)}; base-uri 'none'; form-action 'none'"
    )
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield f'<meta http-equiv="Content-Security-Policy" content="{escape(policy)}">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield '<meta name="referrer" content="no-referrer">\n<meta name="color-scheme" content="light dark">'
    yield f"<title>keylint: {_count(len(run.findings), 'finding')}</title>"
    yield f"<style>{style}</style>\n</head>\n<body>"
    yield from _header(run, found)
    yield "<main>"
    if not found:
        yield '<p class="empty">Nothing was found.</p>'
    by_rule = sorted(found, key=lambda entry: entry.finding.code)
    yield '<nav class="index" aria-label="Groups"><ol id="index"></ol></nav>\n<div id="groups">'
    for code, group in groupby(by_rule, key=lambda entry: entry.finding.code):
        yield from _group(code, list(group), files)
    yield '</div>\n</main>\n<p class="empty" id="none" hidden>No finding matches.</p>'
    yield f'<footer>Made by <a href="https://github.com/keylint/keylint">keylint</a> {__version__}. Keys are masked.</footer>'
    yield f"<script>{script}</script>\n</body>\n</html>"


def _asset(name: str) -> str:
    with open(os.path.join(_FOLDER, name), encoding="ascii") as file:
        return file.read()


def _hash(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


def _header(run: Run, found: list[Entry]) -> Iterator[str]:
    told = " ".join(line for line in summary(run))
    yield f'<header>\n<h1><span class="brand">keylint</span> report</h1>\n<p class="summary">{prose(told)}</p>'
    if found:
        counts = Counter(_shade(entry) for entry in found)
        yield '<form class="bar" id="bar" hidden>'
        yield (
            '<input id="filter" type="search" placeholder="Filter: words of a message, a rule, a file" '
            'aria-label="Filter" autocomplete="off" spellcheck="false">'
        )
        yield '<fieldset class="shades"><legend>Severity</legend>'
        for shade in (*_SEVERITIES, "silenced"):
            if counts[shade]:
                yield (
                    f'<label class="{shade}"><input type="checkbox" name="shade" value="{shade}" checked> '
                    f"{shade} <b>{counts[shade]}</b></label>"
                )
        yield '</fieldset>\n<fieldset class="order"><legend>Group</legend>'
        yield '<label><input type="radio" name="order" value="rule" checked> by rule</label>'
        yield '<label><input type="radio" name="order" value="file"> by file</label>\n</fieldset>\n</form>'
    yield "</header>"


def _group(code: str, group: list[Entry], files: Files) -> Iterator[str]:
    rule = find(code)
    name = group[0].finding.name
    yield f'<section class="group" data-key="{code}" data-title="{code} {text(name)}">'
    yield f'<h2><span class="code">{code}</span> {text(name)} <span class="count">{len(group)}</span></h2>'
    if rule is not None:
        first, _, rest = rule.doc.strip().partition("\n")
        paragraphs = [" ".join(part.split()) for part in rest.split("\n\n") if part.strip()]
        yield f'<details class="about"><summary>{prose(first)} <span class="family">{FAMILIES[code[:3]]}</span></summary>'
        yield "".join(f"<p>{prose(part)}</p>" for part in paragraphs) + "</details>"
    for entry in group:
        yield from _card(entry, files)
    yield "</section>"


def _shade(entry: Entry) -> str:
    return "silenced" if entry.silenced else entry.finding.severity.value


def _card(entry: Entry, files: Files) -> Iterator[str]:
    finding, source = entry.finding, entry.source
    shade = _shade(entry)
    place = source.position(finding.span.start)
    where = f"{finding.path}:{place.row}:{place.column}"
    told = f" ({finding.place})" if finding.place else ""
    code = f"{finding.code} {finding.name}"
    yield (
        f'<article class="card {shade}" id="f-{finding.fingerprint}{"-s" if entry.silenced else ""}" '
        f'data-shade="{shade}" data-rule="{finding.code}" data-file="{text(finding.path)}">'
    )
    yield f'<h3><span class="badge">{shade}</span> <span>{prose(finding.message)}</span></h3>'
    yield f'<p class="where"><span class="path">{text(where)}</span>{text(told)} <span class="tag">{text(code)}</span></p>'
    yield from _excerpt(finding.span, hide(finding.label), entry.checked, "^")
    for note in finding.notes:
        other = files.checked.get(note.path, entry.checked)
        if other is not entry.checked:
            where = f"{other.source.path}:{other.source.row(note.span.start) + 1}"
            yield f'<p class="where"><span class="path">{text(where)}</span></p>'
        yield from _excerpt(note.span, hide(note.label), other, "-")
    yield f"<dl><dt>Answer</dt><dd>{sentence(finding.outcome)}</dd><dt>Help</dt><dd>{sentence(finding.help)}</dd></dl>"
    yield from _fix(finding, files)
    yield "</article>"


def _excerpt(span: Span, label: str, checked: Checked, sign: str) -> Iterator[str]:
    """A line with its number and what is meant underlined.

    The marks stand under a copy of the line's beginning that is not seen, so that they are in place in any font.
    """
    made = excerpt(checked.source, span, checked.secrets)
    before, marked, after = made.text[: made.start], made.text[made.start : made.end], made.text[made.end :]
    kind = "here" if sign == "^" else "there"
    number = f'<span class="row">{made.row}</span>'
    carets = sign * max(display_width(marked), 1)
    yield (
        f'<pre class="excerpt {kind}">{number}<code>{text(before)}<mark>{text(marked)}</mark>{text(after)}</code>\n'
        f'<span class="row">&#160;</span><span class="ghost" aria-hidden="true">{text(before)}</span>'
        f'<span class="caret">{carets} {text(label)}</span></pre>'
    )


def _fix(finding: Finding, files: Files) -> Iterator[str]:
    fix = finding.fix
    if fix is None:
        return
    unsafe = fix.applicability is Applicability.UNSAFE
    flag = "--fix --unsafe-fixes" if unsafe else "--fix"
    yield f'<details class="fix" open><summary>Fix: {prose(fix.title)} <code>{flag}</code></summary>'
    if fix.move is not None:
        yield f'<p class="moves">The key itself goes to <code>.env</code> as <code>{text(fix.move.variable)}</code>.</p>'
    for hunk in hunks(finding, files):
        elsewhere = f"{text(hunk.path)} " if hunk.path != finding.path else ""
        shown = "".join(f'<span class="{_SIGNS[sign]}">{sign} {text(line)}\n</span>' for sign, line in hunk.lines)
        yield f'<pre class="diff"><span class="at">{elsewhere}line {hunk.row}\n</span>{shown}</pre>'
    yield "</details>"


_SIGNS = {" ": "same", "-": "old", "+": "new"}


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
