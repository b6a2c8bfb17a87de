"""Where reports go: standard output, one file, several formats at once."""

from __future__ import annotations

import json
import os
import pathlib
import stat
import subprocess
import sys

import pytest

from keylint.report import FORMATS
from tests.tool import keylint, write

WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n'
RIGHT = "from openai import OpenAI\n\nclient = OpenAI()\n"
SUMMARY = "Found 1 problem in 1 file.\n1 fixable with `--fix`.\n"


@pytest.fixture
def wrong(project: pathlib.Path) -> pathlib.Path:
    write(project, {"a.py": WRONG})
    return project


@pytest.mark.parametrize("name", FORMATS)
def test_a_file_has_what_standard_output_would(wrong: pathlib.Path, name: str) -> None:
    printed = keylint("check", "--output-format", name, folder=wrong)
    for arguments in (
        ("--output-format", name, "--output-file", "out/report"),
        ("--output-format", f"{name}:out/report"),
        (f"--output-format={name}:-", "--output-file=out/report"),
    ):
        result = keylint("check", *arguments, folder=wrong)
        assert (wrong / "out" / "report").read_bytes().decode("utf-8") == printed.out
        assert result.out == SUMMARY, "a person sees how it went"
        assert result.code == printed.code == 1
        (wrong / "out" / "report").unlink()


def test_several_at_once(wrong: pathlib.Path) -> None:
    result = keylint(
        *("check", "--output-format", "sarif:a.sarif", "--output-format", "concise"),
        *("--output-format", "html:site/index.html"),
        folder=wrong,
    )
    assert result.out.startswith("a.py:3:25: KL201 ")
    assert json.loads((wrong / "a.sarif").read_text())["version"] == "2.1.0"
    assert (wrong / "site" / "index.html").read_text().startswith("<!doctype html>")


def test_the_file_is_for_the_format_without_one(wrong: pathlib.Path) -> None:
    keylint("check", "--output-format", "sarif:a.sarif", "--output-file", "b.txt", "--output-format=full", folder=wrong)
    assert (wrong / "b.txt").read_text().startswith("KL201 placeholder-as-key: ")
    keylint("check", "--output-file", "c.txt", folder=wrong)
    assert (wrong / "c.txt").read_bytes() == (wrong / "b.txt").read_bytes(), "full is the usual format"


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--output-format", "sarif", "--output-format", "json"], "as in --output-format json:FILE"),
        (["--output-format", "sarif:a", "--output-file", "b"], "--output-file is for a format without a file"),
        (["--output-format", "sarif:a", "--output-format", "json:./a"], "two reports cannot be written into one file"),
        (["--output-format", "sarif:"], "names no file after the colon"),
        (["--output-format", "saarif"], "did you mean sarif?"),
        (["--output-format", "xml"], "there are full, concise, json, "),
        (["--output-format", "json:a", "--diff"], "--diff writes no report"),
        (["--output-format", "json:a.py/b"], "a.py/b: cannot be written: "),
    ],
)
def test_wrong_calls(wrong: pathlib.Path, arguments: list[str], told: str) -> None:
    result = keylint("check", *arguments, folder=wrong)
    assert result.code == 2
    assert told in result.err
    assert sorted(path.name for path in wrong.iterdir()) == ["a.py"]


def test_a_clean_run_is_written_too(project: pathlib.Path) -> None:
    write(project, {"a.py": RIGHT, "old.json": "[1]"})
    result = keylint("check", "--output-format", "json:old.json", folder=project)
    assert result.code == 0
    assert json.loads((project / "old.json").read_text()) == []
    assert result.out == "No findings in 2 files.\n"


def test_what_was_fixed_is_told_to_people_only(project: pathlib.Path) -> None:
    for name, told in (("concise", True), ("json", False), ("json:a.json", True)):
        write(project, {"a.py": WRONG})
        assert ("Fixed 1 problem." in keylint("check", "--fix", "--output-format", name, folder=project).out) is told


def test_standard_input_has_all_formats(project: pathlib.Path) -> None:
    result = keylint(
        *(
            "check",
            "--stdin-filename",
            "src/a.py",
            "--output-format",
            "github",
            "--output-format",
            "sarif:a.sarif",
            "-",
        ),
        folder=project,
        stdin=WRONG.encode(),
    )
    assert result.out.startswith("::error file=src/a.py,line=3,")
    assert '"uri": "src/a.py"' in (project / "a.sarif").read_text()


@pytest.mark.skipif(os.name == "nt", reason="no modes, links and pipes of this kind there")
class TestFiles:
    def test_is_replaced_as_a_whole_and_keeps_its_mode(self, wrong: pathlib.Path) -> None:
        write(wrong, {"real.txt": "x" * 10_000})
        (wrong / "real.txt").chmod(0o640)
        (wrong / "link.txt").symlink_to("real.txt")
        keylint("check", "--output-format", "concise:link.txt", folder=wrong)
        assert (wrong / "link.txt").is_symlink()
        assert (wrong / "real.txt").read_text().startswith("a.py:3:25")
        assert stat.S_IMODE((wrong / "real.txt").stat().st_mode) == 0o640
        assert not [path for path in wrong.iterdir() if path.name.startswith(".keylint-")], "nothing is left beside"

    def test_a_device_and_a_pipe_are_written_to(self, wrong: pathlib.Path) -> None:
        command = (
            f'"{sys.executable}" -m keylint check --output-format json:/dev/stderr --output-format sarif:>(cat >sarif)'
        )
        done = subprocess.run(["bash", "-c", f"{command}; sleep 0.2"], cwd=wrong, capture_output=True, text=True)
        assert json.loads(done.stderr)[0]["code"] == "KL201"
        assert json.loads((wrong / "sarif").read_text())["version"] == "2.1.0"

    def test_a_reader_that_goes_does_not_cost_the_files(self, wrong: pathlib.Path) -> None:
        write(wrong, {f"a{number}.py": WRONG for number in range(300)})
        command = f'"{sys.executable}" -m keylint check --output-format concise --output-format json:all.json | head -1'
        subprocess.run(["bash", "-c", command], cwd=wrong, capture_output=True, check=True)
        assert len(json.loads((wrong / "all.json").read_text())) == 301


def test_a_clean_file_loads_no_report(project: pathlib.Path) -> None:
    """Start-up time is a feature: the formats cost those who ask for them."""
    write(project, {"a.py": "print(1)\n"})
    code = (
        "import sys; from keylint.cli import main; main(['check', '.']); "
        "print(sorted(name for name in sys.modules if name.startswith(('keylint.report', 'keylint.outputs', 'json'))))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[1] == "['keylint.report', 'keylint.report.summary']"
