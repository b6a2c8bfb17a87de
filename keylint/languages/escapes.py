"""Backslashes in quoted text, as JavaScript, JSON, YAML, TOML and Python have them."""

from __future__ import annotations

import re

_ESCAPE = re.compile(
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

    return _whole(_ESCAPE.sub(one, raw))


def _whole(text: str) -> str:
    """Two halves of a character joined; half a character alone is none, and could not be encoded again."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
