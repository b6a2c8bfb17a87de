"""A key has a name that makes the build put it into the browser's code.

Variables with these prefixes (`NEXT_PUBLIC_`, `VITE_`, `REACT_APP_` ...) are written into the JavaScript that every visitor
loads. The call works, until somebody takes the key from the page and the account is drained or the key revoked.

Rename the variable and call the API from a server.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Confidence, Env, EnvDefinition, EnvRead, Join, Problem, Role, Span, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.bundled_key import SERVER_FILE
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import PUBLIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.providers.schema import Provider

_SECRET = regex(r"(?:^|_)(?:API_?)?(?:KEY|TOKEN|SECRET)(?:_|$)|APIKEY")

_SERVER_PATH = regex(r"(?:^|/)(?:api|server|functions)/|(?:^|/)route\.[jt]sx?$|\.server\.")
_SERVER = regex(
    rb"(?:require\(|from)\s*[\"'](?:express|fastify|koa|@hapi/hapi|http|https|node:http|net|discord\.js|telegraf|body-parser|mongoose)[\"']"
    rb"|\bmodule\.exports\b|\bexports\.\w+\s*="
)


def check(fact: EnvDefinition | EnvRead | Use, context: Context) -> Iterator[Problem]:
    """A public prefix before the name of a provider's key, or before the name of whatever is sent as one."""
    if context.role in (Role.TEST, Role.DOCUMENTATION, Role.VENDORED, Role.GENERATED):
        return
    if isinstance(fact, Use):
        yield from _sent(fact, context)
        return
    match = PUBLIC_PREFIX.match(fact.name)
    if match is None or (isinstance(fact, EnvDefinition) and fact.commented):
        return
    if isinstance(fact, EnvDefinition) and fact.reader == "compose" and b"build" not in context.source.data:
        return  # it reaches the program in a finished image, and no bundler
    if isinstance(fact, EnvRead) and fact.call == "process.env" and _SERVER.search(context.source.data):
        return  # no bundler makes this file
    rest = fact.name[match.end() :]
    known = context.catalogue.variable(rest)
    provider = known[0] if known and known[1].is_secret else _named(rest, context)
    if not provider:
        return
    vendor = context.provider(provider)
    made = _problem(fact.name, rest, fact.name_span, "key and all", vendor)
    if isinstance(fact, EnvRead) and fact.name.startswith("NEXT_PUBLIC_") and SERVER_FILE.search(context.source.path):
        made = made._replace(confidence=Confidence.POSSIBLE)  # the page has it only if code of the page reads it too
    yield made


def _problem(name: str, rest: str, span: Span, what: str, vendor: Provider) -> Problem:
    app = name.startswith("EXPO_PUBLIC_")  # https://docs.expo.dev/guides/environment-variables/
    code, owner = ("the app's code", "app") if app else ("the code that the browser loads", "page")
    return Problem(
        span,
        f"{name} is put into {code}, {what}",
        f"it works until somebody takes the key from the {owner}; then the bill, or 401 once it is revoked",
        f"call it {rest}, read it on a server, and let the {owner} call that; replace the key: {vendor.key_page}",
        cause=span,
    )


def _sent(use: Use, context: Context) -> Iterator[Problem]:
    """``Bearer ${import.meta.env.VITE_AI_KEY}`` to a vendor, in code of a page."""
    parts = use.value.parts if isinstance(use.value, Join) else (use.value,)
    for read in parts:
        match = PUBLIC_PREFIX.match(read.name) if isinstance(read, Env) else None
        if not isinstance(read, Env) or match is None or not use.slot.is_secret or use.via not in ("header", "client"):
            continue
        target = use.host or use.provider
        if target in ("", GENERIC) or _SERVER.search(context.source.data) or _SERVER_PATH.search(context.source.path):
            continue
        if use.via == "header" and not context.speaks_of(target):
            continue  # Google's other services take X-Goog-Api-Key too
        vendor = context.provider(target)
        what = f"and is sent to {vendor.name} as the key"
        yield _problem(read.name, read.name[match.end() :], read.name_span, what, vendor)


def _named(rest: str, context: Context) -> str:
    """The provider that a name speaks of, if it also speaks of a secret."""
    if not _SECRET.search(rest):
        return ""
    words = re.sub(r"open_?ai", "openai", rest.lower()).split("_")
    for provider in context.catalogue.providers.values():
        if provider.keys and (
            provider.id in words or any(word.replace("_", "") in words for word in provider.words if len(word) > 3)
        ):
            return provider.id
    return ""


RULE = Rule(
    "KL602",
    "public-variable",
    (EnvDefinition, EnvRead, Use),
    check,
    __doc__,
    rank=95,
    examples=(
        bad("dotenv", "⟦VITE_GROQ_API_KEY⟧=\nVITE_API_URL=/api\n", path=".env.example"),
        bad("typescript", "const key = import.meta.env.⟦VITE_OPENAI_API_KEY⟧;\n"),
        bad("javascript", "const client = new OpenAI({ apiKey: process.env.⟦NEXT_PUBLIC_OPENAI_API_KEY⟧ });\n"),
        good(
            "dotenv",
            "NEXT_PUBLIC_SUPABASE_ANON_KEY=abc\nVITE_FIREBASE_API_KEY=abc\n",
            why="keys that are meant to be public",
            path=".env",
        ),
        bad(
            "typescript",
            'export const ask = (body: string) =>\n  fetch("https://api.cohere.ai/v1/chat", { method: "POST", headers: { Authorization: `Bearer ${import.meta.env.⟦VITE_AI_KEY⟧}` }, body });\n',
        ),
        good(
            "javascript",
            "const { OpenAI } = require('openai');\n\nmodule.exports = new OpenAI({ apiKey: process.env.REACT_APP_OPENAI_API_KEY });\n",
            why="a program for Node.js: the name is odd, and nothing leaks",
        ),
        good("typescript", "const model = import.meta.env.VITE_OPENAI_MODEL;\n", why="no secret"),
    ),
)
