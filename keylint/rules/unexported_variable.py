"""A shell script sets a variable and starts a program, but does not export the variable.

Without `export` a variable belongs to the shell alone: the program that the script starts does not see it.

Write `export` before the assignment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.model import Edit, EnvDefinition, Missing, Opaque, Problem, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """Assignments of a provider's variable that nothing in the script uses or exports."""
    if (
        definition.reader != "shell-local"
        or definition.slot is None
        or context.tolerant
        or isinstance(definition.value, Missing | Opaque)
    ):
        return
    data = context.source.data
    if re.search(rb"\$\{?" + re.escape(definition.name.encode()) + rb"\b", data) or not _starts_a_program(
        data, definition.span.end
    ):
        return
    vendor = context.provider(definition.provider)
    yield Problem(
        definition.name_span,
        f"{definition.name} is not exported: the programs that this script starts do not see it",
        vendor.answer("unset"),
        f"write `export {definition.name}=…`",
        fix=context.fix("export it", [Edit(Span(definition.name_span.start, definition.name_span.start), "export ")]),
        cause=definition.name_span,
    )


def _starts_a_program(data: bytes, after: int) -> bool:
    return bool(
        re.search(
            rb"^[ \t]*(?:exec[ \t]+)?(?:python[\d.]*|node|npm|npx|yarn|pnpm|bun|deno|uvicorn|gunicorn|flask|streamlit|uv|poetry|tsx)\b",
            data[after:],
            re.MULTILINE,
        )
    )


RULE = Rule(
    "KL507",
    "unexported-variable",
    (EnvDefinition,),
    check,
    __doc__,
    examples=(
        bad(
            "shell",
            '⟦OPENAI_API_KEY⟧="$KEY_FROM_VAULT"\npython app.py\n',
            fixed='export OPENAI_API_KEY="$KEY_FROM_VAULT"\npython app.py\n',
            path="run.sh",
        ),
        good(
            "shell", 'OPENAI_API_KEY="$KEY_FROM_VAULT" python app.py\n', why="set for this one command", path="run.sh"
        ),
        good(
            "shell",
            'OPENAI_API_KEY="$KEY_FROM_VAULT"\nexport OPENAI_API_KEY\npython app.py\n',
            why="exported on the next line",
            path="run.sh",
        ),
        good(
            "shell",
            'OPENAI_API_KEY="$KEY_FROM_VAULT"\npython app.py --key "$OPENAI_API_KEY"\n',
            why="handed over as an argument",
            path="run.sh",
        ),
    ),
)
