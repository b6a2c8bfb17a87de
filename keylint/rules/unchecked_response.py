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
        bad(
            "go",
            "package main\n\nfunc embed(texts []string) {\n\tfor _, text := range texts {\n"
            '\t\treq, _ := http.NewRequest("POST", "https://api.openai.com/v1/embeddings", body(text))\n'
            '\t\treq.Header.Set("Authorization", "Bearer "+key)\n\t\tresp, err := http.DefaultClient.Do(req)\n'
            "\t\tif err != nil {\n\t\t\tlog.Fatal(err)\n\t\t}\n\t\tvar out reply\n\t\tjson.NewDecoder(resp.Body).Decode(&out)\n"
            "\t\tkeep(text, ⟦out.Data[0]⟧.Embedding)\n\t}\n}\n",
        ),
        bad(
            "php",
            "<?php\nforeach ($texts as $text) {\n    $ch = curl_init('https://api.openai.com/v1/chat/completions');\n"
            "    curl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: Bearer ' . $key]);\n"
            "    $answer = json_decode(curl_exec($ch), true);\n    echo ⟦$answer['choices'][0]⟧['message']['content'];\n}\n",
        ),
        bad(
            "csharp",
            "class Tags {\n    async Task Run(HttpClient http) {\n        foreach (var row in rows) {\n"
            '            var req = new HttpRequestMessage(HttpMethod.Post, "https://api.anthropic.com/v1/messages");\n'
            '            req.Headers.Add("x-api-key", key);\n            var resp = await http.SendAsync(req);\n'
            "            var doc = JsonDocument.Parse(await resp.Content.ReadAsStringAsync());\n"
            '            row.Tag = doc.RootElement.⟦GetProperty("content")⟧[0].ToString();\n        }\n    }\n}\n',
        ),
        bad(
            "java",
            "class Ask {\n    String ask(HttpClient http, String key) throws Exception {\n"
            '        HttpRequest request = HttpRequest.newBuilder(URI.create("https://api.openai.com/v1/chat/completions")).header("Authorization", "Bearer " + key).build();\n'
            "        var response = http.send(request, HttpResponse.BodyHandlers.ofString());\n"
            '        return new JSONObject(response.body()).⟦getJSONArray("choices")⟧.getJSONObject(0).toString();\n    }\n}\n',
            confidence="possible",
        ),
        good(
            "go",
            "package main\n\nfunc embed(texts []string) {\n\tfor _, text := range texts {\n"
            '\t\treq, _ := http.NewRequest("POST", "https://api.openai.com/v1/embeddings", body(text))\n'
            '\t\treq.Header.Set("Authorization", "Bearer "+key)\n\t\tresp, err := http.DefaultClient.Do(req)\n'
            "\t\tif err != nil || resp.StatusCode != 200 {\n\t\t\tlog.Fatal(err)\n\t\t}\n\t\tvar out reply\n\t\tjson.NewDecoder(resp.Body).Decode(&out)\n"
            "\t\tkeep(text, out.Data[0].Embedding)\n\t}\n}\n",
            why="it looks first",
        ),
        good(
            "python",
            'import requests\n\nfor text in texts:\n    r = requests.post("https://api.openai.com/v1/chat/completions", headers=headers, json=body(text))\n    r.raise_for_status()\n    print(r.json()["choices"][0])\n',
            why="it looks first",
        ),
    ),
)
