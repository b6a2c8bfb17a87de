"""A key is handed to the build of an image as a build argument.

Build arguments are written into the image's history: `docker history` shows them to everyone who can pull it, and an `ENV` that
takes one over keeps it in the image itself.

Mount it as a secret where the build needs it (`RUN --mount=type=secret`), and set it when the container starts where the
program needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import EnvDefinition, Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """ARG of a secret's variable, and values for one in compose and on docker's command line."""
    if definition.reader != "build-argument" or definition.commented:
        return
    if context.role in (Role.TEST, Role.DOCUMENTATION, Role.VENDORED, Role.TEMPLATE):
        return
    if definition.slot is None or not definition.slot.is_secret:
        return
    yield Problem(
        definition.name_span,
        f"{definition.name} is a build argument: its value stays in the image's history",
        "whoever can pull the image reads the key with `docker history`",
        "use `RUN --mount=type=secret` for the build, and the container's environment for the program",
        cause=definition.name_span,
    )


RULE = Rule(
    "KL607",
    "build-argument",
    (EnvDefinition,),
    check,
    __doc__,
    examples=(
        bad(
            "dockerfile",
            "FROM python:3.12-slim\nARG ⟦OPENAI_API_KEY⟧\nENV OPENAI_API_KEY=$OPENAI_API_KEY\nCMD python app.py\n",
            path="Dockerfile",
        ),
        bad(
            "yaml",
            "services:\n  api:\n    build:\n      context: .\n      args:\n        ⟦OPENAI_API_KEY⟧: ${OPENAI_API_KEY}\n",
            path="compose.yaml",
        ),
        good(
            "dockerfile",
            "FROM python:3.12-slim\nRUN --mount=type=secret,id=key,env=OPENAI_API_KEY python warm.py\n",
            why="a secret of the build",
            path="Dockerfile",
        ),
        good("dockerfile", "FROM python:3.12-slim\nARG OPENAI_MODEL=gpt-5-mini\n", why="no secret", path="Dockerfile"),
        good(
            "yaml",
            "services:\n  api:\n    build: .\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY}\n",
            why="set when the container starts",
            path="compose.yaml",
        ),
    ),
)
