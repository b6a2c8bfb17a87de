"""What `.dockerignore` keeps out of a build, as https://docs.docker.com/build/concepts/context/#dockerignore-files says.

Patterns start at the context's root, `**` stands for any number of folders, a folder takes what is in it along, and of several
patterns that match the last one decides.
"""

from __future__ import annotations

import re


def is_left_out(path: str, text: str) -> bool:
    """Whether a `.dockerignore` of this text keeps a file (its path from the context's root) out."""
    out = False
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        back = pattern.startswith("!")
        expression = _expression(pattern.lstrip("!").strip().strip("/").removeprefix("./"))
        parts = path.split("/")
        if any(expression.fullmatch("/".join(parts[:count])) for count in range(1, len(parts) + 1)):
            out = not back
    return out


def _expression(pattern: str) -> re.Pattern[str]:
    """A pattern of Go's filepath.Match, with Docker's `**`."""
    made = ""
    at = 0
    while at < len(pattern):
        char = pattern[at]
        if pattern.startswith("**", at):
            at += 2
            if pattern.startswith("/", at):
                at += 1
                made += "(?:.*/)?"
            else:
                made += ".*"
            continue
        closing = pattern.find("]", at + 2) if char == "[" else -1
        if char == "*":
            made += "[^/]*"
        elif char == "?":
            made += "[^/]"
        elif closing > 0:
            made += (
                f"[{re.escape(pattern[at + 1 : closing]).replace(chr(92) + '-', '-').replace(chr(92) + '^', '^', 1)}]"
            )
            at = closing
        else:
            made += re.escape(char)
        at += 1
    return re.compile(made)
