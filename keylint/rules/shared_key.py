"""One key is used in two environments.

What staging spends or leaks is production's then, and the key cannot be replaced in one without the other.

Make a key, better a project, for each environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.manifests import stage_of
from keylint.model import EnvDefinition, Literal, Note, Problem, Role, Severity, Span, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """The same key in files whose names speak of different environments."""
    seen: dict[str, tuple[str, str, Span, Checked]] = {}
    for path, checked in sorted(project.files.items()):
        stage = stage_of(path)
        if not stage or checked.source.role in (Role.TEST, Role.DOCUMENTATION):
            continue
        told: set[Span] = set()
        for name, fact in _keys(checked):
            key = fact.value
            if not isinstance(key, Literal) or key.span in told:
                continue
            told.add(key.span)
            other = seen.setdefault(key.text, (stage, path, key.span, checked))
            if other[0] == stage or not checked.reported:
                continue
            vendor = checked.context.provider(fact.provider)
            yield Problem(
                key.content,
                f"{name} holds the same key in {other[1]} ({other[0]}) and here ({stage})",
                f"what {stage} spends or leaks is {other[0]}'s, and neither key can be replaced alone",
                f"make a key for each environment: {vendor.key_page}",
                notes=(Note(other[2], f"the same key, in {other[0]}", other[3].source.path),),
                cause=key.span,
                path=path,
            )


def _keys(checked: Checked) -> Iterator[tuple[str, EnvDefinition | Use]]:
    """The keys that a file of settings holds, with their names there."""
    for fact in checked.facts:
        if isinstance(fact, Use) and not checked.adapter.settings:
            continue
        if not isinstance(fact, EnvDefinition | Use) or fact.slot is None or not fact.slot.is_secret:
            continue
        if isinstance(fact, EnvDefinition) and fact.commented:
            continue
        value = fact.value
        if isinstance(value, Literal) and checked.context.judge(value.text, fact.provider).kind is Kind.KEY:
            yield fact.name if isinstance(fact, EnvDefinition) else fact.place, fact


RULE = Rule(
    "KL801",
    "shared-key",
    ("project",),
    check,
    __doc__,
    severity=Severity.WARNING,
    rank=5,
    examples=(
        bad(
            "dotenv",
            "OPENAI_API_KEY=⟦«openai.key»⟧\n",
            path=".env.staging",
            files={".env.production": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env.*\n"},
        ),
        good(
            "dotenv",
            "OPENAI_API_KEY=\n",
            why="nothing is shared",
            path=".env.staging.example",
            files={".env.production.example": "OPENAI_API_KEY=\n"},
        ),
    ),
)
