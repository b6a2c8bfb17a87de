"""What a build puts into the code that users download: names of variables where a bundler or an app's build takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.syntax import Call, Entry
from keylint.lazy import regex
from keylint.model import Bundled, Literal, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue

MAX_NAMES = 200
_NAME = regex(rb"(?<![A-Za-z0-9_])[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*(?![A-Za-z0-9_])")
_BUILD = regex(
    rb"\bdefine\b|DefinePlugin|EnvironmentPlugin|runtimeConfig|\benv\b|\bextra\b|[bB]uildConfigField|resValue"
)
# A part of each of these: looking for them is far quicker.
_PARTS = (b"env", b"define", b"extra", b"runtimeConfig", b"uildConfigField", b"resValue", b"Plugin")
_PLUGINS = regex(r"(?:^|\.)(?:DefinePlugin|EnvironmentPlugin)$")
_TESTED = regex(r"\bBoolean\(|!!|[!=]==?\s*(?:undefined|null|[\"'])")  # only whether there is one is written out
_FIELDS = frozenset({"buildConfigField", "resValue"})
_BUNDLERS = regex(
    rb"defineConfig|[\"'](?:vite|webpack|esbuild|rollup|@rspack/core|bun)[\"'/]|esbuild\.|Bun\.build|build\("
)


def found(file: CodeFile, catalogue: Catalogue) -> Iterator[Bundled]:
    """Secrets' variables whose values a build writes into its output."""
    if not any(part in file.data for part in _PARTS) or not _BUILD.search(file.data):
        return
    seen: set[Span] = set()
    for number, match in enumerate(_NAME.finditer(file.data)):
        if number >= MAX_NAMES:
            return
        known = catalogue.variable(match.group().decode())
        leaf = file.leaf(match.start()) if known is not None and known[1].is_secret else None
        place = _place(file, leaf) if leaf is not None and not file.is_comment(match.start()) else None
        if known is None or place is None or place[1] in seen or _TESTED.search(file.source.slice(place[1])):
            continue
        seen.add(place[1])
        yield Bundled(known[0], match.group().decode(), Span(*match.span()), *place)


def _place(file: CodeFile, leaf: Node) -> tuple[str, Span] | None:
    """How the build takes the value, and the setting that it is; None if it does not."""
    path: list[str] = []
    setting = Span(leaf.start_byte, leaf.end_byte)
    for above in file.ancestors(leaf):
        shape = file.shape(above)
        if isinstance(shape, Entry):
            path.append(shape.key)
            setting = shape.span if len(path) == 1 else setting
        elif isinstance(shape, Call):
            name = (shape.method or shape.name).rpartition(".")[2]
            if name in _FIELDS and len(shape.args) >= 2:
                value = shape.args[-1].expr.value
                stub = isinstance(value, Literal) and len(shape.args) > 2 and len(value.text.strip('"')) < 12
                return None if stub else (name, shape.span)
            if _PLUGINS.search(shape.written):
                return name, setting
    return (how, setting) if (how := _by_path(file, path)) else None


def _by_path(file: CodeFile, path: list[str]) -> str:
    """``define`` of a bundler, ``env`` of Next.js, ``public`` of Nuxt, ``extra`` of Expo."""
    name = file.source.path.rpartition("/")[2]
    outer = path[1:]
    if "define" in outer and _BUNDLERS.search(file.data):
        return "define"
    if "public" in outer and "runtimeConfig" in outer:
        return "runtimeConfig.public"
    if outer in (["env"], ["publicRuntimeConfig"]) and name.startswith("next.config"):
        return outer[0]
    return "extra" if "extra" in outer and name.startswith("app.config") else ""
