"""Code that reads the key stands in quotes.

Quotes make a text of it: the API is sent the words `os.getenv('OPENAI_API_KEY')` or `process.env.OPENAI_API_KEY` and
answers that they are no key.

Take the quotes away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.lazy import regex
from keylint.mask import quote
from keylint.model import Confidence, Literal, Problem, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_NAME = regex(r"[\"'.\[(]([A-Z][A-Z0-9_]{2,})\b")


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Literals that hold an expression."""
    value = use.value
    if not isinstance(value, Literal) or not use.slot.is_secret or use.guarded or context.tolerant:
        return
    if context.judge(value.text, use.host or use.provider).kind is not Kind.CODE:
        return
    vendor = context.provider(use.host or use.provider)
    named = _NAME.search(value.text)
    variable = named.group(1) if named else context.variable_for(use)
    header = use.via == "header"
    yield Problem(
        value.span,
        f"{quote(value.text)} is in quotes: the words are sent, not the value",
        vendor.answer("invalid-key"),
        f"take the quotes away: {context.spelled(variable, value.span)}",
        fix=None
        if header and value.content.start != value.span.start + 1
        else context.read_variable(variable, value.span),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
        confidence=Confidence.POSSIBLE if use.via in ("argument", "setting") or use.provider == GENERIC else None,
    )


RULE = Rule(
    "KL204",
    "code-as-key",
    (Use,),
    check,
    __doc__,
    rank=61,
    examples=(
        bad(
            "python",
            "import os\nimport openai\n\nclient = openai.OpenAI(api_key=⟦\"os.getenv('OPENAI_API_KEY')\"⟧)\n",
            fixed='import os\nimport openai\n\nclient = openai.OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new OpenAI({ apiKey: ⟦"process.env.OPENAI_API_KEY"⟧ });\n',
            fixed='import OpenAI from "openai";\n\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n',
        ),
        good("javascript", "const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n", why="no quotes"),
        good("python", "print(\"set os.environ['OPENAI_API_KEY'] first\")\n", why="a text for people"),
    ),
)
