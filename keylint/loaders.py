"""What puts a file of variables into the environment of a project's programs: calls, tools, frameworks, platforms.

Everything here leans to "something may": a loader that is seen where there is none costs a finding, one that is overlooked
makes a finding that is wrong.
"""

from __future__ import annotations

import json
import posixpath
import re
from functools import lru_cache
from typing import TYPE_CHECKING

from keylint import languages
from keylint.lazy import regex
from keylint.model import EnvLoad
from keylint.project import above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.project import Project

# Files whose presence says that something other than a loader in the code may fill the environment.
_PLATFORMS = frozenset(
    [
        "docker-compose.yml",
        "docker-compose.yaml",
        "compose.yml",
        "compose.yaml",
        "vercel.json",
        "netlify.toml",
        "fly.toml",
        "render.yaml",
        "app.yaml",
        "railway.json",
        "railway.toml",
        "serverless.yml",
        "serverless.yaml",
        "wrangler.toml",
        "wrangler.jsonc",
        "heroku.yml",
        "langgraph.json",
        "firebase.json",
        "app.json",
    ]
)
_PLATFORM = regex(r"(?:^|/)(?:Dockerfile|Containerfile|Procfile)[^/]*$|(?:^|/)(?:k8s|helm|charts)/")
# Files that belong to tools which load `.env` by themselves, by the languages they do it for; "" is the shell.
_SELF_LOADING = {
    "": frozenset({".envrc", "mise.toml", ".mise.toml"}),
    "python": frozenset({"Pipfile"}),
    "javascript": frozenset(
        [
            "bun.lockb",
            "bun.lock",
            "bunfig.toml",
            "deno.json",
            "deno.jsonc",
            "deno.lock",
            "nuxt.config.ts",
            "nuxt.config.js",
            "next.config.js",
            "next.config.mjs",
            "next.config.ts",
            "svelte.config.js",
            "astro.config.mjs",
            "astro.config.ts",
            "remix.config.js",
            "gatsby-config.js",
            "vite.config.ts",
            "vite.config.js",
            "vite.config.mts",
            "angular.json",
            "nest-cli.json",
            "redwood.toml",
            "expo.json",
            "app.json",
            "firebase.json",
            "ecosystem.config.js",
            "ecosystem.config.cjs",
        ]
    ),
}
_SELF_LOADING_PACKAGES = frozenset(
    [
        "next",
        "nuxt",
        "vite",
        "gatsby",
        "react-scripts",
        "astro",
        "@sveltejs/kit",
        "@remix-run/dev",
        "@react-router/dev",
        "@nestjs/config",
        "env-cmd",
        "expo",
        "bun-types",
        "@types/bun",
        "parcel",
        "@vue/cli-service",
        "@rsbuild/core",
        "mastra",
        "promptfoo",
        "firebase-functions",
        "sst",
        "@strapi/strapi",
        "@adonisjs/core",
        "payload",
        "vinxi",
        "@tanstack/react-start",
        "@solidjs/start",
        "electron-vite",
        "@redwoodjs/core",
        "umi",
    ]
)
# Packages for Python that read `.env` when they are imported, or whose commands do.
_PYTHON_SELF_LOADING = regex(
    rb"\b(?:flask|litellm|dspy(?:-ai)?|chainlit|pytest-dotenv|browser-use|crewai|dagster|marimo|prefect|modal|django-dotenv)\b",
    re.IGNORECASE,
)
_SCRIPTED = regex(r"env-file|dotenv/config|dotenv(?:x|-flow|-cli|-run)?\s+(?:-|run\b)|env-cmd|\bbun\s|\bdeno\s")
# What documentation may tell people to do by hand. "dotenv" is no such word: it may speak of a library that is not used.
_BY_HAND = frozenset({"source", "env-expansion", "env_file", "runner", "include"})
_SET_BY_HAND = (
    r"(?:\b(?:export|setx?|set\s+-\w+|-e|--env|setenv)\s+|\$env:)[\"']?{0}\b|\b{0}=\S+[ \t]+\w"
    r"|\b(?:set|export|define|configure)\b[^\n]{{0,60}}\b{0}\b[^\n]{{0,40}}\benvironment\b"
    r"|\benvironment variables?\b[^\n]{{0,30}}\b{0}\b"
)

_FAMILIES = {
    **dict.fromkeys(("javascript", "typescript", "tsx", "html"), "javascript"),
    **dict.fromkeys(("java", "kotlin", "scala", "groovy"), "jvm"),
    **dict.fromkeys(("csharp", "vbnet"), "dotnet"),
    **dict.fromkeys(("python", "notebook"), "python"),
    **{name: name for name in ("go", "ruby", "php", "rust", "swift", "dart", "elixir", "lua", "julia", "r", "perl")},
}
_PACKAGE_LIST = regex(
    r"(?:.*/)?(?:requirements[^/]*\.(?:txt|in)|requirements/[^/]+|pyproject\.toml|setup\.(?:py|cfg)|environment[\w-]*\.ya?ml|"
    r"constraints[^/]*|package\.json|pylock\.toml)",
    re.IGNORECASE,
)
_LOCK = regex(
    r".*(?:\.lock|[-.]lock\.(?:json|ya?ml)|\.html?|\.svg|\.csv|\.log|/?\.gitignore|/?changelog[^/]*)", re.IGNORECASE
)
_DOCUMENT = regex(r".*\.(?:md|mdx|rst|txt|adoc)", re.IGNORECASE)

# Python's ways of saying "dotenv" that load nothing: imports, and what only reads the file.
_IDLE = regex(
    r"^[ \t]*(?:from[ \t]+dotenv\S*[ \t]+import[ \t]+[^\n(]*|import[ \t]+dotenv[^\n]*)$|#[^\n]*|dotenv_values|find_dotenv",
    re.MULTILINE,
)
_IDLE_IMPORT = regex(
    r"^[ \t]*(?:import[ \t][^\n;]*?from[ \t]*[\"']dotenv[\"']"
    r"|(?:const|let|var)[ \t]+\w+[ \t]*=[ \t]*require\([\"']dotenv[\"']\))[ \t]*;?[ \t]*$|//[^\n]*",
    re.MULTILINE,
)
# Packages that have to be called, by the file that asks for them.
_CALLED = {
    **dict.fromkeys(
        ("pom.xml", "build.gradle", "build.gradle.kts", "libs.versions.toml"),
        r"(?:io\.github\.cdimascio:)?(?:java-dotenv|dotenv-(?:java|kotlin))",
    ),
    "Gemfile": r"\bgem[\s(]+[\"']dotenv[\"'](?![^\n]*require)",
    "composer.json": r"vlucas/phpdotenv",
    "go.mod": r"joho/godotenv",
    "Cargo.toml": r"\bdotenvy?\b",
}
_DECLARED = {name: regex(pattern) for name, pattern in _CALLED.items()}

# The environment is written under names that the text does not show.
_WRITES = regex(r"environ\.(?:update|setdefault)\(|putenv\(|environ\[\s*[A-Za-z_]\w*(?:\.\w+)*(?:\(\))?\s*\]\s*=[^=]")
_PATH = regex(r"([\"'`])[^\s\"'`]*\.env\1")
_SETTINGS = regex(r"env_file\s*=[^\n]*")
_ENV_FILE = regex(r"\.env[\"']\s*[,)]|env[_-]file")


def family(language: str) -> str:
    """The languages that share an environment and its loaders; "" for what is no program."""
    return _FAMILIES.get(language, "")


def calls(checked: Checked) -> bool:
    """Whether a file calls a loader."""
    return any(isinstance(fact, EnvLoad) for fact in checked.facts)


def may_load(project: Project, kind: str, *, beside: frozenset[str] = frozenset()) -> bool:
    """Whether anything may load a file of variables for the programs of a family, the files `beside` not counted."""
    for path, checked in project.files.items():
        if path not in beside and calls(checked) and family(checked.source.language) in (kind, ""):
            return True
    if any(path not in beside and _loads(project, path, labels, kind) for path, labels in project.notes.items()):
        return True
    if project.called.keys() & (_SELF_LOADING[""] | _SELF_LOADING.get(kind, frozenset())):
        return True
    return (kind == "javascript" and is_run_with_variables(project)) or (
        kind == "python" and declares_self_loading(project)
    )


def tells(project: Project, variable: str = "") -> bool:
    """Whether the project's documentation has a person load the file, or set the variable if one is named, by hand."""
    if any(labels & _BY_HAND for path, labels in project.notes.items() if _is_document(path)):
        return True
    said = re.compile(_SET_BY_HAND.format(re.escape(variable)), re.IGNORECASE)
    return bool(variable) and any(said.search(project.read(name)) for name in documents(project))


def documents(project: Project) -> Iterator[str]:
    """What people read first: documents in the top folder, or one below."""
    return (name for name in project.names if name.count("/") <= 1 and _is_document(name))


def _is_document(name: str) -> bool:
    return bool(_DOCUMENT.fullmatch(name)) and not _PACKAGE_LIST.fullmatch(name)


def has_platform(project: Project) -> bool:
    """Whether something else may set variables where the program runs."""
    return bool(project.called.keys() & _PLATFORMS) or any(map(_PLATFORM.search, project.names))


def is_run_with_variables(project: Project, near: str = "") -> bool:
    """Whether a framework for JavaScript loads the file, or a script of the project hands it to the runtime.

    With `near`, only the package that this file belongs to is asked.
    """
    files = project.called.get("package.json", [])
    if near:
        around = [posixpath.join(folder, "package.json") for folder in above(near)]
        files = [name for name in around if name in project.names][:1]
    return any(map(_runs_with_variables, map(project.read, files)))


@lru_cache(maxsize=64)
def _runs_with_variables(text: str) -> bool:
    """Whether a package.json says so."""
    return bool(_SELF_LOADING_PACKAGES & packages(text)) or any(_SCRIPTED.search(script) for script in scripts(text))


def loads_for_language(project: Project, kind: str) -> bool:
    """Whether a tool or a framework loads the file for all programs of a family."""
    if project.called.keys() & (_SELF_LOADING[""] | _SELF_LOADING.get(kind, frozenset())):
        return True
    return kind == "javascript" and is_run_with_variables(project)


def scripts(text: str) -> list[str]:
    """The command lines of a package.json."""
    found = _table(text).get("scripts")
    return [script for script in found.values() if isinstance(script, str)] if isinstance(found, dict) else []


def packages(text: str) -> set[str]:
    """The packages that a package.json asks for."""
    table = _table(text)
    listed = [
        table.get(name) for name in ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
    ]
    return {package for found in listed if isinstance(found, dict) for package in found}


def _table(text: str) -> dict[str, object]:
    try:
        table = json.loads(text)
    except ValueError:
        return {}
    return table if isinstance(table, dict) else {}


def declares_self_loading(project: Project) -> bool:
    """Whether the project asks for a package for Python that reads the file by itself."""
    return any(
        _PYTHON_SELF_LOADING.search(project.read(name).encode())
        for name in project.names
        if _PACKAGE_LIST.fullmatch(name) and not name.endswith("package.json")
    )


def _loads(project: Project, path: str, labels: frozenset[str], kind: str) -> bool:
    """Whether what triage noted in a file may be a loader for a family."""
    if _LOCK.fullmatch(path):
        return False
    if _PACKAGE_LIST.fullmatch(path):
        return not path.endswith("package.json") and bool(
            labels - {"dotenv", "decouple", "environs", "pydantic-settings"}
        )
    if _DOCUMENT.fullmatch(path):
        return False
    if (declared := _DECLARED.get(posixpath.basename(path))) is not None and labels == {"dotenv"}:
        return "dotenv" in declared.sub("", project.read(path))
    other = family(languages.of(path))
    if other not in ("", kind):
        return False
    if kind == "python" and other == "python":
        return bool(_of_python(project.read(path), labels))
    if other and labels == {"file"} and not _PATH.search(project.read(path)):
        return False
    if kind == "jvm" and other and labels == {"dotenv"}:
        return not re.search(r"cdimascio", project.read(path))
    if kind == "javascript" and other and labels == {"dotenv"}:
        return "dotenv" in _IDLE_IMPORT.sub("", project.read(path))
    return bool(labels)


def _of_python(text: str, labels: frozenset[str]) -> frozenset[str]:
    """What is left of the labels of a file of Python when ways that leave the environment alone are taken away."""
    if _WRITES.search(text):
        return labels
    values = "dotenv_values" in text
    if "dotenv" in labels and "dotenv" not in _IDLE.sub("", text).replace('".env"', "").lower():
        labels -= {"dotenv", *(("file",) if values else ())}
    if "pydantic-settings" in labels:
        labels -= {"pydantic-settings", "env_file"}
        if "file" in labels and not _ENV_FILE.search(_SETTINGS.sub("", text)):
            labels -= {"file"}
    return labels


def is_kept_from_getenv(project: Project) -> bool:
    """Whether phpdotenv fills ``$_ENV`` only, see https://github.com/vlucas/phpdotenv#putenv-and-getenv."""
    texts = [project.read(name) for name in project.notes if name.endswith(".php")]
    texts += [checked.source.text for checked in project.files.values() if checked.source.language == "php"]
    made = re.compile(r"Dotenv::create(?:Mutable|Immutable)\(")
    return any(made.search(text) for text in texts) and not any(
        re.search(r"createUnsafe|putenv|PutenvAdapter|Symfony", text) for text in texts
    )


def keeper(project: Project, variable: str) -> str:
    """What reads the file into an object of its own and leaves the environment alone, as people call it; "" if nothing does."""
    if is_kept_from_getenv(project):
        return "phpdotenv writes it into $_ENV, where getenv() does not look"
    for path, labels in project.notes.items():
        if not path.endswith(".py"):
            continue
        text = project.read(path)
        if "dotenv" in labels and "dotenv_values(" in text:
            return "dotenv_values() only returns it"
        if "pydantic-settings" in labels and re.search(
            rf"^\s+{re.escape(variable)}\s*:", text, re.IGNORECASE | re.MULTILINE
        ):
            return "the settings class keeps it to itself"
    return ""
