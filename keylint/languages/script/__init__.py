"""Scripting languages that have no grammar with wheels for every platform: R, Perl, Groovy, Visual Basic .NET."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.family import FamilyAdapter, FamilyFile
from keylint.languages.parsing import parsed
from keylint.languages.script.parser import Grammar, ScriptParser

if TYPE_CHECKING:
    from keylint.source import Source


class ScriptFile(FamilyFile):
    """One file, as ``ScriptParser`` sees it."""

    names = frozenset({"name"})
    strings = frozenset({"string"})
    substitutions = frozenset({"hole"})
    calls = frozenset({"call"})
    argument_lists = frozenset({"arguments"})
    members = frozenset({"member"})
    subscripts = frozenset({"index"})
    assignments = frozenset({"assign"})
    pairs = frozenset({"pair"})
    maps = frozenset({"map"})
    lists = frozenset({"list", "paren"})
    binaries = frozenset({"binary"})
    concatenations = frozenset({"binary"})
    wrappers = frozenset({"paren", "hole", "statement"})
    functions = frozenset({"function"})
    scopes = frozenset({"source", "function"})
    branches = frozenset({"conditional"})
    conditions = frozenset({"conditional"})
    tests = frozenset({"binary", "unary"})
    transparent = frozenset({"paren", "arguments", "call", "member", "unary", "binary"})
    statements = frozenset({"statement", "conditional"})


class ScriptAdapter(FamilyAdapter):
    """An adapter of a language that ``ScriptParser`` reads."""

    comment_types = frozenset({"comment"})

    def is_comment(self, source: Source, offset: int) -> bool:
        """See ``Adapter.is_comment``: inside brackets a comment is no node of the tree."""
        tree = parsed(self.parser(), source.data)
        return any(start <= offset < end for start, end in tree.comments)  # type: ignore[attr-defined]


__all__ = ["Grammar", "ScriptAdapter", "ScriptFile", "ScriptParser"]
