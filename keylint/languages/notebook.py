"""Jupyter notebooks: the code of the cells, what was printed under them, and what the notebook itself sets.

A cell's source is JSON: one string, or one a line. The code is put together from the strings, and every offset finds its
way back, so that a finding names the place in the file and a fix changes the string and nothing else.
"""

from __future__ import annotations

import json
import re
from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.code import field, span
from keylint.languages.embedding import HostAdapter, Part
from keylint.languages.escapes import spelled
from keylint.languages.parsing import GrammarParser, has_errors, parsed
from keylint.lazy import regex
from keylint.model import Damage, EnvDefinition, EnvLoad, Opaque, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.model import Edit, Fact
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_KERNELS = {
    "ir": "r",
    "python": "python",
    "python3": "python",
    "javascript": "javascript",
    "typescript": "typescript",
    "deno": "typescript",
}
_MAGIC_SHELL = regex(r"%%(?:bash|sh|script|shell)\b")
_MAGIC_OTHER = {
    "%%javascript": "javascript",
    "%%js": "javascript",
    "%%R": "r",
    "%%ruby": "ruby",
    "%%perl": "perl",
    "%%html": "html",
}
_LINE_MAGIC = regex(r"^[ \t]*(?:%|!)[^\n]*", re.MULTILINE)
_SETS = regex(r"\s*(?:export\s|set\s|declare\s|echo\b|#)")
_SET_ENV = regex(r"^[ \t]*%(?:set_)?env[ \t]+([A-Za-z_]\w*)(?:[ \t]*=[ \t]*|[ \t]+)([^\n]*)$", re.MULTILINE)
LANGUAGES = {
    "python": "python",
    "r": "r",
    "julia": "julia",
    "javascript": "javascript",
    "typescript": "typescript",
    "ruby": "ruby",
    "scala": "scala",
    "kotlin": "kotlin",
    "c#": "csharp",
    "csharp": "csharp",
    "java": "java",
    "groovy": "groovy",
    "rust": "rust",
    "go": "go",
    "powershell": "powershell",
    "bash": "shell",
    "php": "php",
    "elixir": "elixir",
    "lua": "lua",
    "perl": "perl",
}


class NotebookAdapter(HostAdapter):
    """Lowers the cells of a notebook to facts."""

    name = "notebook"
    comments = ("#", "//")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_json")

    def parts(self, source: Source) -> list[Part]:
        """The code cells."""
        root = parsed(self.parser(), source.data).root_node
        top = next((node for node in root.named_children if node.type == "object"), None)
        entries = _entries(source, top) if top is not None else {}
        language = _kernel(source, entries.get("metadata"))
        cells = entries.get("cells")
        made: list[Part] = []
        for cell in cells.named_children if cells is not None and cells.type == "array" else ():
            inside = _entries(source, cell) if cell.type == "object" else {}
            kind = inside.get("cell_type")
            if kind is None or source.slice(span(kind)) != '"code"' or "source" not in inside:
                continue
            text, pieces = _joined(source, inside["source"])
            made += _of_cell(text, pieces, language)
        return made

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """What a cell's shell sets is gone when that shell ends, with its line or its cell."""
        found = super().facts(source, catalogue)
        if any(isinstance(fact, EnvLoad) for fact in found):
            return found
        set_here = {fact.name for fact in found if isinstance(fact, EnvDefinition) and fact.reader == "process"}
        shells = [part for part in self.parts(source) if part.language == "shell"]
        return [
            _lost(fact, shells)
            if isinstance(fact, EnvDefinition) and fact.reader in ("shell", "csh") and fact.name not in set_here
            else fact
            for fact in found
        ] + [made for part in shells if part.by_line for made in _by_cmd(part, catalogue) if made.name not in set_here]

    def spell(self, source: Source, edit: Edit) -> str:
        """Inside a JSON string; a whole line before an item of the list becomes an item of its own."""
        text = json.dumps(edit.text, ensure_ascii=False)[1:-1]
        before = re.search(rb'[,\[](\s*)"$', source.data[max(edit.span.start - 200, 0) : edit.span.start])
        if before and edit.span.start == edit.span.end and edit.text.endswith("\n"):
            return f'{text}",{before.group(1).decode()}"'
        return text

    def place(self, source: Source, offset: int) -> str:
        """The cell, and the line in it."""
        root = parsed(self.parser(), source.data).root_node
        top = next((node for node in root.named_children if node.type == "object"), None)
        cells = _entries(source, top).get("cells") if top is not None else None
        for number, cell in enumerate(cells.named_children if cells is not None else (), 1):
            if cell.start_byte <= offset < cell.end_byte:
                inside = _entries(source, cell) if cell.type == "object" else {}
                for name, title in (("source", "cell"), ("outputs", "output of cell")):
                    node = inside.get(name)
                    if node is not None and node.start_byte <= offset < node.end_byte:
                        line = f", line {_line(source, node, offset)}" if name == "source" else ""
                        return f"{title} {number}{line}"
                return f"cell {number}"
        return ""

    def broken(self, data: bytes) -> bool:
        """Whether the JSON does not parse."""
        return has_errors(self.parser(), data)


def _by_cmd(part: Part, catalogue: Catalogue) -> Iterator[EnvDefinition]:
    """``!set NAME=value``, as Windows has it: no other shell's set sets a variable."""
    for match in re.finditer(rb"^[ \t]*set[ \t]+([A-Za-z_]\w*)=([^\n&]*)$", part.text.encode(), re.MULTILINE):
        name, known = match.group(1).decode(), catalogue.variable(match.group(1).decode())
        if known is not None and known[1].is_secret:
            at = Span(part.outward(match.start(1)), part.outward(match.end(1), end=True))
            damage = Damage(
                "subshell", at, "it is set in a shell that ends with this line: the notebook does not see it"
            )
            yield EnvDefinition(name, at, Opaque("not assigned", at), at, "cmd", *known, (damage,))


def _lost(fact: EnvDefinition, shells: list[Part]) -> EnvDefinition:
    """A definition by ``!export`` or in a cell of shell, damaged if no command follows that could see it."""
    part = next((part for part in shells if part.span.holds(fact.name_span)), None)
    at = part.inward(fact.name_span.start) if part is not None else None
    if part is None or at is None:
        return fact
    raw = part.text.encode()
    start, end = raw.rfind(b"\n", 0, at) + 1, raw.find(b"\n", at)
    line = raw[start : end if end >= 0 else len(raw)].decode("utf-8", "replace").strip()
    following = "" if part.by_line else raw[end:].decode("utf-8", "replace") if end >= 0 else ""
    rest = [made for made in following.splitlines() if made.strip() and not _SETS.match(made)]
    if not _SETS.match(line) or re.search(r"&&|\|\||[;|&]\s*\w", line) or rest:
        return fact
    why = "it is set in a shell that ends with this " + ("line" if part.by_line else "cell")
    return fact._replace(damages=(Damage("subshell", fact.name_span, f"{why}: the notebook does not see it"),))


def _entries(source: Source, node: Node) -> dict[str, Node]:
    found = {}
    for pair in node.named_children:
        key, value = field(pair, "key"), field(pair, "value")
        if key is not None and value is not None:
            found[source.slice(span(key)).strip('"')] = value
    return found


def _line(source: Source, node: Node, offset: int) -> int:
    """The line of a cell that an offset lies in, from 1."""
    text, pieces = _joined(source, node)
    part = Part("", text, tuple(pieces))
    inner = part.inward(offset)
    return text.encode()[: inner or 0].count(b"\n") + 1


def _kernel(source: Source, metadata: Node | None) -> str:
    """The language that the notebook's metadata names."""
    if metadata is None or metadata.type != "object":
        return "python"
    inside = _entries(source, metadata)
    for name, key in (("language_info", "name"), ("kernelspec", "language"), ("kernelspec", "name")):
        node = inside.get(name)
        value = _entries(source, node).get(key) if node is not None and node.type == "object" else None
        said = source.slice(span(value)).strip('"').lower() if value is not None else ""
        if said in LANGUAGES or said in _KERNELS:
            return LANGUAGES.get(said) or _KERNELS[said]
    return "python"


Piece = tuple[int, int, int, int]


def _joined(source: Source, node: Node) -> tuple[str, list[Piece]]:
    """The text of a cell and where its pieces stand."""
    strings = [node] if node.type == "string" else [child for child in node.named_children if child.type == "string"]
    text: list[str] = []
    pieces: list[Piece] = []
    size = 0
    for string in strings:
        start, end = string.start_byte + 1, max(string.end_byte - 1, string.start_byte + 1)
        for said, outer, width in spelled(source.data[start:end].decode("utf-8", "replace"), start):
            length = len(said.encode("utf-8", "replace"))
            pieces.append((size, outer, length, width))
            text.append(said)
            size += length
    return "".join(text), pieces


def _of_cell(text: str, pieces: list[Piece], language: str) -> list[Part]:
    """The parts of one cell: its code, the commands after ``!``, the variables that ``%env`` sets."""
    first = text.lstrip().partition("\n")[0]
    if not pieces:
        return []
    if _MAGIC_SHELL.match(first):
        return [Part("shell", _blanked(text, len(text) - len(text.lstrip()), len(first)), tuple(pieces))]
    for magic, other in _MAGIC_OTHER.items():
        if first.startswith(magic):
            return [Part(other, _blanked(text, len(text) - len(text.lstrip()), len(first)), tuple(pieces))]
    if first.startswith("%%"):
        return []
    made = []
    for match in _SET_ENV.finditer(text):
        # A magic takes all behind the sign as it stands, quotes included.
        sign = re.sub(r"[^=\n]", " ", text[match.end(1) : match.start(2)])
        line = match.group(1) + (sign if "=" in sign else "=" + sign[1:]) + match.group(2)
        made.append(Part("magic", blank(text[: match.start(1)]) + line + blank(text[match.end() :]), tuple(pieces)))
    commands = [match for match in _LINE_MAGIC.finditer(text) if match.group().lstrip().startswith("!")]
    if commands:
        script, at = "", 0
        for match in commands:
            start = match.start() + match.group().index("!") + 1
            script += blank(text[at:start]) + text[start : match.end()]
            at = match.end()
        made.append(Part("shell", script + blank(text[at:]), tuple(pieces), by_line=True))
    code = _LINE_MAGIC.sub(lambda match: blank(match.group()), text) if language == "python" else text
    return [Part(language, code, tuple(pieces)), *made]


def blank(text: str) -> str:
    """As many bytes of nothing, line ends kept."""
    return "".join(char if char == "\n" else " " * len(char.encode()) for char in text)


def _blanked(text: str, start: int, size: int) -> str:
    return text[:start] + blank(text[start : start + size]) + text[start + size :]


ADAPTER = NotebookAdapter()
