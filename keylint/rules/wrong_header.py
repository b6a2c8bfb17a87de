"""The credential is sent in a header that this vendor does not read.

`api-key` is Azure's, `x-api-key` Anthropic's, `x-goog-api-key` Google's; OpenAI and most others want a bearer token in
`Authorization`. In any other header the key is not seen.

Use the vendor's own header.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Env, Header, Literal, Problem
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


MAX_BESIDE = 400  # bytes: as far as the headers of one request lie apart


def check(header: Header, context: Context) -> Iterator[Problem]:
    """Credential headers of other vendors, and bearer tokens where a vendor has a header of its own."""
    if not header.provider or header.compatible or context.tolerant or not header.in_headers:
        return
    vendor = context.provider(header.provider)
    own = [spec for spec in vendor.headers if spec.slot.is_secret]
    if not own or any(spec.name.lower() == header.meant for spec in vendor.headers):
        return
    theirs = context.catalogue.headers(header.meant)
    if not theirs or not any(spec.slot.is_secret for _, spec in theirs) or header.name.lower() != header.meant:
        return
    if header.meant == "authorization" and not _is_api_key(header, context):
        return  # an OAuth token, for all that can be seen
    lower = context.source.data.lower()
    if any(word.encode() in lower for owner, _ in theirs for word in (owner, *context.provider(owner).words)):
        return  # the file speaks to the header's own vendor too, or in its protocol
    if any(
        isinstance(other, Header)
        and other.provider == header.provider
        and any(spec.name.lower() == other.meant for spec in own)
        and abs(other.span.start - header.span.start) < MAX_BESIDE
        for other in context.facts
    ):
        return  # the vendor's own header stands beside it: this one is not looked at
    wanted = own[0]
    shape = f"`{wanted.name}: {wanted.scheme + ' ' if wanted.scheme else ''}…`"
    yield Problem(
        header.name_span,
        f"{vendor.name} does not read the key from `{header.name}`",
        vendor.answer("bearer" if header.meant == "authorization" else "no-key"),
        f"send it as {shape}",
        cause=header.name_span,
    )


def _is_api_key(header: Header, context: Context) -> bool:
    parts = getattr(header.value, "parts", None) or (header.value,)
    for part in parts:
        if isinstance(part, Env):
            known = context.catalogue.variable(part.name)
            return bool(known and known[0] == header.provider)
        if isinstance(part, Literal) and context.catalogue.find(part.text):
            return True
    return False


RULE = Rule(
    "KL305",
    "wrong-header",
    (Header,),
    check,
    __doc__,
    examples=(
        bad(
            "javascript",
            'fetch("https://api.openai.com/v1/chat/completions", { headers: { ⟦"api-key"⟧: process.env.OPENAI_API_KEY } });\n',
        ),
        bad(
            "python",
            'requests.post("https://generativelanguage.googleapis.com/v1beta/models/x:generateContent",\n    headers={⟦"Authorization"⟧: f"Bearer {os.environ[\'GEMINI_API_KEY\']}"})\n',
        ),
        good(
            "python",
            'requests.post("https://generativelanguage.googleapis.com/v1beta/openai/chat/completions", headers={"Authorization": f"Bearer {os.environ[\'GEMINI_API_KEY\']}"})\n',
            why="this path speaks OpenAI's protocol",
        ),
        good(
            "python",
            'requests.post("https://acme.openai.azure.com/openai/deployments/x", headers={"api-key": key})\n',
            why="Azure's own header",
        ),
        good(
            "python",
            'URL = "https://api.deepseek.com/anthropic/v1/messages"\nrequests.post(URL, headers={"x-api-key": key})\n',
            why="another vendor's protocol, header included",
        ),
        good(
            "javascript",
            'fetch("https://api.typefully.com/v1/drafts/", { headers: { "X-API-KEY": `Bearer ${TYPEFULLY_API_KEY}` } });\n',
            why="another service",
        ),
    ),
)
