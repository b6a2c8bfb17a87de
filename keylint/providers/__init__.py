"""API vendors as data: one TOML file each. `catalogue` reads them; this module only knows where they are.

It is on the path of every clean file, because the files' content is part of the triage cache's key.
"""

from __future__ import annotations

import os

FOLDER = os.path.dirname(__file__)


def raw_files() -> list[tuple[str, bytes]]:
    """The built-in provider files as (id, bytes), sorted by id."""
    names = sorted(name for name in os.listdir(FOLDER) if name.endswith(".toml"))
    files = []
    for name in names:
        with open(os.path.join(FOLDER, name), "rb") as file:
            files.append((name.removesuffix(".toml"), file.read()))
    return files
