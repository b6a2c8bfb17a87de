"""A provider's key is written into a file.

Anyone who can read the file can spend on the account, and the key stays in git's history after the line is gone. The call
works, until the vendor finds the key in public and revokes it: from then on every copy of the program answers 401.

Read the key from the environment, revoke this one, and make a new one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.lazy import regex
from keylint.model import Confidence, Endpoint, Fix, Literal, Problem, Role, Span, Text, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_HINT = regex(rb"(?i)place_?holder[\"']?\s*[:=]\s*\{?[\"'`]?$")
# A comment behind the key that takes it back.
_TAKEN_BACK = regex(rb"[\"'`;,)\s]*(?:#|//|--|/\*)[^\n]{0,80}\b(?:fake|dummy|not (?:a )?real|no real)\b", re.IGNORECASE)

_RECORD = regex(r"\.(?:sql|log|csv|har|dump)$")  # what was written by a program, and is read by none for its settings


def check(fact: Text | Use, context: Context) -> Iterator[Problem]:
    """Key-shaped texts anywhere; texts that only their place makes a key."""
    if context.source.ignored and context.adapter.settings:
        return  # a file of values that git does not see
    if isinstance(fact, Text):
        if context.source.language == "dotenv" and context.role is not Role.TEMPLATE:
            return  # the place for a key, if git does not see the file: KL601
        yield _problem(fact.provider, fact.format, fact.span, fact.encoding, context)
        return
    if not isinstance(fact.value, Literal) or not fact.slot.is_secret:
        return
    if context.source.language == "dotenv" and context.role is not Role.TEMPLATE:
        return
    judged = context.judge(fact.value.text, fact.host or fact.provider)
    if judged.kind is not Kind.KEY or judged.format is None:
        return
    owner = fact.host or fact.provider
    if judged.format.context and context.is_of_another(fact):
        return  # a key of Google's for something else
    if owner in ("", GENERIC) and judged.format.unless and not judged.format.counts_in(context.source.data.lower()):
        return
    variable = context.variable_for(fact)
    made = None if context.without_environment else _fix(fact, fact.value, context)
    fix = context.move_out(made, fact.value.content, variable, judged.format.provider)
    encoding = "split" if fact.value.parts else ""
    span = fact.value.content
    elsewhere = fact.endpoint is Endpoint.CUSTOM
    yield _problem(
        judged.format.provider, judged.format.name, span, encoding, context, fix, variable, elsewhere=elsewhere
    )


def _fix(use: Use, key: Literal, context: Context) -> Fix | None:
    scheme = (
        "Bearer "
        if use.via == "header" and context.source.slice(key.span).lstrip("\"'`f").lower().startswith("bearer ")
        else ""
    )
    around = (Span(key.span.start, key.content.start), Span(key.content.end, key.span.end))
    if (
        not scheme
        and any(context.source.slice(side).replace("\\", "") != key.quote for side in around)  # \" in a notebook
        and not key.parts
    ):
        return None  # the key is a part of a longer text
    return context.read_variable(context.variable_for(use), key.span, before=scheme)


def _problem(
    provider: str,
    format: str,
    span: Span,
    encoding: str,
    context: Context,
    fix: Fix | None = None,
    variable: str = "",
    *,
    elsewhere: bool = False,
) -> Problem:
    vendor = context.provider(provider)
    variable = (
        variable
        or vendor.variable(next(iter(key.slot for key in vendor.keys if key.name == format), vendor.keys[0].slot))
        or "a variable"
    )
    how = {"split": ", split over several literals", "base64": ", in base64"}.get(encoding, "")
    key = next((known for known in vendor.keys if known.name == format), None)
    doubtful = key is not None and key.random and context.role in (Role.TEST, Role.GENERATED)
    doubtful = doubtful or (context.role is Role.DOCUMENTATION and _is_unmarked(format, span, context))
    before = context.source.data[max(span.start - 40, 0) : span.start]
    doubtful = doubtful or _HINT.search(before) is not None  # what an empty field shows: rarely a key that works
    doubtful = doubtful or _TAKEN_BACK.match(context.source.data, span.end) is not None
    whose = vendor.name
    issued = f"make a new one: {vendor.key_page}"
    answer = f"it works until the vendor finds and revokes it, then {vendor.answer('invalid-key')}"
    if elsewhere and key is not None and key.random:  # gateways give out keys of this form, too
        whose, issued = "", "have its issuer make a new one"
        answer = "everyone who can read the file can use it"
    return Problem(
        span,
        f"{whose} {format.split(' of ', maxsplit=1)[0].split(' without ', maxsplit=1)[0]} written into the file{how}".strip(),
        answer,
        f"{_instead(variable, span, context)}; revoke this key and {issued}",
        fix=fix,
        cause=span,
        confidence=Confidence.POSSIBLE if doubtful or context.role is Role.VENDORED else None,
    )


def _is_unmarked(format: str, span: Span, context: Context) -> bool:
    """Whether a project's key lacks the mark that all of those have: in a text for people an example that somebody made up."""
    return " without the marker" in format and context.source.data.startswith(b"sk-proj-", span.start)


def _instead(variable: str, span: Span, context: Context) -> str:
    """What to do with a key that stands in this file."""
    if context.adapter.place(context.source, span.start).startswith("output"):
        return "clear this output, and print no keys"
    if context.role is Role.DOCUMENTATION:
        return "take it out of the text"
    if context.without_environment:
        return context.without_environment
    if context.role is Role.TEMPLATE and context.adapter.settings:
        return "leave the value empty here"
    if _RECORD.search(context.source.path):
        return "take it out, and keep such files out of git"
    return context.supplied(span, variable) or f"read it from {variable} in the environment"


RULE = Rule(
    "KL101",
    "hardcoded-key",
    (Text, Use),
    check,
    __doc__,
    confidence=Confidence.CERTAIN,
    rank=10,
    secret=True,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(api_key="⟦«openai.key»⟧")\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "python",
            'import openai\n\nkey = ⟦"sk-proj-" + "«openai.tail»"⟧\nopenai.api_key = key\n',
            fixed='import os\nimport openai\n\nkey = os.environ["OPENAI_API_KEY"]\nopenai.api_key = key\n',
        ),
        bad(
            "python",
            'from openai import AzureOpenAI\n\nclient = AzureOpenAI(api_key="⟦«azure.key of the classic form»⟧", azure_endpoint=url)\n',
            fixed='import os\nfrom openai import AzureOpenAI\n\nclient = AzureOpenAI(api_key=os.environ["AZURE_OPENAI_API_KEY"], azure_endpoint=url)\n',
        ),
        bad("python", "# ⟦«anthropic.key»⟧\n"),
        bad("text", "the key is ⟦«groq.key»⟧, do not tell\n", path="notes.txt"),
        good("python", "client = OpenAI(api_key=settings.openai_key)\n", why="where it comes from cannot be seen here"),
        good(
            "python",
            'PATTERN = re.compile(r"sk-(?:proj-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}")\n',
            why="a pattern of keys, not a key",
        ),
        good(
            "text",
            "Incorrect API key provided: sk-8uKxH*****************************MvFD.\n",
            why="masked",
            path="issue.md",
        ),
        good(
            "text",
            '.sk-folding-cube .sk-cube { width: 50% }\n<div id="sk-container-id-1">\n',
            why="names that begin like a key",
            path="loader.css",
        ),
    ),
)
