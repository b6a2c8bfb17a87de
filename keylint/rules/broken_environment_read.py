"""The environment is read in a way that cannot work.

`os.environ` is a mapping and is subscripted, `os.getenv` is a function and is called; a name needs quotes, and a space
inside them makes it another name. In JavaScript `process.env` is an object.

Read it in one of the two ways that work.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.mask import quote
from keylint.model import Confidence, EnvRead, Problem
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_AROUND = regex(r"^[\s$%{\"'(]+|[\s%}\"')=]+$")
_OUTCOME = {
    "called": "TypeError: '_Environ' object is not callable",
    "process.env called": "TypeError: process.env is not a function",
    "process.env.get": "TypeError: process.env.get is not a function",
    "subscripted": "TypeError: 'function' object is not subscriptable",
    "bare-name": "NameError: name '{0}' is not defined",
}
_MESSAGE = {
    "called": "`os.environ` is called like a function",
    "process.env called": "`process.env` is called like a function",
    "process.env.get": "`process.env` has no `get`",
    "subscripted": "`{1}` is subscripted like a mapping",
    "bare-name": "the variable's name {0} stands without quotes",
}


def check(read: EnvRead, context: Context) -> Iterator[Problem]:
    """Broken reads, and names with something around them."""
    bare = _AROUND.sub("", read.name)
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
    elif bare != read.name and bare.isidentifier():
        vendor = context.provider((context.catalogue.variable(bare) or ("",))[0])
        what = "the space" if bare == read.name.strip() else f"what stands around `{bare}`"
        yield Problem(
            read.name_span,
            f"no variable is called {quote(read.name)}",
            context.unset(vendor.id, read.value) if vendor.id else "the variable is never found, whatever it is set to",
            f"take {what} away",
            fix=context.fix(f"take {what} away", [context.rewrite(read.name_span, bare)]),
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
        bad(
            "python",
            'import os\n\nkey = os.getenv(⟦"$OPENAI_API_KEY"⟧)\n',
            fixed='import os\n\nkey = os.getenv("OPENAI_API_KEY")\n',
        ),
        bad(
            "javascript",
            'const openai = new OpenAI({ apiKey: ⟦process.env("OPENAI_API_KEY")⟧ });\n',
            fixed="const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
        ),
        bad(
            "javascript",
            'const key = ⟦process.env.get("OPENAI_API_KEY")⟧;\n',
            fixed="const key = process.env.OPENAI_API_KEY;\n",
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
