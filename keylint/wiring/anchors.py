"""Where to look in a candidate file: the words at which something about a credential can begin.

A second Hyperscan database, used on candidates only: an alternation of three hundred words costs Python's `re` more than
everything else together.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import hyperscan

from keylint import store
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue

_WORDS = (
    r"api[_-]?key",
    r"\bnew\b",
    r"auth",
    r"autor",
    r"bearer",
    r"environ",
    r"get_?env",
    r"fetch_env",
    r"\benv(?:::|\[|\.fetch|!|:|\(|\{)",
    r"env\.get",
    r"process\.env",
    r"import\.meta",
    r"dotenv",
    r"dotnetenv",
    r"\benv\.(?:load|traverse)",
    r"\.env\b",
    r"access_?token",
    r"openai[_-]",
    r"x-[a-z-]{0,20}key",
    r"organi[sz]ation",
    r"read_?env",
    r"envfile",
    r"\bfetch\b",
    r"axios",
    r"requests\.",
    r"\bprint\b",
    r"println",
    r"\b(?:puts|error_log|var_dump|print_r|nslog|debugprint|dbg!|io\.inspect|fmt\.[fs]?print|write-(?:host|output))",
    r"console\.",
    r"\blog(?:ger|ging)?\.",
)
_BASE_URLS = (r"base_?ur[li]", r"base_?path", r"api_?base", r"uri_?base")

# What sends a request besides the vendors' methods, uses a library that does, or speaks of its failure.
_SENDING = (
    r"\b(?:requests|httpx|session|http|client|aiohttp|axios|got|ky|superagent)(?:\.(?:post|get|put|request))?\s{0,9}\(",
    r"\bfetch\s{0,9}\(",
    r"\$http\b",
    r"\.(?:do|send|sendasync|postasync|postasjsonasync)\s{0,9}\(",
    r"\bcurl_exec\s{0,9}\(",
    r"ratelimiterror|insufficient_quota",
)
# Libraries in front of the vendors' SDKs.
_LIBRARIES = (r"\blitellm\b", r"langchain|llama_?index", r"[\"']ai[\"']|@ai-sdk/")
# What speaks of 429, and of its second meaning.
_LIMITED = (r"rate[_ ]?limit", r"too[_ ]?many[_ ]?requests", r"\b429\b", r"quota")

# Where a client is built, and not where its type is named. `new`, which is a word, stands for what goes without parentheses.
_CALLED = r"\b%s\b(?:\s{0,20}[({<\[!]|$)"

WORD, BASE_URL, PREFIX, SENDING, LIBRARY, LIMITED = range(6)


class Anchors(Record):
    """Offsets of the last byte of each word of interest, of each base URL's name, of each beginning of a key.

    And of what may send a request, of libraries that do, and of what speaks of rate limits.
    """

    words: list[int]
    base_urls: list[int]
    prefixes: list[int]
    sending: list[int]
    libraries: list[int]
    limited: list[int]


class Scanner:
    """The database of a catalogue's words."""

    def __init__(self, database: hyperscan.Database, kinds: bytes) -> None:
        self._database = database
        self._scratch = hyperscan.Scratch(database)
        database.scratch = self._scratch
        self._kinds = kinds
        self._last: tuple[bytes, Anchors] | None = None

    def scan(self, data: bytes) -> Anchors:
        """The anchors of a file; asked for the same bytes again, the same answer at once."""
        if self._last is not None and self._last[0] is data:
            return self._last[1]
        found: tuple[set[int], ...] = (set(), set(), set(), set(), set(), set())
        kinds = self._kinds
        self._database.scan(data, lambda identity, start, end, flags, context: found[kinds[identity]].add(end - 1))
        anchors = Anchors(*(sorted(places) for places in found))
        self._last = (data, anchors)
        return anchors


_scanners: WeakKeyDictionary[Catalogue, Scanner] = WeakKeyDictionary()


def of(data: bytes, catalogue: Catalogue) -> Anchors:
    """The anchors of a file."""
    scanner = _scanners.get(catalogue)
    if scanner is None:
        scanner = _scanners[catalogue] = _build(catalogue)
    return scanner.scan(data)


def _build(catalogue: Catalogue) -> Scanner:
    """Compile the words, or take them from the cache."""
    expressions = _expressions(catalogue)
    kinds = bytes(kind for kind, *_ in expressions)
    key = store.digest([repr(expressions).encode()])
    ready = store.read("anchors", key) if catalogue.cached else None
    if ready is not None:
        return Scanner(ready[0], kinds)
    database = _compile([expression for _, expression, _ in expressions], [flags for *_, flags in expressions])
    if catalogue.cached:
        store.write("anchors", key, database)
    return Scanner(database, kinds)


def _expressions(catalogue: Catalogue) -> list[tuple[int, str, int]]:
    """(kind, expression, flags) of every word."""
    caseless = hyperscan.HS_FLAG_CASELESS
    callees = {
        name.rpartition(".")[2]
        for provider in catalogue.providers.values()
        for spec in provider.clients
        for name in spec.names
    }
    words: set[str] = set()
    for provider in catalogue.providers.values():
        for names in (*provider.variables.values(), *provider.parameters.values()):
            words.update(names)
        for attributes in provider.attributes:
            words.update(attributes.slots)
    words.update(catalogue.header_names())
    covered = ("apikey", "api_key", "api-key", "auth", "openai_", "openai-")
    words = {word for word in words if not any(part in word.lower() for part in covered)}
    prefixes = {key.prefix for key in catalogue.formats if len(key.prefix) >= len("sk-")}
    return [
        *((WORD, expression, caseless) for expression in _WORDS),
        *((WORD, _escape(word), caseless) for word in sorted(words)),
        *((WORD, _CALLED % _escape(name), caseless | hyperscan.HS_FLAG_MULTILINE) for name in sorted(callees)),
        *((BASE_URL, expression, caseless) for expression in _BASE_URLS),
        *((SENDING, expression, caseless) for expression in _SENDING),
        *((SENDING, expression, 0) for expression in _methods(catalogue)),
        *((LIBRARY, expression, caseless) for expression in _LIBRARIES),
        *((LIMITED, expression, caseless) for expression in _LIMITED),
        *(
            (PREFIX, rf"(?:^|[^A-Za-z0-9_-]){_escape(prefix)}", hyperscan.HS_FLAG_MULTILINE)
            for prefix in sorted(prefixes)
        ),
    ]


def _methods(catalogue: Catalogue) -> list[str]:
    """The vendors' methods that send a request, as ``Catalogue.request_pattern`` has them."""
    names = sorted({name for provider in catalogue.providers.values() for name in provider.requests})
    between = r"(?:\(\))?\s{0,60}(?:\.|->|::)"
    return [between.join(map(_escape, name.split("."))) + r"\s{0,9}\(" for name in names]


def _escape(word: str) -> str:
    return "".join(char if char.isalnum() or char == "_" else f"\\{char}" for char in word)


def _compile(expressions: list[str], flags: list[int]) -> hyperscan.Database:
    database = hyperscan.Database()
    database.compile(
        expressions=[expression.encode() for expression in expressions],
        ids=list(range(len(expressions))),
        elements=len(expressions),
        flags=flags,
    )
    return database
