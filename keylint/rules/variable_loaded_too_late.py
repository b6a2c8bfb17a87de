"""The loader runs after the variable was read.

A module that builds its client, or reads the environment, when it is imported has done so before the lines below the import
run; what stands outside of all functions has run before `main` is called, in Go too. In ECMAScript modules every import
runs before the file's own code, wherever it stands.

Load the variables first: move the loader above, or import `dotenv/config` before anything else.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, TypeAlias

from keylint import dependencies, idle, loaders
from keylint.lazy import regex
from keylint.model import Client, EnvLoad, EnvRead, Fact, Note, Problem, Role, Slot, Span
from keylint.project import above
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import READS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.languages.syntax import Import
    from keylint.project import Project


_Known: TypeAlias = "dict[tuple[str, int], tuple[str, EnvRead | Client] | None]"

# Languages in which what stands outside of all functions runs before any function is called.
_MODULES = ("python", "javascript", "typescript", "tsx", "go", "ruby", "php")
_NAMED = regex(r"\b(?:def|function|func|fn)\s+(\w+)|\b(\w+)\s*=\s*(?:async\s*)?(?:function\b|\([^()\n]*\)\s*=>)")
_SETS_KEY = regex(r"\bapi_key\w*\s*=|setattr\(\s*openai|[\"']api_key")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """In each file with a loader: reads above it, and imports above it of modules that read."""
    for path, checked in project.reported():
        if checked.source.role in (Role.TEST, Role.DOCUMENTATION, Role.GENERATED, Role.VENDORED):
            continue
        loads = [fact for fact in checked.facts if isinstance(fact, EnvLoad)]
        if not loads:
            continue
        load = next((fact for fact in loads if fact.top_level), None)
        kind = loaders.family(checked.source.language)
        if kind == "javascript" and loaders.is_run_with_variables(project, path):
            continue
        own = next(
            (
                fact
                for fact in _readers(checked)
                if load and _is_before(fact, load, checked) and not _is_loaded_above(project, path, fact.span)
            ),
            None,
        )
        found: list[Problem] = []
        if load is not None and own is not None:
            found = [_problem(path, checked, own, load)]
        elif load is not None:
            found = list(_imported(project, path, checked, load)) or list(_legacy(project, path, checked, load))
        if found and not _is_loaded_by_importer(project, path):
            yield from found
        if load is None:
            yield from _in_function(project, path, checked, loads)


def _readers(checked: Checked) -> list[EnvRead | Client]:
    """The reads of keys that happen when a file is loaded."""
    places = idle.sent(checked)
    return [fact for fact in checked.facts if _reads(fact, places)]


def _is_before(fact: EnvRead | Client, load: EnvLoad, checked: Checked) -> bool:
    """Whether a read happens before a loader at the top level runs."""
    return fact.span.start < load.span.start and not _is_tried(fact, load, checked)


def _is_loaded_above(project: Project, path: str, span: Span, *, is_import: bool = False) -> bool:
    """Whether an import that runs before a place of a file, which may be an import too, loads the variables."""
    return any(
        (made.span.start < span.start or (made.hoisted and not is_import))
        and _loads(project, _module(project, path, made), path, 3)
        for made in project.files[path].imports
    )


def _loads(project: Project, module: str, importer: str, depth: int) -> bool:
    """Whether the variables are loaded when a module is imported, by it or by what it imports, the importer aside."""
    checked = project.files.get(module)
    if checked is None or module == importer or depth == 0:
        return False
    return any(isinstance(fact, EnvLoad) and fact.top_level for fact in checked.facts) or any(
        _loads(project, _module(project, module, made), importer, depth - 1) for made in checked.imports
    )


def _is_tried(fact: Fact, load: EnvLoad, checked: Checked) -> bool:
    """``if not os.getenv("X"): load_dotenv()``: the read only asks whether there is anything to load."""
    return (
        isinstance(fact, EnvRead)
        and fact.span not in idle.sent(checked)
        and any(
            (isinstance(other, EnvRead) and other.name == fact.name)
            or (isinstance(other, Client) and other.reads_environment)
            for other in checked.facts
            if isinstance(other, EnvRead | Client) and other.span.start > load.span.start
        )
    )


def _in_function(project: Project, path: str, checked: Checked, loads: list[EnvLoad]) -> Iterator[Problem]:
    """Loaders that a function calls: reads above them in it, and reads that happen when the file itself is loaded."""
    for load in loads:
        sent = idle.sent(checked)
        own = next(
            (
                fact
                for fact in checked.facts
                if isinstance(fact, EnvRead)
                and idle.is_sent(fact, sent)
                and fact.within is not None
                and fact.within == load.within
                and fact.span.start < load.span.start
                and fact.call.startswith(READS)
            ),
            None,
        )
        if own is not None and load.span == loads[0].span:
            yield _problem(path, checked, own, load)
            return
    if checked.source.language not in _MODULES or loaders.may_load(
        project, loaders.family(checked.source.language), beside=frozenset({path})
    ):
        return
    outside = next(iter(_readers(checked)), None)
    if outside is not None and not any(_runs_before(load, outside, checked) for load in loads):
        yield _problem(path, checked, outside, loads[0])


def _runs_before(load: EnvLoad, fact: Fact, checked: Checked) -> bool:
    """Whether the function with a loader may be called before a read outside of all functions, or cannot be told."""
    before = checked.source.data[: load.span.start].decode("utf-8", "replace")
    names = [made.group(1) or made.group(2) for made in _NAMED.finditer(before)]
    if not names:
        return True
    if checked.source.language == "go":
        return names[-1] not in ("main", "init")
    text = checked.source.data[: fact.span.start].decode("utf-8", "replace")
    line = rf"(?m)^(?!(?:async |export |default )*(?:def|function|class)\b)(?=[^\s#/*])[^\n]*?\b{re.escape(names[-1])}\b\s*[(\n]"
    return any(not re.search(rf"\b{names[-1]}\s*=", made.group()) for made in re.finditer(line, text + "\n"))


def _legacy(project: Project, path: str, checked: Checked, load: EnvLoad) -> Iterator[Problem]:
    """``import openai`` above the loader: before 1.0 the package reads its variable while it is imported.

    https://github.com/openai/openai-python/blob/v0.28.1/openai/__init__.py.
    """
    if checked.source.language != "python" or dependencies.installed(project, "openai", path) != 0:
        return
    made = next((made for made in checked.imports if made.module == "openai"), None)
    called = any(isinstance(fact, Client) and fact.name.startswith("openai.") for fact in checked.facts)
    if made is None or made.span.start > load.span.start or not called:
        return
    if any(
        _SETS_KEY.search(other.source.text) for other in project.files.values() if other.source.language == "python"
    ):
        return
    yield Problem(
        made.span,
        "OPENAI_API_KEY is read before the variables are loaded: this package reads it while it is imported",
        checked.context.provider("openai").answer("unset"),
        "move load_dotenv() above this, or set openai.api_key after it",
        notes=(Note(load.span, "the loader runs here"),),
        cause=made.span,
        path=path,
    )


def _imported(project: Project, path: str, checked: Checked, load: EnvLoad) -> Iterator[Problem]:
    if _is_imported_after_loading(project, path):
        return
    in_order = _is_compiled_in_order(project, path)
    loading = _loading(checked, load)
    known: _Known = {}
    for made in checked.imports:
        if loading is not None and loading.hoisted:
            if made.span.start >= load.span.start:
                return  # import "dotenv/config" stands before it
        elif (in_order or not made.hoisted) and made.span.start >= load.span.start:
            continue
        module = _module(project, path, made)
        reader = _reader(project, module, 3, known) if module != path else None
        if reader is not None and not _is_loaded_above(project, path, made.span, is_import=True):
            where, fact = reader
            note = Note(fact.span, "read while it is imported", project.files[where].source.path)
            yield _problem(path, checked, fact, load, made.span, note)
            return


def _is_imported_after_loading(project: Project, path: str) -> bool:
    """Whether another file with a loader imports this one inside a function, when the variables are there."""
    stem = re.escape(posixpath.basename(path).rpartition(".")[0])
    late = re.compile(rf"^[ \t]+(?:from\s+[\w.]*\b{stem}\s+import|import\s+[\w.]*\b{stem}\b)", re.MULTILINE)
    return any(
        other != path and any(isinstance(fact, EnvLoad) for fact in checked.facts) and late.search(checked.source.text)
        for other, checked in project.files.items()
    )


def _is_loaded_by_importer(project: Project, path: str) -> bool:
    """Whether another file loads the variables, and imports this one only then, itself or through others."""
    for other, checked in project.files.items():
        load = next((fact for fact in checked.facts if isinstance(fact, EnvLoad) and fact.top_level), None)
        if other == path or load is None:
            continue
        loading = _loading(checked, load)
        for made in checked.imports:
            in_order = not made.hoisted or (loading is not None and loading.hoisted)
            if (
                in_order
                and made.span.start > load.span.start
                and _leads(project, _module(project, other, made), path, 3)
            ):
                return True
    return False


def _leads(project: Project, module: str, path: str, depth: int) -> bool:
    """Whether a file is one that is looked for, or imports it, itself or through others."""
    if module == path or depth == 0 or module not in project.files:
        return module == path
    return any(
        _leads(project, _module(project, module, made), path, depth - 1) for made in project.files[module].imports
    )


def _module(project: Project, importer: str, made: Import) -> str:
    """The project's file that an import of one of its files loads; "" if it is none."""
    language = "python" if project.files[importer].source.language == "python" else "javascript"
    return project.module(importer, made.module, language)


def _loading(checked: Checked, load: EnvLoad) -> Import | None:
    """The import that is itself the loader: ``import "dotenv/config"``."""
    return next((made for made in checked.imports if made.span.holds(load.span)), None)


def _is_compiled_in_order(project: Project, path: str) -> bool:
    """Whether TypeScript's compiler makes CommonJS of a file: then imports run where they stand.

    https://www.typescriptlang.org/tsconfig/#module.
    """
    if not path.endswith((".ts", ".tsx", ".cts")):
        return False
    for folder in above(path):
        settings = project.read(posixpath.join(folder, "tsconfig.json"))
        if settings:
            package = project.read(posixpath.join(folder, "package.json"))
            module = re.search(r"\"module\"\s*:\s*\"(\w+)\"", settings, re.IGNORECASE)
            return (
                module is not None
                and module.group(1).lower() == "commonjs"
                and not re.search(r"\"type\"\s*:\s*\"module\"|[\s\"/](?:tsx|esbuild|swc|bun)\s+\S", package)
            )
    return False


def _reader(project: Project, module: str, depth: int, known: _Known) -> tuple[str, EnvRead | Client] | None:
    """The first read that happens while a module is imported, also through its own imports; None if it loads the file itself.

    `known` has the answers so far: what many modules import is asked for as often.
    """
    if (module, depth) not in known:
        known[module, depth] = _first_reader(project, module, depth, known)
    return known[module, depth]


def _first_reader(project: Project, module: str, depth: int, known: _Known) -> tuple[str, EnvRead | Client] | None:
    checked = project.files.get(module)
    if checked is None:
        return None
    load = next((fact for fact in checked.facts if isinstance(fact, EnvLoad) and fact.top_level), None)
    fact = next(iter(_readers(checked)), None)
    if fact is not None and (load is None or fact.span.start < load.span.start):
        return module, fact
    if load is not None or depth == 0:
        return None
    for made in checked.imports:
        found = _reader(project, _module(project, module, made), depth - 1, known)
        if found is not None:
            return found
    return None


def _reads(fact: Fact, places: set[tuple[int, int]]) -> TypeGuard[EnvRead | Client]:
    """Whether a fact is a read of a key that happens when the file is loaded; `places` are those of ``idle.sent``."""
    if isinstance(fact, EnvRead):
        return (
            not fact.lazy
            and (fact.slot is Slot.API_KEY or idle.is_sent(fact, places))
            and not fact.broken
            and fact.call.startswith(READS)
        )
    return (
        isinstance(fact, Client)
        and not fact.lazy
        and fact.reads_environment
        and not {Slot.API_KEY, Slot.AUTH_TOKEN} & set(fact.slots)
        and not fact.spread
    )


def _problem(
    path: str,
    checked: Checked,
    fact: EnvRead | Client,
    load: EnvLoad,
    where: Span | None = None,
    note: Note | None = None,
) -> Problem:
    vendor = checked.context.provider(fact.provider)
    span = where or fact.span
    what = fact.name if isinstance(fact, EnvRead) else vendor.variable(Slot.API_KEY)
    kind = loaders.family(checked.source.language)
    return Problem(
        span,
        f"{what} is read before the variables are loaded",
        checked.context.unset(vendor.id, fact.value if isinstance(fact, EnvRead) else None),
        _HELP.get(kind, "load the file of variables above this"),
        notes=(note or Note(load.span, "the loader runs here"),),
        cause=span,
        path=path,
    )


_HELP = {
    "python": "move load_dotenv() above this",
    "javascript": 'make `import "dotenv/config"` the first line of the program',
    "go": 'read it in main after godotenv.Load(), or import _ "github.com/joho/godotenv/autoload"',
}

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
        bad(
            "python",
            'import os\nimport anthropic\nfrom dotenv import load_dotenv\n\nKEY = ⟦os.getenv("CLAUDE_KEY")⟧\n\n\ndef main():\n    load_dotenv()\n'
            "    anthropic.Anthropic(api_key=KEY)\n\n\nmain()\n",
        ),
        bad(
            "go",
            'package main\n\nimport (\n\t"os"\n\n\t"github.com/joho/godotenv"\n\topenai "github.com/sashabaranov/go-openai"\n)\n\n'
            'var client = openai.NewClient(⟦os.Getenv("OPENAI_API_KEY")⟧)\n\nfunc main() {\n\tgodotenv.Load()\n}\n',
        ),
        bad(
            "python",
            '⟦import openai⟧\nfrom dotenv import load_dotenv\n\nload_dotenv()\nopenai.ChatCompletion.create(model="gpt-4", messages=[])\n',
            files={"requirements.txt": "openai==0.28.1\npython-dotenv\n"},
        ),
        good(
            "python",
            "import openai\nfrom dotenv import load_dotenv\n\nload_dotenv()\nopenai.OpenAI()\n",
            why="since 1.0 the client reads it, when it is built",
            files={"requirements.txt": "openai>=1.0\npython-dotenv\n"},
        ),
        good(
            "python",
            'import os\nfrom dotenv import load_dotenv\nfrom openai import OpenAI\n\nif not os.getenv("OPENAI_API_KEY"):\n    load_dotenv()\n'
            "client = OpenAI()\n",
            why="it asks whether there is anything to load",
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
