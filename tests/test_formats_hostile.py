"""Whatever a file is called and holds, every format stays what it is, and shows no key."""

from __future__ import annotations

import html
import os
import pathlib
import re
import shutil
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.reports import Reports, needs_posix_names, reports, strict, texts
from tests.samples import sample
from tests.test_secrecy import clean
from tests.tool import git, keylint, write

KEY = sample("openai")
NASTY = (
    *(
        "\x1b[31m",
        "\x1b]8;;http://x.example\x07",
        "::error file=x,line=1::y",
        "\n::add-mask::a",
        "##[error]x",
        "::stop-commands::t",
    ),
    *(
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</style>",
        "-->",
        "]]>",
        "<![CDATA[",
        "&lt;",
        "&#0;",
        "'",
    ),
    *(
        "[a](http://x.example)",
        "{0}",
        "|",
        "`",
        "\\",
        "%0A%25",
        ":3:4: KL201 x",
        ",line=9",
        "\t",
        "\r",
        "\x7f",
        "\x85",
        "\x9b31m",
    ),
    *(
        "\u2028",
        "\u2029",
        "\u202e",
        "\u200b",
        "\ufeff",
        "\ufffe",
        "\uffff",
        "\U0010ffff",
        "e\u0301",
        "\u3000",
        "\xa0",
        "你",
        "😀",
    ),
)
TEXT = st.lists(st.one_of(st.sampled_from(NASTY), st.text(max_size=4)), min_size=1, max_size=5).map("".join)
RAW = st.lists(
    st.one_of(
        st.sampled_from(NASTY).map(lambda text: text.encode("utf-8", "replace")),
        st.sampled_from([b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf0\x9f", b" ", b"-", b"."]),
        st.binary(max_size=3),
    ),
    min_size=1,
    max_size=5,
).map(lambda parts: re.sub(rb"[/\0]", b"", b"".join(parts))[:180])

# Each quotes the text in a message, in an excerpt, in a fix's lines or in a note. \\ud800 is half a pair when it is read.
PLACES = (
    'import openai\n\nopenai.api_key = "YOUR{}KEY"  # {}\n',
    'from openai import OpenAI\nc = OpenAI(organization="org_{}", api_key="YOUR\\ud800KEY")\n',
    'import os\nfrom openai import OpenAI\nOpenAI(api_key=os.getenv("OPENAI{}_KEY", "YOUR_API_KEY")) # {}\n',
    'from openai import OpenAI\nKEY = "YOUR_API_KEY" # {}\nc = OpenAI(api_key=KEY)  # {}\nd = OpenAI(api_key="my key {}")\n',
    'import requests\nrequests.get("https://api.openai.com/v1", headers={{"Authorization": "Baerer {}"}})\n',
)


def check_all(made: Reports, names: set[bytes]) -> None:
    """Read every format back; `names` are the files that may be spoken of."""
    made.validate()
    found = made.json("json")
    for name in ("json", "json-lines", "sarif", "gitlab", "rdjson", "junit", "html"):
        assert made.texts[name].isascii(), name
    for name in ("json", "sarif", "gitlab", "rdjson"):
        assert all(map(strict, texts(made.json(name)))), name
    assert made.lines == found

    results = made.sarif["results"]
    assert [result["ruleId"] for result in results] == [each["code"] for each in found]
    for result in results:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert unquote_to_bytes(uri) in names, "the very bytes of the name"
        assert "](" not in result["message"]["text"]

    assert len(made.json("gitlab")) == len(made.json("rdjson")["diagnostics"]) == len(found)
    cases = list(made.junit.iter("testcase"))
    assert len(cases) == (len(found) or 1)
    assert int(made.junit.attrib["failures"]) == len(found) == len(list(made.junit.iter("failure")))

    commands = made.texts["github"].split("\n")
    assert commands.pop() == ""
    assert len(commands) == len(found)
    for command in commands:
        match = re.fullmatch(
            r"::(error|warning|notice) file=([^:,]+),line=\d+,endLine=\d+,title=KL\d{3} [a-z-]+::(.+)", command
        )
        assert match, command
        assert not re.search(r"[\x00-\x1f\x7f-\x9f]", command)

    check_page(made, len(found))
    for name in ("full", "concise"):
        assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e\u2028\u2029]", made.texts[name]), name
    assert sum(bool(re.match(r".*?:\d+:\d+: KL\d{3} ", line)) for line in made.texts["concise"].split("\n")) == len(
        found
    )
    for text in made.texts.values():
        clean(KEY, text, html.unescape(text))


def check_page(made: Reports, findings: int) -> None:
    page = made.html
    assert len(page.css("script")) == len(page.css("style")) == len(page.css("title")) == len(page.css("main")) == 1
    assert (
        page.css_first("script").text().startswith('\n"use strict";')
        or '"use strict"' in page.css_first("script").text()
    )
    assert len(page.css("article")) == findings
    for node in page.css("*"):
        assert node.tag in TAGS, node.tag
        for name, value in node.attributes.items():
            assert not name.startswith("on")
            assert name not in {"src", "srcdoc", "style", "srcset"}
            assert name != "href" or value == "https://github.com/keylint/keylint" or (value or "").startswith("#")


TAGS = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "main",
        "footer",
        "nav",
        "script",
        "h1",
        "h2",
        "h3",
        "p",
    ),
    *(
        "span",
        "form",
        "input",
        "fieldset",
        "legend",
        "label",
        "b",
        "ol",
        "div",
        "section",
        "details",
        "summary",
        "article",
    ),
    *("code", "pre", "mark", "dl", "dt", "dd", "a"),
}


@needs_posix_names
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
@given(RAW, RAW, st.sampled_from(PLACES), st.lists(TEXT, min_size=3, max_size=3), st.sampled_from(["\n", "\r\n"]))
def test_names_and_contents(
    tmp_path_factory: pytest.TempPathFactory, folder: bytes, name: bytes, place: str, words: list[str], newline: str
) -> None:
    project = tmp_path_factory.mktemp("hostile") / "project"
    project.mkdir()
    try:
        inside = folder + b"_/" + name + b".py"
        path = os.fsencode(project) + b"/" + inside
        os.makedirs(os.path.dirname(path))
        inner = [re.sub(r'["\n\r\0]', " ", word) for word in words]
        text = place.format(*inner) + f'later = OpenAI(api_key="{KEY}", organization="org_{inner[0]}")\n'
        with open(path, "wb") as file:
            file.write(text.replace("\n", newline).encode("utf-8", "replace"))
        made = reports(project, "--min-confidence", "possible", "--extend-select", "ALL", "--show-suppressed")
        assert "KL101" in made.texts["concise"]
        check_all(made, {inside})
    finally:
        shutil.rmtree(project.parent, ignore_errors=True)


@pytest.mark.parametrize("name", ["::error file=x::y.py", " ::warning::z.py", "a##[error]b.py"])
@needs_posix_names
def test_githubs_runner_takes_no_command_from_a_file(
    project: pathlib.Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    write(project, {name: 'import openai\nopenai.api_key = "YOUR##[error]KEY"\n'})
    for form in ("full", "concise"):
        plain = keylint("check", "--output-format", form, folder=project).out
        assert name in plain
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        out = keylint("check", "--output-format", form, folder=project).out
        monkeypatch.delenv("GITHUB_ACTIONS")
        assert "##[" not in out
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]


@needs_posix_names
@pytest.mark.parametrize(
    "arguments", [("explain", "Error code: 401 - Incorrect API key provided", "--path", "."), ("history",)]
)
def test_githubs_runner_takes_no_command_from_other_reports(
    project: pathlib.Path, monkeypatch: pytest.MonkeyPatch, arguments: tuple[str, ...]
) -> None:
    write(project, {"a##[error]b.py": f'import openai\nopenai.api_key = "{KEY}"\nopenai.api_key = "YOUR_KEY"\n'})
    git(project, "init", "-q")
    git(project, "add", "-A")
    git(project, "commit", "-qm", "x")
    assert "##[error]" in keylint(*arguments, folder=project).out
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "##[" not in keylint(*arguments, folder=project).out


@needs_posix_names
def test_the_summary_of_a_job_is_a_table_whatever_is_in_it(
    project: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {'a\n\n</table><script>"|`.py': f'import openai\nopenai.api_key = "YOUR<b>|KEY" # {KEY}\n'})
    summary = project.parent / "summary.md"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    keylint("check", "--output-format", "github", folder=project)
    text = summary.read_text("utf-8")
    clean(KEY, text)
    assert text.count("</table>") == 1
    assert "<script" not in text
    assert "<b>" not in text
    assert "\n\n" not in text[text.index("<table>") : text.index("</table>")]


@pytest.mark.parametrize("shift", [0, 1, 40, 163])
def test_a_very_long_line_is_cut_beside_its_keys(project: pathlib.Path, shift: int) -> None:
    """The part of the line that is looked at ends somewhere: never within a key, known to be one or not."""
    unknown = "Zq7" + sample("openai", "tail")[:33]
    beside = f'use("é你", "{KEY}", {unknown}, x);' * 50
    line = f'const o = 1;{" " * shift}{beside}const c = new OpenAI({{ apiKey: "YOUR_API_KEY" }});{beside}'
    write(project, {"a.js": f'import OpenAI from "openai";\n{line}\n'})
    made = reports(project, "--select", "KL201")
    (place,) = [each["location"] for each in made.json("json") if each["code"] == "KL201"]
    assert line[place["column"] - 1 :].startswith('"YOUR_API_KEY"')
    (mark,) = [node.css_first("mark").text() for node in made.html.css("article") if "KL201" in node.text()]
    assert mark == '"YOUR_API_KEY"'
    for text in made.texts.values():
        clean(KEY, text, html.unescape(text))
        assert unknown[:20] not in text


@needs_posix_names
def test_what_is_said_of_a_file_that_cannot_be_read(project: pathlib.Path) -> None:
    write(project, {"a.py": "print(1)\n"})
    name = "b\n::add-mask::c\x1b[31m##[error]" + os.fsdecode(b"\xff") + ".py"
    err = keylint("check", "a.py", name, folder=project).err
    assert err.count("\n") == 1
    assert err.startswith("keylint: b\ufffd::add-mask::c\ufffd[31m## [error]?.py: ")
