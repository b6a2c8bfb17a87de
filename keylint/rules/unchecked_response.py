"""The answer of a raw request is taken apart, and nothing looks at its status.

With 401 or 429 the body is an error and has no `choices`: the program ends with a KeyError, or works with undefined, and the
status and the message that say why are lost.

Look at the status first: `response.raise_for_status()`, `if (!response.ok)`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Confidence, Problem, Severity, Unchecked
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


# What comes of taking apart what is not there.
_THEN = {
    "python": "KeyError",
    "go": "panic: index out of range",
    "php": "null, and a warning,",
    "csharp": "KeyNotFoundException",
    "java": "an exception about a missing name",
}


def check(unchecked: Unchecked, context: Context) -> Iterator[Problem]:
    """In a loop a 429 is certain to come; elsewhere it is only a possible mistake."""
    if context.tolerant:
        return
    language = context.language_at(unchecked.span)
    python = language == "python"
    yield Problem(
        unchecked.span,
        "the answer is taken apart without a look at its status"
        + (", for one item after the other" if unchecked.repeated else ""),
        f"{_THEN.get(language, 'an error about undefined')} at the first 401 or 429, and the reason is lost",
        "call raise_for_status() on the response first, and wait when it is 429"
        if python
        else "call EnsureSuccessStatusCode() on the response first, and wait when it is 429"
        if language == "csharp"
        else "look at the response's status first, and wait when it is 429",
        cause=unchecked.span,
        confidence=None if unchecked.repeated else Confidence.POSSIBLE,
    )


RULE = Rule(
    "KL708",
    "unchecked-response",
    (Unchecked,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'import requests\n\n\ndef ask(text):\n    r = requests.post("https://api.openai.com/v1/chat/completions", headers=headers, json=body(text))\n    return r⟦.json()["choices"]⟧[0]["message"]["content"]\n\n\nanswers = [ask(text) for text in texts]\n',
        ),
        bad(
            "javascript",
            'const r = await fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers, body });\nconsole.log((await r⟦.json()).choices⟧[0].message.content);\n',
            confidence="possible",
        ),
        good(
            "python",
            'import requests\n\nfor text in texts:\n    r = requests.post("https://api.openai.com/v1/chat/completions", headers=headers, json=body(text))\n    r.raise_for_status()\n    print(r.json()["choices"][0])\n',
            why="it looks first",
        ),
    ),
)
