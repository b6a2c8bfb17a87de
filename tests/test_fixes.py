"""Fixes in company: whatever stands in one file, what comes out parses, stays, and is the same elsewhere."""

from __future__ import annotations

import ast
import difflib
import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from keylint.languages import adapter
from keylint.rules import all_rules
from tests.examples import NAMES
from tests.samples import expand
from tests.tool import check, keylint, write

if TYPE_CHECKING:
    import pathlib

LANGUAGES = ("python", "javascript", "typescript", "shell", "vba", "dotenv")
# One file of its own each: the parts of these would not be one text together.
PIECES = {
    language: sorted(
        {
            expand(example.code.replace("⟦", "").replace("⟧", ""))
            for rule in all_rules()
            for example in rule.examples
            if example.language == language and (not example.path or language in ("dotenv", "shell"))
        }
    )
    for language in LANGUAGES
}
HEADS = {
    "python": [
        '"""Docs."""\n',
        "from __future__ import annotations\n",
        "#!/usr/bin/env python3\n# -*- coding: utf-8 -*-\n",
        "import os, sys\n",
    ],
    "javascript": ["'use strict';\n", "#!/usr/bin/env node\n"],
    "shell": ["#!/bin/sh\nset -eu\n"],
}


@pytest.mark.parametrize("language", LANGUAGES)
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_any_company(tmp_path_factory: pytest.TempPathFactory, language: str, data: st.DataObject) -> None:
    folder = tmp_path_factory.mktemp("fixes")
    head = data.draw(st.sampled_from(["", *HEADS.get(language, [])]))
    chosen = data.draw(st.lists(st.sampled_from(PIECES[language]), min_size=1, max_size=5))
    newline = data.draw(st.sampled_from(["\n", "\r\n"]))
    end = data.draw(st.sampled_from(["\n", ""]))
    text = (head + "\n".join(chosen)).rstrip("\n") + end
    before = text.replace("\n", newline).encode()
    name = NAMES[language]
    write(folder, {name: before})
    first = keylint("check", "--fix", "--unsafe-fixes", "--yes", name, folder=folder)
    assert first.code in (0, 1)
    after = (folder / name).read_bytes()
    assert after.count(b"\r\n") == (after.count(b"\n") if newline == "\r\n" else 0)
    if not adapter(language).broken(before):
        assert not adapter(language).broken(after)
    if language == "python" and _parses(before):
        ast.parse(after)
    second = keylint("check", "--fix", "--unsafe-fixes", "--yes", name, folder=folder)
    assert (folder / name).read_bytes() == after
    assert "Fixed" not in second.out
    left = [finding for finding in check(folder, name).findings if finding["fix"]]
    assert all(
        f"{name}:{finding['location']['row']}: the key is not moved: another key" in second.err
        or f"{name}:{finding['location']['row']}: the key is not moved: .env has" in second.err
        for finding in left
    )


def _parses(data: bytes) -> bool:
    try:
        ast.parse(data)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "text", "read"),
    [
        (
            "compose.yaml",
            "services:\n  a:\n    environment: # of the service\n      - OPENAI_API_KEY=\"{key}\"\n      - 'B=c'\n",
            yaml.safe_load,
        ),
        (
            ".mcp.json",
            '{{\n  "mcpServers": {{"a": {{"command": "x", "env": {{"OPENAI_API_KEY": " {key} "}}}}}}\n}}\n',
            json.loads,
        ),
    ],
)
def test_another_reader_reads_what_was_meant(project: pathlib.Path, name: str, text: str, read: object) -> None:
    """A damaged key in a format is mended for a parser that is not ours."""
    before = text.format(key=expand("«openai.key»"))
    write(project, {name: before})
    keylint("check", "--fix", "--unsafe-fixes", "--select", "KL2,KL5", name, folder=project)
    after = (project / name).read_text()
    assert read(after) != read(before)  # type: ignore[operator]
    changed = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[:1] in "+-"]
    assert len(changed) == 2


def test_a_mended_program_runs(project: pathlib.Path) -> None:
    """The imports that a fix adds are enough, wherever they had to go."""
    write(
        project,
        {
            "a.py": '#!/usr/bin/env python3\n"""Docs."""\n\nfrom __future__ import annotations\n\nOPENAI_API_KEY = "YOUR_API_KEY"\n\n\ndef main():\n    print(len(OPENAI_API_KEY))\n\n\nmain()\n'
        },
    )
    assert "Fixed 1 problem." in keylint("check", "--fix", folder=project).out
    done = subprocess.run(
        [sys.executable, "a.py"],
        cwd=project,
        env={"OPENAI_API_KEY": "x", "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "1\n"
