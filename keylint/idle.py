"""Loaders of files of variables that are there and fill no environment: never called, or of the kind that only returns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.lazy import regex
from keylint.model import Env, EnvRead, Use
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.analysis import Checked


class Idle(Record):
    """What shows such a loader in a file (`seen`), and what would fill the environment after all (`fills`).

    `word` is a part of all that `seen` matches: looking for it is far quicker. `misses` are the ways to read that find
    nothing; "" stands for all of them.
    """

    family: str
    word: str
    seen: re.Pattern[str]
    fills: re.Pattern[str]
    why: str
    help: str
    misses: tuple[str, ...] = ("",)


def _idle(family: str, word: str, seen: str, fills: str, why: str, help: str, *misses: str) -> Idle:
    return Idle(family, word, regex(seen, re.MULTILINE), regex(fills), why, help, misses or ("",))


_PYTHON = (
    r"load_dotenv\s*\(|[(,=@]\s*(?:dotenv\.)?load_dotenv\b|environ\.(?:update|setdefault)|putenv|environ\[[^\]]*\]\s*=[^=]"
    r"|\*\*\s*os\.environ|openai\.api_key\s*="
)
_NODE = (
    r"\bconfig(?:Dotenv)?\s*\(|dotenv/config|loadEnvFile|process\.env\s*=|process\.env\[[^\]]*\]\s*=|assign\(\s*process\.env"
    r"|populate\("
)
_RUBY = (
    r"Dotenv\.(?!parse\b)|Dotenv::Rails|dotenv[/-](?:load|rails)"
    r"|\bENV(?:\[[^\]]*\]\s*\|?\|?=[^=~>]|\.(?:update|merge!|store|replace))"
)
_PHP = r"createUnsafe|putenv|PutenvAdapter|Symfony|Illuminate"

IDLE = (
    _idle(
        "python",
        "load_dotenv",
        r"^[ \t]*(?:dotenv\.)?load_dotenv[ \t]*(?:#[^\n]*)?$",
        _PYTHON,
        "load_dotenv is named and not called",
        "write load_dotenv()",
    ),
    _idle(
        "python",
        "dotenv_values(",
        r"^[^#\n]*\bdotenv_values\(\s*(?:\)|find_dotenv|[\"'](?:[\w./-]*/)?\.env[\"'])",
        _PYTHON,
        "dotenv_values() only returns what it reads",
        "call load_dotenv(), or hand over the value that was read",
    ),
    _idle(
        "notebook",
        ".env",
        r"\"\s*!\s*(?:set -a\s*(?:;|&&)\s*)?(?:source|\.)\s+[^\s\"\\;&|]*\.env\s*(?:\\n)?\"",
        rf"{_PYTHON}|%(?:dotenv|env|set_env)\b|userdata|getpass|os\.environ\[[^\]]*\]\s*=",
        "the shell of `!source` ends with its line",
        "use `%load_ext dotenv` and `%dotenv`, or call load_dotenv()",
    ),
    _idle(
        "javascript",
        "dotenv",
        r"^[ \t]*(?:require\([\"']dotenv[\"']\)(?:\.config)?|import[ \t]+[\"']dotenv[\"']|dotenv\.config)[ \t]*;?[ \t]*$",
        _NODE,
        "dotenv is imported and its config() is not called",
        'write `import "dotenv/config"`, or `require("dotenv").config()`',
    ),
    _idle(
        "javascript",
        "parse(",
        r"\bdotenv\.parse\(|\bparse\(\s*(?:await\s+)?(?:fs\.)?(?:promises\.)?readFile(?:Sync)?\([^)\n]*\.env[\"']",
        _NODE,
        "dotenv's parse() only returns what it reads",
        "call config(), or hand over the value that was read",
    ),
    _idle(
        "go",
        "godotenv",
        r"^\s*(?:import\s+)?_\s+\"github\.com/joho/godotenv\"|^[^/\n]*\bgodotenv\.(?:Read|Parse|Unmarshal)\(",
        r"godotenv\.(?:Load|Overload)|godotenv/autoload|os\.Setenv",
        "nothing calls godotenv.Load()",
        'call godotenv.Load() first, or import _ "github.com/joho/godotenv/autoload"',
    ),
    _idle(
        "ruby",
        "otenv",
        r"^\s*require[\s(]+[\"']dotenv[\"']|^[^#\n]*\bDotenv\.parse\b",
        _RUBY,
        'require "dotenv" alone loads no file',
        'write `require "dotenv/load"`, or call Dotenv.load',
    ),
    _idle(
        "php",
        "Dotenv::create",
        r"^[^/#\n]*\bDotenv::create(?:Mutable|Immutable)\(",
        _PHP,
        "phpdotenv writes into $_ENV, where getenv() does not look",
        "read it with `$_ENV[…]`",
        "getenv",
    ),
    _idle(
        "php",
        "Dotenv::create",
        r"^[^/#\n]*\$\w+\s*=\s*[\w\\]*Dotenv::create\w*\(",
        r"->\s*(?:load|safeLoad)\(|putenv|return\s+\$|Symfony|Illuminate",
        "nothing calls load() on the Dotenv object",
        "call `$dotenv->load()` first",
    ),
    _idle(
        "jvm",
        "otenv",
        r"^[^/\n]*\bDotenv\s*\.\s*(?:load|configure)\s*\(|^(?:[^/\n]*=)?\s*dotenv\s*(?:\(|\{)",
        r"systemProperties|setProperty|springboot|springframework",
        "dotenv-java keeps what it loads to itself",
        "read it from the Dotenv object, and hand it over",
        "System.",
    ),
    _idle(
        "dotnet",
        "Env",
        r"^[^/\n]*\b(?:Env\.NoEnvVars\(\)|DotEnv\.Read\(|DotEnv\.Fluent\(\)[^;]*\.Read\()",
        r"\bEnv\.(?:TraversePath\(\)\.)?Load|DotEnv\.Load|SetEnvironmentVariable",
        "the file's variables are only returned",
        "let the loader set them, or hand over the value that was read",
    ),
)
_PYTHON_IMPORTS = regex(r"^[ \t]*from[ \t][^\n(]*import[ \t]*(?:\([^)]*\)|[^\n(]*$)", re.MULTILINE)


def idle(checked: Checked) -> list[Idle]:
    """The loaders of a file that fill no environment, where nothing else fills it."""
    language = checked.source.language
    kind = language if language == "notebook" else loaders.family(language)
    if not checked.notes or all(made.family != kind for made in IDLE):
        return []
    text = checked.source.text.replace("\r", "")
    text = _PYTHON_IMPORTS.sub("", text) if kind == "python" else text
    return [
        made
        for made in IDLE
        if made.family == kind and made.word in text and made.seen.search(text) and not made.fills.search(text)
    ]


def sent(checked: Checked) -> set[tuple[int, int]]:
    """Where the reads stand whose values go into a vendor's slot, under whatever name they are read."""
    return {
        use.value.span
        for use in checked.facts
        if isinstance(use, Use) and use.slot.is_secret and isinstance(use.value, Env)
    }


def is_sent(fact: object, places: set[tuple[int, int]]) -> bool:
    """Whether a fact is a read whose value goes to a vendor, and that nothing stands in for."""
    return (
        isinstance(fact, EnvRead)
        and fact.span in places
        and fact.value.default is None
        and not fact.fallback
        and not fact.broken
    )
