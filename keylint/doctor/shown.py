"""What the doctor found, for people and as JSON. No key leaves unmasked."""

from __future__ import annotations

import json
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from keylint.mask import hide, mask, quote
from keylint.model import Severity
from keylint.report.entries import unicode
from keylint.report.excerpt import safe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.doctor.examining import Patient
    from keylint.doctor.judging import Problem
    from keylint.doctor.senders import Sent

_COLORS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.INFO: "36"}
_LONG = 20  # characters from which on a value is no guess away


def fingerprint(value: str) -> str:
    """A mark of a key that can be told to others, the same in every project; "" for a text that could be guessed."""
    return blake2b(value.encode(), digest_size=4, person=b"keylint doctor").hexdigest() if len(value) >= _LONG else ""


def lines(patients: Sequence[Patient], *, color: bool = False) -> Iterator[str]:
    """A paragraph for each place that sends credentials."""
    for number, patient in enumerate(patients):
        if number:
            yield ""
        place = f", sent by {safe(patient.place)}" if patient.place else ""
        more = f" and {len(patient.more)} more" if patient.more else ""
        where = f", in {safe(patient.title)}" if patient.title else ""
        yield _colored(f"{patient.provider.name}{place}{more}{where}", "1", color)
        width = max(len(_label(one)) for one in patient.sent.values())
        for one in patient.sent.values():
            yield f"  {_label(one):<{width}}  {_told(one)}"
            for other in _others(one):
                yield f"  {'':<{width}}  {other}"
        for problem in patient.problems:
            yield from _problem(problem, color)
        for line in patient.told:
            yield f"  {safe(line)}"


def _label(one: Sent) -> str:
    return one.slot.value.replace("_", " ")


def shown(one: Sent) -> str:
    """A slot's value as it may be printed."""
    if one.value is None:
        return "not set" if not one.note else "not known here"
    if one.value == "":
        return "empty"
    return mask(one.value) if one.slot.is_secret else quote(one.value, 80)


def _told(one: Sent) -> str:
    if one.is_default:
        return f"{one.value or 'each customer has their own'} (nothing else is said)"
    origin = ""
    if one.setting is not None:
        by = f", loaded by {one.found.by}" if one.found is not None and one.found.by and one.setting.file else ""
        name = f"{one.name} of " if one.name else ""
        origin = f"  from {name}{one.setting.place}{by}"
    elif one.name:
        origin = f"  from {one.name}"
    note = f": {one.note}" if one.note else ""
    return safe(f"{shown(one)}{origin}{note}")


def _others(one: Sent) -> Iterator[str]:
    if one.found is None:
        return
    for setting in one.found.shadowed:
        yield safe(f"hides {setting.place}{_same(setting.value, one.value)}")
    for setting in one.found.idle:
        yield safe(f"{setting.place} has it too, and nothing loads that file")


def _same(other: str | None, value: str | None) -> str:
    if other is None:
        return ", which is not known here"
    return (
        ", which says the same"
        if other == value
        else ", which is empty"
        if not other
        else ", which says something else"
    )


def _problem(problem: Problem, color: bool) -> Iterator[str]:
    yield f"  {_colored(problem.severity.value, _COLORS[problem.severity], color)}: {safe(hide(problem.message))}"
    if problem.outcome:
        yield f"    answer: {safe(problem.outcome)}"
    yield f"    help: {safe(problem.help)}"


def _colored(text: str, code: str, color: bool) -> str:
    return f"\x1b[{code}m{text}\x1b[0m" if color else text


def as_json(patients: Sequence[Patient]) -> str:
    """The same as plain data."""
    return json.dumps([_object(patient) for patient in patients], indent=2)


def _object(patient: Patient) -> dict[str, Any]:
    return {
        "provider": patient.provider.id,
        "place": unicode(patient.place) or None,
        "also": [unicode(place) for place in patient.more],
        "environment": unicode(patient.title) or None,
        "sends": {one.slot.value: _sent(one) for one in patient.sent.values()},
        "problems": [
            {
                "severity": problem.severity.value,
                "message": unicode(hide(problem.message)),
                "outcome": unicode(problem.outcome),
                "help": unicode(problem.help),
            }
            for problem in patient.problems
        ],
        "told": [unicode(line) for line in patient.told],
        "online": patient.online,
    }


def _sent(one: Sent) -> dict[str, Any]:
    return {
        "shown": unicode(shown(one)),
        "fingerprint": (fingerprint(one.value) or None) if one.value and one.slot.is_secret else None,
        "variable": one.name or None,
        "from": unicode(one.setting.place) if one.setting is not None else None,
        "loaded_by": (unicode(one.found.by) or None) if one.found is not None else None,
        "hides": [unicode(setting.place) for setting in one.found.shadowed] if one.found is not None else [],
        "not_loaded": [unicode(setting.place) for setting in one.found.idle] if one.found is not None else [],
        "note": unicode(one.note) or None,
        "default": one.is_default,
    }
