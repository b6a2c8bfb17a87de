"""A line that sets a variable is read otherwise than it was meant.

Files of variables have no common grammar: quotes, spaces, comments, semicolons and line ends are taken away by one reader
and kept by the next. What is kept becomes a part of the key.

Write `NAME=value` without quotes, spaces and comments: all readers agree on that form.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import EnvDefinition, Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_HELP = {
    "unterminated-quote": "close the quote, or write the value without quotes",
    "trailing-semicolon": "take the semicolon away",
    "trailing-comma": "take the comma away",
    "behind-quote": "let the quote end the line, or write the value without quotes",
    "backquotes": "write straight quotes, or none",
    "escape": "write the value without backslashes",
    "colon": "write = instead of the colon",
    "curly-quotes": "write straight quotes, or none",
    "set": "write NAME=value",
    "spaces": "write no spaces around the =",
    "quotes-kept": "write the value without quotes",
    "export-kept": "write the line without export",
    "hash": "put the value into quotes",
    "setenv": "write a space instead of the =",
    "mapping": "write NAME=value",
    "comment-kept": "put the comment on a line of its own",
    "csh": "write export NAME=value",
    "powershell": "write $env:NAME = 'value'",
    "subshell": "write %env NAME=value, or set it in the code",
    "encoded": "hand over the key as it is: it is encoded on its way into the Secret",
}

_SETS_NOTHING = ("colon", "set", "spaces", "setenv", "mapping", "csh", "export-kept", "powershell", "subshell")
_KEPT = ("trailing-semicolon", "trailing-comma", "curly-quotes", "backquotes", "quotes-kept", "comment-kept")


def check(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    """Whatever the language's parser found on the line."""
    if context.role in (Role.TEST, Role.GENERATED, Role.VENDORED):
        return
    if context.role is Role.DOCUMENTATION and context.is_shown_wrong(definition.span):
        return
    for damage in definition.damages:
        yield Problem(
            damage.span,
            f"{definition.name}: {damage.reads_as}",
            _outcome(definition, damage.kind, context),
            _HELP[damage.kind],
            fix=context.fix(_HELP[damage.kind], damage.repair) if damage.repair else None,
            cause=definition.span,
        )


def _outcome(definition: EnvDefinition, kind: str, context: Context) -> str:
    if definition.slot is None or not definition.slot.is_secret:
        return "the value that is read is another one than the line seems to say, or none"
    vendor = context.provider(definition.provider)
    if kind in _SETS_NOTHING:
        return f"the variable is not set: {vendor.answer('unset')}"
    if kind in _KEPT:
        return f"what is kept is sent with the key: {vendor.answer('invalid-key')}"
    return f"another key reaches the API than the line seems to say, or none: {vendor.answer('invalid-key')}"


RULE = Rule(
    "KL505",
    "mangled-assignment",
    (EnvDefinition,),
    check,
    __doc__,
    rank=90,
    examples=(
        bad("dotenv", 'OPENAI_API_KEY=⟦"«openai.key»⟧\nPORT=3000\n', path=".env"),
        bad("dotenv", "OPENAI_API_KEY=«openai.key»⟦;⟧\n", fixed="OPENAI_API_KEY=«openai.key»\n", path=".env"),
        bad("dotenv", "OPENAI_API_KEY⟦: ⟧«openai.key»\n", fixed="OPENAI_API_KEY=«openai.key»\n", path=".env"),
        bad("shell", "export OPENAI_API_KEY⟦ = ⟧$1\n", fixed="export OPENAI_API_KEY=$1\n", path="run.sh"),
        bad(
            "shell",
            "kubectl create secret generic llm ⟦--from-literal=OPENAI_API_KEY=$(printf %s $KEY | base64)⟧\n",
            path="secret.sh",
        ),
        bad(
            "yaml",
            'apiVersion: v1\nkind: Secret\nstringData:\n  OPENAI_API_KEY: ⟦"{{ .Values.key | b64enc }}"⟧\n',
            path="chart/templates/secret.yaml",
        ),
        bad(
            "powershell",
            "⟦set⟧ OPENAI_API_KEY=$key\npython main.py\n",
            fixed="$env:OPENAI_API_KEY = $key\npython main.py\n",
            path="run.ps1",
        ),
        good(
            "shell",
            "kubectl create secret generic llm --from-literal=OPENAI_API_KEY=$(base64 -d < key.b64)\n",
            why="decoded, not encoded",
            path="secret.sh",
        ),
        good(
            "yaml",
            'apiVersion: v1\nkind: Secret\ndata:\n  OPENAI_API_KEY: "{{ .Values.key | b64enc }}"\n',
            why="data holds base64",
            path="chart/templates/secret.yaml",
        ),
        good(
            "dotenv",
            'export OPENAI_API_KEY = "«openai.key»" # mine\n',
            why="every dotenv library reads this as it is meant",
            path=".env.example",
        ),
        good("shell", 'export OPENAI_API_KEY="$1"\n', why="no spaces", path="run.sh"),
    ),
)
