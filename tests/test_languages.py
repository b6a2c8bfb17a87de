"""Every language: a file of realistic mistakes and look-alikes, what is reported in it, and what --fix makes of it.

`tests/languages/` holds the files. A comment ``expect: KL201`` at the end of a line names what has to be reported there;
a line without one has to stay silent; ``expect above:`` is for formats without comments at a line's end. ``«openai.key»`` and the like are filled in with made-up keys.
"""

from __future__ import annotations

import pathlib
import re
from collections import Counter

import pytest

from keylint import languages
from keylint.languages.embedding import HostAdapter
from tests.samples import expand
from tests.tool import check, keylint

FOLDER = pathlib.Path(__file__).parent / "languages"
FILES = sorted(path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".pyc")
_EXPECTED = re.compile(r"expect( above)?: ((?:KL\d{3}[ ,]*)+)")


def lay_out(folder: pathlib.Path, path: pathlib.Path) -> pathlib.Path:
    target = folder / path.relative_to(FOLDER)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(expand(path.read_text(encoding="utf-8")).encode())
    return target


def expected(text: str) -> list[tuple[int, str]]:
    return sorted(
        (row - bool(match.group(1)), code)
        for row, line in enumerate(text.splitlines(), 1)
        for match in _EXPECTED.finditer(line)
        for code in re.findall(r"KL\d{3}", match.group(2))
    )


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_what_is_reported(project: pathlib.Path, path: pathlib.Path) -> None:
    target = lay_out(project, path)
    found = sorted((finding["location"]["row"], finding["code"]) for finding in check(project, str(target)).findings)
    assert found == expected(target.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_what_fixes_make_of_it(project: pathlib.Path, path: pathlib.Path) -> None:
    """It still parses, nothing that was fixed is reported again, a second time changes nothing, other lines stay."""
    target = lay_out(project, path)
    before = target.read_text(encoding="utf-8")
    first = check(project, str(target)).findings
    keylint("check", "--fix", str(target), folder=project)
    after = target.read_text(encoding="utf-8")
    adapter = languages.adapter(languages.of(str(target), after.encode()))
    assert adapter.broken(before.encode()) or not adapter.broken(after.encode())
    safe = [finding for finding in first if finding["fix"] and finding["fix"]["applicability"] == "safe"]
    left = Counter(check(project, str(target)).codes)
    for code, count in Counter(finding["code"] for finding in safe).items():
        assert left[code] <= sum(finding["code"] == code for finding in first) - count, code
    rows = {finding["location"]["row"] for finding in first}
    changed = [line for line in before.splitlines() if line not in after.splitlines()]
    assert all(row in rows for row, line in enumerate(before.splitlines(), 1) if line in changed)
    keylint("check", "--fix", str(target), folder=project)
    assert target.read_text(encoding="utf-8") == after


# What only some languages say; a help text in a file of any other must not speak so.
IDIOMS = {
    r"os\.environ|load_dotenv|raise_for_status|asyncio|an f before|\bNone\b": {"python"},
    r"os\.getenv": {"python", "lua"},
    r"process\.env|dotenv/config|template literal|p-limit|`\{ headers": {"javascript"},
    r"os\.Getenv": {"go"},
    r"ENV\.fetch": {"ruby"},
    r"ENV\[": {"ruby", "julia"},
}
SPEAK = {"typescript": "javascript", "tsx": "javascript"}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_advice_is_in_the_files_own_language(project: pathlib.Path, path: pathlib.Path) -> None:
    target = lay_out(project, path)
    language = languages.of(str(target), target.read_bytes())
    if isinstance(languages.adapter(language), HostAdapter):
        pytest.skip("holds code of other languages")
    for finding in check(project, str(target)).findings:
        for idiom, own in IDIOMS.items():
            if SPEAK.get(language, language) not in own:
                assert not re.search(idiom, finding["help"]), (finding["code"], finding["location"]["row"])
