"""A key with something around or inside it that does not belong there.

Quotes that are kept, the word Bearer that the SDK adds by itself, a line end that comes with the text of a file, a dash that
a word processor made of a hyphen. The API is sent all of it and answers 401, or the client cannot send it at all and
reports nothing but a connection error.

Take away what does not belong to the key.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.lazy import regex
from keylint.model import BYTES, FILE_TEXT, Confidence, Edit, Env, Fix, Join, Literal, Opaque, Problem, Span, Use
from keylint.providers.catalogue import GENERIC, expression
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.providers.schema import KeyFormat, Provider

_NO_ASCII = ("curly quotes", "an invisible character", "a dash that is no hyphen")
_AROUND = ("a line end", "white space")
_ECHO = regex(r"(\S*\becho(?:\s+-[eE]+)*\s+)(?:\"[^\"]*\"|[^\s\"]+)")  # with one text
# What the HTTP libraries of a language say of a line end in a header.
_REFUSED = {
    "go": 'net/http: invalid header field value for "Authorization", the request never leaves',
    "ruby": "ArgumentError: header field value cannot include CR/LF, the request never leaves",
    "php": "a header with a line end in it: Guzzle refuses it, curl sends what follows as another header",
    "java": "IllegalArgumentException: a line end is not allowed in a header, the request never leaves",
    "kotlin": "IllegalArgumentException: a line end is not allowed in a header, the request never leaves",
    "csharp": "FormatException: new-line characters are not allowed in header values, the request never leaves",
    "rust": "failed to parse header value, the request never leaves",
}


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Damaged literals, a scheme before the key, the unstripped text of a file."""
    if not use.slot.is_secret or context.tolerant:
        return
    value = use.value
    if isinstance(value, Literal):
        yield from _literal(use, value, context)
    elif use.via == "pipe":
        yield from _line_end_added(use, context)
    elif isinstance(value, Join) and use.via == "definition" and _is_curly(value):
        yield from _curly(use, value, context)
    elif isinstance(value, Join) and use.via in ("client", "attribute", "named"):
        yield from _scheme(use, value, context)
    elif (
        isinstance(value, Opaque)
        and value.reason == FILE_TEXT
        and use.via in ("client", "attribute", "header", "definition")
    ):
        yield from _file_text(use, value, context)
    elif isinstance(value, Opaque) and value.reason == BYTES and _is_written_out(use, value):
        yield from _bytes(use, value, context)


def _literal(use: Use, value: Literal, context: Context) -> Iterator[Problem]:
    judged = context.judge(value.text, use.host or use.provider)
    if judged.kind is not Kind.DAMAGED:
        return
    if judged.detail == "the scheme" and use.via in ("setting", "definition") and "." in use.place:
        return  # a program's own setting: it may be put into the header as it is
    if judged.format is None and use.provider == GENERIC:
        return
    vendor = context.provider(use.host or use.provider)
    yield Problem(
        value.content,
        f"the key for {vendor.name} has {judged.detail} {'in it' if judged.detail != 'the scheme' else '(Bearer) in front of it'}",
        _outcome(value.text, judged.detail, vendor, context.language_at(value.span)),
        "take away what does not belong to the key"
        + (
            f"; the key is exposed here too: {vendor.key_page}"
            if judged.format and context.source.language != "dotenv"
            else ""
        ),
        fix=_strip(value, judged.format, context),
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.content,
    )


def _outcome(text: str, damage: str, vendor: Provider, language: str) -> str:
    """What the clients of a language do with the text as a header."""
    script = language in ("javascript", "typescript", "tsx")
    if damage in _NO_ASCII:
        if script:
            return "TypeError: Cannot convert argument to a ByteString, the request never leaves"
        if language == "python":
            return "UnicodeEncodeError: codec can't encode character, the request never leaves"
        return vendor.answer("unsendable")
    if damage not in _AROUND or not text[-1:].isspace():
        return vendor.answer("invalid-key")
    if script:
        return "fetch takes it away, node:http refuses it: Invalid character in header content"
    return vendor.answer("unsendable")


def _strip(value: Literal, format: KeyFormat | None, context: Context) -> Fix | None:
    """Delete what stands before and behind the key, which itself is not touched."""
    written = context.source.data[value.content.start : value.content.end].decode("utf-8", "replace")
    found = expression(format).search(written) if format is not None else None
    if found is None or not written.isascii():
        return None
    start, end = value.content.start + found.start(), value.content.start + found.end()
    edits = [
        Edit(span, "")
        for span in (Span(value.content.start, start), Span(end, value.content.end))
        if span.start < span.end
    ]
    return context.fix("take away what does not belong to the key", edits) if edits else None


def _is_curly(value: Join) -> bool:
    """Whether curly quotes stand around what a text is put together of."""
    first, last = value.parts[0], value.parts[-1]
    return (
        isinstance(first, Literal)
        and isinstance(last, Literal)
        and first.text[0] in "“”„‟‘’"
        and last.text[-1] in "“”„‟‘’"
    )


def _curly(use: Use, value: Join, context: Context) -> Iterator[Problem]:
    vendor = context.provider(use.host or use.provider)
    first, last = value.parts[0], value.parts[-1]
    edits = [
        Edit(Span(first.span.start, first.span.start + len("“".encode())), '"'),
        Edit(Span(last.span.end - len("”".encode()), last.span.end), '"'),
    ]
    yield Problem(
        value.span,
        "curly quotes are no quotes: they become a part of the key",
        vendor.answer("unsendable"),
        'write straight quotes: "…"',
        fix=context.fix("write straight quotes", edits),
        cause=value.span,
    )


def _scheme(use: Use, value: Join, context: Context) -> Iterator[Problem]:
    first = value.parts[0]
    if not isinstance(first, Literal) or not re.fullmatch(r"\s*bearer[\s:]*", first.text, re.IGNORECASE):
        return
    vendor = context.provider(use.host or use.provider)
    read = value.parts[1] if len(value.parts) == 2 else None
    fix = (
        context.read_variable(read.name, value.span, title="take the scheme away")
        if isinstance(read, Env) and read.default is None and not read.hops
        else None
    )
    yield Problem(
        value.span,
        "the SDK adds `Bearer` by itself: the request says `Bearer Bearer …`",
        vendor.answer("invalid-key"),
        "hand over the key alone",
        fix=fix,
        notes=context.used(value, use.span, f"used here: {use.place}"),
        cause=value.span,
    )


def _line_end_added(use: Use, context: Context) -> Iterator[Problem]:
    vendor = context.provider(use.provider)
    words = _ECHO.fullmatch(context.source.slice(use.span))
    yield Problem(
        use.span,
        "echo adds a line end to the key before it is encoded",
        vendor.answer("unsendable"),
        "write `printf %s` or `echo -n` instead of echo",
        fix=context.fix(
            "write printf %s instead of echo",
            [Edit(Span(use.span.start, use.span.start + len(words.group(1).encode())), "printf %s ")],
        )
        if words
        else None,
        cause=use.span,
    )


def _file_text(use: Use, value: Opaque, context: Context) -> Iterator[Problem]:
    vendor = context.provider(use.host or use.provider)
    direct = not value.hops
    where = value.span if direct else use.span
    strip = context.adapter_at(where).trim
    fix = context.fix("strip the line end", [Edit(Span(where.end, where.end), strip)]) if strip and direct else None
    yield Problem(
        where,
        "the text of a file ends with a line end, and so does this key",
        _REFUSED.get(context.language_at(where), vendor.answer("unsendable")),
        "strip it" + (f": add {strip}" if strip else ""),
        fix=fix,
        cause=where,
        # What is set for another program may well be stripped there.
        confidence=Confidence.POSSIBLE if use.via == "definition" else None,
    )


def _is_written_out(use: Use, value: Opaque) -> bool:
    """Whether bytes become a part of a text: in a template, or in what the SDK makes of the key."""
    return use.via in ("client", "attribute") or (use.via == "header" and use.span != value.span)


def _bytes(use: Use, value: Opaque, context: Context) -> Iterator[Problem]:
    vendor = context.provider(use.host or use.provider)
    end = Span(value.span.end, value.span.end)
    yield Problem(
        value.span,
        "these are bytes: in a text they are written b'…', quotes and all",
        vendor.answer("invalid-key"),
        "make a text of them: add .decode()",
        fix=context.fix("decode the bytes", [Edit(end, ".decode()")]),
        cause=value.span,
    )


RULE = Rule(
    "KL207",
    "damaged-key",
    (Use,),
    check,
    __doc__,
    rank=70,
    examples=(
        bad(
            "python",
            'client = OpenAI(api_key="⟦«openai.key»\\n⟧")\n',
            fixed='client = OpenAI(api_key="«openai.key»")\n',
        ),
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=⟦"Bearer " + os.environ["OPENAI_API_KEY"]⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "python",
            'import openai\n\nopenai.api_key = ⟦open("key.txt").read()⟧\n',
            fixed='import openai\n\nopenai.api_key = open("key.txt").read().strip()\n',
        ),
        bad(
            "python",
            'import base64\nimport os\nimport requests\n\nkey = base64.b64decode(os.environ["KEY_B64"])\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {⟦key⟧}"})\n',
            fixed='import base64\nimport os\nimport requests\n\nkey = base64.b64decode(os.environ["KEY_B64"])\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key.decode()}"})\n',
        ),
        good(
            "python",
            'import base64\nimport os\nimport requests\n\nkey = base64.b64decode(os.environ["KEY_B64"]).decode()\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})\n',
            why="decoded",
        ),
        bad(
            "go",
            'package main\n\nimport (\n\t"net/http"\n\t"os"\n)\n\nfunc main() {\n\traw, _ := os.ReadFile("/run/secrets/openai_api_key")\n\treq, _ := http.NewRequest("GET", "https://api.openai.com/v1/models", nil)\n\treq.Header.Set("Authorization", ⟦"Bearer "+string(raw)⟧)\n}\n',
        ),
        bad(
            "ruby",
            'require "openai"\n\nclient = OpenAI::Client.new(access_token: ⟦File.read("key.txt")⟧)\n',
            fixed='require "openai"\n\nclient = OpenAI::Client.new(access_token: File.read("key.txt").strip)\n',
        ),
        good(
            "php", "<?php\n$client = OpenAI::client(trim(file_get_contents('/run/secrets/openai')));\n", why="trimmed"
        ),
        bad(
            "javascript",
            'const client = new OpenAI({ apiKey: "⟦ «openai.key»⟧" });\n',
            fixed='const client = new OpenAI({ apiKey: "«openai.key»" });\n',
        ),
        bad(
            "javascript",
            'const client = new OpenAI({ apiKey: "⟦«openai.key»\\n⟧" });\n',
            fixed='const client = new OpenAI({ apiKey: "«openai.key»" });\n',
        ),
        bad("javascript", 'const client = new OpenAI({ apiKey: "⟦“«openai.key»”⟧" });\n'),
        bad("python", 'client = OpenAI(api_key="⟦“«openai.key»”⟧")\n'),
        bad("ruby", 'client = OpenAI::Client.new(access_token: "⟦“«openai.key»”⟧")\n'),
        bad("dotenv", "OPENAI_API_KEY=⟦<«openai.key»>⟧\n", fixed="OPENAI_API_KEY=«openai.key»\n", path=".env"),
        bad(
            "shell",
            'B64=$(⟦echo "$OPENAI_API_KEY"⟧ | base64)\n',
            fixed='B64=$(printf %s "$OPENAI_API_KEY" | base64)\n',
            path="secret.sh",
        ),
        bad(
            "shell",
            "export OPENAI_API_KEY=⟦“$(pass show openai)”⟧\n",
            fixed='export OPENAI_API_KEY="$(pass show openai)"\n',
            path="profile.sh",
        ),
        good("shell", 'B64=$(echo -n "$OPENAI_API_KEY" | base64)\n', why="no line end", path="secret.sh"),
        good("python", 'openai.api_key = open("key.txt").read().strip()\n', why="stripped"),
        good(
            "python",
            'assert clean("Bearer sk-or-v1-abc\\n") == "sk-or-v1-abc"\n',
            why="a text that is not used as a key",
        ),
    ),
)
