"""A key is printed or written to a log.

Logs are kept, sent on and shown to people who have no business with the account: terminals, CI output, log collectors,
notebooks that are committed with their output.

Log whether the key is set, or its last four characters.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.model import Edit, EnvDefinition, Literal, Log, Problem, Severity
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(log: Log, context: Context) -> Iterator[Problem]:
    """Keys, and headers with keys in them, as arguments of calls that print."""
    if context.tolerant or _is_no_secret(log, context):
        return
    vendor = context.provider(log.provider)
    python = context.language_at(log.span) == "python" and log.what == "the key"
    written = context.source.slice(log.span)
    simple = (
        python
        and "(" not in written.replace("os.getenv(", "").replace("os.environ.get(", "")
        and "f" + '"' not in written
    )
    yield Problem(
        log.span,
        f"{log.sink} shows {log.what}",
        "everyone who reads the output can use the key",
        "print whether it is set, or its last four characters; a key that was printed where others read it has to be replaced: "
        + vendor.key_page,
        fix=context.fix("print whether it is set", [Edit(log.span, f"bool({written})")])
        if simple and not written.startswith(("f", '"', "'"))
        else None,
        cause=log.span,
    )


def _is_no_secret(log: Log, context: Context) -> bool:
    """Whether it is a variable that the file itself gives a text: a key there is another finding."""
    names = set(re.findall(r"\w+", context.source.slice(log.span)))
    return any(
        isinstance(fact, EnvDefinition) and fact.name in names and isinstance(fact.value, Literal)
        for fact in context.facts
    )


RULE = Rule(
    "KL603",
    "key-logged",
    (Log,),
    check,
    __doc__,
    severity=Severity.WARNING,
    examples=(
        bad(
            "python",
            'import os\n\nprint(⟦os.environ["OPENAI_API_KEY"]⟧)\n',
            fixed='import os\n\nprint(bool(os.environ["OPENAI_API_KEY"]))\n',
        ),
        bad(
            "python",
            'import logging, os\n\nkey = os.getenv("OPENAI_API_KEY")\nlogging.info("key is %s", ⟦key⟧)\n',
            fixed='import logging, os\n\nkey = os.getenv("OPENAI_API_KEY")\nlogging.info("key is %s", bool(key))\n',
        ),
        bad(
            "python",
            'headers = {"Authorization": f"Bearer {key}"}\nlogging.debug("headers: %s", ⟦headers⟧)\nrequests.get("https://api.openai.com/v1/models", headers=headers)\n',
        ),
        bad("javascript", "console.log('key', ⟦process.env.OPENAI_API_KEY⟧);\n"),
        bad("vba", 'Debug.Print "Authorization: Bearer " & ⟦OPENAI_API_KEY⟧\n'),
        bad(
            "javascript",
            "import axios from 'axios';\n\ntry {\n  await axios.post('https://api.openai.com/v1/responses', body, { headers: { Authorization: `Bearer ${key}` } });\n} catch (error) {\n  console.error('failed', ⟦error.config⟧);\n}\n",
        ),
        bad(
            "shell",
            '#!/bin/bash\nset -ex\ncurl https://api.openai.com/v1/models -H ⟦"Authorization: Bearer $OPENAI_API_KEY"⟧\n',
        ),
        bad("ruby", "Rails.logger.info ⟦\"token: #{ENV['OPENAI_ACCESS_TOKEN']}\"⟧\n"),
        good(
            "javascript",
            "import axios from 'axios';\n\ntry {\n  await axios.post('https://api.openai.com/v1/responses', body, { headers: { Authorization: `Bearer ${key}` } });\n} catch (error) {\n  console.error('failed', error.config.url, error.message);\n}\n",
            why="the address only",
        ),
        good(
            "shell",
            '#!/bin/bash\nset -x\nmake data\nset +x\ncurl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
            why="it is switched off before",
        ),
        good("python", 'print("set" if os.getenv("OPENAI_API_KEY") else "not set")\n', why="whether it is set"),
        good("python", 'logger.info(f"API Key: {api_key[-4:]}")\n', why="its last characters"),
        good("python", 'print("Set OPENAI_API_KEY first")\n', why="its name"),
        good("javascript", "console.log(process.env.OPENAI_API_KEY ? 'SET' : 'NOT SET');\n", why="whether it is set"),
    ),
)
