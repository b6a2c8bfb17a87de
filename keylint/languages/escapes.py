"""Backslashes in quoted text, as JavaScript, JSON, YAML, TOML and Python have them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keylint.lazy import regex

if TYPE_CHECKING:
    import re

_ESCAPE = regex(
    r"\\(u\{[0-9a-fA-F]{1,6}\}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|x[0-9a-fA-F]{2}|\r\n|[\s\S])",
)
_LETTERS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "a": "\a", "0": "\0"}
_LINE_ENDS = ("\n", "\r\n")
_PLAIN = ('"', "'", "`", "\\", "/", "$", "{")


def unescape(raw: str, *, strict: bool = False) -> str:
    """The text that the inside of a literal stands for; with `strict` an escape that is none keeps its backslash."""
    if "\\" not in raw:
        return raw

    def one(match: re.Match[str]) -> str:
        code = match.group(1)
        digits = code[1:].strip("{}")
        if digits and code[0] in "uUx":
            number = int(digits, 16)
            return chr(number) if number < 0x110000 else match.group()
        if code in _LINE_ENDS:
            return ""
        return _LETTERS.get(code) or (match.group() if strict and code not in _PLAIN else code)

    return joined(_ESCAPE.sub(one, raw))


def joined(text: str) -> str:
    """Two halves of a character joined; half a character alone is none, and could not be encoded again."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


_JSON_ESCAPE = regex(r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)")


def spelled(raw: str, start: int) -> list[tuple[str, int, int]]:
    """(text, offset, width in the file) of stretches without escapes and of each escape."""
    found = []
    at = 0
    offset = start
    for match in _JSON_ESCAPE.finditer(raw):
        plain = raw[at : match.start()]
        if plain:
            found.append((plain, offset, len(plain.encode())))
            offset += len(plain.encode())
        try:
            said = json.loads(f'"{match.group()}"').encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        except ValueError:
            said = match.group()
        found.append((said, offset, len(match.group().encode())))
        offset += len(match.group().encode())
        at = match.end()
    if raw[at:]:
        found.append((raw[at:], offset, len(raw[at:].encode())))
    return found
