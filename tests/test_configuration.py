"""Configuration files: where they are found, what they do, what is said of a mistake in them."""

from __future__ import annotations

import os
import pathlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint.settings import fits, matches, segments
from tests.samples import body
from tests.tool import check, keylint, write

WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY", organization="org_1")\n'


@pytest.mark.parametrize("name", ["keylint.toml", ".keylint.toml", "pyproject.toml"])
def test_nearest_file_upwards(project: pathlib.Path, name: str) -> None:
    head = "[tool.keylint]\n" if name == "pyproject.toml" else ""
    write(
        project,
        {
            name: f'{head}ignore = ["KL401"]\n',
            "a/b/c.py": WRONG,
            "a/x/keylint.toml": 'select = ["KL401"]\n',
            "a/x/d.py": WRONG,
        },
    )
    found = {finding["filename"]: finding["code"] for finding in check(project).findings}
    assert found == {"a/b/c.py": "KL201", "a/x/d.py": "KL401"}


def test_a_pyproject_without_our_table_is_passed_over(project: pathlib.Path) -> None:
    write(
        project,
        {"keylint.toml": 'ignore = ["KL"]\n', "a/pyproject.toml": "[tool.other]\nkeylint = 1\n", "a/b.py": WRONG},
    )
    assert check(project).codes == []


def test_command_line_goes_before(project: pathlib.Path) -> None:
    write(project, {"keylint.toml": 'select = ["KL401"]\nmin-confidence = "certain"\n', "a.py": WRONG})
    assert check(project).codes == []
    assert check(project, "--select", "KL201", "--min-confidence", "likely").codes == ["KL201"]


def test_config_and_isolated(project: pathlib.Path) -> None:
    write(project, {"keylint.toml": 'ignore = ["ALL"]\n', "other.toml": 'ignore = ["KL201"]\n', "a.py": WRONG})
    assert check(project, "--config", "other.toml").codes == ["KL401"]
    assert check(project, "--isolated").codes == ["KL201", "KL401"]


def test_per_file_ignores_and_exclude(project: pathlib.Path) -> None:
    write(
        project,
        {
            "keylint.toml": 'exclude = ["generated"]\n[per-file-ignores]\n"scripts/*.py" = ["KL2"]\n"**/legacy/**" = ["ALL"]\n',
            "scripts/a.py": WRONG,
            "x/legacy/y/b.py": WRONG,
            "generated/c.py": WRONG,
        },
    )
    assert [(finding["filename"], finding["code"]) for finding in check(project).findings] == [
        ("scripts/a.py", "KL401")
    ]


def test_base_urls_of_ones_own(project: pathlib.Path) -> None:
    files = {
        "a.py": 'import requests\nrequests.post("https://api.openai.com/v1/models", headers={"Authorization": OPENAI_API_KEY})\n'
    }
    write(project, files)
    assert check(project).codes == ["KL301"]
    write(project, {"keylint.toml": 'base-urls = ["https://api.openai.com/v1"]\n'})
    assert check(project).codes == []


def test_provided_variables(project: pathlib.Path) -> None:
    write(project, {"a.py": 'import os\nkey = os.environ["OPENAI_API_KEY"]\n', ".env.example": "OPENAI_API_KEY=\n"})
    assert check(project).codes == ["KL501"]
    write(project, {"keylint.toml": 'provided = ["OPENAI_API_KEY"]\n'})
    assert check(project).codes == []


PROVIDER = """
[providers.acme]
name = "Acme AI"
words = ["acme"]
hosts = ["api.acme.example"]
key-page = "https://acme.example/keys"

[[providers.acme.keys]]
name = "key"
pattern = 'acme_[a-z0-9]{32}'
prefix = "acme_"

[providers.acme.variables]
api_key = ["ACME_API_KEY"]

[providers.acme.headers]
Authorization = { slot = "api_key", scheme = "Bearer" }

[[providers.acme.clients]]
language = "python"
modules = ["acme"]
names = ["Acme"]
slots = { api_key = "api_key" }
"""


def test_a_provider_of_ones_own(project: pathlib.Path) -> None:
    key = "acme_" + body("acme", 32, "abcdefghij0123456789")
    write(
        project,
        {
            "keylint.toml": PROVIDER,
            "a.py": f'from acme import Acme\nclient = Acme(api_key="{key}")\n',
            "b.py": 'from acme import Acme\nclient = Acme(api_key="YOUR_KEY")\n',
            "c.sh": 'curl https://api.acme.example/v1 -H "Authorization: $ACME_API_KEY"\n',
            "d.txt": f"the key: {key}\n",
        },
    )
    result = check(project)
    assert [(finding["filename"], finding["code"]) for finding in result.findings] == [
        ("a.py", "KL101"),
        ("b.py", "KL201"),
        ("c.sh", "KL301"),
        ("d.txt", "KL101"),
    ]
    assert key not in result.out
    keylint("check", "--fix", "b.py", folder=project)
    assert 'os.environ["ACME_API_KEY"]' in (project / "b.py").read_text()


def test_a_known_provider_is_added_to(project: pathlib.Path) -> None:
    write(
        project,
        {
            "keylint.toml": '[providers.openai]\nname = "OpenAI"\nhosts = ["openai.acme.example"]\n',
            "a.sh": 'curl https://openai.acme.example/v1 -H "Authorization: $OPENAI_API_KEY"\n',
        },
    )
    assert check(project).codes == ["KL301"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('selekt = ["KL1"]\n', "keylint.toml:1: unknown key `selekt`, did you mean `select`?"),
        ("\n\nselect = 1\n", "keylint.toml:3: `select` must be a list of strings"),
        ('select = ["KL9999"]\n', "keylint.toml:1: `select`: no rule is called `KL9999`"),
        ('ignore = ["placeholder-as-kee"]\n', "did you mean `placeholder-as-key`?"),
        ('min-confidence = "sure"\n', "keylint.toml:1: `min-confidence` must be one of possible, likely, certain"),
        ("[per-file-ignores]\nx = 1\n", "keylint.toml:2: `per-file-ignores.x` must be a list of strings"),
        (
            '[providers.acme]\nname = "A"\nwrods = []\n',
            "keylint.toml:3: unknown key `wrods` in `providers.acme`, did you mean `words`?",
        ),
        ("[providers.acme]\nwords = []\n", "keylint.toml:1: `providers.acme` needs the key `name`"),
        (
            '[providers.acme]\nname = "A"\n[[providers.acme.keys]]\nname = "k"\npattern = "("\n',
            "is no regular expression",
        ),
        (
            '[providers.acme]\nname = "A"\n[providers.acme.variables]\napikey = ["A"]\n',
            "unknown slot `apikey`, did you mean `api_key`?",
        ),
        ("select = [\n", "keylint.toml: "),
        ("x = 1\nx = 2\n", "keylint.toml: "),
        ("a." * 3000 + "b = 1\n", "keylint.toml:"),
    ],
)
def test_mistakes_are_named(project: pathlib.Path, text: str, message: str) -> None:
    write(project, {"keylint.toml": text, "a.py": WRONG})
    result = keylint("check", folder=project)
    assert result.code == 2
    assert message in result.err
    assert result.err.count("\n") == 1
    assert result.err.startswith("keylint: ")


def test_a_configuration_that_is_no_text(project: pathlib.Path) -> None:
    write(project, {"keylint.toml": b"\xff\xfe\x00", "a.py": WRONG})
    result = keylint("check", folder=project)
    assert (result.code, result.err.count("\n")) == (2, 1)


def test_someone_elses_broken_pyproject_is_not_our_business(project: pathlib.Path) -> None:
    write(project, {"pyproject.toml": "# keylint\n[tool.broken\n", "a.py": WRONG})
    assert check(project).code == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('ignore = ["KL201"]\n', "(keylint.toml leaves out 1 rule)"),
        ('select = ["KL101", "KL102"]\n', "rules)"),
        ('exclude = ["out", "a.*"]\n', "(keylint.toml leaves out 2 files)"),
        ('ignore = ["KL201"]\nexclude = ["out"]\n', "(keylint.toml leaves out 1 rule, 1 file)"),
        ('[per-file-ignores]\n"*.py" = ["KL201"]\n', "(2 by per-file-ignores)"),
        ('min-confidence = "certain"\n', "(keylint.toml leaves out what is not certain)"),
        ('extend-select = ["ALL"]\nmin-confidence = "likely"\nprovided = ["X"]\n', "in 2 files.\n"),
    ],
)
def test_what_a_configuration_leaves_out_is_said(project: pathlib.Path, text: str, said: str) -> None:
    write(project, {"keylint.toml": text, "a.py": WRONG, "out/b.py": WRONG})
    assert said in keylint("check", folder=project).out.replace("keylint.toml, ", "")
    assert "leaves out" not in keylint("check", "--isolated", folder=project).out
    assert (
        "leaves out" not in keylint("check", "--isolated", "--ignore", "KL201", "--exclude", "out", folder=project).out
    )


PATTERNS = st.lists(
    st.lists(st.sampled_from(["a", "b", "*", "**", "a*", "[ab]", "?", ".a"]), min_size=1, max_size=3).map("/".join),
    min_size=1,
    max_size=3,
)
PATHS = st.lists(st.sampled_from(["a", "b", "ab", "c.py", ".a", "..a"]), min_size=1, max_size=5)


@given(PATTERNS, PATHS, st.sampled_from(["/r", "/r/a", "/x"]), st.booleans())
def test_what_a_pattern_matches(patterns: list[str], parts: list[str], root: str, deep: bool) -> None:
    """The name of a file or of a folder above it, or the path from the root to one of them."""
    parts = ["r", *parts, *(["d"] * 60 if deep else [])]
    path = "/" + "/".join(parts)
    shown = os.path.relpath(path, root).split("/")
    names = [[name] for name in shown]
    paths = [shown[:count] for count in range(1, len(shown) + 1)]
    expected = any(fits(segments(pattern), one) for pattern in patterns for one in (*names, *paths))
    assert matches(tuple(patterns), path, root) == expected
