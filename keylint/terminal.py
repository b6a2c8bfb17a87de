"""What every command has of its terminal: exit codes, lines on standard error, whether there are colours."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import TextIO

CLEAN, FOUND, USAGE, NOTHING, INTERNAL = 0, 1, 2, 3, 4


def fail(message: str, code: int = USAGE) -> int:
    """Say why it cannot be done. Returns the exit code for that."""
    say(f"keylint: {message}")
    return code


def say(message: str) -> None:
    """A line on standard error."""
    try:
        if (
            not message.isprintable() or "##[" in message
        ):  # a file's name, which a terminal or GitHub's runner would act on
            from keylint.report.excerpt import safe

            message = safe(message).replace("##[", "## [")
        from keylint.mask import hide_known

        message = hide_known(message)
    except (ImportError, MemoryError, OSError):
        message = "keylint: no memory or no file handle is left to say what is wrong"
    try:
        print(message, file=sys.stderr, flush=True)
    except OSError:  # nobody hears it, which changes nothing of what was found
        abandon(sys.stderr)


def out(text: str | bytes) -> None:
    """Text on standard output, as much of it as that can show, or bytes as they are; "" writes what is waiting.

    Raises ConfigError if it cannot be written, BrokenPipeError if nobody reads it.
    """
    try:
        if isinstance(text, bytes):
            sys.stdout.buffer.write(text)
        elif not text:
            sys.stdout.flush()
        elif text.isascii():
            sys.stdout.write(text)
        else:
            encoding = sys.stdout.encoding or "utf-8"
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    except BrokenPipeError:
        raise
    except OSError as error:
        from keylint.settings import ConfigError

        abandon(sys.stdout)
        raise ConfigError(f"standard output cannot be written: {error.strerror}") from None


def fill() -> None:
    """Open those of the three streams that the caller has closed: the next file that is opened would be taken for one."""
    if sys.stdin is None:  # it stays None: what is read from it is not an empty text
        os.open(os.devnull, os.O_RDONLY)
    if sys.stdout is None:
        sys.stdout = _nowhere()
    if sys.stderr is None:
        sys.stderr = _nowhere()


def _nowhere() -> TextIO:
    return open(os.devnull, "w", encoding="utf-8", errors="replace")  # it is there until the end


def abandon(stream: TextIO) -> None:
    """Let what is still to be written to a stream go nowhere, so that the end of the process does not fail on it."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def agreed(question: str) -> bool | None:
    """What a person says to a question; None where nobody can be asked."""
    if sys.stdin is None or not sys.stdin.isatty():
        return None
    sys.stderr.write(f"{question} [y/N] ")
    sys.stderr.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def stdin_bytes() -> bytes:
    """All of standard input. Raises ConfigError if it is closed."""
    if sys.stdin is None:
        from keylint.settings import ConfigError

        raise ConfigError("standard input is closed")
    return sys.stdin.buffer.read()


def colored(choice: str) -> bool:
    """As asked; else NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE; else whether standard output is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
