"""The key itself is used as the name of an environment variable.

The read looks for a variable that is called like the key, finds none and gives nothing: the client fails as if no key were
set. And the key is written into the source, for everyone who can read it.

Use the variable's name, put the key into the environment, and replace it: it has been exposed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Judgement, Kind, is_random
from keylint.model import Confidence, EnvRead, Problem, Slot
from keylint.providers.catalogue import expression
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def _bare(name: str, context: Context) -> Judgement | None:
    """A key without a prefix, of a vendor whom the file names: no variable is called like that."""
    for provider in context.catalogue.providers.values():
        for format in provider.keys:
            if not format.standalone and expression(format).fullmatch(name) and is_random(name, format):
                lower = context.source.data.lower()
                if any(word.encode() in lower for word in (provider.id, *provider.words)):
                    return Judgement(Kind.KEY, "", format)
    return None


def check(read: EnvRead, context: Context) -> Iterator[Problem]:
    """Names that are keys, or organization IDs."""
    judged = context.judge(read.name)
    bare = _bare(read.name, context) if judged.kind is not Kind.KEY else None
    judged = bare or judged
    if judged.kind is Kind.KEY and judged.format is not None:
        vendor, slot = context.provider(judged.format.provider), judged.format.slot
        what = f"{vendor.name} key"
        advice = f"revoke the key and make a new one: {vendor.key_page}"
    else:
        owner = next(
            (
                (provider, slot)
                for provider in context.catalogue.providers.values()
                for slot, known in provider.ids.items()
                if _is_id(read.name, known.prefix, known.length)
            ),
            None,
        )
        if owner is None:
            return
        vendor, slot = owner
        what = f"{vendor.name} {slot.value} ID"
        advice = "put the ID into the environment"
    variable = vendor.variable(slot)
    read_instead = (
        context.read_variable(variable, read.span, required=slot is not Slot.ORGANIZATION)
        if read.value.default is None and not read.broken
        else None
    )
    fix = read_instead or context.fix(f"read {variable} instead", [context.rewrite(read.name_span, variable)])
    yield Problem(
        read.name_span,
        f"{what} where the name of a variable belongs",
        f"the variable does not exist: {context.unset(vendor.id, read.value)}",
        f"read {variable} instead; {advice}",
        fix=context.move_out(fix, read.name_span, variable, vendor.id) if slot.is_secret else fix,
        cause=read.name_span,
    )


def _is_id(text: str, prefix: str, length: int) -> bool:
    return text.startswith(prefix) and len(text) == len(prefix) + length and text[len(prefix) :].isalnum()


RULE = Rule(
    "KL102",
    "key-as-variable-name",
    (EnvRead,),
    check,
    __doc__,
    confidence=Confidence.CERTAIN,
    rank=80,
    examples=(
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.getenv(⟦"«openai.key»"⟧))\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "javascript",
            "const key = process.env[⟦'«anthropic.key»'⟧];\n",
            fixed="const key = process.env.ANTHROPIC_API_KEY;\n",
        ),
        bad(
            "python",
            'import os\n\norg = os.environ.get(⟦"«openai.organization»"⟧)\n',
            fixed='import os\n\norg = os.environ.get("OPENAI_ORG_ID")\n',
        ),
        good("python", 'import os\n\nkey = os.getenv("OPENAI_API_KEY")\n', why="a variable's name"),
        good("python", 'import os\n\nkey = os.getenv("SK_PROJECT_KEY")\n', why="an unusual name, but a name"),
    ),
)
