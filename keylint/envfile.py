"""The `.env` that keys are moved to, its `.env.example`, and the `.gitignore` that keeps it out of git: what would be written."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from keylint import git
from keylint.languages import dialects, dotenv
from keylint.lazy import regex
from keylint.source import Source, Undecodable

if TYPE_CHECKING:
    from keylint.model import Span

NAME = regex(r"[A-Za-z_][A-Za-z0-9_]*")
_BARE = regex(r"[A-Za-z0-9_@%+=:,./-]+")  # read alike by every reader of `.env`, shells included
_EXPANDED = regex(r"\$\{[^}]*\}")  # by python-dotenv, whatever the quotes


class Refused(Exception):
    """A key cannot be moved; the message says why, in a few words."""


def spelled(value: str) -> str | None:
    """A value as its line has it, so that python-dotenv, npm's dotenv and Node read it back; None if there is no such way.

    They differ in what a backslash and a `#` do, and agree on nothing that holds both kinds of quotes and one of these.
    """
    if _BARE.fullmatch(value):
        return value
    if not value or not value.isprintable() or _EXPANDED.search(value):
        return None
    if "'" not in value and "\\\\" not in value and not value.endswith("\\"):
        return f"'{value}'"
    if '"' not in value and "\\" not in value:
        return f'"{value}"'
    if "#" in value or value != value.strip() or value[0] in "'\"`":
        return None
    return value


class Text:
    """A file as it is on disk, and the lines that are put into it. `source` is None for one that is to be made."""

    def __init__(self, path: str) -> None:
        """Read the file; raises Refused for what is no plain text file of its own."""
        self.path = path  # as it is shown
        self.source: Source | None = None
        self._lines: list[str] = []
        self._values: dict[str, str] = {}
        try:
            status = os.lstat(path)
            if stat.S_ISLNK(status.st_mode):
                raise Refused(f"{path} is a link, which is not followed")
            if not stat.S_ISREG(status.st_mode):
                raise Refused(f"{path} is not a regular file")
            with open(path, "rb") as file:
                self.source = Source.from_bytes(path.replace(os.sep, "/"), file.read())
        except FileNotFoundError:
            return
        except OSError as error:
            raise Refused(f"{path} cannot be read: {error.strerror}") from None
        except Undecodable as error:
            raise Refused(f"{path} cannot be read: {error}") from None
        if self.source.encoding not in ("utf-8", "cp1252"):
            raise Refused(f"{path} is in {self.source.encoding.upper()}, which its readers do not read")

    @property
    def data(self) -> bytes:
        """The content as UTF-8."""
        return self.source.data if self.source is not None else b""

    @property
    def changes(self) -> bool:
        """Whether anything is put into it."""
        return bool(self._lines or self._values)

    def append(self, line: str) -> None:
        """Put a line at the end."""
        self._lines.append(line)

    def fill(self, name: str, value: str) -> None:
        """Give a variable a value whose line has none."""
        self._values[name] = value

    def applied(self, data: bytes) -> bytes:
        """Some content of the file with the lines in it."""
        for known in sorted(dotenv.lines(data), key=lambda known: known.content, reverse=True):
            if known.name in self._values and not known.text and not known.commented:
                size = len(known.quote)
                written = self._values[known.name].encode()
                written += b" " if data[known.content.end + size :].startswith(b"#") else b""
                data = data[: known.content.start - size] + written + data[known.content.end + size :]
        newline = self.source.newline if self.source is not None else "\n"
        for line in self._lines:
            if data.splitlines()[-1:] != [line.encode()]:
                start = newline if data and not data.endswith(b"\n") else ""
                data += f"{start}{line}{newline}".encode()
        return data


def nearest(folder: str, root: str, name: str) -> str:
    """The first folder upwards, as far as `root`, that has a file of this name; `root` if none has."""
    while folder.startswith(os.path.join(root, "")):
        if os.path.lexists(os.path.join(folder, name)):
            return folder
        folder = os.path.dirname(folder)
    return root


class EnvFile:
    """One `.env` of a project, and the two files beside it. Raises Refused if keys cannot be kept there."""

    def __init__(self, root: str, folder: str) -> None:
        self.root = root
        self.folder = folder
        self.path = os.path.relpath(os.path.join(folder, ".env"))
        real, top = os.path.realpath(folder), os.path.realpath(root)
        if real != top and not real.startswith(os.path.join(top, "")):
            raise Refused(f"{self.path} would lie outside the project")
        self.env = Text(self.path)
        self.example = Text(f"{self.path}.example")
        self.lines = list(dotenv.lines(self.env.data))
        if any(not line.closed for line in self.lines):
            raise Refused(f"{self.path} has a quote that is never closed")
        self.values: dict[str, str] = {}  # what was moved here
        self.ignore = self._ignore()

    def _ignore(self) -> Text | None:
        """The `.gitignore` that needs a line; None if git ignores the file already."""
        if git.tracked(self.folder, [".env"]):
            raise Refused(f"git tracks {self.path}: run `git rm --cached {self.path}` first")
        if git.is_there(self.root) and self.is_ignored():
            return None
        text = Text(os.path.relpath(os.path.join(nearest(self.folder, self.root, ".gitignore"), ".gitignore")))
        text.append(".env")
        return text

    def is_ignored(self) -> bool:
        """Whether git ignores the file, or will once there is a repository."""
        if git.toplevel(self.folder) is not None:
            return bool(git.ignored(self.folder, [".env"]))
        name = os.path.relpath(os.path.join(self.folder, ".env"), self.root)
        return bool(git.ignored_without_repository(self.root, [name])) or not git.is_there(self.root)

    def add(self, name: str, value: str) -> None:
        """Give a variable its value; raises Refused."""
        if not NAME.fullmatch(name):
            raise Refused("its variable has a name that .env cannot hold")
        if name in self.values:
            if self.values[name] != value:
                raise Refused(f"another key goes to {name} in {self.path}")
            return
        known = [line for line in self.lines if line.name == name and not line.commented]
        if any(line.text for line in known):
            if not all(self._gives(line, value) for line in known):
                raise Refused(f"{self.path} has {name} with another value")
        else:
            written = spelled(value)
            if written is None or (not value.isascii() and not self._is_utf8):
                raise Refused(f"no line of {self.path} gives it to all readers alike")
            if known and not all(self._gives(line, "") for line in known):
                raise Refused(f"not every reader takes what stands behind {name} in {self.path}")
            if known:
                self.env.fill(name, written)
            elif self.env.source is not None and self.env.source.mark and not self.env.data.strip():
                raise Refused(f"{self.path} begins with a byte order mark, which Node takes for a part of the name")
            else:
                self.env.append(f"{name}={written}")
        self.values[name] = value
        if (self.example.source is not None or self.env.source is None) and not any(
            line.name == name for line in dotenv.lines(self.example.data)
        ):
            self.example.append(f"{name}=")

    @property
    def _is_utf8(self) -> bool:
        return self.env.source is None or self.env.source.encoding == "utf-8"

    def _gives(self, line: dotenv.Line, value: str) -> bool:
        """Whether all readers take a line's value for this one."""
        return dialects.agreed(line, self.env.data) == value and not self._is_marked(line)

    def _is_marked(self, line: dotenv.Line) -> bool:
        """Whether a byte order mark stands before a line, which Node takes for a part of the name."""
        marked = self.env.source is not None and bool(self.env.source.mark)
        return marked and not self.env.data[: line.whole.start].strip()

    def texts(self) -> list[Text]:
        """The files that change, in the order in which they may be written: the key is never where git sees it."""
        texts = [text for text in (self.ignore, self.env, self.example) if text is not None and text.changes]
        return texts if self.values else []


def shown_values(data: bytes) -> list[Span]:
    """Where the values of a file of variables stand."""
    return [line.content for line in dotenv.lines(data) if line.text]
