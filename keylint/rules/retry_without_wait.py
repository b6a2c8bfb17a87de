"""A request that was refused for its rate is sent again at once.

Limits are counted by the minute. A few attempts within one second all fall into the same minute, count against it, and fail.

Wait before each attempt, longer each time, or for as long as the `retry-after` header says.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Problem, Retry, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# The next attempt asks somebody else, or with another key.
_ANOTHER = regex(
    r"\b\w*(?:provider|model|client|key|endpoint|deployment|proxy)(?:_?(?:index|idx|name))?\s*(?:[-+]?=(?!=)|\+\+)",
    re.IGNORECASE,
)


def check(retry: Retry, context: Context) -> Iterator[Problem]:
    """Repeats after a rate limit with no pause at all; those without an end are KL702's."""
    if retry.waits != "no" or not retry.limited or retry.ends == "never" or context.tolerant:
        return
    if _ANOTHER.search(context.source.slice(retry.span)):
        return
    yield Problem(
        retry.span,
        "after a rate limit the request is sent again at once",
        "all attempts fall into the same minute: 429 each time",
        "wait before each attempt, longer each time, or as long as the retry-after header says",
        cause=retry.span,
    )


RULE = Rule(
    "KL703",
    "retry-without-wait",
    (Retry,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            "import openai\n\n\ndef ask(request):\n    for attempt in range(5):\n        try:\n            return openai.chat.completions.create(**request)\n        ⟦except openai.RateLimitError:\n            continue⟧\n    raise RuntimeError('no answer')\n",
        ),
        good(
            "python",
            "import time\nimport openai\n\n\ndef ask(request):\n    for attempt in range(5):\n        try:\n            return openai.chat.completions.create(**request)\n        except openai.RateLimitError:\n            time.sleep(2**attempt)\n    raise RuntimeError('no answer')\n",
            why="it waits, longer each time",
        ),
        good(
            "python",
            "import openai\n\nfor row in rows:\n    try:\n        openai.chat.completions.create(**row)\n    except openai.RateLimitError as error:\n        failed.append((row, error))\n",
            why="the next request is another one",
        ),
    ),
)
