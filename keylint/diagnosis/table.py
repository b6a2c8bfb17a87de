"""`errors.toml`: what errors mean, and the texts that no vendor has for itself.

``parse`` turns the table into a ``Table`` or raises ``ProviderError`` with the key's path; the tests ask more of it (rules
that exist, meanings that are used, examples that are recognized).
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import tomli

from keylint.diagnosis.evidence import EVIDENCE
from keylint.providers.schema import ErrorSpec, ProviderError, asked, errors, text, texts

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = os.path.join(os.path.dirname(__file__), "errors.toml")


@dataclass(frozen=True, slots=True)
class Cause:
    """One cause of an error: what is wrong, what to do, the rules that find it, the evidence that speaks for it."""

    says: str
    do: str
    rules: tuple[str, ...]
    when: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an error means, its causes, the likeliest first, and what to say if keylint itself got it as an answer."""

    title: str
    causes: tuple[Cause, ...]
    asked: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """Everything in the file."""

    evidence: Mapping[str, str]
    meanings: Mapping[str, Meaning]
    errors: tuple[ErrorSpec, ...]

    def pattern(self, spec: ErrorSpec) -> re.Pattern[str]:
        """The compiled pattern of an error. Raises ProviderError for one that cannot be compiled or means nothing known."""
        if spec.means not in self.meanings:
            raise ProviderError("errors", f"unknown meaning `{spec.means}` of an error")
        return _compiled(spec.pattern)


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    try:
        return re.compile(pattern, re.IGNORECASE)
    except re.error as error:
        raise ProviderError("errors", f"the pattern of an error is no regular expression: {error}") from None


@cache
def load() -> Table:
    """The table, read once."""
    with open(FILE, "rb") as file:
        return parse(tomli.load(file))


def parse(raw: Mapping[str, Any]) -> Table:
    """Read the table. Raises ProviderError."""
    evidence = {name: text(f"evidence.{name}", value) for name, value in raw["evidence"].items()}
    if set(evidence) != set(EVIDENCE):
        raise ProviderError("evidence", f"`evidence` must name {', '.join(EVIDENCE)}")
    meanings = {name: _meaning(f"meanings.{name}", item) for name, item in raw["meanings"].items()}
    return Table(evidence, meanings, errors("errors", raw["errors"]))


def _meaning(key: str, item: Mapping[str, Any]) -> Meaning:
    causes = tuple(_cause(f"{key}.causes[{index}]", cause) for index, cause in enumerate(item["causes"]))
    told = asked(f"{key}.asked", item["asked"]) if "asked" in item else {}
    return Meaning(text(f"{key}.title", item["title"]), causes, told)


def _cause(key: str, item: Mapping[str, Any]) -> Cause:
    unknown = set(item) - {"says", "do", "rules", "when"}
    when = texts(f"{key}.when", item.get("when", []))
    if unknown or set(when) - set(EVIDENCE):
        raise ProviderError(key, f"`{key}` has something unknown: {', '.join(unknown or set(when) - set(EVIDENCE))}")
    return Cause(
        text(f"{key}.says", item["says"]), text(f"{key}.do", item["do"]), texts(f"{key}.rules", item["rules"]), when
    )
