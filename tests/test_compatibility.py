"""What docs/compatibility.md promises still holds: tests/compatibility/ has what users were given, and none of it may go.

After something was added, `python -m tests.test_compatibility` writes it down; it never takes anything out. What is gone or
different on purpose is a break: docs/compatibility.md says when there may be one, and `--break` writes it down.
"""

from __future__ import annotations

import argparse
import json
import pathlib
import re
import sys
import tempfile
from typing import Any

import pytest
import tomli

from keylint import __version__, rules
from keylint.providers import schema
from tests import promises
from tests.tool import check, keylint, write

ROOT = pathlib.Path(__file__).parent.parent
FOLDER = pathlib.Path(__file__).parent / "compatibility"
PAGE = (ROOT / "docs" / "compatibility.md").read_text(encoding="utf-8")
LIST = FOLDER / "keylint-baseline.json"
CONFIGURATION = FOLDER / "everything.toml"
BROKEN = """

{lines}

Users were given this, and docs/compatibility.md says that it stays. Put it back, or keep the old beside the new. If it has to
go: not before the next major version, or, for what docs/compatibility.md names, after it was deprecated; then
`python -m tests.test_compatibility --break` writes down what there is now, and the page says what to do instead.
A rule that goes: its code and name into RETIRED in keylint/rules/__init__.py."""
NEW = """

{lines}

This is new, and from the next release on it stays. If it is meant, `python -m tests.test_compatibility` writes it down."""


def noted(topic: str) -> dict[str, Any]:
    """What was written down of a topic."""
    return json.loads((FOLDER / f"{topic}.json").read_text(encoding="utf-8"))  # type: ignore[no-any-return]


@pytest.mark.parametrize("topic", promises.TOPICS)
def test_nothing_is_gone_and_what_is_new_is_written_down(topic: str, project: pathlib.Path) -> None:
    was, now = noted(topic), promises.TOPICS[topic](project)
    lines = promises.retired(promises.broken(was, now, topic))
    assert not lines, BROKEN.format(lines="\n".join(lines))
    lines = [line.replace(" is gone", "") for line in promises.broken(now, was, topic)]
    assert not lines, NEW.format(lines="\n".join(lines))


class TestTheComparison:
    """It would notice."""

    @pytest.mark.parametrize(
        ("was", "now", "line"),
        [
            ({"a": {"name": "x"}}, {}, "t: a is gone"),
            ({"a": {"name": "x"}}, {"a": {"name": "y"}}, "t: a: name: was 'x', is 'y'"),
            ({"a": ["x", "y"]}, {"a": ["x"]}, "t: a: y is gone"),
            ({"a": "string"}, {"a": "null or string"}, "t: a: was 'string', is 'null or string'"),
            ({"a": 1}, {"a": True}, "t: a: was 1, is True"),
            ({"a": {}}, {"a": []}, "t: a: was {}, is []"),
        ],
    )
    def test_of_what_is_gone_or_different(self, was: Any, now: Any, line: str) -> None:
        assert promises.broken(was, now, "t") == [line]

    def test_of_what_is_new(self) -> None:
        assert promises.broken({"a": ["x"]}, {"a": ["x", "y"], "b": 1}, "t") == []

    @pytest.mark.parametrize("topic", promises.TOPICS)
    def test_every_topic_has_something(self, topic: str) -> None:
        assert noted(topic)
        assert promises.broken(noted(topic), {}, topic)


class TestRetiredRules:
    """How a rule goes: nothing that names it breaks."""

    @pytest.fixture(autouse=True)
    def _retired(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(rules.RETIRED, "KL999", "made-up-rule")

    def test_a_configuration_may_name_it(self, project: pathlib.Path) -> None:
        write(
            project,
            {
                "keylint.toml": 'ignore = ["KL999", "made-up-rule"]\n[per-file-ignores]\n"*.py" = ["KL999"]\n',
                "a.py": "x = 1\n",
            },
        )
        result = keylint("check", "--select", "KL999,KL201", folder=project)
        assert (result.code, result.err) == (0, "")
        write(project, {"keylint.toml": 'ignore = ["KL998"]\n'})
        assert keylint("check", folder=project).code == 2

    def test_it_is_explained_as_gone(self) -> None:
        for word in ("KL999", "kl999", "made-up-rule"):
            result = keylint("explain", word)
            assert (result.code, result.err) == (
                2,
                "keylint: KL999 made-up-rule is retired: it reports nothing any more\n",
            )
        assert "retired" not in keylint("explain", "KL998").err

    def test_a_comment_that_names_it_is_unused_not_wrong(self, project: pathlib.Path) -> None:
        write(project, {"a.py": "key = 1  # keylint: ignore[KL999]\n"})
        (finding,) = check(project, "--select", "KL001").findings
        assert finding["message"] == "this comment silences nothing"

    def test_its_code_and_name_are_nobody_else_s(self) -> None:
        lines = promises.broken({"KL999": {"name": "made-up-rule", "scope": "file"}}, promises.of_rules(ROOT), "rules")
        assert lines == ["rules: KL999: scope is gone"]
        assert promises.retired(lines) == []
        assert promises.retired(["rules: KL201: scope is gone"])


def test_no_live_rule_has_what_a_retired_one_had() -> None:
    taken = {word for rule in rules.all_rules() for word in (rule.code, rule.name)}
    assert not taken & {*rules.RETIRED, *rules.RETIRED.values()}


class TestBaseline:
    """A list that an older version wrote."""

    def test_accepts_what_it_accepted(self, project: pathlib.Path) -> None:
        promises.lay_out(project)
        found = len(check(project).findings)
        entries = json.loads(LIST.read_text(encoding="utf-8"))["findings"][:-1]
        assert len(entries) == found > 5
        (project / ".keylint-baseline.json").write_bytes(LIST.read_bytes())
        result = keylint("check", "--baseline", ".keylint-baseline.json", folder=project)
        assert (result.code, result.err) == (0, "")
        assert f"{found} accepted by the baseline)" in result.out

    def test_accepts_no_more_than_that(self, project: pathlib.Path) -> None:
        promises.lay_out(project)
        text = promises.FILES["src/ask.py"].replace('"API_KEY_OPENAI", organization="org_1"', '"YOUR_API_KEY"', 1)
        write(project, {"src/ask.py": text.encode(), ".keylint-baseline.json": LIST.read_bytes()})
        assert set(check(project, "--baseline", ".keylint-baseline.json").codes) == {"KL201"}

    def test_is_kept_as_it_is_when_it_is_written_again(self, project: pathlib.Path) -> None:
        promises.lay_out(project)
        (project / ".keylint-baseline.json").write_bytes(LIST.read_bytes())
        assert keylint("baseline", folder=project).code == 0
        assert (project / ".keylint-baseline.json").read_bytes() == LIST.read_bytes()

    def test_holds_nothing_that_looks_like_a_key(self) -> None:
        text = LIST.read_text(encoding="utf-8")
        assert promises.KEY[:16] not in text
        assert promises.KEY[-12:] not in text
        assert promises.TOKEN[-12:] not in text


class TestConfiguration:
    def test_one_that_says_everything_is_understood(self, project: pathlib.Path) -> None:
        write(project, {"a.py": "x = 1\n"})
        result = keylint("check", "--config", str(CONFIGURATION), folder=project)
        assert (result.code, result.err) == (0, "")

    def test_it_says_everything(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Every key that a table may have; what is new goes into the file."""
        known: set[tuple[str, str]] = set()
        told: set[tuple[str, str]] = set()
        real = schema._table

        def table(key: str, value: Any, readers: Any, required: tuple[str, ...] = ()) -> dict[str, Any]:
            where = re.sub(r"\[\d+\]|(?<=headers\.)\S+|(?<=ids\.)\S+", "", key)
            known.update((where, name) for name in readers)
            told.update((where, name) for name in value)
            return real(key, value, readers, required)

        monkeypatch.setattr(schema, "_table", table)
        written = tomli.loads(CONFIGURATION.read_text(encoding="utf-8"))
        for name, vendor in written["providers"].items():
            schema.parse(name, vendor, f"providers.{name}")
        assert set(written) == set(noted("configuration")["keys"])
        assert known == told
        assert len(known) > 50


class TestExitCodes:
    def test_the_pages_have_them(self) -> None:
        codes = set(map(str, noted("exits").values()))
        for name in ("README.md", "docs/ci.md", "docs/compatibility.md"):
            rows = re.findall(r"^\| (\d) \| \S", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
            assert set(rows) == codes, name

    def test_they_are_what_is_returned(self, project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(project, {"a.py": "x = 1\n", "b.py": 'from openai import OpenAI\nOpenAI(api_key="YOUR_API_KEY")\n'})
        exits = noted("exits")
        assert keylint("check", "a.py", folder=project).code == exits["CLEAN"]
        assert keylint("check", folder=project).code == exits["FOUND"]
        assert keylint("check", "--exit-zero", folder=project).code == exits["CLEAN"]
        assert keylint("check", "--no-such-option", folder=project).code == exits["USAGE"]
        assert keylint("check", "no-such-file.py", folder=project).code == exits["NOTHING"]
        monkeypatch.delenv("KEYLINT_TRACEBACK", raising=False)

        def fails(*_: Any, **__: Any) -> None:
            raise ZeroDivisionError

        monkeypatch.setattr("keylint.cli._selection", fails)
        assert keylint("check", folder=project).code == exits["INTERNAL"]


def test_the_page_names_what_is_held() -> None:
    """Every hook, input and report that is written down; and the version from which on it counts."""
    held = noted("integrations")
    for word in (*held["hooks"], *held["action"], *noted("marks")["sarif"], "keylint.__version__", "keylint.cli.main"):
        assert f"`{word}`" in PAGE, word
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)


def _write(*, breaking: bool) -> int:
    """Write down what is new, or with `breaking` what there is. Returns 1, and writes nothing, if something is gone."""
    FOLDER.mkdir(exist_ok=True)
    made, lines = {}, []
    for topic, read in promises.TOPICS.items():
        with tempfile.TemporaryDirectory() as folder:
            project = pathlib.Path(folder).resolve() / "project"
            project.mkdir()
            now = read(project)
        if (FOLDER / f"{topic}.json").exists() and not breaking:
            lines += promises.retired(promises.broken(noted(topic), now, topic))
        made[topic] = now
    if lines:
        print(BROKEN.format(lines="\n".join(lines)), file=sys.stderr)
        return 1
    for topic, now in made.items():
        (FOLDER / f"{topic}.json").write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if not LIST.exists() or breaking:
        with tempfile.TemporaryDirectory() as folder:
            promises.lay_out(pathlib.Path(folder))
            keylint("baseline", folder=pathlib.Path(folder))
            LIST.write_bytes((pathlib.Path(folder) / ".keylint-baseline.json").read_bytes())
    return 0


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument(
        "--break", action="store_true", dest="breaking", help="write down what there is, whatever is gone"
    )
    sys.exit(_write(breaking=options.parse_args().breaking))
