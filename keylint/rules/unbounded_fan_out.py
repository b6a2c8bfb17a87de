"""A request for each of many items is sent at the same moment.

Nothing limits how many are under way. With a few hundred items the first second uses up the minute's limit, and the rest is
answered with 429.

Limit how many run at once: a semaphore, p-limit, batches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Confidence, FanOut, Problem, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_HOW = {
    "python": "`asyncio.Semaphore(8)` around the request",
    "javascript": "p-limit, or batches of a few items",
    "csharp": "`Parallel.ForEachAsync` with MaxDegreeOfParallelism, or a SemaphoreSlim",
}


def check(fan: FanOut, context: Context) -> Iterator[Problem]:
    """All of them; what limits the number makes no such fact."""
    if context.tolerant:
        return
    language = context.language_at(fan.span)
    yield Problem(
        fan.span,
        f"`{fan.call}` sends all requests at the same moment, however many there are",
        "429 rate_limit_exceeded for most of them, as soon as there are many",
        f"limit how many run at once: {_HOW.get('javascript' if language in ('typescript', 'tsx') else language, 'a pool or a semaphore')}",
        cause=fan.span,
        confidence=Confidence.POSSIBLE if context.adapter.name == "notebook" else None,  # its items are in another cell
    )


RULE = Rule(
    "KL706",
    "unbounded-fan-out",
    (FanOut,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI();\nconst answers = await ⟦Promise.all(rows.map((row) => openai.responses.create(build(row))))⟧;\n',
        ),
        bad(
            "python",
            "import asyncio\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\nasync def ask(row):\n    return await client.responses.create(input=row)\n\n\nasync def main(rows):\n    return await ⟦asyncio.gather(*[ask(row) for row in rows])⟧\n",
        ),
        bad(
            "python",
            "import asyncio\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\nasync def ask(row):\n    return await client.responses.create(input=row)\n\n\nasync def run(rows):\n    return await ⟦asyncio.gather(*[asyncio.create_task(ask(row)) for row in rows])⟧\n",
        ),
        bad(
            "python",
            "import asyncio\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\n\n\nasync def ask(row):\n    return await client.responses.create(input=row)\n\n\nasync def run(rows):\n    async with asyncio.TaskGroup() as tg:\n        for row in rows:\n            ⟦tg.create_task(ask(row))⟧\n",
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst openai = new OpenAI();\n⟦rows.forEach(async (row) => {\n  row.answer = await openai.responses.create({ model: "gpt-5", input: row.text });\n})⟧;\n',
        ),
        bad(
            "go",
            'package main\n\nimport "github.com/sashabaranov/go-openai"\n\nfunc run(client *openai.Client, rows []string) {\n\tfor _, row := range rows {\n\t\t⟦go func(row string) {\n\t\t\tclient.CreateChatCompletion(ctx, request(row))\n\t\t}(row)⟧\n\t}\n}\n',
        ),
        good(
            "go",
            'package main\n\nimport "github.com/sashabaranov/go-openai"\n\nfunc serve(client *openai.Client, listener net.Listener) {\n\tfor {\n\t\tconnection, _ := listener.Accept()\n\t\tgo answer(client, connection)\n\t}\n}\n\nfunc answer(client *openai.Client, connection net.Conn) {\n\tclient.CreateChatCompletion(ctx, request(connection))\n}\n',
            why="one for each caller, and not for each of many items",
        ),
        good(
            "javascript",
            'import OpenAI from "openai";\n\nconst openai = new OpenAI();\n["title", "summary"].forEach(async (part) => {\n  parts[part] = await openai.responses.create({ model: "gpt-5", input: part });\n});\n',
            why="two are few",
        ),
        good(
            "python",
            "import asyncio\nfrom openai import AsyncOpenAI\n\nclient = AsyncOpenAI()\nfew = asyncio.Semaphore(8)\n\n\nasync def ask(row):\n    async with few:\n        return await client.responses.create(input=row)\n\n\nasync def main(rows):\n    return await asyncio.gather(*[ask(row) for row in rows])\n",
            why="eight at a time",
        ),
        good(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI();\nconst [a, b] = await Promise.all(["one", "two"].map((input) => openai.responses.create({ input })));\n',
            why="two",
        ),
        good(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI();\nconst [user, answer] = await Promise.all([load(id), openai.responses.create({ input })]);\n',
            why="one request",
        ),
    ),
)
