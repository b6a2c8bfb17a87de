"""Code inside other files: notebooks, pages, fences, recipes.

A host says which parts it has; each is lowered by its own language's adapter and its facts are put back to where they
stand. A part may be spelled otherwise in its host than it reads (the strings of a notebook's JSON), so a part carries the
way from its own offsets to the host's, and back.
"""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from keylint.languages.syntax import Adapter, Code, Import
from keylint.model import Edit, Fact, Span, relocated
from keylint.record import Record
from keylint.wiring import anchors

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

MAX_PARTS = 2000


class Part(Record):
    """A stretch of code: its language, its text, and where its pieces stand in the host.

    `pieces` holds (offset in the part, offset in the host, length in the part, length in the host), in order.
    """

    language: str
    text: str
    pieces: tuple[tuple[int, int, int, int], ...]
    by_line: bool = False  # each line is run by itself

    @property
    def span(self) -> Span:
        """From the part's first byte in the host to its last."""
        if not self.pieces:
            return Span(0, 0)
        return Span(self.pieces[0][1], self.pieces[-1][1] + self.pieces[-1][3])

    def outward(self, offset: int, *, end: bool = False) -> int:
        """The host's offset of an offset in the part; of an `end` the one behind the byte before."""
        if not self.pieces:
            return 0
        starts = [piece[0] for piece in self.pieces]
        at = max(bisect_right(starts, offset - 1 if end and offset else offset) - 1, 0)
        inner, outer, size, width = self.pieces[at]
        within = offset - inner
        return outer + (within if size == width else 0 if within <= 0 else width)

    def inward(self, offset: int) -> int | None:
        """The part's offset of an offset in the host; None if the part does not reach there."""
        for inner, outer, size, width in self.pieces:
            if outer <= offset <= outer + width:
                return inner + (offset - outer if size == width else 0 if offset == outer else size)
        return None


def whole(source: Source, language: str, span: Span) -> Part:
    """A part that stands in its host as it reads."""
    size = span.end - span.start
    return Part(language, source.slice(span), ((0, span.start, size, size),))


class HostAdapter(Adapter):
    """An adapter of files that hold parts in other languages."""

    @abstractmethod
    def parts(self, source: Source) -> list[Part]:
        """The parts of a file, in order."""

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """What the host says itself."""
        return []

    def spell(self, source: Source, edit: Edit) -> str:
        """How an edit's text is written at its place."""
        return edit.text

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        from keylint import languages

        facts = self.own_facts(source, catalogue)
        found = anchors.of(source.data, catalogue)
        places = sorted({*found.words, *found.prefixes})
        for part in self.parts(source)[:MAX_PARTS]:
            at = bisect_left(places, part.span.start)
            if at >= len(places) or places[at] >= part.span.end:
                continue  # nothing in it can be about a credential
            inner = self._source(source, part)
            for fact in languages.adapter(part.language).facts(inner, catalogue):
                facts.append(relocated(fact, part.outward))
        return facts

    def _source(self, source: Source, part: Part) -> Source:
        return source.inner(part.text.encode("utf-8", "surrogateescape"), part.language)

    def _part(self, source: Source, offset: int) -> tuple[Part, Adapter, Source] | None:
        from keylint import languages

        for part in self.parts(source):
            if part.span.start <= offset <= part.span.end:
                return part, languages.adapter(part.language), self._source(source, part)
        return None

    def _inner(self, part: Part, at: Span) -> Span | None:
        start, end = part.inward(at.start), part.inward(at.end)
        return Span(start, end) if start is not None and end is not None else None

    def imports(self, source: Source) -> list[Import]:
        """The imports of all parts, at their places in the host."""
        from keylint import languages

        return [
            relocated(made, part.outward)
            for part in self.parts(source)
            for made in languages.adapter(part.language).imports(self._source(source, part))
        ]

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """As the part's language says it."""
        found = self._part(source, at.start)
        inner = self._inner(found[0], at) if found else None
        if found is None or inner is None:
            return None
        return found[1].write_env(found[2], variable, inner, before=before, required=required)

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """As the part's language says it."""
        found = self._part(source, at.start)
        inner = self._inner(found[0], at) if found else None
        made = found[1].prefix(found[2], inner, before) if found and inner is not None else None
        return [relocated(edit, found[0].outward) for edit in made] if found and made is not None else None

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """As the part's language says it."""
        found = self._part(source, at.start)
        inner = self._inner(found[0], at) if found else None
        made = found[1].interpolate(found[2], inner, template) if found and inner is not None else None
        if found is None or made is None:
            return None
        return [relocated(edit, found[0].outward) for edit in made[0]], made[1]

    def import_near(self, source: Source, module: str, at: Span) -> Edit | None:
        """The edit that imports a module into the part that a place lies in."""
        found = self._part(source, at.start)
        edit = found[1].add_import(found[2], module) if found else None
        return relocated(edit, found[0].outward) if found and edit else None

    def load_env(self, source: Source, at: Span) -> Edit | None:
        """As the part's language says it."""
        found = self._part(source, at.start)
        inner = self._inner(found[0], at) if found else None
        edit = found[1].load_env(found[2], inner) if found and inner is not None else None
        return relocated(edit, found[0].outward) if found and edit else None

    def is_comment(self, source: Source, offset: int) -> bool:
        """As the part's language says it."""
        found = self._part(source, offset)
        inner = found[0].inward(offset) if found else None
        return (
            found[1].is_comment(found[2], inner) if found and inner is not None else self.is_own_comment(source, offset)
        )

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """Whether an offset lies in a comment of the host."""
        return False

    def near(self, source: Source, at: Span) -> Adapter:
        """The adapter of the part that a place lies in; the host itself outside of all parts."""
        found = self._part(source, at.start)
        return found[1] if found else self
