"""Programs for Node.js: fetch, the vendor's SDK, axios."""

from __future__ import annotations

from tests.proof.case import BY_HAND, UNSAFE, Proof, one

URL = "https://api.openai.com/v1/chat/completions"
BODY = '{ model: "gpt-5-mini", messages: [{ role: "user", content: "Say hello" }] }'
FETCH = """const response = await fetch("https://api.openai.com/v1/models", {});
const data = await response.json();
if (!response.ok) {
  throw new Error(`${response.status}: ${JSON.stringify(data)}`);
}
console.log(data.data[0].id);
"""
SDK = """import OpenAI from "openai";

const client = new OpenAI({});
const answer = await client.chat.completions.create({
  model: "gpt-5-mini",
  messages: [{ role: "user", content: "Say hello" }],
});
console.log(answer.choices[0].message.content);
"""
AXIOS = """import axios from "axios";

try {
  const response = await axios.post("https://api.openai.com/v1/chat/completions", BODY, {});
  console.log(response.data.choices[0].message.content);
} catch (error) {
  console.error(error.response ? `${error.response.status}: ${JSON.stringify(error.response.data)}` : error.message);
  process.exit(1);
}
""".replace("BODY", BODY)
WRONG_KEY, NO_KEY, UNSET = "invalid_api_key", "You didn't provide an API key", "Missing credentials"


def _proof(
    template: str,
    client: str,
    rule: str,
    text: str,
    status: int | None,
    shows: str,
    *,
    mended: str = "",
    **more: object,
) -> Proof:
    filled = {"mended": _program(template, mended)} if mended else {}
    return one(rule, client, "ask.mjs", _program(template, text), status, shows, **filled, **more)  # type: ignore[arg-type]


def _program(template: str, text: str) -> str:
    before, _, rest = text.rpartition("\n")
    return (before + "\n" if before else "") + template.replace("{}", rest, 1)


def fetch(rule: str, options: str, status: int | None, shows: str, **more: object) -> Proof:
    return _proof(FETCH, "node fetch", rule, options, status, shows, **more)  # type: ignore[arg-type]


def sdk(rule: str, options: str, status: int | None, shows: str, **more: object) -> Proof:
    return _proof(SDK, "node openai", rule, options, status, shows, **more)  # type: ignore[arg-type]


def axios(rule: str, configuration: str, status: int | None, shows: str, **more: object) -> Proof:
    return _proof(AXIOS, "node axios", rule, configuration, status, shows, **more)  # type: ignore[arg-type]


KEY = "process.env.OPENAI_API_KEY"
RIGHT = f"{{ headers: {{ Authorization: `Bearer ${{{KEY}}}` }} }}"
UNSET_KEY = {"absent": ("OPENAI_API_KEY",)}
DOTENV = {".gitignore": ".env\n", ".env": "OPENAI_API_KEY=«live.openai»\n"}
BUILT = SDK.replace("{}", "", 1)

PROOFS = (
    fetch("KL101", '{ headers: { Authorization: "Bearer «openai.key»" } }', 401, WRONG_KEY, fix=UNSAFE, revoked=True),
    fetch("KL201", '{ headers: { Authorization: "Bearer your-api-key-here" } }', 401, WRONG_KEY),
    fetch("KL202", '{ headers: { Authorization: "Bearer OPENAI_API_KEY" } }', 401, WRONG_KEY),
    fetch("KL203", f"const key = {KEY};\n{{ headers: {{ Authorization: 'Bearer ${{key}}' }} }}", 401, WRONG_KEY),
    fetch("KL301", f"{{ headers: {{ Authorization: {KEY} }} }}", 401, NO_KEY),
    fetch("KL302", f'{{ headers: {{ Authorization: "Bearer" + {KEY} }} }}', 401, NO_KEY),
    fetch(
        "KL303",
        f"{{ headers: {{ Authorization: `Bearer ${{{KEY} || ''}}` }} }}",
        401,
        NO_KEY,
        mended=f'if (!{KEY}) throw new Error("set OPENAI_API_KEY");\n{RIGHT}',
        **UNSET_KEY,
    ),
    fetch("KL304", f"{{ headers: {{ Authorizations: `Bearer ${{{KEY}}}` }} }}", 401, NO_KEY),
    fetch("KL305", f'{{ headers: {{ "x-api-key": {KEY} }} }}', 401, NO_KEY, mended=RIGHT),
    fetch("KL306", f"{{ Authorization: `Bearer ${{{KEY}}}` }}", 401, NO_KEY),
    fetch(
        "KL403",
        f"{{ headers: {{ Authorization: `Bearer ${{{KEY}}}`, 'OpenAI-Organization': process.env.OPENAI_ORG_ID || '' }} }}",
        401,
        "No such organization",
        mended=RIGHT,
    ),
    sdk("KL101", '{ apiKey: "«openai.key»" }', 401, "Incorrect API key provided", fix=UNSAFE, revoked=True),
    sdk("KL102", "{ apiKey: process.env['«openai.key»'] }", None, UNSET, fix=UNSAFE, **UNSET_KEY),
    sdk("KL103", f"{{ apiKey: {KEY} || '«openai.key»' }}", 401, "Incorrect API key provided", fix=UNSAFE, **UNSET_KEY),
    sdk("KL201", '{ apiKey: "sk-..." }', 401, "Incorrect API key provided"),
    sdk("KL202", '{ apiKey: "OPENAI_API_KEY" }', 401, "Incorrect API key provided"),
    sdk("KL203", '{ apiKey: "${OPENAI_API_KEY}" }', 401, "Incorrect API key provided"),
    sdk("KL204", '{ apiKey: "process.env.OPENAI_API_KEY" }', 401, "Incorrect API key provided"),
    sdk("KL205", "{ apiKey: '' }", None, UNSET, **UNSET_KEY),
    sdk("KL206", f"{{ apiKey: String({KEY}) }}", 401, "Incorrect API key provided", **UNSET_KEY),
    sdk("KL207", f'{{ apiKey: "Bearer " + {KEY} }}', 401, "Incorrect API key provided"),
    sdk("KL207", '{ apiKey: " «live.openai»" }', 401, "Incorrect API key provided", variant="space"),
    sdk(
        "KL207",
        '{ apiKey: "“«live.openai»”" }',
        None,
        "Cannot convert argument to a ByteString",
        mended=f"{{ apiKey: {KEY} }}",
        variant="curly quotes",
    ),
    sdk(
        "KL208",
        "{ apiKey: process.env.GROQ_API_KEY }",
        401,
        "Incorrect API key provided",
        mended=f"{{ apiKey: {KEY} }}",
        provided={"GROQ_API_KEY": "«groq.key»"},
    ),
    sdk(
        "KL210",
        "{ api_key: process.env.MY_OPENAI_KEY }",
        None,
        UNSET,
        absent=("OPENAI_API_KEY",),
        provided={"MY_OPENAI_KEY": "«live.openai»"},
    ),
    sdk(
        "KL211",
        "process.env.MY_OPENAI_KEY",
        None,
        UNSET,
        absent=("OPENAI_API_KEY",),
        provided={"MY_OPENAI_KEY": "«live.openai»"},
    ),
    sdk("KL401", "{ organization: 'YOUR_ORG_ID' }", 401, "No such organization"),
    sdk(
        "KL402",
        "{ project: '«openai.organization»' }",
        401,
        "OpenAI-Project header should match project",
        mended="{ organization: '«openai.organization»' }",
    ),
    sdk("KL504", '{ apiKey: process.env("OPENAI_API_KEY") }', None, "process.env is not a function"),
    sdk(
        "KL504",
        '{ apiKey: process.env.get("OPENAI_API_KEY") }',
        None,
        "process.env.get is not a function",
        variant="get",
    ),
    Proof(
        "KL501",
        "node openai",
        "ask.mjs",
        {**DOTENV, "ask.mjs": BUILT},
        None,
        UNSET,
        BY_HAND,
        mended={"ask.mjs": 'import "dotenv/config";\n' + BUILT},
        absent=("OPENAI_API_KEY",),
    ),
    Proof(
        "KL502",
        "node openai",
        "ask.mjs",
        {
            **DOTENV,
            "client.mjs": 'import OpenAI from "openai";\n\nexport const client = new OpenAI();\n',
            "ask.mjs": 'import dotenv from "dotenv";\nimport { client } from "./client.mjs";\n\ndotenv.config();\n'
            "const models = await client.models.list();\nconsole.log(models.data[0].id);\n",
        },
        None,
        UNSET,
        BY_HAND,
        mended={
            "ask.mjs": 'import "dotenv/config";\nimport { client } from "./client.mjs";\n\n'
            "const models = await client.models.list();\nconsole.log(models.data[0].id);\n"
        },
        absent=("OPENAI_API_KEY",),
    ),
    Proof(
        "KL503",
        "node fetch",
        "ask.mjs",
        {
            **DOTENV,
            "ask.mjs": 'import "dotenv/config";\n'
            + FETCH.replace("{}", "{ headers: { Authorization: `Bearer ${process.env.OPENAI_KEY}` } }", 1),
        },
        401,
        WRONG_KEY,
        absent=("OPENAI_API_KEY",),
    ),
    axios("KL101", '{ headers: { Authorization: "Bearer «openai.key»" } }', 401, WRONG_KEY, fix=UNSAFE, revoked=True),
    axios("KL201", '{ headers: { Authorization: "Bearer <YOUR_API_KEY>" } }', 401, WRONG_KEY),
    axios("KL301", f"{{ headers: {{ Authorization: {KEY} }} }}", 401, NO_KEY),
    axios("KL304", f"{{ headers: {{ Authorisation: `Bearer ${{{KEY}}}` }} }}", 401, NO_KEY),
    axios("KL305", f'{{ headers: {{ "api-key": {KEY} }} }}', 401, NO_KEY, mended=RIGHT),
    axios("KL306", f"const headers = {{ Authorization: `Bearer ${{{KEY}}}` }};\nheaders", 401, NO_KEY),
    axios(
        "KL401",
        f"{{ headers: {{ Authorization: `Bearer ${{{KEY}}}`, 'OpenAI-Organization': 'org-my-company' }} }}",
        401,
        "No such organization",
        fix=UNSAFE,
        provided={"OPENAI_ORG_ID": "«openai.organization»"},
    ),
)
