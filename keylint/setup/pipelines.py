"""The step in a CI's configuration: a workflow of its own for GitHub, a job for GitLab."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint import __version__
from keylint.setup.placing import Unplaceable, document, inserted, plain, reread

if TYPE_CHECKING:
    from keylint.source import Source

FOLDER = os.path.dirname(__file__)
WORKFLOW = os.path.join(".github", "workflows", "keylint.yml")
GITLAB = ".gitlab-ci.yml"
LIKELY_STAGES = ("lint", "check", "verify", "validate", "quality", "test", "tests", "build")


def workflow() -> str:
    """GitHub's workflow."""
    return _template("github.yml")


def job() -> str:
    """GitLab's job."""
    return _template("gitlab.yml")


def _template(name: str) -> str:
    with open(os.path.join(FOLDER, name), encoding="utf-8") as file:
        return file.read().replace("{version}", __version__)


def known_workflow(source: Source) -> tuple[bytes, str]:
    """A workflow of that name stays as it is."""
    return source.data, "is there already" + ("" if source.data == workflow().encode() else ", and left as it is")


def with_job(source: Source) -> tuple[bytes, str]:
    """The content with the job at its end, and what to say. Raises Unplaceable."""
    lines = [line for line in job().splitlines() if not line.startswith("#")]
    root = document(source, lines)
    if "keylint" in root.entries:
        return source.data, "has the job already"
    stages = [item.text or "" for item in root.get("stages").items]
    if stages and "test" not in stages:
        stage = next((name for word in LIKELY_STAGES for name in stages if word in name.lower()), stages[0])
        lines.insert(1, f"  stage: {stage}")
    gap = [] if source.data.endswith((b"\n\n", b"\r\n\r\n")) or not source.data.strip() else [""]
    after = inserted(source, len(source.data), [*gap, *lines])
    read = reread(source, after)
    made = type(source)(source.path, after)
    old = {key: plain(source, value) for key, value in root.entries.items()}
    if read is None or {key: plain(made, value) for key, value in read.entries.items() if key != "keylint"} != old:
        raise Unplaceable("is written in a way that keylint does not edit; add this to it:", lines)
    return after, ""
