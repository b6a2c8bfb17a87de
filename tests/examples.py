"""The rules' own examples as files: what they are called, how they are laid out, what their rule finds in them."""

from __future__ import annotations

import pathlib
import tempfile
from typing import TYPE_CHECKING

from keylint.engine import Engine
from keylint.settings import Finder, Overrides
from keylint.workspace import collect
from tests.samples import expand
from tests.tool import git, write

if TYPE_CHECKING:
    from keylint.model import Finding
    from keylint.rules.rule import Example, Rule

NAMES = {
    "python": "example.py",
    "javascript": "example.js",
    "typescript": "example.ts",
    "tsx": "example.tsx",
    "shell": "example.sh",
    "go": "example.go",
    "php": "example.php",
    "csharp": "Ask.cs",
    "java": "Ask.java",
    "ruby": "example.rb",
    "rust": "example.rs",
    "kotlin": "Ask.kt",
    "dart": "ask.dart",
    "vba": "Example.bas",
    "dotenv": ".env",
    "yaml": "example.yaml",
    "json": "example.json",
    "toml": "example.toml",
    "text": "example.txt",
}


def path_of(example: Example) -> str:
    return example.path or NAMES[example.language]


def plain(code: str) -> str:
    """Code without the marks around what is reported, its keys filled in."""
    return expand(code.replace("⟦", "").replace("⟧", ""))


def lay_out(folder: pathlib.Path, example: Example, code: str) -> None:
    """Write an example with this code, and the files around it, into a new repository."""
    git(folder, "init", "-q")
    write(folder, {name: expand(text) for name, text in example.files.items()})
    write(folder, {path_of(example): code})


def findings(rule: Rule, example: Example) -> tuple[Finding, ...]:
    """What a rule makes of one of its examples, possible findings too."""
    with tempfile.TemporaryDirectory() as folder:
        write(pathlib.Path(folder), {name: plain(text) for name, text in example.files.items()})
        write(pathlib.Path(folder), {path_of(example): plain(example.code)})
        overrides = Overrides()
        overrides.select, overrides.isolated, overrides.min_confidence = (rule.code,), True, "possible"
        finder = Finder(overrides)
        return tuple(Engine(finder).check(collect([folder], finder)).findings)
