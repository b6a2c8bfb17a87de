"""Languages and formats, by file name. An adapter is loaded when the first file of its kind is a candidate."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keylint.languages.syntax import Adapter

# (language, module, attribute, what the file's name ends with or matches): the first match counts.
_TABLE: tuple[tuple[str, str, str, str], ...] = (
    (
        "dotenv",
        "dotenv",
        "ADAPTER",
        r"(?:^|/)(?:\.env(?:[.\-_][\w.\-]*)?|[\w\-]+\.env|\.flaskenv|\.dev\.vars|env\.list)$",
    ),
    ("python", "python", "ADAPTER", r"\.(?:py|pyw|pyi)$"),
    ("javascript", "javascript", "JAVASCRIPT", r"\.(?:js|mjs|cjs|jsx)$"),
    ("tsx", "javascript", "TSX", r"\.tsx$"),
    ("typescript", "javascript", "TYPESCRIPT", r"\.(?:ts|mts|cts)$"),
    (
        "shell",
        "shell",
        "ADAPTER",
        r"\.(?:sh|bash|zsh|ksh|csh|tcsh)$|(?:^|/)\.(?:bashrc|bash_profile|zshrc|zshenv|zprofile|profile|envrc)$",
    ),
    ("vba", "vba", "ADAPTER", r"\.(?:bas|cls|frm|vba|vbs)$"),
    ("csharp", "csharp", "ADAPTER", r"\.(?:cs|csx|cshtml|razor)$"),
    ("java", "java", "ADAPTER", r"\.java$"),
    ("kotlin", "kotlin", "ADAPTER", r"\.kts?$"),
    ("go", "go", "ADAPTER", r"\.go$"),
    ("ruby", "ruby", "ADAPTER", r"\.(?:rb|rake|ru|gemspec)$|(?:^|/)(?:Gemfile|Rakefile|Fastfile|Podfile)$"),
    ("php", "php", "ADAPTER", r"\.(?:php|phtml|php\d)$"),
    ("rust", "rust", "ADAPTER", r"\.rs$"),
    ("swift", "swift", "ADAPTER", r"\.swift$"),
    ("scala", "scala", "ADAPTER", r"\.(?:scala|sc|sbt)$"),
    ("elixir", "elixir", "ADAPTER", r"\.exs?$"),
    ("dart", "dart", "ADAPTER", r"\.dart$"),
    ("r", "r", "ADAPTER", r"\.(?:r|rmd|qmd)$|(?:^|/)\.Rprofile$"),
    ("perl", "perl", "ADAPTER", r"\.(?:pl|pm|t)$"),
    ("groovy", "groovy", "ADAPTER", r"\.(?:groovy|gradle|gvy)$|(?:^|/)Jenkinsfile[\w.\-]*$"),
    ("vbnet", "vbnet", "ADAPTER", r"\.vb$"),
    ("powershell", "powershell", "ADAPTER", r"\.(?:ps1|psm1|psd1)$"),
    ("lua", "lua", "ADAPTER", r"\.(?:lua|luau)$"),
    ("julia", "julia", "ADAPTER", r"\.jl$"),
    ("html", "markup", "ADAPTER", r"\.(?:html?|xhtml|vue|svelte|astro)$"),
    ("markdown", "markdown", "ADAPTER", r"\.(?:md|mdx|markdown|rst|adoc|asciidoc)$"),
    ("dockerfile", "dockerfile", "ADAPTER", r"(?:^|/)(?:Dockerfile|Containerfile)(?:\.[\w.\-]+)?$|\.dockerfile$"),
    ("makefile", "makefile", "ADAPTER", r"(?:^|/)(?:GNU)?[Mm]akefile(?:\.[\w.\-]+)?$|\.(?:mk|mak|make)$"),
    ("batch", "batch", "ADAPTER", r"\.(?:bat|cmd)$"),
    ("http", "http", "ADAPTER", r"\.(?:http|rest)$"),
    ("hcl", "hcl", "ADAPTER", r"\.(?:tf|tfvars|hcl|nomad)$"),
    ("xml", "xml", "ADAPTER", r"\.(?:xml|config|plist|csproj|vbproj|props|targets|resx|xcconfig\.xml|storyboard)$"),
    (
        "ini",
        "ini",
        "ADAPTER",
        r"\.(?:ini|cfg|conf|properties|service|container|xcconfig|editorconfig)$|(?:^|/)\.(?:npmrc|pypirc|netrc|pylintrc|flake8|Renviron|sops\.ini)$",
    ),
    ("notebook", "notebook", "ADAPTER", r"\.ipynb$"),
    ("magic", "variables", "MAGIC", r"(?!)"),
    ("yaml", "data", "YAML", r"\.ya?ml$"),
    ("json", "data", "JSON", r"\.(?:json|jsonc|json5)$"),
    ("toml", "toml", "ADAPTER", r"\.toml$"),
)
_PATTERNS = tuple(
    (name, module, attribute, re.compile(pattern, re.IGNORECASE)) for name, module, attribute, pattern in _TABLE
)
_SHEBANG = re.compile(
    rb"^#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(?:[\w./-]*/)?(python|node|deno|bun|sh|bash|zsh|ksh|dash|csh|tcsh)[\d.]*\b"
)
_INTERPRETERS = {b"python": "python", b"node": "javascript", b"deno": "typescript", b"bun": "typescript"}

TEXT = "text"


def of(path: str, data: bytes = b"") -> str:
    """The language of a file, by its name, else by its first line; "text" if it is none of the known ones."""
    for name, _, _, pattern in _PATTERNS:
        if pattern.search(path):
            return name
    match = _SHEBANG.match(data[:128]) if "." not in path.rpartition("/")[2] else None
    return _INTERPRETERS.get(match.group(1), "shell") if match else TEXT


@cache
def adapter(language: str) -> Adapter:
    """The adapter of a language."""
    for name, module, attribute, _ in _PATTERNS:
        if name == language:
            return getattr(importlib.import_module(f"keylint.languages.{module}"), attribute)  # type: ignore[no-any-return]
    return importlib.import_module("keylint.languages.plain").ADAPTER  # type: ignore[no-any-return]


def names() -> tuple[str, ...]:
    """All languages."""
    return (*tuple(dict.fromkeys(name for name, *_ in _TABLE)), TEXT)
