"""What is wrong with what a program sends, in the words of the linter's findings."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from keylint import git, loading, supply
from keylint.judge import Judgement, Kind, judge
from keylint.mask import mask, quote
from keylint.model import Severity, Slot
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.doctor.environment import Environment, Setting
    from keylint.doctor.senders import Sender, Sent
    from keylint.project import Project
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import Provider

DAY = 86_400  # seconds
_KINDS = {
    Kind.EMPTY: "is empty",
    Kind.MISSING: "is {}, what a missing value becomes as a text",
    Kind.TEMPLATE: "holds {}, which nothing fills in",
    Kind.CODE: "is code in quotes, which does not run",
    Kind.NAME: "is the name of a variable, {}, not a key",
    Kind.PLACEHOLDER: "is a placeholder, {}",
    Kind.DAMAGED: "is a key with something that does not belong to it: {}",
    Kind.SHORT: "begins like a key and stops too early",
    Kind.URL: "is an address, not a key",
    Kind.REFERENCE: "is a reference, which nothing here replaces by the key",
}
_DO = {
    Kind.DAMAGED: "take it off at {}",
    Kind.REFERENCE: "start the program through the tool that fills it in",
}


class Problem(Record):
    """One thing that is wrong: what, what the API answers to it, what to do."""

    severity: Severity
    message: str
    outcome: str
    help: str


def problems(
    sender: Sender, sent: Mapping[Slot, Sent], environment: Environment, project: Project, catalogue: Catalogue
) -> list[Problem]:
    """Everything that is wrong with what a place sends, the worst first."""
    provider = catalogue.providers[sender.provider]
    made: list[Problem] = []
    for slot, one in sent.items():
        if slot.is_secret:
            made += _of_key(one, sender, provider, project, catalogue, environment)
        elif slot in provider.ids:
            made += _of_id(slot, one, provider)
        made += _shadows(one)
    return sorted(made, key=lambda problem: [*Severity].index(problem.severity))


def _name(one: Sent) -> str:
    """What a person calls the value: its variable, or where it stands."""
    return one.name or (one.setting.place if one.setting is not None else one.slot.value.replace("_", " "))


def _where(one: Sent) -> str:
    return f" ({one.setting.place})" if one.setting is not None and one.name else ""


def _of_key(
    one: Sent, sender: Sender, provider: Provider, project: Project, catalogue: Catalogue, environment: Environment
) -> Iterator[Problem]:
    if one.value is None:
        if one.setting is None and not one.note:
            yield _missing(one, sender, provider, environment)
        return
    judged = judge(one.value, catalogue, provider.id, one.slot)
    if judged.kind is Kind.EMPTY:
        yield _empty(one, provider)
    elif judged.kind in _KINDS:
        yield _unfit(one, judged, provider)
    elif judged.format is not None and judged.format.provider != provider.id:
        whose = catalogue.providers[judged.format.provider].name
        yield Problem(
            Severity.ERROR,
            f"{_name(one)} holds a key of {whose}{_where(one)}, and it goes to {provider.name}",
            provider.answer("invalid-key"),
            f"put a key from {provider.key_page} there, or send it to {whose}",
        )
    elif judged.format is not None and judged.format.slot is not one.slot and judged.format.slot.is_secret:
        yield Problem(
            Severity.ERROR,
            f"{_name(one)} holds {'an' if judged.format.name[:1] in 'aeiou' else 'a'} {judged.format.name}{_where(one)}",
            provider.answer("invalid-key"),
            f"make a key for requests at {provider.key_page}",
        )
    if one.setting is not None and one.setting.file and judged.kind is Kind.KEY:
        yield from _kept_badly(one, project)


def _missing(one: Sent, sender: Sender, provider: Provider, environment: Environment) -> Problem:
    idle = one.found.idle if one.found is not None else ()
    name = one.name or provider.variable(one.slot)
    if idle:
        file = idle[0].file
        return Problem(
            Severity.ERROR,
            f"{name} stands in {idle[0].place}, and nothing loads that file",
            provider.answer("unset"),
            loading.advice(sender.language, file),
        )
    where = environment.title or "the shell and the files that are loaded"
    help = (
        f"write `{name}=` and a key from {provider.key_page} into an .env that git ignores and the program loads"
        if not environment.title
        else f"define {name} there"
    )
    return Problem(Severity.ERROR, f"{name} is not set in {where}", provider.answer("unset"), help)


def _empty(one: Sent, provider: Provider) -> Problem:
    hidden = next((other for other in one.found.shadowed if other.value), None) if one.found is not None else None
    if hidden is not None and one.setting is not None:
        return Problem(
            Severity.ERROR,
            f"{_name(one)} is set to nothing in {one.setting.place}, which wins over {hidden.place}",
            provider.answer("no-key"),
            _unset(one.setting, hidden),
        )
    return Problem(
        Severity.ERROR,
        f"{_name(one)} is empty{_where(one)}",
        provider.answer("no-key"),
        f"put a key from {provider.key_page} there",
    )


def _unset(winner: Setting, hidden: Setting) -> str:
    if winner.file:
        return f"take the line out of {winner.file}"
    return f"`unset {winner.name}` (in Windows: take it out of the environment), or load {hidden.file} with override"


def _unfit(one: Sent, judged: Judgement, provider: Provider) -> Problem:
    detail = judged.detail if judged.kind is Kind.DAMAGED else quote(judged.detail or one.value or "")
    unsendable = judged.kind is Kind.DAMAGED and any(
        word in judged.detail for word in ("line end", "invisible", "curly", "dash")
    )
    help = _DO.get(judged.kind, "put a key from " + provider.key_page + " there").format(
        one.setting.place if one.setting is not None else "its definition"
    )
    return Problem(
        Severity.ERROR,
        f"{_name(one)} {_KINDS[judged.kind].format(detail)}{_where(one)}",
        provider.answer("unsendable" if unsendable else "invalid-key"),
        help,
    )


def _of_id(slot: Slot, one: Sent, provider: Provider) -> Iterator[Problem]:
    format = provider.ids[slot]
    if one.value is None:
        return
    body = one.value.removeprefix(format.prefix)
    if one.value and one.value.startswith(format.prefix) and len(body) == format.length and body.isalnum():
        return
    shown = quote(one.value) if one.value else "nothing"
    yield Problem(
        Severity.ERROR if one.value else Severity.WARNING,
        f"{_name(one)} is {shown}, no {slot.value} ID{_where(one)}",
        provider.answer(slot.value),
        f"copy the ID from {provider.id_page}, or leave it out",
    )


def _shadows(one: Sent) -> Iterator[Problem]:
    """A value that hides another one than itself."""
    if one.found is None or one.setting is None or not one.value:
        return
    other = next((hidden for hidden in one.found.shadowed if hidden.value and hidden.value != one.value), None)
    if other is not None and other.value is not None:
        shown = mask if one.slot.is_secret else quote
        yield Problem(
            Severity.WARNING,
            f"{one.name} of {one.setting.place} ({shown(one.value)}) wins over {other.place} ({shown(other.value)})",
            "the API sees the first one, whatever the second one says",
            _unset(one.setting, other)
            if not one.setting.file
            else f"keep one of the two lines, in {other.file} or {one.setting.file}",
        )


# ------------------------------------------------------------------------------------------------------- the file it is in


def _kept_badly(one: Sent, project: Project) -> Iterator[Problem]:
    setting = one.setting
    if setting is None:
        return
    for path, how in project.unignored([setting.file]):
        known = project.files.get(path)
        if (
            known is None or known.source.language != "dotenv"
        ):  # a place that belongs into the repository, without the key
            mends = "`keylint check --fix --unsafe-fixes` moves it to .env"
            way = supply.way(path, one.name, "") if one.name else ""
            yield Problem(
                Severity.ERROR,
                f"the key stands in {setting.place}, which git does not ignore",
                "everyone who can read the repository can use it",
                way or mends,
            )
        elif how == "tracked":
            yield Problem(
                Severity.ERROR,
                f"git tracks {path}, which holds the key",
                "everyone who can read the repository can use it",
                f"`git rm --cached {path}`, add it to .gitignore, and replace the key",
            )
        else:
            yield Problem(
                Severity.WARNING,
                f"git does not ignore {path}, which holds the key",
                "the next `git add .` commits it",
                f"add {path} to .gitignore",
            )


def age(project: Project, setting: Setting) -> int | None:
    """How many days ago the line of a setting was last changed, as git knows it; None if it does not."""
    if not setting.file or not project.is_repository:
        return None
    line = f"-L{setting.row},{setting.row}"
    said = git.run(
        ["-c", "blame.ignoreRevsFile=", "blame", "--porcelain", "--no-textconv", line, "--", setting.file],
        project.root,
        settings=git.without_filters(project.root),
    )
    if said is None or said.startswith(b"0000000"):  # git is not there, or the line is in no commit
        return None
    for told in said.split(b"\n"):
        if told.startswith(b"author-time ") and told[12:].strip().isdigit():
            return max(int(time.time() - int(told[12:])) // DAY, 0)
    return None


def old(one: Sent, days: int | None, limit: int) -> Iterator[Problem]:
    """A key whose line is older than a limit in days; 0 is no limit."""
    if days is not None and limit and days > limit and one.setting is not None:
        yield Problem(
            Severity.WARNING,
            f"{_name(one)} has been the same for {days} days{_where(one)}",
            f"the limit is {limit} days",
            "replace it: `keylint doctor --plan-rotation` lists where it stands",
        )
