"""Windows batch files: ``set`` and ``setx``, and the commands that carry headers.

cmd keeps quotes behind the sign of ``set`` and spaces before it; it expands ``%NAME%`` and nothing else.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import HostAdapter, Part
from keylint.languages.syntax import Code
from keylint.languages.variables import defined, quotes_kept, with_references
from keylint.lazy import regex
from keylint.model import Damage, Edit, Fact, Log, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.syntax import Adapter
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_SET = regex(
    rb"^[ \t@(]*(?:if\b[^\n]*?[ \t])?set[ \t]+(?P<open>\")?(?P<name>[A-Za-z_]\w*)"
    rb"(?P<before>[ \t]*)=(?P<after>[ \t]*)(?P<value>[^\r\n]*?)(?P<close>\"?)[ \t]*\r?$",
    re.MULTILINE | re.IGNORECASE,
)
_SETX = regex(
    rb"^[ \t@]*setx[ \t]+(?:/[mM][ \t]+)?(?P<name>[A-Za-z_]\w*)[ \t]+(?P<value>\"[^\"\r\n]*\"|\S+)",
    re.MULTILINE | re.IGNORECASE,
)
_ECHO = regex(rb"^[ \t@(]*echo[ \t.:](?P<text>[^\r\n>|&]*)\r?$", re.MULTILINE | re.IGNORECASE)
_REFERENCE = regex(r"%([A-Za-z_]\w*)(?::[^%]*)?%|!([A-Za-z_]\w*)!|%~?\d")
_COMMAND = regex(rb"^[ \t@]*(?:curl|http|xh|wget)(?:\.exe)?\b(?:[^\n^]|\^\r?\n|\^.)*", re.MULTILINE | re.IGNORECASE)
_PIECE = regex(r"%([A-Za-z_]\w*)%|\^\r?\n|\$|`|'")


class BatchAdapter(HostAdapter):
    """Lowers a batch file to facts."""

    name = "batch"
    comments = ("REM ", "rem ", "::", "Rem ")
    expands = "write %NAME%"

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """``set`` and ``setx``."""
        facts: list[Fact] = []
        for match in _SET.finditer(source.data):
            facts += self._set(source, catalogue, match)
        for match in _ECHO.finditer(source.data):
            facts += self._printed(source, catalogue, match)
        for match in _SETX.finditer(source.data):
            content = Span(*match.span("value"))
            written = source.data[slice(*content)]
            if written[:1] == b'"':
                if len(written) < 2 or written[-1:] != b'"':
                    continue  # the quote is left open: cmd takes whatever follows
                content = Span(content.start + 1, content.end - 1)
            value = with_references(source.slice(content), content, _REFERENCE)
            facts += defined(
                source, catalogue, match.group("name").decode(), Span(*match.span("name")), value, content, "cmd"
            )
        return facts

    def _printed(self, source: Source, catalogue: Catalogue, match: re.Match[bytes]) -> Iterator[Fact]:
        """``echo %NAME%``."""
        for read in re.finditer(rb"%([A-Za-z_]\w*)%|!([A-Za-z_]\w*)!", match.group("text")):
            known = catalogue.variable((read.group(1) or read.group(2)).decode())
            if known and known[1].is_secret:
                start = match.start("text") + read.start()
                yield Log(Span(start, start + len(read.group())), Span(*match.span()), "the key", "echo", known[0])

    def _set(self, source: Source, catalogue: Catalogue, match: re.Match[bytes]) -> Iterator[Fact]:
        content = Span(*match.span("value"))
        damages: tuple[Damage, ...] = ()
        if match.group("close") and not match.group("open"):
            content = Span(content.start, match.end("close"))
            damages = quotes_kept(source.slice(content), content, "cmd keeps the quotes as a part of the value")
        if match.group("before") or match.group("after"):
            gap = Span(match.start("before"), match.end("after"))
            damages = (
                *damages,
                Damage("spaces", gap, "cmd keeps the spaces: one in the name, one in the value", (Edit(gap, "="),)),
            )
        value = with_references(source.slice(content), content, _REFERENCE)
        yield from defined(
            source, catalogue, match.group("name").decode(), Span(*match.span("name")), value, content, "cmd", damages
        )

    def parts(self, source: Source) -> list[Part]:
        """Requests, as a shell would read them."""
        return [_request(source, *match.span()) for match in _COMMAND.finditer(source.data)]

    def near(self, source: Source, at: Span) -> Adapter:
        """What expands a reference here is cmd."""
        return self

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """``%X%``."""
        return Code(f"{before}%{variable}%")

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """``%NAME%`` in the place of another language's reference."""
        match = re.fullmatch(r"\\?\$\{?(?:env:)?([A-Za-z_]\w*)\}?|\{\{?([A-Za-z_]\w*)\}?\}", template)
        written = template.lstrip("\\").encode()
        start = source.data.find(written, at.start, at.end) if match else -1
        if match is None or start < 0:
            return None
        return [Edit(Span(start, start + len(written)), f"%{match.group(1) or match.group(2)}%")], True

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """A line that begins with REM or ::."""
        return bool(re.match(r"[ \t@]*(?:rem\b|::)", source.slice(source.line(source.row(offset))), re.IGNORECASE))

    def broken(self, data: bytes) -> bool:
        """Nothing that a fix writes can break a line."""
        return False


def _request(source: Source, start: int, end: int) -> Part:
    raw = source.slice(Span(start, end))
    text, at, inner, outer = "", 0, 0, start
    pieces = []
    for match in [*_PIECE.finditer(raw), None]:
        plain = raw[at : match.start() if match else len(raw)]
        size = len(plain.encode())
        if size:
            pieces.append((inner, outer, size, size))
            inner, outer, text = inner + size, outer + size, text + plain
        if match is None:
            break
        written = match.group()
        said = f"${{{match.group(1)}}}" if match.group(1) else "\\\n" if written.startswith("^") else "\\" + written
        pieces.append((inner, outer, len(said), len(written)))
        text, inner, outer, at = text + said, inner + len(said), outer + len(written), match.end()
    return Part("shell", text, tuple(pieces))


ADAPTER = BatchAdapter()
