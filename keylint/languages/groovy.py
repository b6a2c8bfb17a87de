"""Groovy: Gradle builds, Jenkinsfiles, scripts."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.family import Getter, Words
from keylint.languages.jvm import JVM_BEARERS, JVM_GETTERS, JVM_LOADERS, JVM_SINKS
from keylint.languages.script import Grammar, ScriptAdapter, ScriptFile, ScriptParser
from keylint.languages.script.lexer import Lexicon, Quote
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from keylint.languages.parsing import Parser

_HOLE = regex(rb"\$\{|\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)")
_LEXICON = Lexicon(
    quotes=(
        Quote(regex(rb'"""'), '"""', expands=_HOLE),
        Quote(regex(rb"'''"), "'''"),
        Quote(regex(rb'"'), '"', expands=_HOLE, lines=False),
        Quote(regex(rb"'"), "'", lines=False),
    ),
    comments=regex(rb"//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)|(?<![^\n])#![^\n]*"),
    signs=("<=>", "?.", "?:", "==~", "=~", "==", "!=", "<=", ">=", "&&", "||", "+=", "->", "::", "..", "<<"),
)
_GRAMMAR = Grammar(
    _LEXICON,
    assigns=frozenset({"=", "+="}),
    arrows=frozenset({":"}),
    operators=(
        frozenset({"?"}),
        frozenset({"?:", "||"}),
        frozenset({"&&"}),
        frozenset({"==", "!=", "=~", "==~", "<", ">", "in", "instanceof"}),
        frozenset({"+", "-", "<<"}),
    ),
    dots=frozenset({".", "?.", "::"}),
    modifiers=frozenset({"def", "final", "private", "public", "static", "String", "return", "protected", "const"}),
    functions=frozenset(),
    spaces=frozenset({"new"}),
)


class GroovyFile(ScriptFile):
    """One file of Groovy."""

    arrows = frozenset({":"})
    fallbacks = frozenset({"?:"})
    nothing = {"null": "null"}
    maps = frozenset({"map", "list"})
    fillers = regex(rb"\.replace\(|\.format\(")
    getters = {
        **JVM_GETTERS,
        "project.findProperty": Getter(Unset.NULL),
        "providers.environmentVariable": Getter(Unset.NULL),
    }
    environments = {"System.getenv": Unset.NULL, "env": Unset.NULL}
    passers = frozenset({"toString", "get", "getOrNull"})
    defaulters = frozenset({"getOrElse", "orElse"})
    bearers = JVM_BEARERS


class GroovyAdapter(ScriptAdapter):
    """Lowers Groovy to facts."""

    name = "groovy"
    expands = "write double quotes"
    null_word = "null"
    file_class = GroovyFile
    words = Words(
        read='System.getenv("{}")',
        interpolated=lambda text: f'"{text[1:-1]}"' if '"' not in text[1:-1] and text[:1] == "'" else "",
        reference="${{{}}}",
    )
    idiom = Idiom(language="groovy", loaders=JVM_LOADERS, sinks=regex(f"{JVM_SINKS.pattern}|^echo$"), environment="env")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return ScriptParser(_GRAMMAR)  # type: ignore[return-value]


ADAPTER = GroovyAdapter()
