"""A variable is read, a `.env` file defines it, and nothing loads that file.

Neither Python nor Node reads `.env` by itself: without a loader the variable is not set, whatever stands in the file. The
client then fails as if no key had been given.

Load the file before the first read: `load_dotenv()` from python-dotenv, `import "dotenv/config"` or `node --env-file=.env`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Client, EnvRead, Problem, Role, Slot, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

# Readers that hand their variables to other programs than the project's own.
_NOT_FOR_PROGRAMS = ("dotenv", "mcp", "claude-desktop", "opencode")
_ADVICE = {
    "python": "call load_dotenv() of python-dotenv before the first read",
    "javascript": 'load it first: `import "dotenv/config"`, or run `node --env-file=.env`',
}


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Reads of variables that only files of variables define, in projects without any loader."""
    wanted = [
        (path, fact)
        for path, checked in project.reported()
        if _is_program(checked.source.language, checked.source.role)
        for fact in checked.facts
    ]
    if not wanted or project.has_loader():
        return
    seen: set[str] = set()
    for path, fact in wanted:
        found = need(fact, project)
        if found is None or found[0] in seen or found[0] in project.settings.provided:
            continue
        name, span = found
        near = set(project.env_files_for(path))
        places = [(where, definition) for where, _, definition in project.defined(name)]
        files = [where for where, definition in places if where in near and definition.reader == "dotenv"]
        if not files or any(definition.reader not in _NOT_FOR_PROGRAMS for _, definition in places):
            continue
        live = [where for where, definition in places if where in files and definition.live]
        if not live and project.has_platform():
            continue
        seen.add(name)
        checked = project.files[path]
        vendor = checked.context.provider((checked.context.catalogue.variable(name) or ("",))[0])
        language = "python" if checked.source.language == "python" else "javascript"
        yield Problem(
            span,
            f"{name} is read here, and nothing loads {(live or files)[0]}"
            if live
            else f"{name} is read here, and nothing will load the .env made from {files[0]}",
            checked.context.unset(vendor.id, fact.value if isinstance(fact, EnvRead) else None),
            _ADVICE[language],
            cause=span,
            path=path,
        )


def _is_program(language: str, role: Role) -> bool:
    return language in ("python", "javascript", "typescript", "tsx") and role is Role.PRODUCTION


def need(fact: object, project: Project) -> tuple[str, Span] | None:
    """The variable that a fact needs, and where."""
    if (
        isinstance(fact, EnvRead)
        and fact.slot is Slot.API_KEY
        and fact.value.default is None
        and not fact.fallback
        and not fact.broken
    ):
        return (fact.name, fact.span) if fact.call.startswith(("os.", "process.")) else None
    if (
        isinstance(fact, Client)
        and fact.reads_environment
        and not {Slot.API_KEY, Slot.AUTH_TOKEN} & set(fact.slots)
        and not fact.spread
    ):
        catalogue = next(iter(project.files.values())).context.catalogue
        name = catalogue[fact.provider].variable(Slot.API_KEY)
        return (name, fact.span) if name and fact.positional is None and not fact.misnamed else None
    return None


RULE = Rule(
    "KL501",
    "variable-never-loaded",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=⟦os.getenv("OPENAI_API_KEY")⟧)\n',
            files={".env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env\n"},
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new ⟦OpenAI⟧();\n',
            files={".env.example": "OPENAI_API_KEY=\n", "package.json": '{"dependencies": {"openai": "^6.0.0"}}\n'},
        ),
        good(
            "python",
            "from dotenv import load_dotenv\n\nload_dotenv()\nclient = OpenAI()\n",
            why="a loader runs first",
            files={".env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env\n"},
        ),
        good(
            "python",
            'client = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
            why="compose hands the file to the container",
            files={".env.example": "OPENAI_API_KEY=\n", "compose.yml": "services:\n  api:\n    env_file: .env\n"},
        ),
        good("python", "client = OpenAI()\n", why="no file of variables: the platform sets it"),
        good(
            "typescript",
            'import OpenAI from "openai";\nexport const c = new OpenAI();\n',
            why="Bun loads .env by itself",
            files={".env.example": "OPENAI_API_KEY=\n", "bun.lock": ""},
        ),
    ),
)
