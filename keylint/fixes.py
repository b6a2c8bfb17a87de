"""What fixes make of files: edits from the end, conflicts dropped, the result parsed. `writing` puts it on disk."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keylint import languages
from keylint.analysis import Checked, masked
from keylint.model import Applicability, Edit, Finding, Span
from keylint.source import Source
from keylint.workspace import contents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence


@dataclass
class Change:
    """A file's content before and after its fixes, as UTF-8, and the findings that they mend."""

    path: str
    source: Source | None  # None for a file that is not read otherwise (.gitignore)
    before: bytes
    after: bytes
    mended: list[Finding] = field(default_factory=list)
    secrets: list[Span] = field(default_factory=list)
    values: Callable[[bytes], list[Span]] | None = None  # what else of a content must not be shown
    private: bool = False  # a new file is for its owner's eyes only
    linked: bool = True  # a link is followed to the file that it leads to

    @property
    def fixed(self) -> int:
        """How many findings are mended."""
        return len(self.mended)


def plan(
    findings: Iterable[Finding],
    files: Mapping[str, Checked],
    *,
    unsafe: bool,
    moves: Mapping[Finding, tuple[Edit, ...]] | None = None,
) -> list[Change]:
    """What the fixes make of the files. A fix that touches another one's place waits for the next round.

    A fix that takes a key out of the source is applied only if it is one of `moves`, which give it further edits.
    """
    edits: dict[str, list[Edit]] = {}
    mended: dict[str, list[Finding]] = {}
    for finding in findings:
        fix = finding.fix
        if fix is None or (fix.applicability is Applicability.UNSAFE and not unsafe):
            continue
        if fix.move is not None and finding not in (moves or {}):
            continue
        wanted = [(edit.path or finding.path, edit) for edit in (*(moves or {}).get(finding, ()), *fix.edits)]
        if any(_clashes(edit, edits.get(path, ())) or not _fits(path, edit, files) for path, edit in wanted):
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
        mended.setdefault(finding.path, []).append(finding)
    return [_change(path, made, files, mended.get(path, [])) for path, made in sorted(edits.items())]


def _fits(path: str, edit: Edit, files: Mapping[str, Checked]) -> bool:
    """Whether an edit lies in its file; one that does not is a rule's mistake, which must not become the file's."""
    checked = files.get(path)
    return checked is None or 0 <= edit.span.start <= edit.span.end <= len(checked.source.data)


def _clashes(edit: Edit, others: Sequence[Edit]) -> bool:
    """Whether two edits touch the same place; the same edit twice (an import) is one."""
    return edit not in others and any(
        edit.span.overlaps(other.span)
        if edit.span.start < edit.span.end and other.span.start < other.span.end
        else _meets(edit.span, other.span)
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


def _change(path: str, edits: list[Edit], files: Mapping[str, Checked], mended: list[Finding]) -> Change:
    checked = files.get(path)
    before = checked.source.data if checked is not None else _content(path)
    return Change(
        path,
        checked.source if checked is not None else None,
        before,
        applied(before, edits),
        mended,
        checked.secrets if checked is not None else [],
        linked=checked is not None,  # a file that nobody named may be a link to anything
    )


def _content(path: str) -> bytes:
    return contents(path) or b""


def diff(change: Change) -> Iterator[str]:
    """A unified diff. Secrets are masked and line ends are not shown, so it is no patch where those matter."""
    before = _shown(change, change.before, change.secrets)
    after = _shown(change, change.after, _moved_secrets(change))
    name = _name(change.path)
    for line in difflib.unified_diff(before, after, name, name):
        yield line.removesuffix("\n")
        if not line.endswith("\n"):
            yield "\\ No newline at end of file"


def _name(path: str) -> str:
    """A file's name on a line of its own, whatever it is made of."""
    from keylint.report.excerpt import safe

    return safe(path)


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

    source = Source(change.path, data)
    secrets = secrets if change.values is None else change.values(data)
    text = masked(source, Span(0, len(source.data)), secrets)
    return [
        "\t".join(map(safe, hide(line.rstrip("\r\n")).split("\t"))) + ("\n" if line.endswith("\n") else "")
        for line in re.findall(r"[^\n]*\n|[^\n]+", text)
    ]
