"""An organization or project ID that cannot be one.

OpenAI's organization IDs begin with `org-` (a hyphen), its project IDs with `proj_` (an underscore), and 24 letters and
digits follow. A name, a placeholder, another separator: the SDK sends it unchecked, and the API answers 401, although the
key is right.

Copy the ID from the settings page, or leave it out: a key that belongs to one project needs neither.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import Kind, is_placeholder
from keylint.mask import quote
from keylint.model import Confidence, Endpoint, Env, Fix, Literal, Problem, Slot, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.providers.schema import IdFormat


def check(use: Use, context: Context) -> Iterator[Problem]:
    """IDs that are written down, in their own vendor's slots only: other services have IDs of these shapes too."""
    vendor = context.provider(use.provider)
    format = vendor.ids.get(use.slot)
    value = use.value.default if isinstance(use.value, Env) else use.value
    if format is None or not isinstance(value, Literal) or use.guarded or context.tolerant:
        return
    if use.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN) and use.via != "header":
        return
    text = value.text.strip()
    if not text or any(text.startswith(other.prefix) for slot, other in vendor.ids.items() if slot is not use.slot):
        return  # empty: KL403; the other ID: KL402
    judged = context.judge(text)
    if judged.kind in (Kind.KEY, Kind.TEMPLATE, Kind.CODE) or (use.via == "variable" and judged.kind is Kind.NAME):
        return
    said = _fault(text, use.slot, format)
    if said is None:
        return
    message, confidence = said
    variable = vendor.variable(use.slot)
    yield Problem(
        value.span,
        message,
        vendor.answer(use.slot.value),
        f"copy the ID from {vendor.id_page}, or leave it out",
        fix=_fix(use, value, variable, context),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
        confidence=Confidence.POSSIBLE if use.via == "setting" or _is_to_fill_in(text, context) else confidence,
    )


def _is_to_fill_in(text: str, context: Context) -> bool:
    """Whether a notebook's reader is to put the ID there."""
    return context.adapter.name == "notebook" and is_placeholder(text)


def _fix(use: Use, value: Literal, variable: str, context: Context) -> Fix | None:
    header = use.via == "header"
    # The name of the header may stand in the same text, or in the first of several.
    whole = not value.parts and value.content.start == value.span.start + len(value.quote)
    if use.value is not value or not (use.via in ("client", "attribute") or (header and whole)):
        return None
    return context.read_variable(variable, value.span, required=header, safe=not header)


def _fault(text: str, slot: Slot, format: IdFormat) -> tuple[str, Confidence] | None:
    """What is wrong with an ID, None if nothing is."""
    name = slot.value
    body = text[len(format.prefix) :]
    if not text.startswith(format.prefix):
        if text.startswith("user-"):
            return f"{quote(text)} is a personal slug, not an {name} ID ({format.prefix}…)", Confidence.POSSIBLE
        return f"{quote(text)} is no {name} ID: those begin with `{format.prefix}`", Confidence.LIKELY
    if body.isalnum() and len(body) == format.length and not is_placeholder(body):
        return None
    if is_placeholder(body) or len(body) < 16 or re.search(r"[-_ ]", body):
        return (
            f"{quote(text)} is no {name} ID: {format.length} letters and digits follow `{format.prefix}`",
            Confidence.LIKELY,
        )
    return (
        f"{quote(text)} is unusual for an {name} ID: {format.length} letters and digits follow `{format.prefix}`",
        Confidence.POSSIBLE,
    )


RULE = Rule(
    "KL401",
    "malformed-id",
    (Use,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(organization=⟦"org_ABC123"⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(organization=os.environ.get("OPENAI_ORG_ID"))\n',
        ),
        bad(
            "javascript",
            "const openai = new OpenAI({ organization: ⟦'YOUR_ORG_ID'⟧ });\n",
            fixed="const openai = new OpenAI({ organization: process.env.OPENAI_ORG_ID });\n",
        ),
        bad("dotenv", 'OPENAI_ORGANIZATION=⟦"My Company"⟧\n', path=".env"),
        bad(
            "python",
            'client = OpenAI(project=⟦"proj-123"⟧)\n',
            fixed='import os\n\nclient = OpenAI(project=os.environ.get("OPENAI_PROJECT_ID"))\n',
        ),
        bad(
            "python",
            'import openai\n\nopenai.organization = ⟦"My Company"⟧\n',
            fixed='import os\nimport openai\n\nopenai.organization = os.environ.get("OPENAI_ORG_ID")\n',
        ),
        good(
            "python",
            'client = OpenAI(organization="«openai.organization»", project="«openai.project»")\n',
            why="well-formed; IDs are no secrets",
        ),
        good(
            "python",
            'url = build_authorize_url(client_id="cid", organization="org_abc")\n',
            why="another service's organization",
        ),
        good("dotenv", "OPENAI_ORG_ID=org-xxxxxxxx\n", why="a template", path=".env.example"),
        good("python", 'p.add_argument("--organization", default="Personal")\n', why="not handed to the API here"),
    ),
)
