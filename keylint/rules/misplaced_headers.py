"""Headers are handed over where the call takes them for something else.

`axios.post(url, data, headers)` takes the third argument for its configuration, `requests.post(url, headers)` the second for
the body, `fetch(url, { Authorization })` for options: the request is sent without the headers, and without the key.

Name them: `{ headers }`, `headers=headers`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Misplaced, Problem
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.requests import SCHEME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


_HOW = {
    "python": "hand them over as headers: `headers=…`",
    "php": 'write each header as one text: `"Authorization: Bearer $key"`',
}


def check(misplaced: Misplaced, context: Context) -> Iterator[Problem]:
    """Arguments that hold a credential's header and are not the headers."""
    if context.tolerant:
        return
    vendor = context.provider(misplaced.provider)
    alone = misplaced.taken_for == SCHEME
    yield Problem(
        misplaced.span,
        f"{misplaced.call} takes {misplaced.what} for {misplaced.taken_for}",
        vendor.answer("no-key") if not alone else "FormatException: the format of the value is invalid",
        _HOW.get(context.language_at(misplaced.span), "hand them over as headers: `{ headers: … }`")
        if not alone
        else 'hand over two arguments: ("Bearer", key)',
        fix=context.fix("hand them over apart" if alone else "hand them over as headers", misplaced.repair)
        if misplaced.repair
        else None,
        cause=misplaced.span,
    )


RULE = Rule(
    "KL306",
    "misplaced-headers",
    (Misplaced,),
    check,
    __doc__,
    examples=(
        bad(
            "php",
            '<?php\n$ch = curl_init("https://api.openai.com/v1/models");\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ⟦["Authorization" => "Bearer $key"]⟧);\n',
            fixed='<?php\n$ch = curl_init("https://api.openai.com/v1/models");\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ["Authorization: Bearer $key"]);\n',
            path="ask.php",
        ),
        bad(
            "php",
            '<?php\n$ch = curl_init("https://api.openai.com/v1/models");\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ⟦["Authorization" => \'Bearer \' . $key]⟧);\n',
            path="ask.php",
        ),
        bad(
            "javascript",
            'await fetch("https://api.openai.com/v1/chat/completions", ⟦{ method: "POST", body: JSON.stringify({ model, headers: { Authorization: `Bearer ${key}` } }) }⟧);\n',
        ),
        bad(
            "javascript",
            "const headers = { Authorization: `Bearer ${key}` };\nawait axios.post('https://api.openai.com/v1/chat/completions', data, ⟦headers⟧);\n",
            fixed="const headers = { Authorization: `Bearer ${key}` };\nawait axios.post('https://api.openai.com/v1/chat/completions', data, { headers });\n",
        ),
        bad(
            "python",
            'headers = {"Authorization": f"Bearer {key}"}\nrequests.post("https://api.openai.com/v1/chat/completions", ⟦headers⟧)\n',
            fixed='headers = {"Authorization": f"Bearer {key}"}\nrequests.post("https://api.openai.com/v1/chat/completions", headers=headers)\n',
        ),
        bad(
            "python",
            'data = {"headers": {"Authorization": f"Bearer {key}"}, "model": "gpt-4o"}\nrequests.post("https://api.openai.com/v1/chat/completions", json=⟦data⟧)\n',
        ),
        bad(
            "javascript",
            "fetch('https://api.openai.com/v1/models', ⟦{ Authorization: `Bearer ${key}` }⟧);\n",
            fixed="fetch('https://api.openai.com/v1/models', { headers: { Authorization: `Bearer ${key}` } });\n",
        ),
        bad(
            "python",
            'requests.get("https://api.openai.com/v1/models", ⟦auth=("Bearer", key)⟧)\n',
        ),
        bad(
            "php",
            "<?php\n$response = $client->post('https://api.openai.com/v1/chat/completions', ⟦[\n    'Authorization' => 'Bearer ' . $key,\n    'json' => $body,\n]⟧);\n",
        ),
        bad(
            "csharp",
            'using System.Net.Http.Headers;\n\nvar request = new HttpRequestMessage(HttpMethod.Get, "https://api.openai.com/v1/models");\nrequest.Headers.Authorization = new AuthenticationHeaderValue(⟦"Bearer " + key⟧);\n',
            fixed='using System.Net.Http.Headers;\n\nvar request = new HttpRequestMessage(HttpMethod.Get, "https://api.openai.com/v1/models");\nrequest.Headers.Authorization = new AuthenticationHeaderValue("Bearer", key);\n',
        ),
        bad(
            "typescript",
            'await fetch("https://api.anthropic.com/v1/messages", ⟦{ method: "POST", "x-api-key": key, body } as RequestInit⟧);\n',
        ),
        good(
            "php",
            "<?php\n$response = $client->post('https://api.openai.com/v1/chat/completions', [\n    'headers' => ['Authorization' => 'Bearer ' . $key],\n    'json' => $body,\n]);\n",
            why="under headers",
        ),
        good(
            "python",
            'requests.get("https://api.openai.com/v1/models", auth=BearerAuth(key))\n',
            why="an object that sets the header",
        ),
        good(
            "javascript",
            "const config = { headers: { Authorization: `Bearer ${key}` } };\nawait axios.post('https://api.openai.com/v1/chat/completions', data, config);\n",
            why="a configuration with headers in it",
        ),
        good(
            "python",
            'requests.post("https://api.openai.com/v1/chat/completions", body, headers={"Authorization": f"Bearer {key}"})\n',
            why="named",
        ),
        good(
            "javascript",
            "post('https://api.openai.com/v1/chat/completions', data, { Authorization: `Bearer ${key}` });\n",
            why="a function of the project's own",
        ),
    ),
)
