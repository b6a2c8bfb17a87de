"""Runs keylint as its users do, in this process: a folder, a command line, what was printed."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from keylint import cli

if TYPE_CHECKING:
    import pathlib


# A configuration with a provider of one's own.
VENDOR = """
[providers.acme]
name = "Acme"
words = ["acme"]
variables = { api_key = ["ACME_KEY"] }
[[providers.acme.clients]]
language = "python"
modules = ["acme"]
names = ["Acme"]
slots = { key = "api_key" }
"""


@dataclass
class Result:
    """What a call printed and how it ended."""

    code: int
    out: str
    err: str

    @property
    def findings(self) -> list[dict[str, Any]]:
        """The findings of a call with --output-format json."""
        return json.loads(self.out) if self.out.strip() else []  # type: ignore[no-any-return]

    @property
    def codes(self) -> list[str]:
        return [finding["code"] for finding in self.findings]


class _Text(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), encoding="utf-8", write_through=True)

    def text(self) -> str:
        return self.buffer.getvalue().decode("utf-8")  # type: ignore[attr-defined,no-any-return]


def keylint(*arguments: str, folder: pathlib.Path | None = None, stdin: bytes | None = None) -> Result:
    """Call keylint's command line in a folder."""
    before = os.getcwd()
    out, err = _Text(), _Text()
    source = io.TextIOWrapper(io.BytesIO(stdin or b""), encoding="utf-8")
    try:
        if folder is not None:
            os.chdir(folder)
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err), _stdin(source):
            try:
                code = cli.main(list(arguments))
            except SystemExit as end:
                code = int(end.code or 0)
    finally:
        os.chdir(before)
    return Result(code, out.text(), err.text())


@contextlib.contextmanager
def _stdin(source: io.TextIOWrapper) -> Any:
    import sys

    before = sys.stdin
    sys.stdin = source
    try:
        yield
    finally:
        sys.stdin = before


def check(folder: pathlib.Path, *arguments: str) -> Result:
    """``keylint check`` in a folder, findings as JSON."""
    return keylint("check", "--output-format", "json", *arguments, folder=folder)


def write(folder: pathlib.Path, files: dict[str, str | bytes]) -> None:
    """Lay files out."""
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)


def git(folder: pathlib.Path, *arguments: str) -> str:
    """Run git in a folder, as nobody in particular."""
    who = ["-c", "user.name=t", "-c", "user.email=t@example.invalid", "-c", "commit.gpgsign=false"]
    return subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout
