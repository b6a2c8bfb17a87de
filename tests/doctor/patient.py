"""Calls the doctor as a person would, in a process of its own, with an environment that leads to the fakes."""

from __future__ import annotations

import json
import pathlib
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.proof.machine import Machine


@dataclass(frozen=True)
class Visit:
    """How a call ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def patients(self) -> list[dict[str, Any]]:
        """What a call with --output-format json said."""
        return json.loads(self.out)  # type: ignore[no-any-return]

    @property
    def sends(self) -> dict[str, Any]:
        """What the one patient sends, by slot."""
        (patient,) = self.patients
        return patient["sends"]  # type: ignore[no-any-return]


def doctor(machine: Machine, folder: pathlib.Path, *arguments: str, **variables: str) -> Visit:
    """Call ``keylint doctor`` in a folder."""
    done = subprocess.run(
        [sys.executable, "-m", "keylint", "doctor", *arguments],
        cwd=folder,
        env=machine.environment(
            **{"PYTHONPATH": str(pathlib.Path(__file__).parents[2]), "KEYLINT_TRACEBACK": "1", **variables}
        ),
        capture_output=True,
        text=True,
        timeout=120,
        stdin=subprocess.DEVNULL,
    )
    return Visit(done.returncode, done.stdout, done.stderr)
