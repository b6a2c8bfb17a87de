"""What holds of a project of any files, and of files of any name."""

from __future__ import annotations

import contextlib
import os
import re
from typing import TYPE_CHECKING

from keylint import report
from keylint.doctor import deployed, files, judging, senders, shown
from keylint.doctor.examining import Patient
from keylint.engine import Engine, Run
from keylint.mask import hide_known
from keylint.providers.catalogue import load
from keylint.settings import ConfigError, Finder, Overrides
from keylint.trees import Tree
from keylint.workspace import File, Unreadable
from tests.fuzz import checking
from tests.fuzz.pieces import expanded, probes

if TYPE_CHECKING:
    from collections.abc import Iterator

NAMES = (
    ".env", "app.py", ".env.example", "docker-compose.yml", ".github/workflows/ci.yml", "Dockerfile", ".dockerignore", "src/main.ts",
    "package.json", "vite.config.ts", "Makefile", "k8s/deploy.yaml", "run.sh", ".gitlab-ci.yml", "main.tf", "next.config.js", "keys.ipynb",
    "README.md", "app/page.tsx", "requirements.txt", "serverless.yml", "terraform.tfvars", "appsettings.json", ".envrc",
)  # fmt: skip
_SCOPES: dict[int, object] = {}
_FINDERS: list[Finder] = []


class _Memory(Tree):
    """Files that are on no disk, below a folder that is not there."""

    def __init__(self, folder: str, files: dict[str, bytes]) -> None:
        self._folder = folder
        self._files = files

    def listed(self, folder: str) -> Iterator[tuple[str, bool]]:
        above = os.path.relpath(os.path.abspath(folder), self._folder)
        for name in sorted(self._files):
            if above == ".":
                yield name, False
            elif name.startswith(f"{above}/"):
                yield name[len(above) + 1 :], False

    def is_folder(self, path: str) -> bool:
        return any(True for _ in self.listed(path)) or os.path.abspath(path) == self._folder

    def read(self, file: File) -> bytes | memoryview:
        name = os.path.relpath(os.path.abspath(file.path), self._folder).replace(os.sep, "/")
        if name not in self._files:
            raise Unreadable("not there")
        return self._files[name]

    def has(self, path: str) -> bool:
        return os.path.relpath(os.path.abspath(path), self._folder).replace(os.sep, "/") in self._files


def _finder() -> Finder:
    if not _FINDERS:
        chosen = Overrides()
        chosen.select, chosen.min_confidence = ("ALL",), "possible"
        _FINDERS.append(Finder(chosen))
    return _FINDERS[0]


def project(data: bytes) -> None:
    """All rules, and the doctor, see files of many kinds together; no report shows a key."""
    data, planted = expanded(data)
    files = {}
    for part in data.split(b"\x03")[:8]:
        files[NAMES[part[0] % len(NAMES)] if part else "empty.txt"] = part[1:]
    folder = os.path.join(os.path.abspath(os.sep), "nowhere-at-all")
    tree = _Memory(folder, files)
    listed = [File(os.path.join(folder, name), base=folder) for name in sorted(files)]
    run = Engine(_finder(), cache=False, tree=tree, scopes=_SCOPES, folders=[folder]).check(listed)  # type: ignore[arg-type]
    for finding in run.findings:
        size = len(run.checked[finding.path].source.data)
        assert 0 <= finding.span.start <= finding.span.end <= size
    text = "\n".join(report.lines("full", run)) + "\n".join(report.lines("json", run))
    if run.checked:
        text += _examined(run)
    assert not any(probe in text for key in planted for probe in probes(key))


def _examined(run: Run) -> str:
    """What the doctor says of a project, wherever its programs run."""
    project, catalogue = run.project_of(next(iter(run.checked))), load()
    shell = {"OPENAI_API_KEY": "", "HOME": "/"}
    places = [files.environment(project, "app.py", "python", shell, folder="", mode="staging", files=())]
    places += [deployed.of_service(project, name, shell) for name in deployed.services(project)]
    for name in project.names:
        with contextlib.suppress(ConfigError):
            places.append(deployed.of_manifest(project, name))
    with contextlib.suppress(ConfigError):
        places.append(deployed.of_job(project, "test"))
    patients = []
    for sender in senders.collect(project, catalogue):
        for place in places:
            sent = senders.sent(sender, place, project, catalogue)
            problems = judging.problems(sender, sent, place, project, catalogue)
            patients.append(Patient(catalogue.providers[sender.provider], sender.place, place.title, sent, problems))
    return "\n".join(shown.lines(patients)) + shown.as_json(patients)


def names(data: bytes) -> None:
    """A file of any name is shown so that each reader of a report still reads it."""
    data, planted = expanded(re.sub(rb"\x02(.)", b" \x02" + rb"\1 ", data, flags=re.DOTALL))  # words hold `sk-` too
    name = os.fsdecode(data.replace(b"\0", b"")).strip("/") or "a"
    code = b'from openai import OpenAI\nclient = OpenAI(api_key="YOUR_API_KEY", organization="org_1")\n'
    checked = checking.checked_file(f"{name}.py", code, "python")
    assert checked is not None
    checking.reports(checked, {key for key in planted if hide_known(key) != key})  # of others a name does not tell
