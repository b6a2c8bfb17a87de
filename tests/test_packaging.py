"""What is released: built twice and the same, complete, nothing more, installed and used as its users do."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from typing import Any

import pytest
import tomli
import yaml
from packaging.utils import canonicalize_name

from keylint import __version__
from scripts import build, lock, sbom
from tests.test_ci import program
from tests.tool import write

ROOT = pathlib.Path(__file__).parent.parent
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'

pytestmark = pytest.mark.xdist_group("packaging")


@pytest.fixture(scope="session")
def known() -> list[str]:
    """The files that git knows."""
    try:
        names = build.known()
    except (OSError, subprocess.CalledProcessError):
        names = []
    if "pyproject.toml" not in names:
        pytest.skip("no checkout: only git knows what belongs to a release")
    return names


@pytest.fixture(scope="session")
def built(known: list[str], tmp_path_factory: pytest.TempPathFactory) -> tuple[pathlib.Path, pathlib.Path]:
    """The sdist and the wheel."""
    pytest.importorskip("hatchling", reason="hatchling is not installed: requirements/build.txt")
    sdist, wheel = build.build(tmp_path_factory.mktemp("dist"))
    return sdist, wheel


class TestReproducible:
    def test_under_other_circumstances_the_files_are_the_same(
        self, built: tuple[pathlib.Path, pathlib.Path], tmp_path: pathlib.Path
    ) -> None:
        """Folder, clock, order, modes, locale, time zone: none of it is in there."""
        for one, other in zip(built, build.build(tmp_path, other=True), strict=True):
            assert build.differences(one, other) == []
            assert one.read_bytes() == other.read_bytes()

    def test_another_time_shows(
        self, built: tuple[pathlib.Path, pathlib.Path], tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The comparison sees what differs: here the time of the commit, in every file of both."""
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "1500000000")
        for one, other in zip(built, build.build(tmp_path), strict=True):
            assert len(build.differences(one, other)) == len(build.members(one))


class TestContents:
    def test_the_wheel_has_the_package_and_nothing_else(
        self, built: tuple[pathlib.Path, pathlib.Path], known: list[str]
    ) -> None:
        with zipfile.ZipFile(built[1]) as wheel:
            names = {name for name in wheel.namelist() if ".dist-info/" not in name}
            assert names == {name for name in known if name.startswith("keylint/")}
            for name in names:
                assert wheel.read(name) == (ROOT / name).read_bytes()
        assert {pathlib.PurePath(name).suffix for name in names} == {".py", ".toml", ".yml", ".css", ".js", ".typed"}

    def test_the_sdist_has_all_that_git_has(self, built: tuple[pathlib.Path, pathlib.Path], known: list[str]) -> None:
        """So that the tests run from it, and it can be built again."""
        with tarfile.open(built[0]) as sdist:
            names = {name.partition("/")[2] for name in sdist.getnames()}
            assert all(info.isfile() and info.uid == info.gid == 0 for info in sdist)
        assert names == {*known, "PKG-INFO"}

    def test_the_metadata_is_complete(self, built: tuple[pathlib.Path, pathlib.Path]) -> None:
        with zipfile.ZipFile(built[1]) as wheel:
            told = message_from_bytes(wheel.read(f"keylint-{__version__}.dist-info/METADATA"))
            licence = wheel.read(f"keylint-{__version__}.dist-info/licenses/LICENSE")
            assert b"Tag: py3-none-any" in wheel.read(f"keylint-{__version__}.dist-info/WHEEL")
        assert licence == (ROOT / "LICENSE").read_bytes()
        assert (told["Name"], told["Version"], told["License-Expression"]) == ("keylint", __version__, "MIT")
        assert told["Requires-Python"] == ">=3.10"
        assert told["Description-Content-Type"] == "text/markdown"
        assert told.get_payload(decode=True).strip() == (ROOT / "README.md").read_bytes().strip()  # type: ignore[union-attr]
        assert {line.partition(",")[0] for line in told.get_all("Project-URL", [])} == set(PROJECT["urls"])
        needed = [line for line in told.get_all("Requires-Dist", []) if "extra ==" not in line]
        assert len(needed) == len(PROJECT["dependencies"])
        assert set(told.get_all("Provides-Extra", [])) == set(PROJECT["optional-dependencies"])

    def test_twine_and_check_wheel_contents_have_nothing_to_say(self, built: tuple[pathlib.Path, pathlib.Path]) -> None:
        for command in (
            [program("twine"), "check", "--strict", *map(str, built)],
            [program("check-wheel-contents"), str(built[1])],
        ):
            done = subprocess.run(
                command, capture_output=True, text=True, env={**os.environ, "PYTHONIOENCODING": "utf-8"}
            )
            assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def document(known: list[str]) -> dict[str, Any]:
    """The bill of materials of this commit."""
    pytest.importorskip("cyclonedx_py", reason="cyclonedx-bom is not installed: pip install -e '.[release]'")
    return sbom.bom()


class TestBillOfMaterials:
    def test_is_valid(self, document: dict[str, Any]) -> None:
        from cyclonedx.schema import SchemaVersion
        from cyclonedx.validation.json import JsonStrictValidator

        validator = JsonStrictValidator(SchemaVersion.V1_6)
        assert validator.validate_str(json.dumps(document)) is None
        assert validator.validate_str(json.dumps({**document, "components": [{"name": "no type"}]})) is not None

    def test_lists_what_is_locked(self, document: dict[str, Any]) -> None:
        locked = lock.read(lock.FOLDER / "runtime.txt")
        told = {each["name"]: each for each in document["components"]}
        assert {(each["name"], each["version"]) for each in told.values()} == {
            (each.name, each.version) for each in locked
        }
        for each in locked:
            assert told[each.name]["purl"] == f"pkg:pypi/{each.name}@{each.version}"
            hashes = {hash["content"] for link in told[each.name]["externalReferences"] for hash in link["hashes"]}
            assert hashes == set(each.hashes)

    def test_says_what_needs_what(self, document: dict[str, Any]) -> None:
        graph = {
            each["ref"].partition("@")[0].rpartition("/")[2]: each["dependsOn"] for each in document["dependencies"]
        }
        root = document["metadata"]["component"]
        assert (root["name"], root["version"], root["bom-ref"]) == ("keylint", __version__, sbom.SELF)
        direct = {reference.rpartition("/")[2].partition("@")[0] for reference in graph["keylint"]}
        assert direct == {re.split(r"[<>=]", line)[0] for line in PROJECT["dependencies"]}
        assert any("/requests@" in reference for reference in graph["detect-secrets"])
        assert {name for names in graph.values() for name in names} | {sbom.SELF} == {
            each["ref"] for each in document["dependencies"]
        }

    def test_is_the_same_again(self, document: dict[str, Any]) -> None:
        assert sbom.bom() == document


@pytest.fixture(scope="session")
def installed_by_the_action(
    built: tuple[pathlib.Path, pathlib.Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[pathlib.Path, dict[str, str]]:
    """The programs of the environment that the action's own script makes from what a release has, and what is in it."""
    if os.name == "nt":
        pytest.skip("the runner's bash is not there")
    (script,) = (step["run"] for step in ACTION["runs"]["steps"] if step["name"] == "Install keylint")
    folder = tmp_path_factory.mktemp("runner")
    with tarfile.open(built[0]) as sdist:
        sdist.extractall(folder / "action", filter="data")
    (checkout,) = (folder / "action").iterdir()
    path = os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"]))
    environment = {**_clean(), "RUNNER_TEMP": str(folder), "GITHUB_ACTION_PATH": str(checkout), "PATH": path}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    _expect(done)
    programs = folder / "keylint" / "bin"
    return programs, _packages(programs)


@pytest.fixture(scope="session")
def bare(
    installed_by_the_action: tuple[pathlib.Path, dict[str, str]], built: tuple[pathlib.Path, pathlib.Path]
) -> pathlib.Path:
    """The programs of an environment with the wheel, the language server's extra, and nothing of this checkout."""
    programs, _ = installed_by_the_action
    for words in (["uninstall", "--yes", "keylint"], ["install", f"{built[1]}[lsp]"]):
        command = [str(programs / "python"), "-m", "pip", "--quiet", *words]
        _expect(subprocess.run(command, cwd=programs, env=_clean(), capture_output=True, text=True))
    return programs


def _expect(done: subprocess.CompletedProcess[str]) -> None:
    """An installation that worked; a test that cannot reach the index is skipped."""
    if done.returncode and re.search(r"ConnectionError|NewConnection|getaddrinfo|timed out", done.stderr):
        pytest.skip("the package index cannot be reached")
    assert done.returncode == 0, done.stderr


def _packages(programs: pathlib.Path) -> dict[str, str]:
    command = [str(programs / "python"), "-m", "pip", "list", "--format", "json"]
    done = subprocess.run(command, env=_clean(), capture_output=True, check=True)
    return {canonicalize_name(each["name"]): each["version"] for each in json.loads(done.stdout)}


def _clean() -> dict[str, str]:
    """The environment without what could lead back to this checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


class TestInstalled:
    def run(
        self, bare: pathlib.Path, folder: pathlib.Path, *arguments: str, text: str = ""
    ) -> subprocess.CompletedProcess[str]:
        command = [str(bare / "keylint"), *arguments]
        return subprocess.run(
            command, cwd=folder, env=_clean(), input=text, capture_output=True, text=True, encoding="utf-8"
        )

    def test_says_its_version(self, bare: pathlib.Path, project: pathlib.Path) -> None:
        assert self.run(bare, project, "--version").stdout == f"keylint {__version__}\n"

    def test_checks_mends_and_explains(self, bare: pathlib.Path, project: pathlib.Path) -> None:
        write(
            project,
            {
                "ask.py": WRONG,
                "deploy/compose.yml": 'services:\n  app:\n    environment:\n      OPENAI_API_KEY: "changeme"\n',
            },
        )
        done = self.run(bare, project, "check", "--output-format", "json")
        assert done.returncode == 1, done.stderr
        assert [each["code"] for each in json.loads(done.stdout)] == ["KL202", "KL201"]
        assert self.run(bare, project, "check", "--output-format", "html").stdout.startswith("<!")
        assert self.run(bare, project, "check", "--fix", "ask.py").returncode == 0
        assert "KL202" in self.run(bare, project, "explain", "KL202").stdout
        assert self.run(bare, project, "explain", "Incorrect API key provided: API_KEY*OPENAI").returncode == 0
        assert "keylint" in self.run(bare, project, "init", "--ci", "gitlab", "--yes").stdout
        assert (project / ".gitlab-ci.yml").exists()

    def test_serves_an_editor(self, bare: pathlib.Path, project: pathlib.Path) -> None:
        asks = {"processId": None, "rootUri": project.as_uri(), "capabilities": {}}
        sent = ""
        for message in (
            {"id": 1, "method": "initialize", "params": asks},
            {"id": 2, "method": "shutdown"},
            {"method": "exit"},
        ):
            body = json.dumps({"jsonrpc": "2.0", **message})
            sent += f"Content-Length: {len(body)}\r\n\r\n{body}"
        done = self.run(bare, project, "lsp", "--stdio", text=sent)
        answer = json.loads(re.findall(r"\{.*?\}(?=Content-Length|$)", done.stdout, re.DOTALL)[0])
        assert answer["result"]["serverInfo"] == {"name": "keylint", "version": __version__}

    def test_by_the_action_is_what_is_locked(
        self, installed_by_the_action: tuple[pathlib.Path, dict[str, str]]
    ) -> None:
        _, found = installed_by_the_action
        locked = {each.name: each.version for each in lock.read(lock.FOLDER / "runtime.txt")}
        assert {name: found.get(name) for name in locked} == locked
        assert found["keylint"] == __version__
        builders = {each.name for each in lock.read(lock.FOLDER / "build.txt")}
        assert set(found) - set(locked) - builders == {"keylint", "pip"}

    def test_its_types_are_for_others_too(self, bare: pathlib.Path, tmp_path: pathlib.Path) -> None:
        """What docs/compatibility.md promises to programs, by mypy, from the installed package."""
        right = "import keylint\nfrom keylint.cli import main\n\nversion: str = keylint.__version__\ncode: int = main(['check', '.'])\n"
        write(tmp_path, {"right.py": right, "wrong.py": "import keylint\n\nversion: int = keylint.__version__\n"})
        for name, code in (("right.py", 0), ("wrong.py", 1)):
            command = [
                sys.executable,
                "-m",
                "mypy",
                "--strict",
                "--python-executable",
                str(bare / "python"),
                "--cache-dir",
                str(tmp_path / "c"),
                name,
            ]
            done = subprocess.run(command, cwd=tmp_path, env=_clean(), capture_output=True, text=True)
            assert done.returncode == code, done.stdout + done.stderr


def test_the_tests_run_from_the_sdist(built: tuple[pathlib.Path, pathlib.Path], tmp_path: pathlib.Path) -> None:
    """Some of them, which look at many of its files; from a folder that is no checkout."""
    with tarfile.open(built[0]) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (folder,) = tmp_path.iterdir()
    files = ["tests/test_laws.py", "tests/test_lock.py"]
    command = [sys.executable, "-m", "pytest", "-n0", "-v", "-p", "no:cacheprovider", "-k", "not clean_file", *files]
    done = subprocess.run(command, cwd=folder, env=_clean(), capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
    assert re.search(r"\d+ passed", done.stdout)
