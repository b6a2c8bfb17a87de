"""The configuration: `[tool.keylint]` in pyproject.toml or a keylint.toml, the nearest one upwards from each file.

On the path of every clean file: a pyproject.toml that does not mention keylint is not parsed.
"""

from __future__ import annotations

import os
import re
import stat
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

LARGEST = 4 << 20  # bytes of a configuration
_ASKS = os.access in os.supports_follow_symlinks
DEEP = 50  # folders in each other, of which what is found is not kept one by one
CONFIDENCES = ("possible", "likely", "certain")
KEYS = {
    "select": "rules to run: codes, beginnings of codes, names, ALL or PROJECT",
    "extend-select": "rules to run besides the default ones",
    "ignore": "rules to leave out",
    "per-file-ignores": "file patterns and the rules to leave out for them",
    "exclude": "file patterns to leave out",
    "min-confidence": "possible, likely or certain",
    "base-urls": "base URLs of gateways of your own: any key may be sent there",
    "provided": "variables that are set from outside, whatever the project's files say",
    "baseline": "a file, or files, of findings that are accepted",
    "providers": "further providers, with the schema of the built-in ones",
}


class ConfigError(Exception):
    """The configuration is wrong; the message names the file, the line and the key."""


class Settings:
    """What one file is checked with. `root` is the folder that patterns are relative to.

    `own` is what the configuration itself says of rules and files, before the command line; `excluded` are the files
    that it has kept out.
    """

    __slots__ = (
        "base_urls",
        "baseline",
        "exclude",
        "excluded",
        "extend_select",
        "ignore",
        "min_confidence",
        "own",
        "path",
        "per_file_ignores",
        "provided",
        "providers",
        "root",
        "select",
    )

    def __init__(self) -> None:
        self.select: tuple[str, ...] = ()
        self.extend_select: tuple[str, ...] = ()
        self.ignore: tuple[str, ...] = ()
        self.per_file_ignores: Mapping[str, tuple[str, ...]] = {}
        self.exclude: tuple[str, ...] = ()
        self.excluded: set[str] = set()
        self.min_confidence = "likely"
        self.own: Settings | None = None
        self.base_urls: tuple[str, ...] = ()
        self.provided: tuple[str, ...] = ()
        self.baseline: tuple[str, ...] = ()
        self.providers: Mapping[str, Mapping[str, Any]] = {}
        self.path = ""
        self.root = ""


class Overrides:
    """What the command line says; it goes before the configuration."""

    __slots__ = (
        "config",
        "exclude",
        "extend_select",
        "force_exclude",
        "ignore",
        "isolated",
        "min_confidence",
        "select",
    )

    def __init__(self) -> None:
        self.select: tuple[str, ...] = ()
        self.extend_select: tuple[str, ...] = ()
        self.ignore: tuple[str, ...] = ()
        self.exclude: tuple[str, ...] = ()
        self.min_confidence = ""
        self.config = ""
        self.isolated = False
        self.force_exclude = False


class Finder:
    """Finds the settings for a file; each folder is looked at once.

    `content` gives the bytes of a configuration file where the disk is not what is checked; None where there is none.
    """

    def __init__(self, overrides: Overrides, content: Callable[[str], bytes | None] | None = None) -> None:
        self._overrides = overrides
        self._content = content
        self._known: dict[str, Settings] = {}
        self._fixed: Settings | None = None
        if overrides.isolated:
            self._fixed = self._override(Settings())
            self._fixed.root = os.getcwd()
        elif overrides.config:
            self._fixed = self._override(read(overrides.config, required=True) or Settings())
            self._fixed.root = os.getcwd()

    @property
    def met(self) -> list[Settings]:
        """All settings that were asked for."""
        if self._fixed is not None:
            return [self._fixed]
        return list({id(settings): settings for settings in self._known.values()}.values())

    def of(self, folder: str) -> Settings:
        """The settings for the files of a folder (an absolute path)."""
        if self._fixed is not None:
            return self._fixed
        known = self._known.get(folder)
        if known is None:
            known = self._known[folder] = self._look(folder)
        return known

    def _look(self, folder: str) -> Settings:
        above = os.path.join(folder, "")
        for name in ("keylint.toml", ".keylint.toml", "pyproject.toml"):
            if _ASKS and self._content is None and not os.access(above + name, os.F_OK, follow_symlinks=False):
                continue  # the usual case, and every folder is asked
            found = read(above + name, content=self._content)
            if found is not None:
                return self._override(found)
        parent = os.path.dirname(folder)
        if parent == folder:
            return self._override(Settings())
        return self.of(parent)

    def _override(self, settings: Settings) -> Settings:
        overrides = self._overrides
        if settings.path:
            settings.own = own = Settings()
            for name in ("select", "extend_select", "ignore", "exclude", "min_confidence"):
                setattr(own, name, getattr(settings, name))
        settings.select = overrides.select or settings.select
        settings.extend_select = (*settings.extend_select, *overrides.extend_select)
        settings.ignore = (*settings.ignore, *overrides.ignore)
        settings.exclude = (*settings.exclude, *overrides.exclude)
        settings.min_confidence = overrides.min_confidence or settings.min_confidence
        settings.root = settings.root or os.getcwd()
        return settings


def read(path: str, *, required: bool = False, content: Callable[[str], bytes | None] | None = None) -> Settings | None:
    """The settings in a file; None if it is not there, or is a pyproject.toml that says nothing of keylint."""
    raw: bytes | None
    try:
        raw = content(path) if content is not None else _raw(path, required)
    except OSError as error:
        if required:
            raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
        return None
    if raw is None:
        return None
    project = os.path.basename(path) == "pyproject.toml"
    if project and b"keylint" not in raw:
        return None
    from keylint.configuration import parse

    return parse(path, raw, project)


def _raw(path: str, named: bool) -> bytes:
    """A configuration's bytes. One that was not named has to be a plain file of its repository. Raises OSError, ConfigError."""
    if not named and stat.S_ISLNK(os.lstat(path).st_mode) and not is_inside(path, os.path.dirname(path)):
        raise ConfigError(f"{path}: a link that leads out of the repository; name it with --config if it is meant")
    with open(path, "rb", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NONBLOCK", 0))) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise ConfigError(f"{path}: not a regular file")
        raw = file.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise ConfigError(f"{path}: larger than {LARGEST >> 20} MB")
    return raw


def is_inside(path: str, folder: str) -> bool:
    """Whether a path, its links followed, lies in the repository of a folder, or in the folder if there is none."""
    from keylint.workspace import repository

    root = os.path.realpath(repository(os.path.abspath(folder)) or folder)
    return os.path.realpath(path).startswith(os.path.join(root, ""))


def matches(patterns: tuple[str, ...], path: str, root: str) -> bool:
    """Whether a path matches one of the patterns: of a name, or of a path below `root`, or of a folder above it."""
    if not patterns:
        return False
    above = root + os.sep
    if path.startswith(above) and "//" not in path and f"{os.sep}." not in path:  # it is tidy
        relative = path[len(above) :]
    else:
        relative = os.path.relpath(path, root) if os.path.isabs(path) else path
    return _matches(patterns, relative if os.sep == "/" else relative.replace(os.sep, "/"))


def _matches(patterns: tuple[str, ...], path: str) -> bool:
    folder, slash, name = path.rpartition("/")
    if path.count("/") > DEEP:
        parts = path.split("/")
        candidates = [*([part] for part in parts), *(parts[: index + 1] for index in range(len(parts)))]
        return any(fits(segments(pattern), candidate) for pattern in patterns for candidate in candidates)
    return bool(
        (slash and _folder_matches(patterns, folder))
        or _name_matches(patterns, name)
        or (slash and any(fits(segments(pattern), path.split("/")) for pattern in _long(patterns)))
    )


@lru_cache(maxsize=1 << 14)
def _folder_matches(patterns: tuple[str, ...], path: str) -> bool:
    """The same for a folder, which has many files."""
    return _matches(patterns, path)


@lru_cache(maxsize=1 << 14)
def _name_matches(patterns: tuple[str, ...], name: str) -> bool:
    return any(fits(segments(pattern), [name]) for pattern in patterns)


@lru_cache
def _long(patterns: tuple[str, ...]) -> tuple[str, ...]:
    """The patterns that more than one name can match."""
    return tuple(pattern for pattern in patterns if None in segments(pattern) or len(segments(pattern)) > 1)


_split: dict[str, list[Callable[[str], object] | None]] = {}


def segments(pattern: str) -> list[Callable[[str], object] | None]:
    """What each part of a path has to be, for ``fits``; None for `**`, which is any number of parts."""
    known = _split.get(pattern)
    if known is None:
        import fnmatch

        known = _split[pattern] = [
            None if part == "**" else re.compile(fnmatch.translate(part)).match
            for part in pattern.strip("/").split("/")
        ]
    return known


def fits(segments: list[Callable[[str], object] | None], parts: list[str]) -> bool:
    """Whether the parts of a path match. No pattern makes it go back further than to the last `**`, so that none takes long."""
    at = place = 0
    stars, again = -1, 0
    while place < len(parts):
        segment = segments[at] if at < len(segments) else None
        if at < len(segments) and segment is None:
            stars, again = at, place
            at += 1
        elif segment is not None and segment(parts[place]):
            at += 1
            place += 1
        elif stars >= 0:
            again += 1
            at, place = stars + 1, again
        else:
            return False
    return all(segment is None for segment in segments[at:])
