"""Docker, or kubectl, reads a file of variables that is written for another reader.

`docker run --env-file` and `kubectl create secret --from-env-file` take every line as it stands: quotes and comments behind the
value become a part of the value, and a line with `export` or with a space before its `=` is refused. Other readers of the same
file take them away, so the program works without Docker and fails in it.

Write `NAME=value` without quotes, spaces and `export`: all readers agree on that form.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, EnvDefinition, Missing, Problem, Span
from keylint.record import Record
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_DOCKER = regex(
    rb"(?P<tool>docker|podman|nerdctl)\s+(?:container\s+)?(?:run|create|exec)\s(?:[^\n;&|]|\\\n)*?--env-file[= ]\s*[\"']?(?P<file>[\w./${}~-]+)"
    rb"|(?P<kube>kubectl|oc)\s(?:[^\n;&|]|\\\n)*?--from-env-file[= ]\s*[\"']?(?P<named>[\w./${}~-]+)"
)


class _Taken(Record):
    """What the reader makes of a line, what follows, what to do."""

    what: str
    refused: bool
    help: str
    title: str
    edits: tuple[Edit, ...]


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Lines that these readers take otherwise than all others, in the files that a command of the project names."""
    for target, path, tool in _targets(project):
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
            taken = _taken(checked.source.data, definition, tool)
            if taken is None:
                continue
            vendor = checked.context.provider(definition.provider)
            yield Problem(
                definition.name_span,
                f"{definition.name} {taken.what} (in {path})",
                f"{tool} stops: the name has white space in it" if taken.refused else vendor.answer("invalid-key"),
                taken.help,
                fix=checked.context.fix(taken.title, taken.edits),
                cause=definition.name_span,
                path=target,
            )


def _taken(data: bytes, definition: EnvDefinition, tool: str) -> _Taken | None:
    """https://github.com/docker/cli/blob/master/pkg/kvfile/kvfile.go; kubectl's pkg/cmd/util/env_file.go does the same."""
    name, value = definition.name_span, definition.span
    start, end = data[: name.start].rfind(b"\n") + 1, (data + b"\n").find(b"\n", value.end)
    word = re.match(rb"[ \t]*(export[ \t]+)", data[start : name.start])
    if word:
        where = Span(start + word.start(1), start + word.end())
        return _Taken(
            f"stands behind export, which {tool} takes for a part of the name",
            True,
            "write the line without export",
            "take export away",
            (Edit(where, ""),),
        )
    if data[name.end : name.end + 1] in (b" ", b"\t"):
        gap = re.match(rb"[ \t]*=[ \t]*", data[name.end : value.start])
        where = Span(name.end, name.end + len(gap.group()) if gap else name.end)
        return _Taken(
            f"has a space behind it, which {tool} takes for a part of the name",
            True,
            "write no spaces around the =",
            "take the spaces away",
            (Edit(where, "="),) if gap else (),
        )
    first, last = Span(value.start - 1, value.start), Span(value.end, value.end + 1)
    quote = data[first.start : first.end]
    if quote in (b'"', b"'") and data[last.start : last.end] == quote:
        return _Taken(
            f"stands in quotes, and {tool} keeps them",
            False,
            "write the value without quotes",
            "take the quotes away",
            (Edit(first, ""), Edit(last, "")),
        )
    behind = data[value.end : end].rstrip(b"\r")
    if re.match(rb"[ \t]+#", behind):
        return _Taken(
            f"has a comment behind its value, and {tool} takes it for a part of the value",
            False,
            "put the comment on a line of its own",
            "take the comment away",
            (Edit(Span(value.end, value.end + len(behind)), ""),),
        )
    return None


def _targets(project: Project) -> Iterator[tuple[str, str, str]]:
    """(file of variables, file that names it, who reads it) for every command."""
    seen: set[str] = set()
    for path, labels in project.notes.items():
        if "env_file" not in labels or path.endswith((".md", ".rst", ".txt")):
            continue
        for match in _DOCKER.finditer(project.read(path).encode()):
            tool, written = (match.group("tool") or match.group("kube")), (match.group("file") or match.group("named"))
            name = posixpath.normpath(posixpath.join(posixpath.dirname(path), written.decode()))
            name = name if name in project.files else posixpath.normpath(written.decode())
            if name in project.files and name not in seen and project.files[name].source.language == "dotenv":
                seen.add(name)
                yield name, path, tool.decode()


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
        bad(
            "dotenv",
            "export ⟦OPENAI_API_KEY⟧=«openai.key»\n",
            fixed="OPENAI_API_KEY=«openai.key»\n",
            path=".env",
            files={".gitignore": ".env\n", "run.sh": "docker run --rm \\\n  --env-file .env acme/app\n"},
        ),
        bad(
            "dotenv",
            "⟦OPENAI_API_KEY⟧ = «openai.key»\n",
            fixed="OPENAI_API_KEY=«openai.key»\n",
            path=".env",
            files={".gitignore": ".env\n", "run.sh": "podman run --rm --env-file .env acme/app\n"},
        ),
        bad(
            "dotenv",
            "⟦OPENAI_API_KEY⟧=«openai.key» # mine\n",
            fixed="OPENAI_API_KEY=«openai.key»\n",
            path=".env",
            files={".gitignore": ".env\n", "up.sh": "kubectl create secret generic llm --from-env-file=.env\n"},
        ),
        good(
            "dotenv",
            "export OPENAI_API_KEY=«openai.key»\n",
            why="docker compose understands export",
            path=".env",
            files={".gitignore": ".env\n", "run.sh": "docker compose --env-file .env up\n"},
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
