"""The only way from a secret to something printable."""

from __future__ import annotations

import re

from keylint.lazy import regex

_PREFIX = regex(
    r"^(?:sk-(?:proj|svcacct|admin|None|service|ant-[a-z]+\d\d|or-v1)-|sk-|gsk_|AIza|AQ\.|hf_|xai-|pplx-|nvapi-|csk-|tgp_v1_|r8_"
    r"|lsv2_(?:pt|sk)_|pcsk_|dapi|fw_|pa-|gh[opusr]_|glpat-|xox[abposr]-|AKIA|[rs]k_live_|sk_)"
)

_KNOWN = regex(rf"(?<![A-Za-z0-9]){_PREFIX.pattern[1:]}[A-Za-z0-9_\-]{{16,}}")

# A stretch that could be a secret nobody knows the format of: long, and of more than one kind of character.
_UNKNOWN = regex(r"[A-Za-z0-9_\-+/=.]{20,}")

ELLIPSIS = "…"


def mask(secret: str) -> str:
    """A secret's public part: the vendor's prefix, and the last four characters if enough stays hidden."""
    match = _PREFIX.match(secret)
    head = match.group() if match else ""
    hidden = len(secret) - len(head)
    tail = secret[-4:] if hidden >= 24 and secret[-4:].isalnum() else ""
    return f"{head}{ELLIPSIS}{tail}"


def looks_secret(text: str) -> bool:
    """Whether a stretch of text could be a secret of unknown format: long, with letters and digits mixed."""
    if "/" in text.strip("/") and not text.endswith("="):
        return any(map(looks_secret, text.split("/")))  # a path, which may lead through one
    if len(text) < 20:
        return False
    digits = sum(char.isdigit() for char in text)
    letters = sum(char.isalpha() for char in text)
    return digits >= 3 and letters >= 3 and len(set(text)) >= 10 and not _is_name(text)


def _is_name(text: str) -> bool:
    """Words joined by hyphens, each short or without many digits: `eu-west-1.my-app-2024`."""
    return bool(re.fullmatch(r"[a-z]+(?:[-_.][a-z0-9]+)*", text)) and all(
        len(word) < 12 or sum(map(str.isdigit, word)) < 3 for word in re.split(r"[-_.]", text)
    )


def quote(text: str, limit: int = 40) -> str:
    """A text that is known to be no secret, fit for a message: in backticks, on one line, not too long."""
    shown = "".join(
        char if char.isprintable() else "\ufffd"
        for char in text.replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    shown = hide(shown)  # before it is cut: a piece of a key may look like none
    if len(shown) > limit:
        shown = shown[: limit - 1] + ELLIPSIS
    return f"`{shown}`"


def hide_known(text: str) -> str:
    """Mask the keys that a vendor's prefix tells, in what may hold long words that are none: names of files, arguments."""
    return _KNOWN.sub(lambda match: mask(match.group()) if looks_secret(match.group()) else match.group(), text)


def hide(text: str) -> str:
    """Mask every stretch of a text that looks like a secret of unknown format."""
    return _UNKNOWN.sub(lambda match: mask(match.group()) if looks_secret(match.group()) else match.group(), text)
