"""Google's Gemini API: the key in `x-goog-api-key` or in `?key=`.

https://ai.google.dev/gemini-api/docs/troubleshooting (400 INVALID_ARGUMENT, 403 PERMISSION_DENIED, 429 RESOURCE_EXHAUSTED);
the shape is https://cloud.google.com/apis/design/errors. Bodies as people quote them:

- wrong key: https://github.com/cequence-io/openai-scala-client/issues/109
- no key: https://github.com/PublicAffairs/openai-gemini/issues/92
- the key behind `Bearer`: https://github.com/xalgorix/xalgorix/issues/2
"""

from __future__ import annotations

from typing import Any

from tests.fake_api.exchange import Account, Answer, Request

HOSTS = ("generativelanguage.googleapis.com",)


def answer(request: Request, account: Account, limit: str = "") -> Answer:
    """The answer to a request; `limit` asks for a 429."""
    key = request.headers.get("x-goog-api-key", "") or request.query("key")
    if not key and "authorization" in request.headers:
        return _error(
            401,
            "UNAUTHENTICATED",
            "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
            "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
            "ACCESS_TOKEN_TYPE_UNSUPPORTED",
        )
    if not key:
        return _error(
            403,
            "PERMISSION_DENIED",
            "Method doesn't allow unregistered callers (callers without established identity). Please use API Key or other "
            "form of API consumer identity to call this API.",
        )
    if key not in account.keys:
        return _error(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "API_KEY_INVALID")
    if limit:
        return _error(
            429, "RESOURCE_EXHAUSTED", "You exceeded your current quota, please check your plan and billing details."
        )
    if request.method == "GET" and request.path == "/v1beta/models":
        return Answer(200, {"models": [{"name": "models/gemini-2.5-flash", "version": "001"}]})
    asked = request.json
    if request.method == "POST" and request.path.endswith(":generateContent"):
        if not isinstance(asked, dict) or not asked.get("contents"):
            return _error(400, "INVALID_ARGUMENT", "* GenerateContentRequest.contents: contents is not specified")
        content = {"role": "model", "parts": [{"text": "Hello!"}]}
        return Answer(200, {"candidates": [{"content": content, "finishReason": "STOP", "index": 0}]})
    return _error(404, "NOT_FOUND", "Requested entity was not found.")


def _error(status: int, code: str, message: str, reason: str = "") -> Answer:
    error: dict[str, Any] = {"code": status, "message": message, "status": code}
    if reason:
        info = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason, "domain": "googleapis.com"}
        error["details"] = [{**info, "metadata": {"service": HOSTS[0]}}]
    return Answer(status, {"error": error}, code, message)
