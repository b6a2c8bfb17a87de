"""The site builds without a warning, has what it should have, and loads nothing from elsewhere; completions and manual page."""

from __future__ import annotations

import importlib.util
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from keylint.cli import whole_parser
from keylint.rules import all_rules
from tests.tool import keylint

ROOT = pathlib.Path(__file__).parent.parent
SHELLS = ("bash", "fish", "powershell", "tcsh", "zsh")


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    if importlib.util.find_spec("material") is None:
        pytest.skip("mkdocs-material is not installed: pip install -e '.[docs]'")
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(folder)]
    env = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return folder


@pytest.mark.xdist_group("site")
class TestSite:
    def test_every_rule_has_its_page(self, site: pathlib.Path) -> None:
        index = (site / "rules" / "index.html").read_text(encoding="utf-8")
        for rule in all_rules():
            page = (site / "rules" / rule.code / "index.html").read_text(encoding="utf-8")
            assert f"{rule.name} ({rule.code})" in page
            for heading in ("Reported", "Left alone", "Options"):
                assert f">{heading}<" in page, (rule.code, heading)
            assert (">Fixes<" in page) is rule.fixable, rule.code
            assert f"{rule.code}/" in index

    def test_every_page_of_the_folder_is_there(self, site: pathlib.Path) -> None:
        for path in (ROOT / "docs").glob("*.md"):
            assert (site / path.stem / "index.html").exists(), path.name

    def test_nothing_is_loaded_from_elsewhere(self, site: pathlib.Path) -> None:
        for path in site.rglob("*.html"):
            page = path.read_text(encoding="utf-8")
            loaded = re.findall(r"<(?:script|img|iframe|link)[^>]+(?:src|href)=\"?(https?:[^\"\s>]+)", page)
            assert {url for url in loaded if not url.startswith("https://keylint.github.io/")} == set(), path

    def test_commands_and_errors(self, site: pathlib.Path) -> None:
        shown = (site / "cli" / "index.html").read_text(encoding="utf-8")
        assert "keylint explain" in shown
        assert "invalid x-api-key" in (site / "errors" / "index.html").read_text(encoding="utf-8")


class TestCompletions:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_are_made_for_all_commands(self, shell: str) -> None:
        pytest.importorskip("shtab")
        result = keylint("completions", shell)
        assert result.code == 0
        for word in ("check", "explain", "unsafe-fixes"):
            assert word in result.out

    @pytest.mark.parametrize(("shell", "check"), [("bash", ["-n"]), ("zsh", ["-n"]), ("fish", ["--no-execute"])])
    def test_can_be_read_by_the_shell(self, tmp_path: pathlib.Path, shell: str, check: list[str]) -> None:
        pytest.importorskip("shtab")
        if shutil.which(shell) is None:
            pytest.skip(f"{shell} is not installed")
        script = tmp_path / "completions"
        script.write_text(keylint("completions", shell).out)
        done = subprocess.run([shell, *check, str(script)], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr

    @pytest.mark.skipif(shutil.which("bash") is None, reason="bash is not installed")
    @pytest.mark.parametrize(
        ("words", "offered"),
        [("keylint ex", "explain"), ("keylint check --uns", "--unsafe-fixes"), ("keylint check as", "ask.py")],
    )
    def test_bash_completes(self, tmp_path: pathlib.Path, words: str, offered: str) -> None:
        pytest.importorskip("shtab")
        (tmp_path / "ask.py").touch()
        parts = words.split()
        script = keylint("completions", "bash").out + (
            f"\nCOMP_WORDS=({words}); COMP_CWORD={len(parts) - 1}; COMP_LINE='{words}'; COMP_POINT={len(words)}\n"
            '_shtab_keylint; printf "%s\\n" "${COMPREPLY[@]}"\n'
        )
        done = subprocess.run(["bash", "-c", script], cwd=tmp_path, capture_output=True, text=True)
        assert offered in done.stdout.split(), done.stderr

    def test_without_the_library_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "shtab", None)
        result = keylint("completions", "bash")
        assert result.code == 2
        assert "keylint[completions]" in result.err


def test_the_manual_page(tmp_path: pathlib.Path) -> None:
    tool = shutil.which("argparse-manpage", path=str(pathlib.Path(sys.executable).parent))
    if tool is None:
        pytest.skip("argparse-manpage is not installed")
    (line,) = re.findall(r"^argparse-manpage (.*)$", (ROOT / "docs" / "completions.md").read_text(), re.MULTILINE)
    done = subprocess.run([tool, *line.split()], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    made = (tmp_path / "keylint.1").read_text()
    assert made.startswith(".TH KEYLINT")
    assert "keylint explain" in made


def test_the_page_names_all_shells() -> None:
    page = (ROOT / "docs" / "completions.md").read_text(encoding="utf-8").lower()
    assert all(shell in page for shell in SHELLS)
    whole_parser().parse_args(["completions", "fish"])
