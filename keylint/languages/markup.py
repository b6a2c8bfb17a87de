"""Pages: the scripts in HTML, Vue, Svelte and Astro files."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.embedding import HostAdapter, Part, whole
from keylint.languages.parsing import GrammarParser, parsed
from keylint.lazy import regex
from keylint.model import Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Code
    from keylint.source import Source

_FRONT = regex(rb"\A---\r?\n(.*?)\n---", re.DOTALL)
_NO_SCRIPT = regex(
    r"type\s*=\s*[\"']?(?:text/(?:template|x-|plain|html)|application/(?:ld\+)?json|importmap)", re.IGNORECASE
)
_TYPED = regex(r"lang\s*=\s*[\"']?tsx?\b", re.IGNORECASE)
MAX_NODES = 200_000


class MarkupAdapter(HostAdapter):
    """Lowers the scripts of a page to facts."""

    name = "html"
    comments = ("<!--", "//", "/*")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_html")

    def parts(self, source: Source) -> list[Part]:
        """The front matter of Astro, and every script."""
        made: list[Part] = []
        front = _FRONT.match(source.data) if source.path.endswith(".astro") else None
        if front:
            made.append(whole(source, "typescript", Span(*front.span(1))))
        for node in self._scripts(source):
            tag = source.slice(span(node.children[0]))
            raw = next((child for child in node.children if child.type == "raw_text"), None)
            if raw is not None and not _NO_SCRIPT.search(tag):
                made.append(whole(source, "typescript" if _TYPED.search(tag) else "javascript", span(raw)))
        return made

    def _scripts(self, source: Source) -> list[Node]:
        found: list[Node] = []
        stack = [parsed(self.parser(), source.data).root_node]
        for _ in range(MAX_NODES):
            if not stack:
                break
            node = stack.pop()
            if node.type == "script_element":
                found.append(node)
            else:
                stack += reversed(node.children)
        return found

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """A page has no environment."""
        return None

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """``<!-- … -->``."""
        node = parsed(self.parser(), source.data).root_node.descendant_for_byte_range(offset, offset + 1)
        return node is not None and node.type == "comment"

    def broken(self, data: bytes) -> bool:
        """Pages never break: browsers read anything."""
        return False


ADAPTER = MarkupAdapter()
