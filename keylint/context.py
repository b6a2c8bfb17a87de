"""What a rule may ask about the file that its fact comes from."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property
from typing import TYPE_CHECKING

from keylint.judge import Judgement, judge
from keylint.lazy import regex
from keylint.model import (
    Applicability,
    Client,
    Edit,
    Env,
    EnvDefinition,
    Fact,
    Fix,
    Header,
    Move,
    Note,
    Role,
    Slot,
    Span,
    Unset,
    Use,
    Value,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keylint.languages.syntax import Adapter, Code
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import Provider
    from keylint.settings import Settings
    from keylint.source import Source

_WRONG = regex(
    r"wrong|\bbad\b|incorrect|don['’]?t|do not|never|mistake|❌|✗|not like|instead of|fails|error|before:|401"
)
# Code that whoever has the app or opens the page has, and its keys with it.
_APP = regex(
    rb"^import (?:SwiftUI|UIKit|androidx?\.)|package:flutter/|^using UnityEngine|[\"']react-native[\"']", re.MULTILINE
)
_PAGE = regex(
    rb"dangerouslyAllowBrowser|^[\"']use client[\"']|\buse(?:State|Effect|Ref)\("
    rb"|\bdocument\.(?:getElementById|querySelector|create)|import\.meta\.env\.VITE_|\bchrome\.(?:runtime|storage|tabs)\.",
    re.MULTILINE,
)
_SERVED = regex(rb"^import (?:Vapor|Hummingbird|ArgumentParser|NIO)", re.MULTILINE)  # Swift that is no app
# Programs of a microcontroller, which has no environment: https://docs.arduino.cc/learn/programming/sketch-file-structure/.
_BOARD = regex(rb"^#include\s*[<\"](?:Arduino|WiFi\w*|ESP8266\w*|M5\w+)\.h[>\"]", re.MULTILINE)
_APP_PATH = regex(r"\.(?:prefab|asset|unity|plist|storyboard)$|(?:^|/)app/src/main/(?:java|kotlin)/")
_PAGES = ("javascript", "typescript", "tsx", "html")
# Python written for openai 0.x: https://github.com/openai/openai-python/blob/v0.28.1/openai/util.py.
_BEFORE_1 = regex(rb"\bopenai\.(?:Completion|ChatCompletion|Edit|Embedding|Image|Audio|Moderation)\.a?create\b")
# Languages whose SDKs the providers' tables quote.
_OFFICIAL = ("python", "notebook", "javascript", "typescript", "tsx", "yaml", "dotenv", "shell")
MANY = 4096  # judgements that are kept
_TOLERANT = (Role.TEMPLATE, Role.DOCUMENTATION, Role.TEST, Role.GENERATED, Role.VENDORED)


class Context:
    """One file: its source, its facts, its language, and the providers."""

    def __init__(
        self, source: Source, facts: Sequence[Fact], adapter: Adapter, catalogue: Catalogue, settings: Settings
    ) -> None:
        self.source = source
        self.facts = facts
        self.adapter = adapter
        self.catalogue = catalogue
        self.settings = settings
        self._judged: dict[tuple[str, str], Judgement] = {}

    @property
    def role(self) -> Role:
        """What kind of place the file is."""
        return self.source.role

    @property
    def tolerant(self) -> bool:
        """Whether examples, placeholders and deliberate mistakes belong in the file."""
        return self.source.role in _TOLERANT

    @property
    def gives_defaults(self) -> bool:
        """Whether files outside of git replace what the file says: user secrets, appsettings.Development.json."""
        return self.source.path.rpartition("/")[2] == "appsettings.json"

    def is_shown_wrong(self, span: Span) -> bool:
        """Whether a place in documentation is no instruction: prose, or code that is told to be wrong.

        What stands in a block of code is copied and run, so that its mistakes are mistakes.
        """
        if self.source.role is not Role.DOCUMENTATION or self.adapter_at(span) is self.adapter:
            return True
        before = self.source.data[max(span.start - 400, 0) : span.end + 80].decode("utf-8", "replace").lower()
        return bool(_WRONG.search(before))

    def provider(self, identity: str) -> Provider:
        """A provider; the generic one for an id that is unknown or ""."""
        return self.catalogue[identity]

    def adapter_at(self, span: Span) -> Adapter:
        """The adapter that speaks for a place, which may be code inside a file of another kind."""
        return self.adapter.near(self.source, span)

    def language_at(self, span: Span) -> str:
        """The language of a place."""
        return self.adapter_at(span).name

    def judge(self, text: str, provider: str = "") -> Judgement:
        """What a text is where a key of a provider belongs."""
        known = self._judged.get((text, provider))
        if known is None:
            if len(self._judged) > MANY:  # a list of keys, each of which is asked for a few times and then no more
                self._judged.clear()
            known = self._judged[text, provider] = judge(text, self.catalogue, provider)
        return known

    def is_of_another(self, use: Use) -> bool:
        """Whether a name that several services share (GOOGLE_API_KEY) stands in code that says nothing of this vendor."""
        words = (use.provider, *self.provider(use.provider).words)
        if use.via not in ("variable", "definition") or any(word.lower() in use.place.lower() for word in words):
            return False
        return not self.speaks_of(use.provider)

    def speaks_of(self, provider: str) -> bool:
        """Whether the file names a vendor, or a host of the vendor."""
        known = self.provider(provider)
        lower = self.source.data.lower()
        words = [word.lower().encode() for word in (known.id, *known.words, *known.hosts)]
        return any(
            word in lower
            and (len(word) > 4 or re.search(rb"(?<![a-z0-9])" + re.escape(word) + rb"(?![a-z0-9])", lower))
            for word in words
        )

    @cached_property
    def audience(self) -> str:
        """Who gets what the file holds, keys included: "app", "page", "board", "" for a program that stays where it runs."""
        data, path = self.source.data, self.source.path
        if path.endswith(".ino") or (self.source.language == "cpp" and _BOARD.search(data)):
            return "board"
        if _APP.search(data) or _APP_PATH.search(path):
            return "app"
        if self.source.language == "swift":
            return "" if _SERVED.search(data) or path.endswith("main.swift") or "Package" in path else "app"
        return "page" if self.source.language in _PAGES and _PAGE.search(data) else ""

    @property
    def without_environment(self) -> str:
        """What to do with a key where users would get it, or nothing has an environment; "" where a variable is the way."""
        if self.audience == "board":
            return "put it into a header of its own that git ignores, such as arduino_secrets.h"
        who = {"app": "whoever has the app", "page": "whoever opens the page"}.get(self.audience)
        return f"{who} has the key: let a server of yours call the API" if who else ""

    @cached_property
    def _defined(self) -> list[tuple[int, EnvDefinition]]:
        """What the file sets for programs that it starts, by where the values begin."""
        facts = [fact for fact in self.facts if isinstance(fact, EnvDefinition) and fact.reader != "process"]
        return sorted(((fact.value.span.start, fact) for fact in facts), key=lambda item: item[0])

    def supplied(self, span: Span, variable: str) -> str:
        """How the program that this file starts gets a value that the file sets; "" if nothing is known of that."""
        from keylint import supply

        at = bisect_right(self._defined, span.start, key=lambda item: item[0])
        fact = self._defined[at - 1][1] if at else None
        if fact is not None and fact.value.span.holds(span):
            return supply.way(self.source.path, fact.name, fact.reader)
        return supply.way(self.source.path, variable, None)

    def variable_for(self, use: Use) -> str:
        """The variable that a use should be read from: its provider's, or the one its host's vendor has."""
        provider = self.provider(use.host or use.provider)
        slot = use.slot if use.slot is not Slot.AUTH_TOKEN or provider.variable(Slot.AUTH_TOKEN) else Slot.API_KEY
        return provider.variable(slot) or "API_KEY"

    def without_key(self, vendor: Provider, at: Span, *, empty: bool = False) -> str:
        """What happens where a place is given no key: what the SDK says, if it is the one that the vendor's table quotes.

        `empty` if it is given an empty text, which an SDK may take for a key.
        """
        if vendor.id == "openai" and _BEFORE_1.search(self.source.data):
            return vendor.answer("no-key") if empty else "openai.error.AuthenticationError: No API key provided"
        return vendor.answer("unset" if self.language_at(at) in _OFFICIAL else "no-key")

    def unset(self, provider: str, read: Env | None = None) -> str:
        """What happens when a variable has no value: its read fails, or the client that is given nothing, or the API does."""
        vendor = self.provider(provider)
        if read is not None and read.unset is Unset.ERROR:
            return (
                "KeyError: the read itself fails"
                if self.language_at(read.span) == "python"
                else "the read itself fails"
            )
        clients = [fact for fact in self.facts if isinstance(fact, Client) and fact.provider == provider]
        if read is not None and any(client.reads_environment for client in clients):
            return f"{vendor.answer('unset')}, unless {vendor.variable(Slot.API_KEY)} is set, which the client reads itself"
        if clients or read is None or not any(isinstance(fact, Header) for fact in self.facts):
            return self.without_key(vendor, read.span) if read is not None else vendor.answer("unset")
        return vendor.answer("invalid-key" if read.unset is Unset.NULL else "no-key")

    def notes(self, value: Value, use: Span, assigned: str = "assigned here") -> tuple[Note, ...]:
        """The second place of a finding whose value comes from elsewhere in the file."""
        return (Note(value.span, assigned),) if not use.holds(value.span) else ()

    def used(self, value: Value, use: Span, label: str) -> tuple[Note, ...]:
        """Where a value that is reported at its own place ends up."""
        return (Note(use, label),) if not use.holds(value.span) else ()

    def read_variable(
        self, variable: str, at: Span, *, before: str = "", required: bool = True, safe: bool = True, title: str = ""
    ) -> Fix | None:
        """A fix that replaces an expression by a read of the environment, with `before` in front of what it gives.

        None where the language cannot say it.
        """
        code = self.adapter.write_env(self.source, variable, at, before=before, required=required)
        if code is None:
            return None
        edits = [Edit(at, code.text)]
        for module in code.needs:
            extra = self.adapter.import_near(self.source, module, at)
            edits += [extra] if extra else []
        return self.fix(title or f"read {variable} from the environment", edits, safe=safe)

    def move_out(self, fix: Fix | None, key: Span, variable: str, provider: str) -> Fix | None:
        """A fix that takes a key out of the source, made one that keeps it in `.env`."""
        if fix is None:
            return None
        title = f"{fix.title}, and keep the key in .env"
        return fix._replace(title=title, applicability=Applicability.UNSAFE, move=Move(key, variable, provider))

    def rewrite(self, span: Span, text: str) -> Edit:
        """An edit that puts `text` into a quoted string, the quotes kept as they are."""
        written = self.source.data[span.start : span.end]
        size = 3 if written[:3] in (b'"' * 3, b"'" * 3) else 1
        if len(written) >= 2 * size and written[:1] in (b'"', b"'", b"`") and written[-1:] == written[:1]:
            return Edit(Span(span.start + size, span.end - size), text)
        return Edit(span, text)

    def fix(self, title: str, edits: Iterable[Edit], *, safe: bool = True) -> Fix:
        """A fix from edits."""
        spelled = tuple(edit._replace(text=self.adapter.spell(self.source, edit)) for edit in edits)
        return Fix(title, spelled, Applicability.SAFE if safe else Applicability.UNSAFE)

    def written(self, variable: str, at: Span) -> Code | None:
        """How the language of a place reads a variable; None if nothing can be written there."""
        return self.adapter.write_env(self.source, variable, at) if self.adapter_at(at).edits else None

    def spelled(self, variable: str, at: Span) -> str:
        """How this language reads a variable, for a help text; just the name if it cannot."""
        code = self.written(variable, at)
        return f"`{code.text}`" if code is not None else f"the variable {variable}"
