"""No part of a key is ever written down: not in a report, not in a message, not in the cache."""

from __future__ import annotations

import html
import os
import pathlib
import re
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint.mask import hide, mask, quote
from keylint.report import FORMATS
from tests.samples import all_samples, catalogue, openai_shapes, sample
from tests.tool import Result, git, keylint, write

KEYS = {**all_samples(), **{f"openai {name}": key for name, key in openai_shapes().items()}}
SHOWN = 4  # characters at the end of a key that a mask may show
PIECE = 9  # a stretch of a key of this length is too much

PLACES = {
    "source.py": '# {key}\nfrom openai import OpenAI\nclient = OpenAI(api_key="{key}", organization="{key}")\nx = os.getenv("{key}", "{key}")\n'
    'h = {{"Authorization": "Bearer{key}", "Authorisation": "Bearer {key}"}}\nos.environ["OPENAI_API_KEY"] = " {key} "\nprint("{key}")\n'
    'k = (\n    "{head}"\n    "{tail}"\n)\nclient = OpenAI("{key}")\nurl = "https://api.openai.com/v1?key={key}"\nclient = OpenAI(api_key="“{key}”")\n',
    "source.ts": "const o = new OpenAI({{ apiKey: `{key}`, organization: '{key}' }});\nfetch('https://api.openai.com', {{ headers: {{ Authorization: '{key}' }} }});\n",
    "source.sh": "export OPENAI_API_KEY = {key}\ncurl -H 'Authorization: {key}' https://api.openai.com/v1\nOPENAI_API_KEY='{key}' python a.py\n",
    "Source.bas": 'APIKey = "{key}"\nx.SetRequestHeader "Authorization", "{key}"\n',
    ".env": 'OPENAI_API_KEY="{key}\nset ANTHROPIC_API_KEY={key};\nOPENAI_ORG_ID={key}\n',
    "a.yaml": "openai:\n  api_key: '{key}'\n  organization: {key}\nenv:\n  - OPENAI_API_KEY=\"{key}\"\n",
    "a.json": '{{"openai": {{"api_key": "{key}", "headers": {{"Authorization": "{key}"}}}}}}\n',
    "a.toml": '[openai]\napi_key = "{key}"\n',
    "notes.txt": "{key}\n{key}{key}\nopenai {key},{key}\n",
    "long.js": "var a=1;{pad}o=new OpenAI({{apiKey:'{key}'}});{pad}\n",
    ".env.example": "OPENAI_API_KEY={key}\n",
    "keylint.toml": 'ignore = ["KL001"] # {key}\n',
}


def pieces(key: str) -> set[str]:
    """The stretches of a key that must not be seen, those of its public prefix and its last characters aside."""
    body = key[: len(key) - SHOWN]
    public = re.match(
        r"(?:sk-(?:ant-[a-z]+\d\d-|or-v1-|[a-zA-Z]+-(?=.{40}))?|[A-Za-z]+[_-](?:v1_)?|AIza|AQ\.Ab8RN6)", key
    )
    start = public.end() if public else 0
    return {
        body[at : at + PIECE] for at in range(start, len(body) - PIECE + 1) if "T3BlbkFJ" not in body[at : at + PIECE]
    }


def clean(key: str, *texts: str | bytes) -> None:
    for text in texts:
        shown = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        found = [piece for piece in pieces(key) if piece in shown]
        assert not found, f"a part of the key is shown: …{shown[max(shown.find(found[0]) - 60, 0) :][:60]}…"


def lay_out(folder: pathlib.Path, key: str) -> None:
    half = len(key) // 2
    known = catalogue().identify(key) is not None  # half of a key that nothing tells from other words is a word
    head, tail = (key[:half], key[half:]) if known else ("", "")
    values = {"key": key, "head": head, "tail": tail, "pad": "var b=2;" * 200}
    write(folder, {name: text.format(**values) for name, text in PLACES.items()})


@pytest.mark.parametrize("name", KEYS)
def test_no_report_shows_a_key(project: pathlib.Path, name: str) -> None:
    git(project, "init", "-q")
    lay_out(project, KEYS[name])
    results: list[Result] = [
        keylint(
            "check",
            "--output-format",
            form,
            "--color",
            color,
            "--min-confidence",
            "possible",
            "--extend-select",
            "ALL",
            folder=project,
        )
        for form, color in (("full", "always"), ("github", "never"))
    ]
    results.append(keylint("check", "--diff", "--unsafe-fixes", folder=project))
    beside = project.parent / "reports"
    wanted = [f"--output-format={form}:{beside / form}" for form in FORMATS]
    everything = ("--min-confidence", "possible", "--extend-select", "ALL", "--show-suppressed")
    results.append(keylint("check", *wanted, *everything, folder=project))
    assert all(result.code == 1 for result in results)
    for result in results:
        clean(KEYS[name], result.out, result.err)
    written = [(beside / form).read_text("utf-8") for form in FORMATS]
    clean(KEYS[name], *written, *(html.unescape(text) for text in written))


def test_no_fix_writes_a_key_elsewhere(
    project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = sample("openai")
    lay_out(project, key)
    before = {path: path.read_bytes().count(key.encode()) for path in project.rglob("*") if path.is_file()}
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path / "cache"))
    result = keylint("check", "--fix", "--unsafe-fixes", folder=project)
    clean(key, result.out, result.err)
    for path in project.rglob("*"):
        if path.is_file():
            assert path.read_bytes().count(key.encode()) <= before.get(path, 0), path
    cached = [path for path in (tmp_path / "cache").rglob("*") if path.is_file()]
    assert cached
    clean(key, *(path.read_bytes() for path in cached))


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", "{key}"),
        ("check", "--config", "{key}"),
        ("check", "--stdin-filename", "{key}.py", "-"),
        ("check", "bad"),
        ("explain", "{key}"),
    ],
)
def test_no_error_shows_a_key_that_stands_in_a_file(project: pathlib.Path, arguments: tuple[str, ...]) -> None:
    """Arguments are the caller's own words; what stands in files is not."""
    key = sample("openai")
    write(project, {"bad/keylint.toml": f'providers = "{key}"\n', "bad/a.py": f'key = "{key}"\n'})
    result = keylint(
        *(argument.format(key="nothing") for argument in arguments), folder=project, stdin=f'k = "{key}"\n'.encode()
    )
    assert result.code != 0
    clean(key, result.out, result.err)


def test_no_internal_error_shows_a_key(project: pathlib.Path) -> None:
    key = sample("openai")
    write(project, {"a.py": f'client = OpenAI(api_key="{key}")\n'})
    code = (
        "import keylint.judge as j, keylint.rules.hardcoded_key as r, sys\n"
        "from keylint.cli import main\n"
        "def fail(*a, **k): raise ValueError(repr(a) + repr(k))\n"
        "import keylint.analysis as a\n"
        "a.check = fail\n"
        "sys.exit(main(['check', '.']))\n"
    )
    env = {name: value for name, value in os.environ.items() if name != "KEYLINT_TRACEBACK"}
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, env=env)
    assert done.returncode == 4
    assert done.stderr.count(b"\n") <= 3
    clean(key, done.stdout, done.stderr)


@settings(max_examples=400)
@given(st.sampled_from(sorted(KEYS)), st.text(max_size=12), st.text(max_size=12))
def test_whatever_stands_around_a_key_a_quoted_text_hides_it(name: str, before: str, after: str) -> None:
    key = KEYS[name]
    clean(key, mask(key), hide(f"x {before} {key} {after}"), quote(f"{before} {key} {after}", limit=400))


ALPHABET = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.sampled_from(["openai_api_key = ", "OPENAI_API_KEY=", "client = OpenAI(api_key=", "'Authorization': 'Bearer "]),
    st.sampled_from(['"', "'", ""]),
    st.text(ALPHABET, min_size=24, max_size=60).filter(
        lambda text: sum(map(str.isdigit, text)) >= 4 and len(set(text)) >= 12
    ),
)
def test_a_secret_of_unknown_format_is_masked_too(
    tmp_path_factory: pytest.TempPathFactory, lead: str, quotes: str, secret: str
) -> None:
    folder = tmp_path_factory.mktemp("secrecy")
    write(
        folder,
        {
            "a.py": f"import openai\n{lead}{quotes}{secret}{quotes}\n",
            ".env.local": f"OPENAI_API_KEY={quotes}{secret}{quotes};\n",
        },
    )
    for form in ("full", "json"):
        result = keylint("check", "--output-format", form, "--min-confidence", "possible", folder=folder)
        whole = secret[4:-SHOWN]
        assert whole not in result.out


@pytest.mark.parametrize(
    "variable", ["DB_PASSWORD", "PGPASS", "SMTP_PWD", "DJANGO_SECRET", "AUTH_SALT", "DB_CREDENTIALS"]
)
def test_a_fallback_is_masked_by_the_name_of_its_variable(project: pathlib.Path, variable: str) -> None:
    """A weak password looks like any other word."""
    line = f'import openai, os; x = os.getenv("{variable}", "correct-horse"); openai.api_key = "YOUR_API_KEY"\n'
    write(project, {"a.py": line})
    for arguments in ((), ("--diff", "--unsafe-fixes")):
        done = keylint("check", *arguments, folder=project)
        assert "YOUR_API_KEY" in done.out
        assert "correct-horse" not in done.out + done.err


def test_an_ordinary_fallback_is_shown(project: pathlib.Path) -> None:
    write(
        project, {"a.py": 'import openai, os; x = os.getenv("DB_HOST", "localhost"); openai.api_key = "YOUR_API_KEY"\n'}
    )
    assert "localhost" in keylint("check", folder=project).out


@pytest.mark.parametrize("name", KEYS)
def test_a_secret_in_a_path_is_masked(name: str) -> None:
    """What leads through a key, as an address or a folder does."""
    key = KEYS[name]
    if len(key) >= 20 and sum(map(str.isdigit, key)) >= 3 and "/" not in key:
        clean(key, hide(f"/srv/files/{key}/report.txt"))
        clean(key, hide(f"a/{key}"))
