"""Azure OpenAI: the key in `api-key`, or a token of Entra ID behind `Bearer`; `/openai/v1` takes the key behind `Bearer` too.

https://learn.microsoft.com/azure/ai-services/openai/reference (authentication). Bodies as people quote them:

- wrong key: https://github.com/SciSharp/BotSharp/issues/386
- no key: https://github.com/openai/openai-python/issues/1527
- wrong token: https://github.com/Azure-Samples/azure-search-openai-demo/issues/552 and others like it
- rate limit: https://learn.microsoft.com/azure/ai-services/openai/how-to/quota
"""

from __future__ import annotations

from tests.fake_api import openai
from tests.fake_api.exchange import Account, Answer, Request

HOSTS = ("*.openai.azure.com",)


def answer(request: Request, account: Account, limit: str = "") -> Answer:
    """The answer to a request; `limit` asks for a 429."""
    key = request.headers.get("api-key", "")
    if not key and request.path.startswith("/openai/v1/"):
        key = request.bearer
    if not key and request.bearer:
        return _error(
            401,
            "Unauthorized",
            "Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.",
        )
    if not key:
        message = "Access denied due to missing subscription key. Make sure to include subscription key when making requests to an API."
        return Answer(401, {"statusCode": 401, "message": message}, "", message)
    if key not in account.keys:
        return _error(
            401,
            "401",
            "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
            "active subscription and use a correct regional API endpoint for your resource.",
        )
    if limit:
        message = (
            "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded call "
            "rate limit of your current OpenAI S0 pricing tier. Please retry after 1 second."
        )
        return _error(429, "429", message, {"retry-after": "0", "retry-after-ms": "10"})
    if request.method == "POST" and request.path.endswith("/chat/completions"):
        return openai.complete(request.json)
    if request.method == "GET" and request.path in ("/openai/models", "/openai/v1/models"):
        return Answer(200, {"object": "list", "data": [{"id": "gpt-5-mini", "object": "model"}]})
    return _error(404, "404", "Resource not found")


def _error(status: int, code: str, message: str, headers: dict[str, str] | None = None) -> Answer:
    return Answer(status, {"error": {"code": code, "message": message}}, code, message, headers or {})
