"""What keylint says of a line of `.env`, against what python-dotenv, npm's dotenv and Node read there."""

from __future__ import annotations

import io
import json
import re
import subprocess
from typing import TYPE_CHECKING, Any

import dotenv
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from keylint.envfile import EnvFile, Refused, spelled
from keylint.languages import adapter
from keylint.model import EnvDefinition, Literal, Missing
from keylint.source import Source
from tests import nodejs
from tests.samples import catalogue, sample
from tests.tool import write

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

KEY = sample("openai")
NAMES = ("OPENAI_API_KEY", "ANTHROPIC_API_KEY", "GEMINI_API_KEY")
MANY = settings(max_examples=800, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))

# One answer a line of standard input: of npm's dotenv, of Node's parser, and of what fills the environment out of a file.
PROGRAM = """
const { parse } = require(process.argv[1]), { parseEnv } = require("node:util"), fs = require("node:fs");
require("node:readline").createInterface({ input: process.stdin }).on("line", (line) => {
  const text = JSON.parse(line), before = { ...process.env };
  fs.writeFileSync(process.argv[2], text);
  try { process.loadEnvFile(process.argv[2]); } catch {}
  const loaded = Object.fromEntries(Object.entries(process.env).filter(([name]) => !(name in before)));
  for (const name in loaded) delete process.env[name];
  console.log(JSON.stringify({ npm: parse(text), node: parseEnv(text), "--env-file": loaded }));
});
"""

# Where a reader leaves the others, and keylint goes with those: the reader, where, a pattern for what stands there, why.
NODE = "node|--env-file"
DIALECTS = (
    (NODE, "line", r"[^\S \r\n]", "Node takes no blank but a space for one: a tab stays, and `export` needs a space"),
    (NODE, "file", r"= +$", "Node 24 takes what stands below for a value of nothing but blanks"),
    (NODE, "line", r"export +\w+ *=\s*$", "Node 24 takes `export` for a part of the name of a variable without value"),
    (NODE, "file", r"^(?!\s*#)[^=\n]*[^=\s][^=\n]*$", "Node takes a line without = for a part of the next name"),
    (NODE, "line", r"^\ufeff", "Node takes a byte order mark for a part of the first name"),
    (NODE, "file", r"\r(?!\n|\Z)", "Node drops every carriage return; for others one alone ends a line"),
    ("npm", "file", r":\s*$", "npm's dotenv takes what stands below a colon for the value"),
    ("python|npm", "line", "\u00a0", "both take a no-break space away at the ends; Node, shells and keylint keep it"),
    ("python", "line", r"^\s*(?:export\s+)?\w+\s*$", "for python-dotenv a name alone is a variable that is not set"),
    ("python", "line", r"\$\{\{", "python-dotenv expands the inner half of `${{ x }}`: no reader has a key then"),
    ("python", "line", r"'\w+'\s*=", "python-dotenv alone knows names in quotes"),
)  # fmt: skip


class Readers:
    """The readers, each text given to all; one process of Node for all texts."""

    def __init__(self, modules: pathlib.Path, folder: pathlib.Path) -> None:
        command = [nodejs.node(), "-e", PROGRAM, str(modules / "dotenv"), str(folder / "read.env")]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )

    def read(self, text: str) -> dict[str, dict[str, str | None]]:
        """What each reader makes of a file."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(text).encode() + b"\n")
        self.process.stdin.flush()
        found: dict[str, dict[str, str | None]] = json.loads(self.process.stdout.readline())
        return {"python": dict(dotenv.dotenv_values(stream=io.StringIO(text, newline=None))), **found}


@pytest.fixture(scope="module")
def readers(node_modules: pathlib.Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Readers]:
    made = Readers(node_modules, tmp_path_factory.mktemp("readers"))
    yield made
    made.process.kill()
    made.process.communicate()


def definitions(text: str) -> list[EnvDefinition]:
    """What keylint says of a file's live lines."""
    source = Source.from_bytes(".env", text.encode())
    source.language = "dotenv"
    facts = adapter("dotenv").facts(source, catalogue())
    return [fact for fact in facts if isinstance(fact, EnvDefinition) and not fact.commented]


def differs_as_known(reader: str, text: str, name: str) -> bool:
    """Whether a reader is known to read the lines of a name, or the file, in its own way."""
    seen = {"file": text, "line": "\n".join(re.findall(rf"[^\r\n]*{name}[^\r\n]*", text))}
    return any(re.fullmatch(who, reader) and re.search(what, seen[at], re.MULTILINE) for who, at, what, _ in DIALECTS)


def compare(readers: Readers, text: str) -> None:
    """The law: what keylint states without a damage is what all read; what it does not see, no reader has a key from."""
    said = definitions(text)
    read = readers.read(text)
    if any(damage.kind == "unterminated-quote" for fact in said for damage in fact.damages):
        return  # which lines are swallowed differs from reader to reader, and is said
    for name in NAMES:
        last = next((fact for fact in reversed(said) if fact.name == name), None)
        for reader, values in read.items():
            if differs_as_known(reader, text, name):
                continue
            if last is None:
                assert KEY not in (values.get(name) or ""), (reader, text)
            elif isinstance(last.value, Literal | Missing) and not last.damages:
                stated = last.value.text if isinstance(last.value, Literal) else ""
                assert values.get(name) == stated, (reader, text)


QUOTED = [
    f"{quote}{inside}{quote}" for quote in "'\"`" for inside in ("", "a b", f"{KEY}", "a#b", "a # b", " a ", "it\\n")
]
VALUES = st.one_of(
    st.sampled_from([*QUOTED, KEY, "", "# note", "#note", f"{KEY}#note", "“a”", "$X", "${X}", "'${X}'", "${{ x }}", "a,"]),
    st.text(st.sampled_from("ab #'\"`\\n\\t${};,=:\t\u00a0\u00e9-"), max_size=9),
)  # fmt: skip
LINES = st.one_of(
    st.builds(
        "".join,
        st.tuples(
            st.sampled_from(["", "", "", "export ", "  ", "set ", "export\t", "# ", "#"]),
            st.sampled_from([*NAMES, "OTHER", "'OPENAI_API_KEY'"]),
            st.sampled_from(["=", "=", "=", " = ", "= ", "=  ", ": ", ":", "=\t", " ="]),
            VALUES,
            st.sampled_from(["", "", "", " ", " # note", "#note", ";", ",", " x", "\t# it's"]),
        ),
    ),
    st.sampled_from(["", "# it's a note", "OPENAI_API_KEY", "nothing at all", "-----END-----'"]),
)
FILES = st.builds(
    lambda mark, lines, newline, end: mark + newline.join(lines) + end,
    st.sampled_from(["", "", "", "", "\ufeff"]),
    st.lists(LINES, min_size=1, max_size=4),
    st.sampled_from(["\n", "\n", "\r\n", "\r"]),
    st.sampled_from(["", "\n", "\r\n"]),
)


@MANY
@given(text=FILES)
@example(text="OPENAI_API_KEY= # note\n")
@example(text="OPENAI_API_KEY=#note\n")
@example(text=f"OPENAI_API_KEY={KEY}#note\n")
@example(text="OPENAI_API_KEY=''a\n")
@example(text=f"OPENAI_API_KEY='{KEY}' x\n")
@example(text=f"OPENAI_API_KEY=`{KEY}`\n")
@example(text=f'OPENAI_API_KEY="{KEY}\\n"\n')
@example(text=f'OPENAI_API_KEY="{KEY}\\t"\n')
@example(text="OPENAI_API_KEY='it\\'s'\n")
@example(text="OPENAI_API_KEY='${X}'\n")
@example(text=f'OTHER="x\nOPENAI_API_KEY={KEY}\nGEMINI_API_KEY="y\n')
@example(text=f"OTHER=x\rOPENAI_API_KEY={KEY}\rGEMINI_API_KEY=\r")
@example(text=f"OPENAI_API_KEY='-----BEGIN\r\n{KEY}'\r\nGEMINI_API_KEY=b")
@example(text=f"OTHER=1 OPENAI_API_KEY={KEY}\n? GEMINI_API_KEY={KEY}\nANTHROPIC_API_KEY[0]={KEY}\n")
@example(text="OPENAI_API_KEY=\n\n\nGEMINI_API_KEY=a\u2028OPENAI_API_KEY=b\x85c\x0bd\n")
def test_what_is_said_of_a_line_is_what_every_reader_reads(readers: Readers, text: str) -> None:
    compare(readers, text)


@pytest.mark.parametrize(
    ("line", "kinds"),
    [
        (f"OPENAI_API_KEY={KEY}#note", ["hash"]),
        (f"OPENAI_API_KEY='{KEY}' x", ["behind-quote"]),
        (f"OPENAI_API_KEY='{KEY}';", ["trailing-semicolon"]),
        (f"OPENAI_API_KEY=`{KEY}`", ["backquotes"]),
        (f'OPENAI_API_KEY="{KEY}\\t"', ["escape"]),
        ("OPENAI_API_KEY='it\\'s'", ["escape"]),
        (f"OPENAI_API_KEY: {KEY}", ["colon"]),
        (f"set OPENAI_API_KEY={KEY}", ["set"]),
        (f"OPENAI_API_KEY={KEY}", []),
        (f"export OPENAI_API_KEY = '{KEY}' # it's", []),
        ("OPENAI_API_KEY=a\\nb", []),
    ],
)
def test_a_damage_is_noted_where_readers_differ(readers: Readers, line: str, kinds: list[str]) -> None:
    (said,) = definitions(line)
    assert [damage.kind for damage in said.damages] == kinds
    read = {values.get("OPENAI_API_KEY") for values in readers.read(f"{line}\n").values()}
    assert isinstance(said.value, Literal)
    assert (read != {said.value.text}) is bool(kinds)


# ------------------------------------------------------------------------------------------------------------- written

WRITTEN = st.text(st.sampled_from("aB1 #'\"`\\n$${};=:!\t\u00e9\u20ac-"), min_size=1, max_size=10)
OLD = [None, "", "A=1", "A=1\r\n", "# it's\n", "\ufeffA=1\r\n", "\ufeff", "OPENAI_API_KEY=", "\ufeffOPENAI_API_KEY=\n"]
OLD += [f"A=1{newline}OPENAI_API_KEY={empty}{newline}B='x y'" for newline in ("\n", "\r\n") for empty in
        ("", "''", '""', " # note", "'' # note", '""# note', "''x", "#note", "``", " ", "\\")]  # fmt: skip
OLD += ["export OPENAI_API_KEY=\n", "export\tOPENAI_API_KEY=\n", "OPENAI_API_KEY: \n", "set OPENAI_API_KEY=\n"]


@MANY
@given(value=WRITTEN, old=st.sampled_from(OLD))
@example(value=KEY, old="A=1\nOPENAI_API_KEY= # note\n")
@example(value=KEY, old='A=1\nOPENAI_API_KEY=""# note\n')
@example(value=KEY, old="OPENAI_API_KEY: \n")
@example(value=KEY, old="\ufeff")
@example(value="a#b", old="OPENAI_API_KEY=a#b\n")
@example(value="a\\tb", old='OPENAI_API_KEY="a\\tb"\n')
@example(value="a b", old="OPENAI_API_KEY=`a b`\n")
def test_a_value_that_is_put_into_a_file_is_read_back(
    readers: Readers,
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
    value: str,
    old: str | None,
) -> None:
    monkeypatch.setattr(EnvFile, "_ignore", lambda _: None)  # git is asked elsewhere
    folder = tmp_path_factory.getbasetemp() / "written"
    write(folder, {".env": "" if old is None else old})
    if old is None:
        (folder / ".env").unlink()
    env = EnvFile(str(folder), str(folder))
    try:
        env.add("OPENAI_API_KEY", value)
    except Refused:
        assert spelled(value) is None or (old or "").startswith("\ufeff") or not _is_plain(old or "")
        return
    made = env.env.applied(env.env.data)
    text = (env.env.source.encode(made) if env.env.source is not None else made).decode()
    known = {"A": "1"} if "A=1" in text else {}
    for reader, values in readers.read(text).items():
        assert values.pop("OPENAI_API_KEY") == value, (reader, text)
        got: dict[str, Any] = {name.lstrip("\ufeff"): read for name, read in values.items()}
        assert {name: got[name] for name in known} == known, (reader, text)


def _is_plain(old: str) -> bool:
    """Whether all readers see an empty variable, or none, in what was there."""
    return not re.search(r"(?:set |\t)\w+=|: |''x|=\w*#|`|\\", old)
