"""A text that is no key is handed over as the key.

A placeholder from the documentation, a masked key, a made-up word: it is sent as it stands, and the API answers 401 and
quotes it, masked, in its answer.

Read the key from the environment.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.judge import ON_PURPOSE, Judgement, Kind
from keylint.lazy import regex
from keylint.mask import quote
from keylint.model import Confidence, Endpoint, Env, Literal, Problem, Use, Value
from keylint.providers.catalogue import GENERIC
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context

_MADE_UP = regex(r"fake|dummy|test|mock|invalid|not.?(?:needed|used|required)|empty|none", re.IGNORECASE)
# Jobs of CI whose programs call no API are given a made-up key as well; what asks to be replaced is a mistake there too.
_CI = regex(r"(?:^|/)\.github/workflows/|\.gitlab-ci|(?:^|/)\.circleci/|azure-pipelines|\.travis\.yml|(?:^|/)tox\.ini")
_ASKS = regex(r"your|<|replace|insert|enter|paste|here|change|\.\.\.|todo", re.IGNORECASE)
_TESTING = regex(
    r"\b(?:pytest|ptw|tox|nox|jest|vitest|rspec|phpunit|(?:go|cargo|dotnet|mix|swift|mvn|gradlew?|npm|npm run|yarn|pnpm|bun|make)\s+test)\b"
)
_GIVEN_LATER = regex(
    rb"\b\w*client\w*\.api_?key\s*=[^=]", re.IGNORECASE
)  # the client's own key, set after it was built
SENT = (Endpoint.DEFAULT, Endpoint.CLOUD)
NO_KEY = (Kind.PLACEHOLDER, Kind.SHORT, Kind.WORD, Kind.URL)


def check(use: Use, context: Context) -> Iterator[Problem]:
    """Literals, and fallbacks of reads, that cannot be a key."""
    if not use.slot.is_secret or use.guarded or context.tolerant:
        return
    literal, default = _literal(use.value)
    if literal is None:
        return
    judged = context.judge(literal.text, use.host or use.provider)
    if use.endpoint not in SENT and use.via != "header" and not (judged.kind is Kind.URL and use.via == "client"):
        return  # a local server or a gateway takes any key, but no address for one
    if judged.kind not in NO_KEY:
        return
    confidence = _confidence(use, judged, literal.text, context)
    if confidence is None:
        return
    vendor = context.provider(use.host or use.provider)
    variable = context.variable_for(use)
    shown = {Kind.WORD: "this text", Kind.URL: "an address"}.get(judged.kind) or quote(literal.text)
    if default is not None:
        variable = default.name
        message = f"{shown} stands in for {default.name} when that is not set"
        fix = context.read_variable(variable, default.span, title="remove the fallback")
        if default.default is not literal:
            fix = None  # a chain of reads: which one to keep is the author's choice
    else:
        message = (
            f"{shown} is handed to {vendor.name} as the key"
            if judged.kind is not Kind.WORD
            else f"this text is handed over as the key, and is no {vendor.name} key"
        )
        fix = (
            context.read_variable(variable, literal.span, before=_before(literal, context))
            if _whole(literal, context) and use.via != "definition" and not context.without_environment
            else None
        )
    yield Problem(
        literal.span,
        message,
        vendor.answer("invalid-key"),
        context.without_environment or f"{_instead(use, literal, variable, context)}; get one at {vendor.key_page}",
        fix=fix,
        notes=context.used(literal, use.span, f"used here: {use.place}"),
        cause=literal.span,
        confidence=confidence,
    )


def _instead(use: Use, literal: Literal, variable: str, context: Context) -> str:
    """What belongs there. A line that sets the variable cannot read it."""
    if use.via != "definition":
        return f"read the key from the environment: {context.spelled(variable, literal.span)}"
    if context.source.language == "dotenv":
        return "put the real key here, in a file that git ignores; one to be filled in is called .env.example"
    if context.adapter_at(literal.span).write_env(context.source, variable, literal.span) is not None:
        return f"set {variable} outside of the code, and take this line out"
    return context.supplied(literal.content, variable) or "put the real key here, where git does not see it"


def _literal(value: Value) -> tuple[Literal | None, Env | None]:
    """The text that would be sent, and the read that it is the fallback of."""
    if isinstance(value, Literal):
        return value, None
    if isinstance(value, Env):
        last: Value | None = value.default
        while isinstance(last, Env):
            last = last.default
        return (last, value) if isinstance(last, Literal) else (None, None)
    return None, None


def _confidence(use: Use, judged: Judgement, text: str, context: Context) -> Confidence | None:
    if ON_PURPOSE.match(text) or context.adapter.name == "notebook":
        return Confidence.POSSIBLE  # a notebook is kept with a placeholder in it, so that its reader fills it in
    if context.is_of_another(use) or _is_demo(text, context):
        return None
    if use.via == "client" and _GIVEN_LATER.search(context.source.data):
        return None
    if context.gives_defaults or _is_masked(use, text) or _is_inspected(use, context):
        return Confidence.POSSIBLE
    if _makes_sample(use, context) or _starts_tests(use, context):
        return Confidence.POSSIBLE
    if isinstance(use.value, Env) and use.via in ("argument", "client") and _asks_for_own(use.value, text, context):
        return Confidence.LIKELY
    if use.via in ("argument", "setting") or use.provider == GENERIC:
        return Confidence.POSSIBLE if judged.kind is Kind.PLACEHOLDER else None
    if use.via == "definition" and _MADE_UP.search(text) and context.source.language != "dotenv":
        return Confidence.POSSIBLE  # whoever sets a made-up key wants none: a mock answers, a build only asks for one
    if use.via == "definition" and _CI.search(context.source.path) and not _ASKS.search(text):
        return Confidence.POSSIBLE
    if use.via in ("variable", "definition"):
        return Confidence.LIKELY if judged.kind in (Kind.PLACEHOLDER, Kind.URL) else Confidence.POSSIBLE
    if judged.kind is Kind.WORD:
        formats = [key for key in context.provider(use.host or use.provider).keys if key.standalone]
        return None if not formats else Confidence.LIKELY if len(text) < 20 else Confidence.POSSIBLE
    return Confidence.LIKELY


def _is_demo(text: str, context: Context) -> bool:
    """LangChain4j's key for trying things out: https://docs.langchain4j.dev/integrations/language-models/open-ai."""
    return text == "demo" and b"langchain4j" in context.source.data.lower()


def _is_masked(use: Use, text: str) -> bool:
    """Whether a key was made unreadable on purpose, to be shown and not to be sent."""
    return "***" in text and use.via not in ("client", "attribute")


def _is_inspected(use: Use, context: Context) -> bool:
    """Whether Unity's Inspector fills the field in: https://docs.unity3d.com/ScriptReference/SerializeField.html."""
    before = context.source.data[max(use.span.start - 1000, 0) : use.span.start]
    return re.search(rb"\[SerializeField\b[^;{}]*\Z", before) is not None


def _makes_sample(use: Use, context: Context) -> bool:
    """Whether the function around a place says by its name that it makes an example."""
    before = context.source.data[max(use.span.start - 4000, 0) : use.span.start].decode("utf-8", "replace")
    names = re.findall(r"\b(?:def|fn|func|function|fun)\s+(\w+)", before)
    return bool(names) and re.search(r"sample|example|template|placeholder", names[-1], re.IGNORECASE) is not None


def _starts_tests(use: Use, context: Context) -> bool:
    """``OPENAI_API_KEY=placeholder pytest``: what is set for one run of the tests."""
    line = context.source.slice(context.source.line(context.source.row(use.span.start)))
    return use.via == "definition" and _TESTING.search(line) is not None


def _asks_for_own(read: Env, text: str, context: Context) -> bool:
    """Whether the fallback of a vendor's own variable asks to be replaced by that vendor's key."""
    known = context.catalogue.variable(read.name)
    return known is not None and known[1].is_secret and bool(_ASKS.search(text))


def _before(literal: Literal, context: Context) -> str:
    written = context.source.slice(literal.span).lstrip("\"'`")
    return "Bearer " if written.lower().startswith("bearer ") and not literal.text.lower().startswith("bearer") else ""


def _whole(literal: Literal, context: Context) -> bool:
    """Whether the literal is all of its expression, or all behind the scheme."""
    quoted = len(literal.quote)
    if literal.parts:  # the header's name or its scheme may stand in the first of several texts
        begins = literal.text.startswith(context.source.slice(literal.parts[0]).strip("\"'`"))
    else:
        begins = literal.content.start == literal.span.start + quoted
    return literal.content.end == literal.span.end - quoted and (begins or bool(_before(literal, context)))


RULE = Rule(
    "KL201",
    "placeholder-as-key",
    (Use,),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'from openai import OpenAI\n\nclient = OpenAI(api_key=⟦"YOUR_API_KEY"⟧)\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "python",
            'import openai\n\nopenai.api_key = ⟦"sk-..."⟧\n',
            fixed='import os\nimport openai\n\nopenai.api_key = os.environ["OPENAI_API_KEY"]\n',
        ),
        bad(
            "python",
            'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.getenv("OPENAI_API_KEY", ⟦"dummy-key"⟧))\n',
            fixed='import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
        ),
        bad(
            "javascript",
            "import OpenAI from 'openai';\n\nconst client = new OpenAI({ apiKey: ⟦'your-api-key-here'⟧ });\n",
            fixed="import OpenAI from 'openai';\n\nconst client = new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
        ),
        bad("dotenv", "OPENAI_API_KEY=⟦your-openai-api-key⟧\n", path=".env"),
        bad(
            "python",
            'CONFIG = {"key": ⟦"your-key-here"⟧, "model": "gpt-4o"}\nclient = OpenAI(api_key=CONFIG["key"])\n',
            fixed='import os\n\nCONFIG = {"key": os.environ["OPENAI_API_KEY"], "model": "gpt-4o"}\nclient = OpenAI(api_key=CONFIG["key"])\n',
        ),
        bad(
            "python",
            'class Config:\n    KEY = ⟦"sk-your-key-here"⟧\n\nopenai.api_key = Config.KEY\n',
            fixed='import os\n\nclass Config:\n    KEY = os.environ["OPENAI_API_KEY"]\n\nopenai.api_key = Config.KEY\n',
        ),
        bad(
            "javascript",
            "const config = { key: ⟦'your-key-here'⟧ };\nconst client = new OpenAI({ apiKey: config.key });\n",
            fixed="const config = { key: process.env.OPENAI_API_KEY };\nconst client = new OpenAI({ apiKey: config.key });\n",
        ),
        bad(
            "csharp",
            'using OpenAI.Chat;\n\nChatClient client = new(model: "gpt-5", apiKey: ⟦"YOUR_OPENAI_API_KEY"⟧);\n',
            fixed='using System;\nusing OpenAI.Chat;\n\nChatClient client = new(model: "gpt-5", apiKey: Environment.GetEnvironmentVariable("OPENAI_API_KEY"));\n',
        ),
        bad("python", 'ask(api_key=⟦"your-api-key"⟧)\n', confidence="possible"),
        good(
            "python",
            'CONFIG = {"key": "your-key-here"}\nload_into(CONFIG)\nclient = OpenAI(api_key=CONFIG["key"])\n',
            why="something else fills it in",
        ),
        good(
            "python",
            'class Settings(BaseSettings):\n    key: str = "your-key-here"\n\nclient = OpenAI(api_key=Settings().key)\n',
            why="its base reads the environment",
        ),
        good(
            "javascript",
            "const config = { key: 'your-key-here' };\nconfig.key = await ask();\nconst client = new OpenAI({ apiKey: config.key });\n",
            why="set later",
        ),
        good(
            "python",
            'client = OpenAI(base_url="http://localhost:11434/v1", api_key="ollama")\n',
            why="a local server takes any key, and the SDK wants one",
        ),
        good(
            "python",
            'API_KEY = "YOUR_API_KEY"\nif API_KEY == "YOUR_API_KEY":\n    raise SystemExit("put your key in first")\nclient = OpenAI(api_key=API_KEY)\n',
            why="the program stops before it uses it",
        ),
        good("python", 'client = OpenAI(api_key="YOUR_API_KEY")\n', why="a test", path="tests/test_client.py"),
        good(
            "dotenv",
            "OPENAI_API_KEY=your-openai-api-key\n",
            why="a template, to be copied and filled in",
            path=".env.example",
        ),
        good(
            "javascript",
            '<Input label="OpenAI key" placeholder="sk-..." value={key} />;\n',
            why="shown to the user, not sent",
            path="KeyInput.jsx",
        ),
    ),
)
