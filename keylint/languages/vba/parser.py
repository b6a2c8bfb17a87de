"""VBA (and VBScript): statements, declarations and expressions, as far as credentials need them.

No grammar for VBA has wheels, and its syntax is a line's: a statement ends with the line unless ` _` continues it. The
parser never fails; what it does not know it leaves out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = regex(
    rb"(?P<string>\"(?:[^\"\r\n]|\"\")*(?:\"|(?=[\r\n])|$))|(?P<continue>[ \t]_[ \t]*\r?\n)|(?P<newline>\r?\n)"
    rb"|(?P<comment>'[^\r\n]*|(?i:(?<![\w.])rem)(?=[ \t\r\n])[^\r\n]*)"
    rb"|(?P<name>\[[^\]\r\n]*\]|[A-Za-z_\x80-\xff][\w\x80-\xff]*[$%&!#@]?(?=[^\w]|$)"
    rb"|[A-Za-z_\x80-\xff][\w\x80-\xff]*)|(?P<number>\d[\w.]*)|(?P<space>[ \t\f]+)|(?P<sign>.)",
    re.DOTALL,
)
_PROCEDURE = regex(
    r"^(?:(?:public|private|friend|static)\s+)*(?:sub|function|property\s+(?:get|let|set))\b", re.IGNORECASE
)
_DECLARATION = {"dim", "public", "private", "static", "const", "global", "friend"}
_OPENERS = ("if", "for", "do", "while", "select", "with", "#if")
_CLOSERS = ("end if", "next", "loop", "wend", "end select", "end with", "#end if")


@dataclass(slots=True)
class Token:
    """A piece of a line."""

    kind: str
    text: str
    span: Span


@dataclass(slots=True)
class Statement:
    """The tokens of one statement; `procedure` is the number of the procedure it stands in (0: none), `blocks` the branches."""

    tokens: list[Token]
    procedure: int
    blocks: tuple[int, ...]

    @property
    def words(self) -> list[str]:
        """The tokens' texts in lower case."""
        return [token.text.lower() for token in self.tokens]


@dataclass(slots=True)
class Declaration:
    """A name that is declared: where, and whether other modules can give it a value."""

    name: str
    procedure: int
    public: bool
    value: list[Token] | None = None
    parameter: bool = False


@dataclass(slots=True)
class Module:
    """A parsed module."""

    statements: list[Statement] = field(default_factory=list)
    declarations: list[Declaration] = field(default_factory=list)
    comments: list[Span] = field(default_factory=list)


def tokens(data: bytes) -> Iterator[Token]:
    """Tokens without spaces and continued line ends."""
    for match in _TOKEN.finditer(data):
        kind = match.lastgroup or "sign"
        if kind not in ("space", "continue"):
            yield Token(kind, match.group().decode("utf-8", "replace"), Span(match.start(), match.end()))


def parse(data: bytes) -> Module:
    """A whole module."""
    module = Module()
    procedure, counter, number = 0, 0, 0
    blocks: list[int] = []
    for line in _lines(data, module):
        words = [token.text.lower() for token in line]
        head = " ".join(words[:4])
        if _PROCEDURE.match(head):
            counter += 1
            procedure, blocks = counter, []
            module.declarations += _parameters(line, procedure)
        elif head.startswith(("end sub", "end function", "end property")):
            procedure, blocks = 0, []
        elif head.startswith(_CLOSERS) and blocks:
            blocks.pop()
        elif words[0] in ("else", "elseif", "case") and blocks:
            number += 1
            blocks[-1] = number
        statement = Statement(line, procedure, tuple(blocks))
        if words[0] in _DECLARATION and not _PROCEDURE.match(head):
            module.declarations += _declared(line, procedure)
        module.statements.append(statement)
        if words[0] in _OPENERS and not (words[0] == "if" and words[-1] != "then"):
            number += 1
            blocks.append(number)
    return module


def _lines(data: bytes, module: Module) -> Iterator[list[Token]]:
    """Statements as token lists; a colon separates statements too."""
    line: list[Token] = []
    for token in tokens(data):
        if token.kind == "comment":
            module.comments.append(token.span)
            continue
        if token.kind == "newline" or (
            token.text == ":"
            and line
            and not (len(line) == 1 and line[0].kind == "name" and line[0].text.lower() != "else")
        ):
            if line:
                yield line
            line = []
        elif not (token.text == ":" and token.kind == "sign"):
            line.append(token)
    if line:
        yield line


def _parameters(line: list[Token], procedure: int) -> Iterator[Declaration]:
    """The names between the parentheses of a procedure's head, and the procedure's own name, which is its result."""
    depth = 0
    expect = False
    for index, token in enumerate(line):
        word = token.text.lower()
        if word == "(":
            depth += 1
            expect = depth == 1
        elif word == ")":
            depth -= 1
        elif word == "," and depth == 1:
            expect = True
        elif (
            depth == 1 and expect and token.kind == "name" and word not in ("byval", "byref", "optional", "paramarray")
        ):
            expect = False
            default = next(
                (
                    line[place + 1 : place + 2]
                    for place in range(index, min(index + 4, len(line) - 1))
                    if line[place].text == "="
                ),
                None,
            )
            yield Declaration(token.text.rstrip("$%&!#@").lower(), procedure, False, default, True)


def _declared(line: list[Token], procedure: int) -> Iterator[Declaration]:
    """``Dim a As String, b``, ``Const A = "x"``, ``Public k As String``."""
    words = [token.text.lower() for token in line]
    public = words[0] in ("public", "global")
    constant = "const" in words[:2]
    start = next(
        (index for index, word in enumerate(words) if word not in _DECLARATION and word != "withevents"), len(words)
    )
    for piece in split(line[start:], {","}):
        if not piece or piece[0].kind != "name" or piece[0].text.lower() in ("declare", "type", "enum", "event"):
            continue
        sign = next((index for index, token in enumerate(piece) if token.text == "="), None)
        value = piece[sign + 1 :] if sign is not None else None
        yield Declaration(piece[0].text.rstrip("$%&!#@").lower(), procedure, public and not constant, value)


def split(line: list[Token], signs: set[str]) -> list[list[Token]]:
    """A token list, cut at signs outside of parentheses."""
    pieces: list[list[Token]] = [[]]
    depth = 0
    for token in line:
        depth += {"(": 1, ")": -1}.get(token.text, 0)
        if depth == 0 and token.kind == "sign" and token.text in signs:
            pieces.append([])
        else:
            pieces[-1].append(token)
    return pieces


def around(line: list[Token]) -> Span:
    """The span from the first token to the last."""
    return Span(line[0].span.start, line[-1].span.end)
