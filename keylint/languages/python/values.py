"""What Python expressions are known to be."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING

from keylint.languages.code import either, field, span
from keylint.languages.escapes import unescape
from keylint.model import BYTES, FILE_TEXT, Env, Join, Literal, Missing, Opaque, Span, Unset, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.python.file import PythonFile

GETTERS = {("os", "getenv"), ("os", "environ", "get"), ("os", "environ", "pop"), ("os", "environ", "setdefault")}
STRIPPERS = {"strip", "rstrip", "lstrip", "splitlines", "split", "partition", "removesuffix", "removeprefix"}
WRAPPERS = {"SecretStr", "from_token", "cast", "Secret", "Depends"}
READERS = {"read", "readline", "read_text"}
# Calls, and entries of what AWS's client answers, that are bytes.
BYTES_CALLS = {"b64decode", "urlsafe_b64decode", "standard_b64decode", "unhexlify", "read_bytes", "encode"}
BYTES_ENTRIES = {"Plaintext", "SecretBinary"}


def string_value(file: PythonFile, node: Node) -> Value:
    """A string, f-string or byte string."""
    where = span(node)
    start, end = file.first(node, "string_start"), file.first(node, "string_end")
    content = Span(start.end_byte if start else where.start, end.start_byte if end else where.end)
    prefix = file.text(start).rstrip("\"'").lower() if start else ""
    parts: list[Value] = []
    for child in node.named_children:
        if child.type == "string_content":
            raw = file.text(child)
            text = _unescaped(raw, prefix)
            parts.append(Literal(text, where, span(child), quote=_quote(file, start), escaped=text != raw))
        elif child.type == "interpolation":
            inner = field(child, "expression")
            parts.append(file.value(inner) if inner else Opaque("incomplete", span(child)))
    if not parts:
        return Missing("empty", where)
    if len(parts) == 1 and isinstance(parts[0], Literal):
        literal = parts[0]
        return Literal(literal.text, where, content, quote=literal.quote, escaped=literal.escaped)
    return file.joined(parts, where)


def _quote(file: PythonFile, start: Node | None) -> str:
    return file.text(start).lstrip("rRbBfFuUtT") if start else ""


def _unescaped(raw: str, prefix: str) -> str:
    """The text that the inside of a literal stands for."""
    if "f" in prefix:
        raw = raw.replace("{{", "{").replace("}}", "}")
    return raw if "r" in prefix else unescape(raw, strict=True)


def call_value(file: PythonFile, node: Node) -> Value:
    """A call: reads of the environment, texts put together, wrappers; anything else is opaque."""
    function = field(node, "function")
    where = span(node)
    if function is None:
        return Opaque("incomplete", where)
    path = file.canonical(file.path(function))
    arguments = file.positional(node)
    if path in GETTERS and arguments:
        return _environment(file, node, ".".join(path), arguments)
    last = path[-1] if path else ""
    if path in (("str",), ("repr",)) and len(arguments) == 1:
        inner = file.value(arguments[0])
        return inner if isinstance(inner, Literal | Join) else Join((inner,), where)
    if last in WRAPPERS and arguments:
        return file.value(arguments[-1])
    if function.type == "attribute":
        method = file.text(field(function, "attribute"))
        value = _method(file, node, method, field(function, "object"), arguments)
        if value is not None:
            return value
    if path == ("open",):
        return Opaque("an open file", where)
    if last in BYTES_CALLS or (function.type == "attribute" and file.text(field(function, "attribute")) in BYTES_CALLS):
        return Opaque(BYTES, where)
    return Opaque("the result of a call", where, name=".".join(file.path(function)))


def _environment(file: PythonFile, node: Node, call: str, arguments: list[Node]) -> Value:
    where = span(node)
    name = file.value(arguments[0])
    default_node = arguments[1] if len(arguments) > 1 else file.keyword(node, "default")
    default = file.value(default_node) if default_node else None
    if isinstance(default, Missing) and default.kind == "null":
        default = None
    if not isinstance(name, Literal):
        return Opaque("an environment variable whose name is not written here", where)
    return Env(name.text, where, span(arguments[0]), Unset.NULL, default, call=call)


def _method(file: PythonFile, node: Node, method: str, owner: Node, arguments: list[Node]) -> Value | None:
    where = span(node)
    if method in READERS and (method == "read_text" or _is_file(file, owner)):
        binary = owner.type == "call" and any(
            file.text(argument).strip("\"'") in ("rb", "br") for argument in file.positional(owner)
        )
        return Opaque(BYTES if binary else FILE_TEXT, where)
    if method in STRIPPERS:
        value = file.value(owner)
        if isinstance(value, Literal) and not arguments and method.endswith("strip"):
            return Literal(value.text.strip(), value.span, value.content, value.hops, value.quote, escaped=True)
        return Opaque("the text of a file", where) if isinstance(value, Opaque) else value
    if method == "format" and owner.type in ("string", "concatenated_string"):
        template = file.value(owner)
        if isinstance(template, Literal):
            return _formatted(file, template, node, arguments)
        return Opaque("a formatted text", where)
    if method == "join" and owner.type == "string" and len(arguments) == 1 and arguments[0].type in ("list", "tuple"):
        glue = file.value(owner)
        items = [file.value(item) for item in arguments[0].named_children]
        if isinstance(glue, Missing):
            return file.joined(items, where)
        glued = [part for item in items for part in (glue, item)][1:]
        return file.joined(glued, where)
    return None


def _is_file(file: PythonFile, owner: Node) -> bool:
    """Whether an object is an open file: open(...), or the name that a `with` gave it."""
    if owner.type == "call":
        return file.path(field(owner, "function"))[-1:] in (("open",), ("Path",))
    if owner.type == "identifier":
        return any(
            binding.expr is not None
            and binding.expr.type == "call"
            and file.path(field(binding.expr, "function"))[-1:] == ("open",)
            for binding in file.bindings(file.text(owner))
        )
    return False


def _formatted(file: PythonFile, template: Literal, node: Node, arguments: list[Node]) -> Value:
    """``"Bearer {}".format(key)`` as the concatenation that it is."""
    where = span(node)
    parts: list[Value] = []
    counter = 0
    try:
        pieces = list(string.Formatter().parse(template.text))
    except ValueError:
        return Opaque("a formatted text", where)
    for text, name, _, _ in pieces:
        if text:
            parts.append(Literal(text, template.span, template.content, escaped=True))
        if name is None:
            continue
        argument: Node | None = None
        if name == "" or name.isdigit():
            index = counter if name == "" else int(name)
            counter += 1
            argument = arguments[index] if index < len(arguments) else None
        else:
            argument = file.keyword(node, name)
        parts.append(file.value(argument) if argument else Opaque("a formatted value", where))
    return file.joined(parts, where) if parts else template


def binary_value(file: PythonFile, node: Node) -> Value:
    """`+` and `%` on texts."""
    left, right = field(node, "left"), field(node, "right")
    operator = file.text(field(node, "operator")) if field(node, "operator") else ""
    where = span(node)
    if left is None or right is None:
        return Opaque("incomplete", where)
    if operator == "+":
        return file.joined([file.value(left), file.value(right)], where)
    if operator == "%":
        template = file.value(left)
        if isinstance(template, Literal):
            values = (
                [file.value(item) for item in right.named_children] if right.type == "tuple" else [file.value(right)]
            )
            return _interpolated(file, template, values, where)
    return Opaque("computed", where)


def _interpolated(file: PythonFile, template: Literal, values: list[Value], where: Span) -> Value:
    pieces = template.text.replace("%r", "%s").split("%s")
    if len(pieces) - 1 != len(values):
        return Opaque("a formatted text", where)
    parts: list[Value] = []
    for index, piece in enumerate(pieces):
        if piece:
            parts.append(Literal(piece, template.span, template.content, escaped=True))
        if index < len(values):
            parts.append(values[index])
    return file.joined(parts, where)


def fallback_value(file: PythonFile, node: Node) -> Value:
    """``a or b``."""
    left, right = field(node, "left"), field(node, "right")
    where = span(node)
    if left is None or right is None or file.text(field(node, "operator")) != "or":
        return Opaque("depends on a condition", where)
    return either(file.value(left), file.value(right), where)
