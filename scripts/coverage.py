"""Writes docs/languages.md: what keylint understands of each language and format, told by running it on the test files.

    python scripts/coverage.py [--check]

A cell is ticked when the adapter made a fact of that kind from the files in tests/languages and the rules' own examples;
an empty one needs its reason in REASONS. With --check nothing is written: the exit code tells whether the page is right.
"""

from __future__ import annotations

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from keylint import languages, rules  # noqa: E402
from keylint.languages.embedding import HostAdapter  # noqa: E402
from keylint.providers.catalogue import load  # noqa: E402
from keylint.source import Source  # noqa: E402
from tests.samples import expand  # noqa: E402

PAGE = ROOT / "docs" / "languages.md"
KINDS = {
    "Use": "key in a slot",
    "Header": "header",
    "Client": "client",
    "EnvRead": "read",
    "EnvDefinition": "definition",
    "EnvLoad": "loader",
    "Log": "printed",
    "Misplaced": "misplaced",
}
SETTINGS = "settings run nothing"
PARTS = "in the code it holds"
REASONS = {
    ("settings", "Client"): SETTINGS,
    ("settings", "EnvRead"): SETTINGS,
    ("settings", "EnvLoad"): SETTINGS,
    ("settings", "Log"): SETTINGS,
    ("settings", "Misplaced"): SETTINGS,
    ("settings", "Header"): "no headers are kept there",
    ("settings", "Use"): "no headers or keys are kept there",
    ("settings", "EnvDefinition"): "no variables are kept there",
    ("host", "*"): PARTS,
    ("code", "Misplaced"): "its HTTP clients take headers by name",
    ("text", "*"): "no syntax: keys only",
    **{
        (name, "EnvDefinition"): "the JVM cannot change its environment"
        for name in ("java", "kotlin", "scala", "groovy")
    },
    **{
        (name, "EnvLoad"): "its loaders cannot change the environment" for name in ("java", "kotlin", "scala", "groovy")
    },
    ("dart", "EnvDefinition"): "a program cannot change its environment",
    ("lua", "EnvDefinition"): "a program cannot change its environment",
    ("vba", "EnvDefinition"): "a program cannot change its environment",
    ("lua", "EnvLoad"): "no loader of .env files is in common use",
    ("powershell", "EnvLoad"): "no loader of .env files is in common use",
    ("swift", "EnvLoad"): "no loader of .env files is in common use",
    ("vba", "EnvLoad"): "no loader of .env files is in common use",
    ("powershell", "Client"): "calls the API by HTTP: no SDK is in common use",
    ("shell", "Client"): "calls the API by HTTP",
    ("vba", "Client"): "calls the API by HTTP: no SDK is in common use",
    ("rust", "Client"): "its SDKs are built by chains of calls: their keys are in the first column",
}


def found() -> dict[str, set[str]]:
    """The kinds of facts that were seen, by language."""
    seen: dict[str, set[str]] = {name: set() for name in languages.names()}
    catalogue = load()
    files = [
        (path.as_posix(), path.read_text(encoding="utf-8"))
        for path in (ROOT / "tests" / "languages").rglob("*")
        if path.is_file()
    ]
    files += [
        (example.path or f"a.{example.language}", example.code)
        for rule in rules.all_rules()
        for example in rule.examples
    ]
    for path, text in files:
        source = Source(path, expand(text.replace("⟦", "").replace("⟧", "")).encode())
        language = languages.of(path, source.data)
        if language == languages.TEXT:
            language = next((name for name in seen if path == f"a.{name}"), language)
        source.language = language
        seen[language] |= {type(fact).__name__ for fact in languages.adapter(language).facts(source, catalogue)}
    return seen


def kind_of(language: str) -> str:
    """ "settings", "host", "code" or "text": what reasons a language may have."""
    adapter = languages.adapter(language)
    if language == languages.TEXT:
        return "text"
    if adapter.settings:
        return "settings"
    return "host" if isinstance(adapter, HostAdapter) else "code"


def table() -> str:
    """The page."""
    lines = [
        "# What is understood of each language and format",
        "",
        "Made by `python scripts/coverage.py` from what keylint found in the test files. ✓: facts of this kind are made;",
        "otherwise the reason why there are none. Keys are found in every file, and other services' secrets too.",
        "",
        "| language | " + " | ".join(KINDS.values()) + " |",
        "|---|" + "---|" * len(KINDS),
    ]
    for language, seen in sorted(found().items()):
        kind = kind_of(language)
        cells = []
        for fact in KINDS:
            reason = REASONS.get((language, fact)) or REASONS.get((kind, fact)) or REASONS.get((kind, "*"), "")
            cells.append("✓" if fact in seen else reason or "**?**")
        lines.append(f"| {language} | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"


def main() -> int:
    page = table()
    if "--check" in sys.argv:
        return 0 if PAGE.exists() and PAGE.read_text(encoding="utf-8") == page and "**?**" not in page else 1
    PAGE.write_text(page, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
