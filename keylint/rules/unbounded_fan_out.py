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
