"""XML settings: app.config, Android resources, property lists, project files.

Read as the pairs that these formats are made of: an element and its text, a `key` and a `value` attribute, a plist's `key`
before its `string`.
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import Fact, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_TAG = regex(
    rb"<!--.*?-->|<!\[CDATA\[.*?\]\]>|<(?P<end>/)?(?P<name>[A-Za-z_][\w:.-]*)(?P<rest>(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*')*?)(?P<empty>/)?>",
    re.DOTALL,
)
_ATTRIBUTE = regex(rb"([A-Za-z_][\w:.-]*)\s*=\s*(\"[^\"<]*\"|'[^'<]*')")
_RESOURCES = regex(r"(?:^|/)res/values[\w+-]*/[^/]+$")
_NAMES = (b"key", b"name", b"android:name", b"id")
_VALUES = (b"value", b"android:value", b"defaultvalue", b"string")
MAX_DEPTH = 200


class XmlAdapter(Adapter):
    """Lowers XML to facts."""

    name = "xml"
    comments = ("<!--",)
    settings = True

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        found = list(self._settings(source))
        if b"google_app_id" in source.data:  # Firebase's keys, public by design, are called like Gemini's
            found = [setting for setting in found if not setting.path[-1].startswith("google_")]
        if _RESOURCES.search(source.path):  # what an app shows to people, in words
            found = [setting for setting in found if " " not in (setting.text or "")]
        return ConfigWiring(source, found, catalogue).facts()

    def _settings(self, source: Source) -> Iterator[Setting]:
        path: list[str] = []
        opened: tuple[int, str, Span] | None = None  # where the text of the innermost element begins
        key: tuple[str, Span] | None = None  # a plist's key
        for match in _TAG.finditer(source.data):
            if match.group("name") is None:
                continue
            name = match.group("name").decode()
            where = Span(match.start("name"), match.end("name"))
            if match.group("end"):
                if opened is not None and opened[1] == name:
                    content = _stripped(source, Span(opened[0], match.start()))
                    text = html.unescape(source.slice(content))
                    if name == "key":
                        key = (text, content)
                    else:
                        title, title_span = key if key is not None and name == "string" else (name, where)
                        label = path[-1] if path and path[-1] != name else ""
                        yield Setting(
                            (*path[:-1], label or title) if key is None else (*path[:-1], title),
                            text,
                            content,
                            content,
                            opened[2] if key is None else title_span,
                        )
                        key = None
                opened = None
                if path:
                    path.pop()
                continue
            attributes = {found.group(1).lower(): found for found in _ATTRIBUTE.finditer(match.group("rest"))}
            yield from _attributes(source, attributes, match.start("rest"), (*path, name))
            if not match.group("empty") and len(path) < MAX_DEPTH:
                named = next((attributes[word] for word in _NAMES if word in attributes), None)
                label = (
                    named.group(2).decode("utf-8", "replace")[1:-1]
                    if named is not None and name in ("string", "item", "entry", "property", "setting", "add", "Data")
                    else name
                )
                path.append(label)
                opened = (match.end(), name, where)

    def is_comment(self, source: Source, offset: int) -> bool:
        """Between <!-- and -->."""
        return source.data.rfind(b"<!--", 0, offset + 4) > source.data.rfind(b"-->", 0, offset)

    def broken(self, data: bytes) -> bool:
        """Fixes write no markup."""
        return False


def _stripped(source: Source, where: Span) -> Span:
    raw = source.data[where.start : where.end]
    return (
        Span(where.start + len(raw) - len(raw.lstrip()), where.end - (len(raw) - len(raw.rstrip())))
        if raw.strip()
        else Span(where.start, where.start)
    )


def _attributes(
    source: Source, found: dict[bytes, re.Match[bytes]], base: int, path: tuple[str, ...]
) -> Iterator[Setting]:
    """``<add key="OpenAI:ApiKey" value="…"/>``, and attributes that speak for themselves."""
    siblings = {name.decode(): match.group(2).decode("utf-8", "replace")[1:-1] for name, match in found.items()}
    for word in _VALUES:
        named = next((found[name] for name in _NAMES if name in found), None)
        if word in found and named is not None:
            label = named.group(2).decode("utf-8", "replace")[1:-1]
            yield _of(source, found[word], base, (*path, *re.split(r"[:.]|__", label)), named, siblings)
            return
    for name, match in found.items():
        yield _of(source, match, base, (*path, name.decode()), match, siblings)


def _of(
    source: Source,
    value: re.Match[bytes],
    base: int,
    path: tuple[str, ...],
    key: re.Match[bytes],
    siblings: dict[str, str],
) -> Setting:
    start, end = base + value.start(2), base + value.end(2)
    inner = Span(start + 1, end - 1)
    named = (
        Span(base + key.start(2) + 1, base + key.end(2) - 1)
        if key is not value
        else Span(base + key.start(1), base + key.end(1))
    )
    return Setting(path, html.unescape(source.slice(inner)), Span(start, end), inner, named, '"', siblings)


ADAPTER = XmlAdapter()
