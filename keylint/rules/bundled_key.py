"""A build writes a key into what users download.

`define` of Vite and webpack, `env` of Next.js, Nuxt's public configuration, Expo's `extra`, Gradle's `buildConfigField`, an asset of
an app: the value of the variable stands in the finished JavaScript or in the app's package, and is found there with one search.
That the key is not in git does not help.

Keep the key on a server, and let the page or app call that.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Bundled, Client, EnvDefinition, EnvRead, Header, Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_APPS = frozenset({"buildConfigField", "resValue", "extra", "assets", "plist"})


# Files of Next.js that no browser gets: https://nextjs.org/docs/app/api-reference/file-conventions/route
SERVER_FILE = regex(r"(?:^|/)(?:app/(?:.*/)?route\.[jt]sx?$|pages/api/|(?:middleware|instrumentation|proxy)\.[jt]s$)")
# Those that none gets unless they say so: https://nextjs.org/docs/app/api-reference/directives/use-client
_SERVER_PAGE = regex(r"(?:^|/)app/(?:.*/)?(?:page|layout)\.[jt]sx?$")
_DIRECTIVE = regex(r"\A(?:\s|//[^\n]*\n|/\*[^*]*\*/)*[\"']use (client|server)[\"']")
_CODE = (".ts", ".tsx", ".js", ".jsx", ".mjs", ".cjs")
_STEPS = 20
_FILES = 3000  # of code: in a larger project nobody looks for the importers of a file


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Everything that a build writes out."""
    for path, checked in project.reported():
        for bundled in checked.facts:
            if isinstance(bundled, Bundled) and not _is_kept(bundled, project):
                yield from (problem._replace(path=path) for problem in _of(bundled, checked.context))


def _is_kept(bundled: Bundled, project: Project) -> bool:
    """Whether the project shows that nothing gets out: what Next.js replaces on its server only, a file without a key."""
    if bundled.how in ("env", "publicRuntimeConfig"):
        reads = [
            path
            for path, checked in project.files.items()
            for fact in checked.facts
            if isinstance(fact, EnvRead) and fact.name == bundled.name and "next.config" not in path
        ]
        return bool(reads) and all(_stays_on_server(project, path, set()) for path in reads)
    if bundled.how != "assets":
        return False
    # A client or header there is, and its key comes from elsewhere.
    calls = any(
        checked.source.language == "dart" and any(isinstance(fact, Client | Header) for fact in checked.facts)
        for checked in project.files.values()
    )
    return calls and not any(
        isinstance(fact, EnvRead | EnvDefinition) and fact.slot is not None and fact.slot.is_secret
        for checked in project.files.values()
        for fact in checked.facts
    )


def _stays_on_server(project: Project, path: str, seen: set[str]) -> bool:
    """Whether no file that browsers get imports a file, as far as can be seen; somebody has to import it."""
    if path in seen:
        return True
    seen.add(path)
    said = _DIRECTIVE.search(project.read(path))
    if said is not None:
        return said.group(1) == "server"
    if SERVER_FILE.search(path) or _SERVER_PAGE.search(path):
        return True
    importers = _importers(project, path) if len(seen) < _STEPS else []
    return bool(importers) and all(_stays_on_server(project, other, seen) for other in importers)


def _importers(project: Project, path: str) -> list[str]:
    """The files that name a file where they import: by its stem, whatever the path before it."""
    names = [name for name in project.names if name.endswith(_CODE) and "node_modules/" not in name]
    stem = posixpath.basename(path).rpartition(".")[0]
    if stem == "index":
        stem = posixpath.basename(posixpath.dirname(path))
    if len(names) > _FILES or not stem:
        return []
    named = re.compile(
        rf"(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*[\"'`](?:[^\"'`\n]*/)?{re.escape(stem)}(?:\.\w+)?[\"'`]"
    )
    return [name for name in names if name != path and named.search(project.read(name))]


def _of(bundled: Bundled, context: Context) -> Iterator[Problem]:
    if context.role in (Role.TEST, Role.DOCUMENTATION, Role.VENDORED, Role.GENERATED):
        return
    vendor = context.provider(bundled.provider)
    where = "the app, where anyone can read it" if bundled.how in _APPS else "the JavaScript that every visitor loads"
    yield Problem(
        bundled.span,
        f"`{bundled.how}` puts {bundled.name} into {where}",
        "it works until somebody takes the key from there; then the bill, or 401 once it is revoked",
        f"call the API from a server of yours, and replace the key: {vendor.key_page}",
        cause=bundled.setting,
    )


RULE = Rule(
    "KL604",
    "bundled-key",
    ("project",),
    check,
    __doc__,
    rank=5,
    examples=(
        bad(
            "typescript",
            "import { defineConfig, loadEnv } from 'vite';\nexport default defineConfig(({ mode }) => {\n  const env = loadEnv(mode, '.', '');\n  return { define: { 'process.env.API_KEY': JSON.stringify(env.⟦GEMINI_API_KEY⟧) } };\n});\n",
            path="vite.config.ts",
        ),
        bad(
            "javascript",
            "const webpack = require('webpack');\nmodule.exports = { plugins: [new webpack.EnvironmentPlugin(['⟦OPENAI_API_KEY⟧'])] };\n",
            path="webpack.config.js",
        ),
        bad(
            "javascript",
            "module.exports = { env: { ⟦OPENAI_API_KEY⟧: process.env.OPENAI_API_KEY } };\n",
            path="next.config.js",
        ),
        bad(
            "groovy",
            'android { defaultConfig {\n    buildConfigField "String", "⟦OPENAI_API_KEY⟧", "\\"${props[\'OPENAI_API_KEY\']}\\""\n} }\n',
            path="app/build.gradle",
        ),
        bad("yaml", "name: app\nflutter:\n  assets:\n    - images/\n    - ⟦.env⟧\n", path="pubspec.yaml"),
        good(
            "typescript",
            "export default defineConfig({ define: { __VERSION__: JSON.stringify(process.env.npm_package_version) } });\n",
            why="no secret",
            path="vite.config.ts",
        ),
        good(
            "javascript",
            "export const env = { OPENAI_API_KEY: process.env.OPENAI_API_KEY };\n",
            why="an object of that name, and no setting of a build",
            path="env.mjs",
        ),
        good(
            "typescript",
            "export default defineNuxtConfig({ runtimeConfig: { openaiKey: process.env.OPENAI_API_KEY, public: { base: '/api' } } });\n",
            why="the private part stays on the server",
            path="nuxt.config.ts",
        ),
    ),
)
