"""An organization or project ID that is, or may be, an empty text.

The Python SDK sends an empty `OpenAI-Organization` header for an empty text; None would leave the header out.

Leave it out, or turn the empty text into nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Edit, Endpoint, Env, Fix, Missing, Opaque, Problem, Severity, Span, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Empty literals, and reads whose fallback is empty."""
    vendor = context.provider(use.provider)
    if (
        use.slot not in vendor.ids
        or use.guarded
        or context.tolerant
        or use.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN)
    ):
        return
    if use.via not in ("client", "header", "attribute"):
        return
    if use.place.startswith("Configuration"):
        return  # openai 3 for Node.js sends the header only if there is an ID: configuration.ts
    value = use.value
    empty = isinstance(value, Missing) and value.kind == "empty"
    fallback = value.default if isinstance(value, Env) else value.fallback if isinstance(value, Opaque) else None
    default = (
        isinstance(fallback, Missing) and fallback.kind == "empty" and (use.via == "header" or isinstance(value, Env))
    )
    if not (empty or default):
        return
    fix: Fix | None = None
    if context.language_at(use.span) == "python" and use.via != "header" and not value.hops:
        edit = Edit(use.span, "None") if empty else Edit(Span(value.span.end, value.span.end), " or None")
        fix = context.fix("turn the empty text into nothing", [edit])
    yield Problem(
        value.span,
        f"the {use.slot.value} ID is empty"
        + (f" when {value.name} is not set" if isinstance(value, Env) else " when it is not set" if default else ""),
        f"an empty header is sent; {vendor.answer(use.slot.value)}",
        "leave it out, or hand over nothing instead of an empty text",
        fix=fix,
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
    )


RULE = Rule(
    "KL403",
    "empty-id",
    (Use,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad("python", 'client = OpenAI(organization=⟦""⟧)\n', fixed="client = OpenAI(organization=None)\n"),
        bad(
            "python",
            'import os\n\nclient = OpenAI(organization=⟦os.getenv("OPENAI_ORG_ID", "")⟧)\n',
            fixed='import os\n\nclient = OpenAI(organization=os.getenv("OPENAI_ORG_ID", "") or None)\n',
        ),
        bad(
            "javascript",
            "fetch('https://api.openai.com/v1/models', { headers: { 'OpenAI-Organization': ⟦process.env.OPENAI_ORG_ID || ''⟧ } });\n",
        ),
        good("python", 'client = OpenAI(organization=os.getenv("OPENAI_ORG_ID"))\n', why="None leaves the header out"),
        good(
            "python",
            'p.add_argument("--organization", default=os.getenv("OPENAI_ORG_ID", ""))\n',
            why="not handed to the API here",
        ),
    ),
)
