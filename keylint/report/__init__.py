"""What a run looks like to people and programs: one module a format, each a pure generator of lines."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

FORMATS = ("full", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "rdjson", "html")
PEOPLE = frozenset({"full", "concise"})  # for a terminal: in colour, with a summary, in the terminal's encoding


def lines(name: str, run: Run, *, color: bool = False) -> Iterator[str]:
    """The lines of a report. Findings hold no secrets; excerpts are masked on the way.

    Those of the formats for programs, and of the HTML page, are ASCII, so that they are the same in any encoding; the one
    exception is `github`, whose reader takes UTF-8.
    """
    module = importlib.import_module(f"keylint.report.{name.replace('-', '_')}_")
    yield from module.lines(run, color=color)
