"""Code inside other files: fixes change the bytes that they name and nothing else, and findings say where they are."""

from __future__ import annotations

import itertools
import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from keylint.languages.embedding import Part
from keylint.languages.notebook import spelled
from tests.samples import expand, sample
from tests.tool import check, keylint, write

ROOT = pathlib.Path(__file__).parent.parent
KEY = sample("openai")

WORKFLOW = """\
# A comment, and an anchor that stays: &x
on: [push]
jobs:
  ask:
    runs-on: ubuntu-latest
    env:   { OPENAI_API_KEY: "${{ secrets.OPENAI_API_KEY }}" }   # odd spaces
    steps:
      - run: |
          curl https://api.openai.com/v1/models \\
            -H "Authorization: Bearer$OPENAI_API_KEY"
      - run: "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'"
      - run: >-
          curl "https://api.openai.com/v1/models?x=${{ github.sha }}"
          -H 'Authorization: Bearer $OPENAI_API_KEY'
        name: é ünïcode
"""


def notebook(*cells: list[str] | str, outputs: str = "") -> str:
    made = [
        {
            "cell_type": "code",
            "execution_count": None,
            "metadata": {"tags": ["é"]},
            "outputs": [{"output_type": "stream", "name": "stdout", "text": [outputs]}] if outputs else [],
            "source": cell,
        }
        for cell in cells
    ]
    whole = {
        "cells": made,
        "metadata": {"kernelspec": {"name": "python3", "language": "python"}},
        "nbformat": 4,
        "nbformat_minor": 5,
    }
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def applied(before: bytes, findings: list[dict[str, Any]]) -> bytes:
    """The file with the edits of the report carried out, and nothing else."""
    lines = before.decode().split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)
    text = before.decode()
    edits = {
        (
            starts[edit["location"]["row"] - 1] + edit["location"]["column"] - 1,
            starts[edit["end_location"]["row"] - 1] + edit["end_location"]["column"] - 1,
            edit["content"],
        )
        for finding in findings
        if finding["fix"] and finding["fix"]["applicability"] == "safe"
        for edit in finding["fix"]["edits"]
    }
    for start, end, content in sorted(edits, reverse=True):
        text = text[:start] + content + text[end:]
    return text.encode()


def changed(before: Any, after: Any, path: tuple[Any, ...] = ()) -> set[tuple[Any, ...]]:
    """Where two parsed files differ."""
    if isinstance(before, dict) and isinstance(after, dict) and before.keys() == after.keys():
        return set().union(*(changed(before[key], after[key], (*path, key)) for key in before))
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return set().union(
            *(changed(old, new, (*path, at)) for at, (old, new) in enumerate(zip(before, after, strict=True)))
        )
    return set() if before == after else {path}


def test_notebook_fixes_touch_the_strings_they_name(project: pathlib.Path) -> None:
    text = notebook(
        ["from openai import OpenAI\n", 'client = OpenAI(api_key="OPENAI_API_KEY")  # "é"\n', "print('\\n')"],
        "import os, requests\nkey = os.environ[\"OPENAI_API_KEY\"]\nrequests.get('https://api.openai.com/v1', headers={'Authorization': 'Bearer' + key})",
        ["%%bash\n", "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\n"],
        ["x = 1\n"],
        outputs="fine\n",
    )
    write(project, {"a.ipynb": text})
    findings = check(project).findings
    assert [(finding["code"], finding["place"]) for finding in findings] == [
        ("KL202", "cell 1, line 2"),
        ("KL302", "cell 2, line 3"),
        ("KL203", "cell 3, line 2"),
    ]
    keylint("check", "--fix", ".", folder=project)
    after = (project / "a.ipynb").read_bytes()
    assert after == applied(text.encode(), findings)
    old, new = json.loads(text), json.loads(after)
    assert changed(old, new) == {("cells", 0, "source"), ("cells", 1, "source"), ("cells", 2, "source", 1)}
    assert "".join(new["cells"][0]["source"]) == (
        'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])  # "é"\nprint(\'\\n\')'
    )
    assert new["cells"][0]["source"][0] == "import os\n"
    assert check(project).codes == []


def test_keys_in_a_notebooks_outputs_are_found(project: pathlib.Path) -> None:
    write(project, {"a.ipynb": notebook(["print(key)"], outputs=f"{KEY}\n")})
    assert [(finding["code"], finding["place"]) for finding in check(project).findings] == [
        ("KL101", "output of cell 1")
    ]
    assert "(output of cell 1)" in keylint("check", ".", folder=project).out


def test_the_fixed_cell_runs(project: pathlib.Path) -> None:
    cell = ["from openai import OpenAI\n", 'client = OpenAI(api_key="OPENAI_API_KEY")\n', "print(client.api_key[:2])\n"]
    write(project, {"a.ipynb": notebook(cell)})
    keylint("check", "--fix", ".", folder=project)
    source = "".join(json.loads((project / "a.ipynb").read_text())["cells"][0]["source"])
    environment = {**os.environ, "OPENAI_API_KEY": "it"}
    run = subprocess.run([sys.executable, "-c", source], env=environment, capture_output=True, text=True, check=True)
    assert run.stdout == "it\n"


def test_yaml_fixes_touch_the_scalars_they_name(project: pathlib.Path) -> None:
    write(project, {".github/workflows/ci.yml": WORKFLOW})
    findings = check(project).findings
    assert [finding["code"] for finding in findings] == ["KL302", "KL203", "KL203"]
    keylint("check", "--fix", ".", folder=project)
    after = (project / ".github/workflows/ci.yml").read_bytes()
    assert after == applied(WORKFLOW.encode(), findings)
    old, new = yaml.safe_load(WORKFLOW), yaml.safe_load(after)
    assert changed(old, new) == {("jobs", "ask", "steps", at, "run") for at in range(3)}
    assert new["jobs"]["ask"]["steps"][1]["run"].endswith('"Authorization: Bearer $OPENAI_API_KEY"')
    assert [line for line in WORKFLOW.splitlines() if "curl" not in line and "-H" not in line] == [
        line for line in after.decode().splitlines() if "curl" not in line and "-H" not in line
    ]


@pytest.mark.parametrize("name", ["page.vue", "page.svelte", "index.html", "page.astro"])
def test_scripts_in_pages(project: pathlib.Path, name: str) -> None:
    script = 'fetch("https://api.openai.com/v1/models", { headers: { Authorization: "Bearer «openai.key»" } });'
    write(project, {name: expand(f"<p>Bearer</p>\n<script>\n{script}\n</script>\n")})
    assert [(finding["code"], finding["location"]["row"]) for finding in check(project).findings] == [("KL101", 3)]


def test_package_scripts_are_shell(project: pathlib.Path) -> None:
    command = "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'"
    write(project, {"package.json": json.dumps({"name": "x", "scripts": {"ask": command}}, indent=2)})
    assert check(project).codes == ["KL203"]
    keylint("check", "--fix", ".", folder=project)
    fixed = json.loads((project / "package.json").read_text())["scripts"]["ask"]
    assert fixed == command.replace("'", '"')


@pytest.mark.parametrize("script", ["coverage.py", "catalogue.py"])
def test_a_written_page_is_up_to_date(script: str) -> None:
    run = subprocess.run([sys.executable, f"scripts/{script}", "--check"], cwd=ROOT, capture_output=True)
    assert run.returncode == 0, run.stderr


@settings(max_examples=300, deadline=None)
@given(st.text())
def test_offsets_in_a_json_string_go_out_and_back(text: str) -> None:
    raw = json.dumps(text)[1:-1]
    pieces, size = [], 0
    for said, outer, width in spelled(raw, 7):
        length = len(said.encode("utf-8", "replace"))
        pieces.append((size, outer, length, width))
        size += length
    part = Part("python", "", tuple(pieces))
    places = [0, *itertools.accumulate(len(char.encode("utf-8", "replace")) for char in text)]
    for offset in places[:-1]:
        outer = part.outward(offset)
        assert 7 <= outer <= 7 + len(raw.encode())
        assert part.inward(outer) == offset
    assert [part.outward(at) for at in places] == sorted(part.outward(at) for at in places)
