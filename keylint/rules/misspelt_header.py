"""The header that should carry the credential has a wrong name.

`Authorisation`, `Authorizations`, `Authentication`, `OpenAI-Organisation`: servers ignore headers that they do not know, so
the request arrives without credentials, or without its organization. The case of the letters does not matter.

Spell it as the API does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.mask import quote
from keylint.model import Confidence, Header, Problem
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(header: Header, context: Context) -> Iterator[Problem]:
    """Header names that are near a known one and not it."""
    if not header.meant or header.name.strip().lower() == header.meant or header.foreign or context.tolerant:
        return
    if "-" in header.meant and "-" not in header.name and not header.in_headers:
        return  # a name of the program's own
    owners = context.catalogue.headers(header.meant)
    name = next(spec.name for _, spec in owners)
    vendor = context.provider(header.provider)
    secret = any(spec.slot.is_secret for _, spec in owners)
    glued = ":" in header.name
    yield Problem(
        header.name_span,
        f"the header is called {quote(header.name)}, not `{name}`"
        if not glued
        else f"{quote(header.name)} is no header name",
        vendor.answer("no-key")
        if secret
        else f"the header is ignored: the request counts for the default {owners[0][1].slot.value}",
        f"call it `{name}`" + (" and put the scheme into the value" if glued else ""),
        fix=None if glued else context.fix(f"call it {name}", [context.rewrite(header.name_span, name)]),
        cause=header.name_span,
        confidence=None if header.provider else Confidence.POSSIBLE,
    )


RULE = Rule(
    "KL304",
    "misspelt-header",
    (Header,),
    check,
    __doc__,
    examples=(
        bad(
            "javascript",
            'fetch("https://api.openai.com/v1/models", { headers: { ⟦"Authorizations"⟧: "Bearer " + key } });\n',
            fixed='fetch("https://api.openai.com/v1/models", { headers: { "Authorization": "Bearer " + key } });\n',
        ),
        bad(
            "python",
            'headers = {⟦"Authorisation"⟧: f"Bearer {key}", "OpenAI-Organization": org}\nrequests.get("https://api.openai.com/v1/models", headers=headers)\n',
            fixed='headers = {"Authorization": f"Bearer {key}", "OpenAI-Organization": org}\nrequests.get("https://api.openai.com/v1/models", headers=headers)\n',
        ),
        bad(
            "python",
            'requests.get("https://api.openai.com/v1/models", headers={⟦"OpenAI-Organisation"⟧: org, "Authorization": f"Bearer {key}"})\n',
            fixed='requests.get("https://api.openai.com/v1/models", headers={"OpenAI-Organization": org, "Authorization": f"Bearer {key}"})\n',
        ),
        bad(
            "python",
            'requests.post("https://api.openai.com/v1/models", headers={⟦"Authorization: Bearer"⟧: OPENAI_API_KEY})\n',
        ),
        good(
            "javascript",
            'fetch("https://api.openai.com/v1/models", { headers: { authorization: `Bearer ${key}` } });\n',
            why="the case of a header's name does not matter",
        ),
        good("python", 'settings = {"authentication": {"type": "oauth"}}\n', why="a setting, not a header"),
    ),
)
