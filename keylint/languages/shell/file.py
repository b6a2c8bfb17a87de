"""Shell (sh, bash, zsh): words, variables and bindings."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import Binding, CodeFile, field, span
from keylint.lazy import regex
from keylint.model import Env, Literal, Missing, Opaque, Span, Unset, Value
from keylint.record import Record

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.syntax import Entry, Shape

_SET_U = regex(rb"^\s*set\s+-[a-z]*u|^\s*set\s+-o\s+nounset", re.MULTILINE)
_DEFAULTS = {":-", "-", ":=", "="}


class Command(Record):
    """A simple command: its name and its arguments, options included."""

    name: str
    arguments: list[Node]
    node: Node


class ShellFile(CodeFile):
    """One shell script."""

    scopes = frozenset({"program", "function_definition", "subshell", "command_substitution"})
    functions = frozenset({"function_definition"})
    branches = frozenset(
        {"if_statement", "elif_clause", "else_clause", "while_statement", "for_statement", "case_item", "list"}
    )
    conditions = frozenset({"if_statement", "while_statement"})
    tests = frozenset({"test_command", "test_operator"})
    transparent = frozenset(
        {
            "simple_expansion",
            "expansion",
            "string",
            "unary_expression",
            "binary_expression",
            "concatenation",
            "parenthesized_expression",
            "negated_command",
        }
    )
    names = frozenset({"variable_name", "word"})
    statements = frozenset({"command", "variable_assignment", "declaration_command", "pipeline"})
    concatenations = frozenset({"concatenation"})

    def shape(self, node: Node) -> Shape | None:
        """Shell has commands, not calls: see ``commands``."""
        return None

    def mapping(self, node: Node) -> list[Entry] | None:
        """Shell has no mapping literals that carry headers."""
        return None

    def path(self, node: Node) -> tuple[str, ...]:
        """A variable's name."""
        return (self.text(node),) if node.type == "variable_name" else ()

    def command(self, node: Node) -> Command | None:
        """A `command` node with its name as written."""
        name = field(node, "name")
        if node.type != "command" or name is None:
            return None
        return Command(self.text(name).rpartition("/")[2], node.children_by_field_name("argument"), node)

    def bind(self, leaf: Node) -> Binding | None:
        """Assignments, ``read``, loop variables."""
        parent = leaf.parent
        if parent is None:
            return None
        scope = self.enclosing(leaf, self.scopes)
        block = self.enclosing(leaf, self.branches | self.scopes)
        if parent.type == "variable_assignment" and field(parent, "name") == leaf:
            if parent.parent is not None and parent.parent.type == "command":
                return None  # NAME=value command: for that command only
            if b"+=" in self.data[parent.start_byte : leaf.end_byte + 2]:
                return Binding(leaf, None, scope, block, parent.end_byte, "appended to")
            value = field(parent, "value")
            # An assignment without a value is an empty text: the assignment itself stands for it.
            return Binding(leaf, value if value is not None else parent, scope, block, parent.end_byte, "assign")
        if parent.type == "for_statement" and field(parent, "variable") == leaf:
            return Binding(leaf, None, scope, block, leaf.end_byte, "changed in a loop")
        if (
            parent.type == "command"
            and leaf.type == "word"
            and self.text(field(parent, "name")) in ("read", "mapfile", "getopts", "select")
        ):
            return Binding(leaf, None, scope, block, parent.end_byte, "typed in")
        return None

    def resolve(self, node: Node, name: str) -> Value:
        """See ``CodeFile.resolve``: a function sets the variables of the whole script, but for those it calls its own."""
        inner = self.enclosing(node, self.scopes)
        set_elsewhere = [
            binding
            for binding in self.bindings(name)
            if binding.scope.type == "function_definition"
            and binding.scope.id != inner.id
            and not self._is_own(binding)
        ]
        own = any(binding.scope.id == inner.id and binding.scope.id != self.root.id for binding in self.bindings(name))
        if set_elsewhere and not own:
            return Opaque("assigned in a function", span(node), name=name)
        return super().resolve(node, name)

    def _is_own(self, binding: Binding) -> bool:
        """``local NAME=value``."""
        around = next((above for above in self.ancestors(binding.leaf) if above.type in self.statements), None)
        while around is not None and around.type == "variable_assignment":
            around = self.parent(around)
        return around is not None and around.type == "declaration_command"

    def unbound(self, node: Node, name: str) -> Value:
        """A variable that the script does not set comes from the environment."""
        unset = Unset.ERROR if _SET_U.search(self.data) else Unset.EMPTY
        where = (
            node.parent if node.parent is not None and node.parent.type in ("simple_expansion", "expansion") else node
        )
        return Env(name, span(where), span(node), unset, call="$")

    def evaluate(self, node: Node) -> Value:
        """The value of a word."""
        kind = node.type
        where = span(node)
        if kind == "raw_string":
            return self._literal(self.text(node)[1:-1], where, Span(where.start + 1, where.end - 1), "'")
        if kind == "string":
            return self._string(node)
        if kind in ("word", "number", "string_content", "heredoc_body"):
            raw = self.text(node)
            text = re.sub(r"\\(.)", r"\1", raw) if kind == "word" else raw
            return Literal(text, where, where, escaped=text != raw)
        if kind == "ansi_c_string":
            return Opaque("a string with escapes", where)
        if kind == "concatenation":
            return self.joined([self.value(child) for child in node.named_children], where)
        if kind in ("simple_expansion", "expansion"):
            return self._expansion(node)
        if kind == "variable_assignment":
            return Missing("empty", where)
        if kind == "command_substitution":
            return Opaque("the output of a command", where)
        return Opaque(f"a {kind.replace('_', ' ')}", where)

    def _literal(self, text: str, where: Span, content: Span, quote: str) -> Value:
        return Literal(text, where, content, quote=quote) if text else Missing("empty", where)

    def _string(self, node: Node) -> Value:
        """A double-quoted string: text between its expansions, backslashes before `$`, `"` and `` ` `` gone."""
        where = span(node)
        inner = Span(
            where.start + 1,
            where.end - 1
            if self.data[where.end - 1 : where.end] == b'"' and where.end - where.start > 1
            else where.end,
        )
        parts: list[Value] = []
        at = inner.start
        for child in node.named_children:
            if child.type in ("simple_expansion", "expansion", "command_substitution", "arithmetic_expansion"):
                if child.start_byte > at:
                    parts.append(self._piece(at, child.start_byte))
                parts.append(self.value(child))
                at = child.end_byte
        if at < inner.end:
            parts.append(self._piece(at, inner.end))
        if not parts:
            return Missing("empty", where)
        if len(parts) == 1:
            only = parts[0]
            if isinstance(only, Literal):
                return Literal(only.text, where, only.content, quote='"', escaped=only.escaped)
            return only
        return self.joined(parts, where)

    def _piece(self, start: int, end: int) -> Literal:
        raw = self.data[start:end].decode("utf-8", "replace")
        text = re.sub(r'\\([$`"\\\n])', r"\1", raw)
        return Literal(text, Span(start, end), Span(start, end), escaped=text != raw)

    def _expansion(self, node: Node) -> Value:
        where = span(node)
        name = self.first(node, "variable_name")
        if name is None:
            return Opaque("an argument of the script", where, name=self.text(node).strip("${}"))
        text = self.text(name)
        operator = field(node, "operator")
        value = self.resolve(name, text)
        if operator is None:
            if isinstance(value, Env) and not value.hops:
                return Env(value.name, where, span(name), value.unset, value.default, call="$")
            return value
        if not isinstance(value, Env | Opaque):
            return value
        if operator.type in (":?", "?"):
            return Env(text, where, span(name), Unset.ERROR, call="$")
        if operator.type in _DEFAULTS:
            start, end = operator.end_byte, where.end - 1
            raw = self.data[start:end].decode("utf-8", "replace")
            if any(
                child.type in ("simple_expansion", "expansion", "command_substitution")
                for child in node.named_children[1:]
            ):
                return Env(
                    text, where, span(name), Unset.EMPTY, Opaque("depends on another value", Span(start, end)), call="$"
                )
            return Env(
                text,
                where,
                span(name),
                Unset.EMPTY,
                self._literal(raw.strip("\"'"), Span(start, end), Span(start, end), ""),
                call="$",
            )
        return Opaque("a part of a variable", where, name=text)
