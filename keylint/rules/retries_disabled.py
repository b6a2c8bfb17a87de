"""The SDK's retries are turned off, and nothing takes their place.

The SDKs send a request again by themselves, twice and with growing pauses, when the answer is 429 or 5xx. With
`max_retries=0` the first 429 of a busy minute reaches the program as an exception.

Leave the option out, or retry with growing pauses in the program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.model import Client, Edit, Endpoint, Fix, Problem, Severity, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# Anything that may take the SDK's place: own retries, or somebody who is told of the failure.
_INSTEAD = re.compile(
    rb"retry|retries|retrie|backoff|tenacity|attempt|rate_?limit|\b429\b|resilience|\bexcept\b|\bcatch\b|celery|queue|circuit",
    re.IGNORECASE,
)
_CHAIN = re.compile(
    rb"\.(?:a?invoke|a?batch|a?stream|predict|acompletion|completion)\s*\("
)  # LangChain's and LiteLLM's requests
_OPTION = re.compile(rb"max_?retries[\"']?\s*[=:]\s*0", re.IGNORECASE)


def check(client: Client, context: Context) -> Iterator[Problem]:
    """Clients whose file sends requests and has nothing else that speaks of failure."""
    off = client.retries_off
    if off is None or context.tolerant or client.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN):
        return
    data = context.source.data
    if _INSTEAD.search(_OPTION.sub(b"", data)) or not (
        context.catalogue.request_pattern.search(data) or _CHAIN.search(data)
    ):
        return
    yield Problem(
        off,
        "the client's own retries are turned off, and nothing here takes their place",
        "the first 429 rate_limit_exceeded of a busy minute ends the call",
        "leave the option out: the client then tries twice more, with growing pauses",
        fix=_fix(off, context),
        cause=off,
    )


def _fix(off: Span, context: Context) -> Fix | None:
    """Without the argument and the comma that belongs to it."""
    data = context.source.data
    after = re.compile(rb"\s*,[ \t]*").match(data, off.end)
    if after is not None:
        return context.fix("leave it out", [Edit(Span(off.start, after.end()), "")], safe=False)
    before = re.compile(rb",\s*\Z").search(data[max(off.start - 80, 0) : off.start])
    start = off.start - len(before.group()) if before is not None else off.start
    return context.fix("leave it out", [Edit(Span(start, off.end), "")], safe=False)


RULE = Rule(
    "KL701",
    "retries-disabled",
    (Client,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(⟦max_retries=0⟧)\n\n\ndef ask(text):\n    return client.responses.create(model="gpt-5-mini", input=text)\n',
            fixed='from openai import OpenAI\n\nclient = OpenAI()\n\n\ndef ask(text):\n    return client.responses.create(model="gpt-5-mini", input=text)\n',
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new OpenAI({ timeout: 9000, ⟦maxRetries: 0⟧ });\nexport const ask = (input) => client.responses.create({ model: "gpt-5-mini", input });\n',
            fixed='import OpenAI from "openai";\n\nconst client = new OpenAI({ timeout: 9000 });\nexport const ask = (input) => client.responses.create({ model: "gpt-5-mini", input });\n',
        ),
        good(
            "python",
            "client = OpenAI(max_retries=0)\nanswer = with_backoff(lambda: client.responses.create(**request))\n",
            why="the program has its own",
        ),
        good(
            "python",
            "client = OpenAI(max_retries=0)\n\n\ndef ask(text):\n    return client.responses.create(input=text)\n",
            why="a test is to fail at once",
            path="tests/test_ask.py",
        ),
    ),
)
