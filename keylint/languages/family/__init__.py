"""Languages whose grammars differ in names only. See CONTRIBUTING.md, "Add a language"."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, ClassVar

from keylint.languages.family import edits
from keylint.languages.family.edits import Words
from keylint.languages.family.file import FamilyFile
from keylint.languages.family.tables import Getter
from keylint.languages.grammar import GrammarAdapter
from keylint.languages.parsing import GrammarParser

if TYPE_CHECKING:
    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Code, Import
    from keylint.model import Edit, Span
    from keylint.source import Source


@cache
def _parser(package: str, name: str) -> Parser:
    return GrammarParser(package, name)


class FamilyAdapter(GrammarAdapter):
    """An adapter whose fixes are written from a table of words."""

    comments: ClassVar[tuple[str, ...]] = ("//", "/*")
    comment_types: ClassVar[frozenset[str]] = frozenset(
        {"comment", "line_comment", "block_comment", "multiline_comment"}
    )
    file_class: ClassVar[type[FamilyFile]]
    words: ClassVar[Words]
    grammar: ClassVar[tuple[str, str]]  # the package, and the function that gives the grammar

    @classmethod
    def parser(cls) -> Parser:
        """The parser of the grammar; made once."""
        return _parser(*cls.grammar)

    def file(self, source: Source) -> FamilyFile:
        """The parsed file."""
        return self.file_class(source, self.parser())

    def imports(self, source: Source) -> list[Import]:
        """See ``Adapter.imports``."""
        return self.file(source).imports()

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """See ``Adapter.write_env``."""
        return edits.read(self.file(source), self.words, variable, at, before, required=required)

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """See ``Adapter.prefix``."""
        return edits.prefix(self.file(source), self.words, at, before)

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """See ``Adapter.interpolate``."""
        return edits.interpolate(self.file(source), self.words, at, template)

    def add_import(self, source: Source, module: str) -> Edit | None:
        """See ``Adapter.add_import``."""
        return edits.load(self.file(source), self.words, module)


__all__ = ["FamilyAdapter", "FamilyFile", "Getter", "Words"]
