"""What an error text means: which error it is, whose, what was sent, and what causes it, the likeliest first.

The knowledge is data: texts of vendors in `providers/*.toml`, everything else in `errors.toml`; `table` reads them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from keylint.diagnosis.evidence import Sent, sent_as
from keylint.diagnosis.table import Cause, Meaning, Table, load

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import ErrorSpec, Provider

MAX_TEXT = 20_000  # characters: the error is at the end of a trace, and no pattern may take long


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """An error that was recognized.

    `provider` is the vendor that the texts are filled in for, the generic one if the error does not tell. `causes` are those
    that the evidence leaves, in order; `sent` is what the API showed of what it got, None if it showed nothing.
    """

    name: str
    meaning: Meaning
    provider: Provider
    causes: tuple[Cause, ...]
    sent: Sent | None = None
    answered: bool = False  # the text is that vendor's own answer, not what many clients and programs say
    asked: Mapping[str, str] = field(default_factory=dict)  # what to say, and to do, if keylint itself got it

    def seen(self, codes: AbstractSet[str]) -> Diagnosis:
        """The same, with the causes first that were found in the project; `codes` are the rules that found something."""
        return replace(self, causes=tuple(sorted(self.causes, key=lambda cause: codes.isdisjoint(cause.rules))))

    @property
    def rules(self) -> tuple[str, ...]:
        """The rules that find the causes, in their order."""
        return tuple(dict.fromkeys(code for cause in self.causes for code in cause.rules))


@dataclass(frozen=True, slots=True)
class _Hit:
    """A text that matched; `vendor` is None for one that many give."""

    spec: ErrorSpec
    vendor: Provider | None
    match: re.Match[str]


def diagnose(text: str, catalogue: Catalogue, asked: Provider | None = None) -> Diagnosis | None:
    """The error that a text tells of, with its causes in order; None if it is none that is known.

    `asked` is the vendor whose answer it is, if that is known.
    """
    text = text[-MAX_TEXT:]
    table = load()
    hits = list(_hits(text, catalogue, table))
    if not hits:
        return None
    own = next(
        (hit for hit in hits if asked is not None and hit.vendor is not None and hit.vendor.id == asked.id), None
    )
    hit = own or _best(hits, text, catalogue)
    vendor = asked or hit.vendor or _named(text, catalogue)
    meaning = table.meanings[hit.spec.means]
    sent = sent_as(hit.match.groupdict().get("sent"), catalogue, vendor.id if vendor else "")
    causes = _left(meaning.causes, sent.evidence if sent is not None else "")
    told = hit.spec.asked or meaning.asked
    return Diagnosis(hit.spec.means, meaning, vendor or catalogue.generic, causes, sent, hit.vendor is not None, told)


def _hits(text: str, catalogue: Catalogue, table: Table) -> Iterable[_Hit]:
    sources: list[tuple[Provider | None, tuple[ErrorSpec, ...]]] = [
        *((provider, provider.errors) for provider in catalogue.providers.values()),
        (None, table.errors),
    ]
    for provider, specs in sources:
        for spec in specs:
            found = list(table.pattern(spec).finditer(text))
            if found:
                yield _Hit(spec, provider, found[-1])


def _best(hits: list[_Hit], text: str, catalogue: Catalogue) -> _Hit:
    """The last one of a trace, strong ones before weak ones; a vendor's own words before those that many use.

    Of several texts of one vendor the one that its file names first counts.
    """
    strong = [hit for hit in hits if not hit.spec.weak]
    if not strong:
        return hits[0]
    last = max(strong, key=lambda hit: hit.match.end())
    vendors = [hit.vendor for hit in strong if hit.vendor is not None and hit.match.end() > last.match.start()]
    if not vendors:
        return last
    named = _named(text, catalogue)
    vendor = named if named in vendors else vendors[0]
    return next(hit for hit in strong if hit.vendor is vendor)


def _named(text: str, catalogue: Catalogue) -> Provider | None:
    """The vendor that a text names: by an address of its, by its variable, by its name. OpenAI's name is also its SDK's."""
    lower = text.lower()
    best: tuple[int, Provider | None] = (0, None)
    for provider in catalogue.providers.values():
        addresses = [
            host.lstrip("*.") for host in (*provider.hosts, re.sub(r"^https?://|[/ ].*$", "", provider.key_page))
        ]
        if any(
            re.search(rf"(?<![\w-]){re.escape(address)}(?![\w-])", lower) for address in addresses if "." in address
        ):
            score = 4
        elif any(re.search(rf"(?<!\w){name}(?!\w)", text) for names in provider.variables.values() for name in names):
            score = 3
        elif any(re.search(rf"(?<![a-z]){re.escape(word)}(?![a-z])", lower) for word in provider.words):
            score = 1 if provider.id == "openai" else 2
        else:
            continue
        if score > best[0]:
            best = (score, provider)
    return best[1]


def _left(causes: tuple[Cause, ...], evidence: str) -> tuple[Cause, ...]:
    """What the evidence leaves of the causes, those that it speaks for first."""
    if not evidence or not any(evidence in cause.when for cause in causes):
        return causes
    return (
        *(cause for cause in causes if evidence in cause.when),
        *(cause for cause in causes if not cause.when),
    )
