"""Programs with the vendors' Python SDKs."""

from __future__ import annotations

from tests.proof.case import BY_HAND, UNSAFE, Proof, one

ASK = """
answer = client.chat.completions.create(
    model="gpt-5-mini",
    messages=[{"role": "user", "content": "Say hello"}],
)
print(answer.choices[0].message.content)
"""
CLIENT = "from openai import OpenAI\n\nclient = OpenAI({})\n" + ASK
OS_CLIENT = "import os\n" + CLIENT
CLAUDE = """{}from anthropic import Anthropic

client = Anthropic({})
message = client.messages.create(
    model="claude-sonnet-4-5", max_tokens=100, messages=[{{"role": "user", "content": "Say hello"}}]
)
print(message.content[0].text)
"""
AZURE = """import os
from openai import AzureOpenAI

client = AzureOpenAI(
    azure_endpoint="https://my-resource.openai.azure.com",
    api_version="2024-10-21",
    api_key={},
)
answer = client.chat.completions.create(model="gpt-5-mini", messages=[{{"role": "user", "content": "Say hello"}}])
print(answer.choices[0].message.content)
"""
DOTENV = {".gitignore": ".env\n", ".env": "OPENAI_API_KEY=«live.openai»\n"}
WRONG_KEY = "Incorrect API key provided"
UNSET = "Missing credentials"


def openai(rule: str, call: str, status: int | None, shows: str, *, mended: str = "", **more: object) -> Proof:
    """A proof of one call of the constructor."""
    source = OS_CLIENT if "os." in call else CLIENT
    filled = {"mended": (OS_CLIENT if "os." in mended else CLIENT).replace("{}", mended)} if mended else {}
    return one(rule, "python openai", "ask.py", source.replace("{}", call), status, shows, **filled, **more)  # type: ignore[arg-type]


def anthropic(rule: str, call: str, status: int | None, shows: str, **more: object) -> Proof:
    text = CLAUDE.format("import os\n" if "os." in call else "", call)
    return one(rule, "python anthropic", "claude.py", text, status, shows, vendor="anthropic", **more)  # type: ignore[arg-type]


def azure(rule: str, call: str, status: int | None, shows: str, **more: object) -> Proof:
    return one(rule, "python openai (Azure)", "ask.py", AZURE.format(call), status, shows, vendor="azure", **more)  # type: ignore[arg-type]


def project(rule: str, files: dict[str, str], status: int | None, shows: str, **more: object) -> Proof:
    return Proof(rule, "python openai", "ask.py", files, status, shows, absent=("OPENAI_API_KEY",), **more)  # type: ignore[arg-type]


PROOFS = (
    openai("KL101", 'api_key="«openai.key»"', 401, WRONG_KEY, fix=UNSAFE, revoked=True),
    openai("KL102", 'api_key=os.getenv("«openai.key»")', None, UNSET, fix=UNSAFE, absent=("OPENAI_API_KEY",)),
    openai(
        "KL103",
        'api_key=os.getenv("OPENAI_API_KEY", "«openai.key»")',
        401,
        WRONG_KEY,
        fix=UNSAFE,
        absent=("OPENAI_API_KEY",),
    ),
    openai("KL201", 'api_key="YOUR_API_KEY"', 401, WRONG_KEY),
    openai("KL202", 'api_key="API_KEY_OPENAI"', 401, WRONG_KEY),
    openai("KL203", 'api_key="{OPENAI_API_KEY}"', 401, WRONG_KEY),
    openai("KL213", 'api_key="op://Private/OpenAI/credential"', 401, WRONG_KEY),
    openai("KL204", "api_key=\"os.getenv('OPENAI_API_KEY')\"", 401, WRONG_KEY),
    openai("KL205", 'api_key=""', None, UNSET, absent=("OPENAI_API_KEY",)),
    openai(
        "KL205",
        'api_key=os.getenv("OPENAI_API_KEY", "")',
        None,
        UNSET,
        absent=("OPENAI_API_KEY",),
        variant="fallback",
    ),
    openai("KL206", 'api_key=str(os.getenv("OPENAI_API_KEY"))', 401, WRONG_KEY, absent=("OPENAI_API_KEY",)),
    openai("KL207", 'api_key="Bearer " + os.environ["OPENAI_API_KEY"]', 401, WRONG_KEY),
    Proof(
        "KL207",
        "python openai",
        "ask.py",
        {
            "key.txt": "«live.openai»\n",
            ".gitignore": "key.txt\n",
            "ask.py": CLIENT.replace("{}", 'api_key=open("key.txt").read()'),
        },
        None,
        "Illegal header value",
        variant="line end",
        also=("KL101",),
    ),
    openai("KL207", 'api_key=" «live.openai»"', 401, WRONG_KEY, variant="space"),
    openai(
        "KL207",
        'api_key="“«live.openai»”"',
        None,
        "codec can't encode character",
        mended='api_key=os.environ["OPENAI_API_KEY"]',
        variant="curly quotes",
    ),
    openai(
        "KL208",
        'api_key=os.environ["GROQ_API_KEY"]',
        401,
        WRONG_KEY,
        mended='api_key=os.environ["OPENAI_API_KEY"]',
        provided={"GROQ_API_KEY": "«groq.key»"},
    ),
    openai("KL210", 'apiKey=os.environ["OPENAI_API_KEY"]', None, "unexpected keyword argument"),
    openai("KL211", 'os.environ["OPENAI_API_KEY"]', None, "takes 1 positional argument"),
    openai("KL401", 'organization="org_ABC123"', 401, "No such organization"),
    openai("KL401", 'project="proj-123"', 401, "OpenAI-Project header should match project", variant="project"),
    openai(
        "KL402",
        'organization="«openai.project»"',
        401,
        "No such organization",
        mended='organization="«openai.organization»", project="«openai.project»"',
    ),
    openai("KL403", 'organization=os.getenv("OPENAI_ORG_ID", "")', 401, "No such organization"),
    project(
        "KL501",
        {**DOTENV, "ask.py": CLIENT.replace("{}", "")},
        None,
        UNSET,
        fix=BY_HAND,
        mended={"ask.py": "from dotenv import load_dotenv\n\nload_dotenv()\n" + CLIENT.replace("{}", "")},
    ),
    project(
        "KL502",
        {**DOTENV, "ask.py": "from dotenv import load_dotenv\n" + CLIENT.replace("{})\n", ")\nload_dotenv()\n")},
        None,
        UNSET,
        fix=BY_HAND,
        mended={"ask.py": "from dotenv import load_dotenv\n\nload_dotenv()\n" + CLIENT.replace("{}", "")},
    ),
    project(
        "KL503",
        {
            **DOTENV,
            "ask.py": "import os\nfrom dotenv import load_dotenv\n"
            + CLIENT.replace("client", "load_dotenv()\nclient", 1).replace("{}", 'api_key=os.environ["OPENAI_KEY"]'),
        },
        None,
        "KeyError",
    ),
    project(
        "KL516",
        {
            **DOTENV,
            "ask.py": "from dotenv import load_dotenv\n"
            + CLIENT.replace("client", 'load_dotenv("config/.env")\nclient', 1).replace("{}", ""),
        },
        None,
        UNSET,
        fix=BY_HAND,
        mended={
            "ask.py": "from dotenv import load_dotenv\n"
            + CLIENT.replace("client", "load_dotenv()\nclient", 1).replace("{}", "")
        },
    ),
    openai("KL504", 'api_key=os.environ("OPENAI_API_KEY")', None, "'_Environ' object is not callable"),
    openai(
        "KL504",
        'api_key=os.getenv["OPENAI_API_KEY"]',
        None,
        "'function' object is not subscriptable",
        variant="brackets",
    ),
    openai(
        "KL504", "api_key=os.getenv(OPENAI_API_KEY)", None, "name 'OPENAI_API_KEY' is not defined", variant="no quotes"
    ),
    openai("KL504", 'api_key=os.environ["OPENAI_API_KEY "]', None, "KeyError", variant="space"),
    openai("KL504", 'api_key=os.getenv("$OPENAI_API_KEY")', None, UNSET, absent=("OPENAI_API_KEY",), variant="dollar"),
    project(
        "KL505",
        {
            **DOTENV,
            ".env": "OPENAI_API_KEY: «live.openai»\n",
            "ask.py": "from dotenv import load_dotenv\n"
            + CLIENT.replace("client", "load_dotenv()\nclient", 1).replace("{}", ""),
        },
        None,
        UNSET,
        variant="colon",
    ),
    project(
        "KL505",
        {
            **DOTENV,
            ".env": "OPENAI_API_KEY=«live.openai»;\n",
            "ask.py": "from dotenv import load_dotenv\n"
            + CLIENT.replace("client", "load_dotenv()\nclient", 1).replace("{}", ""),
        },
        401,
        WRONG_KEY,
        variant="semicolon",
    ),
    one(
        "KL506",
        "python openai",
        "ask.py",
        'import os\n\nos.environ["OPENAI_API_KEY"] = os.getenv("MY_OPENAI_KEY")\n' + CLIENT.replace("{}", ""),
        None,
        "str expected, not NoneType",
        absent=("OPENAI_API_KEY", "MY_OPENAI_KEY"),
        provided={"MY_OPENAI_KEY": "«live.openai»"},
    ),
    one(
        "KL506",
        "python openai",
        "ask.py",
        'import os\n\nos.environ["OPENAI_API_KEY"] = os.getenv("OPENAI_API_KEY")\n' + CLIENT.replace("{}", ""),
        None,
        "str expected, not NoneType",
        absent=("OPENAI_API_KEY",),
        variant="itself",
    ),
    azure("KL101", '"«azure.key»"', 401, "Access denied due to invalid subscription key", fix=UNSAFE, revoked=True),
    azure("KL202", '"AZURE_OPENAI_API_KEY"', 401, "Access denied due to invalid subscription key"),
    azure("KL205", '""', None, UNSET, absent=("AZURE_OPENAI_API_KEY",)),
    anthropic("KL101", 'api_key="«anthropic.key»"', 401, "authentication_error", fix=UNSAFE, revoked=True),
    anthropic("KL201", 'api_key="your-api-key-here"', 401, "authentication_error"),
    anthropic(
        "KL102",
        'api_key=os.environ.get("«anthropic.key»")',
        None,
        "Could not resolve authentication method",
        fix=UNSAFE,
        absent=("ANTHROPIC_API_KEY",),
    ),
)
