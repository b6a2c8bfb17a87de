"""SECURITY.md names tests that exist."""

from __future__ import annotations

import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def test_every_test_that_is_named_exists() -> None:
    page = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py")))
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 15
    assert [name for name in named if f"def {name}(" not in code] == []
    files = re.findall(r"`(tests/\w+\.py)`", page)
    assert [name for name in files if not (ROOT / name).is_file()] == []
