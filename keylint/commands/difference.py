"""What fixes would change, shown and not written: ``--diff``, and the fixed text of standard input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint import fixes
from keylint.outputs import put
from keylint.terminal import CLEAN, FOUND, out, say

if TYPE_CHECKING:
    import argparse

    from keylint.engine import Run


def fix_input(options: argparse.Namespace, run: Run, data: bytes) -> int:
    """The fixed text on standard output, as ruff does; with --diff the difference."""
    changes = [
        change
        for change in fixes.plan(run.findings, run.checked, unsafe=options.unsafe_fixes)
        if change.source is not None
    ]
    if options.unsafe_fixes and _moves(run):
        say("keylint: no key is moved out of standard input: there is no place for it")
    if options.diff:
        return show(options, run, moving=False)
    fixed = sum(change.fixed for change in changes)
    options.code = CLEAN if options.exit_zero or len(run.findings) == fixed else FOUND
    out(changes[0].source.encode(changes[0].after) if changes and changes[0].source is not None else data)
    return int(options.code)


def show(options: argparse.Namespace, run: Run, *, moving: bool = True) -> int:
    """What fixes would change, as a unified diff. Returns the exit code."""
    if moving and options.unsafe_fixes and _moves(run):
        from keylint.moving import Moving

        moving_out = Moving(run, alone=False)
        changes, lines = moving_out.changes(), [*moving_out.reasons(), *moving_out.told()]
    else:
        changes, lines = fixes.plan(run.findings, run.checked, unsafe=options.unsafe_fixes), []
    would = sum(change.fixed for change in changes)
    options.code = FOUND if would and not options.exit_zero else CLEAN
    for change in changes:
        for line in fixes.diff(change):
            put(f"{line}\n", people=True)
    for line in lines:
        say(f"keylint: {line}")
    say(f"Would fix {would} problem{'' if would == 1 else 's'}." if would else "No fixes to show.")
    return int(options.code)


def _moves(run: Run) -> bool:
    """Whether a fix would take a key out of the source."""
    return any(finding.fix is not None and finding.fix.move is not None for finding in run.findings)
