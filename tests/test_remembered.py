"""What is remembered of files: the same as reading them again, and nothing that may be a secret."""

from __future__ import annotations

import os
import pathlib
import random
import re
import tempfile

import pytest

from keylint import remembered
from keylint.engine import Engine, Run
from keylint.languages import parsing
from keylint.settings import Finder, Overrides
from keylint.workspace import collect
from tests.examples import path_of, plain
from tests.samples import sample
from tests.test_rules import EXAMPLES
from tests.tool import VENDOR, check, write

ASK = 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
ACME = "from acme import Acme\nclient = Acme(key='YOUR_ACME_KEY')  # much like openai\n"


def laid_out(project: pathlib.Path) -> Run:
    """All examples of all rules, each in a folder of its own, and what a check without a cache makes of them."""
    files: dict[str, str | bytes] = {}
    for rule, number, example in EXAMPLES:
        files[f"{rule.code}-{number}-{example.bad}/{path_of(example)}"] = plain(example.code)
    write(project, files)
    finder = Finder(Overrides())
    here = os.getcwd()
    os.chdir(project)
    try:
        return Engine(finder, cache=False).check(collect(["."], finder))
    finally:
        os.chdir(here)


@pytest.fixture
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> pathlib.Path:
    """A cache that nothing else uses."""
    folder = tmp_path / "cache"
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder))
    return folder


def test_facts_come_back_as_they_were(project: pathlib.Path, cache: pathlib.Path) -> None:
    """Facts of every kind that the examples have, and most files are remembered."""
    run = laid_out(project)
    memory = remembered.Remembered("x", ())
    for checked in run.checked.values():
        if not checked.secrets:
            memory.keep(checked.source, checked.facts)
            memory.keep_imports(checked.source, checked.adapter.imports(checked.source))
    memory.save()
    again = remembered.Remembered("x", ())
    kept = [checked for checked in run.checked.values() if again.facts(checked.source) is not None]
    assert len(kept) > len(run.checked) // 3
    for checked in kept:
        assert again.facts(checked.source) == checked.facts
        assert again.imports(checked.source) in (None, checked.adapter.imports(checked.source))
    assert len({type(fact) for checked in kept for fact in checked.facts}) > 10


def test_no_secret_is_written_down(project: pathlib.Path, cache: pathlib.Path) -> None:
    """Neither what may be one, nor a mark of a file that holds one."""
    run = laid_out(project)
    assert check(project, "--isolated").findings
    written = b"".join(file.read_bytes() for file in cache.glob("facts-*"))
    assert len(written) > 10_000
    secrets = {text for checked in run.checked.values() for text in checked.secret_texts if len(text) > 12}
    number, shown = len(secrets), sum(text.encode() in written for text in secrets)
    assert (number > 10, shown) == (True, 0)


def test_a_file_with_a_secret_leaves_no_mark(project: pathlib.Path, cache: pathlib.Path) -> None:
    """Who has the rest of the file could guess a weak password from a hash of all of it; and it is too new for a stamp."""
    write(project, {"send.py": f'import openai\nopenai.api_key = "{sample("openai")}"\n'})
    assert check(project, "--isolated").findings
    assert list(cache.glob("*")) != []
    assert list(cache.glob("facts-*")) == []


def test_remembered_files_are_not_parsed(
    project: pathlib.Path, cache: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, {"ask.py": ASK, "settings.yaml": "openai:\n  model: gpt-4o\n"})
    assert check(project, "--isolated").findings == []

    def fail(*_: object) -> None:
        raise AssertionError

    monkeypatch.setattr(parsing.GrammarParser, "parse", fail)
    parsing.parsed.cache_clear()
    assert check(project, "--isolated").findings == []


def test_what_changes_is_read_again(project: pathlib.Path, cache: pathlib.Path) -> None:
    """The content, the place, the configuration."""
    write(project, {"ask.py": ASK})
    assert check(project).codes == []
    write(project, {"ask.py": ASK.replace('os.environ["OPENAI_API_KEY"]', '"YOUR_API_KEY"')})
    assert check(project).codes == ["KL201"]
    (project / "tests").mkdir()
    (project / "ask.py").rename(project / "tests/ask.py")
    assert check(project).codes == []
    write(project, {"tests/ask.py": "", "send.py": ACME})
    assert check(project).codes == []
    write(project, {"keylint.toml": VENDOR})
    assert check(project).codes == ["KL201"]


def test_a_damaged_cache_is_none(project: pathlib.Path, cache: pathlib.Path) -> None:
    """Cut short, or with any byte changed."""
    key = sample("openai")
    mistake = ASK.replace('os.environ["OPENAI_API_KEY"]', '"YOUR_API_KEY"')
    write(project, {"ask.py": mistake, "send.py": f'import openai\nopenai.api_key = "{key}"\n'})
    first = check(project, "--isolated").findings
    assert first
    file = next(cache.glob("facts-*"))
    whole = file.read_bytes()
    dice = random.Random(1)
    for _ in range(20):
        at = dice.randrange(len(whole))
        file.write_bytes(whole[:at])
        assert check(project, "--isolated").findings == first
        file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << dice.randrange(8)]) + whole[at + 1 :])
        assert check(project, "--isolated").findings == first
    head, body = whole.rsplit(b"\n", 1)
    emptied = re.sub(rb':"[^"]+"', b':""', body.replace(rb"\"", b""))  # says that nothing was found
    assert emptied != body
    file.write_bytes(head + b"\n" + emptied)
    assert check(project, "--isolated").findings == first


def test_what_is_no_longer_there_is_forgotten(cache: pathlib.Path) -> None:
    """The file of a project does not grow for ever."""
    with tempfile.TemporaryDirectory() as name:
        project = pathlib.Path(name)
        write(project, {f"ask{number}.py": ASK + f"# {number}\n" for number in range(40)})
        check(project, "--isolated")
        file = next(cache.glob("facts-*"))
        size = file.stat().st_size
        for number in range(1, 40):
            (project / f"ask{number}.py").unlink()
        write(project, {"ask0.py": ASK + "# changed\n"})
        check(project, "--isolated")
        assert file.stat().st_size < size // 4
