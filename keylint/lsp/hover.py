"""What is shown over a place: the rule of a finding, and what the project says of a variable that is read."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.lsp.convert import uri
from keylint.mask import hide, quote
from keylint.model import EnvRead, Slot, Span
from keylint.report.excerpt import safe
from keylint.rules import find, page_address

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.lsp.checking import Definition, Found, Known
    from keylint.lsp.session import Result

MOST = 8  # definitions that are listed

_WHAT = {
    Slot.API_KEY: "API key",
    Slot.ADMIN_API_KEY: "admin API key",
    Slot.AUTH_TOKEN: "token",
    Slot.ORGANIZATION: "organization ID",
    Slot.PROJECT: "project ID",
    Slot.BASE_URL: "base URL",
    Slot.ENDPOINT: "endpoint",
}


def hover(result: Result, offset: int) -> tuple[str, Span] | None:
    """Markdown for an offset, and the span that it is about; None if there is nothing to say."""
    checked = result.outcome.checked
    if checked is None:
        return None
    parts: list[tuple[str, Span]] = []
    for found in result.findings:
        if found.finding.span.start <= offset <= found.finding.span.end:
            parts.append(("\n".join(_finding(found)), found.finding.span))
    for fact in checked.facts:
        if isinstance(fact, EnvRead) and fact.span.start <= offset <= fact.span.end:
            parts.append(("\n".join(_read(fact, checked, result.known)), fact.span))
            break
    if not parts:
        return None
    return "\n\n---\n\n".join(text for text, _ in parts), parts[0][1]


def _finding(found: Found) -> Iterator[str]:
    finding = found.finding
    rule = find(finding.code)
    yield f"**[{finding.code} {finding.name}]({page_address(finding.code)})**: {safe(finding.message)}"
    yield ""
    yield f"- answer: {safe(finding.outcome)}"
    yield f"- help: {safe(finding.help)}"
    if finding.fix is not None and finding.fix.move is not None:
        yield "- `keylint check --fix --unsafe-fixes` moves the key to `.env`; an editor is never given a key"
    if rule is not None:
        yield ""
        yield rule.doc.strip()


def _read(fact: EnvRead, checked: Checked, known: Known | None) -> Iterator[str]:
    vendor = checked.context.provider(fact.provider).name if fact.provider else ""
    what = _WHAT.get(fact.slot, "") if fact.slot is not None else ""
    belongs = f": {vendor}'s {what or 'variable'}" if vendor else ""
    yield f"**{_name(fact, checked)}**{belongs}"
    if known is None:
        return
    yield ""
    definitions = known.definitions.get(fact.name, [])
    if not definitions:
        outside = fact.name in known.provided
        yield "Set from outside, says `provided`." if outside else "Nothing in this project defines it."
        return
    yield "Defined in"
    for definition in definitions[:MOST]:
        yield _definition(definition, known)
    if len(definitions) > MOST:
        yield f"- and {len(definitions) - MOST} more"


def _name(fact: EnvRead, checked: Checked) -> str:
    """The variable; not if a key stands where its name belongs."""
    if any(secret.overlaps(fact.name_span) for secret in checked.secrets):
        return "a key"
    return hide(quote(fact.name))


def _definition(definition: Definition, known: Known) -> str:
    shown = os.path.relpath(definition.path, known.root).replace(os.sep, "/")
    place = f"[{safe(shown)}:{definition.row}]({uri(definition.path)}#L{definition.row})"
    return f"- {place}: {definition.shown}{' (an example)' if definition.template else ''}"
