"""Where to look in a candidate file: the words at which something about a credential can begin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue

_WORDS = (
    r"api[_-]?key|auth|autor|bearer|environ|getenv|env\.get|process\.env|import\.meta|dotenv|access_?token|openai[_-]|sk-|"
    r"\bfetch\b|axios|requests\.|\bprint\b|console\.|\blog(?:ger|ging)?\.|x-[a-z-]*key|organi[sz]ation|read_?env|envfile"
)
_BASE_URL = re.compile(rb"base_?url|base_?path|api_?base|uri_?base", re.IGNORECASE)

_patterns: WeakKeyDictionary[Catalogue, dict[str, re.Pattern[bytes]]] = WeakKeyDictionary()


def offsets(data: bytes, catalogue: Catalogue, language: str) -> list[int]:
    """Offsets of the words of interest; `language` "base-url" asks for base URLs only."""
    pattern = _BASE_URL if language == "base-url" else _pattern(catalogue, language)
    return [match.start() for match in pattern.finditer(data)]


def prefix_offsets(data: bytes, catalogue: Catalogue) -> list[int]:
    """Offsets of what can be the beginning of a key."""
    known = _patterns.setdefault(catalogue, {})
    if "prefixes" not in known:
        prefixes = {key.prefix for key in catalogue.formats if len(key.prefix) >= 3}
        known["prefixes"] = re.compile(
            rb"(?<![A-Za-z0-9_-])(?:"
            + "|".join(re.escape(word) for word in sorted(prefixes, key=len, reverse=True)).encode()
            + rb")"
        )
    return [match.start() for match in known["prefixes"].finditer(data)]


def _pattern(catalogue: Catalogue, language: str) -> re.Pattern[bytes]:
    known = _patterns.setdefault(catalogue, {})
    if language not in known:
        words = {name.rpartition(".")[2] for name in catalogue.client_names(language)}
        words |= {
            name for provider in catalogue.providers.values() for names in provider.variables.values() for name in names
        }
        words |= {
            name
            for provider in catalogue.providers.values()
            for names in provider.parameters.values()
            for name in names
        }
        words |= set(catalogue.header_names())
        alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        known[language] = re.compile(f"{_WORDS}|{alternatives}".encode(), re.IGNORECASE)
    return known[language]
