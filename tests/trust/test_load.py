"""A small load; `load.py` makes a large one."""

from __future__ import annotations

import pathlib
import sys

import pytest

from tests.trust.load import hooks, session


def test_runs_that_share_a_cache_say_the_same(tmp_path: pathlib.Path) -> None:
    made = hooks(tmp_path, 24, 8)
    assert len(made.answers) == 1
    ((code, out, err),) = made.answers
    assert (code, err, made.left) == (1, b"", [])
    assert out.count(b'"code": "KL201"') == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
def test_a_long_session_keeps_its_memory(tmp_path: pathlib.Path) -> None:
    made = session(tmp_path, 20, 200)
    assert made.memory[-1] - made.memory[0] < 20
