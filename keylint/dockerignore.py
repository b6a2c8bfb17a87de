"""What `.dockerignore` keeps out of a build, as https://docs.docker.com/build/concepts/context/#dockerignore-files says.

Patterns start at the context's root, `**` stands for any number of folders, a folder takes what is in it along, and of several
patterns that match the last one decides.
"""

from __future__ import annotations

from keylint.lazy import regex
from keylint.settings import fits, segments

_ESCAPED = regex(r"\\(.)|\[\^")


def is_left_out(path: str, text: str) -> bool:
    """Whether a `.dockerignore` of this text keeps a file (its path from the context's root) out."""
    out = False
    parts = path.split("/")
    for line in text.splitlines():
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        back = pattern.startswith("!")
        wanted = segments(_glob(pattern.lstrip("!").strip().strip("/").removeprefix("./")))
        if any(fits(wanted, parts[:count]) for count in range(1, len(parts) + 1)):
            out = not back
    return out


def _glob(pattern: str) -> str:
    """A pattern of Go's filepath.Match as Python's fnmatch writes it."""
    return _ESCAPED.sub(lambda found: f"[{found[1]}]" if found[1] else "[!", pattern)
