"""A compose service runs a program that needs a key, and is given none.

A container has its own environment: what stands in `.env` beside the compose file fills in the compose file's own references,
and nothing else. The program in the container finds no variable.

Name the variable in the service's `environment`, or give it the file with `env_file`.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from keylint.manifests import Item, documents
from keylint.model import Problem, Role
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

# Keys of a service through which variables may come in from elsewhere.
_OTHER_WAYS = ("env_file", "extends", "secrets", "configs", "volumes", "develop")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """The one service that is built from the project, in a project without a loader."""
    for path, checked in project.reported():
        name = posixpath.basename(path)
        if not name.startswith(("docker-compose", "compose")) or checked.source.role is not Role.PRODUCTION:
            continue
        for document in documents(checked.source):
            built = [(key, item) for key, item in document.get("services").entries.items() if "build" in item.entries]
            if len(built) == 1:
                yield from _service(project, path, *built[0])


def _service(project: Project, path: str, key: str, service: Item) -> Iterator[Problem]:
    if any(way in service.entries for way in _OTHER_WAYS) or "<<" in service.entries:
        return
    build = service.get("build")
    context = build.text or build.get("context").text or "."
    folder = posixpath.normpath(posixpath.join(posixpath.dirname(path), context)).removeprefix(".").lstrip("/")
    environment = service.get("environment")
    if "<<" in environment.entries:
        return
    given = {*environment.entries, *(item.text.partition("=")[0] for item in environment.texts if item.text)}
    if build.get("args").entries or build.get("args").items:
        return
    for other, program in sorted(project.files.items()):
        if not other.startswith(f"{folder}/" if folder else "") or program.source.role is not Role.PRODUCTION:
            continue
        needs = [found for fact in program.facts if (found := need(fact, project)) is not None]
        missing = next((variable for variable, _ in needs if variable not in given), "")
        if missing and missing not in project.settings.provided and not _is_set_in_image(project, missing):
            yield Problem(
                service.key_span,
                f"{other} needs {missing}, and the service {key} is not given it",
                program.context.provider((program.context.catalogue.variable(missing) or ("",))[0]).answer("unset"),
                f"add `{missing}: ${{{missing}}}` to its environment, or `env_file: .env`",
                cause=service.key_span,
                path=path,
            )
            return


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
        good(
            "yaml",
            "services:\n  api:\n    build: .\n    env_file: .env\n    labels: { vendor: openai }\n",
            why="the file is handed over",
            path="compose.yaml",
            files={"app.py": "from openai import OpenAI\n\nclient = OpenAI()\n", ".env.example": "OPENAI_API_KEY=\n"},
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
