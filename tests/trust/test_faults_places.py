"""No home, no locale, odd names, deep and wide folders, encodings: all is found, and written back as it was."""

from __future__ import annotations

import json
import os
import pathlib
import sys
import unicodedata
from urllib.parse import unquote, urlsplit

import pytest

from keylint.report import FORMATS
from tests.tool import git, write
from tests.trust.faults import KEY, LEAK, as_ordinary, fine, run, works

posix = pytest.mark.skipif(os.name == "nt", reason="names and users as Unix has them")
FIX = 'import os\nimport openai\n\nclient = openai.OpenAI(organization=os.environ.get("OPENAI_ORG_ID"))\n'


def found(folder: pathlib.Path, *arguments: str, **how: object) -> list[str]:
    """The names of the files with findings, as JSON has them."""
    done = run(folder, "check", "--output-format", "json", *arguments, **how)  # type: ignore[arg-type]
    fine(done)
    assert done.stderr == ""
    return sorted({finding["filename"] for finding in json.loads(done.stdout)})


@pytest.mark.parametrize("home", ["", "/nonexistent", "relative"])
def test_no_home(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch, home: str) -> None:
    """Without a folder for its cache keylint has none, and makes none in the project."""
    write(project, {"a.py": LEAK})
    for name in ("KEYLINT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    if home:
        monkeypatch.setenv("HOME", home)
    assert found(project, "--no-cache" if not home else "--isolated") == ["a.py"]
    assert [path.name for path in project.iterdir()] == ["a.py"]


@posix
def test_a_user_that_nobody_knows(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a container that is started with a number."""
    prefix = ["unshare", "-U", "--map-user=54321"]
    if not works([*prefix, "true"]):
        pytest.skip("no user namespaces here")
    write(project, {"a.py": LEAK})
    for name in ("KEYLINT_CACHE_DIR", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.delenv(name, raising=False)
    assert found(project, prefix=prefix) == ["a.py"]
    assert [path.name for path in project.iterdir()] == ["a.py"]


# ------------------------------------------------------------------------------------------------------------- locales

LOCALES = [
    {"LC_ALL": "C"},
    {"LC_ALL": "POSIX", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"LC_ALL": "xx_YY.UTF-8"},
    {"PYTHONIOENCODING": "ascii"},
    {"LC_ALL": "C", "PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
]


@posix
@pytest.mark.parametrize("format", FORMATS)
def test_no_locale(project: pathlib.Path, format: str) -> None:
    """The same findings; what a terminal cannot show is a question mark, and a file gets it in any case."""
    write(project, {"é 日本 😀.py": f"# é 日本 😀\n{LEAK}", "a.py": LEAK.replace("import", "# é 日本 😀\nimport", 1)})
    arguments = ["check", "--output-format", format]
    usual = run(project, *arguments, env={"PYTHONUTF8": "1"})
    assert usual.returncode == 1
    for locale in LOCALES:
        done = run(project, *arguments, "missing é.py", ".", env=locale)
        assert done.returncode == 1, (locale, done.stderr)
        assert done.stderr.startswith("keylint: missing ")
        assert done.stderr.count("\n") == 1
        assert len(done.stdout.splitlines()) == len(usual.stdout.splitlines())
        run(project, *arguments, "--output-file", "../out", env=locale)
        if locale.get("PYTHONUTF8") == "0":
            continue  # Python itself takes names for ASCII then
        assert (project.parent / "out").read_text(encoding="utf-8").splitlines()[:3] == usual.stdout.splitlines()[:3]


# --------------------------------------------------------------------------------------------------------------- names

NAMES = [
    b"\xff\xfe not utf-8.py",
    b"line\nfeed.py",
    b"es\x1b[31mc.py",
    "é nfc.py".encode(),
    unicodedata.normalize("NFD", "é nfc.py").encode(),
    b"n" * 252 + b".py",
    b"back\\slash.py",
    b"c:drive.py",
    b"https:x.py",
    b"aux.py",
    b"A.py",
    b"a.py",
    b" space .py",
    b"%41#?&.py",
    b"-dash.py",
]


@posix
@pytest.mark.skipif(sys.platform == "darwin", reason="its file systems take names for one another")
@pytest.mark.parametrize("with_git", [True, False])
def test_odd_names(project: pathlib.Path, with_git: bool) -> None:
    for name in NAMES:
        with open(os.path.join(os.fsencode(project), name), "w") as file:
            file.write(LEAK)
    if with_git:
        git(project, "init", "-q")
    names = found(project)
    assert len(names) == len(NAMES)
    done = run(project, "check", "--output-format", "full")
    assert done.returncode == 1
    assert "\x1b" not in done.stdout
    assert f"Found {len(NAMES)} problems in {len(NAMES)} files." in done.stdout
    log = json.loads(run(project, "check", "--output-format", "sarif").stdout)
    places = {
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in log["runs"][0]["results"]
    }
    assert len(places) == len(NAMES)
    for place in places:
        assert not urlsplit(place).scheme, "a name is no address of its own"
    shown = {unquote(urlsplit(place).path, errors="replace").removeprefix("./") for place in places}
    assert shown >= {os.fsdecode(name) for name in NAMES[1:]}
    diff = run(project, "check", "--diff", "--unsafe-fixes")
    assert (diff.returncode, diff.stdout.count("\n+++ ")) == (1, diff.stdout.count("\n--- ") + 1)
    assert "\x1b" not in diff.stdout


@posix
@pytest.mark.parametrize("with_git", [True, False])
def test_a_path_that_is_too_long_is_said(project: pathlib.Path, with_git: bool) -> None:
    """Folders within folders, made step by step: what no call can name any more is not left out in silence."""
    if with_git:
        git(project, "init", "-q")
    before, levels, name = os.getcwd(), 0, "d" * 200
    os.chdir(project)
    try:
        write(pathlib.Path(), {"a.py": LEAK})
        while levels < 21:  # of 201 bytes each: the system's limit is 4096
            os.mkdir(name)
            os.chdir(name)
            pathlib.Path("b.py").write_text(LEAK)
            levels += 1
        os.chdir(project)
        done = run(project, "check", "--output-format", "concise")
        fine(done)
        assert done.returncode == 1
        assert "a.py:3" in done.stdout
        (line,) = done.stderr.splitlines()
        assert line.startswith(f"keylint: {name}")
        assert with_git or line.endswith(": File name too long")  # git cuts off what it says of it
        assert done.stdout.count("KL101") >= 18
    finally:
        os.chdir(project)
        for _ in range(levels):
            os.chdir(name)
        for _ in range(levels):
            os.unlink("b.py")
            os.chdir("..")
            os.rmdir(name)
        os.chdir(before)


@pytest.mark.parametrize("with_git", [True, False])
def test_a_hundred_thousand_entries(project: pathlib.Path, with_git: bool) -> None:
    if with_git:
        git(project, "init", "-q")
    write(project, {"z.py": LEAK})
    for number in range(100_000):
        os.close(os.open(project / f"{number}.txt", os.O_CREAT | os.O_WRONLY))
    done = run(project, "check", "--output-format", "concise")
    fine(done)
    assert (done.returncode, done.stdout.splitlines()[0].partition(":")[0]) == (1, "z.py")


# ----------------------------------------------------------------------------------------------------------- encodings


@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_line_ends_marks_and_encodings_are_kept(project: pathlib.Path, encoding: str, end: str) -> None:
    """Each byte that no fix is about stays."""
    before = 'import openai\n\nclient = openai.OpenAI(organization="org_1")\n# é\rstays\n\n\n\t \n'
    marked = codec = encoding
    if encoding == "utf-16":
        codec = "utf-16-le"
    raw = before.replace("\n", end).encode(codec)
    mark = b"\xff\xfe" if marked == "utf-16" else b""
    (project / "a.py").write_bytes(mark + raw)
    done = run(project, "check", "--fix", "--select", "KL401")
    fine(done)
    assert done.returncode == 0
    expected = before.replace("import openai", "import os\nimport openai", 1).replace(
        '"org_1"', 'os.environ.get("OPENAI_ORG_ID")'
    )
    assert (project / "a.py").read_bytes() == mark + expected.replace("\n", end).encode(codec)


@posix
def test_the_mode_of_a_file_is_kept(project: pathlib.Path) -> None:
    write(project, {"a.py": 'import openai\n\nclient = openai.OpenAI(organization="org_1")\n'})
    (project / "a.py").chmod(0o741)
    assert run(project, "check", "--fix", prefix=as_ordinary()).returncode == 0
    assert (project / "a.py").read_text() == FIX
    assert (project / "a.py").stat().st_mode & 0o777 == 0o741
    assert KEY not in FIX
