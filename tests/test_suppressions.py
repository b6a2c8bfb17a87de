"""Comments that accept a finding: ours, and other tools'."""

from __future__ import annotations

import pathlib

import pytest

from tests.samples import expand, sample
from tests.tool import check, write

PLACEHOLDER = 'client = OpenAI(api_key="YOUR_API_KEY")'
KEY = f'client = OpenAI(api_key="{sample("openai")}")'

SAME_LINE = [
    "# pragma: allowlist secret",
    "# pragma: whitelist secret",
    "# gitleaks:allow",
    "# betterleaks:allow",
    "# trufflehog:ignore",
    "# kingfisher:ignore",
    "# ggignore",
    "# nosec",
    "# nosec B105",
    "# noqa: S105",
    "# noqa: E501, S106",
    "# noqa",
    "# nosemgrep",
    "# nosemgrep: generic.secrets",
    "# secretlint-disable-line",
    "# NOSONAR",
    "# ai-guardian:allow",
]
NEXT_LINE = [
    "# pragma: allowlist nextline secret",
    "# kingfisher:ignore",
    "# secretlint-disable-next-line",
    "# nosemgrep: x",
    "# noinspection HardcodedPasswords",
]


@pytest.mark.parametrize("marker", SAME_LINE)
def test_other_tools_markers_silence_keys_and_never_wiring(project: pathlib.Path, marker: str) -> None:
    write(project, {"a.py": f"{KEY}  {marker}\n{PLACEHOLDER}  {marker}\n"})
    assert check(project).codes == ["KL201"]


@pytest.mark.parametrize("marker", NEXT_LINE)
def test_markers_for_the_next_line(project: pathlib.Path, marker: str) -> None:
    write(project, {"a.py": f"{marker}\n{KEY}\n{marker}\n{PLACEHOLDER}\n{KEY.replace('client', 'other')}\n"})
    assert check(project).codes == ["KL201", "KL101"]


def test_markers_for_a_stretch(project: pathlib.Path) -> None:
    write(project, {"a.py": f"# secretlint-disable\n{KEY}\n\n{KEY}\n# secretlint-enable\n{KEY}\n"})
    assert [finding["location"]["row"] for finding in check(project).findings] == [6]


@pytest.mark.parametrize("other", ["# noqa: E501", "# nosec-free", "# pragma: no cover"])
def test_other_comments_silence_nothing(project: pathlib.Path, other: str) -> None:
    write(project, {"a.py": f"{KEY}  {other}\n"})
    assert check(project).codes == ["KL101"]


@pytest.mark.parametrize(
    ("comment", "codes"),
    [
        ("# keylint: ignore", []),
        ("# keylint: ignore[KL201] replaced when it is built", []),
        ("# keylint: ignore[placeholder-as-key]", []),
        ("# keylint: ignore[KL1, KL2]", []),
        ("# keylint:ignore[KL401]", ["KL201"]),
    ],
)
def test_our_own(project: pathlib.Path, comment: str, codes: list[str]) -> None:
    write(project, {"a.py": f"{PLACEHOLDER}  {comment}\n"})
    assert check(project).codes == codes
    write(project, {"a.py": f"{comment}\n{PLACEHOLDER}\n"})
    assert check(project).codes == codes


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.js", "const c = new OpenAI({ apiKey: 'YOUR_API_KEY' }); // keylint: ignore[KL201]\n"),
        ("a.ts", "/* keylint: ignore[KL201] */\nconst c = new OpenAI({ apiKey: 'YOUR_API_KEY' });\n"),
        ("a.sh", "# keylint: ignore\ncurl https://api.openai.com -H 'Authorization: Bearer $OPENAI_API_KEY'\n"),
        ("a.bas", "Debug.Print OPENAI_API_KEY ' keylint: ignore\n"),
        (".env", "# keylint: ignore[KL201] filled in by the installer\nOPENAI_API_KEY=your-key\n"),
        ("compose.yml", "services:\n  a:\n    environment:\n      OPENAI_API_KEY: your-key # keylint: ignore\n"),
        (".streamlit/secrets.toml", '# keylint: ignore\nOPENAI_API_KEY = "your-key"\n'),
        ("a.md", expand("<!-- keylint: ignore[KL101] revoked -->\n«openai.key»\n")),
    ],
)
def test_in_each_languages_own_comments(project: pathlib.Path, name: str, text: str) -> None:
    write(project, {name: text})
    assert check(project, name).codes == []
    marked = text.replace("keylint: ignore", "nothing: ignored")
    write(project, {name: marked})
    assert len(check(project, name).codes) == 1


def test_a_text_that_looks_like_our_comment_is_none(project: pathlib.Path) -> None:
    write(project, {"a.py": f'{PLACEHOLDER}; note = "# keylint: ignore"\n'})
    assert check(project).codes == ["KL201"]


def test_the_summary_counts_what_was_silenced(project: pathlib.Path) -> None:
    from tests.tool import keylint

    write(project, {"a.py": f"{PLACEHOLDER}  # keylint: ignore\n"})
    assert keylint("check", folder=project).out == "No findings in 1 file (1 silenced by comments).\n"


def test_unused_comments_are_reported_when_asked(project: pathlib.Path) -> None:
    write(
        project,
        {
            "a.py": f"{PLACEHOLDER}  # keylint: ignore[KL201]\nx = 1  # keylint: ignore[KL201]\ny = 2  # keylint: ignore[KL777]\n"
        },
    )
    assert check(project).codes == []
    result = check(project, "--extend-select", "KL001")
    assert [(finding["code"], finding["location"]["row"]) for finding in result.findings] == [
        ("KL001", 2),
        ("KL001", 3),
    ]
    assert "no rule is called `KL777`" in result.findings[1]["message"]
