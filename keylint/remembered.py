"""What files said the last time: facts, kept for contents that do not change. Holds no text that may be a secret.

A file is remembered by its path and its whole content, for one state of keylint and of the providers, so that what is
remembered is what reading it again would give. A file that holds anything that may be a secret is known by its stamp
instead, which says nothing about the content: who has the rest of the file could guess a weak password from a hash of all of
it. Where a fact quotes the file (a literal, a variable's name), only the place is written down.
"""

from __future__ import annotations

import json
import os
import sys
from enum import Enum
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

import keylint
from keylint import model, store
from keylint.languages.syntax import Import
from keylint.mask import hide
from keylint.model import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from keylint.model import Fact
    from keylint.source import Source

PREFIX = "facts-"
MANY = 100  # secrets: a file that holds more is not remembered
SPARE = 2  # how many times as many entries as were used are kept: other branches, other paths

LONGEST = 512  # pieces of a text, and characters of one, that are written down
ALIKE = 4  # characters by which a text is found again behind an escape
SAID = 3  # characters of a text that could say something of a secret

IMPORTS = "i"  # what the key of a file's imports ends with

_KINDS = tuple(
    kind
    for _, kind in sorted({**vars(model), "Import": Import}.items())
    if isinstance(kind, type) and (hasattr(kind, "_fields") or issubclass(kind, Enum))
)
_NUMBER = {kind: number for number, kind in enumerate(_KINDS)}
_TUPLE = -1
_SPAN = _NUMBER[Span]  # of what there is most
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
        self._path = os.path.join(folder, f"{PREFIX}{name.hexdigest()}") if folder else None
        self._state = state()
        self._entries: dict[str, str] = _read(self._path, self._state) if self._path else {}
        self.was_empty = not self._entries  # when this run began
        self._used: set[str] = set()
        self._is_new = False

    def facts(self, source: Source) -> list[Fact] | None:
        """The facts of a source; None if it is not remembered."""
        return self._known("", source)

    def imports(self, source: Source) -> list[Import] | None:
        """The modules that a source loads; None if they are not remembered."""
        return self._known(IMPORTS, source)

    def keep(self, source: Source, facts: list[Fact], secrets: Sequence[Span] = ()) -> None:
        """Remember what the syntax of a source says; `secrets` is where it holds some."""
        self._keep("", source, facts, secrets)

    def loan(self, source: Source, facts: list[Fact]) -> tuple[str, str] | None:
        """The facts of a source as they are lent, with what they are known by; None if they cannot be written down.

        They are not kept, so the source may hold a secret; none of its text is in them.
        """
        entry = _entry(source, facts)
        return (source.identity, entry) if entry is not None else None

    def keep_imports(self, source: Source, imports: list[Import], secrets: Sequence[Span] = ()) -> None:
        """Remember the modules that a source loads."""
        self._keep(IMPORTS, source, imports, secrets)

    def _known(self, what: str, source: Source) -> list[Any] | None:
        for name in (source.identity, source.place):
            key = name + what
            entry = self._entries.get(key, self.lent.get(key)) if name else None
            if entry is not None:
                self._used.add(key)
                try:
                    return [_decoded(item, source) for item in json.loads(entry)] if entry else []
                except (ValueError, TypeError, IndexError, KeyError):
                    return None
        return None

    def _keep(self, what: str, source: Source, items: list[Any], secrets: Sequence[Span]) -> None:
        lent = self.lent.pop(source.identity + what, None)
        name = source.place if secrets else source.identity
        key = name + what
        if not self._cached or not name or key in self._entries or len(secrets) > MANY:
            return
        entry = lent if lent is not None and not secrets else _entry(source, items, secrets)
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
            store.clear(self._path, PREFIX)


def _entry(source: Source, items: list[Any], secrets: Sequence[Span] = ()) -> str | None:
    """Facts or imports as a text; None if it would say more than the source does, or anything of a secret."""
    try:
        encoded = [_encoded(item, source) for item in items]
    except _Unkept:
        return None
    if secrets and _tell(set(_texts(encoded)), source, secrets):
        return None
    entry = json.dumps(encoded, separators=(",", ":")) if items else ""
    return entry if hide(entry) == entry else None


def _tell(texts: set[str], source: Source, secrets: Sequence[Span]) -> bool:
    """Whether one of the texts has a secret in it, or is a part of one and stands nowhere else in the file."""
    hidden = [source.slice(span) for span in secrets]
    ends = [0, *(span.end for span in secrets)]
    starts = [*(span.start for span in secrets), len(source.data)]
    shown = "\0".join(source.slice(Span(start, end)) for start, end in zip(ends, starts, strict=True))
    return any(secret in text or (text in secret and text not in shown) for text in texts for secret in hidden)


def _texts(encoded: list[Any]) -> Iterator[str]:
    """The texts among what is written down, but for marks such as a quote."""
    for item in encoded:
        if isinstance(item, list):
            yield from _texts(item)
        elif isinstance(item, str) and len(item) >= SAID:
            yield item


def _sum(body: bytes) -> bytes:
    return blake2b(body, digest_size=16).hexdigest().encode()


@cache
def state() -> str:
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
    if kind is model.Damage:  # what its edits write may be a part of a value
        raise _Unkept
    parts = list(item)
    if kind in _QUOTED:
        text, place = _QUOTED[kind]
        parts[text] = _pieces(parts[text], parts[place], source)
    return [number, *(_encoded(part, source) for part in parts)]


def _decoded(item: Any, source: Source) -> Any:
    if type(item) is not list:
        return item
    number = item[0]
    if number == _SPAN:
        return Span(item[1], item[2])
    parts = [_decoded(part, source) if type(part) is list else part for part in item]
    del parts[0]
    if number == _TUPLE:
        return tuple(parts)
    kind = _KINDS[number]
    if kind in _QUOTED:
        text, place = _QUOTED[kind]
        parts[text] = _put_together(parts[text], parts[place], source)
    return kind(*parts)


# Characters of a quoted place, from one number to another; bytes of the file; a sign that an escape stands for.
_Piece: TypeAlias = "tuple[int, int] | tuple[int, int, bool] | str"


def _pieces(text: str, place: Span, source: Source) -> tuple[_Piece, ...]:
    """Where the parts of a text stand: in the place that it is read from, or, if it is put together, elsewhere in the file.

    Between them there may be what escapes stand for, of which only signs and spaces are written down. Raises _Unkept.
    """
    whole = source.slice(place)
    at = whole.find(text)
    if at >= 0:
        return ((at, at + len(text)),)
    pieces: list[_Piece] = []
    read = at = 0
    while read < len(text):
        if len(pieces) > LONGEST:
            raise _Unkept
        size = _alike(text[read : read + LONGEST], whole[at : at + LONGEST])
        next_ = whole.find(text[read : read + ALIKE], at)
        if size:
            pieces.append((at, at + size))
            at += size
        elif not text[read].isalnum():
            pieces.append(text[read])
            size = 1
        elif next_ >= 0:
            at = next_
        else:
            said = text[read : read + LONGEST]
            start = source.data.find(said[: 4 * ALIKE].encode("utf-8", "replace"))
            size = _alike(said, source.slice(Span(start, start + 4 * LONGEST))) if start >= 0 else 0
            pieces.append((start, start + len(said[:size].encode()), True))
            if not size:
                raise _Unkept
        read += size
    if _put_together(tuple(pieces), place, source) != text:
        raise _Unkept
    return tuple(pieces)


def _alike(one: str, other: str) -> int:
    """How many characters two texts have in common at the beginning."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((number for number, (left, right) in pairs if left != right), min(len(one), len(other)))


def _put_together(pieces: tuple[_Piece, ...], place: Span, source: Source) -> str:
    whole = source.slice(place)
    return "".join(
        piece if isinstance(piece, str) else source.slice(Span(*piece[:2])) if len(piece) > 2 else whole[slice(*piece)]
        for piece in pieces
    )


__all__ = ["Remembered"]
