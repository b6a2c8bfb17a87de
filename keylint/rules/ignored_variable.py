"""A variable is set that the installed SDK does not read.

openai 1.0 for Python reads `OPENAI_BASE_URL` and `OPENAI_ORG_ID`; `OPENAI_API_BASE` and `OPENAI_ORGANIZATION`, which came before, are
ignored without a word. A key that was meant for a local server goes to api.openai.com.

Use the name that the SDK reads.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.dependencies import installed
from keylint.model import Applicability, Client, Edit, Fix, Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

# Libraries that still read the old names, and hand them on.
_STILL_READ = ("langchain", "litellm", "llama_index", "llama-index", "autogen", "embedchain", "guidance", "promptflow")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Definitions of old names, in projects whose client reads the environment and whose version is a later one."""
    clients = {
        (fact.provider, checked.source.language): path
        for path, checked in project.files.items()
        for fact in checked.facts
        if isinstance(fact, Client) and fact.reads_environment and checked.source.role is Role.PRODUCTION
    }
    if not clients:
        return
    for path, checked, definition in project.definitions:
        if not checked.reported:
            continue
        for provider in checked.context.catalogue.providers.values():
            for spec in provider.removed:
                now = spec.variables.get(definition.name)
                reader = clients.get((provider.id, spec.language))
                if (
                    now is None
                    or reader is None
                    or project.defined(now)
                    or project.mentions(definition.name, except_for=path)
                ):
                    continue
                version = installed(project, spec.package, reader)
                if version is None or version < spec.since or _is_read_by_others(project):
                    continue
                yield Problem(
                    definition.name_span,
                    f"{spec.package} does not read {definition.name} since version {spec.since}",
                    "it is ignored: requests go where they go without it",
                    f"call it {now}",
                    fix=Fix(f"call it {now}", (Edit(definition.name_span, now),), Applicability.UNSAFE),
                    cause=definition.name_span,
                    path=path,
                )


def _is_read_by_others(project: Project) -> bool:
    return any(
        word.encode() in checked.source.data for checked in project.files.values() for word in _STILL_READ
    ) or any(
        word in project.read(name)
        for name in project.names
        for word in _STILL_READ
        if name.rpartition("/")[2] in ("requirements.txt", "pyproject.toml", "Pipfile")
    )


RULE = Rule(
    "KL509",
    "ignored-variable",
    ("project",),
    check,
    __doc__,
    rank=70,
    examples=(
        bad(
            "dotenv",
            "⟦OPENAI_API_BASE⟧=http://localhost:8000/v1\nOPENAI_API_KEY=none\n",
            path=".env",
            fixed="OPENAI_BASE_URL=http://localhost:8000/v1\nOPENAI_API_KEY=none\n",
            files={
                "app.py": "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = OpenAI()\n",
                "requirements.txt": "openai>=1.30\npython-dotenv\n",
                ".gitignore": ".env\n",
            },
        ),
        good(
            "dotenv",
            "OPENAI_API_BASE=http://localhost:8000/v1\nOPENAI_API_KEY=none\n",
            why="the version before 1 reads it",
            path=".env",
            files={
                "app.py": "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = OpenAI()\n",
                "requirements.txt": "openai==0.28\n",
                ".gitignore": ".env\n",
            },
        ),
        good(
            "dotenv",
            "OPENAI_API_BASE=http://localhost:8000/v1\n",
            why="the program reads it itself",
            path=".env",
            files={
                "app.py": 'import os\nfrom dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = OpenAI(base_url=os.environ["OPENAI_API_BASE"])\n',
                "requirements.txt": "openai>=1\n",
                ".gitignore": ".env\n",
            },
        ),
    ),
)
