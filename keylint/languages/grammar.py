"""What all adapters of tree-sitter grammars have in common."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, ClassVar

from keylint import languages
from keylint.languages import commands
from keylint.languages.parsing import has_errors, parsed
from keylint.languages.syntax import Adapter
from keylint.model import Fact, moved, relocated
from keylint.wiring import Idiom, Wiring

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.code import CodeFile
    from keylint.languages.parsing import Parser
    from keylint.model import Span
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
                wrapped = source.inner(before + source.data + after, source.language)
                whole = self.file_class(wrapped, self.parser())
                if not whole.root.has_error:
                    return [moved(fact, -len(before)) for fact in Wiring(whole, self.idiom, catalogue).facts()]
        return [*Wiring(file, self.idiom, catalogue).facts(), *self._commanded(source, file, catalogue)]

    def _commanded(self, source: Source, file: CodeFile, catalogue: Catalogue) -> Iterator[Fact]:
        """The facts of the command lines that the program runs."""
        if commands.CURL.search(source.data):
            for part in commands.parts(file):
                inner = source.inner(part.text.encode("utf-8", "surrogateescape"), "shell")
                for fact in languages.adapter(part.language).facts(inner, catalogue):
                    yield relocated(fact, part.outward)

    def near(self, source: Source, at: Span) -> Adapter:
        """See ``Adapter.near``: command lines in the program's texts are shell."""
        if commands.CURL.search(source.data):
            for part in commands.parts(self.file_class(source, self.parser())):
                if part.span.holds(at):
                    return languages.adapter(part.language)
        return self

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
        return has_errors(self.parser(), data)
