"""A workflow takes a key from `vars`.

GitHub keeps secrets and configuration variables apart. `vars.OPENAI_API_KEY` is empty if the key is stored as a secret; if it is
really stored as a variable, everyone who can see the repository's settings can read it, and logs do not mask it.

Store it as a secret, and write `secrets.`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, EnvDefinition, Problem, Role, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_VARS = regex(rb"\$\{\{\s*(vars)\.[A-Za-z_]\w*\s*\}\}")


def check(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """A secret's variable that is given what `vars` holds."""
    if definition.reader != "github-actions" or definition.slot is None or not definition.slot.is_secret:
        return
    if context.role in (Role.DOCUMENTATION, Role.TEST):
        return
    where = definition.value.span
    match = _VARS.search(context.source.data, where.start, where.end)
    if match is None:
        return
    yield Problem(
        Span(*match.span()),
        f"{definition.name} is taken from `vars`, where no secret belongs",
        "it is empty if the key is stored as a secret; else everyone with access can read it, and logs show it",
        "store it as a secret of the repository, and write `secrets.` here",
        fix=context.fix("take it from `secrets`", [Edit(Span(*match.span(1)), "secrets")], safe=False),
        cause=where,
    )


RULE = Rule(
    "KL513",
    "secret-as-variable",
    (EnvDefinition,),
    check,
    __doc__,
    examples=(
        bad(
            "yaml",
            "jobs:\n  run:\n    steps:\n      - run: make\n        env:\n          OPENAI_API_KEY: ⟦${{ vars.OPENAI_API_KEY }}⟧\n",
            path=".github/workflows/run.yml",
            fixed="jobs:\n  run:\n    steps:\n      - run: make\n        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n",
        ),
        good(
            "yaml",
            "jobs:\n  run:\n    steps:\n      - run: make\n        env:\n          OPENAI_BASE_URL: ${{ vars.OPENAI_BASE_URL }}\n",
            why="no secret",
            path=".github/workflows/run.yml",
        ),
    ),
)
