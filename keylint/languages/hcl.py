"""Terraform and its kin: variables with defaults, tfvars, and settings in blocks."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_hcl
from tree_sitter import Language, Node, Parser

from keylint.languages.code import parsed, span
from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.syntax import Adapter
from keylint.model import Fact, Span
from keylint.wiring import anchors

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source


class HclAdapter(Adapter):
    """Lowers HCL to facts."""

    name = "hcl"
    comments = ("#", "//", "/*")
    settings = True

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return Parser(Language(tree_sitter_hcl.language()))

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        root = parsed(self.parser(), source.data).root_node
        found: dict[int, Setting] = {}
        for offset in anchors.of(source.data, catalogue).words:
            node = root.descendant_for_byte_range(offset, offset + 1)
            while node is not None:
                if node.type in ("attribute", "object_elem"):
                    made = self._setting(source, node)
                    if made is not None:
                        found.setdefault(node.id, made)
                elif node.type == "block":
                    self._default(source, node, found)
                node = node.parent
        return ConfigWiring(source, sorted(found.values(), key=lambda made: made.span.start), catalogue).facts()

    def _default(self, source: Source, block: Node, found: dict[int, Setting]) -> None:
        """``variable "openai_api_key" { default = "…" }``: the block's label is the name."""
        labels = [child for child in block.named_children if child.type in ("identifier", "string_lit")]
        body = next((child for child in block.named_children if child.type == "body"), None)
        if len(labels) != 2 or source.slice(span(labels[0])) != "variable" or body is None:
            return
        for child in body.named_children:
            if child.type == "attribute" and source.slice(span(child.named_children[0])) == "default":
                made = self._setting(source, child)
                if made is not None:
                    made.path = ("variable", source.slice(span(labels[1])).strip('"'))
                    found[child.id] = made

    def _setting(self, source: Source, node: Node) -> Setting | None:
        children = [child for child in node.named_children if child.type != "comment"]
        if len(children) < 2:
            return None
        name = source.slice(span(children[0])).strip("\"'()")
        value = children[-1]
        text = source.slice(span(value))
        literal = re.fullmatch(r'"((?:[^"\\]|\\.)*)"', text)
        if literal is None or re.search(r"[$%]\{", text):
            return None
        inner = Span(value.start_byte + 1, value.end_byte - 1)
        path = tuple(reversed([name, *self._above(source, node)]))
        return Setting(path, literal.group(1), span(value), inner, span(children[0]), '"', self._siblings(source, node))

    def _above(self, source: Source, node: Node) -> list[str]:
        names = []
        above = node.parent
        while above is not None:
            if above.type in ("attribute", "block", "object_elem") and above.named_children:
                names.append(source.slice(span(above.named_children[0])).strip('"'))
            above = above.parent
        return names

    def _siblings(self, source: Source, node: Node) -> dict[str, str]:
        found = {}
        for child in node.parent.named_children if node.parent is not None else ():
            if child.type == node.type and child.named_child_count >= 2:
                found[source.slice(span(child.named_children[0])).strip('"')] = source.slice(
                    span(child.named_children[-1])
                ).strip('"')
        return found

    def is_comment(self, source: Source, offset: int) -> bool:
        """See ``Adapter.is_comment``."""
        node = parsed(self.parser(), source.data).root_node.descendant_for_byte_range(offset, offset + 1)
        return node is not None and node.type == "comment"

    def broken(self, data: bytes) -> bool:
        """See ``Adapter.broken``."""
        return parsed(self.parser(), data).root_node.has_error


ADAPTER = HclAdapter()
