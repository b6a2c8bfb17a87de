"""A reference names a key that the Secret has not.

The Secret is defined in the same project, and under another key. The container does not start: CreateContainerConfigError.

Use one name in both places.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.manifests import Item, documents
from keylint.model import Edit, Note, Problem, Role, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Each secretKeyRef against the Secrets, ExternalSecrets and generators of the project."""
    kept = _kept(project)
    for path, checked in project.reported():
        if checked.source.role in (Role.DOCUMENTATION, Role.TEMPLATE):
            continue
        for document in documents(checked.source):
            for keys, item in document.walk():
                name, key = item.get("name").text, item.get("key")
                if keys[-1:] not in (("secretKeyRef",), ("configMapKeyRef",)) or not name or not key.text:
                    continue
                if item.get("optional").text == "true" or name not in kept:
                    continue
                known, where = kept[name]
                if not known or key.text in known:
                    continue
                other = next(iter(known)) if len(known) == 1 else ""
                edit = Edit(key.content, other)
                yield Problem(
                    key.span,
                    f"{name} has no key {key.text}; it has {', '.join(sorted(known)[:5])}",
                    "the container does not start: CreateContainerConfigError",
                    "use one name in both places",
                    fix=checked.context.fix(f"write {other}", [edit], safe=False) if other else None,
                    notes=(Note(where[1], "defined here", where[0]),),
                    cause=key.span,
                    path=path,
                )


def _kept(project: Project) -> dict[str, tuple[dict[str, None], tuple[str, Span]]]:
    """The keys of every Secret and ConfigMap that is defined in full, by name, and where."""
    found: dict[str, tuple[dict[str, None], tuple[str, Span]]] = {}
    for checked in project.files.values():
        for document in documents(checked.source):
            name = document.get("metadata", "name")
            if document.get("kind").text in ("Secret", "ConfigMap") and name.text:
                keys = {**document.get("data").entries, **document.get("stringData").entries}
                _add(found, name.text, keys, checked.source.path, name.span)
            for made in document.get("secretGenerator").items:
                said = made.get("name")
                if said.text and not made.get("envs").items and not made.get("files").items:
                    literals = {item.text.partition("=")[0]: item for item in made.get("literals").texts if item.text}
                    _add(found, said.text, literals, checked.source.path, said.span)
    return found


def _add(
    found: dict[str, tuple[dict[str, None], tuple[str, Span]]], name: str, keys: dict[str, Item], path: str, where: Span
) -> None:
    known, place = found.get(name, ({}, (path, where)))
    found[name] = ({**known, **dict.fromkeys(keys)}, place)


RULE = Rule(
    "KL515",
    "missing-secret-key",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: llm\n          key: ⟦api_key⟧\n",
            path="k8s/app.yaml",
            fixed="kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: llm\n          key: openai-key\n",
            files={
                "k8s/secret.yaml": "kind: Secret\nmetadata:\n  name: llm\nstringData:\n  openai-key: ${OPENAI_API_KEY}\n"
            },
        ),
        good(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef: { name: llm, key: openai-key }\n",
            why="the Secret has it",
            path="k8s/app.yaml",
            files={
                "k8s/secret.yaml": "kind: Secret\nmetadata:\n  name: llm\nstringData:\n  openai-key: ${OPENAI_API_KEY}\n"
            },
        ),
        good(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef: { name: llm, key: openai-key }\n",
            why="the Secret is kept elsewhere",
            path="k8s/app.yaml",
        ),
    ),
)
