"""The loader runs after the variable was read.

A module that builds its client, or reads the environment, when it is imported has done so before the lines below the import
run. In ECMAScript modules every import runs before the file's own code, wherever it stands.

Load the variables first: move the loader above, or import `dotenv/config` before anything else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Client, EnvLoad, EnvRead, Fact, Note, Problem, Role, Slot, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """In each file with a loader: reads above it, and imports above it of modules that read."""
    for path, checked in project.reported():
        if checked.source.role in (Role.TEST, Role.DOCUMENTATION, Role.GENERATED, Role.VENDORED):
            continue
        load = next((fact for fact in checked.facts if isinstance(fact, EnvLoad) and fact.top_level), None)
        if load is None or load.automatic:
            continue
        own = next((fact for fact in checked.facts if _reads(fact) and _place(fact).start < load.span.start), None)
        if own is not None:
            yield _problem(path, checked, _place(own), load, own, (Note(load.span, "the loader runs here"),))
            continue
        yield from _imported(project, path, checked, load)


def _imported(project: Project, path: str, checked: Checked, load: EnvLoad) -> Iterator[Problem]:
    imports = checked.adapter.imports(checked.source)
    loading = next((made for made in imports if made.span.holds(load.span) or load.span == made.span), None)
    for made in imports:
        if loading is not None and loading.hoisted:
            if made.span.start >= load.span.start:
                return  # import "dotenv/config" stands before it
        elif not made.hoisted and made.span.start >= load.span.start:
            continue
        module = project.module(path, made.module, "python" if checked.source.language == "python" else "javascript")
        reader = _reader(project, module, 3) if module and module != path else None
        if reader is not None:
            where, fact = reader
            yield _problem(
                path,
                checked,
                made.span,
                load,
                fact,
                (Note(_place(fact), "read while it is imported", project.files[where].source.path),),
            )
            return


def _reader(project: Project, module: str, depth: int) -> tuple[str, Fact] | None:
    """The first read that happens while a module is imported, also through its own imports; None if it loads the file itself."""
    checked = project.files.get(module)
    if checked is None:
        return None
    load = next((fact for fact in checked.facts if isinstance(fact, EnvLoad) and fact.top_level), None)
    fact = next((fact for fact in checked.facts if _reads(fact)), None)
    if fact is not None and (load is None or _place(fact).start < load.span.start):
        return module, fact
    if load is not None or depth == 0:
        return None
    for made in checked.adapter.imports(checked.source):
        inner = project.module(module, made.module, "python" if checked.source.language == "python" else "javascript")
        found = _reader(project, inner, depth - 1) if inner and inner != module else None
        if found is not None:
            return found
    return None


def _reads(fact: Fact) -> bool:
    """Whether a fact is a read of a key that happens when the file is loaded."""
    if isinstance(fact, EnvRead):
        return (
            not fact.lazy
            and fact.slot is Slot.API_KEY
            and not fact.broken
            and fact.call.startswith(("os.", "process."))
        )
    return (
        isinstance(fact, Client)
        and not fact.lazy
        and fact.reads_environment
        and not {Slot.API_KEY, Slot.AUTH_TOKEN} & set(fact.slots)
        and not fact.spread
    )


def _place(fact: Fact) -> Span:
    return fact.span


def _problem(path: str, checked: Checked, span: Span, load: EnvLoad, fact: Fact, notes: tuple[Note, ...]) -> Problem:
    vendor = checked.context.provider(getattr(fact, "provider", ""))
    what = fact.name if isinstance(fact, EnvRead) else vendor.variable(Slot.API_KEY)
    python = checked.source.language == "python"
    return Problem(
        span,
        f"{what} is read before the variables are loaded",
        checked.context.unset(vendor.id, fact.value if isinstance(fact, EnvRead) else None),
        "move load_dotenv() above this" if python else 'make `import "dotenv/config"` the first line of the program',
        notes=notes,
        cause=span,
        path=path,
    )


RULE = Rule(
    "KL502",
    "variable-loaded-too-late",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nclient = ⟦OpenAI⟧()\nload_dotenv()\n",
        ),
        bad(
            "python",
            "⟦from llm import ask⟧\nfrom dotenv import load_dotenv\n\nload_dotenv()\nask()\n",
            files={
                "llm.py": 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
            },
        ),
        bad(
            "javascript",
            'import dotenv from "dotenv";\n⟦import { client } from "./client.js";⟧\n\ndotenv.config();\n',
            path="index.mjs",
            files={"client.js": 'import OpenAI from "openai";\nexport const client = new OpenAI();\n'},
        ),
        good(
            "python",
            "from dotenv import load_dotenv\n\nload_dotenv()\n\nfrom llm import ask\n",
            why="loaded before the import",
            files={"llm.py": "client = OpenAI()\n"},
        ),
        good(
            "python",
            "from llm import ask\nfrom dotenv import load_dotenv\n\nload_dotenv()\n",
            why="the module reads when it is called",
            files={"llm.py": "def ask():\n    return OpenAI()\n"},
        ),
        good(
            "javascript",
            'import "dotenv/config";\nimport { client } from "./client.js";\n',
            why="the first import loads",
            path="index.mjs",
            files={"client.js": "export const client = new OpenAI();\n"},
        ),
        good(
            "javascript",
            'import dotenv from "dotenv";\ndotenv.config();\nconst { client } = await import("./client.js");\n',
            why="imported after the loader ran",
            path="dyn.mjs",
            files={"client.js": "export const client = new OpenAI();\n"},
        ),
    ),
)
