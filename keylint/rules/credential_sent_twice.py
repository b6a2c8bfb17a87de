"""One request carries the credential in two headers.

`Authorization` and the vendor's own header for keys are both set, as happens when two examples are put together. Vendors differ
in which of the two they take, and one that is wrong can make the request fail although the other one is right.

Keep the header that the vendor documents, and take the other one away.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Confidence, Header, Missing, Note, Problem, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_OWN = frozenset({"x-api-key", "api-key", "x-goog-api-key"})
_APART = regex(r"[{}]|\b(?:if|else|elif|return|case|when|def|function)\b")
MAX_BETWEEN = 300  # bytes between two headers of one request


def check(header: Header, context: Context) -> Iterator[Problem]:
    """A vendor's own header for keys, with `Authorization` beside it, where nothing decides between the two."""
    if header.meant not in _OWN or not header.provider or header.foreign or header.compatible or context.tolerant:
        return
    for other in context.facts:
        if (
            not isinstance(other, Header)
            or other.meant != "authorization"
            or other.provider != header.provider
            or isinstance(other.value, Missing)
        ):
            continue
        first, second = sorted((header.whole, other.whole))
        between = context.source.data[first.end : second.start].decode("utf-8", "replace")
        if len(between) <= MAX_BETWEEN and not _APART.search(between):
            vendor = context.provider(header.provider)
            yield Problem(
                header.span,
                f"{vendor.name} is sent the credential twice: here, and in {other.name}",
                "401, if the vendor looks at the wrong one of the two",
                "keep the header that the vendor documents",
                notes=(Note(other.name_span, "the other one"),),
                cause=header.span,
            )
            return


RULE = Rule(
    "KL307",
    "credential-sent-twice",
    (Header,),
    check,
    __doc__,
    severity=Severity.WARNING,
    confidence=Confidence.POSSIBLE,
    examples=(
        bad(
            "javascript",
            'await fetch("https://api.anthropic.com/v1/messages", {\n  headers: { "x-api-key": ⟦key⟧, Authorization: `Bearer ${key}`, "anthropic-version": "2023-06-01" },\n});\n',
            confidence="possible",
        ),
        good(
            "python",
            'headers = {"anthropic-version": "2023-06-01"}\nif oauth:\n    headers["Authorization"] = f"Bearer {token}"\nelse:\n    headers["x-api-key"] = key\nhttpx.post("https://api.anthropic.com/v1/messages", headers=headers)\n',
            why="one of the two",
        ),
    ),
)
