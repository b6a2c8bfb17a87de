"""`keylint init`: the hook in `.pre-commit-config.yaml`, and the step in the CI's configuration, as a plan of changes.

Existing files get an insertion and nothing else; what cannot be placed so is told with the text to add by hand.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from keylint.fixes import Change
from keylint.model import Span
from keylint.setup import pipelines, precommit
from keylint.setup.placing import Unplaceable
from keylint.source import Source, Undecodable
from keylint.writing import NotWritten, write_together

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CONFIGURATIONS = (".pre-commit-config.yaml", ".pre-commit-config.yml")
NATIVE = "prek.toml"  # prek prefers it to the others, if it is there


@dataclass
class Plan:
    """Changes to make, and what a person should know: of files that need none, of what is left to do by hand."""

    changes: list[Change] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    failed: bool = False  # something was asked for and cannot be done


def plan(folder: str, hooks: Sequence[str], ci: str) -> Plan:
    """What has to change in a project's root for these hooks (ids) and this CI ("", "github", "gitlab")."""
    made = Plan()
    name = next((name for name in CONFIGURATIONS if os.path.exists(os.path.join(folder, name))), CONFIGURATIONS[0])
    if os.path.exists(os.path.join(folder, NATIVE)):
        made.told += [f"{NATIVE}: is not edited; add this to it:", *precommit.as_toml(hooks)]
        made.failed = True
    else:
        _edit(made, folder, name, lambda source: precommit.with_hooks(source, hooks), precommit.new(hooks))
    if ci == "github":
        _edit(made, folder, pipelines.WORKFLOW, pipelines.known_workflow, pipelines.workflow())
    elif ci == "gitlab":
        _edit(made, folder, pipelines.GITLAB, pipelines.with_job, pipelines.job())
    return made


def _edit(made: Plan, folder: str, name: str, edit: Callable[[Source], tuple[bytes, str]], new: str) -> None:
    """Plan one file: `edit` gives its new content and what to say, `new` is the content of a file that is not there."""
    path = os.path.normpath(os.path.join(folder, name))
    try:
        with open(path, "rb") as file:
            raw = file.read()
    except FileNotFoundError:
        made.changes.append(Change(path, None, b"", new.encode()))
        return
    except OSError as error:
        made.told.append(f"{name}: cannot be read: {error.strerror}")
        made.failed = True
        return
    try:
        source = Source.from_bytes(path, raw)
        source.language = "yaml"
        after, said = edit(source)
    except Undecodable as error:
        made.told.append(f"{name}: {error}")
        made.failed = True
        return
    except Unplaceable as error:
        made.told += [f"{name}: {error}", *error.by_hand]
        made.failed = True
        return
    if said:
        made.told.append(f"{name}: {said}")
    if after != source.data:
        made.changes.append(Change(path, source, source.data, after, values=_keys))


def _keys(data: bytes) -> list[Span]:
    """Where keys stand in a content that is shown: a diff has lines around what it changes."""
    from keylint.providers.catalogue import load

    text = data.decode("latin-1")  # one character a byte; keys are ASCII
    return [Span(start, end) for start, end, _ in load().find(text)]


def write(changes: Sequence[Change]) -> None:
    """Write all changes or none, and the folders that new files need. Raises NotWritten."""
    made: list[str] = []
    try:
        for change in changes:
            folder = os.path.dirname(change.path)
            while folder and not os.path.isdir(folder):
                made.append(folder)
                folder = os.path.dirname(folder)
        for folder in reversed(made):
            os.mkdir(folder)
        write_together(changes)
    except (NotWritten, OSError) as error:
        for folder in made:
            if os.path.isdir(folder) and not os.listdir(folder):
                os.rmdir(folder)
        if isinstance(error, OSError):
            raise NotWritten(f"{error.filename}: cannot be written: {error.strerror}") from None
        raise
