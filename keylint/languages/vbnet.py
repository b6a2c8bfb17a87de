"""Visual Basic .NET."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.dotnet import (
    DOTNET_BEARERS,
    DOTNET_CREDENTIALS,
    DOTNET_FILLERS,
    DOTNET_GETTERS,
    DOTNET_LOADERS,
    DOTNET_SINKS,
    DOTNET_WRITERS,
)
from keylint.languages.family import Words
from keylint.languages.script import Grammar, ScriptAdapter, ScriptFile, ScriptParser
from keylint.languages.script.lexer import Lexicon, Quote
from keylint.lazy import regex
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Entry

_LEXICON = Lexicon(
    quotes=(
        Quote(
            regex(rb'\$"'),
            '"',
            escape=False,
            doubled=True,
            expands=regex(rb"\{(?!\{)([A-Za-z_][\w.]*)\}|\{(?!\{)"),
            lines=True,
        ),
        Quote(regex(rb'"'), '"', escape=False, doubled=True, lines=False),
    ),
    comments=regex(rb"'[^\n]*|(?i:(?<![\w.])rem)(?=[ \t])[^\n]*"),
    signs=("<>", "<=", ">=", "&=", "+=", ":="),
    continues=regex(rb"[ \t]_[ \t]*\r?\n"),
    words={"AndAlso": "AndAlso", "OrElse": "OrElse", "And": "AndAlso", "Or": "OrElse", "Is": "Is", "IsNot": "Is"},
)
_GRAMMAR = Grammar(
    _LEXICON,
    assigns=frozenset({"=", "&=", "+="}),
    arrows=frozenset({":="}),
    operators=(
        frozenset({"OrElse"}),
        frozenset({"AndAlso"}),
        frozenset({"<>", "<", ">", "<=", ">=", "Is"}),
        frozenset({"&", "+"}),
    ),
    dots=frozenset({".", "!"}),
    prefixes=frozenset({"-", "+"}),
    modifiers=frozenset(
        {
            "Dim",
            "Private",
            "Public",
            "Const",
            "Shared",
            "ReadOnly",
            "Friend",
            "Protected",
            "Return",
            "Using",
            "Static",
            "Await",
            "Call",
        }
    ),
    typed=frozenset({"As"}),
    functions=frozenset(),
    spaces=frozenset({"New", "Await", "Not"}),
    initializers=frozenset({"With", "From"}),
)


class VbNetFile(ScriptFile):
    """One file of Visual Basic .NET. The base library is C#'s."""

    gives = frozenset({"="})
    arrows = frozenset({":="})
    joins = frozenset({"&", "+"})
    comparisons = frozenset({"<>", "Is", "=", "Not"})
    nothing = {"Nothing": ""}
    getters = {**DOTNET_GETTERS, "Environ": DOTNET_GETTERS["Environment.GetEnvironmentVariable"]}
    converters = frozenset({"ApiKeyCredential", "AzureKeyCredential", "Uri", "CStr", "Trim"})
    passers = frozenset({"ToString"})
    glue = {"String.Concat": ""}
    formatters = {"String.Format": "{"}
    credentials = DOTNET_CREDENTIALS
    bearers = DOTNET_BEARERS
    fillers = DOTNET_FILLERS
    raw = frozenset({"string"})
    constants = regex(r"(?:\w+\s+)*Const\b")
    argument_lists = frozenset({"arguments", "map"})

    def subscript(self, node: Node) -> tuple[Node | None, str]:
        """``config("OpenAI:Key")`` is a call to the parser."""
        return super().subscript(node)

    def pair(self, node: Node) -> Entry | None:
        """``With { .ApiKey = key }`` names a property."""
        entry = super().pair(node)
        return entry._replace(key=entry.key.removeprefix(".")) if entry is not None else None


class VbNetAdapter(ScriptAdapter):
    """Lowers Visual Basic .NET to facts."""

    name = "vbnet"
    comments = ("'", "REM ", "Rem ")
    expands = "put a $ before the quotes"
    file_class = VbNetFile
    words = Words(
        read='Environment.GetEnvironmentVariable("{}")',
        join='"{0}" & {1}',
        interpolated=lambda text: "$" + text if text.startswith('"') else "",
        reference="{{{}}}",
    )
    idiom = Idiom(language="csharp", loaders=DOTNET_LOADERS, writers=DOTNET_WRITERS, sinks=DOTNET_SINKS)

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return ScriptParser(_GRAMMAR)  # type: ignore[return-value]


ADAPTER = VbNetAdapter()
