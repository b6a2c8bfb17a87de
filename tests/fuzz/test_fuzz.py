"""Each target over its kept corpus, and over what Hypothesis makes of keylint's words."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint import languages
from tests.fuzz import corpus
from tests.fuzz.pieces import KEY_MARK, LANGUAGES, WORDS, expanded, keys, probes, unexpanded
from tests.fuzz.targets import TARGETS

EXAMPLES = 60

_bytes = st.one_of(
    st.sampled_from([word.encode() for word in WORDS]),
    st.integers(0, 255).map(lambda number: bytes([KEY_MARK, number])),
    st.text(max_size=5).map(lambda text: text.encode("utf-8", "surrogatepass")),
    st.binary(max_size=4),
)
inputs = st.lists(_bytes, max_size=40).map(b"".join)


@pytest.mark.parametrize("name", TARGETS)
def test_the_kept_corpus(name: str) -> None:
    kept = list(corpus.inputs(name))
    assert kept
    for data in kept:
        TARGETS[name](data)


@pytest.mark.parametrize("name", TARGETS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=inputs)
def test_any_input(name: str, data: bytes) -> None:
    TARGETS[name](data)


def test_every_language_has_a_target() -> None:
    assert set(LANGUAGES) == set(languages.names())


def test_no_corpus_holds_a_key() -> None:
    for path in corpus.FOLDER.iterdir():
        for text in path.read_text(encoding="ascii").splitlines():
            assert not any(probe in text for key in keys() for probe in probes(key)), path.name


@given(st.lists(st.sampled_from([*keys(), "é", "x = ", "\n", "\x7f"])).map("".join))
def test_keys_are_two_bytes_of_an_input(text: str) -> None:
    assert expanded(unexpanded(text))[0].decode() == text
