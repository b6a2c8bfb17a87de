"""What fixes write in a language of the family."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import values
from keylint.languages.syntax import Code
from keylint.model import Edit, Span
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from keylint.languages.family.file import FamilyFile


class Words(Record):
    """How a language says what a fix needs; ``{}`` is the place of the variable's name, of the text, of the expression."""

    read: str = ""  # reads a variable, and fails or gives null if it is not set
    optional: str = ""  # reads one that may be missing; `read` if empty
    join: str = '"{0}" + {1}'  # a text, and an expression behind it
    needs: tuple[str, ...] = ()  # modules that `read` needs
    module: str = ""  # the statement that loads one; "{}" is its name
    interpolated: Callable[[str], str] | None = None  # makes a text expand what is in it: given the whole literal
    reference: str = ""  # a name inside an interpolated text


def read(file: FamilyFile, words: Words, variable: str, at: Span, before: str, *, required: bool) -> Code | None:
    """An expression that reads a variable."""
    node = file.root.named_descendant_for_byte_range(at.start, max(at.start, at.end - 1))
    if node is None or not words.read or file.is_comment(at.start) or _is_constant(file, node):
        return None
    if node.start_byte < at.start or node.end_byte > at.end:
        return None  # part of a text
    line = file.source.line(file.source.row(at.start))
    if variable.encode() in file.data[line.start : at.start]:
        return None  # it is this variable that gets the value
    plain = (words.read if required or not words.optional else words.optional).format(variable)
    if plain.endswith("!") and file.data[at.end : at.end + 1] == b"!":
        plain = plain[:-1]
    text = words.join.format(before, plain) if before else plain
    return Code(text, words.needs)


def _is_constant(file: FamilyFile, node: Node) -> bool:
    """Whether the place wants a value that is known beforehand: a constant, an annotation, a parameter's default."""
    for above in file.ancestors(node):
        if "annotation" in above.type or above.type in file.parameters or "attribute" in above.type:
            return True
        line = file.source.slice(file.source.line(file.source.row(above.start_byte))).lstrip()
        if file.constants is not None and (file.constants.match(file.text(above)[:200]) or file.constants.match(line)):
            return True
        if above.type in file.functions or above.type in file.statements:
            break
    return False


def prefix(file: FamilyFile, words: Words, at: Span, before: str) -> list[Edit] | None:
    """The text in front: inside the quotes of a literal, else joined to the expression."""
    node = file.root.named_descendant_for_byte_range(at.start, max(at.start, at.end - 1))
    while node is not None and span(node) != at and node.start_byte >= at.start and node.parent is not None:
        node = node.parent
    if node is None or span(node) != at:
        return None
    if file.inner(node).type in file.strings:
        inner, quote = values.content(file, span(file.inner(node)))
        return [Edit(Span(inner.start, inner.start), before)] if quote else None
    text = file.text(node)
    if "\n" in text:
        return None
    return [Edit(at, words.join.format(before, text))]


def interpolate(file: FamilyFile, words: Words, at: Span, template: str) -> tuple[list[Edit], bool] | None:
    """The language's own form of an interpolated text."""
    node = file.root.named_descendant_for_byte_range(at.start, max(at.start, at.end - 1))
    match = re.fullmatch(
        r"\$\{?([A-Za-z_]\w*)\}?|#?\{\{?\s*([A-Za-z_]\w*)\s*\}?\}|\\\(([A-Za-z_]\w*)\)|\$(env:[A-Za-z_]\w*)", template
    )
    while node is not None and span(node) != at and node.parent is not None and node.start_byte >= at.start:
        node = node.parent
    if node is None or span(node) != at or match is None or words.interpolated is None:
        return None
    name = next(group for group in match.groups() if group)
    if not (name.startswith("env:") or file.bindings(name)):
        return None
    text = file.text(node)
    if "\\" in text.replace(template, ""):
        return None
    made = words.interpolated(text.replace(template, words.reference.format(name)))
    return ([Edit(at, made)], True) if made else None


def load(file: FamilyFile, words: Words, module: str) -> Edit | None:
    """The statement that loads a module, if the file does not load it yet."""
    if not words.module or module in file.loaded():
        return None
    first = next((node for node in file.root.children if node.type in file.import_types), None)
    line, newline = words.module.format(module), file.source.newline
    if first is not None:
        return Edit(Span(first.start_byte, first.start_byte), f"{line}{newline}")
    return Edit(Span(0, 0), f"{line}{newline}{newline}")
