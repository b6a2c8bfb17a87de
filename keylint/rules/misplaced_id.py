"""An organization ID, a project ID or a key stands in another one's place.

The key in `organization`, the project in `organization`, the organization in `project` or as the key: the API looks for an
organization or project of that name and answers 401. A key in such a place is also sent in a header that nobody masks.

Move it to its own place; a key that stood in the source has to be replaced.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.mask import quote
from keylint.model import Env, Literal, Problem, Slot, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.providers.schema import Provider


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Values whose prefix says that they belong elsewhere, variables whose name does."""
    vendor = context.provider(use.provider)
    if not vendor.ids or use.slot not in (*vendor.ids, Slot.API_KEY) or context.tolerant:
        return
    value = use.value
    what, secret, span = "", False, value.span
    if isinstance(value, Literal):
        judged = context.judge(value.text, use.provider)
        owner = next((slot for slot, known in vendor.ids.items() if value.text.startswith(known.prefix)), None)
        span = value.content
        if owner is not None and owner is not use.slot:
            what = f"the {owner.value} ID {quote(value.text)}"
        elif use.slot is not Slot.API_KEY and judged.kind is Kind.KEY and judged.format is not None:
            name = context.provider(judged.format.provider).name
            what, secret = f"{'an' if name[0] in 'AEIOU' else 'a'} {name} key", True
    elif isinstance(value, Env) and value.default is None:
        known = context.catalogue.variable(value.name)
        if (
            known
            and known[0] == use.provider
            and known[1] is not use.slot
            and (
                known[1] in vendor.ids
                or known[1] is Slot.BASE_URL
                or (known[1] is Slot.API_KEY and use.slot in vendor.ids)
            )
        ):
            what = f"the variable {value.name}"
    if not what:
        return
    right = vendor.variable(use.slot)
    yield Problem(
        span,
        f"{what} stands in the place of the {_called(use.slot)}",
        _answer(use.slot, vendor),
        f"put the {_called(use.slot)} there (read {right})"
        + (f"; this key is exposed: revoke it at {vendor.key_page}" if secret else ""),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=span,
    )


def _called(slot: Slot) -> str:
    return "key" if slot.is_secret else f"{slot.value} ID"


def _answer(slot: Slot, vendor: Provider) -> str:
    return vendor.answer("invalid-key" if slot.is_secret else slot.value)


RULE = Rule(
    "KL402",
    "misplaced-id",
    (Use,),
    check,
    __doc__,
    rank=60,
    examples=(
        bad(
            "javascript",
            'const c = new Configuration({ organization: "⟦«openai.key»⟧", apiKey: process.env.OPENAI_API_KEY });\n',
        ),
        bad("typescript", 'const openai = new OpenAI({ project: "⟦«openai.organization»⟧" });\n'),
        bad("python", 'client = OpenAI(api_key="⟦«openai.organization»⟧")\n'),
        bad("python", 'client = OpenAI(organization=⟦os.environ["OPENAI_PROJECT_ID"]⟧)\n'),
        bad(
            "python",
            'client = OpenAI(base_url=os.environ["OPENAI_API_KEY"], api_key=⟦os.environ["OPENAI_BASE_URL"]⟧)\n',
        ),
        bad(
            "yaml",
            "jobs:\n  a:\n    steps:\n      - run: python a.py\n        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n          OPENAI_ORG_ID: ⟦${{ secrets.OPENAI_API_KEY }}⟧\n",
            path=".github/workflows/a.yml",
        ),
        good(
            "python",
            'client = OpenAI(organization="«openai.organization»", project="«openai.project»")\n',
            why="each in its own place",
        ),
        good("python", 'client = OpenAI(organization=os.environ["OPENAI_ORG_ID"])\n', why="its own variable"),
    ),
)
