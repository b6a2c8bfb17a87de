"""A key stands as the fallback of a read of the environment.

The program works without the variable, with a key that everyone can read in the source. In production it hides that the
variable is missing, and the day the key is revoked every place that forgot the variable answers 401.

Remove the fallback, so that a missing variable fails at once, and revoke the key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import Confidence, Env, EnvRead, Literal, Problem, Value
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(read: EnvRead, context: Context) -> Iterator[Problem]:
    """The last fallback of a chain of reads."""
    key = _last(read.value.default)
    if key is None or read.fallback:
        return
    judged = context.judge(key.text, read.provider)
    if judged.kind is not Kind.KEY or judged.format is None:
        return
    vendor = context.provider(judged.format.provider)
    chained = isinstance(read.value.default, Env)
    yield Problem(
        key.content,
        f"{vendor.name} key as the fallback for {read.name}",
        f"everyone who can read the file can use it; once revoked: {vendor.answer('invalid-key')}",
        f"remove the fallback; revoke this key and make a new one: {vendor.key_page}",
        fix=None
        if chained
        else context.move_out(
            context.read_variable(read.name, read.value.span, title="remove the fallback"),
            key.content,
            read.name,
            vendor.id,
        ),
        cause=key.content,
    )


def _last(value: Value | None) -> Literal | None:
    while isinstance(value, Env):
        value = value.default
    return value if isinstance(value, Literal) else None


RULE = Rule(
    "KL103",
    "key-as-default",
    (EnvRead,),
    check,
    __doc__,
    confidence=Confidence.CERTAIN,
    rank=30,
    secret=True,
    examples=(
        bad(
            "python",
            'import os\n\nkey = os.getenv("OPENAI_API_KEY", "⟦«openai.key»⟧")\n',
            fixed='import os\n\nkey = os.environ["OPENAI_API_KEY"]\n',
        ),
        bad(
            "javascript",
            "const key = process.env.OPENAI_API_KEY || '⟦«openai.key»⟧';\n",
            fixed="const key = process.env.OPENAI_API_KEY;\n",
        ),
        bad("shell", 'export OPENAI_API_KEY="${OPENAI_API_KEY:-⟦«openai.key»⟧}"\n', path="run.sh"),
        good(
            "python",
            'import os\n\nkey = os.getenv("OPENAI_API_KEY", "")\nif not key:\n    raise SystemExit("set OPENAI_API_KEY")\n',
            why="an empty fallback that is tested",
        ),
        good(
            "shell",
            'export OPENAI_API_KEY="${OPENAI_API_KEY:?set it first}"\n',
            why="fails with a message instead",
            path="run.sh",
        ),
    ),
)
