"""A variable is read where the environment does not reach.

Code that a bundler makes for the browser has no environment: only variables with the public prefix are written into it. A
Cloudflare Worker has its variables in `env` and not in `process.env`, and Laravel's `env()` gives null outside `config/` once the
configuration is cached.

Read it on a server, or where the platform puts it.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.lazy import regex
from keylint.model import EnvRead, Problem, Role, Slot
from keylint.project import above
from keylint.record import Record
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import PUBLIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

# Frameworks on top of Vite whose code runs on a server as well.
_ON_SERVERS = frozenset(
    [
        "astro",
        "@sveltejs/kit",
        "nuxt",
        "vike",
        "vinxi",
        "@solidjs/start",
        "@tanstack/react-start",
        "@remix-run/dev",
        "@react-router/dev",
        "@builder.io/qwik",
        "vite-node",
        "vite-plugin-ssr",
        "electron-vite",
        "wxt",
    ]
)
_SERVER_PATH = regex(
    r"(?:^|/)(?:server|api|backend|functions|scripts|electron|bin|tools)(?:/|\.)|\.(?:server|config)\.|setupProxy"
)
_CLIENT = regex(rb"\A(?:\s|//[^\n]*\n|/\*.*?\*/)*[\"']use client[\"']", re.DOTALL)
_OF_A_PAGE = regex(
    rb"(?:from|import)\s+[\"'](?:vue|react|preact|solid-js|svelte|pinia|@vueuse/core)[\"'/]|\bdocument\.\w"
)
_COMPATIBLE = regex(r"nodejs_compat|node_compat")
_WORKER = regex(rb"export\s+default\s*\{|new\s+Hono\s*[<(]|addEventListener\(\s*[\"']fetch")


class _Reach(Record):
    """Why a read finds nothing, what it gives then, and what to do."""

    why: str
    then: str
    help: str


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Reads of keys in code whose build or platform leaves them without a value."""
    for path, checked in project.reported():
        if checked.source.role is not Role.PRODUCTION:
            continue
        reads = [
            fact
            for fact in checked.facts
            if isinstance(fact, EnvRead) and fact.slot is Slot.API_KEY and not fact.broken
        ]
        for read in reads:
            reach = _reach(project, path, checked, read) if read.value.default is None and not read.fallback else None
            if reach is not None:
                vendor = checked.context.provider(read.provider)
                yield Problem(
                    read.span,
                    f"{read.name} has no value here: {reach.why}",
                    reach.then or vendor.answer("invalid-key"),
                    reach.help.format(read.name),
                    cause=read.span,
                    path=path,
                )
                break


def _reach(project: Project, path: str, checked: Checked, read: EnvRead) -> _Reach | None:
    if checked.source.language == "php":
        return _laravel(project, path, read)
    if loaders.family(checked.source.language) != "javascript" or _SERVER_PATH.search(path):
        return None
    if read.call == "process.env" and (worker := _worker(project, path, checked)) is not None:
        return worker
    package = next(
        (name for folder in above(path) if (name := posixpath.join(folder, "package.json")) in project.names), ""
    )
    if not package:
        return _page(checked, read)
    installed, root = loaders.packages(project.read(package)), posixpath.dirname(package)
    settings = "".join(
        project.read(name) for name in project.names if posixpath.dirname(name) == root and ".config." in name
    )
    if read.name in settings or "envPrefix" in settings or "EnvironmentPlugin" in settings:
        return None
    server = "call the API from a server, which reads {}: with a public prefix the key would be in the page"
    if (
        read.call == "import.meta.env"
        and "vite" in installed
        and not installed & _ON_SERVERS
        and not read.name.startswith("VITE_")
    ):
        return _Reach("Vite hands the page only variables that begin with VITE_", "", server)
    if read.call != "process.env":
        return None
    if (
        "react-scripts" in installed
        and path.startswith(posixpath.join(root, "src/"))
        and not read.name.startswith("REACT_APP_")
    ):
        return _Reach("Create React App hands the page only variables that begin with REACT_APP_", "", server)
    if "next" in installed and _CLIENT.match(checked.source.data) and not read.name.startswith("NEXT_PUBLIC_"):
        return _Reach("a client component runs in the browser", "", server)
    return None


def _page(checked: Checked, read: EnvRead) -> _Reach | None:
    """A file alone: what it imports says that a page is made of it."""
    if read.call != "import.meta.env" or PUBLIC_PREFIX.match(read.name) or not _OF_A_PAGE.search(checked.source.data):
        return None
    return _Reach(
        "a page is handed only variables with the bundler's public prefix",
        "",
        "call the API from a server, which reads {}: with a public prefix the key would be in the page",
    )


def _worker(project: Project, path: str, checked: Checked) -> _Reach | None:
    """A Worker without Node's compatibility: https://developers.cloudflare.com/workers/runtime-apis/nodejs/process/."""
    for folder in above(path):
        for base in ("wrangler.toml", "wrangler.json", "wrangler.jsonc"):
            name = posixpath.join(folder, base)
            if name not in project.names:
                continue
            text = project.read(name)
            main = re.search(r"[\"']?main[\"']?\s*[=:]\s*[\"']\.?/?([^\"']+)", text)
            inside = main and path.startswith(posixpath.join(folder, posixpath.dirname(main.group(1))))
            if not inside or _COMPATIBLE.search(text) or re.search(r"(?m)^\s*(?:\[define\]|\"define\")", text):
                return None
            if path != posixpath.join(folder, main.group(1)) and not _WORKER.search(checked.source.data):  # type: ignore[union-attr]
                return None
            return _Reach(
                "a Worker has its variables in env, and not in process.env",
                "",
                'take it from the handler\'s `env.{}`, or set compatibility_flags = ["nodejs_compat"]',
            )
    return None


def _laravel(project: Project, path: str, read: EnvRead) -> _Reach | None:
    """``env()`` outside ``config/``: https://laravel.com/docs/configuration#configuration-caching."""
    if read.call != "env" or not _is_outside_config(project, path):
        return None
    return _Reach(
        "env() gives null outside config/ once the configuration is cached",
        "null after `php artisan config:cache`, which deployments run",
        "read it in config/services.php, `'key' => env('{}')`, and use `config('services.….key')` here",
    )


def _is_outside_config(project: Project, path: str) -> bool:
    """Whether a file is Laravel's, and none of its configuration."""
    root = next((folder for folder in above(path) if posixpath.join(folder, "artisan") in project.names), None)
    if root is None:  # the file alone: its namespace and what it uses
        text = project.read(path)
        composer = [
            name for folder in above(path) if (name := posixpath.join(folder, "composer.json")) in project.names
        ]
        return (
            not any('"laravel/framework"' not in project.read(name) for name in composer)
            and re.search(r"(?m)^namespace App\\", text) is not None
            and re.search(r"(?m)^use Illuminate\\", text) is not None
            and "Lumen" not in text
            and not re.search(r"(?:^|/)config/", path)
        )
    if '"laravel/framework"' not in project.read(posixpath.join(root, "composer.json")):
        return False
    return path.removeprefix(f"{root}/").startswith(
        ("app/", "routes/", "resources/", "bootstrap/", "src/", "database/")
    )


RULE = Rule(
    "KL517",
    "variable-out-of-reach",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "javascript",
            'export const ask = (body) => fetch("https://api.openai.com/v1/responses", {\n  method: "POST",\n'
            "  headers: { Authorization: `Bearer ${⟦import.meta.env.OPENAI_API_KEY⟧}` },\n  body,\n});\n",
            path="src/ask.js",
            files={"package.json": '{"devDependencies": {"vite": "^6.0.0"}}\n'},
        ),
        bad(
            "typescript",
            'import OpenAI from "openai";\n\nexport default {\n  async fetch(request: Request) {\n'
            "    const client = new OpenAI({ apiKey: ⟦process.env.OPENAI_API_KEY⟧ });\n    return Response.json(client.baseURL);\n  },\n};\n",
            path="src/index.ts",
            files={"wrangler.toml": 'name = "ask"\nmain = "src/index.ts"\ncompatibility_date = "2024-01-15"\n'},
        ),
        bad(
            "php",
            "<?php\n\nnamespace App;\n\nclass Ask\n{\n    public function client()\n    {\n"
            "        return \\OpenAI::client(⟦env('OPENAI_API_KEY')⟧);\n    }\n}\n",
            path="app/Ask.php",
            files={"artisan": "", "composer.json": '{"require": {"laravel/framework": "^12.0"}}\n'},
        ),
        bad(
            "php",
            "<?php\n\nnamespace App\\Jobs;\n\nuse Illuminate\\Support\\Facades\\Http;\n\nclass Ask\n{\n    public function handle()\n    {\n"
            "        return Http::withToken(⟦env('OPENAI_API_KEY')⟧)->get('https://api.openai.com/v1/models');\n    }\n}\n",
            path="app/Jobs/Ask.php",
        ),
        good(
            "php",
            "<?php\n\nnamespace App\\Jobs;\n\nuse Illuminate\\Support\\Facades\\Http;\n\nclass Ask\n{\n    public function handle()\n    {\n"
            "        return Http::withToken(config('services.openai.key'))->get('https://api.openai.com/v1/models');\n    }\n}\n",
            why="the configuration is asked",
            path="app/Jobs/Ask.php",
        ),
        good(
            "typescript",
            'import OpenAI from "openai";\n\nexport default {\n  async fetch(request: Request) {\n'
            "    const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n    return Response.json(client.baseURL);\n  },\n};\n",
            why="Node's compatibility fills process.env",
            path="src/index.ts",
            files={
                "wrangler.toml": 'name = "ask"\nmain = "src/index.ts"\ncompatibility_date = "2025-06-01"\n'
                'compatibility_flags = ["nodejs_compat"]\n'
            },
        ),
        good(
            "javascript",
            "export const key = import.meta.env.OPENAI_API_KEY;\n",
            why="Astro's code runs on the server",
            path="src/ask.js",
            files={"package.json": '{"dependencies": {"astro": "^5.0.0", "vite": "^6.0.0"}}\n'},
        ),
        good(
            "php",
            "<?php\n\nreturn ['openai' => ['key' => env('OPENAI_API_KEY')]];\n",
            why="this is where the configuration is made",
            path="config/services.php",
            files={"artisan": "", "composer.json": '{"require": {"laravel/framework": "^12.0"}}\n'},
        ),
    ),
)
