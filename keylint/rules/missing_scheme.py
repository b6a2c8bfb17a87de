"""The Authorization header holds the bare key, without `Bearer` in front of it.

The API looks for a scheme, finds none, and answers as if no key had been sent.

Put `Bearer ` in front of the key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.lazy import regex
from keylint.model import Edit, Env, Header, Literal, Opaque, Problem, Span, Value
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_KEY_NAME = regex(r"(?:^|[._\[])[a-z]*_?(?:open_?ai)?_?api_?key\]?$", re.IGNORECASE)


def check(header: Header, context: Context) -> Iterator[Problem]:
    """Raw keys in a header of a vendor that wants a scheme."""
    if header.meant != "authorization" or not header.provider or not header.in_headers or context.tolerant:
        return
    vendor = context.provider(header.provider)
    scheme = next((known.scheme for known in vendor.headers if known.name.lower() == header.meant), "")
    if not scheme or not _is_raw_key(header.value, context):
        return
    edits = _edits(header, f"{scheme} ", context)
    yield Problem(
        header.span,
        f"the Authorization header has no `{scheme}` before the key",
        vendor.answer("no-key"),
        f"write `{scheme} ` before the key",
        fix=context.fix(f"put {scheme} before the key", edits) if edits else None,
        cause=header.span,
    )


def _edits(header: Header, before: str, context: Context) -> list[Edit] | None:
    """The scheme in front of the key, behind the header's name where one text holds both."""
    named = re.search(rb"authorization:[ \t]*", context.source.data[header.span.start : header.span.end], re.IGNORECASE)
    if named is None:
        return context.adapter.prefix(context.source, header.span, before)
    at = header.span.start + named.end()
    return [Edit(Span(at, at), before)]


def _is_raw_key(value: Value, context: Context) -> bool:
    if isinstance(value, Env):
        known = context.catalogue.variable(value.name)
        return bool(known and known[1].is_secret) or bool(_KEY_NAME.search(value.name))
    if isinstance(value, Literal):
        return context.judge(value.text).kind is Kind.KEY
    return isinstance(value, Opaque) and bool(_KEY_NAME.search(value.name))


RULE = Rule(
    "KL301",
    "missing-scheme",
    (Header,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'requests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦os.environ["OPENAI_API_KEY"]⟧})\n',
            fixed='requests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"})\n',
        ),
        bad(
            "javascript",
            "fetch('https://api.openai.com/v1/models', { headers: { Authorization: ⟦process.env.OPENAI_API_KEY⟧ } });\n",
            fixed="fetch('https://api.openai.com/v1/models', { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } });\n",
        ),
        bad(
            "shell",
            'curl https://api.openai.com/v1/models -H "Authorization: ⟦$OPENAI_API_KEY⟧"\n',
            fixed='curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
            path="ask.sh",
        ),
        bad(
            "php",
            "<?php\n$ch = curl_init('https://api.openai.com/v1/models');\ncurl_setopt($ch, CURLOPT_HTTPHEADER, [⟦'Authorization: ' . getenv('OPENAI_API_KEY')⟧]);\n",
            fixed="<?php\n$ch = curl_init('https://api.openai.com/v1/models');\ncurl_setopt($ch, CURLOPT_HTTPHEADER, ['Authorization: Bearer ' . getenv('OPENAI_API_KEY')]);\n",
            path="ask.php",
        ),
        good(
            "python",
            'requests.get("https://api.pexels.com/v1/search", headers={"Authorization": PEXELS_API_KEY})\n',
            why="a service that wants the bare key",
        ),
        good(
            "python",
            'requests.get("https://api.openai.com/v1/models", headers={"Authorization": auth_header})\n',
            why="what the name holds cannot be seen",
        ),
        good(
            "typescript",
            'const tools = [{ type: "mcp", server_label: "s", authorization: process.env.OPENAI_API_KEY }];\n',
            why="a field of that name, not a header",
        ),
    ),
)
