"""keylint's own list of accepted findings: one entry a line, sorted, without line numbers, dates or secrets.

An entry is a rule, a path and a mark. The mark is a keyed hash of the finding's line without its secrets, so it stays when
lines move, tells nothing that the masked line does not, and cannot be looked up in a table: the key is the file's own salt.

Every entry ends with a comma and a `null` closes the list, so that git merges two additions line by line.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from dataclasses import dataclass, field
from itertools import accumulate
from operator import and_, eq
from typing import TYPE_CHECKING, NamedTuple

from keylint.baseline.subject import Answer, Scope, Subject
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

VERSION = 1
_DATE = re.compile(r"\d{4}-\d\d-\d\d")


class Entry(NamedTuple):
    """An accepted finding. `expires` is the last day of it (ISO 8601, "" for none); `reason` is for people."""

    path: str
    rule: str
    mark: str
    expires: str = ""
    reason: str = ""

    def line(self) -> str:
        """The entry as it is written."""
        return json.dumps({key: value for key, value in self._asdict().items() if value}, ensure_ascii=True)


@dataclass
class Matches:
    """Which entry accepts which finding; the entries that are out of date, and those that nothing was found for."""

    taken: dict[Entry, Subject] = field(default_factory=dict)
    expired: list[Entry] = field(default_factory=list)
    gone: list[Entry] = field(default_factory=list)
    unseen: list[Entry] = field(default_factory=list)


class Baseline:
    """The list in one file."""

    def __init__(self, path: str, salt: str = "", entries: Iterable[Entry] = ()) -> None:
        self.path = path
        self.salt = salt or os.urandom(16).hex()
        self.entries = sorted(set(entries))

    def entry(self, subject: Subject, expires: str = "", reason: str = "") -> Entry:
        """The entry that accepts a finding."""
        said = f"{subject.finding.code}\0{subject.text}\0{subject.number}".encode("utf-8", "surrogateescape")
        mark = hashlib.blake2b(said, key=bytes.fromhex(self.salt), digest_size=8).hexdigest()
        return Entry(subject.path, subject.finding.code, mark, expires, reason)

    def match(self, subjects: Sequence[Subject], scope: Scope) -> Matches:
        """Each entry accepts one finding: at its path, or elsewhere if it is gone from there (a file was renamed)."""
        made = Matches()
        folder = os.path.dirname(os.path.abspath(self.path))
        today = _today()
        left = {(entry.rule, entry.mark, entry.path): entry for entry in self.entries}
        keys = [(subject, self.entry(subject)) for subject in subjects]
        others = []
        for subject, wanted in keys:
            entry = left.pop((wanted.rule, wanted.mark, wanted.path), None)
            if entry is None:
                others.append((subject, wanted))
            else:
                made.taken[entry] = subject
        moved: dict[tuple[str, str], list[Entry]] = {}
        for entry in left.values():
            full = os.path.join(folder, *entry.path.split("/"))
            if not scope.exists(full) or (scope.covers(full) and entry.rule in scope.rules):
                moved.setdefault((entry.rule, entry.mark), []).append(entry)
        for subject, wanted in others:
            found = moved.get((wanted.rule, wanted.mark))
            if found:
                entry = min(found, key=lambda entry: (-_alike(entry.path, subject.path), entry))
                found.remove(entry)
                made.taken[entry] = subject
        for entry in self.entries:
            if entry not in made.taken:
                full = os.path.join(folder, *entry.path.split("/"))
                (made.gone if scope.covers(full) and entry.rule in scope.rules else made.unseen).append(entry)
        made.expired = [entry for entry in made.taken if entry.expires and entry.expires < today]
        return made

    def accept(self, subjects: Sequence[Subject], scope: Scope) -> Answer:
        """The findings in the list; those of entries that are out of date are not."""
        matches = self.match(subjects, scope)
        answer = Answer([subject for entry, subject in matches.taken.items() if entry not in matches.expired])
        if matches.expired:
            answer.remarks.append(f"{_count(matches.expired)} expired, reported again")
        if matches.gone:
            answer.remarks.append(f"{_count(matches.gone)} no longer found (`keylint baseline --prune` takes them out)")
        return answer

    def text(self) -> str:
        """The file's content."""
        head = f'{{\n"version": {VERSION},\n"salt": "{self.salt}",\n"findings": [\n'
        return head + "".join(f"{entry.line()},\n" for entry in self.entries) + "null\n]\n}\n"


def parse(path: str, raw: bytes) -> Baseline | None:
    """The list in a file's bytes; None if they are of another format. Raises ConfigError for what is wrong in one."""
    table = load(raw)
    if not isinstance(table, dict) or "findings" not in table:
        return None
    salt, version, items = table.get("salt"), table.get("version"), table["findings"]
    if version != VERSION:
        raise ConfigError(f"{path}: made by another version of keylint ({version!r})")
    if not isinstance(salt, str) or not re.fullmatch(r"(?:[0-9a-f]{2}){8,64}", salt) or not isinstance(items, list):
        raise ConfigError(f"{path}: damaged: `salt` must be hexadecimal and `findings` a list")
    return Baseline(path, salt, (_entry(path, item) for item in items if item is not None))


def load(raw: bytes) -> Any:
    """What a file says as JSON; None if it says nothing."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _entry(path: str, item: Any) -> Entry:
    known = isinstance(item, dict) and set(item) <= set(Entry._fields) and {"path", "rule", "mark"} <= set(item)
    if not known or not all(isinstance(value, str) for value in item.values()):
        raise ConfigError(f"{path}: damaged: an entry has `path`, `rule`, `mark`, and may have `expires` and `reason`")
    entry = Entry(**item)
    if entry.expires:
        day(entry.expires, path)
    return entry


def day(text: str, place: str) -> str:
    """A date as it is compared. Raises ConfigError if it is none."""
    from datetime import date

    try:
        if _DATE.fullmatch(text):
            return date.fromisoformat(text).isoformat()
    except ValueError:
        pass
    raise ConfigError(f"{place}: `{text}` is no date: write it as 2030-12-31")


def _today() -> str:
    from datetime import datetime, timezone

    return datetime.now(timezone.utc).date().isoformat()


def _alike(path: str, other: str) -> int:
    """How much two paths have in common: of the places that a finding may have come from, the likeliest is taken."""
    same = (sum(accumulate(map(eq, a, b), and_)) for a, b in ((path, other), (path[::-1], other[::-1])))
    return sum(same)


def _count(entries: Sequence[Entry]) -> str:
    return "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
