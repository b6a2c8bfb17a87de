"""Nothing comes after `Bearer`.

The header is sent with a scheme and no key: because none was written, because the variable behind it never gets a value, or
because its fallback is an empty text.

Put the key in, and let the program stop when there is none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Confidence, Env, Header, Join, Literal, Missing, Note, Opaque, Problem, Unset, Value
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# Where nothing becomes an empty text when it is put into one, and not a word such as "None".
_WORDLESS = ("csharp", "vbnet", "php", "ruby", "perl", "powershell")
_ONLY_SCHEME = regex(r"\s*(?:bearer|basic|token)\s*", re.IGNORECASE)


def check(header: Header, context: Context) -> Iterator[Problem]:
    """A scheme alone, or before something that is or may be nothing."""
    if header.meant != "authorization" or header.foreign or header.guarded or header.grown or context.tolerant:
        return
    vendor = context.provider(header.provider)
    value = header.value
    nothing: Value | None = None
    if isinstance(value, Literal) and _ONLY_SCHEME.fullmatch(value.text):
        message, confidence = "nothing comes after the scheme", Confidence.LIKELY
        if (
            not header.provider
            and not value.hops
            and (value.span != header.span or not any(map(context.speaks_of, context.catalogue.providers)))
        ):
            confidence = Confidence.POSSIBLE  # to be filled in, for a host that nobody knows
    elif (
        isinstance(value, Join)
        and len(value.parts) == 2
        and isinstance(value.parts[0], Literal)
        and _ONLY_SCHEME.fullmatch(value.parts[0].text)
    ):
        nothing = value.parts[1]
        said = _why(nothing, context.language_at(header.span))
        if said is None or (isinstance(nothing, Opaque) and not header.provider):
            return  # an option, for a service that may want no key
        message, confidence = said
    else:
        return
    named = nothing.hops[0].name if nothing is not None and nothing.hops else ""
    place = nothing.span if nothing is not None else header.span
    notes = (Note(place, "it comes from here"),) if not header.whole.holds(place) else ()
    yield Problem(
        header.span,
        f"{message}{f': `{named}`' if named and '`' not in message else ''}",
        vendor.answer("no-key"),
        f"put the key after the scheme, from {vendor.variable(next(iter(vendor.variables))) if vendor.variables else 'a variable'}, and stop when it is empty",
        notes=notes,
        cause=header.span,
        confidence=confidence,
    )


def _why(value: Value, language: str) -> tuple[str, Confidence] | None:
    if isinstance(value, Missing):
        if value.kind == "unassigned":
            return "nothing comes after the scheme: the variable never gets a value", Confidence.LIKELY
        return "nothing comes after the scheme: the value is empty", Confidence.LIKELY
    if isinstance(value, Env):
        if isinstance(value.default, Missing) and value.default.kind == "empty":
            return f"nothing comes after the scheme when `{value.name}` is not set", Confidence.LIKELY
        if value.default is None and value.unset is not Unset.ERROR:
            if value.unset is Unset.EMPTY or language in _WORDLESS:
                return f"nothing comes after the scheme when `{value.name}` is not set", Confidence.POSSIBLE
            return f"when `{value.name}` is not set, a word for nothing comes after the scheme", Confidence.POSSIBLE
    if isinstance(value, Opaque):
        if isinstance(value.fallback, Missing) and value.fallback.kind == "empty":
            doubt = Confidence.POSSIBLE if value.reason == "a parameter" else Confidence.LIKELY
            return "nothing comes after the scheme when the value is missing", doubt
        if value.nullable:
            return "nothing comes after the scheme when the look-up finds nothing", Confidence.LIKELY
    return None


RULE = Rule(
    "KL303",
    "empty-authorization",
    (Header,),
    check,
    __doc__,
    examples=(
        bad(
            "vba",
            'Sub Ask()\n    xmlhttp.Open "POST", "https://api.openai.com/v1/chat/completions", False\n    xmlhttp.SetRequestHeader "Authorization", ⟦"Bearer " & APIKey⟧\nEnd Sub\n',
        ),
        bad("shell", 'curl https://api.openai.com/v1/models -H "Authorization: ⟦Bearer⟧"\n', path="ask.sh"),
        bad(
            "javascript",
            "fetch('https://api.openai.com/v1/models', { headers: { Authorization: ⟦`Bearer ${process.env.OPENAI_API_KEY || ''}`⟧ } });\n",
        ),
        bad(
            "python",
            'api_key = ""\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦"Bearer " + api_key⟧})\n',
        ),
        bad(
            "rust",
            'fn main() {\n    let key = std::env::var("OPENAI_API_KEY").unwrap_or_default();\n    client.get("https://api.openai.com/v1/models").header("Authorization", ⟦format!("Bearer {}", key)⟧);\n}\n',
        ),
        bad(
            "dart",
            "class Ask {\n  String get key => Platform.environment['OPENAI_API_KEY'] ?? '';\n\n  Future<http.Response> models() =>\n      http.get(Uri.parse('https://api.openai.com/v1/models'), headers: {'Authorization': ⟦'Bearer $key'⟧});\n}\n",
        ),
        good(
            "python",
            'class Client:\n    api_key: str | None = None\n\n    def headers(self):\n        return {"Authorization": f"Bearer {self.api_key}"}\n',
            why="a field that the caller fills",
        ),
        good(
            "python",
            'def headers(api_key: str | None = None):\n    return {"Authorization": f"Bearer {api_key}"}\n',
            why="the caller gives it",
        ),
        good(
            "vba",
            'Sub Ask(APIKey As String)\n    xmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey\nEnd Sub\n',
            why="the caller gives it",
        ),
        good(
            "python",
            'api_key = os.getenv("OPENAI_API_KEY", "")\nif not api_key:\n    raise SystemExit("set it")\nheaders = {"Authorization": f"Bearer {api_key}"}\n',
            why="the program stops before",
        ),
        good("python", 'if header.startswith("Bearer "):\n    token = header[7:]\n', why="reads a header"),
        good(
            "javascript",
            "const headers = { Authorization: 'Bearer ' };\nheaders.Authorization += token;\n",
            why="the token is appended",
        ),
    ),
)
