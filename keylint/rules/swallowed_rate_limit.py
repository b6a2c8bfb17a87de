"""A rate limit is caught, and an empty answer takes its place.

To the caller it looks as if the model had nothing to say. Rows are lost, and nobody learns that the account is at its limit.

Let the error out, wait and try again, or tell the caller that there is no answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Confidence, Problem, Severity, Swallowed
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(swallowed: Swallowed, context: Context) -> Iterator[Problem]:
    """Handlers that do nothing but give something empty; those that take any failure are only possible mistakes."""
    if context.tolerant:
        return
    what = "a rate limit" if swallowed.limited else "any failure, a refused key among them,"
    yield Problem(
        swallowed.span,
        f"{what} is taken for an empty answer (`{swallowed.gives}`)",
        "answers are missing, or an AttributeError of nothing comes later; nothing says that it was 429"
        if swallowed.limited
        else "answers are missing, and nothing says why",
        "let the error out, or wait and try again",
        cause=swallowed.span,
        confidence=None if swallowed.limited else Confidence.POSSIBLE,
    )


RULE = Rule(
    "KL705",
    "swallowed-rate-limit",
    (Swallowed,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'import openai\n\n\ndef ask(request):\n    try:\n        return openai.chat.completions.create(**request).choices[0].message.content\n    ⟦except openai.RateLimitError:\n        return ""⟧\n',
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI();\nexport async function ask(request) {\n  try {\n    return await openai.responses.create(request);\n  } ⟦catch (error) {\n    if (error.status === 429) return null;\n    throw error;\n  }⟧\n}\n',
        ),
        bad(
            "python",
            "from openai import OpenAI\n\nclient = OpenAI()\ntry:\n    answer = client.responses.create(**request)\n⟦except Exception:\n    pass⟧\n",
            confidence="possible",
        ),
        good(
            "python",
            "import openai\n\ntry:\n    answer = openai.chat.completions.create(**request)\nexcept openai.RateLimitError as error:\n    raise HTTPException(status_code=429) from error\n",
            why="the caller is told",
        ),
        good(
            "python",
            'import openai\n\ntry:\n    answer = openai.chat.completions.create(**request)\nexcept openai.RateLimitError:\n    return "The service is busy, please try again in a minute."\n',
            why="the reader is told",
        ),
        good(
            "python",
            "import openai\n\ntry:\n    answer = openai.chat.completions.create(**request)\nexcept openai.RateLimitError as error:\n    log.warning('rate limit: %s', error)\n    return None\n",
            why="it is logged",
        ),
    ),
)
