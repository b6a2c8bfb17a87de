"""A shell script sets a variable and starts a program, but does not export the variable.

Without `export` a variable belongs to the shell alone: the program that the script starts does not see it. In PowerShell the
same holds for `$NAME = …`.

Write `export` before the assignment; in PowerShell `$env:NAME = …`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, EnvDefinition, Missing, Opaque, Problem, Span
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


# A program that is started, and does more than install.
_PROGRAM = regex(
    rb"(?:^|;|&&)[ \t]*(?:(?:exec|nohup|time|command)[ \t]+)*(?:[\w.~$\"{}/-]*/)?"
    rb"(?:python[\d.]*|node|npm|npx|yarn|pnpm|bun|deno|uvicorn|gunicorn|flask|streamlit|uv|poetry|pipenv|tsx|ruby|bundle|php|java"
    rb"|dotnet|cargo|celery|langgraph|chainlit)(?:\.exe)?(?![\w.=-])(?![ \t]+(?:-V|--version|install|sync|ci|add)\b)",
    re.MULTILINE,
)


def check(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """Assignments of a provider's variable that nothing in the script uses or exports."""
    value = definition.value
    if (
        definition.reader != "shell-local"
        or definition.slot is None
        or context.tolerant
        or isinstance(value, Missing)
        or (isinstance(value, Opaque) and value.reason != "the output of a command")
    ):
        return
    data = context.source.data
    if context.language_at(definition.span) == "powershell":
        yield from _powershell(definition, context)
        return
    if re.search(rb"\$\{?" + re.escape(definition.name.encode()) + rb"\b", data) or not _PROGRAM.search(
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


def _powershell(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """``$NAME = …``: a variable of the session, which programs do not see."""
    name = re.escape(definition.name.encode())
    data = context.source.data
    if len(re.findall(rb"(?i)\b" + name + rb"\b", data)) > 1 or not _PROGRAM.search(
        data.replace(b"\\", b"/"), definition.span.end
    ):
        return
    vendor = context.provider(definition.provider)
    at = definition.name_span.start + 1
    yield Problem(
        definition.name_span,
        f"${definition.name} is a variable of PowerShell: the programs that this script starts do not see it",
        vendor.answer("unset"),
        f"write `$env:{definition.name} = …`",
        fix=context.fix("put it into the environment", [Edit(Span(at, at), "env:")]),
        cause=definition.name_span,
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
        bad(
            "shell",
            "#!/bin/sh\n⟦OPENAI_API_KEY⟧=$(cat ~/.config/key)\nexec .venv/bin/python -m app\n",
            fixed="#!/bin/sh\nexport OPENAI_API_KEY=$(cat ~/.config/key)\nexec .venv/bin/python -m app\n",
            path="run.sh",
        ),
        bad(
            "powershell",
            '⟦$OPENAI_API_KEY⟧ = Read-Host "Key"\n.\\.venv\\Scripts\\python.exe main.py\n',
            fixed='$env:OPENAI_API_KEY = Read-Host "Key"\n.\\.venv\\Scripts\\python.exe main.py\n',
            path="run.ps1",
        ),
        good(
            "powershell",
            '$OPENAI_API_KEY = Read-Host "Key"\n$env:OPENAI_API_KEY = $OPENAI_API_KEY\npython main.py\n',
            why="handed on",
            path="run.ps1",
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
