"""Makefiles: variables, and recipes in shell.

No grammar of make has wheels for every platform; as far as credentials go, its syntax is a line's. In a recipe make itself
expands ``$(X)`` and ``$X`` (one letter) and hands ``$$X`` on to the shell.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import HostAdapter, Part
from keylint.languages.variables import defined, quotes_kept, with_references
from keylint.lazy import regex
from keylint.model import Edit, Fact, Span

if TYPE_CHECKING:
    from keylint.languages.syntax import Adapter
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_ASSIGNMENT = regex(
    rb"^(?P<word>(?:[ ]*(?:export|override|private)[ \t]+)*)[ ]*(?P<name>[A-Za-z_][\w.-]*)[ \t]*"
    rb"(?P<sign>::?:?=|\?=|\+=|!=|=)[ \t]*(?P<value>[^\n#]*?)[ \t]*(?:#[^\n]*)?\r?$",
    re.MULTILINE,
)
_REFERENCE = regex(r"\$[({]([A-Za-z_]\w*)[^)}]*[)}]|\$([A-Za-z])(?!\w)")
_RECIPE = regex(rb"^\t[@+-]*(?P<body>(?:[^\n\\]|\\[\s\S])*)", re.MULTILINE)
_EXPANDED = regex(r"\$\$|\$[({][^(){}\n]*[)}]|\$[A-Za-z_]\w+|\$[A-Za-z@<^*?%+]")


class MakefileAdapter(HostAdapter):
    """Lowers make's variables to definitions and its recipes to shell."""

    name = "makefile"
    comments = ("#",)
    expands = "write $(NAME): make takes $N for a variable of one letter"

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """Variables that are given a value."""
        facts: list[Fact] = []
        for match in _ASSIGNMENT.finditer(source.data):
            if match.group("sign") in (b"!=", b"+=") or _is_continued(source, match.start()):
                continue
            content = Span(*match.span("value"))
            text = source.slice(content)
            damages = quotes_kept(text, content, "make keeps the quotes as a part of the value")
            exported = b"export" in match.group("word")
            value = with_references(text, content, _REFERENCE)
            name = match.group("name").decode()
            facts += defined(
                source, catalogue, name, Span(*match.span("name")), value, content, "make", damages if exported else ()
            )
        return facts

    def parts(self, source: Source) -> list[Part]:
        """The lines of recipes, with make's own references out of the way."""
        return [
            _recipe(source, *match.span("body"))
            for match in _RECIPE.finditer(source.data)
            if match.group("body").strip()
        ]

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """Behind a #."""
        line = source.line(source.row(offset))
        return "#" in source.slice(Span(line.start, offset + 1))

    def near(self, source: Source, at: Span) -> Adapter:
        """What expands a reference in a recipe is make."""
        return self

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """``$(NAME)`` in the place of ``$NAME``."""
        match = re.fullmatch(r"\\?\$\{?([A-Za-z_]\w+)\}?", template)
        start = source.data.find(f"${match.group(1)}".encode(), at.start, at.end) if match else -1
        if match is None or start < 0 or source.data[start - 1 : start] == b"$":
            return None
        return [Edit(Span(start, start + len(match.group(1)) + 1), f"$({match.group(1)})")], True

    def broken(self, data: bytes) -> bool:
        """Nothing that a fix writes can break a line."""
        return False


def _is_continued(source: Source, start: int) -> bool:
    """Whether a line goes on with the one before, which ends with a backslash: it begins nothing."""
    return source.data[max(start - 3, 0) : start].endswith((b"\\\n", b"\\\r\n"))


def _recipe(source: Source, start: int, end: int) -> Part:
    raw = source.slice(Span(start, end))
    text, pieces, at, inner, outer = "", [], 0, 0, start
    for match in [*_EXPANDED.finditer(raw), None]:
        plain = raw[at : match.start() if match else len(raw)]
        size = len(plain.encode())
        if size:
            pieces.append((inner, outer, size, size))
            inner, outer = inner + size, outer + size
        text += plain
        if match is None:
            break
        width = len(match.group().encode())
        said = _as_shell(match.group(), quoted=text.rpartition("\n")[2].count("'") % 2 == 1)
        pieces.append((inner, outer, len(said.encode()), width))
        text, inner, outer, at = text + said, inner + len(said.encode()), outer + width, match.end()
    return Part("shell", text, tuple(pieces))


def _as_shell(reference: str, *, quoted: bool) -> str:
    """``$$`` is a dollar; ``$(NAME)`` is expanded before the shell sees it, whatever the quotes; ``$NAME`` never is."""
    if reference == "$$":
        return "$"
    if re.fullmatch(r"\$\w{2,}", reference):
        return "\\" + reference
    name = re.fullmatch(r"\$[({]([A-Za-z_]\w*)[)}]", reference)
    return f"${{{name.group(1)}}}" if name and not quoted else "ref+make://value"


ADAPTER = MakefileAdapter()
