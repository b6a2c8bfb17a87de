"""YAML and JSON (with comments): settings out of the syntax tree, only as far as words of interest stand in it."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from functools import cache
from typing import TYPE_CHECKING, ClassVar

from keylint.languages import encoded
from keylint.languages.code import MAX_NESTING, field, span
from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.embedding import HostAdapter, Part
from keylint.languages.escapes import unescape
from keylint.languages.parsing import GrammarParser, has_errors, parsed
from keylint.languages.readers import reader_of
from keylint.languages.scalars import block, double, folded
from keylint.languages.scripts import has_scripts, holds_script, script
from keylint.lazy import regex
from keylint.model import Edit, Fact, Span
from keylint.wiring import anchors
from keylint.wiring.names import plain

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

AROUND = 50  # pairs before and after one of interest that may say something about it
MAPPINGS = {"block_mapping", "flow_mapping", "object"}
PAIRS = {"block_mapping_pair", "flow_pair", "pair"}
SEQUENCES = {"block_sequence", "flow_sequence", "array"}
_BLANK = regex(rb"[ \t\r\n]*")
_WRAPPERS = {"block_node", "flow_node", "document", "stream", "block_sequence_item", "ERROR"}


def settings(source: Source, root: Node, places: list[int] | None) -> list[Setting]:
    """The settings around the places of interest (None: all). Iterative, so that no nesting is too deep."""
    found: list[Setting] = []
    stack: list[tuple[Node, tuple[str, ...], bool]] = [(root, (), False)]
    while stack:
        node, path, listed = stack.pop()
        if places is not None:
            at = bisect_left(places, node.start_byte)
            if at >= len(places) or places[at] >= node.end_byte:
                continue
        kind = node.type
        if kind in MAPPINGS or (kind == "ERROR" and any(child.type in PAIRS for child in node.named_children)):
            found += _mapping(source, node, path, stack, places, listed=listed)
        elif kind in SEQUENCES:
            for child in node.named_children:
                scalar = scalar_of(source, child)
                if scalar is not None and path:
                    found.append(Setting(path, scalar[0], scalar[1], scalar[2], scalar[1], scalar[3], {}, True))
                else:
                    stack.append((child, path, True))
        else:
            stack += [
                (child, path, listed)
                for child in reversed(node.named_children)
                if child.type not in ("anchor", "tag", "comment")
            ]
    return sorted(found, key=lambda setting: setting.span.start)


def _near(pairs: list[Node], places: list[int] | None) -> list[Node]:
    """The pairs of a mapping that are looked at: all, or in a long one those of interest with the ones around them."""
    if places is None or len(pairs) <= 2 * AROUND:
        return pairs
    starts = [pair.start_byte for pair in pairs]
    first, last = bisect_left(places, starts[0]), bisect_left(places, pairs[-1].end_byte)
    wanted: dict[int, None] = {}
    for place in places[first:last]:
        at = bisect_right(starts, place) - 1
        wanted.update(dict.fromkeys(range(max(at - AROUND, 0), min(at + AROUND, len(pairs)))))
    return [pairs[index] for index in sorted(wanted)]


def _mapping(
    source: Source,
    node: Node,
    path: tuple[str, ...],
    stack: list[tuple[Node, tuple[str, ...], bool]],
    places: list[int] | None,
    *,
    listed: bool,
) -> list[Setting]:
    made: list[Setting] = []
    siblings: dict[str, str] = {}
    for pair in _near(node.named_children, places):
        key_node, value_node = (field(pair, "key"), field(pair, "value")) if pair.type in PAIRS else (None, None)
        key = scalar_of(source, key_node) if key_node is not None else None
        if key is None or key[0] is None:
            continue
        inner = (*path, key[0])
        nothing = Span(key[1].end, key[1].end)
        scalar = scalar_of(source, value_node) if value_node is not None else (None, nothing, nothing, "")
        if scalar is None and value_node is not None and len(inner) < MAX_NESTING:
            stack.append((value_node, inner, False))
        if scalar is None:
            continue
        if scalar[0] is not None:
            siblings[key[0]] = scalar[0]
            siblings.setdefault(plain(key[0]), scalar[0])
        made.append(Setting(inner, scalar[0], scalar[1], scalar[2], key[1], scalar[3], siblings, in_list=listed))
    return made


def scalar_of(source: Source, node: Node) -> tuple[str | None, Span, Span, str] | None:
    """(text, span, span of the content, quote) of a scalar; None if the node is none."""
    tag = ""
    while node.type in _WRAPPERS and node.named_children:
        tags = [child for child in node.named_children if child.type == "tag"]
        tag = source.slice(span(tags[0])) if tags else tag
        rest = [child for child in node.named_children if child.type not in ("anchor", "tag", "comment")]
        if len(rest) != 1:
            return None
        node = rest[0]
    where = span(node)
    kind = node.type
    is_json = kind == "string"
    if kind in ("plain_scalar", "number", "true", "false"):
        text = folded(source.slice(where))
        if node.named_children and node.named_children[0].type == "null_scalar":
            return None, where, where, ""
        return f"{tag} {text}" if tag else text, where, where, ""
    if kind in ("null", "null_scalar"):
        return None, where, where, ""
    if kind in ("double_quote_scalar", "single_quote_scalar", "string"):
        content = Span(where.start + 1, max(where.end - 1, where.start + 1))
        raw = source.slice(content)
        quote = "'" if kind == "single_quote_scalar" else '"'
        text = unescape(raw) if is_json else double(raw) if quote == '"' else folded(raw).replace("''", "'")
        return f"{tag} {text}" if tag else text, where, content, quote
    if kind == "block_scalar":
        end = _BLANK.match(source.data, where.end)
        raw = source.slice(Span(where.start, end.end() if end else where.end))
        text = block(raw, _column(node))
        return f"{tag} {text}" if tag else text, where, where, "|"
    return None


def _column(node: Node) -> int:
    """Where the mapping or list around a scalar begins on its line."""
    above = node.parent
    while above is not None and above.type not in ("block_mapping", "block_sequence"):
        above = above.parent
    return above.start_point[1] if above is not None else -1


class DataAdapter(HostAdapter):
    """Lowers a data format to facts. A subclass names its grammar."""

    too_deep: ClassVar[re.Pattern[bytes] | None] = None  # text that the grammar cannot be given

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        raise NotImplementedError

    def root(self, data: bytes) -> Node | None:
        """The syntax tree of a text; None if it is nested too deep."""
        if self.too_deep is not None and self.too_deep.search(data):
            return None
        return parsed(self.parser(), data).root_node

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """The settings."""
        root = self.root(source.data)
        if root is None:
            return []
        places = anchors.of(source.data, catalogue).words
        made = ConfigWiring(source, settings(source, root, places), catalogue).facts()
        return [*made, *encoded.in_templates(source, catalogue)] if self.name == "yaml" else made

    def parts(self, source: Source) -> list[Part]:
        """The scripts among the settings."""
        reader = reader_of(source)
        root = self.root(source.data) if has_scripts(reader) else None
        if root is None:
            return []
        found = settings(source, root, None)
        return [script(source, setting) for setting in found if setting.text and holds_script(reader, setting.path)]

    def spell(self, source: Source, edit: Edit) -> str:
        """Inside double quotes, as JSON and YAML have them."""
        before = source.data[max(edit.span.start - 2000, 0) : edit.span.start].rpartition(b"\n")[2]
        quoted = self.name == "json" or re.match(rb'\s*(?:- )?[\w.-]*:?\s*"', before)
        return edit.text.replace("\\", "\\\\").replace('"', '\\"') if quoted and '"' in edit.text else edit.text

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """A comment of the format, or of a script that is a text here."""
        root = self.root(source.data)
        node = root.descendant_for_byte_range(offset, offset + 1) if root is not None else None
        if node is None:
            return False
        # The comment of a script inside a block of text is one to whoever reads the script.
        return node.type == "comment" or (
            node.type == "block_scalar" and source.slice(source.line(source.row(offset))).lstrip().startswith("#")
        )

    def broken(self, data: bytes) -> bool:
        """See ``Adapter.broken``."""
        return (self.too_deep is not None and self.too_deep.search(data) is not None) or has_errors(self.parser(), data)


class YamlAdapter(DataAdapter):
    """YAML."""

    name = "yaml"
    settings = True
    comments = ("#",)
    # The grammar's scanner keeps its stack of indentations in 1024 bytes, 4 a level, and writes past them when there
    # are more (tree-sitter-yaml 0.7.2, scanner.c, serialize).
    too_deep = regex(rb"(?:[-?:]?[ \t]){150}")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_yaml")


class JsonAdapter(DataAdapter):
    """JSON, with or without comments."""

    name = "json"
    settings = True
    comments = ("//", "/*")

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return GrammarParser("tree_sitter_json")


YAML = YamlAdapter()
JSON = JsonAdapter()
