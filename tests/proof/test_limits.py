"""What the SDK makes of the two kinds of 429: it tries again after both, and only one of them passes."""

from __future__ import annotations

import pathlib

from tests.proof.machine import Machine, variables
from tests.proof.python_sdks import CLIENT
from tests.tool import write


def test_a_rate_limit_passes(machine: Machine, project: pathlib.Path) -> None:
    write(project, {"ask.py": CLIENT.replace("{}", "")})
    machine.api.limits[:] = ["rate_limit_exceeded"]
    done = machine.run("ask.py", project, variables("openai"))
    assert (done.code, machine.api.answers) == (0, [429, 200]), done.printed


def test_a_quota_does_not(machine: Machine, project: pathlib.Path) -> None:
    write(project, {"ask.py": CLIENT.replace("{}", "max_retries=1")})
    machine.api.limits[:] = ["insufficient_quota"] * 9
    try:
        done = machine.run("ask.py", project, variables("openai"))
    finally:
        machine.api.limits.clear()
    assert done.code != 0
    assert set(machine.api.answers) == {429}
    assert "You exceeded your current quota" in done.printed
