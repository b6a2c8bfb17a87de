"""Other tools' lists of accepted secrets. They speak for the rules about hardcoded credentials and for no other.

detect-secrets' ``.secrets.baseline`` has the SHA-1 of each secret, by file. gitleaks' ``.gitleaksignore`` has places:
``file:rule:line``, with a commit before it where the history was scanned.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any

from keylint.baseline.own import load
from keylint.baseline.subject import Answer
from keylint.lazy import regex
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.baseline.subject import Scope, Subject

_FINGERPRINT = regex(r"(?:(?P<commit>[0-9a-f]{40,64}):)?(?P<path>.+):[\w.-]+:(?P<line>\d+)")


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
    """Lines of files, with the commits that they are meant in; "" is any. They are right until lines move.

    A commit says where a scan of the history saw the line. For the files of now any line of the list will do.
    """

    def __init__(self, places: dict[tuple[str, int], set[str]]) -> None:
        self._places = places

    def accept(self, subjects: Sequence[Subject], scope: Scope) -> Answer:
        """The findings on the lines of the list."""
        return Answer([subject for subject in subjects if subject.rule.secret and self._has(subject)])

    def _has(self, subject: Subject) -> bool:
        first, last = subject.rows
        commits = set().union(*(self._places.get((subject.path, row), ()) for row in range(first, last + 1)))
        return bool(commits & {"", subject.commit}) or (bool(commits) and not subject.commit)


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
    places: dict[tuple[str, int], set[str]] = {}
    for text in raw.decode("utf-8", "surrogateescape").splitlines():
        line = text.strip()
        if not line or line.startswith("#"):
            continue
        match = _FINGERPRINT.fullmatch(line)
        if match is None:
            return None
        place = (match["path"].replace("\\", "/").removeprefix("./"), int(match["line"]))
        places.setdefault(place, set()).add(match["commit"] or "")
    return Gitleaks(places)


def detect_secrets_text(subjects: Sequence[Subject], raw: bytes, path: str) -> tuple[str, int]:
    """A ``.secrets.baseline`` with the findings' secrets, and how many findings it has.

    What `raw`, the present one, says is kept. A secret that detect-secrets itself does not see is left out: its hook takes such
    an entry out again, and fails the commit for it. Raises ConfigError.
    """
    from detect_secrets.core.baseline import format_for_output
    from detect_secrets.core.secrets_collection import SecretsCollection
    from detect_secrets.settings import default_settings

    with default_settings() as settings:
        settings.filters["detect_secrets.filters.common.is_baseline_file"] = {"filename": path}
        table: Any = load(raw) if raw.strip() else format_for_output(SecretsCollection())
        if not isinstance(table, dict) or not isinstance(table.get("results"), dict):
            raise ConfigError(f"{path}: no baseline of detect-secrets")
        results = table["results"]
        number = 0
        for entries in _their_entries([subject for subject in subjects if subject.rule.secret]):
            number += bool(entries)
            for made in entries:
                known = results.setdefault(made["filename"], [])
                wanted = (made["type"], made["hashed_secret"])
                if not any((item["type"], item["hashed_secret"]) == wanted for item in known):
                    known.append(made)
    for items in results.values():
        items.sort(key=lambda item: (item.get("line_number", 0), item["hashed_secret"], item["type"]))
    table["results"] = dict(sorted(results.items()))
    return json.dumps(table, indent=2) + "\n", number


def _their_entries(subjects: Sequence[Subject]) -> Iterator[list[dict[str, Any]]]:
    """The entries for each finding: all that their own detectors see of its secret."""
    from detect_secrets.core.potential_secret import PotentialSecret
    from detect_secrets.core.scan import scan_file

    scanned: dict[str, list[PotentialSecret]] = {}
    for subject in subjects:
        if subject.finding.path not in scanned:
            scanned[subject.finding.path] = list(scan_file(subject.finding.path))
        first, last = subject.rows
        shown = subject.checked.source.slice(subject.finding.span).strip("\"'`")
        yield [
            PotentialSecret(made.type, subject.path, text, first).json()
            for made in scanned[subject.finding.path]
            if first <= made.line_number <= last
            and (text := made.secret_value or "")
            and (text in shown or shown in text)
        ]


def _sha1(text: str) -> str:
    return hashlib.sha1(text.encode("utf-8", "surrogateescape"), usedforsecurity=False).hexdigest()
