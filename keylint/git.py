"""What git knows of a tree: which files it tracks, which it ignores. It is asked, never imitated.

Nothing that a repository configures is run: the monitor and the hooks are switched off on each call. No git, no
repository and no answer are all the same here: None.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SAFE = (
    "-c",
    "core.fsmonitor=false",
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.quotePath=false",
    "-c",
    "submodule.recurse=false",
)
_TIMEOUT = 120  # seconds; a listing that takes longer is given up


def run(
    arguments: Sequence[str], folder: str, stdin: bytes | None = None, accept: Sequence[int] = (0,)
) -> bytes | None:
    """Git's standard output; None if it is not there, fails, or takes too long."""
    environment = {**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
    try:
        done = subprocess.run(
            ["git", *_SAFE, *arguments],
            cwd=folder,
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            timeout=_TIMEOUT,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout if done.returncode in accept else None


def is_there(folder: str) -> bool:
    """Whether git can be asked at all."""
    return run(["--version"], folder) is not None


def toplevel(folder: str) -> str | None:
    """The root of the work tree that a folder lies in."""
    found = run(["rev-parse", "--show-toplevel"], folder)
    return os.fsdecode(found.rstrip(b"\n")) if found else None


def files(folder: str, patterns: Sequence[str] = (".",)) -> list[str] | None:
    """Tracked files and untracked ones that are not ignored, relative to `folder`, sorted.

    A name that ends with a slash is a repository inside this one.
    """
    found = run(
        ["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns], folder
    )
    return sorted(os.fsdecode(name) for name in found.split(b"\0") if name) if found is not None else None


def ignored_files(folder: str, patterns: Sequence[str]) -> list[str]:
    """Ignored files that match one of git's path patterns, outside of ignored folders."""
    found = run(
        ["ls-files", "-z", "--others", "--ignored", "--exclude-standard", "--directory", "--", *patterns], folder
    )
    return sorted(os.fsdecode(name) for name in (found or b"").split(b"\0") if name and not name.endswith(b"/"))


def ignored(folder: str, names: Iterable[str]) -> set[str] | None:
    """Those of the names that git ignores; a tracked file is not ignored. None if git does not answer."""
    wanted = list(names)
    found = run(
        ["check-ignore", "-z", "--stdin"],
        folder,
        b"\0".join(os.fsencode(name) for name in wanted) + b"\0",
        accept=(0, 1),
    )
    return {os.fsdecode(name) for name in found.split(b"\0") if name} if found is not None else None


def ignored_without_repository(folder: str, names: Iterable[str]) -> set[str]:
    """Which names the `.gitignore` files of a folder that is no repository would make git ignore, once it is one."""
    import tempfile

    with tempfile.TemporaryDirectory() as empty:
        if run(["init", "-q", "--bare", empty], folder) is None:
            return set()
        outside = ["--git-dir", empty, "--work-tree", folder]
        found = run(
            [*outside, "check-ignore", "-z", "--stdin", "--no-index"],
            folder,
            b"\0".join(os.fsencode(name) for name in names) + b"\0",
            accept=(0, 1),
        )
    return {os.fsdecode(name) for name in (found or b"").split(b"\0") if name}


def tracked(folder: str, names: Iterable[str]) -> set[str]:
    """Those of the names (relative to `folder`) that git tracks."""
    found = run(["ls-files", "-z", "--cached", "--", *names], folder)
    return {os.fsdecode(name) for name in (found or b"").split(b"\0") if name}
