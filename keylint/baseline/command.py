"""`keylint baseline`: writes the list of accepted findings, or takes out of it what is no longer needed."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keylint import fixes, writing
from keylint.baseline import read
from keylint.baseline.foreign import detect_secrets_text
from keylint.baseline.own import Baseline, Entry, day
from keylint.baseline.subject import Scope, Subject, subjects
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keylint.engine import Run


@dataclass
class Wanted:
    """What is asked for: the file; the lists of other tools to take over; what new entries say; whether to prune only."""

    path: str
    imported: Sequence[str] = ()
    expires: str = ""
    reason: str = ""
    prune: bool = False
    format: str = "keylint"


def write(run: Run, scope: Scope, wanted: Wanted) -> str:
    """Write the list for the findings of a run; a sentence about it. Raises ConfigError, writing.NotWritten."""
    before = _present(wanted.path)
    folder = os.path.dirname(os.path.abspath(wanted.path))
    found = _imported(run, scope, wanted.imported) if wanted.imported else subjects(run, folder)
    if wanted.format == "detect-secrets":
        if wanted.prune or wanted.expires or wanted.reason:
            raise ConfigError("the list of detect-secrets has no --prune, --expires and --reason")
        after, number = detect_secrets_text(found, before or b"", wanted.path)
        said = (
            f"{wanted.path}: {_count(number)} for detect-secrets, {len(found) - number} that it does not see left out."
        )
    else:
        old = _old(wanted.path, before)
        new, said = _update(old, subjects(run, folder), found, scope, wanted)
        after = new.text()
    data = after.encode()
    if data != before:
        writing.write(fixes.Change(wanted.path, None, before or b"", data, linked=False))
    return said


def _present(path: str) -> bytes | None:
    try:
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _old(path: str, raw: bytes | None) -> Baseline:
    if raw is None:
        return Baseline(path)
    known = read(path)
    if not isinstance(known, Baseline):
        raise ConfigError(f"{path}: another tool's list is not overwritten; name one with --output")
    return known


def _imported(run: Run, scope: Scope, paths: Sequence[str]) -> list[Subject]:
    """The findings that other lists accept."""
    found: dict[int, Subject] = {}
    for path in paths:
        answer = read(path).accept(subjects(run, os.path.dirname(os.path.abspath(path))), scope)
        found |= {id(subject.finding): subject for subject in answer.accepted}
    return list(found.values())


def _update(
    old: Baseline, all_found: Sequence[Subject], wanted_found: Sequence[Subject], scope: Scope, wanted: Wanted
) -> tuple[Baseline, str]:
    """The list as it will be, and what became of it.

    An entry whose finding is still there keeps what people wrote into it, and gets the path that its file has now. One
    that was not looked for stays.
    """
    expires = day(wanted.expires, "--expires") if wanted.expires else ""
    matches = old.match(all_found, scope)
    kept = [_again(old, entry, subject) for entry, subject in matches.taken.items() if entry not in matches.expired]
    taken = {id(subject.finding) for entry, subject in matches.taken.items() if entry not in matches.expired}
    asked = {id(subject.finding) for subject in wanted_found}
    added = [
        old.entry(subject, expires, wanted.reason)
        for subject in all_found
        if not wanted.prune and id(subject.finding) in asked and id(subject.finding) not in taken
    ]
    made = Baseline(old.path, old.salt, [*kept, *added, *matches.unseen])
    told = f"{old.path}: {_count(len(made.entries))} accepted"
    parts = [f"{len(added)} new"] if added else []
    if matches.gone:
        parts.append(f"{len(matches.gone)} no longer found")
    if wanted.prune and matches.expired:
        parts.append(f"{len(matches.expired)} expired")
    return made, f"{told} ({', '.join(parts)})." if parts else f"{told}."


def _again(old: Baseline, entry: Entry, subject: Subject) -> Entry:
    return old.entry(subject, entry.expires, entry.reason)


def _count(number: int) -> str:
    return f"{number} finding{'' if number == 1 else 's'}"
