"""How far two names are apart, against the definition written out as a recursion."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.wiring.names import distance

WORDS = st.text("ABC_", max_size=7)


@cache
def defined(left: str, right: str) -> int:
    """Optimal string alignment: insert, delete, replace, or swap two neighbours, each piece edited once."""
    if not left or not right:
        return len(left) + len(right)
    ways = [
        defined(left[:-1], right) + 1,
        defined(left, right[:-1]) + 1,
        defined(left[:-1], right[:-1]) + (left[-1] != right[-1]),
    ]
    if left[-2:] == right[-2:][::-1] and len(left) > 1 < len(right):
        ways.append(defined(left[:-2], right[:-2]) + 1)
    return min(ways)


@given(WORDS, WORDS, st.integers(0, 4))
def test_distance_is_as_defined_up_to_the_limit(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == min(defined(left, right), limit + 1)


@pytest.mark.parametrize(
    ("left", "right", "far"),
    [
        ("OPENAI_API_KEY", "OPENAI_API_KYE", 1),
        ("OPENAI_API_KEY", "POENAI_API_KEY", 1),
        ("OPENAI_API_KEY", "OPENAI_APIKEY", 1),
        ("OPENAI_API_KEY", "OPEN_AI_API_KEY", 1),
        ("OPENAI_API_KEY", "OPNEAI_API_KYE", 2),
        ("ABC", "CA", 3),  # no piece is edited twice
        ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", 4),
    ],
)
def test_distance_of_names_that_people_confuse(left: str, right: str, far: int) -> None:
    assert distance(left, right) == distance(right, left) == far
