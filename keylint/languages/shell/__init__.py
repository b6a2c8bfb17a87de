"""Shell: sh, bash, zsh, and what they share with csh."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.grammar import GrammarAdapter
from keylint.languages.parsing import GrammarParser, parsed
from keylint.languages.shell.facts import ShellWiring
from keylint.languages.shell.file import ShellFile
from keylint.languages.syntax import Code
from keylint.model import Edit, Fact, Span
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source


class ShellAdapter(GrammarAdapter):
    """Lowers shell scripts to facts."""

    name = "shell"
    expands = "write double quotes, and $NAME inside"
    comments = ("#",)
    comment_types = frozenset({"comment", "heredoc_body"})  # what reads a here-document takes # as a comment, as a rule
    file_class = ShellFile
    idiom = Idiom("shell")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_bash", narrow=True)

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        return ShellWiring(ShellFile(source, self.parser()), catalogue).facts()

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """``$X`` inside double quotes, ``"$X"`` for a word of its own; None inside single quotes."""
        around = self._around(source, at)
        if around is None or (around.type == "raw_string" and span(around) != at):
            return None
        if around.type == "string" and span(around) != at:
            following = source.data[at.end : at.end + 1]
            return Code(
                f"{before}${{{variable}}}" if following.isalnum() or following == b"_" else f"{before}${variable}"
            )
        return Code(f'"{before}${variable}"')

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """The text where it stands: inside the quotes."""
        around = self._around(source, at)
        return (
            [Edit(Span(at.start, at.start), before)]
            if around is not None and around.type in ("string", "raw_string")
            else None
        )

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """Double quotes instead of single ones; a shell's form of the reference instead of another language's."""
        around = self._around(source, at)
        match = re.fullmatch(
            r"\$\{?([A-Za-z_]\w*)\}?|%([A-Za-z_]\w*)%|\{\{?\s*([A-Za-z_]\w*)\s*\}?\}|\$env:([A-Za-z_]\w*)", template
        )
        if around is None or match is None:
            return None
        name = next(group for group in match.groups() if group)
        start = source.data.find(template.encode(), at.start, at.end)
        if start < 0:
            return None  # it is not written so: lines that go on, escapes
        edits = [] if match.group(1) else [Edit(Span(start, start + len(template)), f"${name}")]
        if around.type == "raw_string":
            inside = source.data[around.start_byte + 1 : around.end_byte - 1]
            if re.search(rb"[\"`!\\]", inside):
                return None
            edits = [
                Edit(Span(around.start_byte, around.start_byte + 1), '"'),
                *edits,
                Edit(Span(around.end_byte - 1, around.end_byte), '"'),
            ]
        return (edits, True) if edits else None

    def _around(self, source: Source, at: Span) -> Node | None:
        node = parsed(self.parser(), source.data).root_node.descendant_for_byte_range(
            at.start, max(at.start, at.end - 1)
        )
        while node is not None and node.type not in ("string", "raw_string", "word", "concatenation", "comment"):
            node = node.parent
        return node if node is not None and node.type != "comment" else None


class CommandAdapter(ShellAdapter):
    """Shell inside the text of a program. What a fix would write there depends on the quotes around it: there is none."""

    edits = False
    expands = "put the value in where the program makes this text"


ADAPTER = ShellAdapter()
COMMAND = CommandAdapter()
