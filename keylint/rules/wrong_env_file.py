"""The file of variables lies where its loader does not look.

`load_dotenv()` and `dotenv.config()` read a file that is called `.env`; frameworks read theirs from the folder of their
`package.json` only. A file with another name, or in another folder, is passed over without a word.

Move or rename the file, or tell the loader where it is.
"""

from __future__ import annotations

import os
import posixpath
import re
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.lazy import regex
from keylint.model import EnvLoad, EnvRead, Note, Problem, Role, Span
from keylint.project import above
from keylint.record import Record
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import given, need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

# What `.env` is called by mistake: what editors, downloads and file managers make of it.
_MISNAMED = ("env", "_env", "env.txt", ".env.txt", ".env copy", ".env - Copy", ".env (1)")
# What is read besides calls of the loader; these labels are those of the call itself.
_OF_A_CALL = frozenset({"dotenv", "file", "env_file"})
_FRAMEWORKS = {"next": "Next.js", "react-scripts": "Create React App", "vite": "Vite", "gatsby": "Gatsby"}
_ELSEWHERE = regex(r"envDir|loadEnvConfig|dotenv|env-cmd|env-file")


class _Load(Record):
    path: str
    call: EnvLoad


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Loaders, and frameworks that load by themselves, whose file is not where they look."""
    for kind in ("python", "javascript"):
        loads = [
            _Load(path, fact)
            for path, checked in project.files.items()
            if loaders.family(checked.source.language) == kind and checked.source.role is not Role.DOCUMENTATION
            for fact in checked.facts
            if isinstance(fact, EnvLoad)
        ]
        if loads:
            yield from _missed(project, kind, loads)
        elif kind == "javascript":
            yield from _below(project)


def _needs(project: Project, kind: str) -> Iterator[tuple[str, Checked, str, Span, EnvRead | None]]:
    """The variables that programs of a family need, once in each folder: path, file, name, place."""
    seen: set[tuple[str, str]] = set()
    for path, checked in project.files.items():
        if loaders.family(checked.source.language) != kind or checked.source.role is not Role.PRODUCTION:
            continue
        for fact in checked.facts:
            found = need(fact, project)
            if found is None:
                continue
            name, span = found
            if (posixpath.dirname(path), name) not in seen and name not in project.settings.provided:
                seen.add((posixpath.dirname(path), name))
                yield path, checked, name, span, fact if isinstance(fact, EnvRead) else None


def _missed(project: Project, kind: str, loads: list[_Load]) -> Iterator[Problem]:
    beside = frozenset(load.path for load in loads)
    if (
        any(load.call.target is None or load.call.loader != "dotenv" for load in loads)
        or any(project.notes.get(path, frozenset()) - _OF_A_CALL for path in beside)
        or loaders.may_load(project, kind, beside=beside)
        or loaders.tells(project)
        or any(_is_there(project, place) for load in loads for place in _places(load))
    ):
        return
    load = next((load for load in loads if project.files[load.path].reported), None)
    for path, checked, name, _, read in _needs(project, kind) if load is not None else ():
        definitions = [where for where, live in given(project, name, path) if live]
        found = next(iter(definitions), "") or _misnamed(project, name, checked, path)
        if not load or not found or (definitions and not _is_usual(definitions[0], load)):
            continue
        wanted = load.call.target or ".env"
        vendor = checked.context.provider((checked.context.catalogue.variable(name) or ("",))[0])
        base = posixpath.basename(found)
        yield Problem(
            load.call.span,
            f"this reads {wanted}, which does not exist: {name} is in {found}",
            checked.context.unset(vendor.id, read.value if read is not None else None),
            f"rename {base} to .env" if base != ".env" else f"load {found}, or move it to {wanted}",
            cause=load.call.span,
            path=load.path,
        )
        return


def _is_usual(where: str, load: _Load) -> bool:
    """Whether a file that was missed is one the loader was meant to read: `.env` itself, or a name by mistake."""
    base = posixpath.basename(where)
    return base in _MISNAMED or (base in (".env", ".env.local") and bool(load.call.target or base == ".env.local"))


def _places(load: _Load) -> list[str]:
    """Where a loader may look, as far as that can be said without running it: in all folders above its file."""
    target = load.call.target or ".env"
    return [posixpath.normpath(posixpath.join(folder, target)) for folder in above(load.path)]


def _is_there(project: Project, name: str) -> bool:
    return name in project.names or posixpath.isabs(name) or os.path.exists(os.path.join(project.root, name))


def _misnamed(project: Project, name: str, checked: Checked, path: str) -> str:
    """The file around another that is called nearly `.env` and holds a key."""
    line = re.compile(rf"^[ \t]*(?:export[ \t]+)?{re.escape(name)}[ \t]*=[ \t]*[\"']?([^\s\"'#]+)", re.MULTILINE)
    for folder in above(path):
        for base in _MISNAMED:
            found = posixpath.join(folder, base)
            if os.path.isfile(os.path.join(project.root, found)):
                match = line.search(project.read(found))
                if match and checked.context.catalogue.identify(match.group(1)) is not None:
                    return found
    return ""


def _below(project: Project) -> Iterator[Problem]:
    """Files of variables in a folder below the framework's."""
    for path, checked, name, span, read in _needs(project, "javascript"):
        root = next((folder for folder in above(path) if posixpath.join(folder, "package.json") in project.names), None)
        if root is None or not checked.reported:
            continue
        text = project.read(posixpath.join(root, "package.json"))
        framework = next((word for package, word in _FRAMEWORKS.items() if package in loaders.packages(text)), "")
        files = [where for where, live in given(project, name, path) if live]
        inside = [
            where for where in files if posixpath.dirname(where) != root and (not root or where.startswith(f"{root}/"))
        ]
        if not framework or not files or len(inside) < len(files) or _has_own(project, root):
            continue
        if any(_ELSEWHERE.search(said) for said in (text, *map(project.read, _configurations(project, root)))):
            continue
        vendor = checked.context.provider((checked.context.catalogue.variable(name) or ("",))[0])
        first, *_ = files
        definition = next(made for where, _, made in project.defined(name) if where == first)
        yield Problem(
            span,
            f"{name} is in {first}, and {framework} reads .env files from {root or 'the top folder'} only",
            checked.context.unset(vendor.id, read.value if read is not None else None),
            f"move {first} to {posixpath.join(root, posixpath.basename(first))}",
            notes=(Note(definition.name_span, "not read", project.files[first].source.path),),
            cause=span,
            path=path,
        )
        return


def _has_own(project: Project, root: str) -> bool:
    """Whether a folder has a file of variables that is no template."""
    return any(
        posixpath.dirname(name) == root
        and checked.source.language == "dotenv"
        and checked.source.role is not Role.TEMPLATE
        for name, checked in project.files.items()
    )


def _configurations(project: Project, root: str) -> Iterator[str]:
    return (
        name for name in project.names if posixpath.dirname(name) == root and ".config." in posixpath.basename(name)
    )


RULE = Rule(
    "KL516",
    "wrong-env-file",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'from dotenv import load_dotenv\nfrom openai import OpenAI\n\n⟦load_dotenv("config/.env")⟧\nclient = OpenAI()\n',
            files={".env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": ".env\n"},
        ),
        bad(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\n⟦load_dotenv()⟧\nclient = OpenAI()\n",
            files={"env": "OPENAI_API_KEY=«openai.key»\n", ".gitignore": "env\n"},
        ),
        bad(
            "typescript",
            'import OpenAI from "openai";\n\nexport const client = new OpenAI({ apiKey: ⟦process.env.OPENAI_API_KEY⟧ });\n',
            path="src/llm.ts",
            files={
                "package.json": '{"dependencies": {"next": "15.0.0", "openai": "^6.0.0"}}\n',
                "src/.env.local": "OPENAI_API_KEY=«openai.key»\n",
                ".gitignore": ".env.local\n",
            },
        ),
        good(
            "python",
            'from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv("config/.env")\nclient = OpenAI()\n',
            why="the file is there",
            files={
                ".env": "LOG=debug\n",
                "config/.env": "OPENAI_API_KEY=«openai.key»\n",
                ".gitignore": ".env\n",
            },
        ),
        good(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = OpenAI()\n",
            why="a template is to be copied",
            files={"env.example": "OPENAI_API_KEY=\n"},
        ),
        good(
            "typescript",
            'import OpenAI from "openai";\n\nexport const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n',
            why="the file lies beside package.json",
            path="src/llm.ts",
            files={
                "package.json": '{"dependencies": {"next": "15.0.0", "openai": "^6.0.0"}}\n',
                ".env.local": "OPENAI_API_KEY=«openai.key»\n",
                ".gitignore": ".env.local\n",
            },
        ),
    ),
)
