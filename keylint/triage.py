"""Which files are worth a look, and where: one Hyperscan pass over the bytes of each.

On the path of every clean file, so it imports next to nothing: the patterns come from `patterns` (built only when the
cache has no database for them), and what a hit means is the business of the stages after this one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import hyperscan

if TYPE_CHECKING:
    from collections.abc import Callable

# Kinds of patterns. A file is a candidate if it has a hit of a kind other than NOTE.
KEY = 1  # something that may be a provider's key
WORD = 2  # a provider is named: host, SDK, variable, header
CREDENTIAL = 3  # a literal in a credential's place, vendor unknown
FOREIGN = 4  # another vendor's secret, per detect-secrets
IGNORE = 5  # one of our own suppression comments
NOTE = 6  # says how the environment is filled (load_dotenv, env_file): of interest to the project's rules only
ENCODED = 7  # base64 of something that may be a key

WINDOW = 32 << 20  # a larger file is scanned in windows of this many bytes ...
OVERLAP = 4096  # ... that overlap by more than the longest key


class Hits:
    """What triage saw in one file: `found` holds (pattern id, end offset), `kinds` the set of kinds as bits."""

    __slots__ = ("found", "kinds")

    def __init__(self, found: list[tuple[int, int]], kinds: int) -> None:
        self.found = found
        self.kinds = kinds

    def has(self, *kinds: int) -> bool:
        """Whether a pattern of one of the kinds was seen."""
        return any(self.kinds >> kind & 1 for kind in kinds)


class Triage:
    """A compiled database and what its pattern ids stand for.

    `kinds` has one byte a pattern, its kind; `labels` what the pattern stands for (a key format's index, a detector's
    name, a loader's name); `detectors` what ``detectors.table`` gives; `key` stands for all of them, "" without a cache.
    """

    def __init__(
        self, database: hyperscan.Database, kinds: bytes, labels: list[str], detectors: str, key: str = ""
    ) -> None:
        self._database = database
        self._scratch = hyperscan.Scratch(database)
        database.scratch = self._scratch
        self.kinds = kinds
        self.labels = labels
        self.detectors = detectors
        self.key = key

    def scan(self, data: bytes) -> Hits | None:
        """The hits in `data`, None if there are none: the common case, and the one that must cost nothing."""
        found: list[tuple[int, int]] = []
        append = found.append
        self._database.scan(data, lambda identity, start, end, flags, context: append((identity, end)))
        return self._hits(found) if found else None

    def scan_large(self, size: int, piece: Callable[[int, int], bytes]) -> Hits | None:
        """Like `scan`, in windows, for a file that should not be read whole: `piece` reads from one offset to another."""
        found: set[tuple[int, int]] = set()
        for start in range(0, max(size - OVERLAP, 1), WINDOW - OVERLAP):
            self._database.scan(piece(start, min(start + WINDOW, size)), _collector(found, start))
        return self._hits(sorted(found, key=lambda hit: hit[1])) if found else None

    def _hits(self, found: list[tuple[int, int]]) -> Hits:
        bits = 0
        for identity in {identity for identity, _ in found}:
            bits |= 1 << self.kinds[identity]
        return Hits(found, bits)


def _collector(found: set[tuple[int, int]], base: int) -> Callable[[int, int, int, int, object], None]:
    """A callback that notes hits at their offset in the whole file."""

    def note(identity: int, start: int, end: int, flags: int, context: object) -> None:
        found.add((identity, base + end))

    return note


def is_candidate(hits: Hits | None) -> bool:
    """Whether the file deserves to be parsed, or at least read as text."""
    return hits is not None and bool(hits.kinds & ~(1 << NOTE))
