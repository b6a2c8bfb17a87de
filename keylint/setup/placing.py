"""Putting an entry into YAML that somebody wrote: where it goes, in which style, and the proof that nothing else changed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from keylint.languages.data import YAML
from keylint.manifests import Item, documents
from keylint.source import Source

if TYPE_CHECKING:
    from collections.abc import Sequence


class Unplaceable(Exception):
    """An entry cannot be placed without a guess; `by_hand` are lines that say what to add."""

    def __init__(self, reason: str, by_hand: Sequence[str] = ()) -> None:
        super().__init__(reason)
        self.by_hand = list(by_hand)


def document(source: Source, by_hand: Sequence[str]) -> Item:
    """The one document of a file, a mapping. Raises Unplaceable."""
    if YAML.broken(source.data):
        raise Unplaceable("is no valid YAML; mend it first")
    found = documents(source)
    keys = re.findall(rb"^([\"']?[\w-]+[\"']?)\s*:(?:\s|$)", source.data, re.MULTILINE)
    if len(set(keys)) < len(keys):
        raise Unplaceable("names a key twice; mend it first")
    if len(found) != 1 or found[0].items or found[0].text is not None:
        raise Unplaceable("is not edited: it is no single mapping of keys; add this to it:", by_hand)
    if column(source, found[0].span.start) and not source.slice(found[0].span).startswith("{"):
        raise Unplaceable("is not edited: it does not begin at the line's beginning; add this to it:", by_hand)
    return found[0]


def plain(source: Source, item: Item) -> Any:
    """A part as plain data; what is neither a mapping, a list nor a scalar (an alias) as it is written."""
    if item.text is not None:
        return item.text
    if item.entries:
        return {key: plain(source, value) for key, value in item.entries.items()}
    if item.items:
        return [plain(source, value) for value in item.items]
    return source.slice(item.span)


def reread(source: Source, data: bytes) -> Item | None:
    """The one document that an edited content is; None if it is broken or more."""
    after = Source(source.path, data, language="yaml")
    found = documents(after)
    return found[0] if len(found) == 1 and not YAML.broken(data) else None


def end_of(source: Source, item: Item) -> int:
    """Where what a part says ends: a block's span may have comments at its end."""
    if item.text is not None or source.slice(item.span)[:1] in ("[", "{"):
        return item.span.end
    inner = [*item.entries.values(), *item.items]
    return max((end_of(source, part) for part in inner), default=item.span.end)


def column(source: Source, offset: int) -> int:
    """How far a place is from the start of its line, in bytes."""
    return offset - source.line(source.row(offset)).start


def begins_line(source: Source, offset: int) -> bool:
    """Whether nothing but spaces and the signs of list items stands before a place in its line."""
    line = source.line(source.row(offset))
    return not source.data[line.start : offset].strip(b" -")


def end_of_block(source: Source, offset: int, indent: int) -> int:
    """Where a line can be put in after a block of that indentation that ends at an offset: behind its own comments.

    Comments that are indented deeper belong to the block. The end of the file if that is next.
    """
    row = source.row(max(offset - 1, 0))
    for follower in range(row + 1, len(source.lines)):
        line = source.slice(source.line(follower))
        if not re.match(r" *#", line) or len(line) - len(line.lstrip(" ")) <= indent:
            break
        row = follower
    return source.lines[row + 1] if row + 1 < len(source.lines) else len(source.data)


def inserted(source: Source, offset: int, lines: Sequence[str]) -> bytes:
    """The content with lines put in at the start of a line, or at the end of the file; in the file's own line ends."""
    before = source.data[:offset]
    text = "".join(line + source.newline for line in lines).encode()
    if before and not before.endswith(b"\n"):
        return before + source.newline.encode() + text.removesuffix(source.newline.encode()) + source.data[offset:]
    return before + text + source.data[offset:]
