"""A request is sent again without end.

429 has two meanings: too fast (`rate_limit_exceeded`, wait and it passes) and nothing left (`insufficient_quota`, it stays until
somebody pays). A loop without an end turns the second into a program that hangs and keeps asking.

Count the attempts and give up with the last error, or stop when its code is `insufficient_quota`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Problem, Retry, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(retry: Retry, context: Context) -> Iterator[Problem]:
    """Repeats that nothing ends."""
    if context.tolerant:
        return
    if retry.how == "quota":
        yield Problem(
            retry.span,
            "an exhausted quota is waited for",
            "429 insufficient_quota never passes: it stays until somebody pays",
            "let this error out at once, and repeat only what passes: rate_limit_exceeded",
            cause=retry.span,
        )
        return
    if retry.ends != "never" or retry.tells_quota:
        return
    pause = {"no": ", without a pause", "fixed": ", always after the same pause"}.get(retry.waits, "")
    yield Problem(
        retry.span,
        f"a failed request is sent again for ever{pause}",
        "429 insufficient_quota never passes: the program hangs here and keeps asking",
        "stop after a few attempts, and let the last error out; wait longer before each",
        cause=retry.span,
    )


RULE = Rule(
    "KL702",
    "endless-retry",
    (Retry,),
    check,
    __doc__,
    severity=Severity.WARNING,
    rank=60,
    examples=(
        bad(
            "python",
            "import time\nimport openai\n\n\ndef ask(request):\n    while True:\n        try:\n            return openai.chat.completions.create(**request)\n        ⟦except openai.RateLimitError:\n            time.sleep(20)⟧\n",
        ),
        bad(
            "python",
            "import openai\n\n\ndef ask(request):\n    try:\n        return openai.chat.completions.create(**request)\n    ⟦except openai.RateLimitError:\n        return ask(request)⟧\n",
        ),
        bad(
            "python",
            "from openai import OpenAI\nfrom tenacity import retry, wait_fixed\n\nclient = OpenAI()\n\n\n⟦@retry(wait=wait_fixed(5))⟧\ndef ask(request):\n    return client.responses.create(**request)\n",
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI();\nexport async function ask(request) {\n  for (;;) {\n    try {\n      return await openai.responses.create(request);\n    } ⟦catch (error) {\n      await sleep(1000);\n    }⟧\n  }\n}\n',
        ),
        bad(
            "python",
            "import openai\n\n\ndef ask(request):\n    answer = None\n    while answer is None:\n        try:\n"
            "            answer = openai.chat.completions.create(**request)\n        ⟦except openai.RateLimitError:\n            pass⟧\n    return answer\n",
        ),
        bad(
            "java",
            "class Ask {\n    String ask(HttpClient http, String key) throws Exception {\n"
            '        HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.openai.com/v1/models")).header("Authorization", "Bearer " + key).build();\n'
            "        while (true) {\n            var response = http.send(request, HttpResponse.BodyHandlers.ofString());\n"
            "            ⟦if (response.statusCode() == 429) {\n                Thread.sleep(5000);\n                continue;\n            }⟧\n"
            "            return response.body();\n        }\n    }\n}\n",
        ),
        bad(
            "python",
            "import anthropic\nimport backoff\n\nclient = anthropic.Anthropic()\n\n\n⟦@backoff.on_exception(backoff.constant, Exception, interval=1)⟧\n"
            "def ask(request):\n    return client.messages.create(**request)\n",
        ),
        bad(
            "python",
            "import openai\n\n\ndef ask(request):\n    for attempt in range(5):\n        try:\n            return openai.responses.create(**request)\n"
            "        except openai.RateLimitError as error:\n            ⟦if error.code == 'insufficient_quota':\n                time.sleep(60)\n                continue⟧\n            raise\n",
        ),
        bad(
            "python",
            "import openai\nfrom retry import retry\n\n\n⟦@retry(openai.RateLimitError, delay=2, backoff=2)⟧\ndef ask(request):\n    return openai.responses.create(**request)\n",
        ),
        bad(
            "python",
            "import openai\nfrom tenacity import Retrying, stop_never, wait_random\n\nfor attempt in ⟦Retrying(wait=wait_random(1, 9), stop=stop_never)⟧:\n    with attempt:\n        answer = openai.responses.create(**request)\n",
        ),
        bad(
            "typescript",
            'import OpenAI from "openai";\nimport pRetry from "p-retry";\n\nconst openai = new OpenAI();\nconst send = (body) => openai.responses.create(body);\nexport const ask = (body) => pRetry(() => send(body), { ⟦forever: true⟧ });\n',
        ),
        bad(
            "csharp",
            "using OpenAI.Chat;\n\nvar policy = Policy.Handle<ClientResultException>()⟦.WaitAndRetryForeverAsync(⟧n => TimeSpan.FromSeconds(5));\nvar answer = await policy.ExecuteAsync(() => client.CompleteChatAsync(messages));\n",
        ),
        bad(
            "dart",
            "import 'package:dart_openai/dart_openai.dart';\n\nFuture<String> ask(messages) async {\n  while (true) {\n    try {\n      return await OpenAI.instance.chat.create(model: 'gpt-5', messages: messages).text;\n    } ⟦catch (error) {\n      await Future.delayed(Duration(seconds: 5));\n    }⟧\n  }\n}\n",
        ),
        good(
            "typescript",
            'import OpenAI from "openai";\nimport pRetry from "p-retry";\n\nconst openai = new OpenAI();\nexport const ask = (body) => pRetry(() => openai.responses.create(body), { forever: true, shouldRetry: (error) => error.code === "rate_limit_exceeded" });\n',
            why="it chooses what is repeated",
        ),
        good(
            "python",
            "import openai\n\n\ndef ask(request):\n    try:\n        return openai.responses.create(**request)\n    except openai.RateLimitError as error:\n        if error.code == 'insufficient_quota':\n            raise\n        time.sleep(20)\n        return openai.responses.create(**request)\n",
            why="an exhausted quota is let out",
        ),
        good(
            "python",
            "import gemini\n\n\ndef ask(model, prompt):\n    for attempt in range(5):\n        try:\n            return model.generate_content(prompt)\n        except RateLimitError as error:\n            if 'quota' in str(error):\n                time.sleep(60)\n                continue\n            raise\n",
            why="Gemini calls its limit for a minute a quota",
        ),
        good(
            "python",
            "import anthropic\nimport backoff\n\nclient = anthropic.Anthropic()\n\n\n@backoff.on_exception(backoff.expo, Exception, max_tries=6)\n"
            "def ask(request):\n    return client.messages.create(**request)\n",
            why="it has an end",
        ),
        good(
            "python",
            "import openai\n\n\ndef ask(request):\n    answer, tries = None, 0\n    while answer is None and tries < 5:\n        try:\n"
            "            answer = openai.chat.completions.create(**request)\n        except openai.RateLimitError:\n            tries += 1\n            wait(tries)\n    return answer\n",
            why="it counts",
        ),
        good(
            "python",
            "import time\nimport openai\n\n\ndef ask(request, attempts=5):\n    while True:\n        try:\n            return openai.chat.completions.create(**request)\n        except openai.RateLimitError:\n            attempts -= 1\n            if attempts == 0:\n                raise\n            time.sleep(20)\n",
            why="it counts",
        ),
        good(
            "python",
            "import time\nimport openai\n\nwhile True:\n    try:\n        print(openai.chat.completions.create(**read()))\n    except openai.RateLimitError as error:\n        if error.code == 'insufficient_quota':\n            raise\n        time.sleep(20)\n",
            why="it tells the two apart",
        ),
        good(
            "python",
            "from openai import OpenAI\nfrom tenacity import retry, stop_after_attempt, wait_random_exponential\n\nclient = OpenAI()\n\n\n@retry(wait=wait_random_exponential(max=60), stop=stop_after_attempt(6))\ndef ask(request):\n    return client.responses.create(**request)\n",
            why="it stops",
        ),
    ),
)
