"""A template stands where the key belongs, and nothing there fills it in.

`$NAME`, `${NAME}`, `{name}` and `%NAME%` mean something in one language and nothing in the next: the quotes are the wrong
ones, the `f` is missing, the file format has no variables. The template itself is sent as the key.

Use the form that this language expands, or read the variable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import Kind, is_variable_name
from keylint.lazy import regex
from keylint.mask import quote
from keylint.model import Confidence, Fix, Literal, Problem, Use
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

# The beginning of such a line in a notebook's JSON, where a line end is written as `\n`.
_COMMAND = regex(r"(?:\n|\\n|(?<!\\)\")\s*!(?:\\[^n]|[^\n\\])*$")
_MARK = regex(r"<<-?[ \t]*[\"'\\](\w+)")


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Literals with template syntax; an adapter makes no literal of a template that is expanded."""
    value = use.value
    if not isinstance(value, Literal) or use.guarded or (context.tolerant and context.is_shown_wrong(value.span)):
        return
    judged = context.judge(value.text, use.host or use.provider)
    if judged.kind is not Kind.TEMPLATE or re.fullmatch(r"\$\$\w+\$\$", value.text.strip()):
        return
    if context.tolerant and not judged.detail.startswith("$"):
        return  # braces in documentation are as often the author's sign for "put yours here"
    command = context.adapter.name == "notebook" and _is_command(value, context)
    if command and (judged.detail.startswith("{") or _is_assigned(judged.detail, context)):
        return  # IPython fills {name} in, and $name where it knows that name
    vendor = context.provider(use.host or use.provider)
    variable = _variable(use, judged.detail, context)
    doubtful = use.via in ("argument", "setting") or (use.provider == GENERIC and use.via != "definition")
    doubtful = doubtful or (context.gives_defaults and judged.detail.startswith("{"))
    yield Problem(
        value.span,
        f"{quote(judged.detail)} is sent as it stands: nothing here puts the value in",
        vendor.answer("invalid-key") if use.slot.is_secret else vendor.answer(use.slot.value),
        _help(value, variable, context),
        fix=_fix(use, value, judged.detail, variable, context) if not command else None,
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
        confidence=Confidence.POSSIBLE if doubtful else None,
    )


def _is_command(value: Literal, context: Context) -> bool:
    """Whether a cell's line hands what stands on it to the shell: ``!curl …``."""
    before = context.source.data[: value.span.start].decode("utf-8", "replace")
    return bool(_COMMAND.search(before))


def _is_assigned(template: str, context: Context) -> bool:
    """Whether a cell gives the name in a template a value."""
    name = re.escape(template.strip("${}"))
    return bool(re.search(rf"(?:\n|\\n|\")\s*{name}\s*=[^=]", context.source.text))


def _variable(use: Use, template: str, context: Context) -> str:
    """The variable to read: the one that is meant, where it is a vendor's or nothing else is known."""
    name = template.strip("${}%")
    named = use.provider == GENERIC and not use.host and is_variable_name(name)
    return name if named or context.catalogue.variable(name) else context.variable_for(use)


def _help(value: Literal, variable: str, context: Context) -> str:
    form = context.adapter_at(value.span).expands
    if not form:
        return f"the reader of this file expands no such reference: set {variable} where the program runs, or write the value"
    if context.language_at(value.span) == "shell" and _is_in_here_document(value, context):
        return "take the quotes off the here-document's mark, `<<EOF`: then the shell fills it in"
    code = context.written(variable, value.span)
    return f"{form}, or read the variable: `{code.text}`" if code is not None else form


def _is_in_here_document(value: Literal, context: Context) -> bool:
    """Whether a text stands between a quoted mark and its end."""
    before = context.source.data[: value.span.start].decode("utf-8", "replace")
    marks = list(_MARK.finditer(before))
    return bool(marks) and not re.search(
        rf"^[ \t]*{re.escape(marks[-1].group(1))}\s*$", before[marks[-1].end() :], re.MULTILINE
    )


def _fix(use: Use, value: Literal, template: str, variable: str, context: Context) -> Fix | None:
    made = context.adapter.interpolate(context.source, value.span, template)
    if made is not None:
        return context.fix("make the text expand its template", made[0], safe=made[1])
    written = context.source.slice(value.span).lstrip("\"'`")
    before = "Bearer " if use.via == "header" and written.lower().startswith("bearer ") else ""
    whole = re.fullmatch(re.escape(template) + r"(?:[{\[]\W?\w+\W?[}\]])?", value.text)  # $ENV{NAME} of Perl too
    if not whole or (value.parts and use.via == "header" and not before):
        return None  # more than the template would be lost: the scheme may stand in one of several texts
    return context.read_variable(variable, value.span, before=before)


RULE = Rule(
    "KL203",
    "uninterpolated-key",
    (Use,),
    check,
    __doc__,
    rank=60,
    examples=(
        bad(
            "python",
            'import os\nimport requests\n\napi_key = os.environ["OPENAI_API_KEY"]\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": ⟦"Bearer {api_key}"⟧})\n',
            fixed='import os\nimport requests\n\napi_key = os.environ["OPENAI_API_KEY"]\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {api_key}"})\n',
        ),
        bad(
            "javascript",
            "fetch('https://api.openai.com/v1/models', { headers: { 'Authorization': ⟦'Bearer $OPENAI_API_KEY'⟧ } });\n",
            fixed="fetch('https://api.openai.com/v1/models', { headers: { 'Authorization': `Bearer ${process.env.OPENAI_API_KEY}` } });\n",
        ),
        bad(
            "javascript",
            "const apiKey = process.env.OPENAI_API_KEY;\nfetch('https://api.openai.com/v1/models', { headers: { 'Authorization': ⟦'Bearer ${apiKey}'⟧ } });\n",
            fixed="const apiKey = process.env.OPENAI_API_KEY;\nfetch('https://api.openai.com/v1/models', { headers: { 'Authorization': `Bearer ${apiKey}` } });\n",
        ),
        bad(
            "shell",
            "curl https://api.openai.com/v1/models -H 'Authorization: Bearer ⟦$OPENAI_API_KEY⟧'\n",
            fixed='curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
            path="ask.sh",
        ),
        bad("toml", 'OPENAI_API_KEY = ⟦"${OPENAI_API_KEY}"⟧\n', path=".streamlit/secrets.toml"),
        bad(
            "yaml",
            "jobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - run: python ask.py\n        env:\n          OPENAI_API_KEY: ⟦$OPENAI_API_KEY⟧\n",
            path=".github/workflows/ci.yml",
        ),
        bad(
            "yaml",
            "jobs:\n  smoke:\n    steps:\n      - run: |\n          curl https://api.openai.com/v1/models -H 'Authorization: Bearer ⟦$OPENAI_API_KEY⟧'\n",
            path=".github/workflows/smoke.yml",
        ),
        bad(
            "yaml",
            "services:\n  api:\n    environment:\n      - OPENAI_API_KEY=⟦$$OPENAI_API_KEY⟧\n",
            path="compose.yaml",
        ),
        bad(
            "json",
            '{"servers": {"a": {"command": "uvx", "env": {"OPENAI_API_KEY": ⟦"$OPENAI_API_KEY"⟧}}}}\n',
            path=".vscode/mcp.json",
        ),
        bad("dotenv", "OPENAI_API_KEY=⟦${{ secrets.OPENAI_API_KEY }}⟧\n", path=".env"),
        bad(
            "shell",
            'curl --config - <<\'EOF\'\nurl = "https://api.openai.com/v1/models"\nheader = "Authorization: Bearer ⟦$OPENAI_API_KEY⟧"\nEOF\n',
        ),
        bad("shell", "cat > .env <<'EOF'\nPORT=80\nOPENAI_API_KEY=⟦$OPENAI_API_KEY⟧\nEOF\n"),
        bad(
            "shell",
            "cat <<'HELP'\nask.sh: has the models listed\nHELP\ncat > .npmrc <<'EOF'\nfund=false\nEOF\ncat > .env <<'EOF'\nOPENAI_API_KEY=⟦$OPENAI_API_KEY⟧\nEOF\n"
            "curl https://api.openai.com/v1/models -H 'Authorization: Bearer ⟦$OPENAI_API_KEY⟧'\n",
            path="ask.sh",
        ),
        good("shell", "cat > .env <<EOF\nOPENAI_API_KEY=$OPENAI_API_KEY\nEOF\n", why="filled in where it is written"),
        good(
            "shell",
            'curl --config - <<EOF\nurl = "https://api.openai.com/v1/models"\nheader = "Authorization: Bearer $OPENAI_API_KEY"\nEOF\n',
            why="the mark is not quoted, so the shell fills it in",
        ),
        good(
            "json",
            '{"servers": {"a": {"command": "uvx", "env": {"OPENAI_API_KEY": "${env:OPENAI_API_KEY}"}}}}\n',
            path=".vscode/mcp.json",
            why="this reader's form",
        ),
        good("python", 'headers = {"Authorization": "Bearer {}".format(key)}\n', why="filled in at once"),
        good(
            "python",
            'HEADERS = {"openai": {"Authorization": "Bearer {OPENAI_API_KEY}"}}\n\ndef headers():\n    return {k: v.format(**os.environ) for k, v in HEADERS["openai"].items()}\n',
            why="filled in later",
        ),
        good(
            "shell",
            "run \"curl $URL/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\"\n",
            why="the outer quotes are double: the shell expands it",
            path="ask.sh",
        ),
        good(
            "yaml",
            "services:\n  api:\n    environment:\n      OPENAI_API_KEY: ${OPENAI_API_KEY:?set it}\n",
            why="compose expands it",
            path="compose.yaml",
        ),
        good(
            "javascript",
            'const cmd = `curl -H "Authorization: Bearer ${process.env.OPENAI_API_KEY}"`;\n',
            why="the template literal around it expands it",
        ),
    ),
)
