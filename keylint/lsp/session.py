"""What is checked when: the protocol's side of it.

One other thread does the work. A keystroke starts a clock, and the check begins when it has been quiet for a moment. An
answer is sent only if the document is still the one that was checked.

A clock is a task that sleeps: whatever ends the loop ends them all, and nothing starts another one after that.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import time
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from keylint.lsp.carrying import carried
from keylint.lsp.checking import NOTHING, Checker, Found, Interrupted, Outcome, Snapshot, TooLarge
from keylint.mask import hide
from keylint.record import Record
from keylint.report.excerpt import safe
from keylint.settings import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

    from lsprotocol.types import TextDocumentContentChangeEvent

    from keylint.lsp.checking import Known
    from keylint.lsp.documents import Document

T = TypeVar("T")

QUIET = (
    0.15  # seconds without a keystroke before a document is checked; twice what its last check took, if that is more
)
LONGEST = 2.0
GATHER = 0.2  # seconds in which documents that are opened or saved are put together for one look at their project


class Result(Record):
    """What is known of one version of a document."""

    document: Snapshot
    outcome: Outcome
    findings: tuple[Found, ...]
    known: Known | None


class Shared(Record):
    """What the last look at the project found in a document, the text that it is for, what the project defines."""

    data: bytes
    findings: tuple[Found, ...]
    known: Known | None


class _Open:
    """An open document, and what the session remembers of it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.result: Result | None = None
        self.shared = Shared(b"", (), None)
        self.clock: asyncio.Task[None] | None = None
        self.task: asyncio.Task[None] | None = None
        self.took = 0.0

    def snapshot(self) -> Snapshot:
        document = self.document
        return Snapshot(document.uri, document.path, document.version, document.data, document.on_disk)


class Session:
    """The open documents of one client. `publish` is handed results, `tell` what a person should hear of."""

    def __init__(self, publish: Callable[[Result], None], tell: Callable[[str], None]) -> None:
        self._publish = publish
        self._tell = tell
        self._told = ""
        self._worker = ThreadPoolExecutor(1, "keylint")
        self._urgent = 0
        self._open: dict[str, _Open] = {}
        self._checker = Checker((), "utf-16")
        self._clocks: set[str] = set()
        self._looking: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self.encoding = "utf-16"
        self.folders: tuple[str, ...] = ()

    # ------------------------------------------------------------------------------------------------- documents

    def opened(self, document: Document) -> None:
        """A document is opened: it is checked at once, and with its project soon."""
        self._open[document.uri] = _Open(document)
        self._start(self._open[document.uri])
        self._gather(document)

    def changed(self, uri: str, version: int, changes: list[TextDocumentContentChangeEvent]) -> None:
        """A document is edited: it is checked once that stops."""
        item = self._open[uri]
        item.document.change(changes, version, self.encoding)
        if item.clock is not None:
            item.clock.cancel()
        wait = min(max(QUIET, 2 * item.took), LONGEST)
        item.clock = self._run(self._start_later(item, wait))

    def saved(self, uri: str) -> None:
        """A document is written to disk: its project may say something else now."""
        item = self._open.get(uri)
        if item is not None:
            self._start(item)
            self._gather(item.document)

    def closed(self, uri: str) -> None:
        """A document is closed."""
        item = self._open.pop(uri, None)
        if item is not None and item.clock is not None:
            item.clock.cancel()

    def reload(self) -> None:
        """Forget all configuration, and check every document again."""
        self._checker = Checker(self.folders, self.encoding)
        self._told = ""
        for item in self._open.values():
            item.result = None
            item.shared = Shared(b"", (), None)
            self._start(item)
            self._gather(item.document)

    def look_again(self) -> None:
        """A file has changed on disk that the rules of a project read."""
        for item in self._open.values():
            self._gather(item.document)

    def document(self, uri: str) -> Document | None:
        """An open document."""
        item = self._open.get(uri)
        return item.document if item is not None else None

    def shown(self, path: str) -> Document | None:
        """The open document of a file."""
        return next((item.document for item in self._open.values() if item.document.path == path), None)

    def end(self) -> None:
        """Stop working."""
        self._closed = True
        self._worker.shutdown(wait=False, cancel_futures=True)

    # ------------------------------------------------------------------------------------------------------ work

    async def work(self, call: Callable[[], T]) -> T:
        """Something for the other thread that somebody waits for."""
        self._urgent += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._worker, call)
        finally:
            self._urgent -= 1

    @property
    def checker(self) -> Checker:
        """What checks; to be called in ``work`` only."""
        return self._checker

    async def result(self, uri: str) -> Result | None:
        """What is known of a document as it is now; checked first if need be. None if it is not open."""
        while (item := self._open.get(uri)) is not None:
            if item.result is not None and item.result.document.version == item.document.version:
                return item.result
            await asyncio.shield(self._start(item))
        return None

    def _start(self, item: _Open) -> asyncio.Task[None]:
        """Check a document as it is now; a check that runs is for an older text, or for this one, and comes first."""
        if item.clock is not None:
            item.clock.cancel()
            item.clock = None
        previous = item.task
        item.task = self._run(self._check(item, previous))
        return item.task

    async def _start_later(self, item: _Open, wait: float) -> None:
        await asyncio.sleep(wait)
        item.clock = None
        self._start(item)

    def _run(self, what: object) -> asyncio.Task[None]:
        task: asyncio.Task[None] = asyncio.ensure_future(what)  # type: ignore[call-overload]
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def _check(self, item: _Open, previous: asyncio.Task[None] | None) -> None:
        if previous is not None and not previous.done():
            await asyncio.wait([previous])
        checker = self._checker
        known = item.result
        if known is not None and known.document.version == item.document.version:
            return
        snapshot = item.snapshot()
        start = time.monotonic()
        outcome = await self._guarded(lambda: checker.alone(snapshot))
        item.took = time.monotonic() - start
        self._settle(item, snapshot, outcome)

    async def _guarded(self, call: Callable[[], Outcome]) -> Outcome | None:
        """An outcome; None if there is none, which is told."""
        try:
            return await self.work(call)
        except Exception as error:  # noqa: BLE001 an editor must not lose its server
            self._say(error)
            return None

    def _say(self, error: Exception) -> None:
        """Tell what went wrong, once; nothing of what an error holds but a configuration's, which names no values."""
        wrong = isinstance(error, ConfigError)
        told = safe(hide(str(error))) if wrong else f"internal error: {type(error).__name__}{place(error)}"
        if told != self._told:
            self._told = told
            self._tell(told)

    def _settle(self, item: _Open, snapshot: Snapshot, outcome: Outcome | None) -> None:
        """Keep an outcome, and publish it if the document is still the same. With none, what is shown stays."""
        if self._open.get(snapshot.uri) is not item or item.document.version != snapshot.version:
            return
        shared = item.shared
        made = outcome or NOTHING
        findings = (*made.own, *carried(shared.findings, shared.data, snapshot.data, made.own))
        item.result = Result(snapshot, made, findings, shared.known)
        if outcome is not None:
            self._publish(item.result)

    # --------------------------------------------------------------------------------------------------- projects

    def _gather(self, document: Document) -> None:
        if document.on_disk and not self._closed:
            self._run(self._gather_root(document.path))

    async def _gather_root(self, path: str) -> None:
        """Set the clock of a file's project, if it is not running."""
        with contextlib.suppress(ConfigError):  # it is told when the file is checked
            checker = self._checker
            root = await self.work(lambda: checker.root(path))
            self._set_clock(root, GATHER)

    def _set_clock(self, root: str, wait: float) -> None:
        if root not in self._clocks and not self._closed:
            self._clocks.add(root)
            self._run(self._look(root, wait))

    async def _look(self, root: str, wait: float) -> None:
        await asyncio.sleep(wait)
        async with self._looking[root]:
            self._clocks.discard(root)
            await self._together(root)

    async def _together(self, root: str) -> None:
        checker = self._checker
        start = time.monotonic()
        try:
            documents = [item.snapshot() for item in self._open.values() if item.document.on_disk]
            outcomes = await asyncio.get_running_loop().run_in_executor(
                self._worker,
                lambda: checker.together(
                    [document for document in documents if checker.root(document.path) == root],
                    root,
                    lambda: self._urgent > 0 or self._closed,
                ),
            )
        except Interrupted:
            self._set_clock(root, GATHER + time.monotonic() - start)
        except TooLarge as error:
            self._tell(f"{error}: too many files to look at together; `keylint check` does it")
        except Exception as error:  # noqa: BLE001 an editor must not lose its server
            self._say(error)
        else:
            for snapshot, outcome in outcomes:
                item = self._open.get(snapshot.uri)
                if item is not None and checker is self._checker:
                    item.shared = Shared(snapshot.data if outcome.shared else b"", outcome.shared, outcome.known)
                    self._settle(item, snapshot, outcome)


def place(error: Exception) -> str:
    """Where an error comes from: " in FILE:LINE"."""
    where = error.__traceback__
    while where is not None and where.tb_next is not None:
        where = where.tb_next
    return f" in {os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where is not None else ""


__all__ = ["Result", "Session", "place"]
