"""JavaScript and TypeScript, with their JSX forms: three grammars, one file class."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.grammar import GrammarAdapter
from keylint.languages.javascript import edits
from keylint.languages.javascript.file import JavaScriptFile
from keylint.languages.parsing import GrammarParser
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Code, Import
    from keylint.model import Edit, Span
    from keylint.source import Source

IDIOM = Idiom(
    language="javascript",
    loaders={
        "dotenv.config": "dotenv",
        "import:dotenv/config": "dotenv",
        "import:dotenv-safe/config": "dotenv",
        "dotenv/config": "dotenv",
        "@dotenvx/dotenvx.config": "dotenv",
        "dotenv-flow.config": "dotenv",
        "dotenv-safe.config": "dotenv",
        "process.loadEnvFile": "node",
        "@next/env.loadEnvConfig": "next",
        "vite.loadEnv": "vite",
    },
    environment="process.env",
)


class JavaScriptAdapter(GrammarAdapter):
    """Lowers JavaScript to facts."""

    name = "javascript"
    null_word = "undefined"
    expands = "write a template literal: backticks, and ${…} inside"
    trim = ".trim()"
    comments = ("//", "/*")
    comment_types = frozenset({"comment", "html_comment"})
    file_class = JavaScriptFile
    idiom = IDIOM
    wrappers = ((b"({", b"})"), (b"class _ {", b"}"), (b"try {} ", b""))

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_javascript")

    def imports(self, source: Source) -> list[Import]:
        """See ``Adapter.imports``."""
        return JavaScriptFile(source, self.parser()).imports()

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """See ``Adapter.write_env``."""
        return edits.read(JavaScriptFile(source, self.parser()), variable, at, before)

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """See ``Adapter.prefix``."""
        return edits.prefix(JavaScriptFile(source, self.parser()), at, before)

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """See ``Adapter.interpolate``."""
        return edits.interpolate(JavaScriptFile(source, self.parser()), at, template)

    def load_env(self, source: Source, at: Span) -> Edit | None:
        """See ``Adapter.load_env``: dotenv."""
        return edits.load_env(JavaScriptFile(source, self.parser()))


class TypeScriptAdapter(JavaScriptAdapter):
    """Lowers TypeScript to facts."""

    name = "typescript"

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_typescript", "language_typescript")


class TsxAdapter(JavaScriptAdapter):
    """Lowers TypeScript with JSX to facts."""

    name = "tsx"

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_typescript", "language_tsx")


JAVASCRIPT = JavaScriptAdapter()
TYPESCRIPT = TypeScriptAdapter()
TSX = TsxAdapter()
