"""Every test has a home, a cache and a configuration of its own, and no variable that could change what keylint does."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests import nodejs
from tests.tool import git

if TYPE_CHECKING:
    import pathlib

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


@pytest.fixture
def repository(project: pathlib.Path) -> pathlib.Path:
    """An empty repository."""
    git(project, "init", "-q")
    return project


@pytest.fixture(scope="session")
def node_modules() -> pathlib.Path:
    """The packages for Node.js that tests need."""
    found = nodejs.modules()
    if found is None:
        pytest.skip("no node here, or npm could not install the packages")
    return found
