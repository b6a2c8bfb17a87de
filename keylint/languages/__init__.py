"""Languages and formats, by file name. An adapter is loaded when the first file of its kind is a candidate."""

from __future__ import annotations

import importlib
import re
from functools import cache
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.languages.syntax import Adapter


class Kind(Record):
    """A language: its module and the adapter in it, the endings and the names of its files, its interpreters."""

    language: str
    module: str
    attribute: str = "ADAPTER"
    endings: str = ""
    names: str = ""  # a regular expression for the last part of a path; tried before the endings
    interpreters: str = ""


_KINDS = (
    Kind("dotenv", "dotenv", names=r"\.env(?:[.\-_][\w.\-]*)?|[\w\-]+\.env|\.flaskenv|\.dev\.vars|env\.list"),
    Kind("python", "python", endings="py pyw pyi", interpreters="python"),
    Kind("javascript", "javascript", "JAVASCRIPT", "js mjs cjs jsx", interpreters="node"),
    Kind("tsx", "javascript", "TSX", "tsx"),
    Kind("typescript", "javascript", "TYPESCRIPT", "ts mts cts", interpreters="deno bun"),
    Kind(
        "shell",
        "shell",
        endings="sh bash zsh ksh csh tcsh",
        names=r"\.(?:bashrc|bash_profile|zshrc|zshenv|zprofile|profile|envrc)",
        interpreters="sh bash zsh ksh dash csh tcsh",
    ),
    Kind("vba", "vba", endings="bas cls frm vba vbs"),
    Kind("csharp", "csharp", endings="cs csx cshtml razor"),
    Kind("vbnet", "vbnet", endings="vb"),
    Kind("java", "java", endings="java"),
    Kind("kotlin", "kotlin", endings="kt kts"),
    Kind("scala", "scala", endings="scala sc sbt"),
    Kind("groovy", "groovy", endings="groovy gradle gvy", names=r"Jenkinsfile[\w.\-]*", interpreters="groovy"),
    Kind("go", "go", endings="go"),
    Kind("ruby", "ruby", endings="rb rake ru gemspec", names="Gemfile|Rakefile|Fastfile|Podfile", interpreters="ruby"),
    Kind("php", "php", endings="php phtml php3 php4 php5 php7 php8", interpreters="php"),
    Kind("rust", "rust", endings="rs"),
    Kind("swift", "swift", endings="swift"),
    Kind("dart", "dart", endings="dart"),
    Kind("elixir", "elixir", endings="ex exs", interpreters="elixir"),
    Kind("lua", "lua", endings="lua luau", interpreters="lua luajit"),
    Kind("julia", "julia", endings="jl", interpreters="julia"),
    Kind("r", "r", endings="r", names=r"\.Rprofile", interpreters="Rscript"),
    Kind("perl", "perl", endings="pl pm", interpreters="perl"),
    Kind("powershell", "powershell", endings="ps1 psm1 psd1", interpreters="pwsh"),
    Kind("batch", "batch", endings="bat cmd"),
    Kind("makefile", "makefile", endings="mk mak make", names=r"(?:GNU)?makefile(?:\.[\w.\-]+)?"),
    Kind("dockerfile", "dockerfile", endings="dockerfile", names=r"(?:Dockerfile|Containerfile)(?:\.[\w.\-]+)?"),
    Kind("html", "markup", endings="html htm xhtml vue svelte astro"),
    Kind("markdown", "markdown", endings="md mdx markdown rst adoc asciidoc rmd qmd"),
    Kind("notebook", "notebook", endings="ipynb"),
    Kind("http", "http", endings="http rest"),
    Kind("hcl", "hcl", endings="tf tfvars hcl nomad"),
    Kind("xml", "xml", endings="xml config plist csproj vbproj props targets resx storyboard"),
    Kind(
        "ini",
        "ini",
        endings="ini cfg conf properties service container xcconfig",
        names=r"\.(?:npmrc|pypirc|netrc|Renviron)",
    ),
    Kind("yaml", "data", "YAML", "yaml yml"),
    Kind("json", "data", "JSON", "json jsonc json5"),
    Kind("toml", "toml", endings="toml"),
)
# Languages that only stand inside others.
_INNER = (Kind("magic", "variables", "MAGIC"),)

_BY_NAME = {kind.language: kind for kind in (*_KINDS, *_INNER)}
_ENDINGS = {ending: kind.language for kind in _KINDS for ending in kind.endings.split()}
_NAMES = regex("|".join(f"(?P<{kind.language}>{kind.names})" for kind in _KINDS if kind.names), re.IGNORECASE)
_INTERPRETERS = {word: kind.language for kind in _KINDS for word in kind.interpreters.split()}
_SHEBANG = regex(rf"#!\s*\S*?(?:/env\s+(?:-S\s+)?)?(?:[\w./-]*/)?({'|'.join(_INTERPRETERS)})[\d.]*\b".encode())
# A file that another program fills in before use is in the language that its name has without this ending.
_FILLED = regex(
    r"\.(?:j2|jinja2?|erb|tmpl|tpl|gotmpl|mustache|hbs|ejs|liquid|template|dist|sample|example)$", re.IGNORECASE
)

_DATA = regex(r"\.(ya?ml|json|toml)$", re.IGNORECASE)  # .env.yaml, for tools that read variables from such files

TEXT = "text"


def of(path: str, data: bytes = b"") -> str:
    """The language of a file, by its name, else by its first line; "text" if it is none of the known ones."""
    name = path.rpartition("/")[2]
    match = _NAMES.fullmatch(name)
    if match and match.lastgroup:
        data_file = _DATA.search(_FILLED.sub("", name)) if match.lastgroup == "dotenv" else None
        return _ENDINGS[data_file.group(1).lower()] if data_file else match.lastgroup
    stem, dot, ending = name.rpartition(".")
    if dot:
        found = _ENDINGS.get(ending.lower())
        return found or (of(_FILLED.sub("", name)) if stem and _FILLED.search(name) else TEXT)
    shebang = _SHEBANG.match(data[:128])
    return _INTERPRETERS.get(shebang.group(1).decode(), TEXT) if shebang else TEXT


def named(stem: str, language: str) -> str:
    """A file name for a text of a language; the stem alone if no ending says it."""
    kind = _BY_NAME.get(language)
    if kind is None or not kind.endings:
        return {"dotenv": ".env"}.get(language, stem)
    return f"{stem}.{kind.endings.split()[0]}"


@cache
def adapter(language: str) -> Adapter:
    """The adapter of a language; of "command" the one of command lines in the texts of programs."""
    kind = Kind("shell", "shell", "COMMAND") if language == "command" else _BY_NAME.get(language, Kind(TEXT, "plain"))
    return getattr(importlib.import_module(f"keylint.languages.{kind.module}"), kind.attribute)  # type: ignore[no-any-return]


def names() -> tuple[str, ...]:
    """All languages of files."""
    return (*(kind.language for kind in _KINDS), TEXT)
