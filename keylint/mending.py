"""What --fix does: rounds of fixes until nothing changes, and the question before a key is moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint import fixes, writing
from keylint.terminal import agreed

if TYPE_CHECKING:
    from collections.abc import Callable

    from keylint.engine import Run
    from keylint.moving import Moving

ROUNDS = 8  # a fix may wait for another one's place


class Mending:
    """One call with --fix. `again` checks once more, `say` tells a person; `yes` answers the question beforehand."""

    def __init__(self, again: Callable[[], Run], say: Callable[[str], None], *, unsafe: bool, yes: bool) -> None:
        self._again = again
        self._say = say
        self._unsafe = unsafe
        self._yes = yes
        self.fixed = 0

    def mend(self, run: Run) -> Run:
        """Apply the fixes; what is left is in the run that is returned."""
        for _ in range(ROUNDS):
            if not (self._plain(run) or (self._unsafe and self._moved(run))):
                break
            run = self._again()
        return run

    def _plain(self, run: Run) -> int:
        """The fixes that change code only: how many files were written."""
        written = 0
        for change in fixes.plan(run.findings, run.checked, unsafe=self._unsafe):
            if change.before == change.after:
                continue
            try:
                writing.write(change)
            except writing.NotWritten as error:
                self._say(f"keylint: {error}")
                continue
            written += 1
            self.fixed += change.fixed
        return written

    def _moved(self, run: Run) -> bool:
        """The fixes that take keys out of the source: whether they were written."""
        if not any(finding.fix is not None and finding.fix.move is not None for finding in run.findings):
            return False
        from keylint.moving import Moving

        moving = Moving(run)
        if moving.ready and self._agreed(moving) and self._written(moving):
            return True
        for reason in moving.reasons():
            self._say(f"keylint: {reason}")
        return False

    def _written(self, moving: Moving) -> bool:
        changes = moving.changes()
        try:
            writing.write_together(changes, moving.proof)
        except writing.NotWritten as error:
            self._say(f"keylint: {error}; no key was moved")
            return False
        self.fixed += sum(change.fixed for change in changes)
        self._say(f"keylint: moved {moving.keys()}: {moving.names()}")
        for line in moving.told():
            self._say(f"keylint: {line}")
        return True

    def _agreed(self, moving: Moving) -> bool:
        """Whether the keys may be moved: nobody's files get a secret without a yes."""
        if self._yes:
            return True
        answer = agreed(f"Move {moving.keys()}?")
        if answer is None:
            self._say(f"keylint: to move {moving.keys()}, add --yes")
        return bool(answer)
