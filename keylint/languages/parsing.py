"""Grammars' parsers, held within bounds: whatever a file holds, a parse ends, and ends in this process."""

from __future__ import annotations

import importlib
import sys
from functools import lru_cache
from importlib.machinery import PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Protocol

from tree_sitter import Language
from tree_sitter import Parser as NativeParser

from keylint.languages.syntax import TooCostly

if TYPE_CHECKING:
    from tree_sitter import Tree

# What is asked every hundred steps of a parse. Real code takes 0.02 a byte at most, random text of any grammar 0.004.
FREE_CHECKS = 1_000
CHECKS_PER_BYTE = 0.125
_CHUNK = 65_536  # bytes handed over at a time
_WITHOUT_WIDE = bytes(range(128)) + b"." * 128


def _compiled(package: str) -> ModuleType:
    """The compiled part of a grammar's package.

    The rest of it looks for query files, and imports ``importlib.resources`` for that, which takes as long as ten grammars do.
    """
    spec = PathFinder.find_spec(package)
    if spec is None or package in sys.modules:
        return importlib.import_module(package)
    sys.modules[package] = hollow = ModuleType(package)
    hollow.__path__ = spec.submodule_search_locations or []
    try:
        return importlib.import_module(f"{package}._binding")
    finally:
        del sys.modules[package]


class Parser(Protocol):
    """What turns a text into a syntax tree; raises TooCostly."""

    def parse(self, data: bytes) -> Tree:
        """The syntax tree of a UTF-8 text."""

    def __hash__(self) -> int:
        """By identity: there is one of a grammar."""


class GrammarParser:
    """A tree-sitter grammar's parser that gives up on a text instead of going on for ever.

    The error recovery of tree-sitter's core does not end on some texts (seen with the JavaScript grammars of 0.23 and
    0.25 and the core 0.26.1). Steps are counted, not seconds: the same text has the same result on every machine.

    `narrow` is for a grammar whose scanner asks C's ``isdigit`` about any character, which is defined for bytes alone
    (C11 7.4) and reads outside the C library's table for others: it is shown a full stop for each byte beyond ASCII. Offsets
    stay what they are, and nobody takes a text from the tree.
    """

    def __init__(self, package: str, name: str = "language", *, narrow: bool = False) -> None:
        """The grammar that a function of a package gives. Raises ImportError if it is not installed."""
        self._parser = NativeParser(Language(getattr(_compiled(package), name)()))
        self._narrow = narrow

    def parse(self, data: bytes) -> Tree:
        """See ``Parser.parse``."""
        shown = data.translate(_WITHOUT_WIDE) if self._narrow and not data.isascii() else data
        left = FREE_CHECKS + int(len(shown) * CHECKS_PER_BYTE)

        def spent(_offset: int, _has_error: bool) -> bool:
            nonlocal left
            left -= 1
            return left < 0

        try:
            return self._parser.parse(
                lambda offset, _point: shown[offset : offset + _CHUNK], encoding="utf8", progress_callback=spent
            )
        except ValueError:
            self._parser.reset()  # else the next text would go on where this one was left
            raise TooCostly from None


@lru_cache(maxsize=1)
def parsed(parser: Parser, data: bytes) -> Tree:
    """The syntax tree of a text; what is asked of one file comes in a row, so the last one is kept."""
    return parser.parse(data)


def has_errors(parser: Parser, data: bytes) -> bool:
    """Whether a text does not parse."""
    try:
        return parsed(parser, data).root_node.has_error
    except TooCostly:
        return True
