"""Writes the bill of materials of a release: CycloneDX, as JSON, the same byte for byte for the same commit.

python scripts/sbom.py [FILE]     dist/keylint-VERSION.cdx.json if no file is named

It lists what requirements/runtime.txt has: the versions that the action installs, with the hashes of their files, and what needs
what. Whoever installs the package gets what pyproject.toml allows, which may be newer. Needs cyclonedx-bom (`.[release]`).
"""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from keylint import __version__  # noqa: E402
from scripts import build, lock  # noqa: E402

NAME = f"keylint-{__version__}.cdx.json"
SELF = f"pkg:pypi/keylint@{__version__}"


def bom() -> dict[str, Any]:
    """The document. cyclonedx-bom makes it; the version, which is in the package, and the graph are put in here."""
    command = [sys.executable, "-W", "ignore", "-m", "cyclonedx_py", "requirements", "requirements/runtime.txt"]
    command += [
        "--pyproject",
        "pyproject.toml",
        "--output-reproducible",
        "--no-validate",
        "--of",
        "JSON",
        "--sv",
        "1.6",
    ]
    environment = {**os.environ, "SOURCE_DATE_EPOCH": build.epoch()}
    done = subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True, encoding="utf-8")
    made: dict[str, Any] = json.loads(done.stdout)
    made["metadata"]["component"].update({"version": __version__, "purl": SELF, "bom-ref": SELF})
    for component in made["components"]:
        component["bom-ref"] = component["purl"]
        del component["description"]  # the line of the file once more
    made["components"].sort(key=lambda component: component["purl"])
    made["dependencies"] = _graph(lock.read(lock.FOLDER / "runtime.txt"))
    return made


def _graph(locked: list[lock.Locked]) -> list[dict[str, Any]]:
    references = {"": SELF, **{each.name: f"pkg:pypi/{each.name}@{each.version}" for each in locked}}
    return [
        {"ref": reference, "dependsOn": sorted(references[each.name] for each in locked if name in each.via)}
        for name, reference in sorted(references.items(), key=lambda item: item[1])
    ]


def main() -> None:
    """As the module says. Ends the script if the document is not valid."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(bom(), indent=2, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        sys.exit(str(wrong))
    path = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "dist" / NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    print(path)


if __name__ == "__main__":
    main()
