"""Files that copies of this process read while it is busy with those before them: the last one first, until both meet.

For the first run over a project, of which nothing is remembered: four fifths of that are parsing. Later runs parse little, and
were slower for the copies. What a copy hands over are the facts of a file, as ``remembered`` would keep them: places and no
texts. The process itself goes through all files in their order all the same, and only finds their facts at hand.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from keylint import forks, store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from keylint.forks import Fork, Send
    from keylint.workspace import File

ENOUGH = 500  # files; of fewer, a first run takes no time that anybody would notice
BATCH = 32  # files after which a copy says how far it is

# The facts of a file, with what they are known by; None if there is nothing to hand over.
Facts: TypeAlias = "tuple[str, str] | None"


class Ahead:
    """The copies that go through some files, of which `paths` are in order.

    `chosen` gives the files behind some of the paths, `read` reads one; both are called in the copies. `facts` are those that
    were handed over, by what they are known by.
    """

    def __init__(
        self,
        paths: Sequence[str],
        chosen: Callable[[Iterable[str]], Iterable[File]],
        read: Callable[[File], Facts],
    ) -> None:
        self.facts: dict[str, str] = {}
        self._room = forks.room()
        self._last = len(paths) - 1
        self._places = {path: number for number, path in enumerate(paths)}
        self._copies: list[Fork] = []
        self._done: list[int] = []  # the place that each copy has come down to
        for number in range(self._room):
            mine = paths[self._last - number :: -self._room]
            copy = forks.start(lambda send, mine=mine: self._go_through(chosen(mine), read, send))  # type: ignore[misc]
            if copy is None:
                break
            self._copies.append(copy)
            self._done.append(len(paths))

    def reach(self, path: str) -> None:
        """Take what the copies have said, and end the one that this file is met with. Called for each file that may be parsed."""
        for number, copy in enumerate(self._copies):
            for line in () if copy.ended else copy.lines():
                self._take(number, line)
        at = self._places.get(path)
        if at is not None and self._copies:
            number = (self._last - at) % self._room
            if number < len(self._copies) and at >= self._done[number]:
                self._copies[number].close()

    def close(self) -> None:
        """End the copies."""
        for copy in self._copies:
            copy.close()
        self._copies = []

    def _take(self, number: int, line: bytes) -> None:
        kind, _, rest = line.decode("ascii").partition(" ")
        if kind == "facts":
            key, _, facts = rest.partition(" ")
            self.facts[key] = facts
        else:
            self._done[number] = int(rest)

    def _go_through(self, files: Iterable[File], read: Callable[[File], Facts], send: Send) -> None:
        """What a copy does."""
        store.read_only = True
        for count, file in enumerate(files, 1):
            facts = read(file)
            if facts is not None:
                send(f"facts {facts[0]} {facts[1]}\n".encode("ascii"))
            if facts is not None or not count % BATCH:
                send(f"done {self._places[file.path]}\n".encode("ascii"))
        send(b"done 0\n")
