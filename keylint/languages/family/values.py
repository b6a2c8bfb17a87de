"""What the expressions of a language of the family are known to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import either, span
from keylint.languages.escapes import unescape
from keylint.lazy import regex
from keylint.model import FILE_TEXT, Env, Join, Literal, Missing, Opaque, Span, Unset, Value

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.family.file import FamilyFile
    from keylint.languages.family.tables import Getter

_OPEN = regex(rb"~?[A-Za-z@$&]{0,3}#*(\"{3,}|'{3,}|\"|'|`|\[=*\[|\[|\(|\{|\||/)")
_CLOSE = {"(": ")", "[": "]", "{": "}"}
_PLACES = {
    "%": regex(r"%(?:\d+\$)?[-+0#]?\d*(?:\.\d+)?[a-zA-Z@]|%%"),
    "{": regex(r"\{\{|\}\}|\{([A-Za-z_0-9]*)(?::[^{}]*)?\}"),
}


def evaluate(file: FamilyFile, node: Node) -> Value:
    """The value of an expression node."""
    node = file.inner(node)
    kind, where = node.type, span(node)
    if kind in file.strings:
        return text(file, node)
    if not node.named_child_count and file.text(node) in file.nothing:
        return Missing("null", where, word=file.nothing[file.text(node)])
    if kind in file.names:
        return file.named(node)
    if kind in file.calls:
        return call(file, node)
    if kind in file.members or kind in file.subscripts:
        return Missing("empty", where) if file.text(node) in file.empties else member(file, node)
    if kind in file.conditionals:
        return Opaque("depends on a condition", where)
    if kind in file.binaries:
        return binary(file, node)
    return Opaque(f"a {kind.replace('_', ' ')}", where)


# -------------------------------------------------------------------------------------------------------------- texts


def text(file: FamilyFile, node: Node) -> Value:
    """A quoted text, with the expressions that fill it."""
    where = span(node)
    inner, quote = content(file, where)
    raw = node.type in file.raw
    parts: list[Value] = []
    at = inner.start
    for start, end, value in holes(file, node):
        if start > at:
            parts.append(_fragment(file, where, Span(at, start), quote, raw=raw))
        parts.append(value)
        at = end
    if not parts:
        made = _fragment(file, where, inner, quote, raw=raw)
        return made if made.text else Missing("empty", where)
    if at < inner.end:
        parts.append(_fragment(file, where, Span(at, inner.end), quote, raw=raw))
    return file.joined(parts, where)


def content(file: FamilyFile, where: Span) -> tuple[Span, str]:
    """What stands between the quotes, and the quote."""
    written = file.data[where.start : where.end]
    match = _OPEN.match(written)
    if match is None:
        return where, ""
    quote = match.group(1).decode()
    close = _CLOSE.get(quote) or ("]" + quote[1:-1] + "]" if quote.startswith("[") and len(quote) > 1 else quote)
    tail = close.encode() + b"#" * written[: match.end()].count(b"#")
    end = where.end - len(tail) if written.endswith(tail) and len(written) >= match.end() + len(tail) else where.end
    return Span(where.start + match.end(), max(end, where.start + match.end())), quote


def holes(file: FamilyFile, node: Node) -> list[tuple[int, int, Value]]:
    """Where expressions stand in a text, and what they are."""
    found = []
    stack = list(reversed(node.children))
    while stack:
        child = stack.pop()
        if child.type in file.substitutions:
            found.append((*file.hole(child), _filled(file, child)))
        elif child.is_named and child.named_child_count:
            stack += reversed(child.children)
    return sorted([*found, *file.more_holes(node)], key=lambda hole: hole[0])


def _filled(file: FamilyFile, node: Node) -> Value:
    if node.type in (*file.names, *file.members, *file.subscripts, *file.calls):
        return file.value(node)
    inside = [child for child in node.named_children if "brace" not in child.type and "punctuation" not in child.type]
    return file.value(inside[0]) if inside else Opaque("incomplete", span(node))


def _fragment(file: FamilyFile, where: Span, inner: Span, quote: str, *, raw: bool) -> Literal:
    written = file.data[inner.start : inner.end].decode("utf-8", "replace")
    said = written if raw else unescape(written)
    return Literal(said, where, inner, quote=quote, escaped=said != written)


def behind(value: Value, count: int) -> Value:
    """What a text is without its first characters."""
    if isinstance(value, Join):
        first, *rest = value.parts
        shorter = behind(first, count)
        parts = tuple(rest) if isinstance(shorter, Missing) else (shorter, *rest)
        return parts[0] if len(parts) == 1 else value._replace(parts=parts)
    if not isinstance(value, Literal):
        return value
    said = value.text[count:]
    if not said:
        return Missing("empty", value.span, value.hops)
    start = value.content.start + (0 if value.escaped else len(value.text[:count].encode()))
    inner = Span(start, value.content.end)
    return value._replace(text=said, span=inner, content=inner, quote="")


def template(file: FamilyFile, pattern: Literal, given: list[Node], style: str, where: Span) -> Value:
    """A text whose places are filled by what is given, in order, by number, or by the names in it."""
    parts: list[Value] = []
    at = 0
    used = 0
    for match in _PLACES[style].finditer(pattern.text):
        if match.group() in ("%%", "{{", "}}"):
            continue
        if match.start() > at:
            parts.append(_piece(pattern, at, match.start()))
        at = match.end()
        name = match.group(1) if style == "{" else ""
        if name and not name.isdigit():
            parts.append(file.stands_for(file.leaf_of(pattern), name))
            continue
        index = int(name) if name else used
        used += 1
        parts.append(file.value(given[index]) if index < len(given) else Opaque("not given", where))
    if at < len(pattern.text):
        parts.append(_piece(pattern, at, len(pattern.text)))
    return file.joined(parts, where) if parts else pattern


def _piece(pattern: Literal, start: int, end: int) -> Literal:
    said = pattern.text[start:end]
    if pattern.escaped:
        return pattern._replace(text=said)
    first = pattern.content.start + len(pattern.text[:start].encode())
    return pattern._replace(text=said, content=Span(first, first + len(said.encode())))


# -------------------------------------------------------------------------------------------------------- expressions


def binary(file: FamilyFile, node: Node) -> Value:
    """Texts put together, and ``a ?? b``."""
    parts = file.around(node, file.joins | file.fallbacks)
    where = span(node)
    if parts is None:
        return Opaque("computed", where)
    left, right, mark = parts
    if file.sign(mark) in file.fallbacks:
        return either(file.value(left), file.value(right), where)
    return file.joined([file.value(left), file.value(right)], where)


def member(file: FamilyFile, node: Node) -> Value:
    """An environment variable, a field of one's own, an entry of a constant mapping."""
    where = span(node)
    if node.type in file.subscripts:
        owner, key = file.subscript(node)
        path = file.canonical(file.path(owner)) if owner is not None else ()
        unset = file.environments.get(".".join(path)) if path else None
        if unset is not None:
            if not key:
                return Opaque("an environment variable whose name is not written here", where)
            name = file.inner([child for child in node.named_children if "comment" not in child.type][-1])
            return Env(key, where, span(name), unset, call=".".join(path))
        known = file.member(owner, key, where) if owner is not None and key else None
        return known if known is not None else Opaque("an entry", where, name=".".join((*path, f"[{key}]")))
    path = file.path(node)
    if len(path) == 2 and (path[0] in file.own or path[0][:1].isupper()):
        known = file.own_property(node, path[1])
        if not isinstance(known, Opaque):
            return known
    return Opaque("a property", where, name=".".join(path))


def call(file: FamilyFile, node: Node) -> Value:
    """Calls that read the environment, put texts together or hand one on."""
    where = span(node)
    path = file.canonical(file.callee(node))
    name, last = ".".join(path), path[-1] if path else ""
    given = [argument.expr.node for argument in file.arguments(node)[0]]
    getter = file.getters.get(name) or file.getters.get(".".join(path[-2:]))
    if getter is not None:
        return read(file, node, getter, name)
    if last in file.glue or name in file.glue:
        between = file.glue.get(name, file.glue.get(last, ""))
        return _glued(file, given, between, where)
    style = file.formatters.get(name) or file.formatters.get(last)
    owner = file.owner(node) if style is not None else None
    if style is not None and given and (owner is None or file.inner(owner).type not in file.strings):
        pattern = file.value(given[0])
        if isinstance(pattern, Literal) and given[0].type in file.strings:
            return template(file, pattern, given[1:], style, where)
    if (last in file.credentials or name in file.credentials) and given:
        return credential(file, given, where)
    if (last in file.converters or name in file.converters) and len(given) == 1:
        return file.value(given[0])
    short = ".".join(name.split(".")[-2:])
    if name in file.cutters and given:
        return trimmed(file.value(given[0]))
    if short in file.stringifiers and len(given) == 1:
        inner = file.value(given[0])
        return Join((inner,), where) if isinstance(inner, Env) else inner
    if name in file.file_readers or short in file.file_readers:
        return Opaque(FILE_TEXT, where)
    return method(file, node, last, given) or Opaque("the result of a call", where, name=name)


def read(file: FamilyFile, node: Node, getter: Getter, name: str) -> Value:
    """A call that reads a variable."""
    where = span(node)
    arguments = file.arguments(node)[0]
    if len(arguments) <= getter.name:
        return Opaque("the environment", where)
    variable = arguments[getter.name].expr
    known = variable.value
    if not isinstance(known, Literal):
        return Opaque("an environment variable whose name is not written here", where)
    default: Value | None = None
    unset = getter.unset
    if 0 <= getter.default < len(arguments):
        default = arguments[getter.default].expr.value
        if isinstance(default, Missing) and default.kind == "null":
            default, unset = None, Unset.NULL
    return Env(
        known.text, where, variable.span if known.span == variable.span else known.span, unset, default, call=name
    )


def _glued(file: FamilyFile, given: list[Node], between: str, where: Span) -> Value:
    parts: list[Value] = []
    for node in given:
        if parts and between:
            parts.append(Literal(between, where, where, escaped=True))
        parts.append(file.value(node))
    return file.joined(parts, where) if parts else Missing("empty", where)


def credential(file: FamilyFile, given: list[Node], where: Span) -> Value:
    """``AuthenticationHeaderValue("Bearer", token)``: what goes over the wire is the two with a space between."""
    if len(given) == 1:
        return file.value(given[0])
    first = file.value(given[0])
    if isinstance(first, Literal):
        first = first._replace(text=first.text + " ", escaped=True)
    token = file.value(given[1])
    if isinstance(first, Literal) and isinstance(token, Literal | Join) and not token.hops:
        return Join((first, token), where)  # kept apart: the token may have a scheme of its own
    return file.joined([first, token], where)


def method(file: FamilyFile, node: Node, name: str, given: list[Node]) -> Value | None:
    """Methods of a text or of a value that may be missing."""
    if name not in (*file.trimmers, *file.passers, *file.defaulters, *file.formatters, *file.emptiers):
        return None
    owner = file.owner(node)
    if owner is None:
        return None
    if name in file.formatters:
        pattern = file.value(owner)
        style = file.formatters[name]
        if isinstance(pattern, Literal) and file.inner(owner).type in file.strings:
            return template(file, pattern, given, style, span(node))
        return None
    value = file.value(owner)
    if name in file.defaulters and given:
        return either(value, file.value(given[0]), span(node))
    if name in file.trimmers and not isinstance(value, Env):
        return trimmed(value)
    if name in file.emptiers:
        return either(value, Missing("empty", span(node)), span(node))
    if isinstance(value, Env):
        return value._replace(span=span(node), unset=file.unset_after(name, value.unset))
    return value


def trimmed(value: Value) -> Value:
    """A value without the white space around it."""
    if isinstance(value, Literal):
        return value._replace(text=value.text.strip(), escaped=True)
    return value._replace(reason="a trimmed text") if isinstance(value, Opaque) and value.reason == FILE_TEXT else value
