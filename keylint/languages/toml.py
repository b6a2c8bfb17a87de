"""TOML: a small reader that keeps the places of what it reads and goes on after a mistake.

tomli gives values without places and nothing for a file with an error; the tree-sitter grammar has no wheel for musl on
arm64. What is needed here is little: keys, strings, and where they stand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.escapes import unescape
from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import Fact, Span
from keylint.wiring.names import plain

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_TOKEN = regex(
    rb'(?P<space>[ \t]+)|(?P<newline>\r?\n)|(?P<comment>#[^\n]*)|(?P<string>"""(?:[^\\]|\\.)*?"{3,5}|\'\'\'.*?\'{3,5}'
    rb'|"(?:[^"\\\n]|\\.)*"|\'[^\'\n]*\')'
    rb"|(?P<bare>[A-Za-z0-9_+:.-]+)|(?P<sign>[\[\]{}=,.])|(?P<other>.)",
    re.DOTALL,
)


# A backslash at a line's end takes away what is blank up to the next text; `\\e` is of TOML 1.1.
_OWN = regex(r"(?P<kept>\\\\)|(?P<escape>\\e)|\\[ \t]*\r?\n[ \t\r\n]*")


def _own(match: re.Match[str]) -> str:
    return match.group("kept") or ("\x1b" if match.group("escape") else "")


class _Reader:
    """Reads tokens into settings."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.tokens = [
            (match.lastgroup or "", match.start(), match.end())
            for match in _TOKEN.finditer(data)
            if match.lastgroup not in ("space", "comment")
        ]
        self.at = 0
        self.found: list[Setting] = []
        self.broken = False

    def text(self, token: tuple[str, int, int]) -> str:
        return self.data[token[1] : token[2]].decode("utf-8", "replace")

    def sign(self) -> str:
        """The sign at the current place, "" if something else stands there."""
        return (
            self.text(self.tokens[self.at]) if self.at < len(self.tokens) and self.tokens[self.at][0] == "sign" else ""
        )

    def read(self) -> None:
        """All lines: table headers and pairs."""
        table: tuple[str, ...] = ()
        scopes: dict[tuple[str, ...], dict[str, str]] = {}
        while self.at < len(self.tokens):
            if self.tokens[self.at][0] == "newline":
                self.at += 1
            elif self.sign() == "[":
                while self.sign() == "[":
                    self.at += 1
                table = tuple(name for name, _ in self.key())
                self.to_line_end()
            else:
                self.pair(table, scopes.setdefault(table, {}))
                self.to_line_end()

    def to_line_end(self) -> None:
        """Skip what is left of a line; anything but brackets means that it was not understood."""
        while self.at < len(self.tokens) and self.tokens[self.at][0] != "newline":
            self.broken = self.broken or self.sign() != "]"
            self.at += 1

    def key(self) -> list[tuple[str, Span]]:
        """A dotted key as names with their places."""
        names: list[tuple[str, Span]] = []
        while self.at < len(self.tokens):
            token = self.tokens[self.at]
            if token[0] == "bare":
                at = token[1]
                for part in self.text(token).split("."):
                    if part:
                        names.append((part, Span(at, at + len(part.encode()))))
                    at += len(part.encode()) + 1
            elif token[0] == "string":
                names.append((self.string(token)[0], Span(token[1], token[2])))
            elif self.sign() != ".":
                break
            self.at += 1
        return names

    def pair(self, path: tuple[str, ...], siblings: dict[str, str]) -> None:
        """``key = value``."""
        names = self.key()
        if not names or self.sign() != "=":
            self.broken = True
            return
        self.at += 1
        inner = (*path, *(name for name, _ in names))
        self.value(inner, names[-1][1], siblings)

    def value(
        self, path: tuple[str, ...], key: Span, siblings: dict[str, str], depth: int = 0, listed: bool = False
    ) -> None:
        """A string, or what can hold one."""
        if self.at >= len(self.tokens) or depth > 64:
            self.broken = True
            return
        token = self.tokens[self.at]
        if token[0] == "string":
            text, content, quote = self.string(token)
            where = Span(token[1], token[2])
            if not listed:
                siblings[path[-1]] = text
                siblings.setdefault(plain(path[-1]), text)
            self.found.append(Setting(path, text, where, content, key, quote, siblings, listed))
            self.at += 1
        elif self.sign() in ("[", "{"):
            self.collection(path, key, depth)
        elif token[0] == "bare":
            self.at += 1
        else:
            self.broken = True

    def collection(self, path: tuple[str, ...], key: Span, depth: int) -> None:
        """An array or an inline table, over as many lines as it takes."""
        closing = "]" if self.sign() == "[" else "}"
        self.at += 1
        inner: dict[str, str] = {}
        while self.at < len(self.tokens) and self.sign() != closing:
            before = self.at
            if self.tokens[self.at][0] == "newline" or self.sign() == ",":
                self.at += 1
            elif closing == "]":
                self.value(path, key, inner, depth + 1, True)
            else:
                self.pair(path, inner)
            if self.at == before:
                self.at += 1
        self.at += 1

    def string(self, token: tuple[str, int, int]) -> tuple[str, Span, str]:
        """The text of a string token, the place of its content, its quotes."""
        raw = self.data[token[1] : token[2]]
        quote = raw[:3].decode() if raw[:3] in (b'"""', b"'''") else raw[:1].decode()
        content = Span(token[1] + len(quote), token[2] - len(quote))
        text = self.data[content.start : content.end].decode("utf-8", "replace")
        if len(quote) == 3:
            text = text.replace("\r\n", "\n").removeprefix("\n")
        if quote[0] == '"':
            text = unescape(_OWN.sub(_own, text))
        return text, content, quote


class TomlAdapter(Adapter):
    """Lowers TOML to facts."""

    name = "toml"
    settings = True
    comments = ("#",)

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        reader = _Reader(source.data)
        reader.read()
        return ConfigWiring(source, reader.found, catalogue).facts()

    def is_comment(self, source: Source, offset: int) -> bool:
        """Whether the offset lies behind a `#` outside of strings."""
        return any(
            match.start() <= offset < match.end()
            for match in _TOKEN.finditer(source.data)
            if match.lastgroup == "comment"
        )

    def broken(self, data: bytes) -> bool:
        """See ``Adapter.broken``."""
        reader = _Reader(data)
        reader.read()
        return reader.broken


ADAPTER = TomlAdapter()
