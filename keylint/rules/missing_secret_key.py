"""A reference names a key that the Secret has not.

The Secret is defined in the same project, and under another key. The container does not start: CreateContainerConfigError.

Use one name in both places.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, TypeAlias

from keylint.manifests import Item, documents, stage_of
from keylint.model import Edit, Note, Problem, Role, Span
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import distance, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project


_Kept: TypeAlias = "tuple[dict[str, None], tuple[str, Span]]"


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Each secretKeyRef against the Secrets, ExternalSecrets and generators of the project."""
    references = list(_references(project))
    kept = _kept(project) if references else {}
    for path, item in references:
        name, key = item.get("name").text or "", item.get("key")
        optional = item.get("optional").text == "true"
        if name not in kept:
            if not optional:
                yield from _misspelt(project, kept, path, item.get("name"), key.text or "")
            continue
        known, where = kept[name]
        if not known or key.text in known:
            continue
        same = [one for one in known if plain(one) == plain(key.text or "")]
        if optional and not same:
            continue
        other = next(iter(same or known)) if len(same or known) == 1 else ""
        fix = project.files[path].context.fix(f"write {other}", [Edit(key.content, other)], safe=False)
        yield Problem(
            key.span,
            f"{name} has no key {key.text}; it has {', '.join(sorted(known)[:5])}",
            "the variable is not set" if optional else "the container does not start: CreateContainerConfigError",
            "use one name in both places",
            fix=fix if other else None,
            notes=(Note(where[1], "defined here", where[0]),),
            cause=key.span,
            path=path,
        )


def _references(project: Project) -> Iterator[tuple[str, Item]]:
    """The references to keys of Secrets and ConfigMaps, with the paths of their files."""
    for path, checked in project.reported():
        source = checked.source
        if source.language not in ("yaml", "json") or source.role in (Role.DOCUMENTATION, Role.TEMPLATE):
            continue
        if b"KeyRef" not in source.data and b"\\" not in source.data:
            continue  # a name that is not written as it reads has an escape in it
        for document in documents(source):
            for keys, item in document.walk():
                is_reference = keys[-1:] in (("secretKeyRef",), ("configMapKeyRef",))
                if is_reference and item.get("name").text and item.get("key").text:
                    yield path, item


def _misspelt(project: Project, kept: dict[str, _Kept], path: str, name: Item, key: str) -> Iterator[Problem]:
    """The name of a Secret that nothing in the project has, when one with that key has nearly this name."""
    written = name.text or ""
    near = [other for other, (known, _) in kept.items() if key in known and _is_slip(written, other)]
    if len(near) != 1 or any(_names(project, where, written) for where in project.names):
        return
    (meant,) = near
    where = kept[meant][1]
    yield Problem(
        name.span,
        f"nothing here makes {written}; there is {meant}",
        "the container does not start: CreateContainerConfigError",
        "use one name in both places",
        fix=project.files[path].context.fix(f"write {meant}", [Edit(name.content, meant)], safe=False),
        notes=(Note(where[1], "defined here", where[0]),),
        cause=name.span,
        path=path,
    )


def _is_slip(left: str, right: str) -> bool:
    """Whether two names differ by a slip: separators, a plural, one letter of a long name; never by a number."""
    if re.findall(r"\d+", left) != re.findall(r"\d+", right) or stage_of(left) != stage_of(right):
        return False
    one, other = (re.sub(r"s(?=[-_.]|$)|[-_.]", "", name.lower()) for name in (left, right))
    return one == other or (min(len(one), len(other)) >= 8 and distance(one, other) <= 1)


def _names(project: Project, where: str, name: str) -> bool:
    """Whether a file names a Secret elsewhere than in a reference to it: it may be made there."""
    if not where.endswith((".yaml", ".yml", ".tf", ".sh", ".md", ".json", ".tpl")) and "." in posixpath.basename(where):
        return False
    checked = project.files.get(where)
    said = documents(checked.source) if checked is not None else ()
    if said:
        return any(
            item.text == name
            and keys[-2:-1] not in (("secretKeyRef",), ("secretRef",))
            and keys[-1:] != ("secretName",)
            for document in said
            for keys, item in document.walk()
        )
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", project.read(where)) is not None


def _kept(project: Project) -> dict[str, _Kept]:
    """The keys of every Secret and ConfigMap that is defined in full, by name, and where."""
    found: dict[str, _Kept] = {}
    for checked in project.files.values():
        for document in documents(checked.source):
            name = document.get("metadata", "name")
            if document.get("kind").text in ("Secret", "ConfigMap") and name.text:
                keys = {**document.get("data").entries, **document.get("stringData").entries}
                _add(found, name.text, keys, checked.source.path, name.span)
            if document.get("kind").text == "SealedSecret":
                made = document.get("spec", "template", "metadata", "name")
                sealed = made if made.text else name
                keys = {
                    **document.get("spec", "encryptedData").entries,
                    **document.get("spec", "template", "data").entries,
                }
                if sealed.text:
                    _add(found, sealed.text, keys, checked.source.path, sealed.span)
            if document.get("kind").text == "ExternalSecret" and not document.get("spec", "dataFrom").items:
                made_name = document.get("spec", "target", "name")
                made_name = made_name if made_name.text else name
                listed = {item.get("secretKey").text or "": item for item in document.get("spec", "data").items}
                if made_name.text and listed and "template" not in document.get("spec", "target").entries:
                    _add(found, made_name.text, listed, checked.source.path, made_name.span)
            for made in document.get("secretGenerator").items:
                said = made.get("name")
                if said.text and not made.get("envs").items and not made.get("files").items:
                    literals = {item.text.partition("=")[0]: item for item in made.get("literals").texts if item.text}
                    _add(found, said.text, literals, checked.source.path, said.span)
    return found


def _add(found: dict[str, _Kept], name: str, keys: dict[str, Item], path: str, where: Span) -> None:
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
        bad(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: ⟦llm-key⟧\n          key: openai-key\n",
            path="k8s/app.yaml",
            fixed="kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: llm-keys\n          key: openai-key\n",
            files={
                "k8s/secret.yaml": "kind: Secret\nmetadata:\n  name: llm-keys\nstringData:\n  openai-key: ${OPENAI_API_KEY}\n"
            },
        ),
        bad(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: llm\n          key: ⟦openai_key⟧\n          optional: true\n",
            path="k8s/app.yaml",
            fixed="kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef:\n          name: llm\n          key: openai-key\n          optional: true\n",
            files={
                "k8s/secret.yaml": "kind: ExternalSecret\nspec:\n  target: { name: llm }\n  data:\n    - secretKey: openai-key\n      remoteRef: { key: apps/openai }\n"
            },
        ),
        good(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef: { name: llm, key: anthropic, optional: true }\n",
            why="it need not be there",
            path="k8s/app.yaml",
            files={
                "k8s/secret.yaml": "kind: Secret\nmetadata:\n  name: llm\nstringData:\n  openai-key: ${OPENAI_API_KEY}\n"
            },
        ),
        good(
            "yaml",
            "kind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef: { name: llm-2, key: openai-key }\n",
            why="numbers tell one Secret from another",
            path="k8s/app.yaml",
            files={
                "k8s/secret.yaml": "kind: Secret\nmetadata:\n  name: llm-1\nstringData:\n  openai-key: ${OPENAI_API_KEY}\n"
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
