"""The places where a program hands its credentials over, and what of the environment they take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint import loaders
from keylint.doctor.environment import Found, Setting
from keylint.model import (
    Address,
    Client,
    Endpoint,
    Env,
    EnvDefinition,
    EnvRead,
    Join,
    Literal,
    Missing,
    Opaque,
    Role,
    Slot,
    Use,
)
from keylint.providers.catalogue import GENERIC
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.analysis import Checked
    from keylint.doctor.environment import Environment
    from keylint.model import Value
    from keylint.project import Project
    from keylint.providers.catalogue import Catalogue

SLOTS = (Slot.API_KEY, Slot.ADMIN_API_KEY, Slot.AUTH_TOKEN, Slot.ORGANIZATION, Slot.PROJECT, Slot.BASE_URL)
_UNREAD = (Role.TEST, Role.DOCUMENTATION, Role.TEMPLATE, Role.VENDORED, Role.GENERATED)


class Sender(Record):
    """A place that sends credentials to a vendor.

    `values` is what the code hands over; slots that it leaves out come from the vendor's variables if the SDK `reads` them.
    """

    provider: str
    path: str
    row: int
    language: str
    values: Mapping[Slot, Value]
    reads: bool = False

    @property
    def place(self) -> str:
        """Where a person finds it; "" if no call is seen, only variables."""
        return f"{self.path}:{self.row}" if self.path else ""


class Sent(Record):
    """What a slot gets: the setting it comes from, which may be a literal of the code, and what that hides.

    `name` is the variable that is asked for, "" for none. `note` says why the value is not known.
    """

    slot: Slot
    value: str | None
    name: str = ""
    setting: Setting | None = None
    found: Found | None = None
    note: str = ""
    is_default: bool = False  # what the SDK takes if nothing is said

    def __repr__(self) -> str:
        return f"Sent({self.slot.value}, {self.name})"


def collect(project: Project, catalogue: Catalogue) -> list[Sender]:
    """All places, in order of their files; the variables of a vendor stand for it where no place is seen."""
    made: list[Sender] = []
    for path, checked in project.files.items():
        if checked.source.role not in _UNREAD and (
            loaders.family(checked.source.language)
            or checked.source.language in ("shell", "http", "batch", "powershell")
        ):
            made += _of_file(path, checked)
    seen = {sender.provider for sender in made}
    for provider in sorted(_spoken_of(project) - seen):
        if catalogue.providers[provider].variables.get(Slot.API_KEY):
            made.append(Sender(provider, "", 0, "", {}, True))
    return made


def _of_file(path: str, checked: Checked) -> Iterator[Sender]:
    clients = [fact for fact in checked.facts if isinstance(fact, Client) and fact.endpoint is not Endpoint.UNKNOWN]
    uses = [fact for fact in checked.facts if isinstance(fact, Use) and fact.via not in ("definition", "setting")]
    addresses = [fact for fact in checked.facts if isinstance(fact, Address)]
    settings = [use for use in uses if use.via == "attribute"]
    taken: set[Use] = set()
    row = checked.source.row
    for client in clients:
        inside = [use for use in uses if client.whole.start <= use.span.start and use.span.end <= client.whole.end]
        taken.update(inside)
        values = {use.slot: use.value for use in (*settings, *inside) if use.provider == client.provider}
        for address in addresses:
            if client.whole.start <= address.span.start and address.span.end <= client.whole.end:
                values[Slot.BASE_URL] = address.value
        host = next((use.host for use in inside if use.host), "")
        if values or client.reads_environment:
            start = row(client.span.start) + 1
            yield Sender(
                host or client.provider, path, start, checked.source.language, values, client.reads_environment
            )
    rest: dict[str, list[Use]] = {}
    for use in uses:
        if use not in taken and not (clients and use.via in ("attribute", "variable")):
            rest.setdefault(use.host or use.provider, []).append(use)
    for provider, found in rest.items():
        if any(use.slot.is_secret for use in found) and provider != GENERIC:
            first = next(use for use in found if use.slot.is_secret)
            values = {use.slot: use.value for use in reversed(found)}
            yield Sender(provider, path, row(first.span.start) + 1, checked.source.language, values)


def _spoken_of(project: Project) -> set[str]:
    """The vendors whose variables a project reads or defines."""
    return {
        fact.provider
        for checked in project.files.values()
        if checked.source.role not in (Role.TEST, Role.DOCUMENTATION, Role.VENDORED)
        for fact in checked.facts
        if isinstance(fact, EnvRead | EnvDefinition) and fact.provider and fact.slot is Slot.API_KEY
    }


def sent(sender: Sender, environment: Environment, project: Project, catalogue: Catalogue) -> dict[Slot, Sent]:
    """What a place sends, slot by slot; slots that get nothing are left out, the key and the address never are."""
    provider = catalogue.providers[sender.provider]
    made: dict[Slot, Sent] = {}
    for slot in SLOTS:
        if slot in sender.values:
            made[slot] = _resolved(slot, sender.values[slot], sender, environment, project)
        elif sender.reads and (names := provider.looked_for(slot)):
            found = environment.find(*names)
            if found.setting is not None or found.idle or slot is Slot.API_KEY:
                made[slot] = _of_found(slot, found)
    address = made.get(Slot.BASE_URL)
    if address is None or (address.setting is None and not address.note):  # nothing that is loaded says one
        online = provider.online
        made[Slot.BASE_URL] = Sent(Slot.BASE_URL, online.base if online is not None else None, is_default=True)
    if Slot.AUTH_TOKEN in made and made[Slot.AUTH_TOKEN].value and not made.get(Slot.API_KEY, Sent(slot, None)).value:
        made.pop(Slot.API_KEY, None)
    return made


def _of_found(slot: Slot, found: Found) -> Sent:
    setting = found.setting
    return Sent(slot, found.value, found.name, setting, found, setting.note if setting is not None else "")


def _resolved(slot: Slot, value: Value, sender: Sender, environment: Environment, project: Project) -> Sent:
    """What a value of the program is when it runs."""
    source = project.files[sender.path].source
    if isinstance(value, Literal):
        setting = Setting("", value.text, sender.path, source.row(value.span.start) + 1)
        return Sent(slot, value.text, "", setting)
    if isinstance(value, Env):
        found = environment.find(value.name)
        if found.setting is None and value.default is not None:
            return _resolved(slot, value.default, sender, environment, project)._replace(name=value.name)
        return _of_found(slot, found)
    if isinstance(value, Join):
        parts = [_resolved(slot, part, sender, environment, project) for part in value.parts]
        known = next((part for part in parts if part.found is not None), parts[0] if parts else None)
        if known is None or any(part.value is None for part in parts):
            return (known or Sent(slot, None))._replace(value=known.value if known and len(parts) == 1 else None)
        whole = "".join(part.value or "" for part in parts)
        return known._replace(value=_bare(whole) if slot.is_secret else whole)
    if isinstance(value, Missing):
        return Sent(slot, None, note="the program hands over nothing")
    reason = value.reason if isinstance(value, Opaque) else "the program makes it"
    return Sent(slot, None, note=f"only the running program knows it ({reason})")


def _bare(text: str) -> str:
    """A header's value without its scheme."""
    scheme, space, rest = text.partition(" ")
    return rest if space and scheme.lower() in ("bearer", "key", "token", "basic") else text
