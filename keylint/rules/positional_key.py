"""The key stands where the client wants named arguments or an options object.

In Python the call fails at once with a TypeError. In JavaScript it does not: the text is taken for the options object, has
none of the options, and the client reads its variable as if nothing had been given.

Name the argument.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Client, Edit, Env, Fix, Problem, Slot, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(client: Client, context: Context) -> Iterator[Problem]:
    """A text in the place of the options."""
    if client.positional is None or context.tolerant:
        return
    span, value = client.positional
    vendor = context.provider(client.provider)
    python = context.language_at(span) == "python"
    if python:
        outcome = f"TypeError: {client.name}.__init__() takes 1 positional argument"
    elif isinstance(value, Env) and value.name == vendor.variable(Slot.API_KEY) and client.reads_environment:
        outcome = f"it is not used: this works only because the client reads {value.name} by itself"
    else:
        outcome = f"it is not used: {vendor.answer('unset')}"
    yield Problem(
        span,
        f"{client.name} takes no positional key" if python else f"{client.name} takes an options object, not the key",
        outcome,
        "write `api_key=` before it" if python else "write `{ apiKey: … }`",
        fix=_fix(span, python, context),
        cause=span,
    )


def _fix(span: Span, python: bool, context: Context) -> Fix:
    if python:
        return context.fix("name the argument", [Edit(Span(span.start, span.start), "api_key=")])
    return context.fix(
        "put it into an options object",
        [Edit(Span(span.start, span.start), "{ apiKey: "), Edit(Span(span.end, span.end), " }")],
    )


RULE = Rule(
    "KL211",
    "positional-key",
    (Client,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(⟦os.environ["OPENAI_API_KEY"]⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "javascript",
            'const { OpenAI } = require("openai");\nconst openai = new OpenAI(⟦process.env.MY_AI_KEY⟧);\n',
            fixed='const { OpenAI } = require("openai");\nconst openai = new OpenAI({ apiKey: process.env.MY_AI_KEY });\n',
        ),
        good(
            "python",
            'from mylib.llm import OpenAI\n\nclient = OpenAI(os.environ["OPENAI_API_KEY"])\n',
            why="another library's class",
        ),
        good(
            "javascript",
            'const { GoogleGenerativeAI } = require("@google/generative-ai");\nconst g = new GoogleGenerativeAI(process.env.GEMINI_API_KEY);\n',
            why="this SDK takes it so",
        ),
        good(
            "javascript",
            'const { OpenAI } = require("openai");\nconst c = new OpenAI(options);\n',
            why="an object, as far as can be seen",
        ),
    ),
)
