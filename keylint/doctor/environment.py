"""The variables that a program finds, in layers: the first one that has a name decides, and shadows it in the others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

SHELL = "the shell"


class Setting(Record):
    """A variable's value where it is set. Holds secrets: what is printed of it goes through `keylint.mask`.

    `value` is None for what is kept elsewhere, and `note` says where. `file` is a path from the project's root, "" for the
    shell.
    """

    name: str
    value: str | None
    file: str = ""
    row: int = 0
    note: str = ""

    @property
    def place(self) -> str:
        """Where a person finds it."""
        return f"{self.file}:{self.row}" if self.file else SHELL

    def __repr__(self) -> str:
        return f"Setting({self.name} in {self.place})"


class Layer(Record):
    """Variables of one origin; `loaded` if something puts them into the environment, `by` says what."""

    settings: Mapping[str, Setting]
    loaded: bool = True
    by: str = ""


class Found(Record):
    """What a look-up gives: the setting that the program gets, those that it hides, those that nothing loads."""

    name: str
    setting: Setting | None
    shadowed: tuple[Setting, ...] = ()
    idle: tuple[Setting, ...] = ()
    by: str = ""  # what puts the setting into the environment

    @property
    def value(self) -> str | None:
        """The value; None if there is none, or if it is not known here."""
        return self.setting.value if self.setting is not None else None


class Environment:
    """What one program finds, the layer that wins first."""

    def __init__(self, layers: Iterable[Layer], *, title: str = "") -> None:
        self.layers = tuple(layers)
        self.title = title  # of a place that is not this shell: "service web of compose.yaml"

    def find(self, *names: str) -> Found:
        """The first of some names that is set; one that is set to nothing counts only if no other is set."""
        found = [self._one(name) for name in names]
        held = [one for one in found if one.setting is not None]
        return next((one for one in held if one.value != ""), (held or found)[0])

    def _one(self, name: str) -> Found:
        having = [(layer, layer.settings[name]) for layer in self.layers if name in layer.settings]
        live = [(layer, setting) for layer, setting in having if layer.loaded]
        idle = tuple(setting for layer, setting in having if not layer.loaded)
        if not live:
            return Found(name, None, (), idle)
        return Found(name, live[0][1], tuple(setting for _, setting in live[1:]), idle, live[0][0].by)


def of_shell(variables: Mapping[str, str]) -> Layer:
    """The environment that keylint itself was started in."""
    return Layer({name: Setting(name, value) for name, value in variables.items()})
