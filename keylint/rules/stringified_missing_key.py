"""A value that may be missing is turned into a text, and the text is the key.

When the variable is not set, `str(os.getenv(…))` is "None" and `String(process.env.…)` is "undefined": no error about a
missing key, but a request with that word as the key, and a 401 that hides the cause.

Hand the value over as it is, or use a read that fails when the variable is not set.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.mask import quote
from keylint.model import Confidence, Endpoint, Env, Join, Literal, Problem, Slot, Unset, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_SLOTS = (Slot.API_KEY, Slot.AUTH_TOKEN, Slot.ADMIN_API_KEY, Slot.ORGANIZATION, Slot.PROJECT)


def check(use: Use, context: Context) -> Iterator[Problem]:
    """`str()` around a read that may give nothing; the word itself, written down."""
    if use.slot not in _SLOTS or use.guarded or context.tolerant or use.endpoint is Endpoint.CUSTOM:
        return
    vendor = context.provider(use.host or use.provider)
    variable = context.variable_for(use)
    value = use.value
    if (
        isinstance(value, Literal)
        and use.slot.is_secret
        and context.judge(value.text, use.provider).kind is Kind.MISSING
    ):
        if use.via == "header" and context.provider(use.host).id == "generic":
            return
        if use.endpoint is Endpoint.UNKNOWN:
            return  # a server of one's own may take any word
        yield Problem(
            value.span,
            f"the word {quote(value.text)} is handed to {vendor.name} as the key",
            vendor.answer("invalid-key"),
            f"read the key from the environment: {context.spelled(variable, value.span)}",
            fix=context.read_variable(variable, value.span) if use.via in ("client", "attribute") else None,
            notes=context.used(value, use.span, f"used here: {use.place}"),
            cause=value.span,
            confidence=Confidence.POSSIBLE if use.via in ("argument", "setting") else None,
        )
        return
    if not isinstance(value, Join) or len(value.parts) != 1 or not isinstance(value.parts[0], Env):
        return
    read = value.parts[0]
    if read.unset is not Unset.NULL or read.default is not None or not context.adapter_at(value.span).null_word:
        return
    what = "key" if use.slot.is_secret else use.slot.value
    yield Problem(
        value.span,
        f"when {read.name} is not set, the {what} is the word `{context.adapter_at(value.span).null_word}`",
        vendor.answer("invalid-key" if use.slot.is_secret else use.slot.value),
        f"hand the value over as it is: {context.spelled(read.name, value.span)}",
        fix=context.read_variable(read.name, value.span, required=use.slot.is_secret) if use.via != "header" else None,
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
    )


RULE = Rule(
    "KL206",
    "stringified-missing-key",
    (Use,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=⟦str(os.getenv("OPENAI_API_KEY"))⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "typescript",
            "const openai = new OpenAI({ apiKey: ⟦String(process.env.OPENAI_API_KEY)⟧ });\n",
            fixed="const openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
        ),
        bad(
            "python",
            'client = OpenAI(api_key=⟦"None"⟧)\n',
            fixed='import os\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "python",
            'import os\n\nclient = OpenAI(organization=⟦str(os.getenv("OPENAI_ORG_ID"))⟧)\n',
            fixed='import os\n\nclient = OpenAI(organization=os.environ.get("OPENAI_ORG_ID"))\n',
        ),
        bad(
            "java",
            'class Ask {\n    OpenAIClient client() {\n        return OpenAIOkHttpClient.builder().apiKey(⟦String.valueOf(System.getenv("OPENAI_API_KEY"))⟧).build();\n    }\n}\n',
            fixed='class Ask {\n    OpenAIClient client() {\n        return OpenAIOkHttpClient.builder().apiKey(System.getenv("OPENAI_API_KEY")).build();\n    }\n}\n',
        ),
        good(
            "python",
            'client = OpenAI(api_key=os.getenv("OPENAI_API_KEY"))\n',
            why="None stays None: the SDK says that the key is missing",
        ),
        good("python", 'client = OpenAI(api_key=str(os.environ["OPENAI_API_KEY"]))\n', why="this read fails by itself"),
        good(
            "typescript",
            "const key = process.env.OPENAI_API_KEY;\nif (!key) throw new Error('set it');\nconst c = new OpenAI({ apiKey: String(key) });\n",
            why="tested first",
        ),
    ),
)
