"""What all adapters of tree-sitter grammars have in common."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from keylint.languages.code import parsed
from keylint.languages.syntax import Adapter
from keylint.model import Fact, moved
from keylint.wiring import Idiom, Wiring

if TYPE_CHECKING:
    from tree_sitter import Parser

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

MAX_FRAGMENT = 20_000  # bytes; a longer text that does not parse is a broken file, not a fragment


class GrammarAdapter(Adapter):
    """An adapter for a programming language. A subclass names its grammar, its file class and its idiom."""

    comment_types: ClassVar[frozenset[str]]
    file_class: ClassVar[type[CodeFile]]
    idiom: ClassVar[Idiom]
    wrappers: ClassVar[
        tuple[tuple[bytes, bytes], ...]
    ] = ()  # what makes a file of a fragment, tried when it does not parse

    @staticmethod
    @abstractmethod
    def parser() -> Parser:
        """The parser of the grammar."""

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        file = self.file_class(source, self.parser())
        if file.root.has_error and len(source.data) <= MAX_FRAGMENT:
            for before, after in self.wrappers:
                wrapped = replace(source, text=before.decode() + source.text + after.decode())
                whole = self.file_class(wrapped, self.parser())
                if not whole.root.has_error:
                    return [moved(fact, -len(before)) for fact in Wiring(whole, self.idiom, catalogue).facts()]
        return Wiring(file, self.idiom, catalogue).facts()

    def is_comment(self, source: Source, offset: int) -> bool:
        """See ``Adapter.is_comment``."""
        node = parsed(self.parser(), source.data).root_node.descendant_for_byte_range(offset, offset + 1)
        while node is not None:
            if node.type in self.comment_types:
                return True
            node = node.parent
        return False

    def broken(self, data: bytes) -> bool:
        """See ``Adapter.broken``."""
        return parsed(self.parser(), data).root_node.has_error
