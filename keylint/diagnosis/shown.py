"""A diagnosis for people, and for programs. Nothing of the pasted text is printed but what ``Sent.shown`` holds."""

from __future__ import annotations

import json
import textwrap
from typing import TYPE_CHECKING, Any

from keylint.diagnosis.table import load
from keylint.rules import find

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.diagnosis import Diagnosis
    from keylint.diagnosis.places import Found

WIDTH = 100
RULES = 4  # a cause that more rules find names no more than these
UNKNOWN = (
    "no error of an LLM API or its SDKs is recognized in this text",
    "Paste the last lines of the output: the line with the status (401, 403, 429) and the message after it.",
    "`keylint check` finds mistakes without an error text.",
)


def lines(diagnosis: Diagnosis, found: Found | None, *, color: bool = False) -> Iterator[str]:
    """What it means, the causes in order, the places in the project."""
    vendor = "" if diagnosis.provider.id == "generic" else f"{diagnosis.provider.name}: "
    title = diagnosis.meaning.title
    yield _bold(f"{vendor}{title}." if vendor else f"{title[0].upper()}{title[1:]}.", color)
    sent = diagnosis.sent
    if sent is not None:
        told = load().evidence[sent.evidence]
        if sent.evidence == "other":
            told += f" ({_names(diagnosis)})"
        yield f"What was sent: {sent.shown}, {told}."
    yield ""
    yield "The cause:" if len(diagnosis.causes) == 1 else "Causes, the likeliest first:"
    for number, cause in enumerate(diagnosis.causes, 1):
        yield ""
        yield from _wrapped(f"{number}. ", filled(cause.says, diagnosis))
        yield from _wrapped("   ", filled(cause.do, diagnosis))
        if cause.rules:
            known = [rule for code in cause.rules if (rule := find(code)) is not None]
            yield f"   Rules: {', '.join(f'{rule.code} {rule.name}' for rule in known[:RULES])}" + (
                f" and {len(known) - RULES} more" if len(known) > RULES else ""
            )
    yield ""
    yield from _places(diagnosis, found, color)


def _places(diagnosis: Diagnosis, found: Found | None, color: bool) -> Iterator[str]:
    from keylint.report import full_
    from keylint.report.excerpt import safe

    if found is None:
        if diagnosis.rules:
            yield "Call it in the project's folder, or with --path, to see the places that would give this error."
        return
    for place in found.keys:
        yield f"The key that was sent stands in {safe(place)}."
    if found.keys and not found.run.findings:
        return
    if found.keys:
        yield ""
    if not found.run.findings:
        what = "could give this error" if diagnosis.rules else "is about this"
        yield f"Nothing in the {found.run.files} files that were checked {what}, as far as keylint can tell."
        return
    if found.exact:
        head = "Here stands what was sent:"
    elif diagnosis.sent is not None and diagnosis.sent.traceable:
        head = "What was sent stands nowhere in these files; these places would give the same error:"
    else:
        head = "Places that would give this error:"
    yield _bold(head, color)
    yield ""
    yield from full_.lines(found.run, color=color)
    if found.others:
        yield f"{found.others} more could give this error with another text."


def as_json(diagnosis: Diagnosis | None, found: Found | None) -> str:
    """The same as plain data; an object with `recognized` false for a text that is not known."""
    from keylint.report import json_

    if diagnosis is None:
        return json.dumps({"recognized": False}, indent=2)
    sent = diagnosis.sent
    causes = [
        {"says": filled(cause.says, diagnosis), "do": filled(cause.do, diagnosis), "rules": list(cause.rules)}
        for cause in diagnosis.causes
    ]
    made: dict[str, Any] = {
        "recognized": True,
        "error": diagnosis.name,
        "means": diagnosis.meaning.title,
        "provider": diagnosis.provider.id,
        "sent": None if sent is None else {"kind": sent.evidence, "shown": sent.shown.strip("`")},
        "causes": causes,
        "findings": None,
    }
    if found is not None:
        made["exact"] = found.exact
        made["keys"] = list(found.keys)
        made["findings"] = json.loads("".join(json_.lines(found.run)))
    return json.dumps(made, indent=2)


def filled(text: str, diagnosis: Diagnosis) -> str:
    """A sentence of the table with the vendor's names in it."""
    from keylint.model import Slot

    vendor = diagnosis.provider
    known = vendor.id != "generic"
    return (
        text.replace("{vendor}", vendor.name if known else "the vendor")
        .replace("{variable}", vendor.variable(Slot.API_KEY) or "the key's variable")
        .replace("{key-page}", vendor.key_page)
        .replace("{id-page}", vendor.id_page)
    )


def _names(diagnosis: Diagnosis) -> str:
    from keylint.providers.catalogue import load as load_catalogue

    whose = diagnosis.sent.vendor if diagnosis.sent is not None else ""
    return load_catalogue()[whose].name


def _wrapped(start: str, text: str) -> Iterator[str]:
    yield from textwrap.wrap(
        text,
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * len(start),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _bold(text: str, color: bool) -> str:
    return f"\x1b[1m{text}\x1b[0m" if color else text
