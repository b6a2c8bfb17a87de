"""Runs keylint in a process of its own where something is broken: streams, limits, users, mounts."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.samples import sample

if TYPE_CHECKING:
    import pathlib

KEY = sample("openai")
LEAK = f'import openai\n\nclient = openai.OpenAI(api_key="{KEY}")\n'  # KL101, with a fix that moves the key
SAFE = 'import openai\n\nclient = openai.OpenAI(organization="org_1")\n'  # KL401, with a safe fix
CHANGING = ("KEYLINT_TRACEBACK", "PYTHONUNBUFFERED", "PYTHONUTF8", "PYTHONIOENCODING")
LIMIT = 60  # seconds after which a run hangs


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "keylint", *arguments]


def run(
    folder: pathlib.Path,
    *arguments: str,
    prefix: list[str] | None = None,
    env: dict[str, str] | None = None,
    **how: Any,
) -> subprocess.CompletedProcess[str]:
    """A run as a user has it; `prefix` is the program that starts it, `how` goes to ``subprocess.run``."""
    environment = {name: value for name, value in os.environ.items() if name not in CHANGING} | (env or {})
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    how = pipes | ({} if "input" in how else {"stdin": subprocess.DEVNULL}) | how
    return subprocess.run(
        [*(prefix or []), *command(*arguments)],
        cwd=folder,
        env=environment,
        encoding="utf-8",
        errors="surrogateescape",
        timeout=LIMIT,
        check=False,
        **how,
    )


def fine(done: subprocess.CompletedProcess[str]) -> None:
    """Nothing but keylint's own lines on standard error, and no key."""
    for line in (done.stderr or "").splitlines():
        assert line.startswith("keylint: "), done.stderr
    assert "internal error" not in (done.stderr or "")
    assert KEY not in (done.stdout or "") + (done.stderr or "")


@cache
def ordinary() -> list[str] | None:
    """What starts a program for which the modes of files count: nothing but for root, whose own namespace takes the right."""
    if not hasattr(os, "geteuid") or sys.platform == "win32":
        return None
    if os.geteuid():
        return []
    return ["unshare", "-U"] if works(["unshare", "-U", "true"]) else None


def as_ordinary() -> list[str]:
    prefix = ordinary()
    if prefix is None:
        pytest.skip("no user for whom modes count: Windows, or root without user namespaces")
    return prefix


@cache
def _mounts() -> list[str] | None:
    for flags in (["-m"], ["-U", "-r", "-m"]):
        if works(["unshare", *flags, "sh", "-c", "mount -t tmpfs -o size=64k none /mnt"]):
            return ["unshare", *flags]
    return None


def mounting() -> list[str]:
    """What starts a program that may mount."""
    prefix = _mounts()
    if prefix is None:
        pytest.skip("nothing can be mounted here")
    return prefix


def works(arguments: list[str]) -> bool:
    return shutil.which(arguments[0]) is not None and subprocess.run(arguments, capture_output=True).returncode == 0
