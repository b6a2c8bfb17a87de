"""An option of the client has a name that the SDK does not know.

In JavaScript unknown options are ignored without a word, so the key is not used: the client reads its variable instead, or
sends a request without credentials. In Python the call fails.

Use the option's name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.mask import quote
from keylint.model import Client, Problem
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(client: Client, context: Context) -> Iterator[Problem]:
    """Near misses of the key's option, when the option itself is not given."""
    if context.tolerant:
        return
    vendor = context.provider(client.provider)
    for written, span, meant in client.misnamed:
        yield Problem(
            span,
            f"{client.name} does not know the option {quote(written)}",
            f"TypeError: unexpected keyword argument {quote(written)}"
            if context.language_at(span) == "python"
            else f"it is ignored: {vendor.answer('unset')}, unless {vendor.variable(next(iter(vendor.variables)))} is set",
            f"call it `{meant}`",
            fix=context.fix(f"call it {meant}", [context.rewrite(span, meant)]),
            cause=span,
        )


RULE = Rule(
    "KL210",
    "misnamed-option",
    (Client,),
    check,
    __doc__,
    examples=(
        bad(
            "javascript",
            'const { Configuration } = require("openai");\nconst c = new Configuration({ ⟦apikey⟧: process.env.OPENAI_API_KEY });\n',
            fixed='const { Configuration } = require("openai");\nconst c = new Configuration({ apiKey: process.env.OPENAI_API_KEY });\n',
        ),
        bad(
            "typescript",
            'import OpenAI from "openai";\nconst c = new OpenAI({ ⟦"api_key"⟧: process.env.MY_KEY });\n',
            fixed='import OpenAI from "openai";\nconst c = new OpenAI({ "apiKey": process.env.MY_KEY });\n',
        ),
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(⟦apiKey⟧=os.environ["OPENAI_API_KEY"])\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        good("python", "llm = ChatOpenAI(apiKey=key)\n", why="a class of another library, with options of its own"),
        good(
            "javascript",
            'import OpenAI from "openai";\nconst c = new OpenAI({ apiKey: key, token: other });\n',
            why="the key itself is given",
        ),
        good(
            "javascript",
            'import { OpenAI } from "./my-openai";\nconst c = new OpenAI({ apikey: key });\n',
            why="the project's own class",
        ),
    ),
)
