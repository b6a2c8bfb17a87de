"""A file of variables with a key in it becomes a part of an image.

Whoever can pull the image can read the file, from any of its layers, also if a later instruction deletes it.

Keep it out with `.dockerignore`, and hand the variables over when the container starts: `docker run --env-file`, compose's
`env_file`, the platform's secrets.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from keylint import roles
from keylint.dockerignore import is_left_out
from keylint.judge import Kind
from keylint.model import Copied, EnvDefinition, Literal, Note, Problem, Role, Span, Text
from keylint.rules.rule import Rule, bad, good
from keylint.workspace import is_env_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """COPY and ADD of a file of variables, by its name or with the folder that it lies in."""
    for path, checked in project.reported():
        if checked.source.role in (Role.TEST, Role.DOCUMENTATION, Role.VENDORED):
            continue
        for fact in checked.facts:
            if isinstance(fact, Copied) and fact.shipped:
                yield from _copied(project, path, fact)


def _copied(project: Project, path: str, fact: Copied) -> Iterator[Problem]:
    context = _context_of(project, path)
    ignored = project.read(posixpath.join(context, ".dockerignore")) + "\n" + project.read(f"{path}.dockerignore")
    for source in fact.sources:
        name = posixpath.normpath(f"/{source}").lstrip("/") or "."
        if is_env_file(name):
            if roles.of(name) is Role.TEMPLATE:
                continue
            checked = project.files.get(posixpath.join(context, name))
            if checked is not None and _secret(checked) is None:
                continue
            if not is_left_out(name, ignored):
                yield _problem(fact, path, name)
            continue
        for other, checked in project.files.items():
            span = _secret(checked)
            inside = posixpath.relpath(other, context or ".")
            if span is None or inside.startswith("..") or not (name == "." or inside.startswith(name + "/")):
                continue
            if not is_left_out(inside, ignored):
                yield _problem(fact, path, inside, Note(span, "this key", checked.source.path))
                return


def _context_of(project: Project, path: str) -> str:
    """The folder that an image is built from: the Dockerfile's own, or the root where the Dockerfile lies in a folder for such."""
    folder = posixpath.dirname(path)
    return (
        posixpath.dirname(folder) if posixpath.basename(folder) in ("docker", ".docker", "build", "deploy") else folder
    )


def _problem(fact: Copied, path: str, name: str, *notes: Note) -> Problem:
    out = f"add {name} to .dockerignore" if notes else f"do not copy {name}"
    return Problem(
        fact.span,
        f"{name} is copied into the image, with the key in it" if notes else f"{name} is copied into the image",
        "whoever can pull the image can read the key from its layers",
        f"{out}, and hand the variables over when the container starts (--env-file, env_file)",
        notes=notes,
        cause=fact.span,
        path=path,
    )


def _secret(checked: Checked) -> Span | None:
    """Where the first real key of a live file of variables stands."""
    if checked.source.language != "dotenv" or checked.source.role is Role.TEMPLATE:
        return None
    for fact in checked.facts:
        if isinstance(fact, Text):
            return fact.span
        if (
            isinstance(fact, EnvDefinition)
            and fact.slot is not None
            and fact.slot.is_secret
            and isinstance(fact.value, Literal)
        ) and checked.context.judge(fact.value.text, fact.provider).kind is Kind.KEY:
            return fact.value.span
    return None


RULE = Rule(
    "KL606",
    "env-file-in-image",
    ("project",),
    check,
    __doc__,
    examples=(
        bad("dockerfile", "FROM python:3.12-slim\nCOPY ⟦.env ./⟧\n", path="Dockerfile"),
        bad(
            "dockerfile",
            "FROM python:3.12-slim\nCOPY ⟦. /app⟧\nCMD python /app/app.py\n",
            path="Dockerfile",
            files={".env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env\n", ".dockerignore": ".git\n"},
        ),
        good(
            "dockerfile",
            "FROM python:3.12-slim\nCOPY . /app\n",
            why="`.dockerignore` keeps it out",
            path="Dockerfile",
            files={".env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env\n", ".dockerignore": "**/.env*\n"},
        ),
        good("dockerfile", "FROM python:3.12-slim\nCOPY .env.example ./\n", why="a template", path="Dockerfile"),
        good(
            "dockerfile",
            "FROM node:22 AS build\nCOPY .env ./\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv\n",
            why="the stage that has it is no part of the image",
            path="Dockerfile",
        ),
    ),
)
