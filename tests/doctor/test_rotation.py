"""Every place that a key has, in the order in which to change them."""

from __future__ import annotations

import base64
import json
import pathlib

import pytest

from keylint.doctor.shown import fingerprint
from tests.samples import openai_shapes, sample
from tests.test_secrecy import clean
from tests.tool import git, keylint, write

KEYS = openai_shapes()
KEY, OTHER = KEYS["project 74"], KEYS["project 58"]
FILES = {
    "ask.py": 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
    "old.py": f'import openai\nopenai.api_key = "{KEY}"\n',
    ".env": f"OPENAI_API_KEY={KEY}\nANTHROPIC_API_KEY={sample('anthropic')}\n",
    ".gitignore": ".env\n",
    "compose.yaml": f"services:\n  web:\n    image: x\n    environment:\n      OPENAI_API_KEY: {KEY}\n",
    ".github/workflows/ci.yml": "on: push\njobs:\n  a:\n    runs-on: x\n    env:\n      OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n    steps: [{run: python ask.py}]\n",
    "secret.yaml": f"apiVersion: v1\nkind: Secret\nmetadata: {{name: llm}}\ndata:\n  key: {base64.b64encode(KEY.encode()).decode()}\n",
}


@pytest.fixture
def plan(repository: pathlib.Path) -> dict[str, object]:
    write(repository, {"gone.py": f'key = "{KEY}"\n'})
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x")
    git(repository, "rm", "-q", "gone.py")
    write(repository, FILES)
    result = keylint("doctor", "--plan-rotation", "OPENAI_API_KEY", "--output-format", "json", folder=repository)
    clean(KEY, result.out, result.err)
    (found,) = json.loads(result.out)
    return found  # type: ignore[no-any-return]


def test_all_places_in_order(plan: dict[str, object]) -> None:
    places = [(place["step"], place["where"]) for place in plan["places"]]  # type: ignore[attr-defined]
    assert places[:-1] == [
        ("store", ".github/workflows/ci.yml:6"),
        ("deploy", "compose.yaml:5"),
        ("deploy", "secret.yaml:5"),
        ("file", ".env:1"),
        ("code", "old.py:2"),
        ("restart", "ask.py:3"),
    ]
    assert places[-1][0] == "revoke"
    assert places[-1][1].startswith("gone.py since ")
    assert plan["fingerprint"] == fingerprint(KEY)


def test_by_its_fingerprint_and_all_of_them(repository: pathlib.Path) -> None:
    write(repository, FILES)
    by_mark = keylint("doctor", "--plan-rotation", fingerprint(KEY), "--output-format", "json", folder=repository)
    assert [plan["fingerprint"] for plan in json.loads(by_mark.out)] == [fingerprint(KEY)]
    every = keylint("doctor", "--plan-rotation", "--output-format", "json", folder=repository)
    assert {plan["provider"] for plan in json.loads(every.out)} == {"openai", "anthropic"}
    none = keylint("doctor", "--plan-rotation", "GROQ_API_KEY", folder=repository)
    assert (none.code, none.err) == (3, "keylint: no such key here\n")


def test_for_people(repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    write(repository, FILES)
    result = keylint("doctor", "--plan-rotation", "OPENAI_API_KEY", folder=repository)
    lines = result.out.splitlines()
    assert lines[0].startswith("OpenAI key sk-proj-…")
    assert lines[1] == "  1. Make the new key at https://platform.openai.com/api-keys, beside the old one."
    assert "     the shell  OPENAI_API_KEY" in lines
    assert lines[-1].startswith("  9. Revoke the old one at https://platform.openai.com/api-keys.")
    assert lines[-1].endswith("still stands.") or lines[-1].endswith("old one at https://platform.openai.com/api-keys.")
    clean(KEY, result.out, result.err)
    assert OTHER not in result.out
