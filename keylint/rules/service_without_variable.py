"""A compose service runs a program that needs a key, and is given none.

A container has its own environment: what stands in `.env` beside the compose file fills in the compose file's own references,
and nothing else. The program in the container finds no variable.

Name the variable in the service's `environment`, or give it the file with `env_file`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.lazy import regex
from keylint.manifests import Item, documents
from keylint.model import Client, EnvRead, Problem, Role
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

# Keys of a service through which variables may come in from elsewhere.
_OTHER_WAYS = ("env_file", "extends", "secrets", "configs", "develop", "<<")
# What an image holds that runs the programs of a family.
_RUNTIMES = {
    "python": regex(r"python|\buv\b|\bpip\b|conda|poetry", re.IGNORECASE),
    "javascript": regex(r"node|\bnpm\b|pnpm|yarn|\bbun\b|deno", re.IGNORECASE),
}
# What tells a program which of several vendors or servers to ask.
_CHOOSES = regex(r"PROVIDER|BACKEND|OLLAMA|VENDOR|(?:LLM|AI|MODEL|API)_?(?:\w*_)?(?:BASE|URL|HOST|ENDPOINT)")
_FIRST = regex(r"(?:docker-)?compose\.ya?ml")  # the files that compose reads when none is named
# Folders of programs that people run by hand, and no service does.
_BY_HAND = regex(
    r"(?:^|/)(?:scripts?|tools?|examples?|bench(?:marks?)?|evals?|notebooks?|utils?|dev|bin|hack|ci|\.\w+)/"
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Services that are built from a folder of their own, whose programs load no file themselves."""
    for path, checked in project.reported():
        name = posixpath.basename(path)
        if not name.startswith(("docker-compose", "compose")) or checked.source.role is not Role.PRODUCTION:
            continue
        laid_over = set() if _FIRST.fullmatch(name) else _first_services(project, posixpath.dirname(path))
        for document in documents(checked.source):
            services = document.get("services").entries.items()
            built = [(key, item, _folder(path, item)) for key, item in services if "build" in item.entries]
            folders = [folder for _, _, folder in built]
            for key, service, folder in built:
                if folders.count(folder) == 1 and key not in laid_over:
                    others = [other for other in folders if other != folder and _is_in(other, folder)]
                    yield from _service(project, path, key, service, others)


def _first_services(project: Project, folder: str) -> set[str]:
    """The services of the file that compose reads first, over which others are laid."""
    return {
        key
        for path, checked in project.files.items()
        if posixpath.dirname(path) == folder and _FIRST.fullmatch(posixpath.basename(path))
        for document in documents(checked.source)
        for key in document.get("services").entries
    }


def _folder(path: str, service: Item) -> str:
    build = service.get("build")
    context = build.text or build.get("context").text or "."
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), context))
    return "" if folder == "." else folder


def _is_in(name: str, folder: str) -> bool:
    return not folder or name.startswith(f"{folder}/")


def _service(project: Project, path: str, key: str, service: Item, others: list[str]) -> Iterator[Problem]:
    folder, build, environment = _folder(path, service), service.get("build"), service.get("environment")
    if any(way in service.entries for way in _OTHER_WAYS) or "<<" in environment.entries:
        return
    if build.get("args").entries or build.get("args").items or _mounts(path, folder, service):
        return
    given = {*environment.entries, *(item.text.partition("=")[0] for item in environment.texts if item.text)}
    chooses = any(_CHOOSES.search(name) for name in given)
    image = project.read(posixpath.join(folder, build.get("dockerfile").text or "Dockerfile"))
    for other, program in sorted(project.files.items()):
        kind = loaders.family(program.source.language)
        if (
            not _is_in(other, folder)
            or any(_is_in(other, inner) for inner in others)
            or program.source.role is not Role.PRODUCTION
            or _BY_HAND.search(other[len(folder) :].lstrip("/"))
            or (image and kind in _RUNTIMES and not _RUNTIMES[kind].search(image))
        ):
            continue
        needs = [
            found[0]
            for fact in program.facts
            if (found := need(fact, project)) is not None and not (chooses and _is_lazy(fact))
        ]
        missing = next((variable for variable in needs if variable not in given), "")
        if not missing or missing in project.settings.provided or _is_set_in_image(project, missing):
            continue
        # What this file says of a file of variables is for other services.
        if loaders.may_load(project, kind, beside=frozenset({path})):
            continue
        yield Problem(
            service.key_span,
            f"{other} needs {missing}, and the service {key} is not given it",
            program.context.provider((program.context.catalogue.variable(missing) or ("",))[0]).answer("unset"),
            f"add `{missing}: ${{{missing}}}` to its environment, or `env_file: .env`",
            cause=service.key_span,
            path=path,
        )
        return


def _is_lazy(fact: object) -> bool:
    """Whether a client is built, or a variable read, only when some function is called."""
    return isinstance(fact, Client | EnvRead) and fact.lazy


def _mounts(path: str, folder: str, service: Item) -> bool:
    """Whether a volume brings the project's own files, and its `.env` with them, into the container."""
    for volume in service.get("volumes").items:
        source = (volume.text or "").partition(":")[0] or volume.get("source").text or ""
        if source.startswith(("$", "~", "/")) or ".env" in source:
            return True
        place = posixpath.normpath(posixpath.join(posixpath.dirname(path), source))
        if source.startswith(".") and (place in (".", folder) or _is_in(folder, place)):
            return True
    return False


def _is_set_in_image(project: Project, name: str) -> bool:
    return any(name in project.read(other) for other in project.names if "ockerfile" in other)


RULE = Rule(
    "KL514",
    "service-without-variable",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "yaml",
            "services:\n  ⟦api⟧:\n    build: .\n    environment:\n      OPENAI_MODEL: gpt-5-mini\n",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n", ".env.example": "OPENAI_API_KEY=\n"},
        ),
        bad(
            "yaml",
            "services:\n  db:\n    image: postgres\n    env_file: .env\n  ⟦api⟧:\n    build: .\n    labels: { vendor: openai }\n",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n", ".env.example": "OPENAI_API_KEY=\n"},
        ),
        good(
            "yaml",
            "services:\n  api:\n    build: .\n    env_file: .env\n    labels: { vendor: openai }\n",
            why="the file is handed over",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n", ".env.example": "OPENAI_API_KEY=\n"},
        ),
        bad(
            "yaml",
            "services:\n  web:\n    build: ./web\n    environment: [OPENAI_API_KEY]\n  ⟦worker⟧:\n    build: ./worker\n"
            "    volumes: [./data:/data, cache:/cache]\n",
            path="compose.yaml",
            files={
                "web/app.py": "import queue\n",
                "worker/main.py": "from openai import OpenAI\n\nclient = OpenAI()\n",
                "worker/Dockerfile": "FROM python:3.13\n",
            },
        ),
        good(
            "yaml",
            "services:\n  api:\n    build: .\n    volumes: [.:/app]\n    labels: { vendor: openai }\n",
            why="the project is mounted, and its .env with it",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n", ".env.example": "OPENAI_API_KEY=\n"},
        ),
        good(
            "yaml",
            "services:\n  api:\n    build: .\n    labels: { vendor: openai }\n",
            why="the image runs another program",
            path="compose.yaml",
            files={"ask.py": "from openai import OpenAI\n\nclient = OpenAI()\n", "Dockerfile": "FROM golang:1.25\n"},
        ),
        good(
            "yaml",
            "services:\n  db:\n    image: postgres\n    labels: { of: openai }\n",
            why="it does not run the program",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n"},
        ),
    ),
)
