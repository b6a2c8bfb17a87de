"""A hook of MkDocs: the pages that nobody writes, because the rules, the tables and the parser say it all.

One page a rule with what it is about, what the API answers, its examples and fixes; all errors that `keylint explain` knows;
the command line's own help; README.md as the front page, CONTRIBUTING.md. Nothing is written into docs/.
"""

from __future__ import annotations

import pathlib
import re
import sys
from functools import cache
from typing import TYPE_CHECKING, Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from keylint import explain  # noqa: E402
from keylint.cli import whole_parser  # noqa: E402
from keylint.diagnosis.table import load as load_table  # noqa: E402
from keylint.model import Confidence, Finding  # noqa: E402
from keylint.providers.catalogue import load as load_catalogue  # noqa: E402
from keylint.rules import FAMILIES, all_rules  # noqa: E402
from tests.examples import findings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

    from keylint.rules.rule import Rule

REPOSITORY = "https://github.com/keylint/keylint"
CONFIDENCE = {
    Confidence.CERTAIN: "certain: it fails or leaks whatever else is true",
    Confidence.LIKELY: "likely",
    Confidence.POSSIBLE: "possible: shown with `--min-confidence possible`",
}


@cache
def pages() -> dict[str, str]:
    """Every made page by its address in docs/."""
    made = {
        "index.md": _moved("README.md"),
        "contributing.md": _moved("CONTRIBUTING.md"),
        "rules/index.md": _index(),
        "errors.md": _errors(),
        "cli.md": _command_line(),
    }
    return made | {f"rules/{rule.code}.md": _rule(rule) for rule in all_rules()}


def on_config(config: MkDocsConfig) -> MkDocsConfig:
    """The navigation: rules by family, and pages of docs/ that mkdocs.yml does not name."""
    nav: list[Any] = config["nav"]
    named = set(re.findall(r"[\w-]+\.md", str(nav)))
    for entry in nav:
        if not isinstance(entry, dict):
            continue
        if "Rules" in entry:
            entry["Rules"] = ["rules/index.md", *({family: names} for family, names in _by_family().items())]
        if "Use it" in entry:
            found = sorted(path.name for path in pathlib.Path(config["docs_dir"]).glob("*.md"))
            entry["Use it"] += [name for name in found if name not in named]
    return config


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """The made pages."""
    from mkdocs.structure.files import File

    for address, text in pages().items():
        files.append(File.generated(config, address, content=text))
    return files


def _by_family() -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {}
    for rule in all_rules():
        family = FAMILIES[rule.code[:3]]
        title = family if family.startswith("keylint") else family[0].upper() + family[1:]
        found.setdefault(title, []).append({f"{rule.code} {rule.name}": f"rules/{rule.code}.md"})
    return found


def _moved(name: str) -> str:
    """A page of the repository's root, with its links as they are here."""
    text = (ROOT / name).read_text(encoding="utf-8")
    text = re.sub(r"\]\(docs/([\w-]+\.md)", r"](\1", text).replace("](CONTRIBUTING.md)", "](contributing.md)")
    return re.sub(r"\]\((?!https?:|#|[\w-]+\.md)([^)]+)\)", rf"]({REPOSITORY}/tree/main/\1)", text)


# --------------------------------------------------------------------------------------------------------------- rules


def _index() -> str:
    lines = ["# Rules", "", "`keylint explain CODE` shows the same in the terminal.", ""]
    for family, entries in _by_family().items():
        lines += [f"## {family}", "", "| rule | finds | fix |", "|---|---|---|"]
        for entry in entries:
            (title, address) = next(iter(entry.items()))
            rule = next(rule for rule in all_rules() if title.startswith(rule.code))
            summary = rule.summary.replace("|", "\\|") + ("" if rule.default else " *Off by default.*")
            lines.append(f"| [{title}]({address.rpartition('/')[2]}) | {summary} | {'yes' if rule.fixable else ''} |")
        lines.append("")
    return "\n".join(lines)


def _rule(rule: Rule) -> str:
    head, _, examples = explain.page(rule).partition("\n## ")
    found = [finding for example in rule.examples if example.bad for finding in findings(rule, example)]
    answers = list(dict.fromkeys(finding.outcome for finding in found))
    lines = [head.rstrip(), ""]
    if answers:
        lines += ["## What happens", "", *(f"- {answer}" for answer in answers), ""]
    errors = list(_errors_of(rule.code))
    if errors:
        lines += ["## Errors that lead here", "", "`keylint explain` with one of these names this rule:", ""]
        lines += [*(f"- [{title}](../errors.md#{name})" for name, title in errors), ""]
    lines += (
        [*_fixes(found), f"## {examples}".rstrip(), "", *_options(rule, found)] if examples else _options(rule, found)
    )
    return "\n".join(lines) + "\n"


def _fixes(found: list[Finding]) -> Iterator[str]:
    offered = {
        (re.sub(r"\b[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\b", "…", finding.fix.title), finding.fix.applicability.value)
        for finding in found
        if finding.fix is not None
    }
    if offered:
        yield from ("## Fixes", "")
        for title, kind in sorted(offered):
            yield f"- {title} (`--fix{' --unsafe-fixes' if kind == 'unsafe' else ''}`)"
        yield ""


def _options(rule: Rule, found: list[Finding]) -> list[str]:
    confidences = sorted({finding.confidence for finding in found} or {rule.confidence}, key=list(Confidence).index)
    config = f'[tool.keylint]\nignore = ["{rule.code}"]                 # nowhere\n'
    if not rule.default:
        config = f'[tool.keylint]\nextend-select = ["{rule.code}"]          # it is off otherwise\n'
    return [
        "## Options",
        "",
        f"It has none of its own. Its findings are {'; '.join(CONFIDENCE[one] for one in confidences)}.",
        "",
        "```toml",
        *f'{config}\n[tool.keylint.per-file-ignores]\n"notebooks/**" = ["{rule.code}"]     # not there'.splitlines(),
        "```",
        "",
        f"A comment `keylint: ignore[{rule.code}] the reason` accepts one finding.",
    ]


# -------------------------------------------------------------------------------------------------------------- errors


def _errors_of(code: str) -> Iterator[tuple[str, str]]:
    for name, meaning in load_table().meanings.items():
        if any(code in cause.rules for cause in meaning.causes):
            yield name, meaning.title


def _errors() -> str:
    """Every error that is known: how it is worded, what causes it, which rules find the causes."""
    table, catalogue = load_table(), load_catalogue()
    generic = catalogue.generic
    lines = [
        "# Errors",
        "",
        "What `keylint explain 'the error'` knows. Paste the last lines of the output; a key in it is masked before anything is",
        "printed. In a project it shows the places that would give this error, and if the API told the ends of what it got, the",
        "very line. It exits with 2 if it does not know the text.",
        "",
        "`--output-format json` is for programs: `recognized`, `error` (the anchor of a heading below), `provider`, `sent`,",
        "`causes`, and `findings` as `keylint check` gives them.",
        "",
    ]
    for name, meaning in table.meanings.items():
        lines += [f"## {meaning.title[0].upper()}{meaning.title[1:]} {{ #{name} }}", ""]
        for provider in [*catalogue.providers.values(), None]:
            for spec in provider.errors if provider is not None else table.errors:
                if spec.means == name:
                    lines.append(f"- {f'{provider.name}: ' if provider is not None else ''}`{_short(spec.example)}`")
        lines += ["", "Causes, the likeliest first:", ""]
        for number, cause in enumerate(meaning.causes, 1):
            says, do = (
                part.replace("{vendor}", "the vendor")
                .replace("{variable}", "the key's variable")
                .replace("{key-page}", generic.key_page)
                .replace("{id-page}", generic.id_page)
                for part in (cause.says, cause.do)
            )
            links = ", ".join(f"[{code}](rules/{code}.md)" for code in cause.rules)
            lines.append(f"{number}. {says} {do}" + (f" {links}" if links else ""))
        lines.append("")
    return "\n".join(lines)


def _short(text: str) -> str:
    line = text.replace("`", "'")
    return line if len(line) <= 200 else f"{line[:199]}…"


# -------------------------------------------------------------------------------------------------------- command line


def _command_line() -> str:
    parser = whole_parser()
    lines = ["# Command line", "", "```text", *parser.format_help().rstrip().splitlines(), "```", ""]
    for action in parser._actions:  # noqa: SLF001  # argparse has no other way to them
        for name, command in (getattr(action, "choices", None) or {}).items():
            lines += [f"## keylint {name}", "", "```text", *command.format_help().rstrip().splitlines(), "```", ""]
    return "\n".join(lines)
