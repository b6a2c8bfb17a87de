"""Files that are not read again: what is said is what reading them would say, and any change of a file is seen."""

from __future__ import annotations

import os
import pathlib
import random
import sys
import time
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keylint import engine, remembered, unchanged
from keylint.languages import parsing
from keylint.model import Span
from keylint.source import Source
from tests.examples import path_of, plain
from tests.samples import sample
from tests.test_rules import EXAMPLES
from tests.tool import VENDOR, Result, check, write

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the system has no time that programs cannot set")

KEY = sample("openai")
CLEAN = "x = 1\n"
GOOD = 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
QUIET = "# openai is mentioned here, and that is all\nx = 1\n"
LOADS = "import dotenv\n"
SECRET = f'import openai\nopenai.api_key = "{KEY}"\nname = os.getenv("OPENAI_API_KEY", "hunter2-and-more")\n'


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """A cache that nothing else uses, of files that need not have been left alone for long, however few they are."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder))
    monkeypatch.setattr(engine, "MANY", 0)
    monkeypatch.setattr(unchanged, "SETTLED", 0)
    return folder


def table(cache: pathlib.Path) -> bytes:
    """All that is kept of unchanged files."""
    return b"".join(file.read_bytes() for file in sorted(cache.glob("clean-*")))


def read_by(monkeypatch: pytest.MonkeyPatch, project: pathlib.Path, *arguments: str) -> tuple[list[str], Result]:
    """The files that a check opens, and what it says."""
    seen: list[str] = []
    real = engine.opened

    def opened(file: Any) -> Any:
        seen.append(file.path)
        return real(file)

    with monkeypatch.context() as patch:
        patch.setattr(engine, "opened", opened)
        return seen, check(project, "--isolated", *arguments)


def rewritten(path: pathlib.Path, text: str) -> None:
    """Other content of the same length, with the times that programs can set."""
    status = path.stat()
    time.sleep(0.02)
    data = text.encode()
    assert len(data) == status.st_size
    path.write_bytes(data)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


def test_the_examples_of_all_rules(project: pathlib.Path, cache: pathlib.Path) -> None:
    """In one project, with all rules: the second and the third run say what a run without a cache says."""
    files: dict[str, str | bytes] = {f"clean{number}.py": f"{CLEAN}y = {number}\n" for number in range(20)}
    files |= {"blob.bin": b"\0\1\2" * 99, "wide.txt": "x = 1\n".encode("utf-16"), "quiet.py": QUIET, "loads.py": LOADS}
    for rule, number, example in EXAMPLES:
        files[f"{rule.code}-{number}-{example.bad}/{path_of(example)}"] = plain(example.code)
    write(project, files)
    options = ("--isolated", "--select", "ALL", "--min-confidence", "possible", "--show-suppressed")
    fresh = check(project, *options, "--no-cache")
    assert len(fresh.findings) > 100
    for _ in range(3):
        assert check(project, *options) == fresh
    kept = table(cache)
    assert all(kind in kept for kind in (b"skipped binary file", b"notes dotenv", b"quiet python production"))


def test_what_is_known_is_not_read(project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {"a.py": CLEAN, "b.bin": b"\0" * 9, "c.py": QUIET, "d.py": LOADS, "e.py": GOOD})
    every, first = read_by(monkeypatch, project)
    assert set(every) == {"a.py", "b.bin", "c.py", "d.py", "e.py"}
    again, second = read_by(monkeypatch, project)
    assert "a.py" not in again
    assert "b.bin" not in again
    assert second == first
    assert read_by(monkeypatch, project, "a.py", "c.py")[0] == []  # by name too


@pytest.mark.parametrize("before", [CLEAN, QUIET, LOADS])
def test_a_change_is_seen_whatever_times_were_set(project: pathlib.Path, cache: pathlib.Path, before: str) -> None:
    mistake = 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'
    write(project, {"a.py": before.ljust(80), "b.py": CLEAN})
    assert check(project, "--isolated").codes == check(project, "--isolated").codes == []
    rewritten(project / "a.py", mistake.ljust(80))
    assert check(project, "--isolated").codes == ["KL201"]


def test_another_file_in_its_place(project: pathlib.Path, cache: pathlib.Path) -> None:
    """Renamed over it, behind a link that was named, in a folder that was exchanged."""
    mistake = 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'
    write(project, {"a.py": CLEAN, "new/c.py": mistake, "old/c.py": CLEAN, "b.py": mistake})
    (project / "link.py").symlink_to("a.py")
    for _ in range(2):
        assert check(project, "--isolated", "a.py", "old", "link.py").codes == []
    (project / "b.py").rename(project / "a.py")
    assert check(project, "--isolated", "a.py").codes == ["KL201"]
    assert check(project, "--isolated", "link.py").codes == ["KL201"]
    (project / "old").rename(project / "older")
    (project / "new").rename(project / "old")
    assert check(project, "--isolated", "old").codes == ["KL201"]


def test_one_file_by_two_names(project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is said of it by one name is not taken for what the other one makes of it."""
    mistake = 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'
    write(project, {"notes.txt": "A = 1\n", "tests/test_a.py": QUIET, "c.py": mistake})
    (project / ".env").hardlink_to(project / "notes.txt")
    (project / "b.py").hardlink_to(project / "tests/test_a.py")
    time.sleep(0.02)
    fresh = check(project, "--isolated", "--no-cache")
    assert fresh.codes == ["KL201"]
    for _ in range(3):
        seen, result = read_by(monkeypatch, project)
        assert result == fresh
        assert ".env" in seen
        assert "b.py" in seen or "tests/test_a.py" in seen


def test_what_was_written_just_now_is_not_kept(
    project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unchanged, "SETTLED", 60_000_000_000)
    write(project, {"a.py": CLEAN})
    check(project, "--isolated")
    assert table(cache) == b""
    assert read_by(monkeypatch, project)[0] == ["a.py"]


def test_times_that_tell_nothing() -> None:
    """Coarse ones, later than now, and too close to it; changing any part of what the system says changes the stamp."""
    now = 2_000_000_000_123_456_789
    old = now - 61_000_000_000

    def status(**changed: int) -> Any:
        base = {"st_dev": 1, "st_ino": 2, "st_size": 3, "st_mtime_ns": 4, "st_ctime_ns": old}
        return SimpleNamespace(**(base | changed))

    assert unchanged.stamp(status(), now)
    for ctime in (old // 1_000_000 * 1_000_000, now + 5, now - 59_000_000_001):
        assert unchanged.stamp(status(st_ctime_ns=ctime), now) == ""
    names = ("st_dev", "st_ino", "st_size", "st_mtime_ns", "st_ctime_ns")
    stamps = {unchanged.stamp(status(**{name: old - 7}), now) for name in names}
    assert len(stamps | {unchanged.stamp(status(), now)}) == len(names) + 1


def test_a_table_that_is_damaged_or_another_s_is_none(project: pathlib.Path, cache: pathlib.Path) -> None:
    mistake = 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'
    write(project, {"a.py": CLEAN, "b.py": mistake, "c.py": QUIET})
    first = check(project, "--isolated")
    assert first.codes == ["KL201"]
    (file,) = cache.glob("clean-*")
    whole = file.read_bytes()
    head, checksum, body = whole.split(b"\n", 2)
    dice = random.Random(1)
    stamp = unchanged._stamp((project / "b.py").stat()).encode()
    for damaged in (
        b"",
        head,
        *(whole[: dice.randrange(len(whole))] for _ in range(10)),
        *(whole[:at] + bytes([whole[at] ^ 4]) + whole[at + 1 :] for at in dice.sample(range(len(whole)), 20)),
        b"\n".join((head, checksum, body + b"\n" + stamp)),
        b"\n".join((head[:-2] + b"00", checksum, body)),
    ):
        file.write_bytes(damaged)
        assert check(project, "--isolated") == first


def test_what_a_configuration_adds(project: pathlib.Path, cache: pathlib.Path) -> None:
    """A file is clean for some providers and not for others."""
    write(project, {"a.py": "from acme import Acme\nclient = Acme(key='YOUR_ACME_KEY')\n"})
    for _ in range(2):
        assert check(project).codes == []
    write(project, {"keylint.toml": VENDOR})
    assert check(project).codes == ["KL201"]


def test_a_quiet_file_that_is_gone_when_it_is_asked_for(
    project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"quiet.py": QUIET, ".env.example": "OPENAI_KEY=\n", "ask.py": GOOD})
    first = check(project, "--isolated", "--select", "ALL")
    real = engine.opened

    def opened(file: Any) -> Any:
        if file.path == "quiet.py":
            raise engine.Unreadable("gone")
        return real(file)

    monkeypatch.setattr(engine, "opened", opened)
    assert check(project, "--isolated", "--select", "ALL").codes == first.codes


def test_nothing_is_written_without_a_cache(project: pathlib.Path, cache: pathlib.Path) -> None:
    write(project, {"a.py": CLEAN})
    check(project, "--isolated", "--no-cache")
    assert not cache.exists()


def test_what_is_gone_is_forgotten(project: pathlib.Path, cache: pathlib.Path) -> None:
    write(project, {f"a{number}.py": f"{CLEAN}# {number}\n" for number in range(40)})
    check(project, "--isolated")
    size = len(table(cache))
    for number in range(1, 40):
        (project / f"a{number}.py").unlink()
    write(project, {f"b{number}.py": f"{CLEAN}# b {number}\n" for number in range(4)})
    check(project, "--isolated")
    assert len(table(cache)) < size // 2


class TestSecrets:
    """Files that hold something like a secret: known by their stamps, with nothing of it."""

    def test_they_are_not_parsed_again(
        self, project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(project, {"send.py": SECRET, "b.py": GOOD})
        first = check(project, "--isolated")
        assert "KL101" in first.codes
        parsed: list[bytes] = []
        real = parsing.GrammarParser.parse

        def parse(self: Any, data: bytes) -> Any:
            parsed.append(data)
            return real(self, data)

        monkeypatch.setattr(parsing.GrammarParser, "parse", parse)
        for _ in range(2):
            parsing.parsed.cache_clear()
            known = remembered.Remembered.facts
            hits: list[bool] = []

            def facts(self: Any, source: Source, known: Any = known, hits: list[bool] = hits) -> Any:
                found = known(self, source)
                hits.append(found is not None)
                return found

            with monkeypatch.context() as patch:
                patch.setattr(remembered.Remembered, "facts", facts)
                assert check(project, "--isolated") == first
            assert hits == [True, True]

    def test_nothing_of_them_is_written_down(self, project: pathlib.Path, cache: pathlib.Path) -> None:
        """Neither a part of a secret, nor a hash of the content, nor a path."""
        write(project, {"some/place/send.py": SECRET, "some/place/b.py": CLEAN, "some/place/quiet.py": QUIET})
        check(project, "--isolated")
        written = b"".join(file.read_bytes() for file in cache.glob("*-*") if not file.name.startswith(("tri", "anch")))
        assert b"some/place" not in written
        for secret in (KEY, "hunter2-and-more"):
            assert all(secret[at : at + 6].encode() not in written for at in range(len(secret) - 5))
        source = Source("some/place/send.py", SECRET.encode())
        assert source.identity.encode() not in written
        (kept,) = cache.glob("facts-*")
        assert b"api_key" in kept.read_bytes()

    def test_a_change_is_seen(self, project: pathlib.Path, cache: pathlib.Path) -> None:
        write(project, {"send.py": SECRET})
        assert "KL101" in check(project, "--isolated").codes
        rewritten(project / "send.py", SECRET.replace(KEY, "A" * len(KEY)))
        assert check(project, "--isolated") == check(project, "--isolated", "--no-cache")

    def test_a_text_that_says_some_of_a_secret_is_not_kept(self) -> None:
        data = b'key = "swordfish-and-chips"; chips = 1'
        source, secret = Source("a.py", data), Span(7, 26)
        assert data[slice(*secret)] == b"swordfish-and-chips"
        for said in ("swordfish-and-chips", "the swordfish-and-chips", "fish-and"):
            assert remembered._entry(source, [(said,)], [secret]) is None  # type: ignore[list-item]
            assert remembered._entry(source, [(said,)]) is not None  # type: ignore[list-item]
        assert remembered._entry(source, [("chips",)], [secret]) is not None  # type: ignore[list-item]


@given(st.text(max_size=60), st.text(max_size=200), st.integers(0, 40), st.booleans())
def test_a_text_is_put_together_as_it_was(text: str, around: str, cut: int, escape: bool) -> None:
    """From places, and from signs and spaces; or it is not remembered."""
    written = text.replace("\n", "\\n").replace('"', '\\"') if escape else text
    whole = around[:cut] + written + around[cut:]
    data = whole.encode("utf-8", "replace")
    source = Source("a.py", data)
    place = Span(0, len(data))
    try:
        pieces = remembered._pieces(text, place, source)
    except remembered._Unkept:
        return
    assert remembered._put_together(pieces, place, source) == text
    assert not any(char.isalnum() for piece in pieces if isinstance(piece, str) for char in piece)


def test_the_module_is_not_loaded_for_few_files(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(project, {f"a{number}.py": f"{CLEAN}# {number}\n" for number in range(9)})
    monkeypatch.delitem(sys.modules, "keylint.unchanged", raising=False)
    check(project, "--isolated")
    assert "keylint.unchanged" not in sys.modules


def test_what_nobody_asks_for_is_thrown_away(
    project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of projects that nothing was heard of for a month; nothing else, and nothing outside of the cache."""
    cache.mkdir()
    for folder in (cache, project):
        for name in ("clean-old", "clean-new", "other-old"):
            (folder / name).write_text("x = 1\n")
            if name.endswith("old"):
                os.utime(folder / name, (0, 0))
    check(project, "--isolated")
    assert sorted(path.name for path in project.iterdir()) == ["clean-new", "clean-old", "other-old"]
    kept = {path.name for path in cache.iterdir()}
    assert "clean-old" not in kept
    assert {"clean-new", "other-old"} < kept
