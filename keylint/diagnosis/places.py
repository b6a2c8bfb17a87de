"""Where in a project an error comes from: the findings of the rules that are linked to it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from keylint.diagnosis import Diagnosis, diagnose
from keylint.engine import Engine, Run
from keylint.settings import Finder, Overrides
from keylint.workspace import collect, repository

if TYPE_CHECKING:
    from keylint.diagnosis.evidence import Sent
    from keylint.model import Finding
    from keylint.providers.catalogue import Catalogue

# A folder with one of these is somebody's project, also where git does not know it.
MANIFESTS = (
    ".env",
    "Cargo.toml",
    "Gemfile",
    "build.gradle",
    "composer.json",
    "go.mod",
    "keylint.toml",
    "mix.exs",
    "package.json",
    "pom.xml",
    "pubspec.yaml",
    "pyproject.toml",
    "requirements.txt",
    "setup.py",
)


@dataclass(frozen=True, slots=True)
class Found:
    """A check whose findings are those that would give the error; `exact` if they hold the very text that was sent.

    `others` is how many findings could give the same error with another text. `keys` are further places, as "path:row", where
    a key with the ends that were shown stands: right where it is, in `.env` perhaps, and still the one that was refused.
    """

    run: Run
    exact: bool = False
    others: int = 0
    keys: tuple[str, ...] = ()


def is_project(folder: str) -> bool:
    """Whether a folder is a project, or a part of one: it is worth checking without being asked for it."""
    folder = os.path.abspath(folder)
    return any(os.path.exists(os.path.join(folder, name)) for name in MANIFESTS) or bool(repository(folder))


def look(path: str, diagnosis: Diagnosis, catalogue: Catalogue) -> Found:
    """Check a file or folder, and keep the findings that would give the error, those of the likeliest cause first.

    What is only possible is shown if nothing else would give it: there is an error, so something must.
    """
    found = _look(path, Finder(Overrides()), diagnosis, catalogue)
    if found.run.findings or found.keys:
        return found
    overrides = Overrides()
    overrides.min_confidence = "possible"
    return _look(path, Finder(overrides), diagnosis, catalogue)


def _look(path: str, finder: Finder, diagnosis: Diagnosis, catalogue: Catalogue) -> Found:
    run = Engine(finder).check(collect([path], finder))
    order = {code: number for number, code in enumerate(diagnosis.rules)}
    kept = [
        finding
        for finding in run.findings
        if finding.code in order and not _answers_otherwise(finding, diagnosis, catalogue)
    ]
    kept.sort(key=lambda finding: order[finding.code])
    sent = diagnosis.sent
    exact = [finding for finding in kept if sent is not None and sent.traceable and _holds(run, finding, sent)]
    keys = _keys(run, sent, exact) if sent is not None and sent.traceable and sent.evidence in ("own", "other") else ()
    run.findings = exact or ([] if keys else kept)
    return Found(run, bool(exact), len(kept) - len(run.findings), keys)


def _keys(run: Run, sent: Sent, exact: list[Finding]) -> tuple[str, ...]:
    """Where else a key with these ends stands."""
    told = {(finding.path, finding.span) for finding in exact}
    found = []
    for checked in run.checked.values():
        source = checked.source
        for span in checked.secrets:
            text = source.slice(span)
            if not (text.startswith(sent.head) and text.endswith(sent.tail)):
                continue
            if not any(path == source.path and span.overlaps(other) for path, other in told):
                found.append(f"{source.path}:{source.row(span.start) + 1}")
    return tuple(found)


def _answers_otherwise(finding: Finding, diagnosis: Diagnosis, catalogue: Catalogue) -> bool:
    """Whether a finding's own outcome is another vendor's answer.

    Vendors without an SDK of their own are called with OpenAI's, so that a finding about that may be about them.
    """
    told = diagnose(finding.outcome, catalogue)
    if told is None or not told.answered or told.provider is diagnosis.provider:
        return False
    by_openai = told.provider.id == "openai" and not diagnosis.provider.clients
    return diagnosis.provider is not catalogue.generic and not by_openai


def _holds(run: Run, finding: Finding, sent: Sent) -> bool:
    """Whether the text that was sent stands where the finding is."""
    checked = next(made for made in run.checked.values() if made.source.path == finding.path)
    pattern = re.compile(rf"(?<![\w-]){re.escape(sent.head)}[^\s\"'`]*{re.escape(sent.tail)}(?![\w-])")
    spans = [finding.span, finding.cause, *(note.span for note in finding.notes if not note.path)]
    return any(pattern.search(checked.source.slice(span)) for span in spans)
