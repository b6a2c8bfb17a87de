"""A manifest refers to a variable that nothing fills in.

Kubernetes has no variables of the shell: `kubectl apply` sends `${OPENAI_API_KEY}` as it stands, and the container's variable
holds these characters. Only `$(NAME)` is expanded, to a variable of the same container.

Take the value from a Secret: `valueFrom: secretKeyRef:`; or put the manifest through `envsubst` before it is applied.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.manifests import documents
from keylint.model import Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_REFERENCE = regex(r"\$\{[A-Za-z_]\w*\}|\$[A-Z_][A-Z0-9_]*")
_WORKLOADS = frozenset(
    ["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "Job", "CronJob", "Pod", "Rollout", "Service"]
)
_PLACES = regex(r"(?:^|/)(?:templates|charts)/|\.(?:tmpl|tpl|template|j2|in)\b")
# Tools that fill such references in, and files that say that one is used.
_FILLED = regex(
    r"envsubst|postBuild|substituteFrom|gomplate|envtpl|jinja|\bytt\b|\bsed\b[^\n]*\$|replace-?tokens|okteto|devspace|tilt_|cdk8s"
    r"|argocd-vault|process\.env\b[^\n]*\.ya?ml|string\.Template|kubernetes-deploy|krane",
    re.IGNORECASE,
)
_TELLING = regex(r"\.(?:sh|ya?ml|md|mk|py|js|ts|rb|toml)$|(?:^|/)(?:[Mm]akefile|justfile|Jenkinsfile|Tiltfile|[\w-]+)$")
MAX_TELLING = 400  # files; who has more of them may well have one that was not looked into


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Plain values of vendors' variables in workloads, in a project that names no tool that fills them in."""
    for path, checked in project.reported():
        if checked.source.role in (Role.DOCUMENTATION, Role.TEMPLATE, Role.TEST) or _PLACES.search(path):
            continue
        for document in documents(checked.source):
            if document.get("kind").text not in _WORKLOADS or not document.get("apiVersion").text:
                continue
            for _keys, item in document.walk():
                name, value = item.get("name").text, item.get("value")
                known = checked.context.catalogue.variable(name) if name and value.text else None
                if known is None or not known[1].is_secret or not _REFERENCE.fullmatch(value.text or ""):
                    continue
                if _is_filled(project):
                    return
                yield Problem(
                    value.span,
                    f"kubectl sends {value.text} as it stands: nothing here fills it in",
                    checked.context.provider(known[0]).answer("invalid-key"),
                    f"take it from a Secret: `valueFrom: {{secretKeyRef: {{name: …, key: {name}}}}}`",
                    cause=value.span,
                    path=path,
                )


def _is_filled(project: Project) -> bool:
    telling = [name for name in project.names if _TELLING.search(name) and "/node_modules/" not in name]
    return (
        len(telling) > MAX_TELLING
        or any(_FILLED.search(project.read(name)) for name in sorted(telling, key=lambda name: (name.count("/"), name)))
        or any(_FILLED.search(posixpath.basename(name)) for name in project.names)
    )


_MANIFEST = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: api\n          env:\n            - name: OPENAI_API_KEY\n              value: {}\n"
RULE = Rule(
    "KL518",
    "unexpanded-manifest",
    ("project",),
    check,
    __doc__,
    examples=(
        bad("yaml", _MANIFEST.format("⟦${OPENAI_API_KEY}⟧"), path="k8s/api.yaml"),
        good(
            "yaml",
            _MANIFEST.format("${OPENAI_API_KEY}"),
            why="it is put through envsubst",
            path="k8s/api.yaml",
            files={"deploy.sh": "envsubst < k8s/api.yaml | kubectl apply -f -\n"},
        ),
        good(
            "yaml",
            _MANIFEST.format("$(OPENAI_KEY)"),
            why="another variable of the container",
            path="k8s/api.yaml",
        ),
        good(
            "yaml",
            "apiVersion: template.openshift.io/v1\nkind: Template\nobjects:\n  - apiVersion: apps/v1\n    kind: Deployment\n    spec:\n      env:\n        - name: OPENAI_API_KEY\n          value: ${OPENAI_API_KEY}\n",
            why="oc process fills in a Template's parameters",
            path="openshift/api.yaml",
        ),
    ),
)
