"""One key is used in two environments.

What staging spends or leaks is production's then, and the key cannot be replaced in one without the other.

Make a key, better a project, for each environment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.manifests import stage_of
from keylint.model import EnvDefinition, Literal, Note, Problem, Role, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """The same key in files whose names speak of different environments."""
    seen: dict[str, tuple[str, str, EnvDefinition, Checked]] = {}
    for path, checked in sorted(project.files.items()):
        stage = stage_of(path)
        if not stage or checked.source.role in (Role.TEST, Role.DOCUMENTATION):
            continue
        for fact in checked.facts:
            if not isinstance(fact, EnvDefinition) or fact.commented or not isinstance(fact.value, Literal):
                continue
            if fact.slot is None or not fact.slot.is_secret:
                continue
            if checked.context.judge(fact.value.text, fact.provider).kind is not Kind.KEY:
                continue
            other = seen.setdefault(fact.value.text, (stage, path, fact, checked))
            if other[0] == stage or not checked.reported:
                continue
            vendor = checked.context.provider(fact.provider)
            yield Problem(
                fact.value.content,
                f"{fact.name} holds the same key in {other[1]} ({other[0]}) and here ({stage})",
                f"what {stage} spends or leaks is {other[0]}'s, and neither key can be replaced alone",
                f"make a key for each environment: {vendor.key_page}",
                notes=(Note(other[2].value.span, f"the same key, in {other[0]}", other[3].source.path),),
                cause=fact.value.span,
                path=path,
            )


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
