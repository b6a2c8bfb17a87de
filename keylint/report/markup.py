"""Texts of any origin as HTML: nothing in them is markup, nothing in them moves what stands beside them."""

from __future__ import annotations

import re
from html import escape

from keylint.report.entries import unicode
from keylint.report.excerpt import visible


def text(words: str) -> str:
    """A text for an element, or for an attribute between double quotes. Control and direction characters are replaced."""
    return escape(visible(unicode(words)))


def prose(words: str) -> str:
    """A sentence; what stands between backticks is code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", text(words))


def sentence(words: str) -> str:
    """A sentence that begins as sentences do, unless it begins with a name of something."""
    return prose(words[:1].upper() + words[1:] if re.match(r"[a-z]+ ", words) else words)
