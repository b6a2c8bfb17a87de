"""What the author of a file has already accepted: comments, ours and other tools'.

``keylint: ignore[KL201] reason`` in a comment silences the rules it names (all, without brackets) on its line, or on the
next one if the comment stands alone. Other tools' comments say "this is no secret": they silence the rules about
hardcoded credentials and no other. A placeholder that is marked as no secret is still a placeholder handed over as a key.
"""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Span
from keylint.rules import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.languages.syntax import Adapter
    from keylint.rules.rule import Rule
    from keylint.source import Source

_OWN = regex(rb"keylint:[ \t]*ignore(?:\[([^\]\r\n]*)\])?")

# detect-secrets' own, to the letter: what it would report is reported. It knows six kinds of comments; two have to end.
_PRAGMA = (
    rb"(?-i:(?:(?:#|//|'|--)|(?P<c>/\*)|(?P<html><!--[# \t]*)) *pragma: ?%s[ -]secret"
    rb"(?:(?(c).*\*/|(?(html).*-->|.*))[ \t\r]*$))"
)


def _is_hash(comment: bytes, where: str) -> bool:
    """Whether a pragma stands behind a `#`, as it has to in YAML."""
    found = re.search(rb"# *pragma:", comment)
    return found is not None and (where != "below" or not comment[: found.start()].strip())


# (pattern, where it works): "line" its own line, "next" the code below, "below" the very next line, "both", "begin" and
# "end" for a stretch.
_FOREIGN: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (regex(pattern, re.IGNORECASE), where)
    for pattern, where in (
        (rb"^[ \t]*" + _PRAGMA % rb"allowlist[ -]nextline", "below"),
        (_PRAGMA % rb"(?:allow|white)list", "line"),
        (rb"(?:gitleaks|betterleaks|ai-guardian):\s*allow\b", "line"),
        (rb"trufflehog:\s*ignore\b", "line"),
        (rb"kingfisher:\s*ignore\b", "both"),
        (rb"\bggignore\b", "line"),
        (rb"\bnosec\b(?![-\w])", "line"),
        (rb"\bnoqa\b(?!\s*:)|\bnoqa:\s*[A-Z0-9, ]*\bS10[5-7]\b", "line"),
        (rb"\bnosemgrep\b", "both"),
        (rb"secretlint-disable-next-line\b", "next"),
        (rb"secretlint-disable-line\b", "line"),
        (rb"secretlint-disable\b(?!-)", "begin"),
        (rb"secretlint-enable\b", "end"),
        (rb"ai-guardian:begin-allow\b", "begin"),
        (rb"ai-guardian:end-allow\b", "end"),
        (rb"eslint-disable-next-line[^\r\n]*no-secrets/", "next"),
        (rb"eslint-disable-line[^\r\n]*no-secrets/", "line"),
        (rb"\bNOSONAR\b", "line"),
        (rb"noinspection\s+HardcodedPassword", "both"),
    )
)
# A word of each, in lower case: one `in` each is far quicker than one expression for all.
_WORDS = (
    *(b"pragma:", b"gitleaks", b"betterleaks", b"ai-guardian", b"trufflehog", b"kingfisher", b"ggignore", b"nosec"),
    *(b"noqa", b"nosemgrep", b"secretlint-", b"no-secrets/", b"nosonar", b"noinspection"),
)


class Ignore:
    """One of our own comments: where it stands, the rows (from 0) it is for, the selectors; `used` if it silenced anything."""

    __slots__ = ("rows", "selectors", "span", "used")

    def __init__(self, span: Span, rows: tuple[int, int], selectors: tuple[str, ...]) -> None:
        self.span = span
        self.rows = rows
        self.selectors = selectors
        self.used = False


class Suppressions:
    """The accepted findings of one file."""

    def __init__(self, source: Source, adapter: Adapter) -> None:
        self._source = source
        self._adapter = adapter

    @cached_property
    def own(self) -> list[Ignore]:
        """Our own comments."""
        return list(self._own()) if b"keylint:" in self._source.data else []

    @cached_property
    def _foreign(self) -> set[int]:
        """The rows that other tools' comments speak of; looked for only once there is something to silence."""
        lower = self._source.data.lower()
        places = {match.start() for word in _WORDS if word in lower for match in re.finditer(re.escape(word), lower)}
        return set(self._foreign_rows(sorted({self._source.row(place) for place in places})))

    def silences(self, rule: Rule, span: Span) -> bool:
        """Whether a finding of a rule at a span is accepted."""
        first = self._source.row(span.start)
        last = self._source.row(max(span.start, span.end - 1))
        silenced = False
        for ignore in self.own:
            if (
                ignore.rows[0] <= last
                and first <= ignore.rows[1]
                and any(matches(word, rule) for word in ignore.selectors)
            ):
                ignore.used = silenced = True
        return silenced or (rule.secret and any(row in self._foreign for row in range(first, last + 1)))

    def unused(self) -> Sequence[Ignore]:
        """Comments of ours that silenced nothing."""
        return [ignore for ignore in self.own if not ignore.used]

    def _own(self) -> Iterator[Ignore]:
        source = self._source
        for match in _OWN.finditer(source.data):
            if not self._in_comment(match.start()):
                continue
            row = source.row(match.start())
            named = match.group(1)
            selectors = (
                tuple(word.strip() for word in named.decode("utf-8", "replace").split(","))
                if named is not None
                else ("ALL",)
            )
            alone = self._stands_alone(row, match.start())
            rows = (row, self._next_code_row(row) if alone else row)
            yield Ignore(Span(match.start(), match.end()), rows, selectors)

    def _in_comment(self, offset: int) -> bool:
        """A comment's beginning stands before the offset on its line, and the language agrees that it is one."""
        source = self._source
        line = source.line(source.row(offset))
        before = source.data[line.start : offset].decode("utf-8", "replace")
        opened = any(mark in before for mark in self._adapter.comments) or before.strip() in ("", "*")
        return opened and self._adapter.is_comment(source, offset)

    def _stands_alone(self, row: int, offset: int) -> bool:
        line = self._source.line(row)
        before = self._source.data[line.start : offset].decode("utf-8", "replace").strip()
        return before in ("", "*") or any(before.startswith(mark.strip()) for mark in self._adapter.comments)

    def _next_code_row(self, row: int) -> int:
        """The next line that is neither blank nor another comment that stands alone."""
        source = self._source
        for following in range(row + 1, min(row + 6, len(source.lines))):
            text = source.slice(source.line(following)).strip()
            if text and not any(text.startswith(mark.strip()) for mark in self._adapter.comments):
                return following
        return min(row + 1, len(source.lines) - 1)

    def _foreign_rows(self, rows: list[int]) -> Iterator[int]:
        source = self._source
        begin: int | None = None
        is_yaml = source.path.endswith(".yaml")  # there detect-secrets knows `#` alone
        for row in rows:
            line = source.data[slice(*source.line(row))]
            for pattern, where in _FOREIGN:
                match = pattern.search(line)
                if match is None or (is_yaml and b"pragma:" in match.group() and not _is_hash(match.group(), where)):
                    continue
                if where in ("line", "both"):
                    yield row
                if where == "below":
                    yield row + 1
                if where in ("next", "both"):
                    yield self._next_code_row(row)
                if where == "begin" and begin is None:
                    begin = row
                elif where == "end" and begin is not None:
                    yield from range(begin, row + 1)
                    begin = None
        if begin is not None:
            yield from range(begin, len(source.lines))
