"""Whether the program that a file belongs to loads `.env`, and how it can be made to."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Any

import tomli

from keylint import languages, loaders
from keylint.lazy import regex
from keylint.model import Role
from keylint.project import above
from keylint.source import Source, Undecodable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.project import Project

_JAVASCRIPT = ("javascript", "typescript", "tsx")
_NAMED = regex(r"python[-_.]dotenv(?![\w-])", re.IGNORECASE)
_REQUIREMENTS = regex(r"(?:.*/)?(?:requirements[^/]*|requirements/[^/]+)\.(?:txt|in)", re.IGNORECASE)
_DEPENDENCIES = (
    ("project", "dependencies"),
    ("project", "optional-dependencies"),
    ("dependency-groups",),
    ("tool", "poetry", "dependencies"),
    ("tool", "poetry", "group"),
)
_BY_SHELL = ("java", "kotlin", "scala", "groovy")
MAX_IMPORTS = 2000  # files whose imports are followed from the loaders


def is_loaded(project: Project, path: str, checked: Checked, language: str) -> bool:
    """Whether `.env` is in the environment when a file of the project runs: by itself, by its importers or by its tools."""
    if language == "http" or loaders.calls(checked):
        return True  # $dotenv reads the file itself
    kind = loaders.family(language)
    return loaders.loads_for_language(project, kind) or path in imported_by_loaders(project, language)


def imported_by_loaders(project: Project, language: str) -> set[str]:
    """The files that are imported, directly or through others, by one that loads `.env`."""
    kind = "python" if language == "python" else "javascript"
    reached: set[str] = set()
    waiting = [
        name
        for name, checked in project.files.items()
        if loaders.calls(checked)
        and loaders.family(checked.source.language) == kind
        and checked.source.role not in (Role.TEST, Role.DOCUMENTATION)
    ]
    while waiting and len(reached) < MAX_IMPORTS:
        name = waiting.pop()
        for module in _imports(project, name):
            found = project.module(name, module, kind)
            if found and found not in reached:
                reached.add(found)
                waiting.append(found)
    return reached


def _imports(project: Project, name: str) -> Iterator[str]:
    """The modules that a file loads, whether it was looked into or not."""
    checked = project.files.get(name)
    try:
        source = checked.source if checked is not None else Source.from_bytes(name, project.read(name).encode())
    except Undecodable:
        return
    for made in languages.adapter(languages.of(name, source.data)).imports(source):
        yield made.module


def has_library(project: Project, path: str, language: str) -> bool:
    """Whether the project's own files say that the language's loader is installed where a file runs."""
    folders = above(path)
    if language == "python":
        places = {*folders, *(posixpath.join(folder, "requirements") for folder in folders)}
        return any(_names_python_dotenv(project, name) for name in project.names if posixpath.dirname(name) in places)
    if language in _JAVASCRIPT:
        names = (posixpath.join(folder, "package.json") for folder in folders)
        nearest = next((name for name in names if name in project.names), "")
        return bool(nearest) and "dotenv" in loaders.packages(project.read(nearest))
    return False


def _names_python_dotenv(project: Project, name: str) -> bool:
    if _REQUIREMENTS.fullmatch(name):
        return any(_NAMED.match(line.strip()) for line in project.read(name).splitlines())
    if posixpath.basename(name) != "pyproject.toml":
        return False
    try:
        table = tomli.loads(project.read(name))
    except tomli.TOMLDecodeError:
        return False
    return any(_mentions(_below(table, *keys)) for keys in _DEPENDENCIES)


def _below(table: Any, *keys: str) -> Any:
    for key in keys:
        table = table.get(key) if isinstance(table, dict) else None
    return table


def _mentions(table: Any) -> bool:
    """Whether a key, or a text in a list, is the name of the package with or without a version."""
    if isinstance(table, dict):
        return any(_NAMED.fullmatch(key) or _mentions(value) for key, value in table.items())
    if isinstance(table, list):
        return any(bool(_NAMED.match(item)) if isinstance(item, str) else _mentions(item) for item in table)
    return False


# How a person loads a file of variables, by family of languages; "{}" is the file.
_ADVICE = {
    "python": "install python-dotenv and call load_dotenv() before the read",
    "javascript": "run it with `node --env-file={}`",
    "go": 'import _ "github.com/joho/godotenv/autoload" in main, or run `set -a; . ./{}; set +a` before it',
    "ruby": 'add the dotenv gem and `require "dotenv/load"` before the read',
    "rust": "call `dotenvy::dotenv().ok();` first in main",
    "php": "install vlucas/phpdotenv and call `Dotenv\\Dotenv::createImmutable(__DIR__)->load();` before the read",
    "dotnet": "add the package DotNetEnv and call `DotNetEnv.Env.Load();` before the read",
}


def advice(language: str, env: str) -> str:
    """How a person loads a file of variables in a language, where nothing does."""
    told = _ADVICE.get(loaders.family(language))
    if told is not None:
        return told.format(env)
    if language in ("shell", *_BY_SHELL):
        return f"run `set -a; . ./{env}; set +a` before it"
    return "set the variable where it runs"
