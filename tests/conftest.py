"""Every test has a home, a cache and a configuration of its own, and no variable that could change what keylint does."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Sequence

NODE_PACKAGES = ("openai@6", "axios@1", "dotenv@17")
SCRUBBED = (
    "NO_COLOR",
    "FORCE_COLOR",
    "CLICOLOR_FORCE",
    "KEYLINT_CACHE_DIR",
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "CI",
)


@pytest.fixture(autouse=True)
def _scrubbed(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    for name in [
        *SCRUBBED,
        *(name for name in os.environ if name.startswith(("OPENAI_", "ANTHROPIC_", "GEMINI_", "AZURE_OPENAI_"))),
    ]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("KEYLINT_CACHE_DIR", str(tmp_path_factory.getbasetemp().parent / "keylint-cache"))
    monkeypatch.setenv("KEYLINT_TRACEBACK", "1")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")


@pytest.fixture
def project(tmp_path: pathlib.Path) -> pathlib.Path:
    """An empty folder that is nobody's repository."""
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(scope="session")
def node_modules() -> pathlib.Path:
    """The packages of Node.js that tests need, installed once and kept in the folder for temporary files."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None:
        pytest.skip("no node or no npm here")
    name = hashlib.sha256(" ".join(NODE_PACKAGES).encode()).hexdigest()[:12]
    kept = pathlib.Path(tempfile.gettempdir()) / f"keylint-node-{os.getuid() if hasattr(os, 'getuid') else 0}-{name}"
    if not kept.exists():
        _install([npm], kept)
    return kept / "node_modules"


def _install(npm: Sequence[str], folder: pathlib.Path) -> None:
    made = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
    (made / "package.json").write_text('{"private": true}', encoding="utf-8")
    command = [*npm, "install", "--no-audit", "--no-fund", "--silent", *NODE_PACKAGES]
    done = subprocess.run(command, cwd=made, capture_output=True, text=True, timeout=300)
    if done.returncode != 0:
        shutil.rmtree(made)
        pytest.skip(f"npm could not install the packages: {done.stderr.strip()[-200:]}")
    try:
        made.rename(folder)
    except OSError:  # another process was quicker
        shutil.rmtree(made)
