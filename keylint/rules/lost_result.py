"""After the last attempt there is no answer, and nothing says so.

The loop that waits and tries again ends, and the program goes on: with a name that never got a value, or with None where the
caller expects an answer. What is seen is a NameError or an attribute of None, far from the 429 that caused it.

Let the last attempt's error out: `raise` in the handler when it was the last, or after the loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Problem, Retry, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_RAISE = {
    "python": "`raise`",
    "ruby": "`raise`",
    "javascript": "`throw` it",
    "typescript": "`throw` it",
    "tsx": "`throw` it",
}


_ERRORS = {"python": "NameError or AttributeError,", "ruby": "NoMethodError,"}


def check(retry: Retry, context: Context) -> Iterator[Problem]:
    """Bounded repeats whose end is not handled."""
    if not retry.lost or context.tolerant:
        return
    language = context.language_at(retry.span)
    word = _RAISE.get(language, "throw it")
    named = retry.lost not in ("None", "undefined", "nothing", "null", "nil")
    yield Problem(
        retry.span,
        f"when every attempt failed, `{retry.lost}` has no value after the loop"
        if named
        else f"when every attempt failed, the caller gets `{retry.lost}`",
        f"{_ERRORS.get(language, 'an error about a missing value')} far from its cause, 429 rate_limit_exceeded or insufficient_quota",
        f"let the last error out: {word} in the handler at the last attempt, or after the loop",
        cause=retry.span,
    )


RULE = Rule(
    "KL704",
    "lost-result",
    (Retry,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'import time\nimport openai\n\nfor attempt in range(5):\n    try:\n        response = openai.chat.completions.create(model="gpt-5-mini", messages=messages)\n        break\n    ⟦except openai.RateLimitError:\n        time.sleep(2**attempt)⟧\nprint(response.choices[0].message.content)\n',
        ),
        bad(
            "typescript",
            "import OpenAI from 'openai';\nconst openai = new OpenAI();\nasync function again(send: () => Promise<string>, times = 5) {\n  for (let i = 0; i < times; i++) {\n    try {\n      return await send();\n    } ⟦catch (e: any) {\n      if (e.status === 429) await sleep(1000 * 2 ** i);\n      else throw e;\n    }⟧\n  }\n}\nconst answer = await again(() => openai.responses.create(request));\n",
        ),
        good(
            "python",
            "import time\nimport openai\n\n\ndef ask(request):\n    for attempt in range(5):\n        try:\n            return openai.chat.completions.create(**request)\n        except openai.RateLimitError:\n            if attempt == 4:\n                raise\n            time.sleep(2**attempt)\n",
            why="the last error is let out",
        ),
        good(
            "python",
            "import time\nimport openai\n\nresponse = None\nfor attempt in range(5):\n    try:\n        response = openai.chat.completions.create(**request)\n        break\n    except openai.RateLimitError:\n        time.sleep(2**attempt)\nif response is None:\n    sys.exit('no answer')\n",
            why="it is looked at after the loop",
        ),
    ),
)
