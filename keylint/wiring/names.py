"""Names that say what stands behind them: headers, also misspelt, options, variables."""

from __future__ import annotations

import re
from functools import lru_cache

from keylint.lazy import regex

AUTHORIZATION = "authorization"
_MISTAKEN = {"authentication", "authenticate", "auth", "authorize", "authorized", "authorizationheader"}

# Option and parameter names that mean "the key", in any spelling; what an SDK that knows another spelling ignores.
KEY_NAMES = {
    "apikey",
    "key",
    "token",
    "accesstoken",
    "apitoken",
    "secretkey",
    "openaiapikey",
    "openaikey",
    "authtoken",
    "secret",
}
BASE_URL = regex(
    r"^(?:openai_?)?(?:api_?)?(?:base_?(?:url|path|uri)|api_?base|url_?base|server_?url|uri_?base|endpoint|azure_?endpoint|(?:api_?)?host|proxy)$",
    re.IGNORECASE,
)
BASE_URL_SETTING = regex(r"^(?:openai_?)?(?:api_?)?(?:base_?(?:url|path|uri)|api_?base)$", re.IGNORECASE)
URL_NAMES = {"url", "uri", "baseurl", "base_url", "endpoint", "host", "hostname", "href", "api_url", "apiurl"}
# Variables that bundlers write into the page.
PUBLIC_PREFIX = regex(
    r"^(?:NEXT_PUBLIC_|VITE_|REACT_APP_|EXPO_PUBLIC_|NUXT_PUBLIC_|GATSBY_|VUE_APP_|PUBLIC_|NX_PUBLIC_|PLASMO_PUBLIC_|NG_APP_)"
)
SECRET_NAME = regex(
    r"(?:api|secret|access|auth)[_-]?(?:key|token)|(?:^|[_-])(?:key|token|secret)$|apikey|(?<=[a-z])(?:Key|Token|Secret)$",
    re.IGNORECASE,
)
RAW_KEY_NAME = regex(r"(?:^|[._\[-])(?:[a-z]+[_-]?)*api[_-]?key\]?$", re.IGNORECASE)


def plain(name: str) -> str:
    """A name without case and separators: `API-Key` and `apiKey` are the same."""
    return re.sub(r"[^a-z0-9]", "", name.lower())


@lru_cache(maxsize=4096)
def distance(left: str, right: str, limit: int = 3) -> int:
    """Edits (insert, delete, replace, swap of neighbours) between two words; `limit` + 1 if more than `limit`."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i]
        for j, b in enumerate(right, 1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
    return min(row[-1], limit + 1)


def header_meant(name: str, known: frozenset[str]) -> str:
    """The header that a name is, or was meant to be, in lower case; "" if it is none of `known`."""
    lower = name.strip().lower()
    if lower in known:
        return lower
    head = re.split(r"[:\s]", lower, maxsplit=1)[0]
    if head in known and head != lower:
        return head
    if lower in _MISTAKEN:
        return AUTHORIZATION
    if len(lower) >= 9 and distance(lower, AUTHORIZATION, 2) <= 2:
        return AUTHORIZATION
    spelt = lower.replace("_", "-").replace("isation", "ization")
    for header in known:
        if "-" in header and len(header) >= 12 and (spelt == header or distance(spelt, header, 2) <= 2):
            return header
    return ""


def starts_like_a_header(name: str) -> bool:
    """A cheap test before ``header_meant``."""
    lower = name[:1].lower()
    return lower in "aox" and 4 <= len(name) <= 40
