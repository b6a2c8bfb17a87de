"""What JavaScript and TypeScript expressions are known to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import either, field, span
from keylint.languages.escapes import unescape
from keylint.model import Env, Join, Literal, Missing, Opaque, Span, Unset, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.javascript.file import JavaScriptFile

ENVIRONMENTS = {("process", "env"), ("import.meta", "env"), ("Bun", "env"), ("globalThis", "process", "env")}
GETTERS = {("Deno", "env", "get")}
_TRIMMERS = {"trim", "trimEnd", "trimStart"}


def string_value(file: JavaScriptFile, node: Node) -> Value:
    """A quoted string or a template literal."""
    where = span(node)
    closed = len(node.children) > 1 and node.children[-1].type in ("'", '"', "`")
    inner = Span(where.start + 1, where.end - 1 if closed else where.end)
    quote = file.data[where.start : where.start + 1].decode()
    substitutions = [child for child in node.children if child.type == "template_substitution"]
    if not substitutions:
        raw = file.data[inner.start : inner.end].decode("utf-8", "replace")
        text = unescape(raw)
        return Literal(text, where, inner, quote=quote, escaped=text != raw) if text else Missing("empty", where)
    parts: list[Value] = []
    at = inner.start
    for child in substitutions:
        if child.start_byte > at:
            parts.append(_fragment(file, where, at, child.start_byte, quote))
        expression = child.named_children[0] if child.named_children else None
        parts.append(file.value(expression) if expression is not None else Opaque("incomplete", span(child)))
        at = child.end_byte
    if at < inner.end:
        parts.append(_fragment(file, where, at, inner.end, quote))
    return file.joined(parts, where)


def _fragment(file: JavaScriptFile, where: Span, start: int, end: int, quote: str) -> Literal:
    raw = file.data[start:end].decode("utf-8", "replace")
    text = unescape(raw)
    return Literal(text, where, Span(start, end), quote=quote, escaped=text != raw)


def member_value(file: JavaScriptFile, node: Node) -> Value:
    """``process.env.X`` in its spellings; ``this.key``; anything else is opaque."""
    where = span(node)
    owner = field(node, "object")
    path = file.path(node)
    if owner is not None and file.canonical(file.path(owner)) in ENVIRONMENTS:
        if node.type == "member_expression":
            name = field(node, "property")
            return Env(file.text(name), where, span(name), Unset.NULL, call=".".join(file.path(owner)))
        index = field(node, "index")
        key = file.value(index) if index is not None else None
        if isinstance(key, Literal):
            return Env(key.text, where, span(index), Unset.NULL, call=".".join(file.path(owner)))
        return Opaque("an environment variable whose name is not written here", where)
    if len(path) == 2 and path[0] == "this":
        return file.own_property(node, path[1])
    known = file.member(owner, path[1].strip("[]"), where) if len(path) == 2 and owner is not None else None
    return known if known is not None else Opaque("a property", where, name=".".join(path))


def binary_value(file: JavaScriptFile, node: Node) -> Value:
    """`+` on texts; `||` and `??`."""
    left, right, operator = field(node, "left"), field(node, "right"), field(node, "operator")
    where = span(node)
    if left is None or right is None or operator is None:
        return Opaque("incomplete", where)
    if operator.type == "+":
        return file.joined([file.value(left), file.value(right)], where)
    if operator.type in ("||", "??"):
        return either(file.value(left), file.value(right), where)
    return Opaque("computed", where)


def call_value(file: JavaScriptFile, node: Node) -> Value:
    """Calls that read the environment or only pass a text on."""
    where = span(node)
    function = field(node, "function")
    if function is None:
        return Opaque("incomplete", where)
    path = file.canonical(file.path(function))
    arguments = file.positional(node)
    if path in GETTERS and arguments:
        name = file.value(arguments[0])
        if isinstance(name, Literal):
            return Env(name.text, where, span(arguments[0]), Unset.NULL, call=".".join(path))
    if path == ("String",) and len(arguments) == 1:
        inner = file.value(arguments[0])
        return inner if isinstance(inner, Literal | Join) else Join((inner,), where)
    if function.type == "member_expression":
        value = _method(file, node, file.text(field(function, "property")), field(function, "object"), arguments)
        if value is not None:
            return value
    return Opaque("the result of a call", where, name=".".join(file.path(function)))


def _method(file: JavaScriptFile, node: Node, method: str, owner: Node, arguments: list[Node]) -> Value | None:
    where = span(node)
    if method in _TRIMMERS and not arguments:
        value = file.value(owner)
        if isinstance(value, Literal):
            return Literal(value.text.strip(), value.span, value.content, value.hops, value.quote, escaped=True)
        return value
    if method == "toString" and not arguments:
        return file.value(owner)
    if method == "concat" and owner.type in ("string", "template_string", "call_expression"):
        first = file.value(owner)
        if not isinstance(first, Opaque):
            return file.joined([first, *(file.value(argument) for argument in arguments)], where)
    if method == "join" and owner.type == "array":
        items = [file.value(item) for item in owner.named_children]
        glue = file.value(arguments[0]) if arguments else Literal(",", where, where)
        if isinstance(glue, Missing):
            return file.joined(items, where)
        return file.joined([part for item in items for part in (glue, item)][1:], where)
    return None
