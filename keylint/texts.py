"""Key-shaped texts, wherever they stand: plain, in base64, behind escapes."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING

from keylint.judge import is_random
from keylint.lazy import regex
from keylint.model import Span, Text

if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator

    from keylint.providers.catalogue import Catalogue

REACH = 400  # more than the longest key, on either side of an anchor
# With the lines that follow, as programs break base64 after 64 or 76 letters: each is nothing but that.
_BASE64 = regex(
    rb"(?P<line>[A-Za-z0-9+/]{24,})(?P<more>(?:[ \t]*\r?\n[ \t]*[A-Za-z0-9+/]+(?=={0,2}[ \t]*(?:\r?\n|\Z)))*)={0,2}"
)


def find(data: bytes, ends: Iterable[int], catalogue: Catalogue) -> Iterator[Text]:
    """The keys around the places where triage saw an anchor end."""
    lower: bytes | None = None
    covered = 0
    for start, end in _windows(data, ends):
        window = data[start:end]
        text = window.decode("latin-1")  # one character a byte: offsets stay offsets
        for left, right, format in catalogue.find(text):
            span = Span(start + left, start + right)
            if span.start < covered or not is_random(text[left:right], format):
                continue
            if format.context or format.unless:
                lower = data.lower() if lower is None else lower
                if not format.counts_in(lower):
                    continue
            covered = span.end
            yield Text(format.provider, format.name, span, format.slot)


def _windows(data: bytes, ends: Iterable[int]) -> Iterator[tuple[int, int]]:
    """The stretches around the anchors, overlapping ones joined."""
    start, stop = -1, -1
    for end in sorted(ends):
        left, right = max(end - REACH, 0), min(end + REACH, len(data))
        if left <= stop and right - start < 64 * REACH:
            stop = right
            continue
        if stop >= 0:
            yield start, stop
        start, stop = left, right
    if stop >= 0:
        yield start, stop


def find_encoded(data: bytes, ends: Iterable[int], catalogue: Catalogue) -> Iterator[Text]:
    """Keys in base64, as in a Kubernetes Secret."""
    covered = -1
    for end in sorted(ends):
        if end <= covered:
            continue
        start = max(end - 64, data.rfind(b"\n", 0, end) + 1)
        for match in _BASE64.finditer(data, start, min(end + 2 * REACH, len(data))):
            if match.end() < end or match.start() > end:
                continue
            covered = match.end()
            for text, stop in _decoded(match):
                format = catalogue.identify(text.rstrip("\r\n")) if text else None
                if format is not None and is_random(text.rstrip("\r\n"), format):
                    newline = text != text.rstrip("\r\n")
                    span = Span(match.start(), stop)
                    yield Text(format.provider, format.name, span, format.slot, "base64", newline=newline)
                    covered = stop
                    break
            break


def _decoded(match: re.Match[bytes]) -> Iterator[tuple[str, int]]:
    """What stands in base64, and where it ends: all lines together, then the first alone."""
    if match.group("more"):
        yield decode(b"".join(match.group().split())), match.end()
        yield decode(match.group("line")), match.end("line")
    else:
        yield decode(match.group()), match.end()


def decode(raw: bytes) -> str:
    """The text behind base64; "" if it is none."""
    try:
        return base64.b64decode(raw + b"=" * (-len(raw) % 4), validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return ""
