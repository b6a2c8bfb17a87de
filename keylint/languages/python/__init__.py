"""Python."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.grammar import GrammarAdapter
from keylint.languages.parsing import GrammarParser
from keylint.languages.python import edits
from keylint.languages.python.file import PythonFile
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Code, Import
    from keylint.model import Edit, Span
    from keylint.source import Source

IDIOM = Idiom(
    language="python",
    keywords=True,
    loaders={
        "dotenv.load_dotenv": "dotenv",
        "load_dotenv": "dotenv",
        "dotenv.main.load_dotenv": "dotenv",
        "environ.Env.read_env": "django-environ",
        "Env.read_env": "environs",
        "env.read_env": "environs",
    },
    writers={"os.putenv": "os.putenv", "os.environ.setdefault": "os.environ.setdefault"},
    updaters=frozenset({"os.environ.update"}),
    environment="os.environ",
)


class PythonAdapter(GrammarAdapter):
    """Lowers Python to facts."""

    name = "python"
    null_word = "None"
    expands = "put an f before the quotes"
    trim = ".strip()"
    comments = ("#",)
    comment_types = frozenset({"comment"})
    file_class = PythonFile
    wrappers = ((b"try:\n    _\n", b""),)
    idiom = IDIOM

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_python")

    def imports(self, source: Source) -> list[Import]:
        """See ``Adapter.imports``."""
        return PythonFile(source, self.parser()).imports()

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """See ``Adapter.write_env``."""
        return edits.read(PythonFile(source, self.parser()), variable, at, before, required)

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """See ``Adapter.prefix``."""
        return edits.prefix(PythonFile(source, self.parser()), at, before)

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """See ``Adapter.interpolate``."""
        return edits.interpolate(PythonFile(source, self.parser()), at, template)

    def add_import(self, source: Source, module: str) -> Edit | None:
        """See ``Adapter.add_import``."""
        return edits.add_import(PythonFile(source, self.parser()), module)

    def load_env(self, source: Source, at: Span) -> Edit | None:
        """See ``Adapter.load_env``: python-dotenv."""
        return edits.load_env(PythonFile(source, self.parser()))


ADAPTER = PythonAdapter()
