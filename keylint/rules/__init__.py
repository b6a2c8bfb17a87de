"""The rules: one module each, found by being there."""

from __future__ import annotations

import importlib
import os
import re
from functools import cache

from keylint.rules.rule import Rule

PAGES = "https://keylint.github.io/keylint/rules"  # where the site of mkdocs.yml has the reference
FAMILIES = {
    "KL0": "keylint's own",
    "KL1": "hardcoded credentials",
    "KL2": "placeholders and damaged values",
    "KL3": "headers",
    "KL4": "organization and project IDs",
    "KL5": "environment loading",
    "KL6": "exposure",
    "KL7": "rate limits and quota",
    "KL8": "environments and rotation",
}
# Rules that are gone: code to name. Neither is given to another rule. Both may still be named wherever rules are, and mean nothing.
RETIRED: dict[str, str] = {}


def page_address(code: str) -> str:
    """Where a rule's page is."""
    return f"{PAGES}/{code}/"


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by code."""
    found = []
    for name in os.listdir(os.path.dirname(__file__)):  # pkgutil would take ten times as long as all else here
        if not name.endswith(".py") or name.startswith("__"):
            continue
        rule = getattr(importlib.import_module(f"{__name__}.{name.removesuffix('.py')}"), "RULE", None)
        if isinstance(rule, Rule):
            found.append(rule)
    return tuple(sorted(found, key=lambda rule: rule.code))


def find(word: str) -> Rule | None:
    """A rule by its code or its name."""
    return next((rule for rule in all_rules() if word.upper() == rule.code or word == rule.name), None)


def matches(selector: str, rule: Rule) -> bool:
    """Whether a selector means a rule: ALL, PROJECT, a code, the beginning of one, a name."""
    if selector == "ALL":
        return True
    if selector == "PROJECT":
        return rule.project
    return rule.name == selector or (bool(re.fullmatch(r"KL\d{0,3}", selector)) and rule.code.startswith(selector))


def valid(selector: str) -> bool:
    """Whether a selector means any rule at all, or one that was retired."""
    return selector in RETIRED or selector in RETIRED.values() or any(matches(selector, rule) for rule in all_rules())
