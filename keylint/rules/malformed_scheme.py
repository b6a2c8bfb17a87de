"""The scheme of the Authorization header is damaged, or one that the vendor does not take.

No space after `Bearer`, a colon behind it, the word twice, quotes around the key, `Basic` or `Token` where a bearer token is
wanted: the API does not find the key and answers 401.

Write `Bearer`, one space, and the key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Confidence, Edit, Env, Fix, Header, Join, Literal, Opaque, Problem, Span, Value
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.providers.schema import Provider

_TOKEN_NAME = regex(r"key|token|secret", re.IGNORECASE)
_SHAPES = (
    (regex(r"^\s*bearer\s*[:=]\s*", re.IGNORECASE), "has a `{0}` behind `Bearer`"),
    (regex(r"^\s*bearer\s+bearer\b\s*", re.IGNORECASE), "says `Bearer` twice"),
    (regex(r"^\s*bearer\s+[\"'<\[“]", re.IGNORECASE), "has {0} around the key"),
)
_OTHER = regex(r"^\s*(basic|token|key|apikey|api-key)\b\s*", re.IGNORECASE)


def check(header: Header, context: Context) -> Iterator[Problem]:
    """What stands before the key."""
    if header.foreign or (context.tolerant and context.is_shown_wrong(header.span)):
        return
    vendor = context.provider(header.provider)
    spec = next((known for known in vendor.headers if known.name.lower() == header.meant), None)
    lead, parts = _lead(header.value)
    if lead is None:
        return
    if header.meant != "authorization":
        if spec is not None and spec.slot.is_secret and not spec.scheme:
            yield from _needless(header, lead, parts, context)
        return
    if context.language_at(header.span) in ("csharp", "vbnet") and re.fullmatch(r"Bearer\s{2,}", lead.text) and parts:
        yield Problem(
            header.span,
            "the scheme has a space in it",
            "FormatException: the format of the value 'Bearer ' is invalid",
            "write the scheme without a space: .NET puts one behind it",
            cause=header.span,
        )
        return
    scheme = spec.scheme if spec is not None else ""
    found = _fault(lead.text, parts, header, (scheme, *(spec.also if spec is not None else ())))
    if found is None:
        return
    message, fix = found
    yield Problem(
        header.span,
        f"the Authorization header {message}",
        vendor.answer("invalid-key" if re.match(r"\s*bearer\s+\S", lead.text + "…", re.IGNORECASE) else "no-key"),
        f"write `{scheme or 'Bearer'}`, one space, and the key",
        fix=_mend(lead, fix, context) if fix is not None else None,
        cause=header.span,
        confidence=Confidence.POSSIBLE
        if not header.provider or _may_go_elsewhere(header, lead.text, context)
        else None,
    )


def _may_go_elsewhere(header: Header, text: str, context: Context) -> bool:
    """Whether a scheme of another service stands where nothing near says that the request goes to this vendor."""
    if not _OTHER.match(text):
        return False
    near = context.source.data[max(header.whole.start - 600, 0) : header.whole.end + 600]
    return not any(host.lstrip("*.").encode() in near for host in context.provider(header.provider).hosts)


def _lead(value: Value) -> tuple[Literal | None, tuple[Value, ...]]:
    """The text before the key, and what follows it."""
    if isinstance(value, Literal):
        return value, ()
    if isinstance(value, Join) and isinstance(value.parts[0], Literal):
        return value.parts[0], value.parts[1:]
    return None, ()


def _needless(header: Header, lead: Literal, parts: tuple[Value, ...], context: Context) -> Iterator[Problem]:
    """A scheme in a header that takes the bare key, where it is certain whose header it is: others have an x-api-key too."""
    vendor = context.provider(header.provider)
    match = re.match(r"\s*bearer\s+", lead.text, re.IGNORECASE)
    theirs = any(isinstance(part, Env) and part.name in _variables(vendor) for part in parts) or any(
        host.lstrip("*").encode() in context.source.data for host in vendor.hosts
    )
    if match and theirs and (parts or len(lead.text) > match.end()):
        yield Problem(
            header.span,
            f"`{header.name}` takes the key alone, without `Bearer`",
            vendor.answer("invalid-key"),
            "take the scheme away",
            fix=_mend(lead, (match.group(), ""), context),
            cause=header.span,
        )


def _variables(vendor: Provider) -> set[str]:
    return {name for names in vendor.variables.values() for name in names}


def _fault(
    text: str, parts: tuple[Value, ...], header: Header, schemes: tuple[str, ...]
) -> tuple[str, tuple[str, str] | None] | None:
    """(what is wrong, (text, replacement) that mends it)."""
    for pattern, message in _SHAPES:
        match = pattern.match(text)
        if match:
            sign = match.group().strip()[-1]
            if sign in "<[“" and not parts and len(text) > match.end():
                return None  # "Bearer <your key>": a placeholder
            return (
                message.format({"<": "brackets", "[": "brackets"}.get(sign, "quotes" if sign in "\"'“" else sign)),
                ((match.group(), "Bearer ") if sign in ":=r" else None),
            )
    (only,) = parts if len(parts) == 1 else (None,)
    named = isinstance(only, Env) or (isinstance(only, Opaque) and _TOKEN_NAME.search(only.name) is not None)
    if named and re.fullmatch(r"\s*bearer", text, re.IGNORECASE):
        return "has no space between `Bearer` and the key", (text, text.strip() + " ")
    if re.match(r"Bearer(?:sk-|gsk_|hf_)", text):
        return "has no space between `Bearer` and the key", ("Bearer", "Bearer ")
    if re.match(r"\s+bearer\b", text, re.IGNORECASE):
        return "begins with white space", (text[: len(text) - len(text.lstrip())], "")
    if re.fullmatch(r"\s*bearer\s+\$", text, re.IGNORECASE) and only is not None:
        return "has a `$` before the key", (text, text.rstrip("$"))
    second = _lead(only)[0] if only is not None and re.fullmatch(r"\s*bearer\s+", text, re.IGNORECASE) else None
    if second is not None and re.match(r"\s*bearer\b", second.text, re.IGNORECASE):
        return "says `Bearer` twice: the value behind it has one too", (text, "")
    match = _OTHER.match(text)
    scheme = schemes[0]
    if (
        match
        and scheme
        and match.group(1).lower() not in {known.lower() for known in schemes}
        and header.provider
        and (parts or len(text) > match.end())
    ):
        return f"uses the scheme `{match.group(1)}`; {scheme} is wanted", None
    return None


def _mend(lead: Literal, change: tuple[str, str], context: Context) -> Fix | None:
    """Edit the beginning of the text where it stands in the source."""
    old, new = change
    start = lead.content.start
    written = context.source.data[start : lead.content.end].decode("utf-8", "replace")
    if not written.startswith(old):
        return None
    return context.fix("mend the scheme", [Edit(Span(start, start + len(old.encode())), new)])


RULE = Rule(
    "KL302",
    "malformed-scheme",
    (Header,),
    check,
    __doc__,
    rank=65,
    examples=(
        bad(
            "python",
            'key = os.environ["DEEPSEEK_API_KEY"]\nheaders = {"Authorization": ⟦f"Bearer{key}"⟧}\nrequests.post("https://api.deepseek.com/chat/completions", headers=headers)\n',
            fixed='key = os.environ["DEEPSEEK_API_KEY"]\nheaders = {"Authorization": f"Bearer {key}"}\nrequests.post("https://api.deepseek.com/chat/completions", headers=headers)\n',
        ),
        bad(
            "javascript",
            'fetch("https://api.openai.com/v1/models", { headers: { "Authorization": ⟦"Bearer: " + process.env.OPENAI_API_KEY⟧ } });\n',
            fixed='fetch("https://api.openai.com/v1/models", { headers: { "Authorization": "Bearer " + process.env.OPENAI_API_KEY } });\n',
        ),
        bad(
            "python",
            'requests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦f"Bearer Bearer {key}"⟧})\n',
            fixed='requests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})\n',
        ),
        bad(
            "shell",
            "curl https://api.openai.com/v1/models -H \"Authorization: ⟦Bearer '$OPENAI_API_KEY'⟧\"\n",
            path="q.sh",
        ),
        bad(
            "python",
            'token = "Bearer " + os.environ["OPENAI_API_KEY"]\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦f"Bearer {token}"⟧})\n',
        ),
        bad(
            "python",
            'key = os.environ["OPENAI_API_KEY"]\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦f"Bearer ${key}"⟧})\n',
            fixed='key = os.environ["OPENAI_API_KEY"]\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})\n',
        ),
        bad(
            "python",
            'httpx.post("https://api.anthropic.com/v1/messages", headers={"x-api-key": ⟦"Bearer " + os.environ["ANTHROPIC_API_KEY"]⟧})\n',
            fixed='httpx.post("https://api.anthropic.com/v1/messages", headers={"x-api-key": "" + os.environ["ANTHROPIC_API_KEY"]})\n',
        ),
        good(
            "typescript",
            'fetch("https://api.replicate.com/v1/predictions", { headers: { Authorization: `Token ${process.env.REPLICATE_API_TOKEN}` } });\n',
            why="this vendor takes Token too",
        ),
        good(
            "javascript",
            'fetch("https://api.typefully.com/v1/drafts/", { headers: { "X-API-KEY": `Bearer ${TYPEFULLY_API_KEY}` } });\n',
            why="another service's header of the same name",
        ),
        good("javascript", 'headers.authorization = "Bearer".concat(" ", key);\n', why="the space comes separately"),
        good(
            "python",
            'requests.post("https://api.deepgram.com/v1/listen", headers={"Authorization": f"Token {DEEPGRAM_API_KEY}"})\n',
            why="this service's scheme is Token",
        ),
        good(
            "python",
            'requests.get("https://api.openai.com/v1/models", headers={"authorization": f"bearer {key}"})\n',
            why="case does not matter: RFC 9110, 11.1",
        ),
    ),
)
