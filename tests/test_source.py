"""Where things stand in a file."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from keylint.source import Source

TEXTS = st.lists(st.sampled_from(["a", "é", "\n", "\r\n", "漢", "\U0001f511", "\xff"]), max_size=40).map("".join)


@given(TEXTS, st.lists(st.integers(0, 160), max_size=20), st.booleans())
def test_a_position_does_not_depend_on_what_was_asked_before(text: str, offsets: list[int], cut: bool) -> None:
    data = text.encode("utf-8")[cut:]  # the first character may be cut in two
    source = Source("a.py", data)
    for offset in (min(offset, len(data)) for offset in offsets):
        assert source.position(offset) == Source("a.py", data).position(offset)
