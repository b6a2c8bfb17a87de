"""SECURITY.md and docs/faults.md name tests that exist."""

from __future__ import annotations

import pathlib
import re

import pytest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


@pytest.mark.parametrize("name", ["SECURITY.md", "docs/faults.md"])
def test_every_test_that_is_named_exists(name: str) -> None:
    page = (ROOT / name).read_text(encoding="utf-8")
    code = "".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "tests").rglob("*.py")))
    named = re.findall(r"`(test_\w+)`", page)
    assert len(named) > 15
    assert [test for test in named if f"def {test}(" not in code] == []
    files = re.findall(r"`(tests/\w+\.py)`", page)
    assert [file for file in files if not (ROOT / file).is_file()] == []
