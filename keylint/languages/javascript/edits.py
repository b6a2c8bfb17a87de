"""What fixes write in JavaScript and TypeScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import field, span
from keylint.languages.syntax import Code
from keylint.lazy import regex
from keylint.model import Edit, Span

if TYPE_CHECKING:
    from keylint.languages.javascript.file import JavaScriptFile

_DIRECTIVES = ("'use strict'", '"use strict"')
_REQUIRES = regex(rb"\brequire\(|\bmodule\.exports\b")


# Google Apps Script has no environment, but properties: https://developers.google.com/apps-script/guides/properties
_APPS_SCRIPT = regex(rb"\b(?:UrlFetchApp|SpreadsheetApp|DocumentApp|GmailApp|ScriptApp)\s*\.")


def read(file: JavaScriptFile, variable: str, at: Span, before: str) -> Code | None:
    """``process.env.X``, or what the file's runtime has in its place."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    if (
        node is None
        or file.is_comment(at.start)
        or (node.parent is not None and node.parent.type in ("jsx_attribute", "import_statement"))
    ):
        return None
    access = f"process.env.{variable}"
    if b"Deno.env" in file.data:
        access = f'Deno.env.get("{variable}")'
    elif _APPS_SCRIPT.search(file.data):
        access = f'PropertiesService.getScriptProperties().getProperty("{variable}")'
    if node.type in ("string_fragment", "template_string") or any(
        above.type == "template_string" and above != node for above in file.ancestors(node)
    ):
        return None if before or node.type == "string_fragment" else Code(access)
    if node.type == "shorthand_property_identifier":
        return None
    return Code(f"`{before}${{{access}}}`") if before else Code(access)


def prefix(file: JavaScriptFile, at: Span, before: str) -> list[Edit] | None:
    """A template literal around the expression, or the text at the beginning of a string."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    if node is None or span(node) != at or node.type == "shorthand_property_identifier":
        return None
    if node.type in ("string", "template_string"):
        return [Edit(Span(at.start + 1, at.start + 1), before)]
    if "`" in file.text(node):
        return [Edit(Span(at.start, at.start), f'"{before}" + ')]
    return [Edit(Span(at.start, at.start), f"`{before}${{"), Edit(Span(at.end, at.end), "}`")]


def interpolate(file: JavaScriptFile, at: Span, template: str) -> tuple[list[Edit], bool] | None:
    """Backticks instead of quotes, and the dollar and braces that a template literal wants."""
    node = file.root.named_descendant_for_byte_range(at.start, at.end)
    match = re.fullmatch(r"(\$?)\{([\w.]+)\}|\$([A-Za-z_]\w*)", template)
    if node is None or node.type not in ("string", "template_string") or span(node) != at or match is None:
        return None
    text = file.text(node)
    expression = match.group(2) or match.group(3)
    if not (expression.startswith(("process.env.", "this.")) or file.bindings(expression.partition(".")[0])):
        return None
    if (
        template not in text
        or "\\" in text
        or (node.type == "string" and "`" in text)
        or (node.type == "template_string" and match.group(1))
    ):
        return None
    offset = at.start + file.data[at.start : at.end].find(template.encode())
    edits = [Edit(Span(offset, offset + len(template)), f"${{{expression}}}")]
    if node.type == "string":
        edits = [Edit(Span(at.start, at.start + 1), "`"), *edits, Edit(Span(at.end - 1, at.end), "`")]
    return edits, True


def load_env(file: JavaScriptFile) -> Edit | None:
    """``import "dotenv/config"`` as the first import, which runs before the others; ``require`` where modules are required.

    A file that does neither may be run as either kind: None, as for another runtime than Node.
    """
    newline = file.source.newline
    code = [child for child in file.root.children if child.type not in ("comment", "hash_bang_line")]
    while code and code[0].type == "expression_statement" and file.text(code[0]).strip("; ") in _DIRECTIVES:
        code.pop(0)
    modules = any(child.type in ("import_statement", "export_statement") for child in code)
    if not code or b"Deno." in file.data or not (modules or _REQUIRES.search(file.data)):
        return None
    first = code[0].start_byte
    loaded = 'import "dotenv/config";' if modules else 'require("dotenv").config();'
    if b"'" in file.data and b'"' not in file.data:
        loaded = loaded.replace('"', "'")
    return Edit(Span(first, first), f"{loaded}{newline}")


__all__ = ["field", "interpolate", "load_env", "prefix", "read"]
