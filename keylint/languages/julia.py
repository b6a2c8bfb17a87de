"""Julia."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.model import Value


class JuliaFile(FamilyFile):
    """One file of Julia."""

    names = frozenset({"identifier", "macro_identifier"})
    strings = frozenset({"string_literal", "prefixed_string_literal"})
    raw = frozenset({"prefixed_string_literal"})
    substitutions = frozenset({"string_interpolation"})
    calls = frozenset({"call_expression", "macrocall_expression"})
    argument_lists = frozenset({"argument_list", "macro_argument_list"})
    argument_types = frozenset({"named_argument"})
    members = frozenset({"field_expression"})
    subscripts = frozenset({"index_expression"})
    assignments = frozenset({"assignment", "compound_assignment_expression"})
    pairs = frozenset({"named_argument"})
    maps = frozenset({"vector_expression"})
    lists = frozenset({"vector_expression"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset({"parenthesized_expression", "const_statement"})
    conditionals = frozenset({"ternary_expression", "if_statement"})
    functions = frozenset({"function_definition", "arrow_function_expression", "do_clause"})
    scopes = functions | frozenset({"source_file", "module_definition"})
    branches = frozenset(
        {"if_statement", "for_statement", "while_statement", "try_statement", "elseif_clause", "else_clause"}
    )
    conditions = frozenset({"if_statement", "while_statement", "elseif_clause"})
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {"parenthesized_expression", "argument_list", "call_expression", "unary_expression", "binary_expression"}
    )
    statements = frozenset({"assignment", "const_statement", "return_statement"})
    import_types = frozenset({"using_statement", "import_statement"})
    arrows = frozenset({"=>", "="})
    joins = frozenset({"*"})
    fallbacks = frozenset()
    nothing = {"nothing": "nothing", "missing": "missing"}
    fillers = regex(rb"\breplace\(")
    environments = {"ENV": Unset.ERROR}
    converters = frozenset({"strip", "String"})
    glue = {"string": "", "join": ""}
    map_makers = frozenset({"Dict"})

    def evaluate(self, node: Node) -> Value:
        """``get(ENV, "X", default)`` too."""
        inner = self.inner(node)
        if inner.type == "call_expression" and self.callee(inner) == ("get",):
            given = self.arguments(inner)[0]
            if given and self.text(given[0].expr.node) == "ENV":
                return self.getter_value(inner, Getter(Unset.ERROR, 1, 2), "get(ENV)")
        return super().evaluate(node)

    def subscript(self, node: Node) -> tuple[Node | None, str]:
        """The index is a vector to the grammar."""
        children = node.named_children
        if len(children) != 2 or children[1].named_child_count != 1:
            return None, ""
        key = children[1].named_children[0]
        return children[0], self.key_text(key) if key.type in self.strings else ""

    def imports(self) -> list[Import]:
        """``using A, B``."""
        return [
            Import(name, span(node))
            for node in self.root.children
            if node.type in self.import_types
            for name in re.findall(r"[A-Z]\w*", self.text(node))
        ]


class JuliaAdapter(FamilyAdapter):
    """Lowers Julia to facts."""

    name = "julia"
    comments = ("#",)
    file_class = JuliaFile
    grammar = ("tree_sitter_julia", "language")
    words = Words(read='ENV["{}"]', join='"{0}" * {1}', interpolated=lambda text: text, reference="$({})")
    idiom = Idiom(
        language="julia",
        loaders={"DotEnv.load!": "dotenv", "DotEnv.config": "dotenv", "DotEnv.load": "dotenv"},
        environment="ENV",
        sinks=regex(r"^(?:print|println|show|display|@(?:info|warn|error|debug|show))$"),
    )


ADAPTER = JuliaAdapter()
