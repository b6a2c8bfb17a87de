"""The texts of YAML's scalars: lines that are folded, escapes, blocks and what their headers say of line ends."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.escapes import joined
from keylint.lazy import regex

if TYPE_CHECKING:
    from collections.abc import Iterator

_BREAK = r"(?:\r\n|\r|\n)"
_FOLD = regex(rf"[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*")
_DOUBLE = regex(
    rf"(?P<escape>\\(?:x[0-9a-fA-F]{{2}}|u[0-9a-fA-F]{{4}}|U[0-9a-fA-F]{{8}}|{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*|[\s\S]))"
    rf"|(?P<fold>[ \t]*{_BREAK}(?:[ \t]*{_BREAK})*[ \t]*)"
)
_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEADER = regex(rf"(?P<style>[|>])(?P<signs>[+\-1-9]{{0,2}})[ \t]*(?:#[^\r\n]*)?(?:{_BREAK}|$)")


def folded(raw: str) -> str:
    """A plain or single-quoted scalar: a line end is a space, and an empty line a line end."""
    return _FOLD.sub(_fold, raw) if "\n" in raw or "\r" in raw else raw


def _fold(match: re.Match[str]) -> str:
    return "\n" * (_breaks(match.group()) - 1) or " "


def _breaks(text: str) -> int:
    return len(re.findall(_BREAK, text))


def double(raw: str) -> str:
    """The inside of a double-quoted scalar."""
    if "\\" not in raw:
        return folded(raw)
    return joined(_DOUBLE.sub(_one, raw))


def _one(match: re.Match[str]) -> str:
    escape = match.group("escape")
    if not escape:
        return _fold(match)
    code = escape[1]
    if code in "xuU" and len(escape) > 2:
        digits = escape[2:]
        number = int(digits, 16)
        return chr(number) if number < 0x110000 else escape
    if code in "\r\n":  # the line goes on below; empty lines between are kept
        return "\n" * (_breaks(escape) - 1)
    return _ESCAPES.get(code, code)


def block(raw: str, column: int) -> str:
    """A block scalar with all that may belong to it; `column` is where the mapping or list around it begins."""
    header = _HEADER.match(raw)
    if header is None:
        return ""
    signs = header.group("signs")
    lines = re.split(_BREAK, raw[header.end() :])
    given = signs.strip("+-")
    first = next((line for line in lines if line.strip(" ")), "")
    indented = len(first) - len(first.lstrip(" ")) if first else max(map(len, lines))
    indent = column + int(given) if given else max(indented, column + 1)
    content = list(_content(lines, indent))
    ended = len(content) < len(lines)  # the last line of the file may have no end
    filled = len(content)
    while filled and not content[filled - 1]:
        filled -= 1
    body = content[:filled]
    text = _joined(body) if header.group("style") == ">" else "\n".join(body)
    last = "\n" if body and (ended or filled < len(content)) else ""
    if "-" in signs:
        return text
    if "+" in signs:
        return text + last + "\n" * (len(content) - filled - (0 if ended else 1))
    return text + last


def _content(lines: list[str], indent: int) -> Iterator[str]:
    """The lines of a block, as far as it goes, without their indentation."""
    for line in lines:
        if line[:indent].strip(" "):
            return
        yield line[indent:]


def _joined(lines: list[str]) -> str:
    """Lines of a folded block: those that are indented further, and what is beside them, keep their line ends."""
    text, empty, before = "", 0, ""
    for number, line in enumerate(lines):
        if not line:
            empty += 1
            continue
        if number > empty or before:
            apart = before[:1] in (" ", "\t") or line[0] in " \t"
            text += "\n" * (empty + 1) if apart else "\n" * empty or " "
        else:
            text += "\n" * empty
        text, empty, before = text + line, 0, line
    return text
