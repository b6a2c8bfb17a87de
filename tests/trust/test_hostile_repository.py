"""Nothing in a repository makes keylint read or write outside of it, wait for ever, or trust what others wrote."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

from tests.samples import sample
from tests.tool import check, git, keylint, write

pytestmark = pytest.mark.skipif(os.name == "nt", reason="links, pipes and devices as Unix has them")
ENDLESS = "/dev/zero"
LIMIT = 60  # seconds that no run may take: what is tried here would take for ever


def run(project: pathlib.Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """A run in a process of its own, which is ended if it hangs."""
    command = [sys.executable, "-m", "keylint", *arguments]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=LIMIT, check=False)


@pytest.mark.parametrize("name", ["keylint.toml", ".keylint.toml", "pyproject.toml"])
def test_a_configuration_is_no_way_out(repository: pathlib.Path, tmp_path: pathlib.Path, name: str) -> None:
    write(tmp_path, {"secret.toml": 'ignore = ["ALL"]\n[tool.keylint]\nignore = ["ALL"]\n'})
    write(repository, {"a.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    for target in (str(tmp_path / "secret.toml"), ENDLESS):
        (repository / name).symlink_to(target)
        done = run(repository, "check")
        assert (done.returncode, "leads out of the repository" in done.stderr) == (2, True)
        (repository / name).unlink()
    os.mkfifo(repository / name)
    assert "not a regular file" in run(repository, "check").stderr
    (repository / name).unlink()
    write(repository, {"shared/rules.toml": 'ignore = ["KL201"]\n'})
    if name != "pyproject.toml":
        (repository / name).symlink_to("shared/rules.toml")
        assert run(repository, "check").returncode == 0  # a link that stays inside is somebody's way to share


def test_a_baseline_is_no_way_out(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    write(repository, {"a.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    assert keylint("baseline", folder=repository).code == 0
    accepted = (
        (repository / ".keylint-baseline.json").read_text() if (repository / ".keylint-baseline.json").exists() else ""
    )
    write(tmp_path, {"outside.json": accepted or "{}"})
    for named in ("../outside.json", str(tmp_path / "outside.json"), ENDLESS, "link.json"):
        write(repository, {"keylint.toml": f'baseline = "{named}"\n'})
        (repository / "link.json").unlink(missing_ok=True)
        (repository / "link.json").symlink_to(tmp_path / "outside.json")
        done = run(repository, "check")
        assert (done.returncode, "has to be named with --baseline" in done.stderr) == (2, True), done.stderr


def test_files_that_are_looked_for_are_not_followed(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """package.json, requirements.txt and their like, where a rule asks for them."""
    write(repository, {"ask.js": "import OpenAI from 'openai';\nnew OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n"})
    write(repository, {".env": f"OPENAI_API_KEY={sample('openai')}\n", ".gitignore": ".env\n"})
    expected = check(repository).codes
    (repository / "package.json").symlink_to(ENDLESS)
    os.mkfifo(repository / "requirements.txt")
    done = run(repository, "check", "--output-format", "concise")
    assert done.returncode == 1
    assert all(code in done.stdout for code in expected)


def test_a_fix_does_not_write_through_a_link(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"victim": "untouched\n"})
    write(repository, {".env": f"OPENAI_API_KEY={sample('openai')}\n"})
    (repository / ".gitignore").symlink_to(tmp_path / "victim")
    assert "KL601" in check(repository).codes
    keylint("check", "--fix", "--unsafe-fixes", "--yes", folder=repository)
    assert (tmp_path / "victim").read_text() == "untouched\n"


def test_a_cache_that_others_can_write_is_not_used(
    project: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A database that Hyperscan reads back is native code's input."""
    write(project, {"a.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(folder))
    assert check(project).codes == ["KL201"]
    assert list(folder.iterdir()) == []
    folder.chmod(0o700)
    assert check(project).codes == ["KL201"]
    assert len(list(folder.iterdir())) >= 2


def test_a_repository_in_the_tree_runs_nothing(repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """A folder of tracked files that git would take for a bare repository, with a monitor of its own."""
    trap = tmp_path / "trapped"
    bare = repository / "nested"
    git(repository, "init", "-q", "--bare", str(bare))
    with (bare / "config").open("a") as file:
        file.write(f'[core]\n\tfsmonitor = "touch {trap}; false"\n\tworktree = {repository}\n\tbare = false\n')
    write(bare, {"a.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    for arguments in (["check"], ["check", "nested"], ["check", "--staged"]):
        run(repository, *arguments)
        run(bare, *arguments)
    assert not trap.exists()


@pytest.mark.parametrize(
    "pattern", ["**/" * 30 + "x", "a*" * 60 + "b", "**/a/" * 20 + "b", "*" * 200 + "b", "[a" * 100]
)
def test_no_pattern_takes_for_ever(repository: pathlib.Path, pattern: str) -> None:
    deep = "/".join(["a"] * 60)
    write(repository, {f"{deep}/{'a' * 200}.py": "x = 1\n", "keylint.toml": f'exclude = ["{pattern}"]\n'})
    assert run(repository, "check").returncode == 0


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("*.py", "src/a.py", True),
        ("src", "src/a/b.py", True),
        ("src/*.py", "src/a.py", True),
        ("src/*.py", "src/b/a.py", False),
        ("src/**/*.py", "src/a.py", True),
        ("src/**/*.py", "src/x/y/a.py", True),
        ("**/vendor/**", "a/b/vendor/c/d.py", True),
        ("**/vendor/**", "vendored/c.py", False),
        ("src/**", "src/a/b.py", True),
        ("[ab].py", "b.py", True),
        ("?.py", "ab.py", False),
    ],
)
def test_patterns(repository: pathlib.Path, pattern: str, path: str, matches: bool) -> None:
    write(
        repository,
        {path: 'import openai\nopenai.api_key = "YOUR_API_KEY"\n', "keylint.toml": f'exclude = ["{pattern}"]\n'},
    )
    assert check(repository).codes == ([] if matches else ["KL201"])
