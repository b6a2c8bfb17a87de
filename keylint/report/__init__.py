"""What a run looks like to people and programs: one module a format, each a pure generator of lines."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run

FORMATS = ("full", "concise", "json")


def lines(name: str, run: Run, *, color: bool = False) -> Iterator[str]:
    """The lines of a report. Findings hold no secrets; excerpts are masked on the way."""
    module = importlib.import_module(f"keylint.report.{name}_")
    yield from module.lines(run, color=color)
