"""A rule as a page of Markdown: for the terminal, the documentation and whatever else shows it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from keylint.rules import FAMILIES, all_rules

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.rules.rule import Example, Rule


def catalogue(format: str) -> Iterator[str]:
    """All rules, a line each, or as JSON."""
    if format == "json":
        yield json.dumps([as_object(rule) for rule in all_rules()], indent=2)
        return
    for rule in all_rules():
        marks = ("*" if rule.fixable else " ") + ("" if rule.default else " (off by default)")
        yield f"{rule.code} {rule.name:<26} {marks} {rule.summary}"
    yield ""
    yield "* has fixes. `keylint explain CODE` tells more."


def as_object(rule: Rule) -> dict[str, object]:
    """A rule as plain data."""
    return {
        "code": rule.code,
        "name": rule.name,
        "family": FAMILIES[rule.code[:3]],
        "summary": rule.summary,
        "explanation": page(rule),
        "severity": rule.severity.value,
        "confidence": rule.confidence.value,
        "fixable": rule.fixable,
        "default": rule.default,
        "scope": "project" if rule.project else "file",
    }


def is_rule_name(word: str) -> bool:
    """Whether a word is spelt as rules are, so that it is no error text."""
    return bool(re.fullmatch(r"[Kk][Ll]\w*|[a-z]+(?:-[a-z]+)+", word))


def as_json(rule: Rule) -> str:
    """A rule as JSON."""
    return json.dumps(as_object(rule), indent=2)


def terminal(rule: Rule, *, color: bool = False) -> Iterator[str]:
    """The page for a terminal: as it is, or with its headings, marks and code in colour."""
    fenced = False
    for line in page(rule).splitlines():
        if line.startswith("```"):
            fenced = not fenced
            if not color:
                yield line
        elif not color:
            yield line
        elif fenced:
            yield f"\x1b[36m    {line}\x1b[0m" if line else ""
        elif line.startswith("#"):
            yield f"\x1b[1m{line.lstrip('# ')}\x1b[0m"
        else:
            yield re.sub(r"`([^`]+)`", "\x1b[36m\\1\x1b[0m", line)


def page(rule: Rule) -> str:
    """The page: what it finds, why it matters, what to do, examples of both kinds."""
    lines = [f"# {rule.name} ({rule.code})", "", *rule.doc.strip().splitlines(), ""]
    facts = [
        FAMILIES[rule.code[:3]],
        rule.severity.value,
        "whole project" if rule.project else "one file",
        "has fixes" if rule.fixable else "no fix",
        *([] if rule.default else ["off by default"]),
    ]
    lines += [f"*{', '.join(facts)}*", ""]
    for title, wanted in (("Reported", True), ("Left alone", False)):
        examples = [example for example in rule.examples if example.bad is wanted]
        if examples:
            lines += [f"## {title}", ""]
            for example in examples:
                lines += _example(example)
    return "\n".join(lines).rstrip() + "\n"


def _example(example: Example) -> list[str]:
    place = f" `{example.path}`" if example.path else ""
    head = (
        [f"{example.why[:1].upper()}{example.why[1:]}{f' (in{place})' if place else ''}:", ""]
        if example.why
        else ([f"In{place}:", ""] if place else [])
    )
    lines = [*head, f"```{example.language}", *shown(example.code).splitlines(), "```", ""]
    if example.fixed:
        lines += ["becomes", "", f"```{example.language}", *shown(example.fixed).splitlines(), "```", ""]
    for name, text in example.files.items():
        lines += [f"with `{name}`", "", "```text", *shown(text).splitlines(), "```", ""]
    return lines


def shown(code: str) -> str:
    """An example's code for people: marks gone, keys as their masked form."""
    code = code.replace("⟦", "").replace("⟧", "")
    return re.sub(r"«([a-z]+)(?:\.([^»]*))?»", lambda match: f"<{match.group(1)} {match.group(2) or 'secret'}>", code)
