"""Findings that were accepted before: lists of them, in keylint's own format and in other tools'.

A list is read when a configuration or the command line names one, and never otherwise.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.baseline.subject import Scope, subjects
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from keylint.baseline.subject import Accepted
    from keylint.engine import Run
    from keylint.selection import Selection
    from keylint.settings import Finder

NAME = ".keylint-baseline.json"


def scope(paths: Iterable[str], finder: Finder, selection: Selection | None) -> Scope:
    """What a check of the paths, or of a part of them, is about; asked for after it."""
    from keylint.analysis import selected
    from keylint.selection import below

    rules = frozenset(rule.code for settings in finder.met for rule in selected(settings))
    if selection is not None:
        return Scope(selection.covers, selection.exists, rules)
    return Scope(lambda path: below(paths, path), os.path.lexists, rules)


def read(path: str, content: Callable[[str], bytes | None] | None = None) -> Accepted:
    """A list of accepted findings, of the format that its content tells. Raises ConfigError.

    `content` reads it where the disk is not what is checked.
    """
    from keylint.baseline import foreign, own

    raw = content(path) if content is not None else None
    try:
        if raw is None:
            with open(path, "rb") as file:
                raw = file.read()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    for known in (own.parse, foreign.parse_detect_secrets, foreign.parse_gitleaks):
        made = known(path, raw)
        if made is not None:
            return made
    raise ConfigError(f"{path}: no baseline of keylint's or detect-secrets', and no .gitleaksignore")


def apply(run: Run, files: Iterable[str], scope: Scope, content: Callable[[str], bytes | None] | None = None) -> None:
    """Take the findings that the files accept out of a run, and note in it what there is to say about the files."""
    accepted: set[int] = set()
    for path in dict.fromkeys(files):
        known = read(path, content)
        folder = os.path.dirname(os.path.abspath(path))
        taken = known.accept([made for made in subjects(run, folder) if id(made.finding) not in accepted], scope)
        accepted |= {id(subject.finding) for subject in taken.accepted}
        run.remarks += [f"{path}: {remark}" for remark in taken.remarks]
    run.findings = [finding for finding in run.findings if id(finding) not in accepted]
    run.baselined += len(accepted)


def accepts(known: Accepted, path: str, run: Run, commit: str) -> bool:
    """Whether the list in a file accepts the one finding of a run about a former version of a file, wherever that was."""
    anywhere = Scope(lambda _: False, lambda _: False, frozenset())
    found = subjects(run, os.path.dirname(os.path.abspath(path)), commit)
    return bool(known.accept(found, anywhere).accepted)
