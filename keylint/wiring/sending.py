"""The calls of a program that send a request to a vendor."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.syntax import Call
from keylint.lazy import regex
from keylint.providers.catalogue import GENERIC
from keylint.record import Record
from keylint.wiring import anchors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.model import Span
    from keylint.providers.catalogue import Catalogue
    from keylint.wiring.headers import HeaderWiring

MAX_REQUESTS = 300
WINDOW = 200  # bytes in front of a parenthesis that may name a method
_SENDERS = regex(
    rb"\b(?:requests|httpx|session|http|client|aiohttp|axios|got|ky|superagent|\$http)(?:\.(?:post|get|put|request))?\s*\(|\bfetch\s*\("
    rb"|\.(?:Do|send|SendAsync|PostAsync|PostAsJsonAsync)\s*\(|\bcurl_exec\s*\("
)


# Libraries in front of the vendors' SDKs: what a file says that uses one, and how it sends.
_LIBRARIES = (
    (regex(rb"\blitellm\b"), regex(rb"(?<![\w.])(?:litellm\.)?a?(?:completion|embedding)\s*\(")),
    (
        regex(rb"langchain|llama_?index", re.IGNORECASE),
        regex(
            rb"\b\w*(?:llm|model|chain|chat|gpt|claude|openai)\w*\.(?:a?invoke|a?batch|a?predict|a?complete|a?generate)\s*\(",
            re.IGNORECASE,
        ),
    ),
    (
        regex(rb"[\"']ai[\"']|@ai-sdk/"),
        regex(rb"(?<![\w.])(?:generateText|streamText|generateObject|streamObject|embedMany|embed)\s*\("),
    ),
)
# Calls that are given a request which was made before, so that its address stands elsewhere.
_OF_REQUEST = regex(r"(?:http|client)\w*\.(?:Do|send|SendAsync|PostAsync|PostAsJsonAsync)$|^curl_exec$", re.IGNORECASE)


class Request(Record):
    """A call that sends a request to a vendor."""

    node: Node
    provider: str
    raw: bool  # an HTTP library's call, and no SDK's


class Sending:
    """The requests of one file."""

    def __init__(self, file: CodeFile, catalogue: Catalogue, headers: HeaderWiring) -> None:
        self.file = file
        self.catalogue = catalogue
        self.headers = headers

    def is_possible(self) -> bool:
        """Whether the file says anything that can send a request."""
        found = anchors.of(self.file.data, self.catalogue)
        return bool(found.sending or found.libraries)

    def speaks_of_limits(self) -> bool:
        """Whether the file says anything of rate limits or quotas."""
        return bool(anchors.of(self.file.data, self.catalogue).limited)

    def _matches(self, pattern: re.Pattern[bytes]) -> Iterator[re.Match[bytes]]:
        """The first matches of a pattern whose last byte is an anchor."""
        number = 0
        for at in anchors.of(self.file.data, self.catalogue).sending:
            for match in pattern.finditer(self.file.data, max(at - WINDOW, 0), at + 1):
                if match.end() == at + 1 and number < MAX_REQUESTS:
                    number += 1
                    yield match

    @cached_property
    def requests(self) -> list[Request]:
        """The calls that send something to a vendor."""
        found: dict[int, Request] = {}
        for match in self._matches(self.catalogue.request_pattern):
            call = self.call_at(match.end() - 1)
            if call is not None:
                provider = self.headers.of_file().provider or self.catalogue.sender(match.group(1).decode())
                found[call.node.id] = Request(call.node, provider, raw=False)
        for library, sends in _LIBRARIES if anchors.of(self.file.data, self.catalogue).libraries else ():
            for match in sends.finditer(self.file.data) if library.search(self.file.data) else ():
                call = self.call_at(match.end() - 1) if len(found) < MAX_REQUESTS else None
                if call is not None:
                    found[call.node.id] = Request(call.node, self.headers.of_file().provider or GENERIC, raw=False)
        for match in self._matches(_SENDERS):
            call = self.call_at(match.end() - 1)
            provider = self.headers.destination_of(call).provider if call is not None else ""
            if call is not None and not provider and _OF_REQUEST.search(call.written):
                provider = self.headers.of_file().provider
            if call is not None and provider:
                found[call.node.id] = Request(call.node, provider, raw=True)
        return list(found.values())

    def call_at(self, parenthesis: int) -> Call | None:
        """The call whose arguments begin at an offset."""
        leaf = self.file.leaf(parenthesis)
        for above in self.file.ancestors(leaf) if leaf is not None else ():
            shape = self.file.shape(above)
            if isinstance(shape, Call):
                return shape if shape.callee.start <= parenthesis <= shape.span.end else None
            if above.type in self.file.statements:
                return None
        return None

    def within(self, where: Span) -> Request | None:
        """The first request in a stretch of code."""
        return next((made for made in self.requests if where.holds(span(made.node))), None)

    def sends(self, function: Node) -> Request | None:
        """The first request in a function."""
        return self.within(span(function))

    def by_name(self, names: Iterable[str]) -> Request | None:
        """A request in the functions of the file that have these names."""
        for name in names:
            for leaf in self.file.occurrences(name):
                above = self.file.parent(leaf)
                if above is not None and (above.type in self.file.functions or above.type == "variable_declarator"):
                    request = self.sends(above)
                    if request is not None:
                        return request
        return None

    @cached_property
    def provider(self) -> str:
        """Whose API the file speaks to."""
        return self.headers.of_file().provider or next((made.provider for made in self.requests), "")
