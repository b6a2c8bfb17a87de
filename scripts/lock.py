"""Writes the locked requirements in requirements/, with the hashes of every file that may be installed.

python scripts/lock.py                      after a change of pyproject.toml: what still fits stays as it is
python scripts/lock.py --upgrade            everything as new as it can be
python scripts/lock.py --upgrade-package P  one package

Needs uv (`pip install -e '.[release]'` brings it) and the package index. One resolution serves every supported Python and
every system: where they need different versions, markers say which.

build.txt    what turns the source into a package: pyproject.toml's backend, what that needs for `pip install -e`, and
             setuptools for the one development dependency that has no wheel
runtime.txt  what keylint needs when it runs: the action installs it, the SBOM lists it
dev.txt      that, and what the tests, the site and a release need
"""

from __future__ import annotations

import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass

import tomli

ROOT = pathlib.Path(__file__).resolve().parent.parent
FOLDER = ROOT / "requirements"
EXTRAS = ("dev", "docs", "release")
BUILDERS = ("editables", "setuptools")
COMMAND = "python scripts/lock.py"


@dataclass(frozen=True)
class Locked:
    """One package of a locked file. `via`: what needs it, "" for keylint itself."""

    name: str
    version: str
    marker: str
    hashes: tuple[str, ...]
    via: tuple[str, ...]


def read(path: pathlib.Path) -> list[Locked]:
    """What a locked file names. Raises ValueError for a line that is none of its own."""
    found = []
    text = re.sub(r"\\\n", " ", path.read_text(encoding="utf-8"))
    for block in re.split(r"\n(?=\S)", text):
        if block.startswith("#") or not block.strip():
            continue
        line, *notes = block.splitlines()
        match = re.fullmatch(r"([a-z0-9-]+)==(\S+)(?: ; (.*?))?((?:\s+--hash=sha256:[0-9a-f]{64})+)\s*", line)
        if match is None:
            raise ValueError(f"{path.name}: {line[:80]}")
        words = " ".join(note.strip().lstrip("#").strip() for note in notes).removeprefix("via").split()
        via = (
            "" if word == "keylint" else word
            for word in words
            if word == "keylint" or re.fullmatch(r"[a-z0-9][a-z0-9-]*", word)
        )
        hashes = tuple(re.findall(r"sha256:(\w+)", match[4]))
        found.append(Locked(match[1], match[2], match[3] or "", hashes, tuple(via)))
    return found


def project() -> dict[str, object]:
    """pyproject.toml."""
    return tomli.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


def oldest(table: dict[str, object]) -> str:
    """The oldest supported Python: 3.10."""
    return str(table["project"]["requires-python"]).removeprefix(">=")  # type: ignore[index]


def uv() -> str:
    """The program, of this environment or of the machine; ends the script if there is none."""
    path = os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ.get("PATH", "")))
    found = shutil.which("uv", path=path)
    if found is None:
        sys.exit("uv is not installed: pip install uv")
    return found


def compile_requirements(*arguments: str, text: str = "", folder: pathlib.Path = ROOT) -> str:
    """What uv prints. Nothing of this machine's configuration counts, and no index but the public one."""
    table = project()
    command = [uv(), "--no-config", "pip", "compile", "--quiet", "--universal", "--python-version", oldest(table)]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("UV_INDEX")}
    done = subprocess.run(
        [*command, *arguments], cwd=folder, env=environment, input=text, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(done.stderr)
    return done.stdout


def lock(more: list[str]) -> None:
    """Write the three files; the versions of the first two hold in the third."""
    FOLDER.mkdir(exist_ok=True)
    backend = "\n".join([*project()["build-system"]["requires"], *BUILDERS])  # type: ignore[index]
    options = ["--generate-hashes", "--custom-compile-command", COMMAND, *more]
    compile_requirements("-", "-o", "requirements/build.txt", *options, text=backend)
    compile_requirements("pyproject.toml", "-o", "requirements/runtime.txt", *options)
    extras = [word for extra in EXTRAS for word in ("--extra", extra)]
    same = ["-c", "requirements/build.txt", "-c", "requirements/runtime.txt"]
    compile_requirements("pyproject.toml", *extras, *same, "-o", "requirements/dev.txt", *options)


def main() -> None:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--upgrade", action="store_true")
    parser.add_argument("--upgrade-package", action="append", default=[], metavar="P")
    options = parser.parse_args()
    upgrades = [word for name in options.upgrade_package for word in ("--upgrade-package", name)]
    lock([*(["--upgrade"] if options.upgrade else []), *upgrades])


if __name__ == "__main__":
    main()
