"""Syntax trees of our own, with the interface of tree-sitter's nodes.

For languages without a grammar that has wheels for every platform, and for a grammar whose tree has to be put into another
order first. What reads trees cannot tell the difference.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Node:
    """One node. Children are in order and do not overlap."""

    __slots__ = ("_starts", "children", "end_byte", "fields", "has_error", "is_named", "parent", "start_byte", "type")

    def __init__(
        self, type: str, start: int, end: int, children: Iterable[Node] = (), *, named: bool = True, error: bool = False
    ) -> None:
        self.type = type
        self.start_byte = start
        self.end_byte = end
        self.is_named = named
        self.parent: Node | None = None
        self.fields: dict[str, Node] = {}
        self.has_error = error
        self.children: list[Node] = []
        self._starts: list[int] = []
        for child in children:
            self.append(child)

    def append(self, child: Node) -> None:
        """Add a child behind the others."""
        child.parent = self
        self.children.append(child)
        self.has_error = self.has_error or child.has_error

    @property
    def id(self) -> int:
        """Told apart by identity: a tree outlives the reading of it."""
        return id(self)

    @property
    def child_count(self) -> int:
        """The number of children."""
        return len(self.children)

    @property
    def named_children(self) -> list[Node]:
        """The children that are no signs."""
        return [child for child in self.children if child.is_named]

    @property
    def named_child_count(self) -> int:
        """The number of children that are no signs."""
        return sum(child.is_named for child in self.children)

    @property
    def next_named_sibling(self) -> Node | None:
        """The next child of the same parent that is no sign."""
        siblings = self.parent.children if self.parent is not None else []
        at = next((number for number, child in enumerate(siblings) if child is self), len(siblings))
        return next((child for child in siblings[at + 1 :] if child.is_named), None)

    def child_by_field_name(self, name: str) -> Node | None:
        """The child that has a role of this name."""
        return self.fields.get(name)

    def descendant_for_byte_range(self, start: int, end: int) -> Node | None:
        """The smallest node that holds a range."""
        if not self.start_byte <= start <= end <= self.end_byte:
            return None
        node = self
        while True:
            if len(node._starts) != len(node.children):
                node._starts = [child.start_byte for child in node.children]
            at = bisect_right(node._starts, start) - 1
            inner = node.children[at] if at >= 0 else None
            if inner is None or end > inner.end_byte or (start == inner.end_byte and start < end):
                return node
            node = inner

    def named_descendant_for_byte_range(self, start: int, end: int) -> Node | None:
        """The smallest node that holds a range and is no sign."""
        node = self.descendant_for_byte_range(start, end)
        while node is not None and not node.is_named:
            node = node.parent
        return node


class Tree:
    """What a parser gives; `comments` are the offsets of those that the tree may leave out."""

    __slots__ = ("comments", "root_node")

    def __init__(self, root: Node, comments: tuple[tuple[int, int], ...] = ()) -> None:
        self.root_node = root
        self.comments = comments
