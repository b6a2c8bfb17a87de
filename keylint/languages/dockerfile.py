"""Dockerfiles: what an image is built with and what stays in it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

import tree_sitter_dockerfile
from tree_sitter import Language, Node, Parser

from keylint.languages.code import field, parsed, span
from keylint.languages.embedding import HostAdapter, Part, whole
from keylint.languages.variables import defined, literal, with_references
from keylint.model import Fact, Span, Value

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_REFERENCE = re.compile(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))")


class DockerfileAdapter(HostAdapter):
    """Lowers ENV and ARG to definitions and the commands of RUN to shell."""

    name = "dockerfile"
    comments = ("#",)
    settings = True

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return Parser(Language(tree_sitter_dockerfile.language()))

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """ENV and ARG."""
        facts: list[Fact] = []
        for node in self._instructions(source):
            if node.type == "env_instruction":
                for pair in node.named_children:
                    facts += self._pair(source, catalogue, pair)
            elif node.type == "arg_instruction":
                facts += self._argument(source, catalogue, node)
        return facts

    def _instructions(self, source: Source) -> list[Node]:
        return list(parsed(self.parser(), source.data).root_node.named_children)

    def _pair(self, source: Source, catalogue: Catalogue, pair: Node) -> Iterator[Fact]:
        name, value = field(pair, "name"), field(pair, "value")
        if name is not None and value is not None:
            yield from self._defined(source, catalogue, name, value)

    def _argument(self, source: Source, catalogue: Catalogue, node: Node) -> Iterator[Fact]:
        name, value = field(node, "name"), field(node, "default")
        if name is not None and value is not None:
            yield from self._defined(source, catalogue, name, value)

    def _defined(self, source: Source, catalogue: Catalogue, name: Node, value: Node) -> Iterator[Fact]:
        where = span(value)
        yield from defined(
            source, catalogue, source.slice(span(name)), span(name), _value(source, where), where, "docker"
        )

    def parts(self, source: Source) -> list[Part]:
        """The commands of RUN, and of CMD and ENTRYPOINT in their shell form."""
        made = []
        for node in self._instructions(source):
            if node.type in ("run_instruction", "cmd_instruction", "entrypoint_instruction"):
                command = next((child for child in node.named_children if child.type == "shell_command"), None)
                if command is not None:
                    made.append(whole(source, "shell", span(command)))
                made += [
                    whole(source, "shell", span(child))
                    for child in node.named_children
                    if child.type == "heredoc_block"
                ]
        return made

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """``# …``."""
        node = parsed(self.parser(), source.data).root_node.descendant_for_byte_range(offset, offset + 1)
        return node is not None and node.type == "comment"

    def broken(self, data: bytes) -> bool:
        """Whether the text does not parse."""
        return parsed(self.parser(), data).root_node.has_error


def _value(source: Source, where: Span) -> Value:
    text = source.slice(where)
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        inner = Span(where.start + 1, where.end - 1)
        return (
            literal(text[1:-1], inner, text[0], where)
            if text[0] == "'"
            else with_references(text[1:-1], inner, _REFERENCE, where)
        )
    return with_references(text, where, _REFERENCE)


ADAPTER = DockerfileAdapter()
