"""One examination: the project is read, its senders are found, and each of them is looked at in its environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from keylint.doctor import deployed, files, judging, senders
from keylint.engine import Engine
from keylint.model import Slot
from keylint.project import Project
from keylint.providers.catalogue import load
from keylint.settings import ConfigError, Settings
from keylint.workspace import collect, repository

if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from keylint.doctor.environment import Environment
    from keylint.doctor.judging import Problem
    from keylint.doctor.senders import Sender, Sent
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import Provider
    from keylint.settings import Finder


@dataclass
class Patient:
    """A sender as it was found: what it sends, what is wrong with that, what else there is to say, what the API said."""

    provider: Provider
    place: str
    title: str
    sent: Mapping[Slot, Sent]
    problems: list[Problem]
    more: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)
    online: dict[str, Any] | None = None


@dataclass
class Wanted:
    """What is asked about: the place, the providers (all if there are none), and where the program runs."""

    path: str = "."
    providers: tuple[str, ...] = ()
    env_files: tuple[str, ...] = ()
    stage: str = ""
    service: str = ""
    job: str = ""
    manifest: str = ""
    max_age: int = 0

    @classmethod
    def of(cls, options: argparse.Namespace) -> Wanted:
        """What the command line asks for."""
        return cls(
            options.path,
            tuple(options.provider),
            tuple(options.env_file),
            options.environment,
            options.service,
            options.job,
            options.manifest,
            options.max_age,
        )


class Examination:
    """A project with all of its files, and the environment that keylint was started in."""

    def __init__(self, wanted: Wanted, finder: Finder, shell: Mapping[str, str]) -> None:
        """Read the project. Raises ConfigError for a path that is not there."""
        if not os.path.isdir(wanted.path):
            raise ConfigError(f"{wanted.path}: no such folder")
        self.wanted = wanted
        self._shell = shell
        folder = os.path.abspath(wanted.path)
        root = repository(folder) or folder
        self._folder = os.path.relpath(folder, root).replace(os.sep, "/")
        self._folder = "" if self._folder == "." else self._folder
        settings = finder.of(folder)
        self.catalogue: Catalogue = load(settings.providers or None, settings.base_urls)
        self.run = Engine(finder).check(collect([os.path.relpath(root)], finder))
        self.project: Project = self._project(root)
        unknown = [name for name in wanted.providers if name not in self.catalogue.providers]
        if unknown:
            raise ConfigError(
                f"no provider is called {unknown[0]!r}; known are {', '.join(sorted(self.catalogue.providers))}"
            )

    def _project(self, root: str) -> Project:
        first = next(iter(self.run.checked), None)
        return self.run.project_of(first) if first is not None else Project(root, {}, {}, (), Settings())

    def patients(self) -> list[Patient]:
        """Every sender once; those that send the same from the same places are one."""
        made: dict[object, Patient] = {}
        for sender in senders.collect(self.project, self.catalogue):
            if self.wanted.providers and sender.provider not in self.wanted.providers:
                continue
            if self._folder and sender.path and not sender.path.startswith(f"{self._folder}/"):
                continue
            environment = self._environment(sender)
            sent = senders.sent(sender, environment, self.project, self.catalogue)
            patient = Patient(
                self.catalogue.providers[sender.provider],
                sender.place,
                environment.title,
                sent,
                judging.problems(sender, sent, environment, self.project, self.catalogue),
            )
            key = (sender.provider, tuple((slot, one.value, one.name, one.setting) for slot, one in sent.items()))
            if key in made:
                made[key].more += [sender.place] if sender.place else []
                continue
            made[key] = patient
            self._aged(patient)
        self._stages(list(made.values()))
        return list(made.values())

    def _environment(self, sender: Sender) -> Environment:
        wanted = self.wanted
        if wanted.service:
            return deployed.of_service(self.project, wanted.service, self._shell)
        if wanted.job:
            return deployed.of_job(self.project, wanted.job)
        if wanted.manifest:
            return deployed.of_manifest(self.project, self._inside(wanted.manifest))
        named = tuple(map(self._inside, wanted.env_files))
        return files.environment(
            self.project, sender.path, sender.language, self._shell, folder=self._folder, mode=wanted.stage, files=named
        )

    def _inside(self, path: str) -> str:
        """A path as the project knows it. Raises ConfigError for one that it does not."""
        name = os.path.relpath(os.path.abspath(path), self.project.root).replace(os.sep, "/")
        if name not in self.project.names:
            raise ConfigError(f"{path}: no file of this project")
        return name

    def _aged(self, patient: Patient) -> None:
        for one in patient.sent.values():
            if one.slot.is_secret and one.setting is not None and one.value:
                days = judging.age(self.project, one.setting)
                if days is not None:
                    patient.told.append(
                        f"the line of {one.setting.place} was last changed {f'{days} days ago' if days else 'today'}"
                    )
                patient.problems += judging.old(one, days, self.wanted.max_age)

    def _stages(self, patients: list[Patient]) -> None:
        """Say which files of other environments hold the same key."""
        for patient in patients:
            key = patient.sent.get(Slot.API_KEY)
            if key is None or not key.value or key.setting is None:
                continue
            for setting in files.elsewhere(self.project, key.setting):
                if setting.value == key.value:
                    patient.told.append(f"{setting.place} holds the same key")
