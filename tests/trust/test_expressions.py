"""Expressions in a configuration: none takes long, and what is left of the language means what it means in Python."""

from __future__ import annotations

import itertools
import pathlib
import re
import subprocess
import sys
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.providers.linear import Linear, Refused
from tests.samples import sample
from tests.tool import check, keylint, write

TABLE = '[providers.acme]\nname = "ACME"\nwords = ["acme"]\n[[providers.acme.keys]]\nname = "key"\npattern = \'{}\'\n'
ENDLESS = ["(x+x+)+y", "(x|xx)+y", "(?:x*)*y", "x*x*x*x*x*x*x*x*y"]


@pytest.mark.parametrize("pattern", ENDLESS)
def test_no_expression_takes_for_ever(project: pathlib.Path, pattern: str) -> None:
    texts = "".join(f'acme_key_{number} = "{"x" * 3000}"\n' for number in range(50))
    write(project, {"keylint.toml": TABLE.format(pattern), "acme.py": texts})
    command = [sys.executable, "-m", "keylint", "check", "--select", "ALL"]
    done = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) in ((0, ""), (1, ""))


def test_one_of_these_would_take_for_ever() -> None:
    """Each further character doubles the time of Python's own matcher: with 3,000, the sun is out."""

    def seconds(length: int) -> float:
        start = time.perf_counter()
        assert re.fullmatch(ENDLESS[0], "x" * length) is None
        return time.perf_counter() - start

    assert seconds(22) > 8 * seconds(16)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("acme(?=-x)", "cannot be matched in one pass: Zero-width assertions are not supported"),
        (r"(acme)-\1", "cannot be matched in one pass: Back-references are unsupported"),
        ("acmé-[a-z]{9}", "cannot be matched in one pass: only ASCII characters"),
        ("[a-z]*", "cannot be matched in one pass: Pattern matches empty buffer"),
    ],
)
def test_what_cannot_be_matched_in_one_pass_is_refused(project: pathlib.Path, pattern: str, message: str) -> None:
    write(project, {"keylint.toml": TABLE.format(pattern), "a.py": "x = 1\n"})
    result = keylint("check", folder=project)
    assert (result.code, result.err.count("\n")) == (2, 1)
    assert "keylint.toml:6: `providers.acme.keys[0].pattern`" in result.err
    assert message in result.err


def test_a_vendor_that_is_known_may_have_further_keys(project: pathlib.Path) -> None:
    table = '[[providers.openai.keys]]\nname = "of our gateway"\npattern = "gwk-[a-z0-9]{24}"\nprefix = "gwk-"\n'
    key = "gwk-" + "q7w3e9r1t5y2u8i4o6p0a1s2"
    write(project, {"keylint.toml": f'[providers.openai]\nname = "OpenAI"\n{table}', "a.py": f'k = "{key}"\n'})
    write(project, {"b.py": f'import openai\nopenai.api_key = "{sample("openai")}"\n'})
    result = check(project)
    assert [(one["filename"], one["code"]) for one in result.findings] == [("a.py", "KL101"), ("b.py", "KL101")]
    assert key not in result.out


PATTERNS = ["ab", "a+", "a[ab]{2,4}", "(?:ab|ba)+", "a.b", "[^a]b", "a?b", "(?:a|ab)(?:c|bc)?", r"\ba\w+", "(?i)aB"]
TEXTS = st.text(st.sampled_from("abcAB é-\n"), max_size=12)


@given(st.sampled_from(PATTERNS), TEXTS)
def test_a_whole_text_matches_as_in_python(pattern: str, text: str) -> None:
    plain = text.replace("é", "\x01")  # a letter to Python's \w, and to Hyperscan's not
    assert bool(Linear(pattern).fullmatch(text)) == bool(re.fullmatch(pattern, plain))


@given(st.sampled_from(PATTERNS), TEXTS)
def test_what_is_found_matches_and_does_not_overlap(pattern: str, text: str) -> None:
    spans = [(match.start(), match.end()) for match in Linear(pattern, "(?<!c)", "(?!c)").finditer(text)]
    for start, end in spans:
        assert re.compile(pattern).search(text.replace("é", "\x01"), start) is not None
        assert text[start - 1 : start] != "c"
        assert text[end : end + 1] != "c"
    assert all(before[1] <= after[0] for before, after in itertools.pairwise(spans))
    bare = Linear(pattern).search(text)
    assert bool(bare) == bool(re.search(pattern, text.replace("é", "\x01")))


def test_a_refusal_names_its_reason() -> None:
    with pytest.raises(Refused, match="Back-references"):
        Linear(r"(a)\1")
