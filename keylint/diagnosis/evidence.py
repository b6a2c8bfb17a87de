"""What an API shows of the key that it got, or what a client refused to send, is evidence of what went wrong.

Vendors show the ends of what they got and stars between: eight and four characters, two and two, the last four only. That is
enough to tell a variable's name, a placeholder or another vendor's key from a key of theirs. `judge` does the same for whole
texts; what is known of it is used here.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keylint.judge import CODE, TEMPLATES, is_placeholder, is_random, is_variable_name
from keylint.lazy import regex
from keylint.mask import ELLIPSIS, hide, mask, quote

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue

EVIDENCE = (
    "empty",
    "missing",
    "name",
    "template",
    "code",
    "placeholder",
    "url",
    "quotes",
    "brackets",
    "scheme",
    "line-end",
    "space",
    "curly",
    "non-ascii",
    "own",
    "other",
    "identity",
    "word",
)
_STARS = regex(r"\*+|…+|\.{3,}|•+|█+")
_END = regex(r"(?:[\"']\s*[}\])]+\s*)?(?<!\.)\.?$")  # of the sentence, or of the JSON around it
_MISSING = regex(r"(?:none|null|undefined|nil|nan|true|false|\[object object\]|\(null\)|n/a)$", re.IGNORECASE)
_CODE = regex(r"(?:os\.env|os\.get|process\.|import\.m|System\.|st\.secre|getenv|Deno\.|ENV\[|environ)")
_QUOTES = ('"', "'", "`")
_CURLY = "“”‘’„‟«»′″"
# Characters that a placeholder, a variable's name or a word may have, and that are safe to show.
_PLAIN = regex(r"[A-Za-z_<>{}$%. -]{1,24}$")


@dataclass(frozen=True, slots=True)
class Sent:
    """What was sent, or refused: its kind, a form of it that may be printed, the ends that it was shown with.

    `head` and `tail` are what stands before and after the stars, to look for in a project; they are never printed.
    `vendor` is whose key it looks like, "" if it looks like none.
    """

    evidence: str
    shown: str
    head: str = ""
    tail: str = ""
    vendor: str = ""

    @property
    def traceable(self) -> bool:
        """Whether enough of it is known to look for it."""
        return len(self.head) + len(self.tail) >= 4 and self.evidence not in ("missing", "empty")


def sent_as(fragment: str | None, catalogue: Catalogue, vendor: str) -> Sent | None:
    """What a fragment is, where a key of `vendor` ("" for any) was expected; None if nothing of it is shown."""
    fragment = _END.sub("", fragment) if fragment is not None else None
    if fragment is None or (fragment and not _STARS.sub("", fragment).strip(" .")):
        return None
    raw = (
        fragment.encode().decode("unicode_escape")
        if re.fullmatch(r"[ -~]*\\[ux][0-9a-f]{2,4}[ -~]*", fragment)
        else fragment
    )
    raw = raw.replace('\\"', '"').replace("\\'", "'")
    if re.fullmatch(r"'[^']'|\d{2,6}", raw):  # one character: of a codec's error, or its number
        return _character(raw.strip("'"))
    scheme = re.match(r"Bearer(?=\s|\\|$)\s?", raw, re.IGNORECASE)
    if scheme:
        return _header(raw[scheme.end() :], catalogue, vendor)
    if re.match(r"\s+Bearer\b", raw, re.IGNORECASE):
        return Sent("space", "` Bearer …`")
    text = raw.strip()
    stars = _STARS.search(text)
    head, tail = (text[: stars.start()], text[_last(text) :]) if stars else (text, "")
    kind, whose = _kind(text, head, tail, catalogue, vendor)
    return Sent(kind, _shown(kind, text), head, tail, whose)


def _last(text: str) -> int:
    return max(match.end() for match in _STARS.finditer(text))


def _header(value: str, catalogue: Catalogue, vendor: str) -> Sent | None:
    """What comes after the scheme in a header that was refused."""
    if not value.strip() and "\\" not in value:
        return Sent("empty", "`Bearer `")
    if re.search(r"(?:\\r|\\n|\n|\r)+$", value):
        return Sent("line-end", "`Bearer …\\n`")
    if value != value.strip():
        return Sent("space", "`Bearer … `")
    return (
        sent_as(value, catalogue, vendor)
        if not value.lower().startswith("bearer")
        else Sent("scheme", "`Bearer Bearer …`")
    )


def _character(text: str) -> Sent:
    char = chr(int(text)) if text.isdigit() and len(text) > 1 and int(text) < 0x110000 else text
    kind = "curly" if char in _CURLY else "non-ascii"
    return Sent(kind, f"U+{ord(char):04X}")


def _kind(text: str, head: str, tail: str, catalogue: Catalogue, vendor: str) -> tuple[str, str]:
    """The evidence, and whose key it looks like."""
    ends = head + tail
    if not ends and not _STARS.search(text):
        return "empty", ""
    if _MISSING.match(text):
        return "missing", ""
    if re.match(r"https?:/", head):
        return "url", ""
    if any(char in ends for char in _CURLY):
        return "curly", ""
    if head.startswith(_QUOTES) or tail.endswith(_QUOTES):
        return "quotes", ""
    if _CODE.match(head) or CODE.search(text):
        return "code", ""
    if head[:1] in "<[({" and _whose(head[1:], catalogue):
        return "brackets", ""
    if re.match(r"\$[\w({]|%[A-Za-z]|\{\{?\s*[A-Za-z_]", head) or (head == text and TEMPLATES.search(text)):
        return "template", ""
    if re.match(r"(?:bearer|basic|token)(?:\s|$)", head, re.IGNORECASE):
        return "scheme", ""
    if re.match(r"(?:org|proj|asst|user)[-_]", head):
        return "identity", ""
    if _is_name(text, head, tail, catalogue):
        return "name", ""
    if not ends.isascii():
        return "non-ascii", ""
    whose = _whose(text if head == text else head, catalogue, vendor)
    format = catalogue.identify(text, vendor)
    if format is not None and is_random(text, format):
        return ("own" if vendor in ("", whose) else "other"), whose
    if is_placeholder(ends) or (head != text and tail and is_placeholder(f"{head} {tail}")):
        return "placeholder", ""
    if whose:
        return ("own" if vendor in ("", whose) else "other"), whose
    return "word", ""


def _is_name(text: str, head: str, tail: str, catalogue: Catalogue) -> bool:
    if head == text:
        return is_variable_name(text, catalogue)
    known = catalogue.variables()
    if len(head) + len(tail) >= 4 and any(
        name.startswith(head) and name.endswith(tail) and len(name) >= len(head + tail) for name in known
    ):
        return True
    return is_variable_name(f"{head}{'' if head.endswith('_') or tail.startswith('_') else '_'}{tail}", catalogue)


def _whose(text: str, catalogue: Catalogue, vendor: str = "") -> str:
    """The vendor whose keys begin so: the longest prefix counts, and of those that share it the vendor that was asked."""
    exact = catalogue.identify(text)
    if exact is not None:
        same = catalogue.identify(text, vendor) if vendor else None
        return (same or exact).provider
    known = {
        (len(format.prefix), format.provider)
        for format in catalogue.formats
        if format.prefix and (text.startswith(format.prefix) or (len(text) >= 2 and format.prefix.startswith(text)))
    }
    longest = max((min(length, len(text)) for length, _ in known), default=0)
    owners = {provider for length, provider in known if min(length, len(text)) == longest}
    if vendor in owners or not owners:
        return vendor if owners else ""
    return "openai" if "openai" in owners else min(owners)


def _shown(kind: str, text: str) -> str:
    """A form that may be printed: words as they are, everything that could be a key masked."""
    if kind in ("name", "placeholder", "template", "code", "missing", "empty"):
        return quote(_STARS.sub(ELLIPSIS, text))
    if kind in ("quotes", "brackets"):
        return f"`{text[0] if text[0] in _OPEN else ''}{mask(text.strip(_AROUND))}{text[-1] if text[-1] in _CLOSE else ''}`"
    if kind == "url":
        return "`https://…`"
    plain = _STARS.sub("", text)
    return f"`{hide(plain)}`" if kind == "word" and plain == text and _PLAIN.match(text) else f"`{mask(text)}`"


_OPEN, _CLOSE = "\"'`<[({", "\"'`>])}"
_AROUND = _OPEN + _CLOSE
