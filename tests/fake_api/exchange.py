"""What goes in and out of a fake: a request, an answer, and the account whose credentials are right."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Request:
    """One request, as far as the fakes look at it. Header names are in lower case."""

    method: str
    host: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        return urlsplit(self.target).path

    def query(self, name: str) -> str:
        return (parse_qs(urlsplit(self.target).query).get(name) or [""])[0]

    @property
    def bearer(self) -> str:
        """The token behind `Bearer`, "" if there is none.

        The scheme's case does not matter (RFC 9110, 11.1), a space before the token does: OpenAI's guide to its error codes
        names an extra space among the causes of an incorrect key.
        """
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else ""

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.body)
        except ValueError:
            return None


@dataclass(frozen=True)
class Answer:
    """A status, a body, headers; `code` and `message` are what the body calls the error."""

    status: int
    body: Any
    code: str = ""
    message: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass
class Account:
    """What is right at a vendor: its live keys, the organization and the project they belong to."""

    keys: set[str] = field(default_factory=set)
    organization: str = ""
    project: str = ""
