"""Any other text: no syntax, so nothing but key shapes is looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.syntax import Adapter

if TYPE_CHECKING:
    from keylint.model import Fact
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source


class PlainAdapter(Adapter):
    """Says nothing of its own."""

    name = "text"
    comments = ("#", "//", "/*", "<!--", "--", "'", ";", "%", "REM ", "rem ", "::", "{#", "(*")

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        return []

    def is_comment(self, source: Source, offset: int) -> bool:
        """Not known: a marker anywhere counts."""
        return True

    def broken(self, data: bytes) -> bool:
        """There is nothing to break."""
        return False


ADAPTER = PlainAdapter()
