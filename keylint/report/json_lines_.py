"""For programs that read as it comes: the objects of `json`, each on a line of its own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from keylint.report.entries import Files, entries
from keylint.report.json_ import as_object

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.engine import Run


def lines(run: Run, *, color: bool = False) -> Iterator[str]:
    """One object a line, in order."""
    files = Files(run)
    for entry in entries(run, files):
        yield json.dumps(as_object(entry, files), ensure_ascii=True)
