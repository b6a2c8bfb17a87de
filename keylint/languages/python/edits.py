"""What fixes write in Python."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.syntax import Code
from keylint.model import Edit, Span

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.python.file import PythonFile


def read(file: PythonFile, variable: str, at: Span, before: str, required: bool) -> Code | None:
    """``os.environ["X"]``, which names the variable when it is not set; ``os.environ.get("X")`` if it may be missing."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    if node is None or file.is_comment(at.start) or _is_pattern(node):
        return None
    imported = file.canonical(("os",)) == ("os",) and _has_run(file, node, at)
    quote = _quote(file, node, at)
    inner = "'" if quote == '"' else '"'
    if before:
        text = f"f{quote}{before}{_access(variable, inner, required)}{quote}".replace("os.environ", "{os.environ", 1)
        return Code(text[:-1] + "}" + quote, () if imported else ("os",))
    return Code(_access(variable, quote, required), () if imported else ("os",))


def _has_run(file: PythonFile, node: Node, at: Span) -> bool:
    """Whether ``import os`` has run where a place is reached, as far as the file's order says it."""
    return any(
        binding.kind == "import"
        and binding.scope.start_byte <= at.start < binding.scope.end_byte
        and (binding.leaf.start_byte < at.start or file.in_function(node))
        for binding in file.bindings("os")
    )


def _access(variable: str, quote: str, required: bool) -> str:
    return f"os.environ[{quote}{variable}{quote}]" if required else f"os.environ.get({quote}{variable}{quote})"


def _is_pattern(node: Node) -> bool:
    return any(
        above.type in ("type", "case_pattern", "import_statement", "import_from_statement")
        for above in (node, node.parent)
        if above is not None
    )


def _quote(file: PythonFile, node: Node, at: Span) -> str:
    """Inside an f-string the quotes that it does not use; else those that stand there now."""
    for above in file.ancestors(node):
        if above.type == "interpolation" and above.parent is not None:
            start = file.first(above.parent, "string_start")
            return "'" if start is not None and '"' in file.text(start) else '"'
    written = file.data[at.start : at.end]
    return "'" if b"'" in written and b'"' not in written else '"'


def prefix(file: PythonFile, at: Span, before: str) -> list[Edit] | None:
    """An f-string around the expression, or the text at the beginning of a string."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    if node is None or span(node) != at:
        return None
    if node.type == "string":
        start = file.first(node, "string_start")
        return [Edit(Span(start.end_byte, start.end_byte), before)] if start is not None else None
    text = file.text(node)
    if (
        "\\" in text
        or "\n" in text
        or "{" in text
        or any(above.type == "interpolation" for above in file.ancestors(node))
    ):
        return (
            [Edit(Span(at.start, at.start), f'"{before}" + ')]
            if node.type in ("identifier", "attribute", "subscript", "call")
            else None
        )
    if '"' in text and "'" in text:
        return [Edit(Span(at.start, at.start), f'"{before}" + ')]
    return [Edit(at, f'f"{before}{{{text.replace(chr(34), chr(39))}}}"')]


def interpolate(file: PythonFile, at: Span, template: str) -> tuple[list[Edit], bool] | None:
    """The missing f before the quotes; a shell's dollar goes."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    match = re.fullmatch(r"(\$?)\{([A-Za-z_]\w*)((?:\.\w+|\[[\"']\w+[\"']\])*)\}|(\$)([A-Za-z_]\w*)", template)
    if node is None or node.type != "string" or span(node) != at or match is None:
        return None
    start = file.first(node, "string_start")
    name = match.group(2) or match.group(5)
    text = file.text(node)
    if start is None or not set(file.text(start)) <= {'"', "'"} or not file.bindings(name):
        return None
    quote = file.text(start)[:1]
    if text.count("{") != template.count("{") or "\\" in text or quote in template or template not in text:
        return None
    if file.data[max(at.start - 1, 0) : at.start].isalnum():
        return None  # a prefix that Python does not know
    edits = [Edit(Span(at.start, at.start), "f")]
    offset = at.start + file.data[at.start : at.end].find(template.encode())
    if match.group(1):
        edits.append(Edit(Span(offset, offset + 1), ""))
    elif match.group(4):
        edits.append(Edit(Span(offset, offset + len(template)), f"{{{name}}}"))
    return edits, True


def add_import(file: PythonFile, module: str) -> Edit:
    """``import module`` above the first import, below the docstring and ``from __future__``."""
    newline = file.source.newline
    place = 0
    for child in file.root.children:
        if child.type == "comment":
            continue
        if child.type == "future_import_statement" or (not place and _is_docstring(child)):
            place = child.end_byte
        elif child.type in ("import_statement", "import_from_statement"):
            return Edit(Span(child.start_byte, child.start_byte), f"import {module}{newline}")
        else:
            break
    if place:
        return Edit(Span(place, place), f"{newline}{newline}import {module}")
    first = next((child.start_byte for child in file.root.children if child.type != "comment"), 0)
    return Edit(Span(first, first), f"import {module}{newline}{newline}")


def load_env(file: PythonFile) -> Edit:
    """``load_dotenv()`` below the imports that the file begins with: what comes after them reads the variables."""
    newline = file.source.newline
    lines = f"from dotenv import load_dotenv{newline}{newline}load_dotenv()"
    place, imports = 0, 0
    for child in file.root.children:
        if child.type in ("import_statement", "import_from_statement"):
            imports = child.end_byte
        elif child.type == "future_import_statement" or (not place and not imports and _is_docstring(child)):
            place = child.end_byte
        elif child.type != "comment":
            break
    if imports:
        end = file.source.line(file.source.row(imports)).end
        rest = file.data[imports:end].strip()
        imports = end if not rest or rest.startswith(b"#") else imports
        return Edit(Span(imports, imports), f"{newline}{lines}")
    if place:
        return Edit(Span(place, place), f"{newline}{newline}{lines}")
    first = next((child.start_byte for child in file.root.children if child.type != "comment"), 0)
    return Edit(Span(first, first), f"{lines}{newline}{newline}")


def _is_docstring(node: Node) -> bool:
    return bool(node.type == "expression_statement" and node.named_children and node.named_children[0].type == "string")
