"""A client with a key of the program runs in the browser.

`dangerouslyAllowBrowser` switches off the check that would stop it. A key from the build's variables is then in every visitor's
hands, and a variable without the bundler's public prefix is simply undefined there.

Call the API from a server. Where each user brings a key of their own, the option is right.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import Client, Endpoint, Env, Literal, Problem, Slot, Use
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import PUBLIC_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(client: Client, context: Context) -> Iterator[Problem]:
    """Clients that may run in a browser, with a key that is read from the environment or written down."""
    allowed = client.in_browser
    if allowed is None or context.tolerant or client.endpoint in (Endpoint.CUSTOM, Endpoint.UNKNOWN):
        return
    uses = [
        fact
        for fact in context.facts
        if isinstance(fact, Use)
        and fact.slot is Slot.API_KEY
        and client.whole.holds(fact.span)
        and fact.via == "client"
    ]
    if not uses and (client.spread or not client.reads_environment or Slot.API_KEY in client.slots):
        return
    value = uses[0].value if uses else None
    if isinstance(value, Literal) and context.judge(value.text, client.provider).kind is not Kind.KEY:
        return
    if value is not None and not isinstance(value, Env | Literal):
        return
    if isinstance(value, Env) and PUBLIC_PREFIX.match(value.name):
        return  # KL602 says it of the variable
    vendor = context.provider(client.provider)
    yield Problem(
        allowed,
        "this client runs in the browser, with the program's own key",
        "every visitor can read the key; a variable that the bundler does not put in is undefined there",
        f"call {vendor.name} from a server, and let the page call that",
        cause=allowed,
    )


RULE = Rule(
    "KL605",
    "browser-client",
    (Client,),
    check,
    __doc__,
    examples=(
        bad(
            "javascript",
            'import OpenAI from "openai";\nconst openai = new OpenAI({ apiKey: process.env.OPENAI_API_KEY, ⟦dangerouslyAllowBrowser: true⟧ });\n',
            path="src/components/Chat.jsx",
        ),
        good(
            "typescript",
            'const apiKey = localStorage.getItem("key") ?? "";\nconst openai = new OpenAI({ apiKey, dangerouslyAllowBrowser: true });\n',
            why="each user brings a key",
        ),
        good(
            "typescript",
            "export const create = (apiKey: string) => new OpenAI({ apiKey, dangerouslyAllowBrowser: true });\n",
            why="the caller hands the key over",
        ),
    ),
)
