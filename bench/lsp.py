"""What the language server costs: a keystroke in a large file, and the memory of many open documents.

`python bench/lsp.py`. A keystroke is a change and a request that has to wait for what the change brings; an empty request is
one for a method that no server has.
"""

from __future__ import annotations

import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.editor import Editor, editor, place  # noqa: E402

KEYSTROKES = 300
LINES = 2000
DOCUMENTS = 500
EDITS = 10_000

ASK = 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'


def code(lines: int) -> str:
    """A module of so many lines with one mistake in its middle."""
    body = [f"def answer_{number}(question):\n    return question + {number}\n" for number in range(lines // 4)]
    return "".join([*body, ASK, *body])


def timed(calls: int, call: object) -> tuple[float, float]:
    """Median and 95th percentile of calls, in milliseconds."""
    times = []
    for number in range(calls):
        start = time.perf_counter()
        call(number)  # type: ignore[operator]
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times), statistics.quantiles(times, n=20)[-1]


def keystrokes(folder: pathlib.Path) -> Iterator[tuple[str, float, float]]:
    """What was done, the median and the 95th percentile of its milliseconds."""
    with editor(folder) as session:
        text = code(LINES)
        uri = session.open(folder / "large.py", text)
        session.diagnostics(uri, 1)
        session.quiet(1)
        row = LINES // 2 + 1

        def nothing(_: int) -> None:
            session.request("keylint/nothing", None)

        def typed(number: int) -> None:
            session.change(uri, 2 + number, {"range": place(row, 39, 39), "text": "x"})

        def taken(number: int) -> None:
            typed(number)
            nothing(number)

        def checked(number: int) -> None:
            typed(KEYSTROKES + number)
            session.at("hover", uri, row, 25)

        for what, call in (
            ("an empty request", nothing),
            ("a keystroke is taken, and an empty request answered", taken),
            ("a keystroke is taken, checked, and a request about it answered", checked),
        ):
            yield what, *timed(KEYSTROKES, call)


def memory(session: Editor) -> float:
    """What the server holds, in MB."""
    shown = subprocess.run(
        ["ps", "-o", "rss=", "-p", str(session.process.pid)], capture_output=True, text=True, check=True
    )
    return int(shown.stdout) / 1024


def documents(folder: pathlib.Path) -> None:
    with editor(folder) as session:
        session.quiet(2)
        print(f"memory: {memory(session):.0f} MB after the start")
        uris = [session.open(folder / f"m{number}.py", code(100)) for number in range(DOCUMENTS)]
        session.at("hover", uris[-1], 0, 0)
        session.quiet(5)
        print(f"  {memory(session):.0f} MB with {DOCUMENTS} open documents")
        start = time.perf_counter()
        for number in range(EDITS):
            uri = uris[number % DOCUMENTS]
            session.change(uri, 2 + number // DOCUMENTS, {"range": place(0, 0, 0), "text": "# one more\n"})
        session.at("hover", uris[-1], 0, 0)
        session.quiet(8)
        print(f"  {memory(session):.0f} MB after {EDITS:,} edits, {time.perf_counter() - start:.0f} s later")
        for number in range(EDITS):
            uri = uris[number % DOCUMENTS]
            session.change(uri, 50 + number // DOCUMENTS, {"range": place(0, 0, 1), "text": "#"})
        session.at("hover", uris[-1], 0, 0)
        session.quiet(8)
        print(f"  {memory(session):.0f} MB after {EDITS:,} more, of the same length")
        for uri in uris:
            session.close(uri)
        session.quiet(2)
        print(f"  {memory(session):.0f} MB with all documents closed")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        for row in keystrokes(pathlib.Path(name)):
            print(f"{row[0]:<64} {row[1]:6.2f} ms {row[2]:6.2f} ms")
        documents(pathlib.Path(name))
