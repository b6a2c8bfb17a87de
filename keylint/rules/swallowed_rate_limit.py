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


# What a program says that works with the empty answer.
_LATER = {
    "python": "an AttributeError of nothing",
    "java": "a NullPointerException",
    "kotlin": "a NullPointerException",
    "csharp": "a NullReferenceException",
    "ruby": "a NoMethodError for nil",
    **dict.fromkeys(("javascript", "typescript", "tsx"), "a TypeError"),
}


def check(swallowed: Swallowed, context: Context) -> Iterator[Problem]:
    """Handlers that do nothing but give something empty; those that take any failure are only possible mistakes."""
    if context.tolerant:
        return
    what = "a rate limit" if swallowed.limited else "any failure, a refused key among them,"
    yield Problem(
        swallowed.span,
        f"{what} is taken for an empty answer (`{swallowed.gives}`)",
        f"answers are missing, or {_LATER.get(context.language_at(swallowed.span), 'an error about nothing')} comes later; nothing"
        " says that it was 429"
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
        bad(
            "go",
            'package main\n\nimport "github.com/sashabaranov/go-openai"\n\nfunc ask(client *openai.Client) (string, error) {\n\tanswer, err := client.CreateChatCompletion(ctx, request)\n\tif err != nil {\n\t\tvar failure *openai.APIError\n\t\t⟦if errors.As(err, &failure) && failure.HTTPStatusCode == 429 {\n\t\t\treturn "", nil\n\t\t}⟧\n\t\treturn "", err\n\t}\n\treturn answer.Choices[0].Message.Content, nil\n}\n',
        ),
        bad(
            "csharp",
            "using OpenAI.Chat;\n\nasync Task<string> Ask(ChatClient client) {\n    try {\n        return (await client.CompleteChatAsync(messages)).Value.Content[0].Text;\n    } ⟦catch (ClientResultException failure) when (failure.Status == 429) {\n        return string.Empty;\n    }⟧\n}\n",
        ),
        bad(
            "python",
            "from litellm import completion\nfrom litellm.exceptions import RateLimitError\n\n\ndef ask(messages):\n    try:\n        return completion(model='groq/llama-3.3-70b-versatile', messages=messages)\n    ⟦except RateLimitError:\n        return None⟧\n",
        ),
        bad(
            "javascript",
            'export async function ask(body) {\n  const answer = await fetch("https://api.openai.com/v1/responses", { method: "POST", headers, body });\n  ⟦if (answer.status === 429) return "";⟧\n  if (!answer.ok) throw new Error(await answer.text());\n  return answer.json();\n}\n',
        ),
        good(
            "go",
            'package main\n\nimport "github.com/sashabaranov/go-openai"\n\nfunc ask(client *openai.Client) (string, error) {\n\tanswer, err := client.CreateChatCompletion(ctx, request)\n\tif err != nil {\n\t\tvar failure *openai.APIError\n\t\tif errors.As(err, &failure) && failure.HTTPStatusCode == 429 {\n\t\t\treturn "", ErrLimited\n\t\t}\n\t\treturn "", err\n\t}\n\treturn answer.Choices[0].Message.Content, nil\n}\n',
            why="the caller is told",
        ),
        good(
            "javascript",
            'export async function ask(body) {\n  const answer = await fetch("https://api.openai.com/v1/responses", { method: "POST", headers, body });\n  if (answer.status !== 429) return null;\n  throw new Error("too fast");\n}\n',
            why="it is the other answers that are left out",
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
