"""YAML and JSON as what they say, each part with its place: for rules about workflows, compose files and manifests."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.lazy import regex
from keylint.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.source import Source

MAX_NODES = 50_000
NOWHERE = Span(0, 0)
# Words for environments that must not share what they have.
_STAGES = {
    "production": regex(r"(?<![a-z])(?:prod|production|live|prd)(?![a-z])", re.IGNORECASE),
    "staging": regex(
        r"(?<![a-z])(?:stag(?:e|ing)|stg|preprod|pre-prod|uat|qa|testing|sandbox)(?![a-z])", re.IGNORECASE
    ),
    "development": regex(r"(?<![a-z])(?:dev|develop|development|local|preview)(?![a-z])", re.IGNORECASE),
}


class Item:
    """A value and where it stands: `entries` of a mapping, `items` of a list, `text` of a scalar."""

    __slots__ = ("content", "entries", "items", "key_span", "span", "text")

    def __init__(self, span: Span, *, text: str | None = None, content: Span = NOWHERE) -> None:
        self.span = span
        self.key_span = NOWHERE
        self.entries: dict[str, Item] = {}
        self.items: list[Item] = []
        self.text = text
        self.content = content

    def get(self, *path: str) -> Item:
        """What stands under keys, one below the other; an empty item if nothing does."""
        found: Item | None = self
        for key in path:
            found = found.entries.get(key) if found is not None else None
        return found if found is not None else Item(self.span)

    def walk(self, *path: str) -> Iterator[tuple[tuple[str, ...], Item]]:
        """Every item below, with the keys that lead to it."""
        yield path, self
        for key, inner in self.entries.items():
            yield from inner.walk(*path, key)
        for inner in self.items:
            yield from inner.walk(*path)

    @property
    def texts(self) -> list[Item]:
        """The scalars of a list, or the one scalar that stands for a list of one."""
        return [self] if self.text is not None else [item for item in self.items if item.text is not None]


@lru_cache(maxsize=64)
def _documents(data: bytes, path: str, language: str) -> tuple[Item, ...]:
    from keylint.languages.data import JSON, YAML
    from keylint.source import Source

    if language == "json" and data.count(b'":') - data.count(b'\\":') > MAX_NODES:
        return ()  # a string has two of these at most, and four nodes: a vocabulary is not parsed to be counted
    root = (JSON if language == "json" else YAML).root(data)
    if root is None or root.descendant_count > MAX_NODES:
        return ()
    source = Source(path, data)
    tops = [root] if language == "json" else [node for node in root.children if node.type == "document"]
    return tuple(_item(source, node) for node in tops)


def documents(source: Source) -> tuple[Item, ...]:
    """The documents of a YAML file, or the one of a JSON file."""
    return _documents(source.data, source.path, source.language) if source.language in ("yaml", "json") else ()


def _item(source: Source, node: Node) -> Item:
    from keylint.languages.data import MAPPINGS, PAIRS, SEQUENCES, scalar_of

    found = scalar_of(source, node)
    if found is not None:
        return Item(found[1], text=found[0], content=found[2])
    while node.type not in MAPPINGS and node.type not in SEQUENCES:
        inner = [child for child in node.named_children if child.type not in ("anchor", "tag", "comment")]
        if len(inner) != 1:
            return Item(span(node))
        node = inner[0]
        found = scalar_of(source, node)
        if found is not None:
            return Item(found[1], text=found[0], content=found[2])
    made = Item(span(node))
    for child in node.named_children:
        if node.type in SEQUENCES:
            made.items.append(_item(source, child))
        elif child.type in PAIRS:
            key_node, value_node = child.child_by_field_name("key"), child.child_by_field_name("value")
            key = scalar_of(source, key_node) if key_node is not None else None
            if key is not None and key[0] is not None:
                value = _item(source, value_node) if value_node is not None else Item(Span(key[1].end, key[1].end))
                value.key_span = key[1]
                made.entries[key[0]] = value
    return made


def stage_of(text: str) -> str:
    """The environment that a name speaks of: "production", "staging", "development"; "" if none, or more than one."""
    found = {stage for stage, pattern in _STAGES.items() if pattern.search(text.replace("_", "-"))}
    return found.pop() if len(found) == 1 else ""
