"""The key is an empty text.

An empty key is not the same as no key: it keeps the SDK from reading the variable, and an empty variable keeps a loader
from filling it. The client refuses to be built, or sends a header with nothing in it.

Leave the argument out, so that the SDK reads its variable, or read the variable yourself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import Confidence, Endpoint, Env, EnvDefinition, Literal, Missing, Problem, Use
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Empty and blank literals, variables that never get a value, reads whose fallback is empty."""
    value = use.value
    read = value if isinstance(value, Env) else None
    if read is not None and read.default is not None and use.via != "definition":
        value = read.default
    blank = isinstance(value, Literal) and context.judge(value.text, use.provider).kind is Kind.EMPTY
    if blank and value.hops:
        return  # a constant of nothing but spaces is there on purpose
    if not (blank or (isinstance(value, Missing) and value.kind in ("empty", "unassigned"))):
        return
    if not use.slot.is_secret or use.guarded or context.tolerant or use.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN):
        return
    if use.via not in ("client", "attribute", "definition"):
        return
    if use.via == "definition" and any(
        isinstance(fact, EnvDefinition)
        and fact.name == use.place.rpartition(" ")[2]
        and fact.span.start < use.span.start
        for fact in context.facts
    ):
        return  # it is taken back after it was used
    vendor = context.provider(use.host or use.provider)
    variable = context.variable_for(use)
    old = use.place.startswith("Configuration(") and context.source.language in ("javascript", "typescript", "tsx")
    answer = (
        vendor.answer("no-key") if old else context.without_key(vendor, value.span, empty=True)
    )  # openai 3 sends what it is given
    what = "never gets a value" if isinstance(value, Missing) and value.kind == "unassigned" else "is empty"
    if read is not None:
        yield Problem(
            value.span,
            f"the key for {vendor.name} is empty when {read.name} is not set",
            answer,
            f"stop with a message when {read.name} is missing"
            if old
            else f"leave the fallback out, so that what is missing is named: {context.spelled(read.name, value.span)}",
            fix=context.read_variable(read.name, read.span, title="remove the fallback")
            if not read.hops and not old
            else None,
            notes=context.used(value, use.span, f"used here: {use.place}"),
            cause=value.span,
        )
        return
    in_file = context.adapter_at(use.span).settings
    yield Problem(
        value.span,
        f"the key for {vendor.name} {what}",
        answer,
        f"{'put the key behind the =' if in_file else 'leave it out or read the variable: ' + context.spelled(variable, value.span)}",
        fix=None if use.via == "definition" or what != "is empty" else context.read_variable(variable, value.span),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
        confidence=Confidence.POSSIBLE if in_file or context.adapter.name == "notebook" else None,
    )


RULE = Rule(
    "KL205",
    "empty-key",
    (Use,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(api_key=⟦""⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad("python", 'import os\n\nos.environ["OPENAI_API_KEY"] = ⟦""⟧\nllm = ChatOpenAI()\n'),
        bad(
            "javascript",
            "const client = new OpenAI({ apiKey: ⟦''⟧ });\n",
            fixed="const client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
        ),
        bad(
            "python",
            'import os\n\nclient = OpenAI(api_key=os.getenv("OPENAI_API_KEY", ⟦""⟧))\n',
            fixed='import os\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "typescript",
            'export const openai = createOpenAI({ apiKey: process.env.OPENAI_API_KEY ?? ⟦""⟧ });\n',
            fixed="export const openai = createOpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
        ),
        bad(
            "csharp",
            'using OpenAI.Chat;\n\nvar key = Environment.GetEnvironmentVariable("OPENAI_API_KEY") ?? ⟦string.Empty⟧;\nvar client = new ChatClient("gpt-5", key);\n',
        ),
        good(
            "python",
            'import os\n\nkey = os.getenv("OPENAI_API_KEY", "")\nif not key:\n    raise SystemExit("set it")\nclient = OpenAI(api_key=key)\n',
            why="tested first",
        ),
        good(
            "typescript",
            'if (!process.env.OPENAI_API_KEY) throw new Error("set it");\nexport const openai = createOpenAI({ apiKey: process.env.OPENAI_API_KEY ?? "" });\n',
            why="tested first",
        ),
        good("python", "client = OpenAI(api_key=None)\n", why="None makes the SDK read its variable"),
        good("python", 'client = OpenAI(api_key="", base_url="http://localhost:8000/v1")\n', why="a local server"),
        good("dotenv", "OPENAI_API_KEY=\n", why="a template", path=".env.example"),
        good(
            "python",
            'openai.api_key = ""\n\ndef setup(key):\n    if not openai.api_key:\n        openai.api_key = key\n',
            why="tested before it is used",
        ),
    ),
)
