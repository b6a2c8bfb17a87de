"""OpenAI's API: a bearer token, and optionally the organization and the project that it belongs to.

Statuses and messages: https://platform.openai.com/docs/guides/error-codes (401 Invalid Authentication, 401 Incorrect API key
provided, 429 Rate limit reached, 429 You exceeded your current quota). That page shows no whole body; the bodies are as
people quote them:

- no key: https://github.com/intitni/CopilotForXcode/issues/573
- no key, of the newer endpoints: https://github.com/openai/openai-cookbook/issues/2347
- wrong key: https://github.com/openai/openai-python/issues/1434
- another organization: https://github.com/microsoft/foundry-dev-tools/issues/262
- no such organization: https://github.com/Aider-AI/aider/issues/3717
- rate limit: https://github.com/openai/openai-dotnet/issues/404
- quota: https://github.com/alexrudall/ruby-openai/issues/501

Headers of the rate limit: https://platform.openai.com/docs/guides/rate-limits. Organization and project headers:
https://platform.openai.com/docs/api-reference/authentication. Not documented: the message about another project, made here
after the one about another organization.
"""

from __future__ import annotations

import re

from tests.fake_api.exchange import Account, Answer, Request

HOSTS = ("api.openai.com",)
_MODEL = "gpt-5-mini"


def answer(request: Request, account: Account, limit: str = "") -> Answer:
    """The answer to a request; `limit` names the 429 that a request with the right credentials gets."""
    if not request.bearer.strip() and request.path == "/v1/responses":
        return error(401, None, "Missing bearer or basic authentication in header")
    if not request.bearer.strip():
        return error(
            401,
            None,
            "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
            "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the "
            "API from your browser and are prompted for a username and password. You can obtain an API key from "
            "https://platform.openai.com/account/api-keys.",
        )
    if request.bearer not in account.keys:
        return error(
            401,
            "invalid_api_key",
            "Incorrect API key provided: ***. You can find your API key at https://platform.openai.com/account/api-keys.",
        )
    organization = request.headers.get("openai-organization")
    if organization is not None and organization != account.organization:
        if re.fullmatch(r"org-\w+", organization):
            return error(
                401, "mismatched_organization", "OpenAI-Organization header should match organization for API key"
            )
        return error(401, "invalid_organization", f"No such organization: {organization}.")
    project = request.headers.get("openai-project")
    if project is not None and project != account.project:
        return error(401, "mismatched_project", "OpenAI-Project header should match project for API key")
    return limited(limit) if limit else _served(request)


def error(
    status: int,
    code: str | None,
    message: str,
    type: str = "invalid_request_error",
    headers: dict[str, str] | None = None,
) -> Answer:
    """An error in the vendor's shape."""
    body = {"error": {"message": message, "type": type, "param": None, "code": code}}
    return Answer(status, body, code or "", message, headers or {})


def limited(kind: str) -> Answer:
    """The two kinds of 429: one passes, the other does not."""
    if kind == "insufficient_quota":
        return error(
            429,
            kind,
            "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
            "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
            kind,
        )
    return error(
        429,
        "rate_limit_exceeded",
        f"Rate limit reached for {_MODEL} in organization org-*** on requests per min (RPM): Limit 3, Used 3, Requested 1. "
        "Please try again in 20s. Visit https://platform.openai.com/account/rate-limits to learn more.",
        "requests",
        {
            "retry-after": "0",
            "retry-after-ms": "10",
            "x-ratelimit-limit-requests": "3",
            "x-ratelimit-remaining-requests": "0",
            "x-ratelimit-reset-requests": "20s",
            "x-ratelimit-limit-tokens": "40000",
            "x-ratelimit-remaining-tokens": "39999",
            "x-ratelimit-reset-tokens": "0s",
        },
    )


def _served(request: Request) -> Answer:
    where = (request.method, request.path)
    if where == ("GET", "/v1/models"):
        model = {"id": _MODEL, "object": "model", "created": 1, "owned_by": "openai"}
        return Answer(200, {"object": "list", "data": [model]})
    asked = request.json
    if where == ("POST", "/v1/chat/completions"):
        return complete(asked)
    if where == ("POST", "/v1/responses"):
        if not isinstance(asked, dict) or not asked.get("model"):
            return error(400, "missing_required_parameter", "Missing required parameter: 'model'.")
        text = {"type": "output_text", "text": "Hello!", "annotations": []}
        message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": [text]}
        made = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "model": asked["model"]}
        return Answer(
            200,
            {
                **made,
                "output": [message],
                "parallel_tool_calls": True,
                "tool_choice": "auto",
                "tools": [],
                "error": None,
            },
        )
    return error(404, None, f"Invalid URL ({request.method} {request.path})")


def complete(asked: object) -> Answer:
    """A chat completion, if the request has what one needs."""
    if not isinstance(asked, dict) or not asked.get("messages"):
        return error(400, "missing_required_parameter", "Missing required parameter: 'messages'.")
    choice = {"index": 0, "message": {"role": "assistant", "content": "Hello!"}, "finish_reason": "stop"}
    return Answer(
        200,
        {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": asked.get("model", _MODEL),
            "choices": [choice],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        },
    )
