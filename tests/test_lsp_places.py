"""Texts and places as the protocol counts them, against the slowest way of counting there is."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lsprotocol import types

from keylint.lsp.documents import Document
from keylint.lsp.positions import Positions

SIZES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2), "utf-32": ("utf-32-le", 4)}
TEXTS = st.text(st.sampled_from("ab\r\n\r\nß你😀\x0b\x0c\x1c\x85\u2028\t "), max_size=24)
PLACES = st.tuples(st.integers(0, 8), st.integers(0, 14))


def starts(text: str) -> list[int]:
    return [0, *(match.end() for match in re.finditer(r"\r\n|\r|\n", text))]


def index(text: str, place: tuple[int, int], encoding: str) -> int:
    """The index of a place: character by character."""
    codec, size = SIZES[encoding]
    row, column = place
    lines = starts(text)
    if row >= len(lines):
        return len(text)
    at = lines[row]
    while at < len(text) and text[at] not in "\r\n" and column > 0:
        column -= len(text[at].encode(codec)) // size
        if column < 0:
            break  # inside a character
        at += 1
    return at


def position(place: tuple[int, int]) -> types.Position:
    return types.Position(*place)


@pytest.mark.parametrize("encoding", SIZES)
@settings(max_examples=400, deadline=None)
@given(text=TEXTS, changes=st.lists(st.tuples(PLACES, PLACES, TEXTS), max_size=5))
def test_changes(encoding: str, text: str, changes: list[tuple[tuple[int, int], tuple[int, int], str]]) -> None:
    document = Document(types.TextDocumentItem("file:///a.py", "python", 1, text), "/")
    for number, (one, other, new) in enumerate(changes):
        low, high = sorted((one, other))
        start, end = index(text, low, encoding), index(text, high, encoding)
        if start > end:
            continue  # a column behind its line's end is no place that a client sends
        change = types.TextDocumentContentChangePartial(types.Range(position(low), position(high)), new)
        document.change([change], number, encoding)
        text = text[:start] + new + text[end:]
        assert document.data == text.encode()
        assert document.lines == [text[a:b] for a, b in zip(starts(text), [*starts(text)[1:], len(text)], strict=True)]


@pytest.mark.parametrize("encoding", SIZES)
@pytest.mark.parametrize("marked", [False, True])
@settings(max_examples=300, deadline=None)
@given(text=TEXTS)
def test_there_and_back(encoding: str, marked: bool, text: str) -> None:
    whole = f"\ufeff{text}" if marked else text
    places = Positions(text.encode(), encoding, marked=marked)
    for at in range(len(text) + 1):
        if text[at - 1 : at + 1] == "\r\n":
            continue  # inside a line end there is no place
        offset = len(text[:at].encode())
        place = places.position(offset)
        assert index(whole, (place.line, place.character), encoding) == at + marked
        assert places.offset(place) == offset


def test_half_a_pair_takes_its_room() -> None:
    """What no encoding can say is replaced, and what stands behind it stays in its place."""
    document = Document(types.TextDocumentItem("file:///a.py", "python", 1, "a\ud83db"), "/")
    assert Positions(document.data, "utf-16").position(len(document.data)) == types.Position(0, 3)
