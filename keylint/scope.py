"""What the files of one configuration are checked with, made when it is needed, and what is remembered of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint import patterns

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.remembered import Remembered
    from keylint.rules.rule import Rule
    from keylint.settings import Settings
    from keylint.unchanged import Unchanged


class Scope:
    """The triage, the providers and the rules of one configuration, made when they are needed."""

    def __init__(self, settings: Settings, cache: bool) -> None:
        self.settings = settings
        self._cache = cache
        self.triage = patterns.load(settings.providers or None, cache=cache)
        self._catalogue: Catalogue | None = None
        self._rules: tuple[Rule, ...] | None = None
        self._remembered: dict[str, Remembered] = {}
        self.table: Unchanged | None = None  # once it was asked for

    @property
    def catalogue(self) -> Catalogue:
        """The providers."""
        if self._catalogue is None:
            from keylint.providers.catalogue import load

            self._catalogue = load(self.settings.providers or None, self.settings.base_urls)
            self._catalogue.cached = self._cache
        return self._catalogue

    @property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that the configuration asks for."""
        if self._rules is None:
            from keylint.analysis import selected

            self._rules = selected(self.settings)
        return self._rules

    def remembered(self, root: str, lent: dict[str, str] | None = None) -> Remembered | None:
        """What is known of the files of a project, and what is lent; None if nothing is to be remembered."""
        if root not in self._remembered and (self._cache or lent is not None):
            from keylint.remembered import Remembered

            settings = (self.settings.providers, self.settings.base_urls)
            self._remembered[root] = Remembered(root, settings, lent, cached=self._cache)
        return self._remembered.get(root)

    def unchanged(self, root: str, now: int) -> Unchanged | None:
        """The files that need not be read; None if nothing is to be remembered. `root` is where the first of them lies."""
        if self.table is None and self._cache:
            from keylint.unchanged import Unchanged

            depends = (self.triage.key, self.settings.providers, self.settings.base_urls)
            self.table = Unchanged(root, depends, now)
        return self.table

    def save(self) -> None:
        """Write down what is newly known."""
        for remembered in self._remembered.values():
            remembered.save()
        if self.table is not None:
            self.table.save()
