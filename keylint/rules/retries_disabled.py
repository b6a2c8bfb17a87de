"""The SDK's retries are turned off, and nothing takes their place.

The SDKs send a request again by themselves, twice and with growing pauses, when the answer is 429 or 5xx. With
`max_retries=0` the first 429 of a busy minute reaches the program as an exception.

Leave the option out, or retry with growing pauses in the program.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, Endpoint, Fix, Problem, RetriesOff, Severity, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# Anything that may take the SDK's place: own retries, or somebody who is told of the failure.
_INSTEAD = regex(
    rb"retry|retries|retrie|backoff|tenacity|attempt|rate_?limit|\b429\b|resilience|\bexcept\b|\bcatch\b|celery|queue|circuit|fallback",
    re.IGNORECASE,
)
_CHAIN = regex(
    rb"\.(?:a?invoke|a?batch|a?stream|predict|acompletion|completion)\s*\("
)  # LangChain's and LiteLLM's requests
_OPTION = regex(rb"max_?retries[\"']?\s*(?:[=:]\s*0|\(\s*0\s*\))", re.IGNORECASE)


def check(off: RetriesOff, context: Context) -> Iterator[Problem]:
    """Clients whose file sends requests and has nothing else that speaks of failure."""
    if context.tolerant or off.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN):
        return
    data = context.source.data
    if _INSTEAD.search(_OPTION.sub(b"", data)) or not (
        context.catalogue.request_pattern.search(data) or _CHAIN.search(data)
    ):
        return
    yield Problem(
        off.span,
        "the client's own retries are turned off, and nothing here takes their place",
        "the first 429 rate_limit_exceeded of a busy minute ends the call",
        "leave the option out: the client then tries twice more, with growing pauses",
        fix=_fix(off.span, context),
        cause=off.span,
    )


def _fix(off: Span, context: Context) -> Fix | None:
    """Without the argument and the comma that belongs to it, or the call and its dot."""
    data = context.source.data
    if data[off.start - 1 : off.start] == b".":
        start = len(data[: off.start - 1].rstrip())
        return context.fix("leave it out", [Edit(Span(start, off.end), "")], safe=False)
    after = re.compile(rb"\s*,[ \t]*").match(data, off.end)
    if after is not None:
        return context.fix("leave it out", [Edit(Span(off.start, after.end()), "")], safe=False)
    before = re.compile(rb",\s*\Z").search(data[max(off.start - 80, 0) : off.start])
    start = off.start - len(before.group()) if before is not None else off.start
    return context.fix("leave it out", [Edit(Span(start, off.end), "")], safe=False)


RULE = Rule(
    "KL701",
    "retries-disabled",
    (RetriesOff,),
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
        bad(
            "go",
            'package main\n\nimport (\n\t"github.com/openai/openai-go"\n\t"github.com/openai/openai-go/option"\n)\n\nvar client = openai.NewClient(⟦option.WithMaxRetries(0)⟧)\n\nfunc ask() (*openai.ChatCompletion, error) {\n\treturn client.Chat.Completions.New(ctx, request)\n}\n',
            fixed='package main\n\nimport (\n\t"github.com/openai/openai-go"\n\t"github.com/openai/openai-go/option"\n)\n\nvar client = openai.NewClient()\n\nfunc ask() (*openai.ChatCompletion, error) {\n\treturn client.Chat.Completions.New(ctx, request)\n}\n',
        ),
        bad(
            "java",
            "class Ask {\n    OpenAIClient client = OpenAIOkHttpClient.builder().fromEnv().⟦maxRetries(0)⟧.build();\n\n    ChatCompletion ask(ChatCompletionCreateParams request) {\n        return client.chat().completions().create(request);\n    }\n}\n",
            fixed="class Ask {\n    OpenAIClient client = OpenAIOkHttpClient.builder().fromEnv().build();\n\n    ChatCompletion ask(ChatCompletionCreateParams request) {\n        return client.chat().completions().create(request);\n    }\n}\n",
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
