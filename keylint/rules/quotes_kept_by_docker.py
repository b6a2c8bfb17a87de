"""Docker reads a file of variables whose values stand in quotes.

`docker run --env-file` takes every line as it stands: quotes, `export` and comments behind the value become a part of the
value or of the name. Other readers of the same file take them away, so the program works without Docker and fails in it.

Write `NAME=value` without quotes and without `export`: all readers agree on that form.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.model import Edit, EnvDefinition, Missing, Problem, Span
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_DOCKER = re.compile(rb"(?:docker|podman)\s[^\n;&|]*?--env-file[= ]\s*[\"']?([\w./${}~-]+)")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Quoted values in the files that a docker command of the project names."""
    for target, path in _targets(project):
        checked = project.files[target]
        if not checked.reported:
            continue
        for definition in (fact for fact in checked.facts if isinstance(fact, EnvDefinition)):
            if (
                not SECRET_NAME.search(definition.name)
                or isinstance(definition.value, Missing)
                or not definition.live
                or definition.commented
            ):
                continue
            quoted = Span(definition.span.start - 1, definition.span.end + 1)
            data = checked.source.data
            if (
                data[quoted.start : quoted.start + 1] in (b'"', b"'")
                and data[quoted.end - 1 : quoted.end] == data[quoted.start : quoted.start + 1]
            ):
                vendor = checked.context.provider(definition.provider)
                yield Problem(
                    definition.name_span,
                    f"{definition.name} stands in quotes, and docker keeps them (--env-file in {path})",
                    vendor.answer("invalid-key"),
                    "write the value without quotes",
                    fix=checked.context.fix(
                        "take the quotes away",
                        [Edit(Span(quoted.start, quoted.start + 1), ""), Edit(Span(quoted.end - 1, quoted.end), "")],
                    ),
                    cause=definition.name_span,
                    path=target,
                )


def _targets(project: Project) -> Iterator[tuple[str, str]]:
    """(file of variables, file that names it) for every docker command."""
    seen: set[str] = set()
    for path, labels in project.notes.items():
        if "env_file" not in labels or path.endswith((".md", ".rst", ".txt")):
            continue
        for match in _DOCKER.finditer(project.read(path).encode()):
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), match.group(1).decode()))
            name = name if name in project.files else posixpath.normpath(match.group(1).decode())
            if name in project.files and name not in seen and project.files[name].source.language == "dotenv":
                seen.add(name)
                yield name, path


RULE = Rule(
    "KL508",
    "quotes-kept-by-docker",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "dotenv",
            '⟦OPENAI_API_KEY⟧="«openai.key»"\n',
            fixed="OPENAI_API_KEY=«openai.key»\n",
            path=".env",
            files={".gitignore": ".env\n", "Makefile": "run:\n\tdocker run --rm --env-file ./.env acme/app\n"},
        ),
        good(
            "dotenv",
            "OPENAI_API_KEY=«openai.key»\n",
            why="no quotes",
            path=".env",
            files={".gitignore": ".env\n", "Makefile": "run:\n\tdocker run --env-file .env acme/app\n"},
        ),
        good(
            "dotenv",
            'OPENAI_API_KEY="«openai.key»"\n',
            why="compose takes the quotes away",
            path=".env",
            files={".gitignore": ".env\n", "compose.yml": "services:\n  a:\n    env_file: .env\n"},
        ),
    ),
)
