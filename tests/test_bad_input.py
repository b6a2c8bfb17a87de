"""Whatever a file holds: a result or one line about it, the documented exit code, never a traceback."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keylint.languages import adapter
from keylint.languages.syntax import TooCostly
from keylint.source import Source, Undecodable, decode
from tests.fuzz.pieces import LANGUAGES
from tests.samples import expand, sample
from tests.tool import Result, check, keylint, write

KEY = sample("openai")
BROKEN = {
    "python": 'class (\n  def client = OpenAI(api_key="YOUR_API_KEY"\n\x0c  """ {{{ f"{',
    "javascript": "const c = new OpenAI({ apiKey: 'YOUR_API_KEY' ;;; ${ `",
    "typescript": "const c: = new OpenAI({ apiKey: 'YOUR_API_KEY' ;;; <T",
    "tsx": "export <A apiKey={ new OpenAI({ apiKey: 'YOUR_API_KEY'",
    "shell": "if [ ; then curl https://api.openai.com -H 'Authorization: Bearer $OPENAI_API_KEY\" ' <<EOF\n$(",
    "vba": 'Sub (\nIf Then Then\nxmlhttp.SetRequestHeader "Authorization", "Bearer " & \nEnd End "',
    "dotenv": "=\n==OPENAI_API_KEY\nOPENAI_API_KEY='\n\"\nexport export X=${",
    "yaml": "openai: [ { api_key: YOUR_API_KEY\n\t- : : &a *b !!\n  }",
    "json": '{"openai": {"apiKey": "YOUR_API_KEY", }, [[[ "\\u12',
    "toml": '[openai\napi_key = "YOUR_API_KEY\n[[[x]]\n= 1\na.b.c = [[[[',
    "text": "\x00\ufffd",
    "notebook": '{"cells": [{"cell_type": "code", "source": ["client = OpenAI(api_key=\\"YOUR_API_KEY\\", "x\\u12", ]}',
    "php": '<?php $c = OpenAI::client("YOUR_API_KEY"; { ["Authorization: Bearer $',
    "html": "<script>const c = new OpenAI({ apiKey: 'YOUR_API_KEY' <script <!-- </scrip",
    "markdown": "```python\nclient = OpenAI(api_key='YOUR_API_KEY'\n````\n~~~\n```",
    "xml": '<a><add key="OpenAI:ApiKey" value="YOUR_API_KEY" <b></c></a <!-- <![CDATA[',
}
_FRAGMENT = 'x = new OpenAI(api_key: "YOUR_API_KEY", "Authorization" => \'Bearer $KEY {{{ ((( [[[ ENV[ \\( #{ @" \n end } ) <<EOT\n'
BROKEN = {language: BROKEN.get(language, _FRAGMENT) for language in LANGUAGES}


def fine(result: Result) -> None:
    assert result.code in (0, 1, 3)
    assert "Traceback" not in result.out + result.err
    assert all(line.startswith("keylint: ") for line in result.err.splitlines())


@pytest.mark.parametrize("language", LANGUAGES)
def test_broken_syntax(project: pathlib.Path, language: str) -> None:
    for text in (BROKEN[language], BROKEN[language] * 50, expand(f"«openai.key» {BROKEN[language]} «openai.key»")):
        write(project, {LANGUAGES[language]: text})
        fine(check(project, LANGUAGES[language], "--min-confidence", "possible"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_keys_are_found_in_broken_files(project: pathlib.Path, language: str) -> None:
    write(project, {LANGUAGES[language]: f"{BROKEN[language]}\nOPENAI_API_KEY={KEY}\n".replace("\x00", "")})
    assert check(project).codes


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"])
def test_encodings(project: pathlib.Path, encoding: str) -> None:
    text = f'# f\xfcr \xa9 OpenAI\nclient = OpenAI(api_key="{KEY}", organization="org_1")\n'
    write(project, {"a.py": text.encode(encoding)})
    result = check(project)
    assert [(finding["code"], finding["location"]) for finding in result.findings] == [
        ("KL101", {"row": 2, "column": 26}),
        ("KL401", {"row": 2, "column": 26 + len(KEY) + 16}),
    ]
    before = (project / "a.py").read_bytes()
    keylint("check", "--fix", "--select", "KL401", folder=project)
    assert (project / "a.py").read_bytes() == text.replace('"org_1"', 'os.environ.get("OPENAI_ORG_ID")').replace(
        "client", "import os\n\nclient", 1
    ).encode(encoding)
    assert before != (project / "a.py").read_bytes()


def test_zeros_and_emptiness(project: pathlib.Path) -> None:
    write(
        project,
        {
            "zero.py": f'x = 1\0\nkey = "{KEY}"\n'.encode(),
            "empty.py": b"",
            "late.txt": b"openai " * 1000 + b"\0" + KEY.encode(),
            "mark.py": b"\xef\xbb\xbf",
            "odd.txt": b"\xff\xfeo\0p",
        },
    )
    result = check(project)
    fine(result)
    assert [finding["filename"] for finding in result.findings] == ["late.txt"] or not result.findings
    named = check(project, "zero.py")
    assert (named.code, named.err) == (3, "keylint: zero.py: binary file\n")
    assert check(project, "empty.py").code == 0


def test_a_large_file_is_scanned_in_windows(project: pathlib.Path) -> None:
    path = project / "large.log"
    with path.open("wb") as file:
        for _ in range(200):
            file.write(b"a line that says nothing at all, of openai\n" * 24_400)
        file.write(f"the key is {KEY}\n".encode())
    assert path.stat().st_size > 200_000_000
    result = check(project, "large.log")
    assert [(finding["code"], finding["location"]["row"]) for finding in result.findings] == [("KL101", 4_880_001)]


def test_a_line_without_an_end(project: pathlib.Path) -> None:
    write(
        project,
        {
            "bundle.js": (
                "var a=function(){return 1};" * 100_000
                + f'fetch("https://api.openai.com",{{headers:{{Authorization:"Bearer {KEY}"}}}});'
                + "var b=2;" * 100_000
            )
        },
    )
    result = keylint("check", folder=project)
    assert result.code == 1
    assert KEY not in result.out
    assert max(map(len, result.out.splitlines())) < 250


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.json", '{"openai":' * 20_000 + "1" + "}" * 20_000),
        ("a.json", "[" * 50_000 + '"openai api_key"' + "]" * 50_000),
        (
            "a.yaml",
            "openai:\n" + "".join(f"{' ' * depth}a{depth}:\n" for depth in range(1, 800)) + " " * 801 + "api_key: x\n",
        ),
        ("a.yaml", "a: [" * 5_000 + "openai"),
        ("a.toml", "openai = " + "[" * 20_000 + '"api_key"'),
        ("a.py", "api_key = " + "(" * 3_000 + '"openai"' + ")" * 3_000),
        ("a.py", "openai_api_key = " + '"a" + ' * 5_000 + '"b"\n'),
        ("a.js", "const apiKey = " + "'a' + " * 5_000 + "'openai';\n"),
        ("a.js", "openai(" * 5_000 + "apiKey" + ")" * 5_000),
        ("a.sh", "OPENAI_API_KEY=" + "${A:-" * 3_000 + "x" + "}" * 3_000),
        ("a.bas", "openai_api_key = " + '"a" & ' * 5_000 + '"b"\n'),
        (".env", "OPENAI_API_KEY=x\n" * 20_000),
        ("a.py", "a0 = 'YOUR_KEY'\n" + "".join(f"a{n + 1} = a{n}\n" for n in range(2_000)) + "OpenAI(api_key=a2000)\n"),
        ("a.py", "a = b\nb = a\nOpenAI(api_key=a)\n"),
        ("a.py", "key = key\nOpenAI(api_key=key)\nkey = lambda: key\n"),
    ],
)
def test_hostile_nesting(project: pathlib.Path, name: str, text: str) -> None:
    write(project, {name: text})
    fine(check(project, "--min-confidence", "possible"))


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root reads everything")
def test_an_unreadable_file(project: pathlib.Path) -> None:
    write(project, {"a.py": "x = 1\n"})
    (project / "a.py").chmod(0)
    assert check(project, "a.py").err == "keylint: a.py: Permission denied\n"


def test_an_unreadable_file_as_anyone(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"a.py": "x = 1\n", "b.py": f'key = "{KEY}"\n'})
    real = os.open

    def refuse(path: str, *rest: int) -> int:
        if str(path).endswith("a.py"):
            raise PermissionError(13, "Permission denied")
        return real(path, *rest)

    monkeypatch.setattr(os, "open", refuse)
    result = check(project)
    assert (result.codes, result.err) == (["KL101"], "keylint: a.py: Permission denied\n")


@pytest.mark.skipif(os.name == "nt", reason="no such things there")
def test_what_is_no_file(project: pathlib.Path) -> None:
    os.symlink("loop", project / "loop")
    os.symlink("nowhere", project / "dangling")
    os.mkfifo(project / "pipe")
    write(project, {"a.py": f'key = "{KEY}"\n'})
    result = check(project)
    assert (result.codes, result.err) == (["KL101"], "")
    named = check(project, "loop", "dangling", "pipe", "missing", "missing/x.py")
    assert named.code == 3
    assert named.err.splitlines() == [
        "keylint: loop: Too many levels of symbolic links",
        "keylint: dangling: No such file or directory",
        "keylint: pipe: not a regular file",
        "keylint: missing: No such file or directory",
        "keylint: missing/x.py: No such file or directory",
    ]


def test_a_file_that_goes_away_meanwhile(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from keylint import workspace

    write(project, {"a.py": f'key = "{KEY}"\n'})
    real = workspace.collect
    monkeypatch.setattr(workspace, "collect", lambda *a, **k: [*real(*a, **k), workspace.File("gone.py", base=".")])
    result = check(project)
    assert (result.codes, result.err) == (["KL101"], "keylint: gone.py: No such file or directory\n")


def test_a_broken_cache_is_no_cache(
    project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache = tmp_path / "cache"
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(cache))
    write(project, {"a.py": f'key = "{KEY}"\n'})
    assert check(project).codes == ["KL101"]
    for damage in (b"", b"keylint 2\n", b"keylint 2\nx\n", b"keylint 2\n10 7\n0102\nabc", os.urandom(5000)):
        for path in cache.iterdir():
            path.write_bytes(damage)
        assert check(project).codes == ["KL101"]
    for path in cache.iterdir():
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2])
    assert check(project).codes == ["KL101"]
    assert check(project, "--no-cache").codes == ["KL101"]


def test_a_cache_that_cannot_be_written(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"a.py": f'key = "{KEY}"\n', "file": "x"})
    for place in (str(project / "file" / "below"), "/proc/nowhere"):
        monkeypatch.setenv("KEYLINT_CACHE_DIR", place)
        assert check(project).codes == ["KL101"]
    monkeypatch.delenv("KEYLINT_CACHE_DIR")
    for name in ("HOME", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("keylint.store.folder", lambda: None)
    assert check(project).codes == ["KL101"]


# ------------------------------------------------------------------------------------------------ texts against grammars

ENDLESS = '[""-o""%d}Q.q(#O-'  # tree-sitter's error recovery does not end on it, wherever it stands in TypeScript


@pytest.mark.parametrize("name", ["a.ts", "a.tsx", "a.vue"])
def test_a_text_that_a_grammar_never_finishes_is_given_up(project: pathlib.Path, name: str) -> None:
    text = f'const client = new OpenAI({{ apiKey: "{KEY}" }});\n{ENDLESS}\n'
    page = f'<script lang="ts">\n{text}</script>\n'
    write(project, {name: page if name == "a.vue" else text, "b.ts": f'new OpenAI({{ apiKey: "{KEY}" }});\n'})
    result = check(project)
    assert result.codes == ["KL101", "KL101"]  # by its shape in the one, by its place in the other
    assert f"{name}: its syntax cannot be followed; only key shapes were looked for" in result.err
    assert "b.ts:" not in result.err


def test_a_parser_is_as_new_after_it_gave_up() -> None:
    parser = adapter("typescript").parser()
    with pytest.raises(TooCostly):
        parser.parse(ENDLESS.encode())
    assert not parser.parse(b"let a = 1;\n").root_node.has_error
    assert adapter("typescript").broken(ENDLESS.encode())


def test_characters_that_the_shell_grammar_asks_c_about_do_not_end_the_process() -> None:
    """`{` before a character far beyond a byte: read outside a table of the C library, where there may be no memory."""
    program = (
        "import random\nfrom keylint.languages import adapter\nparser = adapter('shell').parser()\n"
        "for seed in range(3000):\n    far = random.Random(seed).randint(0x20000, 0x10FFFF)\n"
        "    tree = parser.parse(f'echo ${{{chr(far)}}} {{{chr(far)}\\n'.encode())\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("before", "note"),
    [("é; ", "é"), ("", "日本語"), ("日本語 é; ", "é😀"), ("# 😀\n", "  # é"), ("cat <<É\n${x}\nÉ\n", "")],
)
def test_what_shell_reads_stands_where_it_stood(project: pathlib.Path, before: str, note: str) -> None:
    text = f'{before}curl https://api.openai.com/v1/models -H "X-Note: {note}" -H "Authorization: Bearer {KEY}"\n'
    write(project, {"a.sh": text})
    (found,) = check(project).findings
    assert found["code"] == "KL101"
    line = text.split("\n")[found["location"]["row"] - 1]
    assert line[found["location"]["column"] - 1 :].startswith(KEY)


# ----------------------------------------------------------------------------------------------------- any bytes at all


@settings(max_examples=300, deadline=None)
@given(st.binary(max_size=200))
def test_what_is_decoded_is_encoded_again(raw: bytes) -> None:
    try:
        decode(raw)
    except Undecodable:
        return
    source = Source.from_bytes("a", raw)
    assert source.encode(source.data) == raw
