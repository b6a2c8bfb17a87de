"""The values that keylint states for YAML, JSON, TOML and INI, against what their libraries read."""

from __future__ import annotations

import configparser
import json
from typing import TYPE_CHECKING, Any

import pytest
import tomli
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint import languages
from keylint.languages.escapes import joined
from keylint.model import EnvDefinition, Literal, Missing
from keylint.source import Source
from tests.samples import catalogue

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NAMES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY")
A, B, C = NAMES
MANY = settings(max_examples=600, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def stated(path: str, text: str) -> dict[str, str | None]:
    """What keylint states of the variables of a file: their values, "" for a missing one, None where it does not know."""
    source = Source.from_bytes(path, text.encode())
    source.language = languages.of(path)
    facts = languages.adapter(source.language).facts(source, catalogue())
    return {
        fact.name: fact.value.text
        if isinstance(fact.value, Literal)
        else ""
        if isinstance(fact.value, Missing)
        else None
        for fact in facts
        if isinstance(fact, EnvDefinition)
    }


def variables(document: Any) -> Iterator[tuple[str, str]]:
    """The variables of a document, as a library reads it. Halves of a character are put together, as JSON's readers do."""
    for name, value in document.items() if isinstance(document, dict) else ():
        if name in NAMES and (value is None or isinstance(value, str)):
            yield name, joined(value or "")
        yield from variables(value)
    for item in document if isinstance(document, list) else ():
        yield from variables(item)


def _yaml(text: str) -> Any:
    read = [yaml.load(text, loader) for loader in (yaml.BaseLoader, getattr(yaml, "CBaseLoader", yaml.BaseLoader))]
    if read[0] != read[1]:
        raise ValueError("PyYAML and libyaml differ")
    return read[0]


def _ini(text: str) -> Any:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return {section: dict(parser.items(section)) for section in parser.sections()}


READERS: dict[str, Callable[[str], Any]] = {
    "config.yaml": _yaml,
    "config.json": json.loads,
    "config.toml": tomli.loads,
    "config.ini": _ini,
}
REFUSED = (yaml.YAMLError, ValueError, configparser.Error)
# Where keylint goes with other readers than the library.
KNOWN = (
    ("config.ini", lambda value: value[:1] in "\"'", "configparser keeps quotes; systemd, git, npm, PHP take them away"),
    ("config.yaml", lambda value: value in ("~", "null", "Null", "NULL"), "BaseLoader has no null; the others do"),
)  # fmt: skip


def compare(path: str, text: str) -> None:
    try:
        read = dict(variables(READERS[path](text)))
    except REFUSED:
        return
    if languages.adapter(languages.of(path)).broken(text.encode()):
        return  # PyYAML reads some texts that YAML's grammar has not; keylint then goes on as well as it can
    for name, value in stated(path, text).items():
        if name not in read or value is None or any(path == where and known(read[name]) for where, known, _ in KNOWN):
            continue
        assert value == read[name], (name, text)


# ------------------------------------------------------------------------------------------------------------ generated

WORDS = st.text(st.sampled_from("ab-_:#\"'\\ ,é😀\t"), max_size=5)
ESCAPES = st.sampled_from(
    ["\\n", "\\t", "\\\\", '\\"', "\\u0041", "\\U0001F600", "\\x41", "\\e", "\\/", "\\0", "\\_", "\\ "]
)
LINES = st.lists(WORDS, min_size=1, max_size=4)
NEWLINE = st.sampled_from(["\n", "\n", "\r\n"])


def _indented(lines: list[str], by: str, deeper: str) -> str:
    return "\n".join(f"{by}{deeper if number == 1 else ''}{line}" if line else "" for number, line in enumerate(lines))


YAML_SCALARS = st.one_of(
    WORDS,
    st.sampled_from(["", "~", "null", "''", '""', "!!str a", "&x a", "*x", "yes", "1e3", "0x10", "[a]", "{a: b}"]),
    st.builds(_indented, LINES, st.sampled_from(["    ", "      "]), st.sampled_from(["", "  "])),
    st.builds(lambda lines: "'" + "\n      ".join(lines).replace("'", "''") + "'", LINES),
    st.builds(lambda lines: '"' + "\n      ".join(lines) + '"', st.lists(st.one_of(ESCAPES, st.just("a \\"), WORDS), max_size=4)),
    st.builds(
        lambda header, lines, deeper: header + "\n" + _indented(lines, "     ", deeper),
        st.sampled_from(["|", "|-", "|+", ">", ">-", ">+", "|2", ">2-", "|-1", "| # note", ">+ # note"]),
        LINES,
        st.sampled_from(["", " ", "  ", "\t"]),
    ),
)  # fmt: skip
YAMLS = st.builds(
    lambda first, second, note, shape, newline, end: (shape.format(a=first, b=second, note=note) + end).replace("\n", newline),
    YAML_SCALARS,
    YAML_SCALARS,
    st.sampled_from(["", "", " # note", "  ", "\n", "\n\n"]),
    st.sampled_from(
        [
            f"{A}: {{a}}{{note}}\n{B}: {{b}}",
            f"x:\n  y:\n    {A}: {{a}}\n    {B}: {{b}}{{note}}",
            f"- {A}: {{a}}{{note}}\n  {B}: {{b}}\n- {C}: c",
            f"{{{{{A}: {{a}}, {B}: {{b}}}}}}{{note}}",
            f"x: &x\n  {A}: {{a}}\ny:\n  <<: *x\n  {B}: {{b}}{{note}}",
            f'? "{A}"\n: {{a}}\n\'{B}\': {{b}}{{note}}',
        ]
    ),
    NEWLINE,
    st.sampled_from(["", "\n", "\n\n", f"\n{C}: c\n", "\n...\n"]),
)  # fmt: skip
JSONS = st.builds(
    lambda value, ascii_only, indent, nested: json.dumps(
        [{A: value}, {"x": value}] if nested else {"x": {A: value}, B: ""}, ensure_ascii=ascii_only, indent=indent
    ).replace("b", "\\u0062"),
    st.one_of(WORDS, st.text(st.characters(exclude_categories=["Cs"]), max_size=5), st.none()),
    st.booleans(),
    st.sampled_from([None, 2]),
    st.booleans(),
)
TOML_STRINGS = st.one_of(
    st.builds(lambda word: f"'{word}'", WORDS),
    st.builds(lambda parts: '"' + "".join(parts) + '"', st.lists(st.one_of(ESCAPES, WORDS), max_size=3)),
    st.builds(lambda lines, quote: quote + "\n".join(lines) + quote, LINES, st.sampled_from(["'''", '"""'])),
    st.builds(
        lambda lines: '"""' + "\n   ".join(lines) + '"""',
        st.lists(st.one_of(ESCAPES, WORDS, st.sampled_from(["", "a\\", "a\\  ", "a\\\\", '"', '""'])), max_size=4),
    ),
    st.sampled_from(["1", "true", "[]", "{}", "1979-05-27"]),
)
TOMLS = st.builds(
    lambda first, second, shape, newline: shape.format(a=first, b=second).replace("\n", newline),
    TOML_STRINGS,
    TOML_STRINGS,
    st.sampled_from(
        [
            f"{A} = {{a}}\n{B}={{b}} # note\n",
            f"[x]\n{A}={{a}}\n[[y]]\n{B} = {{b}}\n",
            f'x.{A} = {{a}}\n"{B}" = {{b}}',
            f"x = {{{{ {A} = {{a}}, {B} = {{b}} }}}}\n{C} = 'c'",
            f"# {A} = 'no'\nx = {{a}}\n{B} = {{b}}",
        ]
    ),
    NEWLINE,
)
# Without `name: value`, which of the many readers of INI configparser alone has; keylint says nothing of it.
INIS = st.builds(
    lambda lines, newline: newline.join(["[x]", *map("".join, lines)]),
    st.lists(
        st.tuples(
            st.sampled_from(["", "", "", "  ", "# ", "; "]),
            st.sampled_from([*NAMES, "x", "[y]"]),
            st.sampled_from(["=", " = "]),
            WORDS,
        ),
        max_size=4,
        unique_by=lambda line: line[1],
    ),
    NEWLINE,
)


@MANY
@given(text=YAMLS)
def test_yaml(text: str) -> None:
    compare("config.yaml", text)


@MANY
@given(text=JSONS)
def test_json(text: str) -> None:
    compare("config.json", text)


@MANY
@given(text=TOMLS)
def test_toml(text: str) -> None:
    compare("config.toml", text)


@MANY
@given(text=INIS)
def test_ini(text: str) -> None:
    compare("config.ini", text)


CASES = {
    "config.yaml": [
        *('X: "a\\\n  b"', 'X: "a\n\n  b"', "X: 'it''s\n  b'", "X: a\n  b\n\n  c", "{X: a\n  b}", 'X: "a \\\n   \\ b"'),
        *("X: |\n  a\n  b\n", "X: |\n  a", "X: |-\n  a\n   b\n", "X: |+\n  a\n\n", "X: |2\n    a\n  b\n", "X: |\r\n  a\r\n"),
        *("X: >\n  a\n  b\n", "X: >-\n  a\n\n  b\n", "X: >-\n  a\n    b\n  c\n", "- - X: >\n      a\n      b\n", "X: | # c\n  a\n"),
        *('X: "\\x41\\u0042\\e\\_\\N\\/"', "? X\n: a", "x: &x {X: a}\ny:\n  <<: *x\n", "X: a # c", "X: a#c"),
    ],
    "config.json": ['{"X": "\\ud83d\\ude00\\u0041\\/\\b"}', '{"\\u0058": "a"}', '[{"X": "a\\\\n"}]', '{"X": ""}', '{"X": null}'],
    "config.toml": [
        *('X = """\na\nb"""', "X = '''\na'''", 'X = """a\\\n\n   b"""', 'X = """a"""""', "X = '''a''''", "X = '\\n'"),
        *('X = "\\u0041\\U0001F600\\e\\\\n"', 'X = """\r\na\r\nb"""', 'y = "\\\\"\nX = "b"', '"X" = "a"', 'X = """a\\\\\nb"""'),
    ],
    "config.ini": ["[x]\nX = a = b\n", "[x]\nX=a # b\n", "[x]\nX=\n"],
}  # fmt: skip


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, texts in CASES.items() for text in texts])
def test_a_value_is_stated_and_right(path: str, text: str) -> None:
    text = text.replace("X", A).replace("\\u0058", f"\\u004f{A[1:]}")
    assert stated(path, text) == dict(variables(READERS[path](text)))


@pytest.mark.parametrize("text", ["[x]\nX=a\n  b\n", "[x]\nX=\n  a\n"])
def test_what_may_go_on_below_is_not_stated(text: str) -> None:
    assert stated("config.ini", text.replace("X", A)) == {}
