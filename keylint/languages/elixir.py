"""Elixir."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Assignment
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.syntax import Argument, Call, Entry, Shape

_DEFINITIONS = {"def", "defp", "defmodule", "defmacro", "if", "unless", "case", "cond", "test", "describe", "fn"}


class ElixirFile(FamilyFile):
    """One file of Elixir."""

    names = frozenset({"identifier", "alias"})
    strings = frozenset({"string", "charlist", "sigil"})
    substitutions = frozenset({"interpolation"})
    calls = frozenset({"call"})
    argument_lists = frozenset({"arguments"})
    argument_types = frozenset({"keywords"})
    members = frozenset({"dot"})
    subscripts = frozenset({"access_call"})
    assignments = frozenset({"binary_operator"})
    pairs = frozenset({"pair"})
    maps = frozenset({"map", "list", "keywords", "map_content"})
    lists = frozenset({"list"})
    tuples = frozenset({"tuple"})
    holders = frozenset()
    binaries = frozenset({"binary_operator"})
    concatenations = frozenset({"binary_operator"})
    wrappers = frozenset({"block", "body"})
    conditionals = frozenset()
    functions = frozenset({"anonymous_function", "stab_clause"})
    scopes = frozenset({"source", "do_block", "anonymous_function", "stab_clause"})
    branches = frozenset({"stab_clause", "else_block", "rescue_block"})
    conditions = frozenset({"call"})
    tests = frozenset({"binary_operator", "unary_operator"})
    transparent = frozenset({"arguments", "dot", "unary_operator"})
    statements = frozenset({"do_block", "source"})
    arrows = frozenset({"=>", ":"})
    joins = frozenset({"<>"})
    fallbacks = frozenset({"||"})
    comparisons = frozenset({"==", "!=", "===", "!==", "=~", "in"})
    nothing = {"nil": ""}
    fillers = regex(rb"String\.replace")
    getters = {
        "System.get_env": Getter(Unset.NULL, 0, 1),
        "System.fetch_env!": Getter(Unset.ERROR),
        "System.fetch_env": Getter(Unset.ERROR),
        "Env.fetch!": Getter(Unset.ERROR),
    }
    converters = frozenset({"String.trim", "to_string"})
    glue = {}
    bearers = frozenset()

    def shape(self, node: Node) -> Shape | None:
        """``a = b`` and ``a <> b`` are the same type of node; a pair is ``key: value``."""
        if node.type == "binary_operator" and self.around(node, frozenset({"="})) is None:
            return self.pair(node) if self.around(node, frozenset({"=>"})) else None
        if node.type == "unary_operator":
            return self._attribute(node)
        return super().shape(node)

    def call(self, node: Node) -> Call | None:
        """What a pipe hands over is the first argument."""
        made = super().call(node)
        above = self.parent(node)
        piped = self.around(above, frozenset({"|>"})) if above is not None and above.type in self.binaries else None
        if made is not None and piped is not None and piped[1].id == node.id:
            made.args.insert(0, self.argument(piped[0]))
        return made

    def _attribute(self, node: Node) -> Assignment | None:
        """``@key "value"``."""
        made = self._attribute_parts(node)
        if made is None:
            return None
        name, value = made
        return Assignment((self.text(name),), span(name), self.expr(value), span(node), node=node)

    def _attribute_parts(self, node: Node) -> tuple[Node, Node] | None:
        call = node.named_children[0] if node.named_children and self.text(node).startswith("@") else None
        if call is None or call.type != "call" or len(call.named_children) != 2:
            return None
        name, given = call.named_children
        return (name, given.named_children[0]) if given.type == "arguments" and given.named_child_count == 1 else None

    def key_text(self, node: Node) -> str:
        """``api_key: `` with its colon."""
        return super().key_text(node).strip(": ")

    def _argument(self, node: Node) -> list[Argument]:
        if node.type == "keywords":
            return [made for child in node.named_children for made in self._argument(child)]
        return super()._argument(node)

    def _entries(self, node: Node) -> list[Entry]:
        if node.type in ("keywords", "map_content"):
            return [entry for child in node.named_children for entry in self._entries(child)]
        return super()._entries(node)

    def is_condition(self, node: Node, child: Node) -> bool:
        """``if``, ``unless`` and ``case`` are calls."""
        for call in (node, *self.calls_above(node)):
            if call.named_children and self.text(call.named_children[0]) in ("if", "unless", "case", "cond", "is_nil"):
                return child.type == "arguments"
        return False

    def calls_above(self, node: Node) -> list[Node]:
        """The calls that a call is an argument of."""
        found = []
        for above in self.ancestors(node):
            if above.type == "call":
                found.append(above)
            elif above.type not in ("arguments", "unary_operator"):
                break
        return found

    def in_function(self, node: Node) -> bool:
        """Inside ``def … do``."""
        return any(
            above.type == "call" and self.text(above.named_children[0]) in ("def", "defp")
            for above in self.ancestors(node)
            if above.named_children
        )


class ElixirAdapter(FamilyAdapter):
    """Lowers Elixir to facts."""

    name = "elixir"
    comments = ("#",)
    file_class = ElixirFile
    grammar = ("tree_sitter_elixir", "language")
    words = Words(
        read='System.fetch_env!("{}")',
        optional='System.get_env("{}")',
        join='"{0}" <> {1}',
        interpolated=lambda text: text,
        reference="#{{{}}}",
    )
    idiom = Idiom(
        language="elixir",
        loaders={
            "Dotenvy.source": "dotenv",
            "Dotenvy.source!": "dotenv",
            "Dotenv.load": "dotenv",
            "DotenvParser.load_file": "dotenv",
        },
        writers={"System.put_env": "process"},
        sinks=regex(r"^(?:IO\.(?:puts|inspect|write)|Logger\.(?:debug|info|warn|warning|error|notice))$"),
    )


ADAPTER = ElixirAdapter()
