"""Dart.

The grammar writes a chain of calls as a flat row (`a`, `.b`, `(c)`); it is folded into nested nodes here, as other
grammars have it.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.parsing import GrammarParser
from keylint.languages.syntax import Code, Import
from keylint.languages.tree import Node, Tree
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Argument
    from keylint.model import Span
    from keylint.source import Source

MAX_DEPTH = 500  # of nested nodes: what is deeper is left out
_SELECTORS = {
    "selector",
    "unconditional_assignable_selector",
    "conditional_assignable_selector",
    "cascade_selector",
    "argument_part",
    "index_selector",
}


class DartParser:
    """The grammar's parser, and the folding of its chains."""

    def __init__(self) -> None:
        self._parser = GrammarParser("tree_sitter_dart")

    def parse(self, data: bytes) -> Tree:
        """The tree of a text."""
        return Tree(_rebuilt(self._parser.parse(data).root_node, 0))


def _rebuilt(node: Any, depth: int) -> Node:
    made = Node(
        node.type, node.start_byte, node.end_byte, named=node.is_named, error=node.type == "ERROR" or node.is_missing
    )
    for child in node.children if depth < MAX_DEPTH else ():
        if child.type in _SELECTORS and made.children and made.children[-1].is_named:
            _fold(made, child, depth)
        elif node.type == "try_statement" and child.type == "block" and made.children[-1].type == "catch_clause":
            made.children[-1].append(_rebuilt(child, depth + 1))
            made.children[-1].end_byte = child.end_byte
        else:
            made.append(_rebuilt(child, depth + 1))
    if node.type in ("new_expression", "const_object_expression"):
        made.type = "call"
    return made


def _fold(made: Node, selector: Any, depth: int) -> None:
    """Put the last child together with the selector behind it."""
    inner = selector
    while inner.type in _SELECTORS and inner.named_child_count == 1 and inner.named_children[0].type in _SELECTORS:
        inner = inner.named_children[0]
    owner = made.children.pop()
    if inner.type == "index_selector":
        folded = Node("index", owner.start_byte, selector.end_byte, [owner])
    elif inner.type == "argument_part":
        folded = Node("call", owner.start_byte, selector.end_byte, [owner])
    elif inner.named_child_count and inner.type != "selector":
        folded = Node("member", owner.start_byte, selector.end_byte, [owner])
    else:
        made.append(Node("wrapped", owner.start_byte, selector.end_byte, [owner]))  # the ! of "may not be null"
        return
    for child in inner.children:
        folded.append(_rebuilt(child, depth + 1))
    made.append(folded)


class DartFile(FamilyFile):
    """One file of Dart."""

    names = frozenset({"identifier", "identifier_dollar_escaped", "type_identifier"})
    strings = frozenset({"string_literal"})
    substitutions = frozenset({"template_substitution"})
    calls = frozenset({"call"})
    argument_lists = frozenset({"arguments"})
    argument_types = frozenset({"argument", "named_argument"})
    members = frozenset({"member"})
    subscripts = frozenset({"index"})
    assignments = frozenset(
        {
            "assignment_expression",
            "initialized_variable_definition",
            "static_final_declaration",
            "initialized_identifier",
        }
    )
    parameters = frozenset({"formal_parameter", "optional_formal_parameters"})
    holders = frozenset({"assignable_expression"})
    pairs = frozenset({"pair"})
    maps = frozenset({"set_or_map_literal"})
    lists = frozenset({"list_literal"})
    binaries = frozenset(
        {
            "additive_expression",
            "if_null_expression",
            "equality_expression",
            "logical_and_expression",
            "logical_or_expression",
        }
    )
    concatenations = frozenset({"additive_expression"})
    wrappers = frozenset(
        {
            "parenthesized_expression",
            "wrapped",
            "argument",
            "await_expression",
            "assignable_expression",
            "unary_expression",
        }
    )
    conditionals = frozenset({"conditional_expression", "switch_expression"})
    classes = frozenset({"class_body", "extension_body"})
    functions = frozenset({"function_body", "function_expression_body"})
    scopes = functions | classes | frozenset({"program"})
    branches = frozenset(
        {"if_statement", "for_statement", "while_statement", "switch_statement_case", "try_statement", "catch_clause"}
    )
    conditions = frozenset({"if_statement", "while_statement", "conditional_expression"})
    tests = frozenset({"equality_expression", "relational_expression", "unary_expression", "type_test_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "arguments",
            "argument",
            "call",
            "member",
            "unary_expression",
            "wrapped",
            "logical_and_expression",
            "logical_or_expression",
        }
    )
    statements = frozenset({"expression_statement", "local_variable_declaration", "return_statement", "declaration"})
    import_types = frozenset({"import_or_export"})
    constants = regex(r"(?:static\s+)?const\b")
    nothing = {"null": "null"}
    fillers = regex(rb"\.replaceAll\(")
    getters = {
        "String.fromEnvironment": Getter(Unset.EMPTY, 0, 1),
        "Platform.environment.get": Getter(Unset.NULL),
        "dotenv.get": Getter(Unset.ERROR, 0, 1),
        "dotenv.maybeGet": Getter(Unset.NULL, 0, 1),
    }
    environments = {"Platform.environment": Unset.NULL, "dotenv.env": Unset.NULL, "env": Unset.NULL}
    passers = frozenset({"toString"})
    file_readers = frozenset({"File.readAsStringSync", "File.readAsString"})
    converters = frozenset({"Uri.parse"})
    marks = frozenset({"!", "additive_operator"})

    def _argument(self, node: Any) -> list[Argument]:
        """A label with its colon stands before what it names."""
        parts = [child for child in node.named_children if "comment" not in child.type]
        if node.type == "named_argument" and len(parts) == 2 and parts[0].type == "label":
            return [self.argument(self.inner(parts[1]), self.text(parts[0]).strip(": "), parts[0], node)]
        return super()._argument(node)

    def computed(self, leaf: Any) -> Any:
        """``String get key => …;``."""
        above = self.parent(leaf)
        if above is None or above.type != "getter_signature":
            return None
        signature = (
            self.parent(above) if above.parent is not None and above.parent.type == "method_signature" else above
        )
        body = signature.next_named_sibling if signature is not None else None
        if body is None or body.type != "function_body" or not body.named_children:
            return None
        first = body.named_children[0]
        if first.type != "block":
            return first
        only = first.named_children[0] if len(first.named_children) == 1 else None
        return (
            only.named_children[0]
            if only is not None and only.type == "return_statement" and only.named_children
            else None
        )

    def imports(self) -> list[Import]:
        """``import 'package:x/y.dart'``."""
        found = []
        for node in self.root.children:
            match = re.match(r"import\s+[\"']([^\"']+)", self.text(node)) if node.type == "import_or_export" else None
            if match:
                found.append(Import(match.group(1), span(node)))
        return found

    def is_condition(self, node: Any, child: Any) -> bool:
        """The first part in parentheses."""
        first = next((part for part in node.children if part.is_named and "comment" not in part.type), None)
        return first is not None and first.id == child.id


class DartAdapter(FamilyAdapter):
    """Lowers Dart to facts."""

    name = "dart"
    comment_types = frozenset({"comment", "documentation_comment"})
    file_class = DartFile
    wrappers = ((b"void _() {", b"}"), (b"void _() { _", b"; }"))
    expands = "write $name or ${…}"
    trim = ".trim()"
    null_word = "null"
    words = Words(
        read="Platform.environment['{}']!",
        optional="Platform.environment['{}']",
        join="'{0}' + {1}",
        needs=("dart:io",),
        module="import '{}';",
        interpolated=lambda text: text if not text.startswith("r") else text[1:],
        reference="${}",
    )
    idiom = Idiom(
        language="dart",
        loaders={"dotenv.load": "dotenv", "DotEnv.load": "dotenv", "dotenv.DotEnv.load": "dotenv"},
        environment="dotenv.env",
        sinks=regex(r"^(?:print|debugPrint|log|developer\.log|_?logger\.\w+|stdout\.writeln?)$"),
    )

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """See ``Adapter.write_env``: an app has no environment, and what has flutter_dotenv reads there."""
        code = super().write_env(source, variable, at, before=before, required=required)
        if code is None or b"dotenv.env" not in source.data:
            return code
        return Code(code.text.replace("Platform.environment", "dotenv.env"))

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return DartParser()  # type: ignore[return-value]


ADAPTER = DartAdapter()
