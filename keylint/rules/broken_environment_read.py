"""The environment is read in a way that cannot work.

`os.environ` is a mapping and is subscripted, `os.getenv` is a function and is called; a name needs quotes, and a space
inside them makes it another name.

Read it in one of the two ways that work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.mask import quote
from keylint.model import Confidence, EnvRead, Problem
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_OUTCOME = {
    "called": "TypeError: '_Environ' object is not callable",
    "subscripted": "TypeError: 'function' object is not subscriptable",
    "bare-name": "NameError: name '{0}' is not defined",
}
_MESSAGE = {
    "called": "`os.environ` is called like a function",
    "subscripted": "`{1}` is subscripted like a mapping",
    "bare-name": "the variable's name {0} stands without quotes",
}


def check(read: EnvRead, context: Context) -> Iterator[Problem]:
    """Broken reads, and names with a space at an end."""
    if read.broken:
        name = read.name.strip("\"' ")
        yield Problem(
            read.span,
            _MESSAGE[read.broken].format(quote(name), read.call),
            _OUTCOME[read.broken].format(name),
            f"write {context.spelled(name, read.span)}",
            fix=context.read_variable(name, read.span, title="read it in a way that works")
            if name.isidentifier()
            else None,
            cause=read.span,
            confidence=Confidence.LIKELY if read.broken == "bare-name" else None,
        )
    elif read.name != read.name.strip() and read.name.strip():
        vendor = context.provider((context.catalogue.variable(read.name.strip()) or ("",))[0])
        yield Problem(
            read.name_span,
            f"{quote(read.name)} has a space in it: no variable is called that",
            vendor.answer("unset"),
            "take the space away",
            fix=context.fix("take the space away", [context.rewrite(read.name_span, read.name.strip())]),
            cause=read.name_span,
            confidence=Confidence.LIKELY,
        )


RULE = Rule(
    "KL504",
    "broken-environment-read",
    (EnvRead,),
    check,
    __doc__,
    confidence=Confidence.CERTAIN,
    examples=(
        bad(
            "python",
            'import os\n\nkey = ⟦os.environ("OPENAI_API_KEY")⟧\n',
            fixed='import os\n\nkey = os.environ["OPENAI_API_KEY"]\n',
        ),
        bad(
            "python",
            'import os\n\nkey = ⟦os.getenv["OPENAI_API_KEY"]⟧\n',
            fixed='import os\n\nkey = os.environ["OPENAI_API_KEY"]\n',
        ),
        bad(
            "python",
            "import os\n\nkey = ⟦os.getenv(OPENAI_API_KEY)⟧\n",
            fixed='import os\n\nkey = os.environ["OPENAI_API_KEY"]\n',
        ),
        bad(
            "javascript",
            'const key = process.env[⟦" OPENAI_API_KEY"⟧];\n',
            fixed='const key = process.env["OPENAI_API_KEY"];\n',
        ),
        good(
            "python",
            'import os\n\nOPENAI_API_KEY = "OPENAI_API_KEY"\nkey = os.getenv(OPENAI_API_KEY)\n',
            why="a constant that holds the name",
        ),
        good(
            "python",
            "from names import *\nimport os\n\nkey = os.getenv(OPENAI_API_KEY)\n",
            why="the name may come from the other module",
        ),
        good("python", 'import os\n\nkey = os.environ["OPENAI_API_KEY"]\n', why="a mapping, subscripted"),
    ),
)
