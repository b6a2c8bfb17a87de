"""What kind of place a file is, by its path and, where names lie, by its content.

A role decides what is tolerable: a placeholder belongs in a template, a bad header in a test that expects 401. A real key
belongs in none of them.
"""

from __future__ import annotations

import re
from functools import lru_cache

from keylint.lazy import regex
from keylint.model import Role

_TEMPLATE = regex(
    r"(?:^|/)(?:[^/]*\.(?:example|examples|sample|samples|template|templates|tmpl|tpl|dist|j2|jinja2?|erb|mustache|hbs|in|defaults|skel|stub)"
    r"(?:\.[A-Za-z0-9]+)?|\.?env[-_.](?:e\w{0,3}mp\w{1,3}|samp\w*|templ\w*|dist)[^/]*|(?:example|sample|template)\.[^/]*env[^/]*"
    r"|[^/]*[-_.](?:example|sample|template)\.[A-Za-z0-9]+)$",
    re.IGNORECASE,
)
# Folders of settings to be filled in; code in folders that are called so is there to be run.
_TEMPLATE_FOLDER = regex(r"(?:^|/)[^/]*(?:sample|template|boilerplate)s?[^/]*/", re.IGNORECASE)
_TEMPLATE_ENDINGS = (".yaml", ".yml", ".json", ".toml", ".ini", ".properties", ".conf", ".xml")
# What folders say, the first of them that says anything.
_FOLDERS = {
    Role.GENERATED: regex(r"(?:^|/)(?:build|out|target)/generated/", re.IGNORECASE),
    Role.VENDORED: regex(
        r"(?:^|/)(?:node_modules|vendor|third[-_]party|site-packages|bower_components|_vendor)/", re.IGNORECASE
    ),
    Role.TEST: regex(
        r"(?:^|/)(?:tests?|testing|__tests__|__mocks__|mocks?|specs?|e2e|fixtures?|repros?|reproductions?|testdata|test[-_](?:data|utils|helpers|support|cases)"
        r"|cypress|playwright|[\w-]+-tests?|tests?-[\w-]+|integration[-_]tests?|unit[-_]tests?|src/[a-z]*tests?[a-z]*|cassettes|snapshots|__snapshots__)/",
        re.IGNORECASE,
    ),
    Role.DOCUMENTATION: regex(
        r"(?:^|/)(?:docs?|documentation|doc_?source|website|wiki|tutorials?|vignettes|i18n|locales?|translations?)/",
        re.IGNORECASE,
    ),
}
_TEST_NAME = regex(
    r"(?:^|/)(?:conftest\.py|(?:vitest|jest|karma|cypress|playwright)[-.\w]*\.(?:config|setup)?\.?[cm]?[jt]sx?|[^/]*\.(?:test|spec|e2e|cy|mock|vitest|jest|bench|stories)\.[cm]?[jt]sx?"
    r"|[^/]*[-_.](?:spec|mock|mocks)\.[A-Za-z]+|\.env[-_.]?(?:test|testing|ci)(?:\.local)?)$",
    re.IGNORECASE,
)
# Names that a language's own tools take for tests.
_TEST_SOURCE = regex(
    r"_test\.(?:go|dart|exs|rb|lua|zig)$|_spec\.(?:rb|lua)$|(?:^|[a-z0-9_])(?:Tests?|TestCase|TestBase|Spec|Specs|Fixture)\.(?:java|kt|kts|cs|vb|scala|groovy|php|swift|fs)$"
    r"|[a-z0-9]IT\.(?:java|kt|scala|groovy)$|(?:^|/)test[-_][\w-]+\.(?:R|rb|jl)$|\.(?:Tests|spec)\.ps1$|(?:^|/)[\w.]*(?:Tests?|Specs?)/(?:[^/]+/)*[^/]+\.(?:cs|vb|swift|fs|kt|java)$|\.t$"
)
# What a file of JavaScript imports that is a test, whatever it is called.
_TEST_IMPORT = regex(
    rb"(?:from|require\()\s*[\"'](?:vitest|@jest/globals|node:test|mocha|ava|@playwright/test|bun:test)[\"']"
)
# `test.py` and `quick-test.js` are as often someone's first try of the API: what stands in them decides.
_PERHAPS_TEST = regex(r"(?:^|/)(?:test[-_]?\w*|[^/]*[-_.]tests?)\.[A-Za-z]+$", re.IGNORECASE)
_TEST_BODY = regex(
    rb"^\s*(?:async\s+)?def\s+test|^\s*class\s+\w*Test|^\s*(?:import|from)\s+(?:pytest|unittest)\b|\bassert\b"
    rb"|\b(?:describe|it|test|expect)(?:\.\w+)*\s*\(|\brequire\(\s*.(?:node:)?test|@test\b|\bshunit",
    re.MULTILINE,
)
_DOCUMENT = regex(r"\.(?:md|mdx|rmd|qmd|rst|adoc|asciidoc|txt|markdown)$", re.IGNORECASE)
_DOCUMENT_NAME = regex(
    r"(?:^|/)(?:(?:README|CHANGELOG|CONTRIBUTING|HISTORY|NEWS)[^/]*|(?:readme|changelog|contributing|history|news)(?:\.html?)?)$"
)
_GENERATED = regex(
    r"(?:\.min\.(?:js|css)|\.(?:bundle|chunk)\.js|\.map|[-.]lock|-lock\.(?:json|yaml)|\.lock\.?\w*|\.pb\.go|_pb2\.pyi?|\.snap)$",
    re.IGNORECASE,
)
_TYPED_STUB = (".pyi", ".d.ts", ".d.cts", ".d.mts")


# A program that tools have put on few lines; what is shorter can be read as it is.
_BUNDLED = (".js", ".mjs", ".cjs", ".css")
_SMALL = 20_000  # bytes
_WIDE = 400  # bytes a line, on average


def _is_minified(data: bytes) -> bool:
    return len(data) > _SMALL and data.count(b"\n") * _WIDE < len(data)


def of(path: str, data: bytes = b"", root: str = "") -> Role:
    """The role of a file. `path` has forward slashes; folders above `root` say nothing."""
    if root and path.startswith(root.rstrip("/") + "/"):
        path = path[len(root.rstrip("/")) + 1 :]
    folder, slash, name = path.rpartition("/")
    above = _of_folder(folder) if slash else None
    if _TEMPLATE.search(name) or (
        slash and name.lower().endswith(_TEMPLATE_ENDINGS) and _TEMPLATE_FOLDER.search(f"{folder}/") is not None
    ):
        return Role.TEMPLATE
    if above is Role.GENERATED or name.endswith(_TYPED_STUB) or _GENERATED.search(name):
        return Role.GENERATED
    if name.endswith(_BUNDLED) and _is_minified(data):
        return Role.GENERATED
    if above is Role.VENDORED:
        return Role.VENDORED
    if above is Role.TEST or _TEST_NAME.search(name) or _TEST_SOURCE.search(path):
        return Role.TEST
    if name.endswith(("js", "ts", "jsx", "tsx")) and _TEST_IMPORT.search(data):
        return Role.TEST
    if _PERHAPS_TEST.search(name) and (not data or _TEST_BODY.search(data)):
        return Role.TEST
    if above is Role.DOCUMENTATION or _DOCUMENT.search(name) or _DOCUMENT_NAME.search(name):
        return Role.DOCUMENTATION
    return Role.PRODUCTION


@lru_cache(maxsize=1 << 14)
def _of_folder(folder: str) -> Role | None:
    """What a folder makes of the files in it; a folder has many of them."""
    return next((role for role, pattern in _FOLDERS.items() if pattern.search(f"{folder}/")), None)
