"""Other tools' lists of accepted secrets. They speak for the rules about hardcoded credentials and for no other.

detect-secrets' ``.secrets.baseline`` has the SHA-1 of each secret, by file. gitleaks' ``.gitleaksignore`` has places:
``file:rule:line``, with a commit before it where the history was scanned.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from keylint.baseline.own import load
from keylint.baseline.subject import Answer
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keylint.baseline.subject import Scope, Subject

_FINGERPRINT = re.compile(r"(?:[0-9a-f]{40,64}:)?(?P<path>.+):[\w.-]+:(?P<line>\d+)")


class DetectSecrets:
    """Hashes of secrets, by file.

    The type of an entry names the detector that saw the secret, and one secret is often seen by several: the hash decides.
    """

    def __init__(self, hashes: set[tuple[str, str]]) -> None:
        self._hashes = hashes

    def accept(self, subjects: Sequence[Subject], scope: Scope) -> Answer:
        """The findings whose secrets are in the list, under the name of their file."""
        files = {path for path, _ in self._hashes}
        return Answer(
            [
                subject
                for subject in subjects
                if subject.rule.secret
                and subject.path in files
                and any((subject.path, _sha1(text)) in self._hashes for text in subject.secrets())
            ]
        )


class Gitleaks:
    """Lines of files. They are right until lines move."""

    def __init__(self, places: set[tuple[str, int]]) -> None:
        self._places = places

    def accept(self, subjects: Sequence[Subject], scope: Scope) -> Answer:
        """The findings on the lines of the list."""
        return Answer([subject for subject in subjects if subject.rule.secret and self._has(subject)])

    def _has(self, subject: Subject) -> bool:
        first, last = subject.rows
        return any((subject.path, row) in self._places for row in range(first, last + 1))


def parse_detect_secrets(path: str, raw: bytes) -> DetectSecrets | None:
    """The list of detect-secrets in a file's bytes; None if they are of another format. Raises ConfigError."""
    table = load(raw)
    if not isinstance(table, dict) or "results" not in table:
        return None
    try:
        return DetectSecrets(
            {
                (name.replace("\\", "/").removeprefix("./"), str(item["hashed_secret"]).lower())
                for name, items in table["results"].items()
                for item in items
            }
        )
    except (AttributeError, KeyError, TypeError):
        raise ConfigError(f"{path}: damaged: `results` has lists of objects with `hashed_secret`") from None


def parse_gitleaks(path: str, raw: bytes) -> Gitleaks | None:
    """The list of gitleaks in a file's bytes; None if a line of them is none of its."""
    places = set()
    for text in raw.decode("utf-8", "surrogateescape").splitlines():
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        match = _FINGERPRINT.fullmatch(line)
        if match is None:
            return None
        places.add((match["path"].replace("\\", "/").removeprefix("./"), int(match["line"])))
    return Gitleaks(places)


def detect_secrets_text(subjects: Iterable[Subject], raw: bytes, path: str) -> str:
    """A ``.secrets.baseline`` with the findings' secrets; what `raw`, the present one, says is kept. Raises ConfigError."""
    from detect_secrets.core.baseline import format_for_output
    from detect_secrets.core.potential_secret import PotentialSecret
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import default_settings

    with default_settings():
        table: Any = load(raw) if raw.strip() else format_for_output(SecretsCollection())
    if not isinstance(table, dict) or not isinstance(table.get("results"), dict):
        raise ConfigError(f"{path}: no baseline of detect-secrets")
    results = table["results"]
    for subject in subjects:
        if not subject.rule.secret:
            continue
        for kind, secret in _named(subject):
            made = PotentialSecret(kind, subject.path, secret, subject.rows[0]).json()
            known = results.setdefault(subject.path, [])
            if not any((item["type"], item["hashed_secret"]) == (kind, made["hashed_secret"]) for item in known):
                known.append(made)
    for items in results.values():
        items.sort(key=lambda item: (item.get("line_number", 0), item["hashed_secret"], item["type"]))
    table["results"] = dict(sorted(results.items()))
    return json.dumps(table, indent=2) + "\n"


def _named(subject: Subject) -> list[tuple[str, str]]:
    """The secret of a finding, and the types that detect-secrets itself would give it."""
    if subject.foreign:
        return [(fact.kind, text) for fact in subject.foreign for text in _exact(subject)]
    text = subject.checked.source.slice(subject.finding.span).strip("\"'`")
    if "T3BlbkFJ" in text:  # what its detector of OpenAI's keys looks for
        return [("OpenAI Token", text), ("Secret Keyword", text)]
    return [("Secret Keyword", text)]


def _exact(subject: Subject) -> list[str]:
    """The secret as detect-secrets' detector cuts it out of the line."""
    from keylint.detectors import classes

    source = subject.checked.source
    line = source.slice(source.line(source.row(subject.finding.span.start)))
    shown = [source.slice(fact.span) for fact in subject.foreign]
    found = {
        text
        for fact in subject.foreign
        for text in classes()[fact.detector]().analyze_string(line)
        if any(text in part or part in text for part in shown)
    }
    return sorted(found)


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
