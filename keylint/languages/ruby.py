"""Ruby."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Argument, Call, Import
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.syntax import Shape
    from keylint.model import Value


class RubyFile(FamilyFile):
    """One file of Ruby."""

    names = frozenset({"identifier", "constant", "instance_variable", "class_variable", "global_variable"})
    sigils = "@$"
    strings = frozenset({"string", "heredoc_body"})
    substitutions = frozenset({"interpolation"})
    calls = frozenset({"call"})
    argument_lists = frozenset({"argument_list"})
    members = frozenset({"scope_resolution"})
    subscripts = frozenset({"element_reference"})
    assignments = frozenset({"assignment", "operator_assignment"})
    parameters = frozenset({"keyword_parameter", "optional_parameter", "method_parameters", "block_parameters"})
    holders = frozenset({"left_assignment_list"})
    pairs = frozenset({"pair"})
    maps = frozenset({"hash"})
    lists = frozenset({"array"})
    binaries = frozenset({"binary", "chained_string"})
    concatenations = frozenset({"binary", "chained_string"})
    wrappers = frozenset({"parenthesized_statements", "splat_argument"})
    conditionals = frozenset({"conditional", "if", "case", "unless"})
    classes = frozenset({"class", "module", "singleton_class"})
    functions = frozenset({"method", "singleton_method", "lambda"})
    scopes = functions | classes | frozenset({"program"})
    branches = frozenset(
        {"if", "unless", "if_modifier", "unless_modifier", "case", "when", "while", "until", "rescue", "begin"}
    )
    conditions = frozenset({"if", "unless", "if_modifier", "unless_modifier", "while", "conditional"})
    tests = frozenset({"binary", "unary"})
    transparent = frozenset({"parenthesized_statements", "argument_list", "call", "unary", "binary"})
    statements = frozenset(
        {"assignment", "operator_assignment", "return", "body_statement", "program", "do_block", "block"}
    )
    gives = frozenset({"="})
    fallbacks = frozenset({"||", "or"})
    nothing = {"nil": ""}
    fillers = regex(rb"\bformat\(|\bsprintf\b|\.gsub|\.sub\b")
    getters = {"ENV.fetch": Getter(Unset.ERROR, 0, 1), "ENV.[]": Getter(Unset.NULL), "ENV.dig": Getter(Unset.NULL)}
    environments = {"ENV": Unset.NULL}
    file_readers = frozenset({"File.read", "IO.read"})
    passers = frozenset({"to_s", "freeze", "presence", "to_str", "dup"})
    defaulters = frozenset({"presence_or"})
    formatters = {"format": "%", "sprintf": "%"}
    bearers = frozenset({"bearer", "bearer_token"})

    def evaluate(self, node: Node) -> Value:
        """Texts side by side are one."""
        inner = self.inner(node)
        if inner.type == "chained_string":
            return self.joined([self.value(child) for child in inner.named_children], span(inner))
        return super().evaluate(node)

    def shape(self, node: Node) -> Shape | None:
        """Also ``request :authorization, "Bearer", key``."""
        made = super().shape(node)
        if isinstance(made, Call) and len(made.args) == 3 and made.method in ("request", "authorization", "auth"):
            first = self.text(made.args[0].expr.node).strip(":\"'")
            scheme = made.args[1].expr
            if first == "authorization":
                return made._replace(args=self._authorization(made, scheme.node), method="header")
        return made

    def _authorization(self, call: Call, scheme: Node) -> list[Argument]:
        where = call.args[2].expr
        joined = self.expr(where.node)
        joined._value = self.scheme_and_token(scheme, where.node)  # noqa: SLF001
        name = self.expr(call.args[0].expr.node)
        return [
            Argument("", name, call.args[0].span, call.args[0].span),
            Argument("", joined, call.args[2].span, where.span),
        ]

    def imports(self) -> list[Import]:
        """``require "x"`` at the top level."""
        found = []
        for node in self.root.children:
            match = (
                re.match(r"require(?:_relative)?[\s(]+[\"']([^\"']+)", self.text(node)) if node.type == "call" else None
            )
            if match:
                found.append(Import(match.group(1), span(node)))
        return found


class RubyAdapter(FamilyAdapter):
    """Lowers Ruby to facts."""

    name = "ruby"
    comments = ("#",)
    file_class = RubyFile
    trim = ".strip"
    grammar = ("tree_sitter_ruby", "language")
    words = Words(
        read='ENV.fetch("{}")',
        optional='ENV["{}"]',
        interpolated=lambda text: f'"{text[1:-1]}"' if '"' not in text[1:-1] else "",
        reference="#{{{}}}",
    )
    idiom = Idiom(
        language="ruby",
        loaders={"Dotenv.load": "dotenv", "Dotenv.load!": "dotenv", "Dotenv.overload": "dotenv"},
        environment="ENV",
        sinks=regex(
            r"^(?:puts|p|pp|print|printf|warn|(?:Rails\.)?_?logger\.(?:debug|info|warn|error|fatal)|log\.\w+)$"
        ),
    )


ADAPTER = RubyAdapter()
