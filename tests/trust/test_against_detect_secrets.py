"""Comments of detect-secrets: what it drops for them, keylint drops, and what it reports, keylint reports."""

from __future__ import annotations

import itertools
import random
from typing import TYPE_CHECKING

import pytest
from detect_secrets.core.secrets_collection import SecretsCollection
from detect_secrets.settings import default_settings

from tests.samples import openai_shapes
from tests.tool import check, write

if TYPE_CHECKING:
    import pathlib

# detect-secrets reads a file once more, without comments, if it is settings throughout, whatever its name: this is none.
FIRST = "(text\n"
KEY, OTHER = openai_shapes()["legacy"], openai_shapes()["project 20"]  # of one key it reports one line a file
FILES = ("py", "js", "c", "vb", "sql", "yaml", "yml", "xml", "ini", "txt", "md", "tf")
COMMENTS = (("#", ""), ("//", ""), ("/*", " */"), ("'", ""), ("--", ""), ("<!--", " -->"), ("<!-- #", "-->"),
            (";", ""), ("%", ""), ("REM ", ""), ("/*", ""), ("<!--", ""), ("/*", "*/ x"), ("", ""), ("##", ""))  # fmt: skip
GAPS = (" ", "", "  ", "\t")
MARKERS = (
    *("pragma: allowlist secret", "pragma: whitelist secret", "pragma:allowlist secret", "pragma: allowlist-secret"),
    *("pragma:whitelist-secret", "pragma: allowlist secret, as it is revoked", "pragma: allowlist secretly"),
    *("pragma: allowlist nextline secret", "pragma: allowlist-nextline-secret", "pragma:allowlist nextline-secret"),
    *("pragma: whitelist nextline secret", "Pragma: Allowlist Secret", "PRAGMA: ALLOWLIST NEXTLINE SECRET"),
    *("pragma:  allowlist secret", "pragma : allowlist secret", "pragma: allowlist  secret", "pragma: allowlist"),
    *("pragma: allow list secret", "pragma: no cover", "a pragma: allowlist secret", "allowlist secret"),
)
# Where the marker stands: beside the key, above it (with what else stands there), below it.
PLACES = (
    "key {key} {mark}",
    "{mark}\nkey {key}",
    "    {mark}\n    key {key}",
    "x = 1 {mark}\nkey {key}",
    "{mark}\n\nkey {key}",
    "{mark}\n# more\nkey {key}",
    "key {key}\n{mark}",
    "{mark}\nkey {key}\nkey {other}",
    "{mark} key {key}",
    "key {key} {mark}\r\nkey {other}\r\n",
)


def theirs(folder: pathlib.Path) -> set[tuple[str, int]]:
    """What detect-secrets reports: files and lines."""
    found = SecretsCollection(root=str(folder))
    with default_settings():
        for path in sorted(folder.iterdir()):
            found.scan_file(path.name)
    return {(name, secret.line_number) for name, secret in found if secret.type == "OpenAI Token"}


def ours(folder: pathlib.Path) -> set[tuple[str, int]]:
    found = check(folder, "--select", "KL101").findings
    return {(finding["filename"], finding["location"]["row"]) for finding in found}


def _all() -> dict[str, str]:
    """Each comment with each marker, in a place and a kind of file; not all of all, which would take minutes."""
    texts: dict[str, str] = {}
    draw = random.Random(1)
    for (opening, closing), marker in itertools.product(COMMENTS, MARKERS):
        for place in draw.sample(PLACES, 4):
            mark = f"{opening}{draw.choice(GAPS)}{marker}{closing}"
            texts[f"{len(texts)}.{draw.choice(FILES)}"] = FIRST + place.format(mark=mark, key=KEY, other=OTHER) + "\n"
    for (opening, closing), ending in itertools.product(COMMENTS, FILES):
        mark = f"{opening} pragma: allowlist secret{closing}"
        texts[f"{len(texts)}.{ending}"] = f"{FIRST}key {KEY} {mark}\n"
    return texts


def test_both_report_the_same(project: pathlib.Path) -> None:
    texts = _all()
    write(project, dict(texts.items()))
    reported, wanted = ours(project), theirs(project)
    assert len(texts) > 1000
    keys = sum(text.count("key sk-") for text in texts.values())
    assert min(len(wanted), keys - len(wanted)) > 100, "some are dropped, and some are not"
    assert {(name, row, texts[name]) for name, row in reported ^ wanted} == set()


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        (f"key {KEY} # pragma: allowlist secret\n", set()),
        (f"key {KEY} # Pragma: allowlist secret\n", {1}),
        (f"key {KEY} ; pragma: allowlist secret\n", {1}),
        (f"# pragma: allowlist nextline secret\nkey {KEY}\nkey {OTHER}\n", {3}),
        (f"# pragma: allowlist nextline secret\n\nkey {KEY}\n", {3}),
        (f"x = 1 # pragma: allowlist nextline secret\nkey {KEY}\n", {2}),
        (f"# pragma: whitelist nextline secret\nkey {KEY}\n", {2}),
        (f"key {KEY} /* pragma: allowlist secret\n", {1}),
        (f"key {KEY} <!-- pragma: allowlist secret -->\n", set()),
    ],
)
def test_as_it_is_meant(project: pathlib.Path, text: str, rows: set[int]) -> None:
    write(project, {"a.txt": FIRST + text})
    assert ours(project) == theirs(project) == {("a.txt", row + 1) for row in rows}
