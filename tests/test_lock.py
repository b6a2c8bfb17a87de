"""The locked requirements: whole, with hashes, in step with pyproject.toml, and of one mind."""

from __future__ import annotations

import hashlib
import pathlib
import re
import subprocess
import sys
import zipfile

import pytest
import tomli
from packaging.requirements import Requirement
from packaging.tags import Tag
from packaging.utils import canonicalize_name

from scripts import lock, wheels

ROOT = pathlib.Path(__file__).parent.parent
PROJECT = tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NAMES = ("build", "runtime", "dev")
FILES = {name: lock.read(lock.FOLDER / f"{name}.txt") for name in NAMES}
PLATFORMS = ("linux", "darwin", "win32")
RENEW = "run `python scripts/lock.py` and commit what it changes"


def wanted(name: str) -> list[Requirement]:
    """What pyproject.toml says of a locked file."""
    project = PROJECT["project"]
    extras = [line for extra in lock.EXTRAS for line in project["optional-dependencies"][extra]]
    lines = {
        "build": [*PROJECT["build-system"]["requires"], *lock.BUILDERS],
        "runtime": project["dependencies"],
        "dev": [*project["dependencies"], *extras, *project["optional-dependencies"]["lsp"]],
    }[name]
    return [made for made in map(Requirement, lines) if made.name != "keylint"]


def chosen(name: str, python: str, platform: str) -> dict[str, str]:
    """What pip would install of a file there: package to version."""
    full = f"{python}.9"
    where = {"python_version": python, "python_full_version": full, "sys_platform": platform}
    where |= {"platform_python_implementation": "CPython", "implementation_name": "cpython"}
    found: dict[str, str] = {}
    for each in FILES[name]:
        if not each.marker or Requirement(f"{each.name} ; {each.marker}").marker.evaluate(where):  # type: ignore[union-attr]
            assert each.name not in found, f"{each.name} twice for Python {python}"
            found[each.name] = each.version
    return found


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize("python", wheels.pythons())
@pytest.mark.parametrize("name", NAMES)
def test_holds_what_the_project_asks_for(name: str, python: str, platform: str) -> None:
    found = chosen(name, python, platform)
    for each in wanted(name):
        version = found.get(canonicalize_name(each.name))
        assert version is not None, f"{each.name} is not in requirements/{name}.txt: {RENEW}"
        assert each.specifier.contains(version, prereleases=True), f"{each.name} {version} is not {each}: {RENEW}"


@pytest.mark.parametrize("name", NAMES)
def test_every_version_has_hashes_and_nothing_says_where_from(name: str) -> None:
    """Neither an address of an index nor a file: pip would take it for an order."""
    text = (lock.FOLDER / f"{name}.txt").read_text(encoding="utf-8")
    assert all(each.hashes for each in FILES[name])
    assert not re.findall(r"^\s*-(?!-hash)|^.*(?:://| @ ).*", text, re.MULTILINE)


def test_all_agree() -> None:
    """Whoever installs one after the other gets no version twice."""
    for python in wheels.pythons():
        whole = chosen("dev", python, "linux")
        for name in ("build", "runtime"):
            for package, version in chosen(name, python, "linux").items():
                assert whole.get(package, version) == version, f"{package}: {RENEW}"


def test_what_stands_in_it_is_needed() -> None:
    """No package that nothing asks for any more."""
    for name in ("runtime", "dev"):
        names = {each.name for each in FILES[name]}
        for each in FILES[name]:
            assert each.via, each.name
            assert {via for via in each.via if via} <= names | {"keylint"}, each.name


@pytest.mark.parametrize("line", ["x==1", "x==1 \\\n    --hash=md5:00", "-i https://index.example", "x @ file:///x"])
def test_a_line_that_is_none_of_its_own_is_refused(tmp_path: pathlib.Path, line: str) -> None:
    (tmp_path / "x.txt").write_text(f"# a comment\n{line}\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"x\.txt"):
        lock.read(tmp_path / "x.txt")


def test_pip_refuses_what_has_another_hash(tmp_path: pathlib.Path) -> None:
    """That .ci/run would notice: with one digit of a hash changed, nothing is installed."""
    wheel = tmp_path / "acme-1-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as made:
        made.writestr("acme-1.dist-info/METADATA", "Metadata-Version: 2.1\nName: acme\nVersion: 1\n")
        made.writestr("acme-1.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        made.writestr("acme-1.dist-info/RECORD", "")
    right = hashlib.sha256(wheel.read_bytes()).hexdigest()
    for digest, ends in ((right, 0), (("1" if right[0] == "0" else "0") + right[1:], 1)):
        (tmp_path / "one.txt").write_text(f"acme==1 --hash=sha256:{digest}\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "install", "--no-index", "--find-links", str(tmp_path)]
        command += ["--require-hashes", "--target", str(tmp_path / digest), "-r", str(tmp_path / "one.txt")]
        done = subprocess.run(command, capture_output=True, text=True)
        assert done.returncode == ends, done.stderr
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    installs = [line for line in script.splitlines() if "pip install" in line]
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-deps --no-build-isolation -e ." in line for line in installs)


class TestWheels:
    def test_the_page_has_the_locked_versions(self) -> None:
        page = wheels.PAGE.read_text(encoding="utf-8")
        part = page.partition(wheels.BEGIN)[2].partition(wheels.END)[0]
        told = set(re.findall(r"([a-z0-9-]+) (\d[\w.]*)(?=[,| ])", part))
        real = {(each.name, each.version) for each in FILES["runtime"]}
        assert told == real, "run `python scripts/wheels.py --write`"

    @pytest.mark.parametrize(
        ("file", "python", "system", "floor"),
        [
            ("a-1-py3-none-any.whl", "3.10", "musl arm64", "any"),
            ("a-1-cp39-abi3-manylinux_2_17_x86_64.manylinux2014_x86_64.whl", "3.13", "Linux x86-64", "2.17"),
            ("a-1-cp39-abi3-manylinux_2_5_x86_64.manylinux1_x86_64.whl", "3.10", "Linux x86-64", "2.5"),
            ("a-1-cp311-abi3-musllinux_1_2_aarch64.whl", "3.10", "musl arm64", ""),
            ("a-1-cp312-cp312-macosx_10_13_universal2.whl", "3.12", "macOS Apple", "10.13"),
            ("a-1-cp312-cp312-macosx_10_13_x86_64.whl", "3.12", "macOS Apple", ""),
            ("a-1-cp312-cp312-win_amd64.whl", "3.12", "Windows x86-64", "any"),
            ("a-1-cp312-cp312-win_amd64.whl", "3.13", "Windows x86-64", ""),
            ("a-1-cp313-cp313t-win_amd64.whl", "3.13", "Windows x86-64", ""),
            ("a-1-cp310-cp310-linux_x86_64.whl", "3.10", "Linux x86-64", ""),
        ],
    )
    def test_what_a_file_runs_on(self, file: str, python: str, system: str, floor: str) -> None:
        made = wheels.row("a", "1", [file], (python,))
        assert made.cells[list(wheels.SYSTEMS).index(system)] == floor
        assert bool(floor) is not any(f"for {system} with" in line for line in made.missing)

    def test_a_python_that_is_missing_is_named(self) -> None:
        made = wheels.row("a", "1", ["a-1-cp310-cp310-win_amd64.whl"], ("3.10", "3.11"))
        assert made.cells == ("",) * len(wheels.SYSTEMS)
        assert "a 1: no wheel for Windows x86-64 with Python 3.11" in made.missing
        assert "a 1: no wheel for Windows x86-64 with Python 3.10" not in made.missing
        assert wheels.runs_on(Tag("py3", "none", "any"), "3.10")


def test_the_repository_s_linter_is_the_locked_one() -> None:
    """One version of ruff decides, in the hook and in .ci/run."""
    config = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert set(re.findall(r"ruff==([\d.]+)", config)) == {each.version for each in FILES["dev"] if each.name == "ruff"}
