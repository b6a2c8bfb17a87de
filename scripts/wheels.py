"""Which systems have ready-made files of what keylint needs, so that a hook is installed without a compiler.

python scripts/wheels.py           prints the table; fails if a package has no wheel for a supported Python on a system, unless
                                   it is one of those that are known to build packages (BUILDS)
python scripts/wheels.py --write   writes it into docs/supply-chain.md

Asks the package index, through uv, for the files of the versions in requirements/runtime.txt.
"""

from __future__ import annotations

import argparse
import pathlib
import re
import sys
from dataclasses import dataclass

import tomli
from packaging.tags import Tag, compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts import lock  # noqa: E402

PAGE = ROOT / "docs" / "supply-chain.md"
BEGIN, END = "<!-- python scripts/wheels.py --write -->\n", "<!-- end -->\n"
# System: its wheels' platform tags, the oldest C library or system that they run on as a group.
SYSTEMS = {
    "Linux x86-64": r"manylinux_(\d+_\d+)_x86_64",
    "Linux arm64": r"manylinux_(\d+_\d+)_aarch64",
    "musl x86-64": r"musllinux_(\d+_\d+)_x86_64",
    "musl arm64": r"musllinux_(\d+_\d+)_aarch64",
    "macOS Intel": r"macosx_(\d+_\d+)_(?:x86_64|universal2)",
    "macOS Apple": r"macosx_(\d+_\d+)_(?:arm64|universal2)",
    "Windows x86-64": r"win_amd64",
}
BUILDS = {"musl arm64"}  # tree-sitter itself has no file for it since 0.24
OLD_NAMES = {
    "manylinux1": "manylinux_2_5",
    "manylinux2010": "manylinux_2_12",
    "manylinux2014": "manylinux_2_17",
}  # PEP 600


@dataclass(frozen=True)
class Row:
    """One package: for each system what it needs there at least ("any", "2.17"), or "" if something is missing."""

    name: str
    version: str
    cells: tuple[str, ...]
    missing: tuple[str, ...]


def pythons() -> tuple[str, ...]:
    """The supported versions of Python, by pyproject.toml's classifiers."""
    classifiers = lock.project()["project"]["classifiers"]  # type: ignore[index]
    return tuple(re.findall(r"Python :: (3\.\d+)", "\n".join(classifiers)))


def files() -> dict[tuple[str, str], list[str]]:
    """The names of the wheels that the index has of each locked package."""
    pinned = "\n".join(f"{each.name}=={each.version}" for each in lock.read(lock.FOLDER / "runtime.txt"))
    told = tomli.loads(lock.compile_requirements("-", "--format", "pylock.toml", "--no-deps", text=pinned))
    return {
        (package["name"], package["version"]): [wheel["url"].rpartition("/")[2] for wheel in package.get("wheels", [])]
        for package in told["packages"]
    }


def row(name: str, version: str, wheels: list[str], versions: tuple[str, ...]) -> Row:
    """What the wheels of a package cover."""
    tags = [tag for wheel in wheels for tag in parse_wheel_filename(wheel)[3]]
    cells, missing = [], []
    for system in SYSTEMS:
        needed: list[tuple[int, ...]] = []
        for python in versions:
            found = [
                floor for tag in tags if runs_on(tag, python) and (floor := _floor(system, tag.platform)) is not None
            ]
            if found:
                needed.append(min(found))
            else:
                missing.append(f"{name} {version}: no wheel for {system} with Python {python}")
        whole = len(needed) == len(versions)
        cells.append((".".join(map(str, max(needed))) or "any") if whole else "")
    return Row(name, version, tuple(cells), tuple(missing))


def runs_on(tag: Tag, python: str) -> bool:
    """Whether CPython of a version takes a tag, its platform aside."""
    major, minor = map(int, python.split("."))
    taken = {
        *cpython_tags((major, minor), platforms=["any"]),
        *compatible_tags((major, minor), f"cp{major}{minor}", ["any"]),
    }
    return Tag(tag.interpreter, tag.abi, "any") in taken


def _floor(system: str, platform: str) -> tuple[int, ...] | None:
    """The oldest version of the system that a platform's wheels run on, () if that is not told; None if it is another one."""
    if platform == "any":
        return ()
    head, _, rest = platform.partition("_")
    match = re.fullmatch(SYSTEMS[system], f"{OLD_NAMES.get(head, head)}_{rest}")
    if match is None:
        return None
    return tuple(map(int, match[1].split("_"))) if match.groups() else ()


def table(rows: list[Row]) -> str:
    """The rows as Markdown; packages that need the same share a row."""
    groups: dict[tuple[str, ...], list[str]] = {}
    for each in rows:
        groups.setdefault(each.cells, []).append(f"{each.name} {each.version}")
    lines = [f"| | {' | '.join(SYSTEMS)} |", f"|---|{'---|' * len(SYSTEMS)}"]
    for cells, names in sorted(groups.items(), key=lambda item: item[1]):
        lines.append(f"| {', '.join(names)} | {' | '.join(cell or 'none' for cell in cells)} |")
    return "\n".join(lines) + "\n"


def main() -> int:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    rows = [row(name, version, wheels, pythons()) for (name, version), wheels in files().items()]
    text = table(rows)
    if options.write:
        before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
        PAGE.write_text(before + BEGIN + text + END + rest.partition(END)[2], encoding="utf-8")
    print(text, end="")
    lines = [
        line for each in rows for line in each.missing if not any(f"for {system} with" in line for system in BUILDS)
    ]
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
