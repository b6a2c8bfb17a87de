"""The name of a variable is handed over as the key, in quotes.

The name is sent instead of what the variable holds, so the API is shown `OPENAI_API_KEY` or `API_KEY_OPENAI` and answers
that this is no key.

Read the variable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import ON_PURPOSE, Kind
from keylint.mask import quote
from keylint.model import Confidence, Endpoint, Env, Literal, Problem, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Literals that are a variable's name, where its value belongs."""
    value = use.value.default if isinstance(use.value, Env) else use.value
    if not isinstance(value, Literal) or not use.slot.is_secret or use.guarded or context.tolerant:
        return
    if use.via == "variable":
        return  # NAME = "NAME": a constant that holds a name, to be read elsewhere
    judged = context.judge(value.text, use.host or use.provider)
    if judged.kind is not Kind.NAME:
        return
    vendor = context.provider(use.host or use.provider)
    variable = context.variable_for(use)
    known = context.catalogue.variable(value.text)
    if use.endpoint is Endpoint.CUSTOM and not known:
        return  # a local server takes any text
    if known and use.provider == GENERIC:
        variable = value.text
    doubtful = use.provider == GENERIC and use.via != "client"
    at = use.value.span if isinstance(use.value, Env) else value.span
    before = (
        "Bearer "
        if use.via == "header" and context.source.slice(value.span).lstrip("\"'`").lower().startswith("bearer ")
        else ""
    )
    yield Problem(
        value.span,
        f"the name {quote(value.text)} is handed to {vendor.name} as the key, not what the variable holds",
        vendor.answer("invalid-key"),
        f"read the variable: {context.spelled(variable, value.span)}",
        fix=context.read_variable(variable, at, before=before),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
        confidence=Confidence.POSSIBLE
        if use.via in ("argument", "setting") or doubtful or ON_PURPOSE.match(value.text)
        else None,
    )


RULE = Rule(
    "KL202",
    "variable-name-as-key",
    (Use,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(api_key=⟦"API_KEY_OPENAI"⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "python",
            'embeddings = OpenAIEmbeddings(openai_api_key=⟦"OPENAI_API_KEY"⟧)\n',
            fixed='import os\n\nembeddings = OpenAIEmbeddings(openai_api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new OpenAI({ apiKey: ⟦"OPENAI_API_KEY"⟧ });\n',
            fixed='import OpenAI from "openai";\n\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n',
        ),
        bad(
            "typescript",
            'await fetch("https://api.openai.com/v1/models", { headers: { Authorization: ⟦"Bearer OPENAI_API_KEY"⟧ } });\n',
            fixed='await fetch("https://api.openai.com/v1/models", { headers: { Authorization: `Bearer ${process.env.OPENAI_API_KEY}` } });\n',
        ),
        bad(
            "shell",
            'curl https://api.openai.com/v1/models -H "Authorization: Bearer ⟦OPENAI_API_KEY⟧"\n',
            path="ask.sh",
            fixed='curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
        ),
        bad(
            "python",
            'from litellm import completion\n\ncompletion(model="gpt-4o", messages=m, api_key=⟦"OPENAI_API_KEY"⟧)\n',
            fixed='import os\nfrom litellm import completion\n\ncompletion(model="gpt-4o", messages=m, api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "yaml",
            "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-5\n      api_key: ⟦OPENAI_API_KEY⟧\n",
            path="litellm.yaml",
        ),
        good(
            "yaml",
            "model_list:\n  - model_name: gpt\n    litellm_params:\n      model: openai/gpt-5\n      api_key: os.environ/OPENAI_API_KEY\n",
            path="litellm.yaml",
            why="LiteLLM's form",
        ),
        good(
            "python",
            'OPENAI_API_KEY = "OPENAI_API_KEY"\nkey = os.getenv(OPENAI_API_KEY)\n',
            why="a constant that holds the name",
        ),
        good(
            "python", 'client = OpenAI(api_key=st.secrets["OPENAI_API_KEY"])\n', why="a store is asked for it by name"
        ),
        good("python", 'agent = Agent(requires_api_key="OPENAI_API_KEY")\n', why="a place where the name is expected"),
        good(
            "javascript",
            'const client = new OpenAI({ apiKey: process.env["OPENAI_API_KEY"] });\n',
            why="the variable is read",
        ),
    ),
)
