"""What every command has of its terminal: exit codes, lines on standard error, whether there are colours."""

from __future__ import annotations

import os
import sys

CLEAN, FOUND, USAGE, NOTHING, INTERNAL = 0, 1, 2, 3, 4


def fail(message: str, code: int = USAGE) -> int:
    """Say why it cannot be done. Returns the exit code for that."""
    say(f"keylint: {message}")
    return code


def say(message: str) -> None:
    """A line on standard error."""
    if not message.isprintable() or "##[" in message:  # a file's name, which a terminal or GitHub's runner would act on
        from keylint.report.excerpt import safe

        message = safe(message).replace("##[", "## [")
    from keylint.mask import hide_known

    print(hide_known(message), file=sys.stderr)


def colored(choice: str) -> bool:
    """As asked; else NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE; else whether standard output is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
