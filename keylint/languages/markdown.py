"""Prose with code in it: the fences of Markdown, MDX, reStructuredText and AsciiDoc.

Only what is told to be code in a known language is lowered; prose and indented blocks are text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import HostAdapter, Part, whole
from keylint.languages.notebook import LANGUAGES
from keylint.lazy import regex
from keylint.model import Span

if TYPE_CHECKING:
    from keylint.source import Source

_FENCE = regex(rb"^[ >\t]{0,8}(?P<mark>`{3,}|~{3,})[ \t]*\{?\.?(?P<word>[\w#+-]*)[^\n]*\n", re.MULTILINE)
_RST = regex(
    rb"^(?P<indent>[ \t]*)\.\. (?:code|code-block|sourcecode|highlight)::[ \t]*(?P<word>[\w#+-]+)[^\n]*\n", re.MULTILINE
)
_ADOC = regex(rb"^\[source,[ \t]*(?P<word>[\w#+-]+)[^\]\n]*\][ \t]*\n(?P<mark>-{4,})[ \t]*\n", re.MULTILINE)
# The words behind a fence's mark, where they are not the language's name.
_WORDS = {
    "python": "py python3 ipython",
    "javascript": "js jsx node mjs cjs",
    "typescript": "ts mts",
    "tsx": "tsx",
    "shell": "sh shell zsh console curl terminal",
    "csharp": "cs",
    "go": "golang",
    "ruby": "rb",
    "rust": "rs",
    "kotlin": "kt kts",
    "powershell": "ps1 pwsh",
    "swift": "swift",
    "dart": "dart flutter",
    "elixir": "ex exs",
    "julia": "jl",
    "perl": "pl",
    "vba": "vba vb vbs",
    "vbnet": "vbnet",
    "batch": "batch bat cmd",
    "yaml": "yaml yml",
    "json": "json jsonc",
    "toml": "toml",
    "dotenv": "dotenv env",
    "dockerfile": "dockerfile docker",
    "makefile": "makefile make",
    "hcl": "hcl terraform tf",
    "ini": "ini properties conf",
    "html": "html vue svelte astro",
    "http": "http rest",
    "xml": "xml",
}
ALIASES = {**LANGUAGES, **{word: language for language, words in _WORDS.items() for word in words.split()}}


class ProseAdapter(HostAdapter):
    """Lowers the fences of a text to facts."""

    name = "markdown"
    comments = ("<!--", "..", "//", "#")

    def parts(self, source: Source) -> list[Part]:
        """The blocks that name a language."""
        made: list[Part] = []
        at = 0
        data = source.data
        for match in _FENCE.finditer(data):
            if match.start() < at:
                continue
            mark = match.group("mark")
            close = re.compile(
                rb"^[ >\t]*" + mark[:1] + b"{" + str(len(mark)).encode() + rb",}[ \t]*\r?$", re.MULTILINE
            ).search(data, match.end())
            end = close.start() if close else len(data)
            at = close.end() if close else len(data)
            language = ALIASES.get(match.group("word").decode().lower())
            if language is not None and end > match.end():
                made.append(whole(source, language, Span(match.end(), end)))
        made += [part for pattern in (_RST, _ADOC) for part in self._marked(source, pattern)]
        return sorted(made, key=lambda part: part.span.start)

    def _marked(self, source: Source, pattern: re.Pattern[bytes]) -> list[Part]:
        """``.. code-block:: python`` with an indented block, ``[source,python]`` between dashes."""
        made = []
        for match in pattern.finditer(source.data):
            language = ALIASES.get(match.group("word").decode().lower())
            if pattern is _ADOC:
                end = source.data.find(b"\n" + match.group("mark"), match.end())
            else:
                indent = len(match.group("indent"))
                after = re.compile(rb"^[ \t]{0," + str(indent).encode() + rb"}[^\s]", re.MULTILINE).search(
                    source.data, match.end()
                )
                end = after.start() if after else len(source.data)
            end = end if end >= 0 else len(source.data)
            if language is not None and end > match.end():
                made.append(whole(source, language, Span(match.end(), end)))
        return made

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """A marker in prose counts: nobody writes one by chance."""
        return True

    def broken(self, data: bytes) -> bool:
        """Prose cannot break."""
        return False


ADAPTER = ProseAdapter()
