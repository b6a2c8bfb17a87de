"""Records behave as named tuples do."""

from __future__ import annotations

import copy
import pickle
from typing import Any, NamedTuple

import pytest

from keylint.record import Record


class Point(Record):
    """Made as all records are."""

    x: int
    y: int = 2
    z: str = "z"

    @property
    def total(self) -> int:
        """Something worked out."""
        return self.x + self.y


class Named(NamedTuple):
    """What a record stands for."""

    x: int
    y: int = 2
    z: str = "z"


CALLS: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...] = (
    ((1,), {}),
    ((1, 3), {}),
    ((1, 3, "a"), {}),
    ((), {"x": 1}),
    ((1,), {"z": "a"}),
    ((1,), {"z": "a", "y": 0}),
    ((), {}),
    ((1, 2, "a", 4), {}),
    ((1,), {"x": 1}),
    ((), {"y": 1}),
    ((1,), {"w": 1}),
)


@pytest.mark.parametrize(("values", "named"), CALLS)
def test_made(values: tuple[Any, ...], named: dict[str, Any]) -> None:
    """From the same arguments, or refused as they are."""
    try:
        wanted = Named(*values, **named)
    except TypeError:
        with pytest.raises(TypeError):
            Point(*values, **named)
        return
    made = Point(*values, **named)
    assert made == wanted
    assert (made.x, made.y, made.z, made.total) == (wanted.x, wanted.y, wanted.z, wanted.x + wanted.y)


def test_used() -> None:
    one = Point(1)
    assert one._replace(y=5) == Point(1, 5)
    with pytest.raises(TypeError):
        one._replace(w=5)
    assert one._fields == Named(1)._fields
    assert one._asdict() == Named(1)._asdict()
    assert repr(one) == "Point(x=1, y=2, z='z')"
    assert hash(one) == hash(Point(1, 2, "z"))
    assert copy.copy(one) == copy.deepcopy(one) == pickle.loads(pickle.dumps(one)) == one
    assert type(copy.deepcopy(one)) is Point
    assert not hasattr(one, "__dict__")
    with pytest.raises(AttributeError):
        one.x = 3  # type: ignore[misc]
