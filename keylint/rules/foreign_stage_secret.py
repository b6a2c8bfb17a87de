"""One environment uses the secret of another.

A staging job or manifest that is given production's secret spends production's quota, and a leak there is a leak of production.
It is usually a line that was copied and not changed.

Make a secret for each environment, and refer to the right one.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.manifests import Item, documents, stage_of
from keylint.model import EnvDefinition, EnvRead, Problem, Role, Severity, Slot, Span
from keylint.rules.rule import Rule, bad, good
from keylint.stores import is_constant
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

# Settings of charts and of Terraform that hold the name of a secret which is kept elsewhere.
_EXISTING = ("existingSecret", "existingSecretName")
_SECRET_NAMES = frozenset(
    [
        *_EXISTING,
        "secret_id",
        "secret",
        "secret_name",
        "key_vault_secret_name",
        "parameter_name",
    ]
)
# Files of settings that belong to one environment.
_OF_STAGE = regex(
    r"(?:^|/)(?:[\w-]*\.)?(?:prod|production|staging|stage|dev|development)\.(?:py|rb|exs|[mc]?[jt]s|php)$",
    re.IGNORECASE,
)
_KEPT = regex(r"^data .*(?:secret|parameter)")
_STAGE_NAMES = frozenset(["environment", "env", "stage", "app_env", "deployment_environment"])
# Where a document says which environment it is for, or which one unless another is asked for.
_OF_DOCUMENT = (
    ("metadata", "namespace"),
    ("metadata", "name"),
    ("namespace",),
    ("environment",),
    ("family",),
    ("provider", "stage"),
    *(("Parameters", name, "Default") for name in ("Stage", "Environment", "Env", "StageName", "EnvironmentName")),
)
_DEFAULT = regex(r"\$\{(?:opt:|sls:)?stage\s*,\s*[\"']?(\w+)[\"']?\}")
_SECRET = regex(
    r"\$\{\{\s*(?:secrets|vars)\.([A-Za-z_]\w*)\s*\}\}|\$\{?([A-Z][A-Z0-9_]*)(?::?\?[^{}]*)?\}?|\{\{\s*([A-Za-z_]\w*)\s*\}\}"
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Secrets whose names speak of another environment than the place where they are used."""
    for path, checked in project.reported():
        if checked.source.role in (Role.DOCUMENTATION, Role.TEMPLATE, Role.TEST):
            continue
        if checked.source.language == "hcl":
            yield from _terraform(path, checked)
        elif _OF_STAGE.search(path):
            yield from _program(path, checked)
        for document in documents(checked.source):
            for keys, item in document.walk():
                named = _named(keys, item, project, path)
                if named is None or not _speaks_of_key(keys, item, checked):
                    continue
                name, where = named
                yield from _problem(path, name, where, _stage(keys, document, checked, where))


def _problem(path: str, name: str, where: Span, ours: str) -> Iterator[Problem]:
    theirs = stage_of(name)
    if theirs and ours and theirs != ours and "production" in (theirs, ours):
        yield Problem(
            where,
            f"{ours} is given the secret of {theirs}: {name}",
            f"what runs in {ours} spends on, and can leak, the key of {theirs}",
            f"make a secret for {ours}, and name it here",
            cause=where,
            path=path,
        )


def _terraform(path: str, checked: Checked) -> Iterator[Problem]:
    """Names of secrets in a file of Terraform that speaks of one environment, in its folders or its settings."""
    from keylint.languages import hcl

    settings = hcl.settings(checked.source)
    said = {stage_of(text) for text in (path, *(made.text or "" for made in settings if made.path[-1] in _STAGE_NAMES))}
    if len(said - {""}) != 1:
        return
    for made in settings:
        if (
            (made.path[-1] in _SECRET_NAMES or (made.path[-1] == "name" and _KEPT.search(" ".join(made.path))))
            and made.text
            and checked.context.catalogue.spoken_of(made.text)
        ):
            yield from _problem(path, made.text, made.content, next(iter(said - {""})))


def _program(path: str, checked: Checked) -> Iterator[Problem]:
    """Reads in a file that is one environment's settings: `config/environments/staging.rb`."""
    for fact in checked.facts:
        if isinstance(fact, EnvRead) and fact.value.default is None and checked.context.catalogue.spoken_of(fact.name):
            yield from _problem(path, fact.name, fact.name_span, stage_of(posixpath.basename(path)))


def _named(keys: tuple[str, ...], item: Item, project: Project, path: str) -> tuple[str, Span] | None:
    """The secret that an item refers to, and where its name stands."""
    if keys[-1:] in (("secretKeyRef",), ("secretRef",)):
        name = item.get("name")
        return (name.text, name.span) if name.text else None
    if item.text is None or not keys:
        return None
    if is_constant(item.text):
        return item.text, item.content
    if keys[-1] in _EXISTING:
        return item.text, item.content
    if keys[-1] == "env_file":
        given = project.files.get(posixpath.normpath(posixpath.join(posixpath.dirname(path), item.text)))
        return (item.text, item.content) if given is not None and _defines_key(given) else None
    match = _SECRET.fullmatch(item.text.strip())
    if match is None:
        return None
    return next(group for group in match.groups() if group), item.span


def _defines_key(checked: Checked) -> bool:
    return any(
        isinstance(fact, EnvDefinition) and fact.slot is Slot.API_KEY and fact.provider and not fact.commented
        for fact in checked.facts
    )


def _speaks_of_key(keys: tuple[str, ...], item: Item, checked: Checked) -> bool:
    """Whether a reference is one to a vendor's key."""
    catalogue, last = checked.context.catalogue, keys[-1]
    if last == "env_file":
        return True
    if item.text and is_constant(item.text):
        return _is_key(" ".join((*keys, item.text)), checked) or _stands_with_variable(item, checked)
    if last in _SECRET_NAMES:
        return bool(catalogue.spoken_of(" ".join((*keys, item.text or ""))))
    if last == "secretKeyRef":
        return _stands_with_variable(item, checked)
    if last == "secretRef":
        return bool(catalogue.spoken_of(item.get("name").text or ""))
    known = catalogue.variable(last)
    if known is not None:
        return known[1].is_secret
    return SECRET_NAME.search(last) is not None and bool(catalogue.spoken_of(item.text or ""))


def _stands_with_variable(item: Item, checked: Checked) -> bool:
    """Whether the name of a vendor's variable stands right before an item."""
    around = checked.source.data[max(item.span.start - 200, 0) : item.span.end].decode("utf-8", "replace")
    return any(checked.context.catalogue.variable(word) is not None for word in re.findall(r"[A-Z][A-Z0-9_]+", around))


def _is_key(text: str, checked: Checked) -> bool:
    return (
        bool(checked.context.catalogue.spoken_of(text))
        and re.search(r"key|token|secret(?!smanager)", text, re.IGNORECASE) is not None
    )


def _stage(keys: tuple[str, ...], document: Item, checked: Checked, where: Span) -> str:
    """The environment that a place belongs to."""
    top, *below = keys
    if top == "jobs" and below:
        environment = document.get("jobs", below[0], "environment")
        said = environment.text or environment.get("name").text or ""
        return stage_of(said) or stage_of(below[0])
    for key in reversed(keys):
        if stage_of(key):
            return stage_of(key)
    for path in _OF_DOCUMENT:
        said = document.get(*path).text or ""
        chosen = _DEFAULT.fullmatch(said)
        if stage_of(chosen.group(1) if chosen else said):
            return stage_of(chosen.group(1) if chosen else said)
    before = checked.source.data[: where.start].decode("utf-8", "replace")
    comments = re.findall(r"(?m)^\s*#\s*([^\n]{1,40})$", before.rpartition("\n---")[2])
    if comments and stage_of(comments[-1]):
        return stage_of(comments[-1])
    return stage_of(checked.source.path)


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
        bad(
            "yaml",
            "environment: staging\nllm:\n  existingSecret: ⟦openai-production⟧\n",
            path="chart/values-staging.yaml",
        ),
        bad(
            "yaml",
            "services:\n  api:\n    image: acme/api\n    env_file: ⟦.env.production⟧\n    labels: { of: openai }\n",
            path="docker-compose.staging.yml",
            files={".env.production": "OPENAI_API_KEY=${VAULT_KEY}\n"},
        ),
        bad(
            "hcl",
            'data "aws_secretsmanager_secret_version" "openai" {\n  secret_id = "⟦prod/openai/api-key⟧"\n}\n\n'
            'module "api" {\n  environment = "staging"\n}\n',
            path="environments/staging/main.tf",
        ),
        bad(
            "yaml",
            "deploy_staging:\n  script: [./deploy.sh]\n  variables:\n    LLM_KEY: ⟦$PRODUCTION_OPENAI_API_KEY⟧\n",
            path=".gitlab-ci.yml",
        ),
        bad(
            "ruby",
            'Rails.application.configure do\n  config.x.llm.api_key = ENV.fetch(⟦"OPENAI_API_KEY_PRODUCTION"⟧)\nend\n',
            path="config/environments/staging.rb",
        ),
        bad(
            "yaml",
            "provider:\n  stage: ${opt:stage, 'dev'}\n  environment:\n    OPENAI_API_KEY: ⟦${ssm:/prod/openai/api-key}⟧\n",
            path="serverless.yml",
        ),
        good(
            "yaml",
            "provider:\n  stage: ${opt:stage, 'dev'}\n  environment:\n    OPENAI_API_KEY: ${ssm:/${sls:stage}/openai/api-key}\n",
            why="the path has the stage in it",
            path="serverless.yml",
        ),
        good(
            "ruby",
            'Rails.application.configure do\n  config.x.llm.api_key = ENV.fetch("OPENAI_API_KEY_STAGING")\nend\n',
            why="its own",
            path="config/environments/staging.rb",
        ),
        good(
            "hcl",
            'data "aws_secretsmanager_secret_version" "openai" {\n  secret_id = "prod/openai/api-key"\n}\n',
            why="production's own",
            path="environments/prod/main.tf",
        ),
        good(
            "yaml",
            "jobs:\n  deploy:\n    environment: production\n    steps:\n      - run: ./deploy.sh\n        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n",
            why="the same name in two environments is two secrets",
            path=".github/workflows/deploy.yml",
        ),
    ),
)
