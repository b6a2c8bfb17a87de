"""`keylint merge`: the JSON results of several runs, as one run would have printed them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLACED = ("row", "column")


def merged(paths: Iterable[str]) -> list[dict[str, Any]]:
    """The findings in the files, each once, in the order of a report. Raises ConfigError for a file that holds none."""
    found: dict[tuple[Any, ...], dict[str, Any]] = {}
    for path in paths:
        for item in _findings(path):
            found.setdefault((*_place(item), item["fingerprint"]), item)
    return [found[key] for key in sorted(found)]


def text(findings: list[dict[str, Any]]) -> str:
    """The findings as `check --output-format json` prints them."""
    return json.dumps(findings, indent=2, ensure_ascii=True)


def _findings(path: str) -> list[dict[str, Any]]:
    try:
        with open(path, "rb") as file:
            made = json.loads(file.read())
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise ConfigError(f"{path}: not JSON") from None
    if not isinstance(made, list) or not all(map(_is_finding, made)):
        raise ConfigError(f"{path}: not what `keylint check --output-format json` prints")
    return made


def _is_finding(item: Any) -> bool:
    return (
        isinstance(item, dict)
        and all(isinstance(item.get(key), str) for key in ("filename", "code", "fingerprint"))
        and all(
            isinstance(item.get(place), dict) and all(isinstance(item[place].get(key), int) for key in _PLACED)
            for place in ("location", "end_location")
        )
    )


def _place(item: dict[str, Any]) -> tuple[Any, ...]:
    ends = [item[place][key] for place in ("location", "end_location") for key in _PLACED]
    return (item["filename"], *ends, item["code"])
