"""What a program finds where it is deployed: as a service of compose, a job of a workflow, a container of Kubernetes.

https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/ (`environment` before `env_file`, a later file
before an earlier one), https://docs.docker.com/reference/compose-file/interpolation/,
https://docs.github.com/actions/reference/workflows-and-actions/variables (a step before its job before the workflow),
https://kubernetes.io/docs/tasks/inject-data-application/define-environment-variable-container/ (`env` before `envFrom`).
"""

from __future__ import annotations

import base64
import binascii
import posixpath
from typing import TYPE_CHECKING

from keylint.doctor.environment import Environment, Layer, Setting, of_shell
from keylint.doctor.files import settings
from keylint.lazy import regex
from keylint.manifests import documents
from keylint.settings import ConfigError
from keylint.source import Source, Undecodable

if TYPE_CHECKING:
    import re
    from collections.abc import Iterator, Mapping

    from keylint.manifests import Item
    from keylint.project import Project

COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml")  # in the order docker looks
_WORKFLOW = regex(r"(?:^|/)\.(?:github|gitea|forgejo)/workflows/[^/]+\.ya?ml$")
_EXPRESSION = regex(r"\$\{\{\s*(secrets|vars|env)\.(\w+)\s*\}\}")
# $NAME, ${NAME}, ${NAME:-otherwise}, ${NAME:?error}; $$ is a dollar sign.
_VARIABLE = regex(r"\$(?:(\$)|([A-Za-z_]\w*)|\{([A-Za-z_]\w*)(?:(:?[-?+])([^}]*))?\})")


def _read(project: Project, path: str) -> Source | None:
    known = project.files.get(path)
    if known is not None:
        return known.source
    try:
        source = Source.from_bytes(path, project.read(path).encode())
    except Undecodable:
        return None
    source.language = "yaml"
    return source


# ------------------------------------------------------------------------------------------------------------ compose


def of_service(project: Project, service: str, shell: Mapping[str, str]) -> Environment:
    """A service of compose. Raises ConfigError if no compose file of the project has it."""
    for path in _compose_files(project):
        source = _read(project, path)
        for document in documents(source) if source is not None else ():
            found = document.get("services").entries.get(service)
            if found is not None and source is not None:
                return Environment(
                    _of_service(project, path, source, found, shell), title=f"service {service} of {path}"
                )
    raise ConfigError(f"no compose file here has a service `{service}`")


def services(project: Project) -> list[str]:
    """The names of all services."""
    made = []
    for path in _compose_files(project):
        source = _read(project, path)
        made += [name for document in documents(source) for name in document.get("services").entries] if source else []
    return made


def _compose_files(project: Project) -> list[str]:
    named = [name for name in project.names if posixpath.basename(name) in COMPOSE]
    return sorted(named, key=lambda name: (name.count("/"), COMPOSE.index(posixpath.basename(name)), name))


def _of_service(
    project: Project, path: str, source: Source, service: Item, shell: Mapping[str, str]
) -> Iterator[Layer]:
    folder = posixpath.dirname(path)
    beside = settings(project, posixpath.join(folder, ".env"))
    origin = {**beside, **of_shell(shell).settings}
    known = {name: setting.value for name, setting in origin.items()}
    made: dict[str, Setting] = {}
    environment = service.get("environment")
    pairs = [(name, item.text, item) for name, item in environment.entries.items()]
    for item in environment.items:
        name, sign, text = (item.text or "").partition("=")
        pairs.append((name, text if sign else None, item))
    for name, written, item in pairs:
        passed = _VARIABLE.fullmatch(written) if written is not None else None
        taken = origin.get((passed[2] or passed[3] or "") if passed else name if written is None else "")
        if taken is not None and (taken.value or passed is None or not passed[4]):
            made[name] = taken._replace(name=name)
            continue
        if written is None:
            continue
        value = _interpolated(written, known)
        made[name] = _in(path, source, name, value, item, "" if value is not None else "it cannot be filled in here")
    yield Layer(made, by=f"environment in {path}")
    files = service.get("env_file")
    listed = [item.text or item.get("path").text or "" for item in files.items] or [files.text or ""]
    for name in reversed([name for name in listed if name]):
        inner = posixpath.normpath(posixpath.join(folder, name))
        if inner in project.names:
            yield Layer(settings(project, inner), by=f"env_file in {path}")


def _in(path: str, source: Source, name: str, value: str | None, item: Item, note: str = "") -> Setting:
    at = item.key_span.start or item.content.start or item.span.start
    return Setting(name, value, path, source.row(at) + 1, note)


def _interpolated(text: str, known: Mapping[str, str | None]) -> str | None:
    """A text with its variables filled in; None if one of them is demanded and not there."""
    missing = False

    def fill(match: re.Match[str]) -> str:
        nonlocal missing
        dollar, plain, braced, sign, other = match.groups()
        if dollar:
            return "$"
        value = known.get(plain or braced)
        empty = value is None or (sign is not None and sign.startswith(":") and not value)
        if sign and sign.endswith("-"):
            return (other or "") if empty else str(value)
        if sign and sign.endswith("+"):
            return "" if empty else (other or "")
        missing = missing or (empty and bool(sign))
        return value or ""

    made = _VARIABLE.sub(fill, text)
    return None if missing else made


# ----------------------------------------------------------------------------------------------------------- workflows


def of_job(project: Project, job: str) -> Environment:
    """A job of a workflow, its steps together: "test", or "ci.yml:test". Raises ConfigError if there is none."""
    file, _, name = job.rpartition(":")
    for path in sorted(filter(_WORKFLOW.search, project.names)):
        if file and posixpath.basename(path) != posixpath.basename(file):
            continue
        source = _read(project, path)
        for document in documents(source) if source is not None else ():
            found = document.get("jobs").entries.get(name)
            if found is not None and source is not None:
                steps = [_of_workflow(path, source, step) for step in found.get("steps").items]
                merged = {key: made for step in steps for key, made in step.items()}
                layers = [merged, _of_workflow(path, source, found), _of_workflow(path, source, document)]
                return Environment([Layer(made, by=f"env in {path}") for made in layers], title=f"job {name} of {path}")
    raise ConfigError(f"no workflow here has a job `{name}`")


def _of_workflow(path: str, source: Source, item: Item) -> dict[str, Setting]:
    made = {}
    for name, inner in item.get("env").entries.items():
        text = inner.text or ""
        match = _EXPRESSION.search(text)
        if match is not None and match[1] != "env":
            kind = "secret" if match[1] == "secrets" else "variable"
            made[name] = _in(path, source, name, None, inner, f"the repository's {kind} {match[2]}, which GitHub keeps")
        elif "${{" in text:
            made[name] = _in(path, source, name, None, inner, "an expression, which GitHub evaluates")
        else:
            made[name] = _in(path, source, name, text, inner)
    return made


# ---------------------------------------------------------------------------------------------------------- Kubernetes


def of_manifest(project: Project, path: str) -> Environment:
    """The containers of a manifest, with the secrets and maps of the project. Raises ConfigError if it has no container."""
    source = _read(project, path) if path in project.names else None
    found = [item for document in documents(source) for item in _containers(document)] if source is not None else []
    if source is None or not found:
        raise ConfigError(f"{path}: no manifest with containers")
    kept = _kept(project)
    direct: dict[str, Setting] = {}
    taken: dict[str, Setting] = {}
    for container in found:
        for item in container.get("env").items:
            name = item.get("name").text
            if name:
                direct[name] = _of_container(path, source, name, item, kept)
        for item in container.get("envFrom").items:
            for kind in ("secretRef", "configMapRef"):
                taken.update(kept.get((kind[:-3], item.get(kind, "name").text or ""), {}))
    return Environment([Layer(direct, by=f"env in {path}"), Layer(taken, by=f"envFrom in {path}")], title=path)


def _containers(document: Item) -> Iterator[Item]:
    for path, item in document.walk():
        if path and path[-1] in ("containers", "initContainers"):
            yield from item.items


def _of_container(
    path: str, source: Source, name: str, item: Item, kept: Mapping[tuple[str, str], Mapping[str, Setting]]
) -> Setting:
    for kind in ("secret", "configMap"):
        reference = item.get("valueFrom", f"{kind}KeyRef")
        if reference.entries:
            owner, key = reference.get("name").text or "", reference.get("key").text or ""
            known = kept.get((kind, owner), {}).get(key)
            if known is not None:
                return known._replace(name=name)
            return _in(path, source, name, None, item, f"{key} of the {kind} {owner}, which the cluster keeps")
    if item.get("valueFrom").entries:
        return _in(path, source, name, None, item, "a field that the cluster fills in")
    return _in(path, source, name, item.get("value").text or "", item)


def _kept(project: Project) -> dict[tuple[str, str], dict[str, Setting]]:
    """What the secrets and maps in the project's manifests hold, by kind and name."""
    made: dict[tuple[str, str], dict[str, Setting]] = {}
    for path, checked in project.files.items():
        if checked.source.language != "yaml":
            continue
        for document in documents(checked.source):
            kind, name = document.get("kind").text, document.get("metadata", "name").text or ""
            if kind not in ("Secret", "ConfigMap"):
                continue
            held = made.setdefault(("secret" if kind == "Secret" else "configMap", name), {})
            for key, item in document.get("data").entries.items():
                value = _decoded(item.text or "") if kind == "Secret" else item.text
                held[key] = _in(path, checked.source, key, value, item)
            for key, item in document.get("stringData").entries.items():
                held[key] = _in(path, checked.source, key, item.text, item)
    return made


def _decoded(text: str) -> str | None:
    try:
        return base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError, ValueError):
        return None
