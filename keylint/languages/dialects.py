"""Where the readers of `.env` part: the value that all of them give for a line, and what any makes something else of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Damage, Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.dotenv import Line

_CURLY = "“”‘’«»„"
_EXPANDED = regex(r"\$\{[^}]*\}")  # by python-dotenv, whatever the quotes
# What python-dotenv decodes inside of quotes and others keep, or take for the closing quote. All know a line end, `\n`.
_ESCAPES = {'"': regex(r"\\[\\'\"abfrtv]"), "'": regex(r"\\['\\]|\\$")}


def agreed(line: Line, data: bytes) -> str | None:
    """What python-dotenv, npm's dotenv and Node take a line's value for; None if they do not take it for the same."""
    text = line.text.replace("\r\n", "\n")
    word = data[line.word.start : line.word.end] if line.word else b""
    if word.startswith(b"set") or b"\t" in word or data[line.sign.start : line.sign.end].startswith(b":"):
        return None
    if not line.closed or line.quote == "`" or _EXPANDED.search(text) or "\r" in text or _junk(line, data):
        return None
    if not line.quote:
        return None if "#" in text or text != text.strip() else text
    if _ESCAPES[line.quote].search(text):
        return None
    return text.replace("\\n", "\n") if line.quote == '"' else text


def is_disputed(line: Line) -> bool:
    """Whether nothing can be said of a value: a comment or a text, a reference in quotes that one reader expands."""
    if not line.quote:
        return line.text.startswith("#")
    return bool(_EXPANDED.search(line.text)) and "${{" not in line.text


def swallows(line: Line, data: bytes) -> bool:
    """Whether a quote that is left open is closed by one further down, so that lines between are a part of its value."""
    return not line.closed and not line.commented and data.find(line.quote.encode(), line.whole.end) >= 0


def damages(line: Line, data: bytes, *, known: bool) -> Iterator[Damage]:
    """What readers make of a line that its author cannot have meant; `known` if its name is a vendor's."""
    if line.commented:
        return
    if line.word is not None and data[line.word.start : line.word.end].startswith(b"set"):
        yield Damage("set", line.word, "`set` makes most readers skip the line", (Edit(line.word, ""),))
    if data[line.sign.start : line.sign.end].startswith(b":"):
        yield Damage(
            "colon",
            line.sign,
            "python-dotenv skips a line with a colon, Node --env-file misreads it",
            (Edit(line.sign, "="),),
        )
    if line.quote and not line.closed:
        yield Damage(
            "unterminated-quote",
            Span(line.content.start - 1, line.content.end),
            "the quote is never closed: the next lines are swallowed, or the quote is kept",
        )
    elif line.quote:
        yield from _quoted(line, data, known=known)
    else:
        yield from _bare(line, known=known)


def _junk(line: Line, data: bytes) -> str:
    """What stands between a closing quote and the line's end, and is no comment."""
    behind = data[line.behind.start : line.behind.end].decode("utf-8", "replace").strip(" \t")
    return behind if line.quote and not behind.startswith("#") else ""


def _quoted(line: Line, data: bytes, *, known: bool) -> Iterator[Damage]:
    junk = _junk(line, data)
    if known and line.quote != "`" and (escape := _ESCAPES[line.quote].search(line.text)):
        at = line.content.start + len(line.text[: escape.start()].encode())
        yield Damage(
            "escape",
            Span(at, at + len(escape.group())),
            "python-dotenv decodes this escape, npm's dotenv and Node do not",
        )
    elif junk:
        at = data.index(junk[0].encode(), line.behind.start)
        if junk[0] in ";,":
            kind = "trailing-semicolon" if junk[0] == ";" else "trailing-comma"
            spot = Span(at, at + 1)
            yield Damage(kind, spot, f"readers drop the line or keep the {kind.rpartition('-')[2]}", (Edit(spot, ""),))
        else:
            yield Damage(
                "behind-quote",
                Span(at, line.behind.end),
                "python-dotenv drops a line with text behind the quote, npm's dotenv keeps the quotes",
            )
    elif known and line.quote == "`":
        quotes = (Span(line.content.start - 1, line.content.start), Span(line.content.end, line.content.end + 1))
        plain = re.fullmatch(r"[\w-]+", line.text)
        yield Damage(
            "backquotes",
            Span(quotes[0].start, quotes[1].end),
            "python-dotenv keeps backquotes as a part of the value",
            tuple(Edit(quote, "") for quote in quotes) if plain else (),
        )


def _bare(line: Line, *, known: bool) -> Iterator[Damage]:
    text = line.text
    if re.fullmatch(r"[\w-]{8,}[;,]", text):
        kind = "trailing-semicolon" if text.endswith(";") else "trailing-comma"
        spot = Span(line.content.end - 1, line.content.end)
        yield Damage(kind, spot, f"the {kind.rpartition('-')[2]} becomes a part of the value", (Edit(spot, ""),))
    if text[:1] and text[:1] in _CURLY:
        yield Damage("curly-quotes", line.content, "curly quotes are kept as a part of the value", _uncurl(line))
    mark = re.search(r"(?<=[^&])#", text) if known else None  # &#123; is a character, in a page
    if mark is not None:
        at = line.content.start + len(text[: mark.start()].encode())
        yield Damage(
            "hash",
            Span(at, line.content.end),
            "npm's dotenv and Node end the value before the #, python-dotenv does not",
        )


def _uncurl(line: Line) -> tuple[Edit, ...]:
    """All of them, however many there are; none if one side has none, or nothing is between them."""
    text = line.text
    left, right = text.lstrip(_CURLY), text.rstrip(_CURLY)
    if not left or text in (left, right):
        return ()
    first, last = len(text.encode()) - len(left.encode()), len(right.encode())
    return (
        Edit(Span(line.content.start, line.content.start + first), ""),
        Edit(Span(line.content.start + last, line.content.end), ""),
    )
