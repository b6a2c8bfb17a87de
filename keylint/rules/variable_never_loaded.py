"""A variable is read, a `.env` file defines it, and nothing loads that file.

No language reads `.env` by itself: without a loader the variable is not set, whatever stands in the file. The client then
fails as if no key had been given. A loader that is imported and never called loads nothing, and some only return what
they read (`dotenv_values`, dotenv-java, phpdotenv where `getenv()` reads).

Load the file before the first read: `load_dotenv()` from python-dotenv, `import "dotenv/config"` or `node --env-file=.env`.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from keylint import idle, loaders, loading
from keylint.judge import Kind
from keylint.lazy import regex
from keylint.model import Client, Edit, EnvDefinition, EnvRead, Literal, Problem, Role, Slot, Span
from keylint.project import above
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

# Readers that hand their variables to other programs than the project's own.
_NOT_FOR_PROGRAMS = ("dotenv", "mcp", "claude-desktop", "opencode")
# Whose programs a project runs with a file of variables more often than not; others are started in too many ways.
_FAMILIES = ("python", "javascript", "go", "ruby", "rust", "php", "jvm", "dotnet")
# What names a server or a vendor among several.
_CHOOSES = regex(r"PROVIDER|BACKEND|BASE_?URL|HOST|OLLAMA|LOCAL|VENDOR")
# How a process reads its environment when it runs, in all languages.
READS = ("os.", "process.", "ENV", "std.env.", "env.var", "System.", "Environment.", "getenv", "_ENV")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Reads of variables that only files of variables define, in projects without any loader."""
    wanted: dict[str, list[tuple[str, str, Span, EnvRead | None]]] = {}
    for path, checked in project.reported():
        language = checked.source.language
        kind = loaders.family(language) if language not in ("html", "notebook") else ""
        if kind in _FAMILIES and checked.source.role is Role.PRODUCTION:
            for fact in checked.facts:
                found = need(fact, project)
                if found is not None and found[0] not in project.settings.provided:
                    read = fact if isinstance(fact, EnvRead) else None
                    wanted.setdefault(kind, []).append((path, *found, read))
    told: set[str] = set()
    for problem in _idle(project):
        told.add(problem.path)
        yield problem
    yield from _commented(project)
    for kind, made in wanted.items():
        needs = [found for found in made if found[0] not in told]
        if not loaders.may_load(project, kind) and not loaders.tells(project):
            yield from _unloaded(project, kind, needs)
        elif kind == "php" and loaders.is_kept_from_getenv(project):
            yield from _unloaded(
                project, kind, [made for made in needs if (read := made[-1]) and read.call == "getenv"]
            )


def _idle(project: Project) -> Iterator[Problem]:
    """Reads in files whose own loader is never called, or fills no environment."""
    for path, checked in project.reported():
        language, kind = checked.source.language, loaders.family(checked.source.language)
        found = idle.idle(checked) if language != "html" else []
        if not found or checked.source.role is not Role.PRODUCTION or loaders.has_platform(project):
            continue
        places = idle.sent(checked)
        for fact in checked.facts:
            needed = need(fact, project)
            if needed is None and isinstance(fact, EnvRead) and idle.is_sent(fact, places):
                needed = (fact.name, fact.span) if fact.call.startswith(READS) else None
            call = fact.call if isinstance(fact, EnvRead) else None
            loader = next((made for made in found if call is None or call.startswith(made.misses)), None)
            if needed is None or loader is None:
                continue
            name, span = needed
            if (
                name in project.settings.provided
                or name in project.made
                or any(made.reader not in _NOT_FOR_PROGRAMS for _, _, made in project.defined(name))
                or loaders.tells(project, name)
                or loaders.may_load(project, kind, beside=frozenset({path}))
            ):
                continue
            vendor = checked.context.provider((checked.context.catalogue.variable(name) or ("",))[0])
            yield Problem(
                span,
                f"{name} is read here, and nothing loads it: {loader.why}",
                checked.context.unset(vendor.id, fact.value if isinstance(fact, EnvRead) else None),
                loader.help,
                cause=span,
                path=path,
            )
            break


def _commented(project: Project) -> Iterator[Problem]:
    """Keys whose line in `.env` is commented out, although the program reads them and no vendor's key is there instead."""
    needed = {
        found[0]: (path, fact)
        for path, checked in project.files.items()
        if checked.source.role is Role.PRODUCTION
        and not checked.adapter.settings
        and checked.source.language != "shell"
        for fact in checked.facts
        if isinstance(fact, Client | EnvRead) and not fact.lazy and not getattr(fact, "guarded", False)
        if (found := need(fact, project)) is not None
    }
    for path, checked in project.reported():
        if checked.source.language != "dotenv" or checked.source.role is not Role.PRODUCTION:
            continue
        lines = [fact for fact in checked.facts if isinstance(fact, EnvDefinition)]
        if any(not line.commented and (line.slot is not None or _CHOOSES.search(line.name)) for line in lines):
            continue  # the program works with another key, or with a server that needs none
        for line in lines:
            if (
                not line.commented
                or line.name not in needed
                or line.name in project.settings.provided
                or line.name in project.made
                or any(made.live for _, _, made in project.defined(line.name))
                or posixpath.dirname(path) not in above(needed[line.name][0])
                or not isinstance(line.value, Literal)
                or checked.context.judge(line.value.text, line.provider).kind is not Kind.KEY
            ):
                continue
            start = checked.source.data.rfind(b"\n", 0, line.name_span.start) + 1
            reader, fact = needed[line.name]
            yield Problem(
                line.name_span,
                f"{line.name} is commented out, and {reader} reads it",
                project.files[reader].context.unset(line.provider, fact.value if isinstance(fact, EnvRead) else None),
                "take the # away",
                fix=checked.context.fix("uncomment it", [Edit(Span(start, line.name_span.start), "")], safe=False),
                cause=line.name_span,
                path=path,
            )


def _unloaded(project: Project, kind: str, needs: list[tuple[str, str, Span, EnvRead | None]]) -> Iterator[Problem]:
    if kind not in ("python", "javascript") and loaders.has_platform(project):
        return
    seen: set[str] = set()
    for path, name, span, read in needs:
        if name in seen:
            continue
        files = given(project, name, path)
        live = [where for where, definition_is_live in files if definition_is_live]
        if not files or (not live and (loaders.has_platform(project) or loaders.tells(project, name))):
            continue
        seen.add(name)
        checked = project.files[path]
        vendor = checked.context.provider((checked.context.catalogue.variable(name) or ("",))[0])
        kept = loaders.keeper(project, name)
        where = live[0] if live else f"the .env made from {files[0][0]}"
        yield Problem(
            span,
            f"{name} is read here, and nothing {'loads' if live else 'will load'} {where}{f': {kept}' if kept else ''}",
            checked.context.unset(vendor.id, read.value if read is not None else None),
            _instead(kind, name) if kept else loading.advice(checked.source.language, ".env"),
            cause=span,
            path=path,
        )


def _instead(kind: str, name: str) -> str:
    return "hand the client the value that was read" if kind == "python" else f"read it with `$_ENV['{name}']`"


def given(project: Project, name: str, path: str) -> list[tuple[str, bool]]:
    """The files of variables around a file that define a variable, with whether they are live; none if anything else does."""
    near = set(project.env_files_for(path))
    places = [(where, definition) for where, _, definition in project.defined(name)]
    if any(definition.reader not in _NOT_FOR_PROGRAMS for _, definition in places):
        return []
    if name in project.made:
        return []
    return [(where, definition.live) for where, definition in places if where in near and definition.reader == "dotenv"]


def need(fact: object, project: Project) -> tuple[str, Span] | None:
    """The variable that a fact needs, and where."""
    if (
        isinstance(fact, EnvRead)
        and fact.slot is Slot.API_KEY
        and fact.value.default is None
        and not fact.fallback
        and not fact.broken
    ):
        return (fact.name, fact.span) if fact.call.startswith(READS) else None
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
        bad(
            "python",
            'import anthropic\nfrom dotenv import dotenv_values\n\nconfig = dotenv_values(".env")\n'
            "client = ⟦anthropic.Anthropic⟧()\n",
            files={".env.example": "ANTHROPIC_API_KEY=\n", "requirements.txt": "anthropic\npython-dotenv\n"},
        ),
        bad(
            "go",
            'package main\n\nimport (\n\t"os"\n\n\topenai "github.com/sashabaranov/go-openai"\n)\n\n'
            'func main() {\n\tclient := openai.NewClient(⟦os.Getenv("OPENAI_API_KEY")⟧)\n\t_ = client\n}\n',
            files={".env.example": "OPENAI_API_KEY=\n"},
        ),
        bad(
            "php",
            "<?php\nrequire 'vendor/autoload.php';\nDotenv\\Dotenv::createImmutable(__DIR__)->load();\n"
            "$client = OpenAI::client(⟦getenv('OPENAI_API_KEY')⟧);\n",
            files={".env.example": "OPENAI_API_KEY=\n"},
        ),
        bad(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv\nclient = ⟦OpenAI⟧()\n",
        ),
        bad(
            "ruby",
            'require "openai"\nrequire "dotenv"\n\nclient = OpenAI::Client.new(access_token: ⟦ENV["OPENAI_ACCESS_TOKEN"]⟧)\n',
            path="ask.rb",
        ),
        bad(
            "java",
            "import com.openai.client.okhttp.OpenAIOkHttpClient;\nimport io.github.cdimascio.dotenv.Dotenv;\n\nclass Ask {\n"
            "    void ask() {\n        Dotenv.load();\n        var client = ⟦OpenAIOkHttpClient.fromEnv⟧();\n    }\n}\n",
        ),
        bad(
            "dotenv",
            "# uncomment your provider\n# ⟦GROQ_API_KEY⟧=«groq.key»\nMODEL=llama\n",
            fixed="# uncomment your provider\nGROQ_API_KEY=«groq.key»\nMODEL=llama\n",
            path=".env",
            files={
                ".gitignore": ".env\n",
                "app.py": "import os\nfrom dotenv import load_dotenv\nfrom groq import Groq\n\nload_dotenv()\n"
                'client = Groq(api_key=os.environ["GROQ_API_KEY"])\n',
            },
        ),
        bad(
            "php",
            "<?php\n$client = OpenAI::client(⟦getenv('OPENAI_API_KEY')⟧);\n",
            path="src/client.php",
            files={
                ".env.example": "OPENAI_API_KEY=\n",
                "index.php": "<?php\nDotenv\\Dotenv::createImmutable(__DIR__)->load();\nrequire 'src/client.php';\n",
            },
        ),
        bad(
            "python",
            "from openai import OpenAI\n\nclient = ⟦OpenAI⟧()\n",
            path="llm.py",
            files={
                ".env.example": "OPENAI_API_KEY=\n",
                "config.py": 'from dotenv import dotenv_values\n\nconfig = dotenv_values(".env")\n',
            },
        ),
        good(
            "dotenv",
            "# GROQ_API_KEY=«groq.key»\nOPENAI_API_KEY=«openai.key»\n",
            why="the program works with another vendor",
            path=".env",
            files={
                ".gitignore": ".env\n",
                "app.py": "import os\nfrom dotenv import load_dotenv\nfrom groq import Groq\n\nload_dotenv()\n"
                'client = Groq(api_key=os.environ["GROQ_API_KEY"])\n',
            },
        ),
        good(
            "ruby",
            'require "openai"\nrequire "dotenv/load"\n\nclient = OpenAI::Client.new(access_token: ENV["OPENAI_ACCESS_TOKEN"])\n',
            why="this one loads when it is required",
            path="ask.rb",
        ),
        good(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nhooks.append(load_dotenv)\nclient = OpenAI()\n",
            why="something else may call it",
        ),
        good(
            "php",
            "<?php\nrequire 'vendor/autoload.php';\nDotenv\\Dotenv::createUnsafeImmutable(__DIR__)->load();\n"
            "$client = OpenAI::client(getenv('OPENAI_API_KEY'));\n",
            why="this loader writes where getenv() reads",
            files={".env.example": "OPENAI_API_KEY=\n"},
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
