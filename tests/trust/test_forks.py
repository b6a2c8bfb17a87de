"""A first run with copies of the process: what one process says, whatever happens to the copies."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from tests.samples import body, sample
from tests.tool import git, write

if TYPE_CHECKING:
    import pathlib

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="nothing is copied elsewhere")

KEY = sample("openai")
TEXTS = {
    "ask.py": 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n',
    "send.py": 'import os, requests\nkey = os.getenv("OPENAI_API_KEY")\n'
    'requests.post("https://api.openai.com/v1/responses", headers={"Authorization": key})\n',
    "ask.mjs": "import OpenAI from 'openai';\nconst client = new OpenAI({ apiKey: 'YOUR_API_KEY' });\n",
    "key.py": f'import openai\nopenai.api_key = "{KEY}"\nPASSWORD = os.getenv("OPENAI_API_KEY", "hunter2-and-more")\n',
    "good.py": 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
    "clean.py": "x = 1\n",
    "wide.py": "import openai\nopenai.api_key = 'YOUR_API_KEY'\n",
}
CALL = """
import os, signal, sys, time
from keylint import cli, engine, forks, history
main = os.getpid()
forks.room = lambda: {room}
history.ENOUGH, history.ROUND = 1, 7
{more}
sys.exit(cli.main(sys.argv[1:]))
"""
CHECK = ("check", "--output-format", "json", "--show-suppressed")
FAILURES = {
    "nothing": "",
    "none can be started": "def fork(): raise BlockingIOError(11, 'no more')\nos.fork = fork",
    "no pipe": "real = os.pipe\ndef pipe():\n    if sys._getframe(1).f_globals['__name__'] != 'keylint.forks': return real()\n"
    "    raise OSError(24, 'too many')\nos.pipe = pipe",
    "each is killed at once": "engine.Engine._facts_of = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
    "each is killed in the middle": "real = forks._write\ndef write(handle, data):\n"
    "    if main != os.getpid() and data.startswith(b'done'): real(handle, b'facts half'); os.kill(os.getpid(), 9)\n"
    "    real(handle, data)\nforks._write = write",
    "each fails": "engine.Engine._facts_of = lambda *_: 1 / 0",
    "each is slow": "real = engine.Engine._facts_of\n"
    "engine.Engine._facts_of = lambda *given: time.sleep(0.01) or real(*given)",
    "each is done before": "real = engine.Engine.check\nengine.Engine.check = lambda self, files: real(self, waited(files))\n"
    "def waited(files):\n    for file in files:\n        time.sleep(0.002)\n        yield file",
}


@pytest.fixture
def many(repository: pathlib.Path) -> pathlib.Path:
    """Seven hundred files, most of them with something to say."""
    files: dict[str, str | bytes] = {
        f"part{number}/{name}": text.encode("utf-16") if name == "wide.py" else text
        for number in range(100)
        for name, text in TEXTS.items()
    }
    write(repository, files)
    git(repository, "add", "-A")
    return repository


def command(room: int, more: str = "") -> list[str]:
    return [sys.executable, "-c", CALL.format(room=room, more=more)]


def run(
    folder: pathlib.Path, cache: pathlib.Path, room: int, more: str = "", *options: str, call: tuple[str, ...] = CHECK
) -> tuple[bytes, bytes, int]:
    environment = {**os.environ, "KEYLINT_CACHE_DIR": str(cache)}
    done = subprocess.run(
        [*command(room, more), *call, *options], cwd=folder, capture_output=True, env=environment, check=False
    )
    return done.stdout, done.stderr, done.returncode


def remembered(cache: pathlib.Path) -> dict[str, str]:
    (path,) = cache.glob("facts-*")
    return json.loads(path.read_bytes().split(b"\n", 2)[2])  # type: ignore[no-any-return]


@pytest.mark.parametrize("name", FAILURES)
def test_what_happens_to_a_copy_changes_nothing(many: pathlib.Path, tmp_path: pathlib.Path, name: str) -> None:
    alone = run(many, tmp_path / "one", 0)
    assert alone[2] == 1
    assert len(json.loads(alone[0])) > 400
    assert run(many, tmp_path / "more", 2, FAILURES[name]) == alone
    assert remembered(tmp_path / "more") == remembered(tmp_path / "one")
    assert run(many, tmp_path / "more", 2) == alone  # the next run, which has it all


@pytest.mark.parametrize("name", ["nothing", "each is killed in the middle", "each is slow"])
def test_the_project_around_a_file_that_is_named(many: pathlib.Path, tmp_path: pathlib.Path, name: str) -> None:
    """It is read by copies too, as a hook's first run is one over few files of many."""
    call = (*CHECK, "part0/ask.py", "part0/send.py", "part1/key.py")
    alone = run(many, tmp_path / "one", 0, call=call)
    assert alone[2] == 1
    assert run(many, tmp_path / "more", 2, FAILURES[name], call=call) == alone
    assert remembered(tmp_path / "more") == remembered(tmp_path / "one")
    assert len(remembered(tmp_path / "more")) > 200
    assert run(many, tmp_path / "more", 2, call=call) == alone


def test_without_a_cache_nothing_is_kept(many: pathlib.Path, tmp_path: pathlib.Path) -> None:
    assert run(many, tmp_path / "more", 2, "", "--no-cache") == run(many, tmp_path / "one", 0, "", "--no-cache")
    assert not (tmp_path / "more").exists()


def test_the_copies_save_work(many: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """A process that waits for a copy at its first file parses nothing that the copy has told."""
    counting = (
        "from keylint.languages import parsing\nnative, parsed = parsing.GrammarParser.parse, []\n"
        "def parse(self, data):\n    parsed.append(data)\n    return native(self, data)\nparsing.GrammarParser.parse = parse\n"
        "import atexit\natexit.register(lambda: open(os.environ['COUNT'], 'w').write(str(len(parsed))))\n"
    )
    parsed = []
    for room in (0, 1):
        os.environ["COUNT"] = str(tmp_path / "count")
        run(many, tmp_path / str(room), room, counting + FAILURES["each is done before"])
        parsed.append(int((tmp_path / "count").read_text()))
    assert parsed[1] < parsed[0]


def test_no_key_goes_through_a_pipe(many: pathlib.Path, tmp_path: pathlib.Path) -> None:
    said = tmp_path / "said"
    listening = (
        f"real = forks._write\ndef write(handle, data):\n    open({str(said)!r}, 'ab').write(data)\n    real(handle, data)\n"
        "forks._write = write"
    )
    run(many, tmp_path / "cache", 2, listening)
    text = said.read_bytes()
    assert text.count(b"facts") > 100
    assert KEY.encode() not in text
    assert KEY[8:20].encode() not in text
    assert b"hunter2" not in text


def test_an_interrupt_ends_all_of_them(many: pathlib.Path, tmp_path: pathlib.Path) -> None:
    waiting = (
        "real = forks.start\ndef start(work):\n    made = real(work)\n    open(os.environ['STARTED'], 'a').write('x')\n"
        "    return made\nforks.start = start\n"
        "engine.Engine._facts_of = lambda *_: time.sleep(60)\nengine.Engine._one = lambda *_, **__: time.sleep(60)\n"
    )
    started = tmp_path / "started"
    environment = {**os.environ, "KEYLINT_CACHE_DIR": str(tmp_path / "cache"), "STARTED": str(started)}
    process = subprocess.Popen(
        [*command(2, f"signal.signal(signal.SIGINT, signal.default_int_handler)\n{waiting}"), *CHECK],
        cwd=many,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    try:
        while not (started.exists() and started.read_text() == "xx"):
            assert process.poll() is None
            time.sleep(0.01)
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (130, b"")
        assert err.count(b"\n") <= 1
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)  # nobody is left of the group
    finally:
        process.kill()


def test_a_copy_whose_process_is_killed_ends(many: pathlib.Path, tmp_path: pathlib.Path) -> None:
    code = "real = engine.Engine._facts_of\nengine.Engine._facts_of = lambda *given: time.sleep(0.02) or real(*given)\n"
    code += "def one(*_, **__):\n    time.sleep(0.2)\n    os.kill(main, 9)\nengine.Engine._one = one\n"
    process = subprocess.Popen(
        [*command(2, code), *CHECK],
        cwd=many,
        env={**os.environ, "KEYLINT_CACHE_DIR": str(tmp_path / "cache")},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    process.communicate(timeout=30)
    assert process.returncode == -signal.SIGKILL
    for _ in range(1000):
        try:
            os.killpg(process.pid, 0)
        except ProcessLookupError:
            return
        time.sleep(0.02)
    pytest.fail("a copy goes on")


OF_HISTORIES = {
    "nothing": "",
    "none can be started": FAILURES["none can be started"],
    "each is killed at once": "history.History._tell = lambda *_: os.kill(os.getpid(), signal.SIGKILL)",
    "each is killed before its last word": "real = forks._write\ndef write(handle, data):\n    real(handle, data[:-9])\n"
    "    os.kill(os.getpid(), 9)\nforks._write = write",
    "one fails": "real = history.History._tell\n"
    "history.History._tell = lambda self, names, send: 1 / 0 if b'a1.py' in b''.join(names) else real(self, names, send)",
}


@pytest.mark.parametrize("name", OF_HISTORIES)
def test_a_history_that_is_shared(repository: pathlib.Path, tmp_path: pathlib.Path, name: str) -> None:
    for number in range(6):
        files = {f"a{at}.py": f"import openai\nopenai.api_key = '{KEY}'\n# {number} {at}\n" for at in range(number)}
        other = f'import openai\nopenai.api_key = "{samples(number)}"\n'
        write(repository, {**files, "clean.py": f"x = {number}\n", "other\nname.py": other})
        git(repository, "add", "-A")
        git(repository, "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "-m", "x")
    calls = [("history",), ("history", "--output-format", "json")]
    alone = [run(repository, tmp_path / "cache", 0, call=call) for call in calls]
    assert len(json.loads(alone[1][0])) == 7
    assert b"27 versions of files" in alone[0][0]
    assert [run(repository, tmp_path / "cache", 2, OF_HISTORIES[name], call=call) for call in calls] == alone


def samples(number: int) -> str:
    return "sk-" + body(f"head {number}", 20) + "T3BlbkFJ" + body(f"tail {number}", 20)
