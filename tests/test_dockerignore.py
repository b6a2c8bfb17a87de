"""`.dockerignore` as Docker reads it: https://docs.docker.com/build/concepts/context/#dockerignore-files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.dockerignore import is_left_out


@pytest.mark.parametrize(
    ("text", "path", "out"),
    [
        (".env", ".env", True),
        (".env", "app/.env", False),
        ("**/.env", "a/b/.env", True),
        ("**/.env", ".env", True),
        ("/.env", ".env", True),
        ("./.env", ".env", True),
        ("*", ".env", True),
        ("*\n!.env", ".env", False),
        ("!.env\n*", ".env", True),
        ("# .env", ".env", False),
        ("app", "app/.env", True),
        ("app/*", "app/x/.env", True),
        ("*/.env", "app/.env", True),
        ("*/.env", "a/b/.env", False),
        ("app/**", "app/a/b/.env", True),
        (".en?", ".env", True),
        (".[a-e]nv", ".env", True),
        (".[^a-d]nv", ".env", True),
        (".[^a-e]nv", ".env", False),
        (r"\.env", ".env", True),
        (r"\*", ".env", False),
        (r"\*", "*", True),
        (".env*", ".env.local", True),
        ("[n-[n]", ".env", False),
        ("[z-a]", ".env", False),
        ("[", ".env", False),
        ("\\", ".env", False),
        ("!", ".env", False),
    ],
)
def test_what_a_pattern_leaves_out(text: str, path: str, out: bool) -> None:
    assert is_left_out(path, text) is out


@given(st.lists(st.text(r"a.*?[]^-!\/ #", max_size=40), max_size=5), st.text("a./[]-*", min_size=1, max_size=60))
def test_no_pattern_breaks_it(lines: list[str], path: str) -> None:
    is_left_out(path, "\n".join(lines))


def test_no_pattern_takes_for_ever() -> None:
    assert not is_left_out("/".join(["a" * 250] * 15), "\n".join(["*a" * 120 + "b", "**/a*/" * 60 + "b"] * 20))
