"""keylint's own list of accepted findings: one entry a line, sorted, without line numbers, dates or secrets.

An entry is a rule, a path and a mark. The mark is a keyed hash of the finding's line without its secrets, so it stays when
lines move, tells nothing that the masked line does not, and cannot be looked up in a table: the key is the file's own salt.
Both are short and in base 32, so that other tools do not take them for secrets.

Every entry ends with a comma and a `null` closes the list, so that git merges two additions line by line.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import posixpath
import re
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from keylint.baseline.subject import Answer, Scope, Subject
from keylint.lazy import regex
from keylint.mask import hide_known
from keylint.record import Record
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

VERSION = 1
_DATE = regex(r"\d{4}-\d\d-\d\d")


class Entry(Record):
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
        self.salt = salt or _base32(os.urandom(10))
        ordered = sorted(entries, key=lambda entry: (entry.expires or "9", entry.reason))
        self.entries = sorted({entry[:3]: entry for entry in ordered}.values())  # of two, the one that lasts longer

    def entry(self, subject: Subject, expires: str = "", reason: str = "") -> Entry:
        """The entry that accepts a finding."""
        said = f"{subject.finding.code}\0{subject.text}\0{subject.number}".encode("utf-8", "surrogateescape")
        mark = hashlib.blake2b(said, key=self.salt.encode(), digest_size=8).digest()
        return Entry(hide_known(subject.path), subject.finding.code, _base32(mark), expires, reason)

    def match(self, subjects: Sequence[Subject], scope: Scope) -> Matches:
        """Each entry accepts one finding: at its path, or elsewhere if there is no such file any more (it was renamed).

        A line that went from one file to another is new: else an entry that nobody pruned would accept what is written later.
        """
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
        missing = [entry for entry in left.values() if not scope.exists(os.path.join(folder, *entry.path.split("/")))]
        made.taken |= _renamed(missing, others)
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
    if not isinstance(salt, str) or not re.fullmatch(r"[a-z2-7]{16,64}", salt) or not isinstance(items, list):
        raise ConfigError(f"{path}: damaged: `salt` must be in base 32 and `findings` a list")
    return Baseline(path, salt, (_entry(path, item) for item in items if item is not None))


def load(raw: bytes) -> Any:
    """What a file says as JSON; None if it says nothing."""
    try:
        return json.loads(raw)
    except (ValueError, RecursionError):
        return None


def _entry(path: str, item: Any) -> Entry:
    known = isinstance(item, dict) and set(item) <= set(Entry._fields) and {"path", "rule", "mark"} <= set(item)
    if not known or not all(isinstance(value, str) and value for value in item.values()):
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


def _renamed(entries: Sequence[Entry], subjects: Sequence[tuple[Subject, Entry]]) -> dict[Entry, Subject]:
    """Which of the findings are those of files that are gone; each comes with the entry that it would have.

    The more of the path's end is the same, the likelier; then the same folder; then anything.
    """
    taken: dict[Entry, Subject] = {}
    deepest = max((entry.path.count("/") + 1 for entry in entries), default=0)
    ways: list[Callable[[str], str]] = [
        *(partial(_end, count=count) for count in range(deepest, 0, -1)),
        posixpath.dirname,
        lambda _: "",
    ]
    found: set[int] = set()
    for way in ways:
        waiting_for: dict[tuple[str, str, str], list[Entry]] = {}
        for entry in reversed(entries):
            if entry not in taken:
                waiting_for.setdefault((entry.rule, entry.mark, way(entry.path)), []).append(entry)
        for number, (subject, wanted) in enumerate(subjects):
            waiting = waiting_for.get((wanted.rule, wanted.mark, way(wanted.path)))
            if waiting and number not in found:
                found.add(number)
                taken[waiting.pop()] = subject
    return taken


def _base32(raw: bytes) -> str:
    return base64.b32encode(raw).decode().lower().rstrip("=")


def _end(path: str, count: int) -> str:
    return "/".join(path.split("/")[-count:])


def _count(entries: Sequence[Entry]) -> str:
    return "1 entry" if len(entries) == 1 else f"{len(entries)} entries"
