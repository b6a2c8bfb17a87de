"""Named tuples whose classes are made in a twentieth of the time: there are eighty of them on the way to the first finding.

What ``typing.NamedTuple`` costs is a compiled ``__new__`` for each class and a check of each annotation. What it gives is an
instance in a quarter of the time, so the one class that has very many of them, ``model.Span``, is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from collections import namedtuple

    _Getter = type(namedtuple("_One", "it").it)  # noqa: PYI024 the type of its fields is what is wanted

    class _Slotless(type):
        """Gives classes instances that hold their fields and nothing else."""

        def __new__(cls, name: str, bases: tuple[type, ...], space: dict[str, Any]) -> type:
            return super().__new__(cls, name, bases, {"__slots__": (), **space})

    class Record(tuple, metaclass=_Slotless):  # noqa: SLOT001 the metaclass does
        """A tuple with names: fields are the class's annotations, in order, with their defaults."""

        _fields: tuple[str, ...] = ()
        _field_defaults: dict[str, Any] = {}  # noqa: RUF012 as in named tuples

        def __init_subclass__(cls) -> None:
            own = vars(cls)
            cls._fields = tuple(cls.__annotations__)
            cls._field_defaults = {name: own[name] for name in cls._fields if name in own}
            cls._tail = tuple(cls._field_defaults.values())  # defaults come last
            for number, name in enumerate(cls._fields):
                setattr(cls, name, _Getter(number, ""))

        def __new__(cls, *values: Any, **named: Any) -> Record:  # noqa: D102, PYI034 as in named tuples
            missing = len(cls._fields) - len(values)
            if named:
                defaults = cls._field_defaults
                try:
                    values += tuple(
                        named.pop(name) if name in named else defaults[name] for name in cls._fields[len(values) :]
                    )
                except KeyError as error:
                    raise TypeError(f"{cls.__name__} needs {error.args[0]}") from None
                if named:
                    raise TypeError(f"{cls.__name__} takes no {', '.join(named)}")
            elif missing:
                if not 0 < missing <= len(cls._tail):
                    raise TypeError(f"{cls.__name__} takes {len(cls._fields)} values, not {len(values)}")
                values += cls._tail[-missing:]
            return tuple.__new__(cls, values)

        def _replace(self, **named: Any) -> Record:
            values = [named.pop(name, old) for name, old in zip(self._fields, self, strict=True)]
            return type(self)(*values, **named)

        def _asdict(self) -> dict[str, Any]:
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self) -> str:
            return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._fields)})"

        def __getnewargs__(self) -> tuple[Any, ...]:
            return tuple(self)


__all__ = ["Record"]
