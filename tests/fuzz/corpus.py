"""The kept inputs of each target: a line each, as JSON text whose characters are the bytes."""

from __future__ import annotations

import json
import pathlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FOLDER = pathlib.Path(__file__).parent / "corpus"
ROOM = 32_000  # characters that a target's file may have, beside what once broke it


def line(data: bytes) -> str:
    """An input as it is written down."""
    return json.dumps(data.decode("latin-1"))


def escaped(data: bytes) -> str:
    """A word as libFuzzer's dictionaries have it."""
    return "".join(chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\x{byte:02x}" for byte in data)


def inputs(name: str) -> Iterator[bytes]:
    """The inputs of a target: those that cover its code, and those that once broke it."""
    for path in (FOLDER / f"{name}.jsonl", FOLDER / f"{name}.broken.jsonl"):
        if path.exists():
            for text in path.read_text(encoding="ascii").splitlines():
                yield json.loads(text).encode("latin-1")


def write(name: str, found: Iterable[bytes]) -> None:
    """Keep what is there, and add inputs, the shortest ones first, as far as there is room."""
    path = FOLDER / f"{name}.jsonl"
    kept = path.read_text(encoding="ascii").splitlines() if path.exists() else []
    size = sum(len(text) + 1 for text in kept)
    for text in sorted({line(data) for data in found} - set(kept), key=lambda text: (len(text), text)):
        size += len(text) + 1
        if size > ROOM:
            break
        kept.append(text)
    FOLDER.mkdir(exist_ok=True)
    path.write_text("".join(f"{text}\n" for text in kept), encoding="ascii")
