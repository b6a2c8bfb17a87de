"""A project names two organizations of one vendor.

A key belongs to one organization; the request that names the other one is refused. One of the two usually came along with
code that was copied.

Keep the ID in one place, or leave it out: a key already says which organization it is for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.manifests import stage_of
from keylint.model import Literal, Note, Problem, Role, Severity, Slot, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Different IDs in one slot, in files of the same environment."""
    seen: dict[tuple[str, Slot, str], tuple[Literal, str, Checked]] = {}
    for path, checked in sorted(project.files.items()):
        if checked.source.role is not Role.PRODUCTION:
            continue
        for fact in checked.facts:
            if not isinstance(fact, Use) or fact.slot not in (Slot.ORGANIZATION, Slot.PROJECT):
                continue
            value = fact.value
            known = checked.context.provider(fact.provider).ids.get(fact.slot)
            if not isinstance(value, Literal) or known is None or not value.text.startswith(known.prefix):
                continue
            if len(value.text) < len(known.prefix) + 16 or checked.context.judge(value.text).kind is Kind.PLACEHOLDER:
                continue
            place = (fact.provider, fact.slot, stage_of(path))
            first = seen.setdefault(place, (value, path, checked))
            if first[0].text == value.text or not checked.reported:
                continue
            yield Problem(
                value.content,
                f"this {fact.slot.value} is another one than in {first[1]}",
                checked.context.provider(fact.provider).answer(fact.slot.value),
                f"keep the {fact.slot.value} ID in one place, or leave it out: the key says where it belongs",
                notes=(Note(first[0].span, "the other one", first[2].source.path),),
                cause=value.span,
                path=path,
            )


RULE = Rule(
    "KL404",
    "conflicting-ids",
    ("project",),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(organization="⟦«openai.organization»⟧")\n',
            path="b.py",
            files={
                "a.py": 'from openai import OpenAI\n\nclient = OpenAI(organization="«openai.other organization»")\n'
            },
        ),
        good(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(organization="«openai.organization»")\n',
            why="the same one",
            path="b.py",
            files={"a.py": 'from openai import OpenAI\n\nclient = OpenAI(organization="«openai.organization»")\n'},
        ),
    ),
)
