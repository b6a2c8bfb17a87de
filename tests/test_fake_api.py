"""The fakes answer as the vendors document: `fake_api` says where each answer is from."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.fake_api import Api, running
from tests.fake_api.exchange import Account

ORGANIZATION, PROJECT = "org-ours", "proj_ours"
MESSAGES = [{"role": "user", "content": "hello"}]
VERSION = {"anthropic-version": "2023-06-01"}
AZURE = "/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21"
GEMINI = "/v1beta/models/gemini-2.5-flash:generateContent"


@pytest.fixture
def api() -> Iterator[Api]:
    others = {vendor: Account({"right"}) for vendor in ("azure", "anthropic", "gemini")}
    with running("right", ORGANIZATION, {"openai": Account({"right"}, ORGANIZATION, PROJECT), **others}) as served:
        yield served


def ask(api: Api, path: str, headers: Mapping[str, str], body: object = None) -> tuple[int, Any, Mapping[str, str]]:
    raw = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(api.origin + path, raw, dict(headers))
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=30) as answer:
            return answer.status, json.load(answer), answer.headers
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.load(error), error.headers


@pytest.mark.parametrize(
    ("path", "headers", "status", "named"),
    [
        ("/v1/models", {}, 401, None),
        ("/v1/models", {"Authorization": "right"}, 401, None),
        ("/v1/models", {"Authorization": "Bearer wrong"}, 401, "invalid_api_key"),
        ("/v1/models", {"Authorization": "bearer right"}, 200, None),
        ("/v1/models", {"Authorization": "Bearer right", "OpenAI-Organization": ORGANIZATION}, 200, None),
        (
            "/v1/models",
            {"Authorization": "Bearer right", "OpenAI-Organization": "org-x"},
            401,
            "mismatched_organization",
        ),
        ("/v1/models", {"Authorization": "Bearer right", "OpenAI-Organization": "Us"}, 401, "invalid_organization"),
        ("/v1/models", {"Authorization": "Bearer right", "OpenAI-Project": PROJECT}, 200, None),
        ("/v1/models", {"Authorization": "Bearer right", "OpenAI-Project": "proj_x"}, 401, "mismatched_project"),
        ("/v1/nothing", {"Authorization": "Bearer right"}, 404, None),
    ],
)
def test_openai(api: Api, path: str, headers: dict[str, str], status: int, named: str | None) -> None:
    got, body, _ = ask(api, path, headers)
    assert got == status
    if status != 200:
        assert set(body["error"]) == {"message", "type", "param", "code"}
        assert body["error"]["code"] == named
    assert api.answers == [status]


@pytest.mark.parametrize(
    ("path", "headers", "status", "named"),
    [
        (AZURE, {"api-key": "wrong"}, 401, "401"),
        (AZURE, {"Authorization": "Bearer right"}, 401, "Unauthorized"),
        (AZURE, {"api-key": "right"}, 200, ""),
        ("/v1/messages", VERSION, 401, "authentication_error"),
        ("/v1/messages", {"x-api-key": "wrong", **VERSION}, 401, "authentication_error"),
        ("/v1/messages", {"x-api-key": "right", **VERSION}, 200, ""),
        ("/v1/messages", {"Authorization": "Bearer right", **VERSION}, 200, ""),
        ("/v1/messages", {"x-api-key": "right"}, 400, "invalid_request_error"),
        (GEMINI, {}, 403, "PERMISSION_DENIED"),
        (GEMINI, {"x-goog-api-key": "wrong"}, 400, "INVALID_ARGUMENT"),
        (GEMINI, {"Authorization": "Bearer right"}, 401, "UNAUTHENTICATED"),
        (GEMINI, {"x-goog-api-key": "right"}, 200, ""),
        (GEMINI + "?key=right", {}, 200, ""),
        ("/v1/chat/completions", {"Authorization": "Bearer right"}, 200, ""),
    ],
)
def test_the_others_and_posts(api: Api, path: str, headers: dict[str, str], status: int, named: str) -> None:
    got, body, _ = ask(api, path, headers, {"model": "m", "messages": MESSAGES, "contents": [{"parts": []}]})
    assert got == status
    assert api.given[0].code == named
    assert not named or named in json.dumps(body)


@pytest.mark.parametrize(
    ("path", "headers", "kind", "named", "header"),
    [
        (
            "/v1/models",
            {"Authorization": "Bearer right"},
            "rate_limit_exceeded",
            "rate_limit_exceeded",
            "x-ratelimit-limit-requests",
        ),
        ("/v1/models", {"Authorization": "Bearer right"}, "insufficient_quota", "insufficient_quota", ""),
        ("/v1/models", {"x-api-key": "right", **VERSION}, "rate_limit", "rate_limit_error", "retry-after"),
        ("/openai/v1/models", {"api-key": "right"}, "rate_limit", "429", "retry-after"),
        ("/v1beta/models", {"x-goog-api-key": "right"}, "rate_limit", "RESOURCE_EXHAUSTED", ""),
    ],
)
def test_limits_are_met_as_often_as_asked_and_by_right_credentials_only(
    api: Api, path: str, headers: dict[str, str], kind: str, named: str, header: str
) -> None:
    api.limits += [kind, kind]
    assert ask(api, path, VERSION if "x-api-key" in headers else {})[0] in (401, 403)
    for _ in range(2):
        status, body, sent = ask(api, path, headers)
        assert status == 429
        assert named in json.dumps(body)
        assert not header or header in sent
    assert ask(api, path, headers)[0] == 200
