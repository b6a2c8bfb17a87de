"""Which files of variables a program loads, in which order, and what they hold.

Who wins is from the loaders themselves: python-dotenv, npm's dotenv and Node's `--env-file` leave alone what is set already,
also if it is set to nothing; with `override` the file wins. The files of frameworks, the first one that has a name winning:
https://nextjs.org/docs/app/guides/environment-variables, https://vite.dev/guide/env-and-mode
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.doctor.environment import Environment, Layer, Setting, of_shell
from keylint.languages import dotenv
from keylint.lazy import regex
from keylint.loading import imported_by_loaders
from keylint.model import EnvLoad, Role
from keylint.project import above
from keylint.record import Record
from keylint.source import Source, Undecodable

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from keylint.project import Project

_REFERENCE = regex(r"\$\{([A-Za-z_]\w*)\}")
_OPTION = regex(r"--env-file(?:-if-exists)?[= ]([^\s\"']+)")
_UPWARDS = ("python", "rust")  # whose loaders look in the folders above too
_EXPANDING = ("python", "ruby")  # whose loaders put other variables in the place of ${NAME}
_FRAMEWORKS = {
    "next": ("Next.js", (".env.{}.local", ".env.local", ".env.{}", ".env")),
    "nuxt": ("Nuxt", (".env",)),
    "vite": ("Vite", (".env.{}.local", ".env.{}", ".env.local", ".env")),
    "@sveltejs/kit": ("SvelteKit", (".env.{}.local", ".env.{}", ".env.local", ".env")),
    "astro": ("Astro", (".env.{}.local", ".env.{}", ".env.local", ".env")),
}


class _Load(Record):
    """A file that is loaded: its path from the root, what loads it, whether it wins over what is set already."""

    path: str
    by: str
    overrides: bool = False


def environment(
    project: Project,
    program: str,
    language: str,
    shell: Mapping[str, str],
    *,
    folder: str,
    mode: str,
    files: tuple[str, ...],
) -> Environment:
    """What a file of the project finds where it is run in a folder (both are paths from the root).

    `mode` is the environment that is asked about, "" for the usual one; `files`, if there are any, are loaded in the place of
    those that the program names.
    """
    kind = loaders.family(language)
    loads = [_Load(path, "--env-file") for path in files] or list(_loads(project, program, language, folder, mode))
    loads = list({load.path: load for load in reversed(loads)}.values())[::-1]
    outer = of_shell(shell)
    layers = [_layer(project, load, kind, outer) for load in loads if load.overrides]
    layers.append(outer)
    layers += [_layer(project, load, kind, outer) for load in loads if not load.overrides]
    known = {load.path for load in loads}
    idle = [name for name in _files_of_variables(project) if name not in known]
    layers += [_layer(project, _Load(name, ""), kind, outer) for name in idle]
    return Environment(layer for layer in layers if layer.settings or layer is outer)


def _files_of_variables(project: Project) -> list[str]:
    return sorted(
        name
        for name, checked in project.files.items()
        if checked.source.language == "dotenv"
        and checked.source.role not in (Role.TEMPLATE, Role.TEST, Role.DOCUMENTATION)
    )


# ----------------------------------------------------------------------------------------------------- what is loaded


def _loads(project: Project, program: str, language: str, folder: str, mode: str) -> Iterator[_Load]:
    """The files that are loaded for a program, in their order."""
    kind = loaders.family(language)
    own = list(_calls(project, program, kind))
    yield from (load for path, fact in own for load in _of_call(project, path, fact, kind, folder, mode))
    if kind == "javascript":
        yield from _of_package(project, program, mode)
    elif kind == "python" and loaders.declares_self_loading(project):
        yield from _there(project, folder, _names(mode), "what it is run with")
    if own:
        return
    for path, checked in project.files.items():
        if checked.source.language in ("shell", "makefile") and loaders.calls(checked) and (kind or path == program):
            yield from _there(project, folder, _names(mode), path, overrides=True)
    if kind and loaders.may_load(project, kind):
        yield from _there(project, folder, _names(mode), "something in this project")


def _calls(project: Project, program: str, kind: str) -> Iterator[tuple[str, EnvLoad]]:
    """The calls of loaders that a program passes: its own, those of what imports it; else all of its language."""
    found = [
        (path, fact)
        for path, checked in project.files.items()
        if loaders.family(checked.source.language) == kind
        and checked.source.role not in (Role.TEST, Role.DOCUMENTATION)
        for fact in checked.facts
        if isinstance(fact, EnvLoad) and fact.loader == "dotenv"
    ]
    own = [(path, fact) for path, fact in found if path == program]
    if own or not found:
        return iter(own)
    reached = program in imported_by_loaders(project, kind)
    return iter(found) if reached or kind not in ("python", "javascript") or len(found) == 1 else iter(found[:1])


def _of_call(project: Project, path: str, fact: EnvLoad, kind: str, folder: str, mode: str) -> Iterator[_Load]:
    source = project.files[path].source
    written = source.slice(fact.span).partition("\n")[0]
    call, paren, _ = written.partition("(")
    by = f"{f'{call.strip()}()' if paren and call.strip() else written.rstrip(';')} in {path}:{source.row(fact.span.start) + 1}"
    if fact.target:
        for base in (folder, posixpath.dirname(path)):
            name = posixpath.normpath(posixpath.join(base, fact.target))
            if name in project.names:
                yield _Load(name, by, fact.overrides)
                return
        return
    start = posixpath.dirname(path) if kind == "python" else folder
    for base in _upwards(start) if kind in _UPWARDS else [start]:
        found = list(_there(project, base, _names(mode), by, overrides=fact.overrides))
        if found:
            yield from found
            return


def _of_package(project: Project, program: str, mode: str) -> Iterator[_Load]:
    """What the framework of the nearest package loads, and what its scripts hand to Node."""
    folder = next((base for base in above(program) if posixpath.join(base, "package.json") in project.names), None)
    if folder is None:
        return
    text = project.read(posixpath.join(folder, "package.json"))
    asked = loaders.packages(text)
    for package, (title, names) in _FRAMEWORKS.items():
        if package in asked:
            stage = mode or "development"
            yield from _there(project, folder, [name.format(stage) for name in names], title)
            return
    for script in loaders.scripts(text):
        yield from _there(
            project, folder, list(dict.fromkeys(reversed(_OPTION.findall(script)))), "a script of package.json"
        )


def _there(project: Project, folder: str, names: list[str], by: str, *, overrides: bool = False) -> Iterator[_Load]:
    for name in names:
        path = posixpath.normpath(posixpath.join(folder, name))
        if path in project.names:
            yield _Load(path, by, overrides)


def _names(mode: str) -> list[str]:
    return [f".env.{mode}", ".env"] if mode else [".env"]


def _upwards(folder: str) -> list[str]:
    return above(posixpath.join(folder, "x"))


# ------------------------------------------------------------------------------------------------------ what they hold


def _layer(project: Project, load: _Load, kind: str, outer: Layer) -> Layer:
    return Layer(settings(project, load.path, kind, outer), bool(load.by), load.by)


def settings(project: Project, path: str, kind: str = "", outer: Layer | None = None) -> dict[str, Setting]:
    """The variables of a file as its readers take them; the last of several lines counts."""
    try:
        data = Source.from_bytes(path, _bytes(project, path)).data
    except Undecodable:
        return {}
    made: dict[str, Setting] = {}
    row, at = 1, 0
    for line in dotenv.lines(data):
        row, at = row + data.count(b"\n", at, line.name_span.start), line.name_span.start
        if line.commented or not line.closed:
            continue
        value: str | None = line.text.replace("\\n", "\n") if line.quote == '"' else line.text
        note = ""
        if value is not None and kind in _EXPANDING and _REFERENCE.search(value):
            value = _expanded(value, made, outer)
            note = "" if value is not None else "it refers to a variable that is not set"
        made[line.name] = Setting(line.name, value, path, row, note)
    return made


def _expanded(text: str, before: Mapping[str, Setting], outer: Layer | None) -> str | None:
    for name in _REFERENCE.findall(text):
        known = (outer.settings.get(name) if outer is not None else None) or before.get(name)
        if known is None or known.value is None:
            return None
        text = text.replace(f"${{{name}}}", known.value)
    return text


def _bytes(project: Project, path: str) -> bytes:
    known = project.files.get(path)
    if known is not None:
        return known.source.encode(known.source.data)
    return project.read(path).encode("utf-8", "surrogateescape")


def elsewhere(project: Project, setting: Setting) -> Iterator[Setting]:
    """The same variable in the project's other files of variables."""
    for name in _files_of_variables(project):
        known = settings(project, name).get(setting.name) if setting.name and name != setting.file else None
        if known is not None:
            yield known
