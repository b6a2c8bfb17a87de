"""What holds of anything that git or the cache may say: a result, or an error that has a name."""

from __future__ import annotations

import contextlib
import io
import subprocess
from typing import TYPE_CHECKING, Any
from unittest import mock

from keylint import git
from keylint.changes import Repository, _stretches
from keylint.history import Held, History
from keylint.remembered import Remembered
from keylint.settings import ConfigError, Finder, Overrides
from keylint.source import Source
from keylint.trees import Index

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextlib.contextmanager
def _saying(answer: bytes, code: int = 0) -> Iterator[None]:
    """git in the place of which these bytes are."""
    done = subprocess.CompletedProcess([], code, answer, b"")

    def start(*_: object) -> _Stream:
        return _Stream(answer)

    with (
        mock.patch.object(git.subprocess, "run", return_value=done),
        mock.patch.object(git, "_start", start),
    ):
        yield


class _Stream:
    """A process that says these bytes."""

    def __init__(self, answer: bytes) -> None:
        self.stdin: Any = io.BytesIO()
        self.stdout: Any = io.BytesIO(answer)
        self.args = ["git", *git._SAFE, "any"]

    def wait(self, *_: object) -> int:
        return 0

    def poll(self) -> int:
        return 0


def index(data: bytes) -> None:
    """What `git ls-files` may say."""
    with _saying(data), contextlib.suppress(ConfigError):
        tree = Index("/top", git.Blobs("/top"))
        for path, entry in tree.entries.items():
            assert path.startswith("/")
            assert entry.mode
        list(tree.listed("/top"))


def changes(data: bytes) -> None:
    """What `git diff-index` and `git diff` may say."""
    with _saying(b"true\n"):
        repository = Repository("/")
    with contextlib.suppress(ConfigError):
        for change in repository._changes(data, index=bool(data[:1] > b"a")):
            assert change.path or change.was
    assert all(first >= 0 for first, _ in _stretches(data))


def blobs(data: bytes) -> None:
    """What `git cat-file --batch` and the list before it may say."""
    with _saying(data):
        one = git.Blobs("/")
        for _ in range(3):
            found = one.read("0" * 40)
            assert found is None or found in data
        with contextlib.suppress(git.Failed):
            for names in git.blob_names(["HEAD"], "/", 100):
                list(git.named_blobs(names, "/", 100))
        with contextlib.suppress(git.Failed):
            assert b"\0".join(git.Call(["log"], "/").parts(b"\0")) in (data, data[:-1])


def log(data: bytes) -> None:
    """What `git log` may say."""
    history = History.__new__(History)
    history._top, history._revisions, history._finder = "/", ["--all"], Finder(Overrides())
    history._begin, history._log = data[:1].decode("latin-1"), None
    with _saying(data), contextlib.suppress(git.Failed):
        history._origins({"a" * 40: Held("a.py", ())})


def remembered(data: bytes) -> None:
    """What the cache may say of a file: facts, or nothing."""
    known = Remembered.__new__(Remembered)
    source = Source("a.py", b"import openai\nopenai.api_key = 'x'\n")
    known._entries, known._used = {source.identity: data.decode("utf-8", "replace")}, set()
    known.lent = {}
    facts = known.facts(source)
    assert facts is None or isinstance(facts, list)
