"""The last lines of a report for people. On the path of every clean file, so it imports nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run


def summary(run: Run) -> Iterator[str]:
    """How many findings there are, how many of them can be fixed, and what comments, baselines and configurations leave out."""
    parts = [f"{run.suppressed} silenced by comments"] if run.suppressed else []
    parts += [f"{run.left_out} by per-file-ignores"] if run.left_out else []
    parts += [f"{run.baselined} accepted by the baseline"] if run.baselined else []
    parts += run.owned
    silenced = f" ({', '.join(parts)})" if parts else ""
    if not run.files:
        yield f"No files were checked{silenced}."
        return
    if not run.findings:
        yield f"No findings in {_count(run.files, 'file')}{silenced}."
        return
    files = {finding.path for finding in run.findings}
    yield f"Found {_count(len(run.findings), 'problem')} in {_count(len(files), 'file')}{silenced}."
    fixes = [finding.fix.applicability.value for finding in run.findings if finding.fix is not None]
    safe, unsafe = fixes.count("safe"), fixes.count("unsafe")
    if safe:
        yield f"{safe} fixable with `--fix`" + (f", {unsafe} more with `--unsafe-fixes`." if unsafe else ".")
    elif unsafe:
        yield f"{unsafe} fixable with `--fix --unsafe-fixes`."


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
