"""The open documents, kept as lists of lines so that a keystroke costs what it changes, however large the document is.

pygls has documents too; it splits the whole text for each change, and at signs (form feed, U+2028) that end no line for
the protocol.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.uris import to_fs_path, urlparse

from keylint import languages
from keylint.lazy import regex
from keylint.lsp.positions import characters

if TYPE_CHECKING:
    from collections.abc import Iterable

_LINE = regex(r"[^\r\n]*(?:\r\n?|\n)|[^\r\n]+")
_LONE = regex("[\ud800-\udfff]")
# What editors call a language, where that is not our name for it.
_EDITORS_NAMES = {
    "shellscript": "shell",
    "bat": "batch",
    "javascriptreact": "javascript",
    "typescriptreact": "tsx",
    "jsonc": "json",
    "vb": "vbnet",
    "terraform": "hcl",
    "properties": "ini",
    "vue": "html",
    "svelte": "html",
    "env": "dotenv",
}


class Document:
    """One open document. `path` is a file's name, or for what is on no disk the name that it would have."""

    def __init__(self, item: types.TextDocumentItem, folder: str) -> None:
        self.uri = item.uri
        self.version = item.version
        self.on_disk = item.uri.startswith("file:")
        self.path = _path(item, folder)
        self.lines = _split(item.text)

    @property
    def data(self) -> bytes:
        """The text in UTF-8; half a surrogate pair, which no encoding can say, is replaced by one unit's length."""
        text = "".join(self.lines)
        try:
            return text.encode()
        except UnicodeEncodeError:
            return _LONE.sub("\ufffd", text).encode()

    def change(self, changes: Iterable[types.TextDocumentContentChangeEvent], version: int, encoding: str) -> None:
        """Apply a client's changes, one after another."""
        for change in changes:
            if isinstance(change, types.TextDocumentContentChangePartial):
                self._replace(change.range.start, change.range.end, change.text, encoding)
            else:
                self.lines = _split(change.text)
        self.version = version

    def _replace(self, start: types.Position, end: types.Position, text: str, encoding: str) -> None:
        lines = self.lines
        first, head = self._place(start, encoding)
        last, tail = self._place(end, encoding)
        text = lines[first][:head] + text + lines[last][tail:]
        if first and lines[first - 1].endswith("\r"):  # two signs that may have become one line end
            first -= 1
            text = lines[first] + text
        if text.endswith("\r") and last + 1 < len(lines) and lines[last + 1].startswith("\n"):
            last += 1
            text += lines[last]
        made = _split(text)
        if last + 1 < len(lines):
            made.pop() if not made[-1] else None
        lines[first : last + 1] = made

    def _place(self, place: types.Position, encoding: str) -> tuple[int, int]:
        """The line of a place, and the index of its character in it."""
        if place.line >= len(self.lines):
            return len(self.lines) - 1, len(self.lines[-1])
        line = self.lines[place.line].rstrip("\r\n")
        return place.line, characters(line, place.character, encoding)


def _split(text: str) -> list[str]:
    """The lines with their ends; the last one has none, and may be empty."""
    made = _LINE.findall(text)
    if not made or made[-1].endswith(("\r", "\n")):
        made.append("")
    return made


def _path(item: types.TextDocumentItem, folder: str) -> str:
    known = to_fs_path(item.uri) if item.uri.startswith("file:") else None
    if known:
        return os.path.normpath(known)
    name = os.path.basename(urlparse(item.uri)[2]) or "untitled"
    if languages.of(name) == languages.TEXT:
        language = _EDITORS_NAMES.get(item.language_id, item.language_id)
        name = languages.named(name, language)
    return os.path.join(folder, name)
