"""Reading and checking a configuration file. Loaded only when there is one."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

import tomli

from keylint.providers.schema import ProviderError, nearest
from keylint.settings import CONFIDENCES, KEYS, ConfigError, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping


def parse(path: str, raw: bytes, project: bool) -> Settings | None:
    """Settings from a file's bytes; None if it is a pyproject.toml without our table. Raises ConfigError."""
    try:
        text = raw.decode("utf-8")
        table: Any = tomli.loads(text)
    except UnicodeDecodeError:
        raise ConfigError(f"{path}: not UTF-8") from None
    except tomli.TOMLDecodeError as error:
        if project and "tool.keylint" not in raw.decode("utf-8", "replace"):
            return None
        raise ConfigError(f"{path}: {error}") from None
    except RecursionError:
        raise ConfigError(f"{path}: nested too deep") from None
    if project:
        table = table.get("tool", {}).get("keylint") if isinstance(table.get("tool", {}), dict) else None
        if table is None:
            return None
    try:
        return _settings(path, table)
    except ProviderError as error:
        line = _line(text, error.key)
        raise ConfigError(f"{path}{f':{line}' if line else ''}: {error}") from None


def _settings(path: str, table: Any) -> Settings:
    if not isinstance(table, dict):
        raise ProviderError("keylint", "`tool.keylint` must be a table")
    settings = Settings()
    settings.path = path
    settings.root = os.path.dirname(os.path.abspath(path))
    for key, value in table.items():
        if key not in KEYS:
            hint = nearest(key, KEYS)
            raise ProviderError(
                key,
                f"unknown key `{key}`" + (f", did you mean `{hint}`?" if hint else f"; known are {', '.join(KEYS)}"),
            )
        _set(settings, key, value)
    return settings


def _set(settings: Settings, key: str, value: Any) -> None:
    if key in ("select", "extend-select", "ignore"):
        setattr(settings, key.replace("-", "_"), selectors(key, value))
    elif key in ("exclude", "base-urls", "provided"):
        setattr(settings, key.replace("-", "_"), _texts(key, value))
    elif key == "baseline":
        settings.baseline = _texts(key, [value] if isinstance(value, str) else value)
    elif key == "min-confidence":
        if value not in CONFIDENCES:
            raise ProviderError(key, f"`{key}` must be one of {', '.join(CONFIDENCES)}")
        settings.min_confidence = value
    elif key == "per-file-ignores":
        if not isinstance(value, dict):
            raise ProviderError(key, f"`{key}` must be a table of patterns and lists of rules")
        settings.per_file_ignores = {pattern: selectors(f"{key}.{pattern}", codes) for pattern, codes in value.items()}
    elif key == "providers":
        settings.providers = _providers(key, value)


def _texts(key: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProviderError(key, f"`{key}` must be a list of strings")
    return tuple(value)


def selectors(key: str, value: Any) -> tuple[str, ...]:
    """A list of rule selectors, each of which means a rule."""
    from keylint.rules import all_rules, valid

    words = _texts(key, value)
    for word in words:
        if not valid(word):
            hint = nearest(word, [name for rule in all_rules() for name in (rule.code, rule.name)])
            raise ProviderError(
                key, f"`{key}`: no rule is called `{word}`" + (f", did you mean `{hint}`?" if hint else "")
            )
    return words


def _providers(key: str, value: Any) -> Mapping[str, Mapping[str, Any]]:
    if not isinstance(value, dict) or not all(isinstance(item, dict) for item in value.values()):
        raise ProviderError(key, f"`{key}` must be a table of tables")
    from keylint.providers.catalogue import load

    load(value)  # raises ProviderError for what is wrong in it
    return value


def _line(text: str, key: str) -> int:
    """The line that a key stands on, as far as that can be told: the last name of its path, behind those before it."""
    row = 0
    lines = text.splitlines()
    for name in re.sub(r"\[\d+\]", "", key).split("."):
        pattern = re.compile(
            rf"^\s*(?:\[+.*[\".\s]?{re.escape(name)}[\".\s\]].*|[\"']?{re.escape(name)}[\"']?\s*[=.].*|.*[{{,]\s*{re.escape(name)}\s*=.*)$"
        )
        row = (
            next(
                (index for index in range(max(row - 1, 0), len(lines)) if pattern.match(lines[index])),
                row - 1 if row else -1,
            )
            + 1
        )
    return row
