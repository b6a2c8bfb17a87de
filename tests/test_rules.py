"""Every example of every rule, as written and in the places and forms it can stand in. It never grows with the rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from keylint import languages
from keylint.languages import adapter
from keylint.rules import all_rules
from tests.examples import lay_out, path_of, plain
from tests.samples import all_samples, expand
from tests.tool import Result, check, git, keylint, write

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Iterator

    from keylint.rules.rule import Example, Rule

EXAMPLES = [(rule, number, example) for rule in all_rules() for number, example in enumerate(rule.examples, 1)]
BAD = [item for item in EXAMPLES if item[2].bad]
FIXED = [item for item in EXAMPLES if item[2].fixed]


def named(items: list[tuple[Rule, int, Example]]) -> list[object]:
    return [pytest.param(*item, id=f"{item[0].name}-{item[1]}") for item in items]


def marked(code: str) -> list[tuple[int, int]]:
    """The marked stretches of an example as offsets in its plain text."""
    text = expand(code)
    spans, shift = [], 0
    for match in re.finditer(r"⟦(.*?)⟧", text, re.DOTALL):
        start = match.start() - shift
        spans.append((start, start + len(match.group(1))))
        shift += 2
    return spans


def run(folder: pathlib.Path, rule: Rule, example: Example, *more: str) -> Result:
    return check(
        folder,
        "--isolated",
        "--extend-select",
        rule.code,
        "--min-confidence",
        example.confidence,
        *more,
        path_of(example),
    )


def spans(result: Result, rule: Rule, text: str, path: str) -> Iterator[tuple[int, int]]:
    """The places of a rule's findings as offsets."""
    starts = [0, *(match.end() for match in re.finditer("\n", text))]
    for finding in result.findings:
        if finding["code"] == rule.code and finding["filename"] == path:
            yield tuple(
                starts[finding[key]["row"] - 1] + finding[key]["column"] - 1 for key in ("location", "end_location")
            )  # type: ignore[misc]


@pytest.mark.parametrize(("rule", "number", "example"), named(EXAMPLES))
def test_reports_what_is_marked_and_nothing_else(
    project: pathlib.Path, rule: Rule, number: int, example: Example
) -> None:
    text = plain(example.code)
    lay_out(project, example, text)
    result = run(project, rule, example)
    assert sorted(spans(result, rule, text, path_of(example))) == marked(example.code), result.out
    if not example.bad:
        assert rule.code not in result.codes


@pytest.mark.parametrize(("rule", "number", "example"), named(EXAMPLES))
def test_shows_no_secret(project: pathlib.Path, rule: Rule, number: int, example: Example) -> None:
    lay_out(project, example, plain(example.code))
    for format in ("full", "concise", "json"):
        result = keylint(
            "check", "--isolated", "--output-format", format, "--min-confidence", "possible", ".", folder=project
        )
        shown = result.out + result.err
        assert not [name for name, key in all_samples().items() if key in shown]
    assert not [
        name
        for name, key in all_samples().items()
        if key in keylint("check", "--isolated", "--diff", "--unsafe-fixes", ".", folder=project).out
    ]


@pytest.mark.parametrize(("rule", "number", "example"), named(BAD))
@pytest.mark.parametrize("form", ["crlf", "bom", "after-text", "utf-16"])
def test_is_found_in_every_form(project: pathlib.Path, rule: Rule, number: int, example: Example, form: str) -> None:
    comment = {"//": "// ", "#": "# ", "'": "' "}.get(adapter(example.language).comments[0])
    text = plain(example.code)
    if form == "after-text" and (comment is None or example.language == "json"):
        pytest.skip("no comments")
    if form == "bom" and example.language == "dotenv":
        pytest.skip("a byte order mark hides the first variable from its readers")
    before = f"{comment}😀 grüße 你好\n" if form == "after-text" else ""
    content: str | bytes = before + text
    if form == "crlf":
        content = text.replace("\n", "\r\n")
    elif form == "bom":
        content = "\ufeff" + text
    elif form == "utf-16":
        content = text.encode("utf-16")
    git(project, "init", "-q")
    write(project, {name: expand(other) for name, other in example.files.items()})
    write(project, {path_of(example): content})
    found = [finding for finding in run(project, rule, example).findings if finding["code"] == rule.code]
    assert len(found) == len(marked(example.code))


@pytest.mark.parametrize(("rule", "number", "example"), named([item for item in BAD if item[0].code != "KL001"]))
def test_can_be_silenced(project: pathlib.Path, rule: Rule, number: int, example: Example) -> None:
    language = languages.of(path_of(example))
    comment = {"//": "// ", "#": "# ", "'": "' "}.get(adapter(language).comments[0])
    if language == "json" or comment is None:
        pytest.skip("no comments")
    lines = plain(example.code).split("\n")
    rows = sorted({plain_row(example.code, start) for start, _ in marked(example.code)}, reverse=True)
    if any(lines[row - 1].rstrip().endswith(("_", "\\", ",", "(")) for row in rows if row):
        pytest.skip("in the middle of a statement")
    for row in rows:
        indent = lines[row][: len(lines[row]) - len(lines[row].lstrip())]
        lines.insert(row, f"{indent}{comment}keylint: ignore[{rule.code}] on purpose")
    lay_out(project, example, "\n".join(lines))
    result = run(project, rule, example, "--extend-select", "KL001")
    assert rule.code not in result.codes
    assert "KL001" not in result.codes, "the comment silenced a finding, so it is not unused"


def plain_row(code: str, offset: int) -> int:
    return plain(code).count("\n", 0, offset)


@pytest.mark.parametrize(("rule", "number", "example"), named(FIXED))
def test_fix_gives_the_written_text(project: pathlib.Path, rule: Rule, number: int, example: Example) -> None:
    lay_out(project, example, plain(example.code))
    path = path_of(example)
    arguments = [
        "check",
        "--isolated",
        "--select",
        rule.code,
        "--min-confidence",
        example.confidence,
        "--fix",
        "--unsafe-fixes",
        "--yes",
        path,
    ]
    keylint(*arguments, folder=project)
    assert (project / path).read_text(encoding="utf-8") == expand(example.fixed)
    again = keylint(*arguments, folder=project)
    assert (project / path).read_text(encoding="utf-8") == expand(example.fixed), "stable"
    assert again.code == 0, again.out
    tool = adapter(languages.of(path))
    assert not tool.broken(expand(example.fixed).encode())


@pytest.mark.parametrize(("rule", "number", "example"), named(FIXED))
def test_fix_keeps_line_ends_and_encoding(project: pathlib.Path, rule: Rule, number: int, example: Example) -> None:
    git(project, "init", "-q")
    write(project, {name: expand(other) for name, other in example.files.items()})
    path = path_of(example)
    write(project, {path: plain(example.code).replace("\n", "\r\n").encode("utf-16")})
    keylint(
        "check",
        "--isolated",
        "--select",
        rule.code,
        "--min-confidence",
        example.confidence,
        "--fix",
        "--unsafe-fixes",
        "--yes",
        path,
        folder=project,
    )
    assert (project / path).read_bytes() == expand(example.fixed).replace("\n", "\r\n").encode("utf-16")


@pytest.mark.parametrize(("rule", "number", "example"), named(EXAMPLES))
def test_cut_off_anywhere_raises_nothing(project: pathlib.Path, rule: Rule, number: int, example: Example) -> None:
    data = plain(example.code).encode()
    write(project, {name: expand(text) for name, text in example.files.items()})
    step = max(len(data) // 12, 1)
    for end in range(0, len(data), step):
        write(project, {path_of(example): data[:end]})
        assert run(project, rule, example).code in (0, 1)
