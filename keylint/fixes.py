"""Applying fixes: edits from the end, conflicts dropped, the result parsed, written beside and renamed.

The only module that opens a file of the project for writing.
"""

from __future__ import annotations

import contextlib
import difflib
import os
import stat
import tempfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keylint import languages
from keylint.analysis import Checked, masked
from keylint.model import Applicability, Edit, Finding, Span
from keylint.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


@dataclass
class Change:
    """A file's content before and after its fixes, as UTF-8, and how many findings they mend."""

    path: str
    source: Source | None  # None for a file that is not read otherwise (.gitignore)
    before: bytes
    after: bytes
    fixed: int = 0
    secrets: list[Span] = field(default_factory=list)


class NotWritten(Exception):
    """A file could not be written, or was changed by someone else meanwhile."""


def plan(findings: Iterable[Finding], files: Mapping[str, Checked], *, unsafe: bool) -> list[Change]:
    """What the fixes make of the files. A fix that touches another one's place waits for the next round."""
    edits: dict[str, list[Edit]] = {}
    counts: dict[str, int] = {}
    for finding in findings:
        fix = finding.fix
        if fix is None or (fix.applicability is Applicability.UNSAFE and not unsafe):
            continue
        wanted = [(edit.path or finding.path, edit) for edit in fix.edits]
        if any(_clashes(edit, edits.get(path, ())) for path, edit in wanted):
            continue
        trial = {
            path: [
                *edits.get(path, ()),
                *(edit for where, edit in wanted if where == path and edit not in edits.get(path, ())),
            ]
            for path, _ in wanted
        }
        if any(_breaks(path, made, files) for path, made in trial.items()):
            continue
        edits.update(trial)
        counts[finding.path] = counts.get(finding.path, 0) + 1
    return [_change(path, made, files, counts.get(path, 0)) for path, made in sorted(edits.items())]


def _clashes(edit: Edit, others: Iterable[Edit]) -> bool:
    """Whether two edits touch the same place; the same edit twice (an import) is one."""
    return any(
        edit != other
        and (
            edit.span.overlaps(other.span)
            if edit.span.start < edit.span.end and other.span.start < other.span.end
            else _meets(edit.span, other.span)
        )
        for other in others
    )


def _meets(span: Span, other: Span) -> bool:
    """Whether an insertion stands inside, or at the same place as, another edit."""
    return span.start <= other.end and other.start <= span.end


def applied(data: bytes, edits: Iterable[Edit]) -> bytes:
    """The content after the edits, the last one first so that offsets stay valid."""
    for edit in sorted(edits, key=lambda edit: (edit.span.start, edit.span.end), reverse=True):
        data = data[: edit.span.start] + edit.text.encode() + data[edit.span.end :]
    return data


def _breaks(path: str, edits: list[Edit], files: Mapping[str, Checked]) -> bool:
    """Whether a file that parsed would not any more."""
    checked = files.get(path)
    if checked is None:
        return False
    adapter = languages.adapter(checked.source.language)
    return adapter.broken(applied(checked.source.data, edits)) and not adapter.broken(checked.source.data)


def _change(path: str, edits: list[Edit], files: Mapping[str, Checked], fixed: int) -> Change:
    checked = files.get(path)
    before = checked.source.data if checked is not None else _content(path)
    return Change(
        path,
        checked.source if checked is not None else None,
        before,
        applied(before, edits),
        fixed,
        checked.secrets if checked is not None else [],
    )


def _content(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def write(change: Change) -> None:
    """Put a change on disk, whole or not at all. Raises NotWritten."""
    target = os.path.realpath(change.path)
    before, after = change.before, change.after
    if change.source is not None:
        try:
            before, after = change.source.encode(before), change.source.encode(after)
        except UnicodeError:
            raise NotWritten(f"{change.path}: the fix cannot be written in {change.source.encoding}") from None
    try:
        if change.source is not None or os.path.exists(target):
            with open(target, "rb") as file:
                if file.read() != before:
                    raise NotWritten(f"{change.path}: changed while it was checked, left alone")
        _replace(target, after)
    except OSError as error:
        raise NotWritten(f"{change.path}: cannot be written: {error.strerror}") from None


def _replace(target: str, content: bytes) -> None:
    """Write beside, with the old file's mode, and rename."""
    folder = os.path.dirname(target) or "."
    handle, beside = tempfile.mkstemp(prefix=".keylint-", dir=folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(OSError):
            status = os.stat(target)
            os.chmod(beside, stat.S_IMODE(status.st_mode))
            if hasattr(os, "chown") and (status.st_uid, status.st_gid) != (os.getuid(), os.getgid()):
                os.chown(beside, status.st_uid, status.st_gid)
        if not os.path.exists(target):
            os.chmod(beside, 0o666 & ~_umask())
        os.replace(beside, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(beside)
        raise


def _umask() -> int:
    current = os.umask(0o022)
    os.umask(current)
    return current


def diff(change: Change) -> Iterator[str]:
    """A unified diff for people: secrets are masked, so it is no patch where they stand."""
    before = _shown(change, change.before, change.secrets)
    after = _shown(change, change.after, _moved_secrets(change))
    yield from difflib.unified_diff(before, after, change.path, change.path, lineterm="")


def _moved_secrets(change: Change) -> list[Span]:
    """Where the secrets stand in the changed content."""
    found: list[Span] = []
    for secret in change.secrets:
        text = change.before[secret.start : secret.end]
        at = change.after.find(text)
        while text and at >= 0:
            found.append(Span(at, at + len(text)))
            at = change.after.find(text, at + len(text))
    return sorted(set(found))


def _shown(change: Change, data: bytes, secrets: list[Span]) -> list[str]:
    from keylint.mask import hide
    from keylint.report.excerpt import safe

    source = Source(change.path, data.decode("utf-8", "surrogateescape"))
    text = masked(source, Span(0, len(source.data)), secrets)
    return [safe(hide(line.rstrip("\r"))) for line in text.split("\n")]
