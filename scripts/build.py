"""Builds the wheel and the sdist, each file the same byte for byte wherever and whenever it is built.

python scripts/build.py            into dist/
python scripts/build.py --twice    and once more under other circumstances; it fails if a byte differs

Built are the files that git knows, as they are in the work tree, with the backend of this environment (requirements/build.txt
has it, by its hash): nothing is fetched. The time in the archives is that of the last commit.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import pathlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What a second build has different, besides its folder, its clock and the order in which its files were written.
OTHER = {"TZ": "Pacific/Kiritimati", "LC_ALL": "tr_TR.UTF-8", "LANG": "tr_TR.UTF-8", "PYTHONHASHSEED": "7"}


def known() -> list[str]:
    """The files that git knows, sorted. Raises OSError or CalledProcessError if this is no checkout."""
    done = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    return sorted(name for name in done.stdout.split("\0") if name and (ROOT / name).is_file())


def epoch() -> str:
    """The time of the last commit, or what SOURCE_DATE_EPOCH says."""
    told = os.environ.get("SOURCE_DATE_EPOCH")
    command = ["git", "log", "-1", "--format=%ct"]
    return told or subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.strip()


def build(output: pathlib.Path, *, other: bool = False) -> list[pathlib.Path]:
    """Build both into a folder, the wheel from the unpacked sdist; `other`: under other circumstances.

    Returns their paths. Raises CalledProcessError if the backend fails.
    """
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch(), **(OTHER if other else {})}
    output = output.resolve()
    output.mkdir(parents=True, exist_ok=True)
    before = os.umask(0o077 if other else 0o022)
    try:
        with tempfile.TemporaryDirectory(prefix="elsewhere-with-a-longer-name-" if other else "b") as folder:
            source = pathlib.Path(folder) / "source"
            for name in reversed(known()) if other else known():
                (source / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(ROOT / name, source / name)
                if other:
                    os.utime(source / name, (time.time() - 1e8, time.time() - 1e8))
            sdist = _backend(source, output, "sdist", environment)
            with tarfile.open(sdist) as archive:
                archive.extractall(folder, filter="data")
            unpacked = pathlib.Path(folder) / sdist.name.removesuffix(".tar.gz")
            return [sdist, _backend(unpacked, output, "wheel", environment)]
    finally:
        os.umask(before)


def _backend(source: pathlib.Path, output: pathlib.Path, target: str, environment: dict[str, str]) -> pathlib.Path:
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "--target", target, "--directory", folder]
        subprocess.run(command, cwd=source, env=environment, check=True, capture_output=True)
        (made,) = pathlib.Path(folder).iterdir()
        return pathlib.Path(shutil.move(made, output / made.name))


def members(path: pathlib.Path) -> dict[str, tuple[object, ...]]:
    """What is in a wheel or an sdist: name by name a hash, and all else that an archive keeps of a file."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {
                info.filename: (
                    _hash(wheel.read(info)),
                    info.date_time,
                    oct(info.external_attr >> 16),
                    info.compress_type,
                )
                for info in wheel.infolist()
            }
    with tarfile.open(path) as sdist:
        found = {}
        for info in sdist:
            file = sdist.extractfile(info)
            content = _hash(file.read()) if file is not None else ""
            found[info.name] = (content, info.mtime, oct(info.mode), info.uid, info.gid, info.uname, info.gname)
        return found


def _hash(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def differences(one: pathlib.Path, other: pathlib.Path) -> list[str]:
    """How two archives differ, a line for each of their files; a line about the archives if it is only their form."""
    if one.read_bytes() == other.read_bytes():
        return []
    first, second = members(one), members(other)
    names = [name for name in sorted({*first, *second}) if first.get(name) != second.get(name)]
    lines = [f"{one.name}: {name}: {first.get(name)} is {second.get(name)}" for name in names]
    return lines or [f"{one.name}: the same files, in another order or otherwise compressed"]


def main() -> int:
    """As the module says."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--output", type=pathlib.Path, default=ROOT / "dist")
    parser.add_argument("--twice", action="store_true")
    options = parser.parse_args()
    built = build(options.output)
    for path in built:
        print(f"{_hash(path.read_bytes())}  {path.name}")
    if not options.twice:
        return 0
    with tempfile.TemporaryDirectory() as folder:
        again = build(pathlib.Path(folder), other=True)
        lines = [line for one, other in zip(built, again, strict=True) for line in differences(one, other)]
    for line in lines:
        print(line, file=sys.stderr)
    return 1 if lines else 0


if __name__ == "__main__":
    sys.exit(main())
