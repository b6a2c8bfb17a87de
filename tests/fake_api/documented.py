"""The errors that the vendors document, each with what the doctor has to say to it.

Statuses and codes are from the vendors' pages, which show few whole bodies; messages that they do not show are as people quote
them (see the modules of the vendors beside this one):

- OpenAI: https://developers.openai.com/docs/guides/error-codes, https://platform.openai.com/docs/guides/rate-limits
- Azure OpenAI: https://learn.microsoft.com/azure/foundry/openai/how-to/troubleshoot-errors, its page on quotas
- Anthropic: https://platform.claude.com/docs/en/api/errors, https://platform.claude.com/docs/en/api/rate-limits
- Gemini: https://ai.google.dev/gemini-api/docs/generate-content/api-errors; the shape is https://cloud.google.com/apis/design/errors
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.fake_api.exchange import Answer


@dataclass(frozen=True)
class Documented:
    """An error: whose it is, the answer, a word of the cause and one of the next step."""

    vendor: str
    status: int
    body: Any
    cause: str
    step: str
    headers: Mapping[str, str] = field(default_factory=dict)

    @property
    def answer(self) -> Answer:
        return Answer(self.status, self.body, headers=self.headers)

    @property
    def id(self) -> str:
        error = self.body.get("error", self.body)
        word = error.get("code") or error.get("status") or error.get("type") or ""
        return "-".join(filter(None, [self.vendor, str(self.status), str(word), str(error.get("message", ""))[:20]]))


def _openai(status: int, code: str | None, message: str, cause: str, step: str, **more: Any) -> Documented:
    kind = more.pop("type", "invalid_request_error")
    body = {"error": {"message": message, "type": kind, "param": None, "code": code}}
    return Documented("openai", status, body, cause, step, more.pop("headers", {}))


def _azure(status: int, code: str, message: str, cause: str, step: str, **headers: str) -> Documented:
    made = {name.replace("_", "-"): value for name, value in headers.items()}
    return Documented("azure", status, {"error": {"code": code, "message": message}}, cause, step, made)


def _anthropic(status: int, kind: str, message: str, cause: str, step: str, **headers: str) -> Documented:
    body = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Documented(
        "anthropic", status, body, cause, step, {name.replace("_", "-"): v for name, v in headers.items()}
    )


def _gemini(status: int, code: str, message: str, cause: str, step: str, reason: str = "") -> Documented:
    error: dict[str, Any] = {"code": status, "message": message, "status": code}
    if reason:
        error["details"] = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}]
    return Documented("gemini", status, {"error": error}, cause, step)


QUOTA = "You exceeded your current quota, please check your plan and billing details."

DOCUMENTED = (
    # ---------------------------------------------------------------------------------------------------- OpenAI
    _openai(401, None, "Invalid Authentication", "revoked", "make a new one"),
    _openai(401, "invalid_api_key", "Incorrect API key provided: ***.", "revoked", "make a new one"),
    _openai(401, None, "You didn't provide an API key.", "header", "header"),
    _openai(401, None, "You must be a member of an organization to use the API.", "organization", "invite"),
    _openai(401, "ip_not_authorized", "IP not authorized", "address", "list"),
    _openai(401, "mismatched_organization", "OpenAI-Organization header should match organization for API key", "organization", "out"),
    _openai(401, "invalid_organization", "No such organization: acme.", "organization", "ID"),
    _openai(401, "mismatched_project", "OpenAI-Project header should match project for API key", "project", "out"),
    _openai(401, None, "You have insufficient permissions for this operation. Missing scopes: model.request.", "permission", "permissions"),
    _openai(403, "unsupported_country_region_territory", "Country, region, or territory not supported", "country", "supported"),
    _openai(403, "model_not_found", "Project `proj_1` does not have access to model `gpt-9`", "model", "model"),
    _openai(404, "model_not_found", "The model `gpt-9` does not exist or you do not have access to it.", "model", "model"),
    _openai(429, "rate_limit_exceeded", "Rate limit reached for requests", "many requests", "wait", type="requests",
            headers={"retry-after": "0", "x-ratelimit-limit-requests": "3", "x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "20s"}),
    _openai(429, "slow_down", "Slow Down", "many requests", "wait", type="rate_limit_error", headers={"retry-after": "0"}),
    _openai(429, "insufficient_quota", QUOTA, "credit", "credit", type="insufficient_quota"),
    _openai(429, "credit_balance_exhausted", QUOTA, "credit", "credit", type="insufficient_quota"),
    _openai(429, "organization_spend_limit_exceeded", "Spend limit exceeded", "limit", "limit", type="insufficient_quota"),
    _openai(429, "project_spend_limit_exceeded", "Spend limit exceeded", "limit", "limit", type="insufficient_quota"),
    _openai(429, "billing_not_active", "Your account is not active, please check your billing details on our website.", "billing", "billing", type="billing_not_active"),
    _openai(500, None, "The server had an error while processing your request", "service", "status page", type="server_error", headers={"retry-after": "0"}),
    _openai(503, "server_is_overloaded", "The engine is currently overloaded, please try again later", "service", "status page", type="service_unavailable_error", headers={"retry-after": "0"}),
    # ---------------------------------------------------------------------------------------------- Azure OpenAI
    _azure(401, "401", "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active subscription.", "endpoint", "resource"),
    Documented("azure", 401, {"statusCode": 401, "message": "Access denied due to missing subscription key."}, "header", "header"),
    _azure(401, "Unauthorized", "Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.", "Bearer", "api-key"),
    _azure(401, "PermissionDenied", "Principal does not have access to API/Operation.", "permission", "role"),
    _azure(403, "403", "Access denied due to Virtual Network/Firewall rules.", "network", "network"),
    _azure(403, "Forbidden", "Public access is disabled. Please configure private endpoint.", "network", "network"),
    _azure(403, "Forbidden", "This resource has been temporarily blocked because we detected behavior that may violate our content policy.", "blocked", "support"),
    _azure(404, "DeploymentNotFound", "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again.", "deployment", "deployment"),
    _azure(404, "404", "Resource not found", "path", "URL"),
    _azure(429, "429", "Requests to the ChatCompletions_Create Operation under Azure OpenAI API version 2024-10-21 have exceeded call rate limit of your current OpenAI S0 pricing tier. Please retry after 1 second.", "many requests", "wait", retry_after_ms="10"),
    _azure(429, "429", "System is experiencing high demand", "many requests", "wait", retry_after_ms="10"),
    _azure(500, "InternalServerError", "Backend returned unexpected response. Please contact Microsoft for help.", "service", "status page", retry_after="0"),
    _azure(503, "ServiceUnavailable", "The service is temporarily unable to process your request. Please try again later.", "service", "status page", retry_after="0"),
    # ------------------------------------------------------------------------------------------------- Anthropic
    _anthropic(400, "invalid_request_error", "Your credit balance is too low to access the Anthropic API.", "credit", "credit"),
    _anthropic(401, "authentication_error", "invalid x-api-key", "revoked", "make a new one"),
    _anthropic(401, "authentication_error", "x-api-key header is required", "header", "header"),
    _anthropic(402, "billing_error", "There is an issue with your billing or payment information.", "billing", "billing"),
    _anthropic(403, "permission_error", "Your API key does not have permission to use the specified resource.", "permission", "permissions"),
    _anthropic(404, "not_found_error", "model: claude-9", "model", "model"),
    _anthropic(429, "rate_limit_error", "This request would exceed your organization's rate limit of 5 requests per minute.", "many requests", "wait", retry_after="0",
               anthropic_ratelimit_requests_limit="5", anthropic_ratelimit_requests_remaining="0", anthropic_ratelimit_requests_reset="2026-01-01T00:00:00Z"),
    _anthropic(500, "api_error", "Internal server error", "service", "status page", retry_after="0"),
    _anthropic(529, "overloaded_error", "Overloaded", "service", "status page", retry_after="0"),
    # ---------------------------------------------------------------------------------------------------- Gemini
    _gemini(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.", "revoked", "make a new one", "API_KEY_INVALID"),
    _gemini(400, "INVALID_ARGUMENT", "API key expired. Please renew the API key.", "expired", "new", "API_KEY_INVALID"),
    _gemini(400, "FAILED_PRECONDITION", "User location is not supported for the API use.", "country", "billing"),
    _gemini(401, "UNAUTHENTICATED", "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid authentication credential.", "header", "x-goog-api-key"),
    _gemini(402, "RESOURCE_EXHAUSTED", "Your prepayment credits are depleted.", "credit", "credit"),
    _gemini(403, "PERMISSION_DENIED", "Your API key was reported as leaked. Please use another API key.", "leaked", "new"),
    _gemini(403, "PERMISSION_DENIED", "Generative Language API has not been used in project 1 before or it is disabled.", "project", "enable", "SERVICE_DISABLED"),
    _gemini(404, "NOT_FOUND", "models/gemini-9 is not found for API version v1beta, or is not supported for generateContent.", "model", "model"),
    _gemini(429, "RESOURCE_EXHAUSTED", QUOTA, "limit", "billing"),
    _gemini(500, "INTERNAL", "An internal error has occurred.", "service", "status page"),
    _gemini(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", "service", "status page"),
    _gemini(504, "DEADLINE_EXCEEDED", "Deadline expired before operation could complete.", "service", "status page"),
)  # fmt: skip
