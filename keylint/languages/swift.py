"""Swift."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Words
from keylint.languages.syntax import Entry, Import, Shape
from keylint.lazy import regex
from keylint.model import Span, Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.model import Value


class SwiftFile(FamilyFile):
    """One file of Swift."""

    names = frozenset({"simple_identifier", "type_identifier"})
    strings = frozenset({"line_string_literal", "multi_line_string_literal", "raw_string_literal"})
    raw = frozenset({"raw_string_literal"})
    substitutions = frozenset({"interpolated_expression"})
    calls = frozenset({"call_expression", "constructor_expression"})
    argument_lists = frozenset({"call_suffix", "constructor_suffix", "value_arguments"})
    argument_types = frozenset({"value_argument"})
    members = frozenset({"navigation_expression"})
    assignments = frozenset({"property_declaration", "assignment"})
    parameters = frozenset({"parameter"})
    holders = frozenset({"pattern", "directly_assignable_expression"})
    maps = frozenset({"dictionary_literal"})
    lists = frozenset({"array_literal"})
    tuples = frozenset({"tuple_expression"})
    binaries = frozenset(
        {
            "additive_expression",
            "nil_coalescing_expression",
            "equality_expression",
            "comparison_expression",
            "conjunction_expression",
            "disjunction_expression",
        }
    )
    concatenations = frozenset({"additive_expression"})
    wrappers = frozenset(
        {
            "navigation_suffix",
            "tuple_expression",
            "postfix_expression",
            "try_expression",
            "await_expression",
            "as_expression",
            "optional_chaining_expression",
        }
    )
    conditionals = frozenset({"ternary_expression", "if_statement", "switch_statement"})
    classes = frozenset({"class_body", "enum_class_body"})
    functions = frozenset({"function_declaration", "init_declaration", "lambda_literal", "computed_property"})
    scopes = functions | classes | frozenset({"source_file"})
    branches = frozenset(
        {
            "if_statement",
            "guard_statement",
            "for_statement",
            "while_statement",
            "switch_entry",
            "catch_block",
            "do_statement",
        }
    )
    conditions = frozenset({"if_statement", "guard_statement", "while_statement", "ternary_expression"})
    tests = frozenset({"equality_expression", "comparison_expression", "prefix_expression"})
    transparent = frozenset(
        {
            "tuple_expression",
            "value_arguments",
            "value_argument",
            "call_suffix",
            "call_expression",
            "navigation_expression",
            "prefix_expression",
            "conjunction_expression",
            "disjunction_expression",
        }
    )
    statements = frozenset({"property_declaration", "assignment", "control_transfer_statement", "statements"})
    marks = frozenset({"bang"})
    import_types = frozenset({"import_declaration"})
    nothing = {"nil": "nil"}
    fillers = regex(rb"String\(format:|replacingOccurrences")
    environments = {"ProcessInfo.processInfo.environment": Unset.NULL, "Environment": Unset.NULL}
    converters = frozenset({"String", "URL"})
    trimmers = frozenset({"trimmingCharacters"})
    formatters = {}
    reversed_setters = frozenset({"setValue", "addValue"})
    bearers = frozenset()

    def shape(self, node: Node) -> Shape | None:
        """A pair of a dictionary has no node of its own: its value stands for it."""
        above = self.parent(node)
        if above is not None and above.type == "dictionary_literal" and node.is_named:
            made = self._pair(node, above)
            if made is not None:
                return made
        return super().shape(node)

    def _pair(self, node: Node, above: Node) -> Entry | None:
        items = [child for child in above.children if child.is_named or child.type == ":"]
        at = next((index for index, child in enumerate(items) if child.id == node.id), -1)
        if at < 2 or items[at - 1].type != ":":
            return None
        key = items[at - 2]
        name = self.key_text(key)
        return Entry(name, span(self.inner(key)), self.expr(node), span(node), node) if name else None

    def mapping(self, node: Node) -> list[Entry] | None:
        """``["a": b]``."""
        node = self.inner(node)
        if node.type == "dictionary_literal":
            return [entry for child in node.named_children if (entry := self._pair(child, node))]
        return super().mapping(node)

    def evaluate(self, node: Node) -> Value:
        """``environment["X"]`` is a call to the grammar."""
        inner = self.inner(node)
        if inner.type == "call_expression" and self.is_subscript(inner):
            return self.environment_read(inner, self.callee(inner), self.arguments(inner)[0])
        return super().evaluate(node)

    def hole(self, node: Node) -> Span:
        """With the backslash and the parentheses around it."""
        return Span(node.start_byte - 2, node.end_byte + 1)

    def is_subscript(self, node: Node) -> bool:
        """Whether a call's arguments stand in square brackets."""
        suffix = next((child for child in node.children if child.type == "call_suffix"), None)
        return suffix is not None and self.text(suffix).startswith("[")

    def callee(self, node: Node) -> tuple[str, ...]:
        """``headers["x"]`` is no call."""
        path = super().callee(node)
        if node.type == "call_expression" and self.is_subscript(node):
            given = self.arguments(node)[0]
            key = self.key_text(given[0].expr.node) if given else ""
            return path if ".".join(path) in self.environments else (*path, f"[{key}]") if key else ()
        return path

    def computed(self, leaf: Node) -> Node | None:
        """``var key: String { … }``."""
        for above in self.ancestors(leaf):
            if above.type == "property_declaration":
                body = self.first(above, "computed_property")
                name = above.child_by_field_name("name")
                within = body.named_children[0] if body is not None and body.named_child_count == 1 else None
                if within is None or name is None or not name.start_byte <= leaf.start_byte < name.end_byte:
                    return None
                given = within.named_children
                return given[0] if within.type == "statements" and len(given) == 1 else None
            if above.type in self.statements or above.type in self.functions:
                return None
        return None

    def imports(self) -> list[Import]:
        """``import X``."""
        found = []
        for node in self.root.children:
            match = (
                re.match(r"import\s+(?:\w+\s+)?([\w.]+)", self.text(node))
                if node.type == "import_declaration"
                else None
            )
            if match:
                found.append(Import(match.group(1), span(node)))
        return found


class SwiftAdapter(FamilyAdapter):
    """Lowers Swift to facts."""

    name = "swift"
    file_class = SwiftFile
    grammar = ("tree_sitter_swift", "language")
    wrappers = ((b"func _() {", b"}"), (b"class _ {", b"}"))
    words = Words(
        read='ProcessInfo.processInfo.environment["{}"]!',
        optional='ProcessInfo.processInfo.environment["{}"]',
        needs=("Foundation",),
        module="import {}",
        interpolated=lambda text: text,
        reference="\\({})",
    )
    idiom = Idiom(
        language="swift",
        writers={"setenv": "process"},
        sinks=regex(r"^(?:print|debugPrint|NSLog|os_log|dump|(?:self\.)?logger\.\w+)$"),
    )


ADAPTER = SwiftAdapter()
