"""`--plan-rotation`: every place that a key stands in or is read at, in the order in which to change them.

New before old: the new key goes wherever the old one is, what reads it starts again, and only then the old one is revoked.
"""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from keylint import git, texts
from keylint.doctor.environment import SHELL
from keylint.doctor.shown import fingerprint
from keylint.history import History
from keylint.judge import is_random
from keylint.mask import mask
from keylint.model import EnvDefinition, EnvRead, Literal, Role, Text, Use
from keylint.record import Record
from keylint.report.entries import unicode
from keylint.report.excerpt import safe
from keylint.settings import ConfigError, Finder, Overrides

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from keylint.analysis import Checked
    from keylint.doctor.examining import Examination
    from keylint.providers.schema import Provider

# The steps in their order, and what is to be done at the places of each.
STEPS = {
    "create": "Make the new key at {page}, beside the old one.",
    "store": "Put it into the stores that these read from:",
    "deploy": "Put it where programs are deployed from:",
    "file": "Put it into the files of variables:",
    "shell": "Put it where this shell has it from (a profile, the system's settings), and open a new one:",
    "code": "Take the old one out of the code; `keylint check --fix --unsafe-fixes` moves it to .env:",
    "restart": "Start again what reads it:",
    "check": "See that the new one works: `keylint doctor --online`.",
    "revoke": "Revoke the old one at {page}. From here on it is harmless wherever it still stands:",
}
_DEPLOYING = (
    "compose",
    "kubernetes",
    "helm",
    "github-actions",
    "gitlab-ci",
    "build-argument",
    "terraform",
    "ansible",
    "docker",
)


_STORES = ("github-actions", "gitlab-ci", "kubernetes", "helm", "azure-pipelines", "circleci")


class Place(Record):
    """Where a key stands, or is read; `step` is one of the steps."""

    step: str
    where: str
    note: str = ""


class Plan(Record):
    """One key, what may be told of it, and its places in the order of the steps."""

    provider: Provider
    shown: str
    fingerprint: str
    variables: tuple[str, ...]
    places: tuple[Place, ...]


def plans(examination: Examination, wanted: str) -> list[Plan]:
    """A plan for each key of the project, or for the one that a variable or a fingerprint names."""
    held: dict[str, list[Place]] = {}
    names: dict[str, set[str]] = {}
    for path, checked in examination.project.files.items():
        for value, name, place in _standing(path, checked, examination):
            held.setdefault(value, []).append(place)
            names.setdefault(value, set()).update({name} - {""})
    for name, value in os.environ.items():
        if value in held or (_is_key(value, examination) and examination.catalogue.variable(name)):
            held.setdefault(value, []).append(Place("shell", SHELL, name))
            names.setdefault(value, set()).add(name)
    chosen = [value for value in held if not wanted or wanted in names.get(value, ()) or wanted == fingerprint(value)]
    past = _past(chosen)
    return [_plan(value, held[value], names.get(value, set()), past.get(value, []), examination) for value in chosen]


def _is_key(text: str, examination: Examination) -> bool:
    format = examination.catalogue.identify(text)
    return format is not None and format.standalone and is_random(text, format)


def _standing(path: str, checked: Checked, examination: Examination) -> Iterator[tuple[str, str, Place]]:
    """The keys that stand in a file: the key, the variable that it is given to, the place."""
    source = checked.source
    seen = set()
    for fact in checked.facts:
        name, step = "", "code"
        if isinstance(fact, EnvDefinition):
            value, span, name = fact.value, fact.span, fact.name
            step = "deploy" if fact.reader in _DEPLOYING else "file" if source.language == "dotenv" else "code"
            text = value.text if isinstance(value, Literal) else ""
        elif isinstance(fact, Use):
            value, span = fact.value, fact.span
            text = value.text if isinstance(value, Literal) and fact.slot.is_secret else ""
        elif isinstance(fact, Text):
            span = fact.span
            raw = b"".join(source.data[slice(*span)].split())
            text = texts.decode(raw).strip() if fact.encoding == "base64" else source.slice(span)
            step = "file" if source.language == "dotenv" else "deploy" if fact.encoding == "base64" else "code"
        else:
            continue
        if text and _is_key(text, examination) and (text, source.row(span.start)) not in seen:
            seen.add((text, source.row(span.start)))
            yield text, name, Place(step, f"{path}:{source.row(span.start) + 1}", name)


def _past(values: Iterable[str]) -> Mapping[str, list[Place]]:
    """The commits that brought keys in, and are no longer all there is of them."""
    wanted = set(values)
    made: dict[str, list[Place]] = {}
    if not wanted or git.toplevel(".") is None:
        return made
    try:
        for _, checked, origin, paths in History((), Finder(Overrides()), ()).findings():
            for secret in checked.secret_texts & wanted:
                more = f" and {len(paths) - 1} more files" if len(paths) > 1 else ""
                made.setdefault(secret, []).append(
                    Place("revoke", f"{origin.path} since {origin.commit[:12]}", f"of {origin.date[:10]}{more}")
                )
    except ConfigError:
        return made
    return made


def _plan(value: str, held: list[Place], names: set[str], past: list[Place], examination: Examination) -> Plan:
    format = examination.catalogue.identify(value)
    provider = examination.catalogue.providers[format.provider if format is not None else "generic"]
    places = [*held, *_readers(names, examination), *past]
    order = list(STEPS)
    ordered = sorted(dict.fromkeys(places), key=lambda place: (order.index(place.step), place.where))
    return Plan(provider, mask(value), fingerprint(value), tuple(sorted(names)), tuple(ordered))


def _readers(names: set[str], examination: Examination) -> Iterator[Place]:
    """What takes the key by its variable's name: stores of the CI, and programs."""
    for path, checked in examination.project.files.items():
        if checked.source.role in (Role.TEST, Role.DOCUMENTATION, Role.TEMPLATE):
            continue
        for fact in checked.facts:
            if isinstance(fact, EnvRead) and fact.name in names:
                yield Place("restart", f"{path}:{checked.source.row(fact.span.start) + 1}", f"reads {fact.name}")
            elif isinstance(fact, EnvDefinition) and fact.name in names and fact.reader in _STORES:
                if isinstance(fact.value, Literal):
                    continue
                yield Place(
                    "store", f"{path}:{checked.source.row(fact.span.start) + 1}", f"{fact.name}, kept elsewhere"
                )


# --------------------------------------------------------------------------------------------------------------- shown


def lines(plans: Iterable[Plan]) -> Iterator[str]:
    """The plans for people."""
    for number, plan in enumerate(plans):
        if number:
            yield ""
        names = f", {', '.join(plan.variables)}" if plan.variables else ""
        mark = f" ({plan.fingerprint})" if plan.fingerprint else ""
        yield safe(f"{plan.provider.name} key {plan.shown}{mark}{names}")
        count = 0
        for step, text in STEPS.items():
            found = [place for place in plan.places if place.step == step]
            if not found and text.endswith(":") and step != "revoke":
                continue
            count += 1
            said = text.format(page=plan.provider.key_page)
            yield f"  {count}. {said if found or not said.endswith(':') else said.partition('. ')[0] + '.'}"
            for place in found:
                yield safe(f"     {place.where}{f'  {place.note}' if place.note else ''}")


def as_json(plans: Iterable[Plan]) -> str:
    """The same as plain data."""
    return json.dumps([_object(plan) for plan in plans], indent=2)


def _object(plan: Plan) -> dict[str, Any]:
    return {
        "provider": plan.provider.id,
        "key": plan.shown,
        "fingerprint": plan.fingerprint or None,
        "variables": [unicode(name) for name in plan.variables],
        "places": [
            {"step": place.step, "where": unicode(place.where), "note": unicode(place.note) or None}
            for place in plan.places
        ],
    }
