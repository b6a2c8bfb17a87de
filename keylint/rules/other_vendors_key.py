"""A key of one vendor is handed to another's API.

The client goes to its own vendor unless it is told another address, and that vendor does not know the key. An admin key in
the place of an ordinary one fails in the same way.

Set the base URL of the vendor that the key is from, or read the key that belongs to this client.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import Confidence, Endpoint, Env, Literal, Problem, Slot, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# Who hands requests on to the other vendors: a variable may be named after the vendor of the model.
_GATEWAYS = frozenset({"openrouter"})


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Keys and variables of a vendor other than the one the request goes to."""
    if not use.slot.is_secret or context.tolerant or use.provider == GENERIC or use.via == "argument":
        return
    if use.endpoint not in (Endpoint.DEFAULT, Endpoint.CLOUD) and use.via != "header":
        return
    if use.via == "header" and not use.host:
        return
    target = use.host or use.provider
    value = use.value
    if isinstance(value, Literal):
        judged = context.judge(value.text, target)
        if judged.kind is not Kind.KEY or judged.format is None:
            return
        owner, slot, what = judged.format.provider, judged.format.slot, "key"
    elif isinstance(value, Env) and value.default is None:
        known = context.catalogue.variable(value.name)
        if known is not None and known[1] in (Slot.BASE_URL, Slot.ENDPOINT) and use.via != "variable":
            yield from _address(use, value, context)
            return
        if known is None or not known[1].is_secret:
            return
        (owner, slot), what = known, f"variable {value.name}"
    else:
        return
    if _fits(owner, slot, target, use):
        return
    vendor, other = context.provider(target), context.provider(owner)
    # Many programs keep the key of whatever service they are pointed at in OPENAI_API_KEY.
    stand_in = what != "key" and (
        (owner == "openai" and use.host not in ("", use.provider))
        or (use.provider == "openai" and use.via == "definition")
    )
    same = owner == target
    name = (
        f"{other.name} {slot.value.replace('_', ' ').replace('api ', '')}"
        if same
        else f"{other.name} {what}"
        if what == "key"
        else f"{other.name}'s {what}"
    )
    yield Problem(
        value.content if isinstance(value, Literal) else value.span,
        f"{'an' if name[0] in 'AEIOU' else 'a'} {name} is handed to {vendor.name}"
        if what == "key" or same
        else f"{name} is handed to {vendor.name}",
        vendor.answer("invalid-key"),
        f"read {context.variable_for(use)}" + ("" if same else f", or set the base URL of {other.name}"),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.content if isinstance(value, Literal) else value.span,
        confidence=Confidence.POSSIBLE
        if use.via in ("variable", "setting") or stand_in or (what != "key" and target in _GATEWAYS)
        else None,
    )


def _address(use: Use, value: Env, context: Context) -> Iterator[Problem]:
    vendor = context.provider(use.host or use.provider)
    yield Problem(
        value.span,
        f"{value.name} holds an address, and is handed to {vendor.name} as the key",
        vendor.answer("invalid-key"),
        f"hand over {context.variable_for(use)} here; are the arguments in the right order?",
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
    )


def _fits(owner: str, slot: Slot, target: str, use: Use) -> bool:
    if {owner, target} == {"openai", "azure"}:
        return True  # one SDK, one set of variables in many programs
    if owner != target:
        return False
    return Slot.ADMIN_API_KEY not in (slot, use.slot) or slot is use.slot or use.via == "header"


RULE = Rule(
    "KL208",
    "other-vendors-key",
    (Use,),
    check,
    __doc__,
    rank=40,
    examples=(
        bad(
            "python", 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=⟦os.environ["GROQ_API_KEY"]⟧)\n'
        ),
        bad("javascript", "const client = new OpenAI({ apiKey: '⟦«openrouter.key»⟧' });\n"),
        bad(
            "go",
            'package main\n\nimport "github.com/sashabaranov/go-openai"\n\nvar config = openai.DefaultAzureConfig(⟦os.Getenv("AZURE_OPENAI_ENDPOINT")⟧, os.Getenv("AZURE_OPENAI_API_KEY"))\n',
        ),
        good(
            "python",
            'client = OpenAI(base_url="https://api.groq.com/openai/v1", api_key=os.environ["GROQ_API_KEY"])\n',
            why="sent to the vendor that the key is from",
        ),
        bad(
            "python",
            'import os\nfrom google import genai\n\nclient = genai.Client(api_key=⟦os.environ["OPENAI_API_KEY"]⟧)\n',
        ),
        bad(
            "yaml",
            "jobs:\n  a:\n    steps:\n      - run: python a.py\n        env:\n          ANTHROPIC_API_KEY: ⟦${{ secrets.OPENAI_API_KEY }}⟧\n",
            path=".github/workflows/a.yml",
        ),
        good(
            "yaml",
            "services:\n  a:\n    environment:\n      OPENAI_API_KEY: ${OPENROUTER_API_KEY}\n",
            path="compose.yml",
            why="the program may be pointed at the other vendor",
        ),
        good(
            "python",
            'client = OpenAI(base_url="https://openrouter.ai/api/v1", api_key=os.environ["OPENAI_API_KEY"])\n',
            why="the variable may hold the other vendor's key: many programs do it so",
        ),
        good(
            "python",
            'client = OpenAI(base_url=settings.url, api_key=os.environ["GROQ_API_KEY"])\n',
            why="where it is sent cannot be seen",
        ),
        good(
            "python",
            'client = OpenAI(base_url="https://acme.openai.azure.com/openai/v1/", api_key=os.environ["AZURE_OPENAI_API_KEY"])\n',
            why="Azure, through the plain client",
        ),
    ),
)
