"""The base URL holds a part of the path that the client adds itself, or lacks one that it does not add.

The client puts `/chat/completions` or `/v1/messages` behind the base URL. With that path in it already, or with `/v1` missing, every
request answers 404.

Give it the address that the vendor names as the base URL.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Address, Edit, EnvDefinition, Literal, Problem, Slot, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_METHOD = regex(r"/(?:chat/completions|completions|responses|embeddings|messages|images/generations)/?$")
_TWICE = regex(r"/(v\d\w*)/\1/?$")
# [sdk] anthropic-sdk-python and -typescript put /v1/messages behind the base URL; openai's put no version there.
_OWN_VERSION = frozenset({"anthropic"})
_NO_VERSION = regex(r"https?://api\.openai\.com/?$")


def check(address: Address | EnvDefinition, context: Context) -> Iterator[Problem]:
    """Literal base URLs; a path that is the vendor's own is looked at for vendors whose SDK is known.

    Of a variable is not known which client it is for: what no client wants in it is reported.
    """
    value = address.value
    if isinstance(address, Address) and address.slot is Slot.ENDPOINT:
        return
    if not isinstance(value, Literal) or context.tolerant or value.escaped:
        return
    if isinstance(address, EnvDefinition) and (address.slot is not Slot.BASE_URL or not _TWICE.search(value.text)):
        return
    method = _METHOD.search(value.text)
    twice = _TWICE.search(value.text)
    version = re.search(r"//api\.anthropic\.com(/v1/?)$", value.text) if address.provider in _OWN_VERSION else None
    if method or twice or version:
        match = method or twice or version
        start = match.start(1) if version and not method and not twice else match.start()  # type: ignore[union-attr]
        start += len(f"/{twice.group(1)}") if twice and not method else 0
        extra = Span(value.content.start + len(value.text[:start].encode()), value.content.end)
        yield Problem(
            extra,
            f"the client adds this itself: `{value.text[start:]}` comes twice",
            "404 Not Found for every request",
            f"end the base URL before it: {value.text[:start]}",
            fix=context.fix("leave it out", [Edit(extra, "")]),
            notes=context.used(value, address.span, "used here"),
            cause=value.span,
        )
    elif address.provider == "openai" and _NO_VERSION.match(value.text):
        end = Span(value.content.start + len(value.text.rstrip("/").encode()), value.content.end)
        yield Problem(
            value.content,
            "the base URL lacks `/v1`",
            "404 Not Found for every request",
            "write https://api.openai.com/v1, or leave it out: it is the default",
            fix=context.fix("add /v1", [Edit(end, "/v1")]),
            notes=context.used(value, address.span, "used here"),
            cause=value.span,
        )


RULE = Rule(
    "KL212",
    "wrong-base-url",
    (Address, EnvDefinition),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'client = OpenAI(base_url="https://api.openai.com/v1⟦/chat/completions⟧")\n',
            fixed='client = OpenAI(base_url="https://api.openai.com/v1")\n',
        ),
        bad(
            "python",
            'client = Anthropic(base_url="https://api.anthropic.com⟦/v1⟧")\n',
            fixed='client = Anthropic(base_url="https://api.anthropic.com")\n',
        ),
        bad(
            "javascript",
            'const client = new OpenAI({ baseURL: "⟦https://api.openai.com⟧" });\n',
            fixed='const client = new OpenAI({ baseURL: "https://api.openai.com/v1" });\n',
        ),
        bad(
            "dotenv",
            "OPENAI_BASE_URL=https://api.openai.com/v1⟦/v1⟧\n",
            fixed="OPENAI_BASE_URL=https://api.openai.com/v1\n",
            path=".env.production",
        ),
        good("dotenv", "OPENAI_BASE_URL=https://proxy.example.com/openai/v1\n", why="one version", path=".env"),
        good("python", 'client = OpenAI(base_url="https://api.groq.com/openai/v1")\n', why="the vendor's own"),
        good("python", 'client = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")\n', why="complete"),
    ),
)
