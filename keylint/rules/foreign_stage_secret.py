"""One environment uses the secret of another.

A staging job or manifest that is given production's secret spends production's quota, and a leak there is a leak of production.
It is usually a line that was copied and not changed.

Make a secret for each environment, and refer to the right one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.manifests import Item, documents, stage_of
from keylint.model import Confidence, Problem, Role, Severity, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

_SECRET = re.compile(
    r"\$\{\{\s*(?:secrets|vars)\.([A-Za-z_]\w*)\s*\}\}|\$\{?([A-Z][A-Z0-9_]*)\}?|\{\{\s*([A-Za-z_]\w*)\s*\}\}"
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Secrets whose names speak of another environment than the place where they are used."""
    for path, checked in project.reported():
        if checked.source.language != "yaml" or checked.source.role in (Role.DOCUMENTATION, Role.TEMPLATE, Role.TEST):
            continue
        for document in documents(checked.source):
            for keys, item in document.walk():
                named = _named(keys, item, document)
                if named is None or not _speaks_of_key(keys, item, document, checked):
                    continue
                name, where = named
                theirs = stage_of(name)
                ours, sure = _stage(keys, document, checked, where)
                if not theirs or not ours or theirs == ours or "production" not in (theirs, ours):
                    continue
                yield Problem(
                    where,
                    f"{ours} is given the secret of {theirs}: {name}",
                    f"what runs in {ours} spends on, and can leak, the key of {theirs}",
                    f"make a secret for {ours}, and name it here",
                    cause=where,
                    path=path,
                    confidence=None if sure else Confidence.POSSIBLE,
                )


def _named(keys: tuple[str, ...], item: Item, document: Item) -> tuple[str, Span] | None:
    """The secret that an item refers to, and where its name stands."""
    if keys[-1:] in (("secretKeyRef",), ("secretRef",)):
        name = item.get("name")
        return (name.text, name.span) if name.text else None
    if item.text is None or not keys:
        return None
    match = _SECRET.fullmatch(item.text.strip())
    if match is None:
        return None
    return next(group for group in match.groups() if group), item.span


def _speaks_of_key(keys: tuple[str, ...], item: Item, document: Item, checked: Checked) -> bool:
    """Whether a reference is one to a vendor's key."""
    catalogue = checked.context.catalogue
    if keys[-1:] == ("secretKeyRef",):
        around = checked.source.data[max(item.span.start - 200, 0) : item.span.end].decode("utf-8", "replace")
        return any(catalogue.variable(word) is not None for word in re.findall(r"[A-Z][A-Z0-9_]+", around))
    known = catalogue.variable(keys[-1]) if keys else None
    return known is not None and known[1].is_secret


def _stage(keys: tuple[str, ...], document: Item, checked: Checked, where: Span) -> tuple[str, bool]:
    """The environment that a place belongs to, and whether that is said plainly."""
    if keys[:1] == ("jobs",) and len(keys) > 1:
        environment = document.get("jobs", keys[1], "environment")
        said = environment.text or environment.get("name").text or ""
        return (stage_of(said), True) if stage_of(said) else (stage_of(keys[1]), True)
    for key in reversed(keys[:-1]):
        if stage_of(key):
            return stage_of(key), True
    for path in (("metadata", "namespace"), ("metadata", "name"), ("namespace",)):
        said = document.get(*path).text or ""
        if stage_of(said):
            return stage_of(said), True
    before = checked.source.data[: where.start].decode("utf-8", "replace")
    comments = re.findall(r"(?m)^\s*#\s*([^\n]{1,40})$", before.rpartition("\n---")[2])
    if comments and stage_of(comments[-1]):
        return stage_of(comments[-1]), True
    return stage_of(checked.source.path), True


RULE = Rule(
    "KL802",
    "foreign-stage-secret",
    ("project",),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "yaml",
            "metadata:\n  namespace: staging\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      valueFrom:\n        secretKeyRef: { name: ⟦openai-prod⟧, key: api-key }\n",
            path="k8s/staging.yaml",
        ),
        bad(
            "yaml",
            "jobs:\n  deploy:\n    environment: production\n    steps:\n      - run: ./deploy.sh\n        env:\n          OPENAI_API_KEY: ⟦${{ secrets.OPENAI_API_KEY_STAGING }}⟧\n",
            path=".github/workflows/deploy.yml",
        ),
        good(
            "yaml",
            "jobs:\n  deploy:\n    environment: production\n    steps:\n      - run: ./deploy.sh\n        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n",
            why="the same name in two environments is two secrets",
            path=".github/workflows/deploy.yml",
        ),
    ),
)
