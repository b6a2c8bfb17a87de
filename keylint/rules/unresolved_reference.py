"""A reference to a secret stands where nothing puts the secret in its place.

`arn:aws:secretsmanager:…`, `projects/…/secrets/…`, `op://…` and `@Microsoft.KeyVault(…)` are resolved by one tool each, and in one
place: `valueFrom` in a task definition of ECS, `op run`, the settings of an Azure app. Anywhere else the reference itself is
sent as the key.

Write it where its tool looks, or read the secret when the program starts.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint import loaders
from keylint.lazy import regex
from keylint.model import Confidence, EnvDefinition, Literal, Problem, Role, Span, Use
from keylint.rules.rule import Rule, bad, good
from keylint.stores import store_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

# Who may put secrets in the place of references: webhooks of clusters, a platform that does it by itself.
_RESOLVED = ("kubernetes", "helm", "spring", "ansible", "package")
_BY_HAND = ("1Password", "Vault", "vals")  # their tools start any program with any file of variables
_AZURE = regex(rb"Microsoft\.Web|azurerm_|app_?settings|appSettings", re.IGNORECASE)
# Tools, and programs that ask a store themselves.
_TOOLS = regex(
    r"\bop\b[\s,\"'\[\]]{1,4}(?:run|inject|read)\b|1password/|onepassword|vault-env|bank-vaults|vault-action|envconsul|consul-template|vaultenv"
    r"|secrets-init|\bchamber\b|berglas|\bteller\b|\bvals\b|aws-env|aws-secretsmanager-get|[gG]et_?[sS]ecret|SecretsManager"
    r"|[\"']secretsmanager[\"']|secretmanager|[gG]et_?[pP]arameter|[\"']ssm[\"']|client-ssm|SecretClient|AddAzureKeyVault"
    r"|azure[-.]keyvault|keyvault-secrets|az (?:webapp|functionapp)|startswith\([\"'](?:arn|op:|projects)|hvac"
)
_SCRIPTS = regex(
    r"^(?:[^/]+/){0,2}(?:[^/]+\.(?:sh|ps1|mk)|Makefile|[Jj]ustfile|Taskfile\.ya?ml|package\.json|Procfile|\.envrc|mise\.toml)$"
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """References in the place of a vendor's key, in projects that nothing in resolves them."""
    helped: bool | None = None
    for path, checked in project.reported():
        if checked.source.role is not Role.PRODUCTION:
            continue
        told: set[Span] = set()
        for fact in checked.facts:
            if not isinstance(fact, EnvDefinition | Use) or fact.slot is None or not fact.slot.is_secret:
                continue
            where = fact.value.content if isinstance(fact.value, Literal) else fact.span
            store = store_of(checked.source.slice(where).strip("\"'"))
            if not store or where in told or _is_resolved(fact, store, checked):
                continue
            told.add(where)
            helped = _is_helped(project) if helped is None else helped
            if not helped:
                yield _problem(path, checked, fact, where, store)


def _is_resolved(fact: EnvDefinition | Use, store: str, checked: Checked) -> bool:
    """Whether the place is one where its reader resolves references, or where that cannot be told."""
    data = checked.source.data
    if isinstance(fact, EnvDefinition):
        if fact.commented or not fact.live or fact.reader in _RESOLVED:
            return True
        return store == "Azure" and bool(_AZURE.search(data))
    return checked.adapter.settings or fact.via not in ("client", "header")  # a program may resolve its own settings


def _is_helped(project: Project) -> bool:
    """Whether anything in a project may resolve references."""
    texts = [checked.source.text for checked in project.files.values()]
    texts += [project.read(name) for name in project.notes if name not in project.files]
    texts += [project.read(name) for name in {*loaders.documents(project), *filter(_SCRIPTS.search, project.names)}]
    return any(_TOOLS.search(text) for text in texts)


def _problem(path: str, checked: Checked, fact: EnvDefinition | Use, where: Span, store: str) -> Problem:
    name = fact.name if isinstance(fact, EnvDefinition) else fact.place
    context = checked.context
    advice = "read the secret when the program starts, or set the variable to its value where it runs"
    if store == "AWS" and b"containerdefinitions" in checked.source.data.lower():
        advice = "move it to the container's secrets, as valueFrom"
    elif store == "1Password":
        advice = "start the program with `op run`, which puts the secret in"
    by_hand = store in _BY_HAND and checked.source.language in ("dotenv", "shell")
    return Problem(
        where,
        f"{name} is a reference to {store}, and nothing here puts the secret in its place",
        context.provider(fact.provider).answer("invalid-key"),
        advice,
        fix=context.read_variable(context.variable_for(fact), fact.value.span)
        if isinstance(fact, Use) and fact.via == "client"
        else None,
        cause=where,
        path=path,
        confidence=Confidence.POSSIBLE if by_hand else None,
    )


_TASK = '{"containerDefinitions": [{"name": "app", "%s": [{"name": "OPENAI_API_KEY", "%s": "%s"}]}]}\n'
_ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:openai-AbCdEf"

RULE = Rule(
    "KL213",
    "unresolved-reference",
    ("project",),
    check,
    __doc__,
    examples=(
        bad("json", _TASK.replace('"%s"}', "%s}") % ("environment", "value", f'⟦"{_ARN}"⟧'), path="taskdef.json"),
        bad(
            "yaml",
            "services:\n  api:\n    image: acme/api\n    environment:\n      OPENAI_API_KEY: ⟦op://Private/OpenAI/credential⟧\n",
            path="compose.yaml",
        ),
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(api_key="⟦projects/acme/secrets/openai/versions/latest⟧")\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad("dotenv", "OPENAI_API_KEY=⟦op://Private/OpenAI/credential⟧\n", confidence="possible"),
        good("json", _TASK % ("secrets", "valueFrom", _ARN), why="here ECS looks it up", path="taskdef.json"),
        good(
            "dotenv",
            "OPENAI_API_KEY=op://Private/OpenAI/credential\n",
            why="op run resolves it",
            path=".env",
            files={"Makefile": "run:\n\top run --env-file=.env -- python app.py\n"},
        ),
        good(
            "yaml",
            "apiVersion: apps/v1\nkind: Deployment\nspec:\n  env:\n    - name: OPENAI_API_KEY\n      value: vault:secret/data/openai#key\n",
            why="a webhook of the cluster may resolve it",
            path="k8s/app.yaml",
        ),
        good(
            "json",
            '{"OpenAI": {"ApiKey": "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/openai)"}}\n',
            why="the program may resolve what stands in its settings",
            path="appsettings.json",
        ),
        good(
            "hcl",
            'resource "azurerm_linux_web_app" "api" {\n  app_settings = {\n'
            '    OPENAI_API_KEY = "@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/openai)"\n  }\n}\n',
            why="Azure resolves it in an app's settings",
            path="main.tf",
        ),
    ),
)
