"""What files said the last time: facts, kept for contents that do not change. Holds no text that may be a secret.

A file is remembered by its path and its whole content, for one state of keylint and of the providers, so that what is
remembered is what reading it again would give. A file that holds anything that may be a secret is never remembered. Where
a fact quotes the file (a literal, a variable's name), only the place is written down.
"""

from __future__ import annotations

import json
import os
import sys
import time
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

import keylint
from keylint import model, store
from keylint.languages.syntax import Import
from keylint.mask import hide

if TYPE_CHECKING:
    from collections.abc import Iterable

    from keylint.model import Fact
    from keylint.source import Source

STALE = 30 * 86_400  # seconds after which a project's file is thrown away if nothing was added to it
SPARE = 2  # how many times as many entries as were used are kept: other branches, other paths

IMPORTS = "i"  # what the key of a file's imports ends with

_KINDS = tuple(
    kind
    for _, kind in sorted({**vars(model), "Import": Import}.items())
    if isinstance(kind, type) and (hasattr(kind, "_fields") or issubclass(kind, Enum))
)
_NUMBER = {kind: number for number, kind in enumerate(_KINDS)}
_TUPLE = -1
# Fields that say what the file says, and those that say where: by their numbers.
_QUOTED = {
    kind: (kind._fields.index(text), kind._fields.index(place))
    for kind, text, place in (
        (model.Literal, "text", "content"),
        (model.Env, "name", "name_span"),
        (model.EnvRead, "name", "name_span"),
        (model.EnvDefinition, "name", "name_span"),
    )
}


class _Unkept(Exception):
    """A fact that says more than its file does as it stands."""


class Remembered:
    """The facts of one project's files, by content. `root` and `settings` say which project, and how it is read.

    `lent` are facts that were worked out elsewhere in this run; nothing is read or written if it is not `cached`.
    """

    def __init__(
        self, root: str, settings: Iterable[object], lent: dict[str, str] | None = None, *, cached: bool = True
    ) -> None:
        name = blake2b("\0".join([root, *map(repr, settings)]).encode("utf-8", "surrogateescape"), digest_size=12)
        folder = store.folder() if cached else None
        self._cached = cached
        self.lent = {} if lent is None else lent
        self._path = os.path.join(folder, f"facts-{name.hexdigest()}") if folder else None
        self._state = _state()
        self._entries: dict[str, str] = _read(self._path, self._state) if self._path else {}
        self._used: set[str] = set()
        self._is_new = False

    def facts(self, source: Source) -> list[Fact] | None:
        """The facts of a source; None if it is not remembered."""
        return self._known(source.identity, source)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is remembered."""
        return not self._entries

    def imports(self, source: Source) -> list[Import] | None:
        """The modules that a source loads; None if they are not remembered."""
        return self._known(source.identity + IMPORTS, source)

    def keep(self, source: Source, facts: list[Fact]) -> None:
        """Remember the facts of a source that holds no secret."""
        if source.identity not in self._entries:
            self._keep(source.identity, source, facts)

    def loan(self, source: Source, facts: list[Fact]) -> tuple[str, str] | None:
        """The facts of a source as they are lent, with what they are known by; None if they cannot be written down.

        They are not kept, so the source may hold a secret; none of its text is in them.
        """
        entry = _entry(source, facts)
        return (source.identity, entry) if entry is not None else None

    def keep_imports(self, source: Source, imports: list[Import]) -> None:
        """Remember the modules that such a source loads."""
        self._keep(source.identity + IMPORTS, source, imports)

    def _known(self, key: str, source: Source) -> list[Any] | None:
        entry = self._entries.get(key, self.lent.get(key))
        if entry is None:
            return None
        self._used.add(key)
        try:
            return [_decoded(item, source) for item in json.loads(entry)] if entry else []
        except (ValueError, TypeError, IndexError, KeyError):
            return None

    def _keep(self, key: str, source: Source, items: list[Any]) -> None:
        if not self._cached:
            return
        entry = self.lent.pop(key, None)
        if entry is None:
            entry = _entry(source, items)
        if entry is not None:
            self._entries[key] = entry
            self._used.add(key)
            self._is_new = True

    def save(self) -> None:
        """Write down what is new. A cache that cannot be written is no error."""
        if not self._is_new or self._path is None:
            return
        self._is_new = False
        kept = self._entries
        if len(kept) > SPARE * len(self._used):
            kept = {key: entry for key, entry in kept.items() if key in self._used}
        body = json.dumps(kept, separators=(",", ":")).encode()
        if store.replace(self._path, self._state.encode() + b"\n" + _sum(body) + b"\n" + body):
            _clear(os.path.dirname(self._path))


def _entry(source: Source, items: list[Any]) -> str | None:
    """Facts or imports as a text; None if it would say more than the source does."""
    try:
        entry = json.dumps([_encoded(item, source) for item in items], separators=(",", ":")) if items else ""
    except _Unkept:
        return None
    return entry if hide(entry) == entry else None


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()


@cache
def _state() -> str:
    """What the facts depend on beside the files: the code and the data of keylint, and the grammars."""
    digest = blake2b(f"{keylint.__version__} {sys.version} {sys.platform}".encode(), digest_size=16)
    for folder, folders, names in os.walk(os.path.dirname(keylint.__file__)):
        folders[:] = sorted(name for name in folders if name != "__pycache__")
        for name in sorted(names):
            status = os.stat(os.path.join(folder, name))
            digest.update(f"{name} {status.st_size} {status.st_mtime_ns}".encode("utf-8", "surrogateescape"))
    for folder in sys.path:
        place = os.path.join(folder, "tree_sitter")
        if os.path.isdir(place):  # whatever is installed or taken away beside it changes its folder
            digest.update(f"{folder} {os.stat(folder).st_mtime_ns} {os.stat(place).st_mtime_ns}".encode())
    return digest.hexdigest()


def _read(path: str, state: str) -> dict[str, str]:
    """The entries of a file; none if it is missing, damaged, or of another state of keylint."""
    try:
        with open(path, "rb") as file:
            if file.readline().strip() != state.encode():
                return {}
            checksum = file.readline().strip()
            body = file.read()
        entries = json.loads(body) if _sum(body) == checksum else {}
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _clear(folder: str) -> None:
    """Throw away what was remembered of projects that nothing was heard of for long."""
    try:
        with os.scandir(folder) as found:
            for entry in found:
                if entry.name.startswith("facts-") and entry.stat().st_mtime < time.time() - STALE:
                    os.unlink(entry.path)
    except OSError:
        return


# ------------------------------------------------------------------------------------------------------ facts as JSON


def _encoded(item: Any, source: Source) -> Any:
    kind = type(item)
    if item is None or kind in (str, int, bool):
        return item
    if kind is tuple:
        return [_TUPLE, *(_encoded(part, source) for part in item)]
    number = _NUMBER.get(kind)
    if number is None:
        raise _Unkept
    if issubclass(kind, Enum):
        return [number, item.value]
    if kind in (model.Edit, model.Damage):  # what is written there may be a part of a value
        raise _Unkept
    parts = list(item)
    if kind in _QUOTED:
        text, place = _QUOTED[kind]
        at = source.slice(parts[place]).find(parts[text])
        if at < 0:
            raise _Unkept
        parts[text] = (at, at + len(parts[text]))
    return [number, *(_encoded(part, source) for part in parts)]


def _decoded(item: Any, source: Source) -> Any:
    if type(item) is not list:
        return item
    number = item[0]
    if number == _TUPLE:
        return tuple(_decoded(part, source) for part in item[1:])
    kind = _KINDS[number]
    parts = [_decoded(part, source) for part in item[1:]]
    if kind in _QUOTED:
        text, place = _QUOTED[kind]
        start, end = parts[text]
        parts[text] = source.slice(parts[place])[start:end]
    return kind(*parts)


__all__ = ["Remembered"]
