"""detect-secrets' detectors without detect-secrets: what is kept of them says what they say."""

from __future__ import annotations

import string
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from detect_secrets.filters import heuristic
from hypothesis import example, given
from hypothesis import strategies as st

from keylint import detectors, patterns
from tests.samples import body

if TYPE_CHECKING:
    import pathlib

KNOWN = detectors.detectors(detectors.table())
PLAIN = sorted(name for name, detector in KNOWN.items() if detector.plain)
LETTERS = string.ascii_letters + string.digits + "{}<>$+/=-_ "


def test_the_cache_has_them() -> None:
    assert patterns.load().detectors == patterns.load().detectors == detectors.table()
    assert {"AWSKeyDetector", "SlackDetector", "PrivateKeyDetector"} <= set(PLAIN)


@given(st.one_of(st.text(LETTERS, max_size=12), st.integers(0, 60).map(lambda at: (string.digits * 7)[at : at + 9])))
@example("")
@example("$")
@example("{")
@example("${x}")
@example("abcdefghij")
@example("89ABCDEFabcdef01")
def test_the_filters_are_theirs(secret: str) -> None:
    assert detectors.is_in_order(secret) == heuristic.is_sequential_string(secret)
    assert detectors.is_templated(secret) == heuristic.is_templated_secret(secret)


def lines() -> list[str]:
    token = body("token", 40)
    return [
        f"aws_access_key_id = 'AKIA{token[:16].upper()}'",
        f"aws_secret = '{token}'",
        f"https://user:{token}@example.org/x",
        "https://user:@example.org/x",
        f"xox{'b'}-{'1' * 12}-{'2' * 12}-{token[:24]}",
        f"//registry.example.org/:_authToken={token}",
        "-----BEGIN RSA PRIVATE KEY-----",
        f"cloudant_password = {'0a' * 32}",
        f"SK{'0a' * 16} AC{'0b' * 16}",
        "nothing at all",
    ]


@pytest.mark.parametrize("name", PLAIN)
def test_what_is_nothing_but_its_patterns_finds_what_they_find(name: str) -> None:
    made = detectors.classes()[name]()
    for line in (*lines(), ""):
        assert detectors.finds(KNOWN[name].denylist, line) == any(True for _ in made.analyze_string(line)), line


def test_one_secret_does_not_load_detect_secrets(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.py").write_text(f"aws = 'AKIA{body('aws', 16).upper()}'\n")
    code = "import sys\nfrom keylint import cli\ncli.main(['check', 'a.py'])\nprint(*sys.modules)"
    for _ in range(2):  # the first may have to compile the patterns
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "KL110" in done.stdout
    assert not {"detect_secrets", "requests"} & set(done.stdout.splitlines()[-1].split())
