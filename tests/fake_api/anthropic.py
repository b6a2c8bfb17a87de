"""Anthropic's API: the key in `x-api-key`, or behind `Bearer`.

https://platform.claude.com/docs/en/api/errors: 401 authentication_error, 429 rate_limit_error, the shape of the body and its
`request_id`. https://platform.claude.com/docs/en/api/rate-limits: the headers of a 429. Messages as people quote them:

- no key: https://github.com/n8n-io/n8n/issues/37930
- wrong key: https://github.com/eyaltoledano/claude-task-master/issues/222
- wrong token: https://github.com/kubewall/kubewall/issues/132

Both ways take an API key here: the vendor's SDKs send it in either.
"""

from __future__ import annotations

from tests.fake_api.exchange import Account, Answer, Request

HOSTS = ("api.anthropic.com",)


def answer(request: Request, account: Account, limit: str = "") -> Answer:
    """The answer to a request; `limit` asks for a 429."""
    key = request.headers.get("x-api-key", "")
    if not key and not request.bearer:
        return _error(401, "authentication_error", "x-api-key header is required")
    if (key or request.bearer) not in account.keys:
        return _error(401, "authentication_error", "invalid x-api-key" if key else "Invalid bearer token")
    if not request.headers.get("anthropic-version"):
        return _error(400, "invalid_request_error", "anthropic-version: header is required")
    if limit:
        return _error(
            429,
            "rate_limit_error",
            "This request would exceed your organization's rate limit of 5 requests per minute.",
            {
                "retry-after": "0",
                "anthropic-ratelimit-requests-limit": "5",
                "anthropic-ratelimit-requests-remaining": "0",
                "anthropic-ratelimit-requests-reset": "2026-01-01T00:00:00Z",
            },
        )
    if (request.method, request.path) == ("GET", "/v1/models"):
        model = {
            "type": "model",
            "id": "claude-sonnet-4-5",
            "display_name": "Claude",
            "created_at": "2025-01-01T00:00:00Z",
        }
        return Answer(200, {"data": [model], "has_more": False, "first_id": model["id"], "last_id": model["id"]})
    asked = request.json
    if (request.method, request.path) == ("POST", "/v1/messages"):
        if not isinstance(asked, dict) or not asked.get("messages"):
            return _error(400, "invalid_request_error", "messages: Field required")
        made = {"id": "msg_1", "type": "message", "role": "assistant", "model": asked.get("model", "")}
        content = [{"type": "text", "text": "Hello!"}]
        usage = {"input_tokens": 1, "output_tokens": 1}
        return Answer(
            200, {**made, "content": content, "stop_reason": "end_turn", "stop_sequence": None, "usage": usage}
        )
    return _error(404, "not_found_error", "Not found")


def _error(status: int, type: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    body = {"type": "error", "error": {"type": type, "message": message}, "request_id": "req_1"}
    return Answer(status, body, type, message, {"request-id": "req_1", **(headers or {})})
