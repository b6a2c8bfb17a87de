"""Python programs that speak HTTP themselves, with requests and httpx."""

from __future__ import annotations

from tests.proof.case import UNSAFE, Proof, one

URL = "https://api.openai.com/v1/chat/completions"
BODY = '{"model": "gpt-5-mini", "messages": [{"role": "user", "content": "Say hello"}]}'
SEND = """
if response.status_code != 200:
    raise SystemExit(f"{response.status_code}: {response.text}")
print(response.json()["choices"][0]["message"]["content"])
"""
WRONG_KEY, NO_KEY = "invalid_api_key", "You didn't provide an API key"


def post(
    rule: str, library: str, call: str, status: int | None, shows: str, *, mended: str = "", **more: object
) -> Proof:
    """A proof of one POST; `call` is what stands between the URL and the body."""
    filled = {"mended": _program(library, mended)} if mended else {}
    return one(rule, f"python {library}", "ask.py", _program(library, call), status, shows, **filled, **more)  # type: ignore[arg-type]


def _program(library: str, call: str) -> str:
    before, _, rest = call.rpartition("\n")
    return (
        f"import os\nimport {library}\n\n{before + chr(10) if before else ''}"
        f'response = {library}.post(\n    "{URL}",\n    {rest},\n    json={BODY},\n)\n{SEND}'
    )


RESPOND = """import os
import requests

headers = {{"Authorization": {}}}
response = requests.post(
    "https://api.openai.com/v1/responses", headers=headers, json={{"model": "gpt-5-mini", "input": "Say hello"}}
)
if not response.ok:
    raise SystemExit(f"{{response.status_code}}: {{response.text}}")
print(response.json()["output"][0]["content"][0]["text"])
"""
GEMINI = """import os
import requests

response = requests.post(
    "https://generativelanguage.googleapis.com/v1beta/models/gemini-2.5-flash:generateContent",
    headers={},
    json={{"contents": [{{"parts": [{{"text": "Say hello"}}]}}]}},
)
if response.status_code != 200:
    raise SystemExit(f"{{response.status_code}}: {{response.text}}")
print(response.json()["candidates"][0]["content"]["parts"][0]["text"])
"""
CLAUDE = """import os
import httpx

response = httpx.post(
    "https://api.anthropic.com/v1/messages",
    headers={{{}, "anthropic-version": "2023-06-01"}},
    json={{"model": "claude-sonnet-4-5", "max_tokens": 100, "messages": [{{"role": "user", "content": "Say hello"}}]}},
)
if response.status_code != 200:
    raise SystemExit(f"{{response.status_code}}: {{response.text}}")
print(response.json()["content"][0]["text"])
"""
AZURE = """import os
import requests

response = requests.post(
    "https://my-resource.openai.azure.com/openai/deployments/gpt-5-mini/chat/completions?api-version=2024-10-21",
    headers={},
    json={{"messages": [{{"role": "user", "content": "Say hello"}}]}},
)
if response.status_code != 200:
    raise SystemExit(f"{{response.status_code}}: {{response.text}}")
print(response.json()["choices"][0]["message"]["content"])
"""


def gemini(rule: str, headers: str, status: int, shows: str, *, mended: str = "", **more: object) -> Proof:
    filled = {"mended": GEMINI.format(mended)} if mended else {}
    text = GEMINI.format(headers)
    return one(rule, "python requests (Gemini)", "ask.py", text, status, shows, vendor="gemini", **filled, **more)  # type: ignore[arg-type]


def claude(rule: str, header: str, status: int, shows: str, *, mended: str = "", **more: object) -> Proof:
    filled = {"mended": CLAUDE.format(mended)} if mended else {}
    text = CLAUDE.format(header)
    return one(rule, "python httpx (Anthropic)", "ask.py", text, status, shows, vendor="anthropic", **filled, **more)  # type: ignore[arg-type]


def azure(rule: str, headers: str, status: int, shows: str, *, mended: str = "", **more: object) -> Proof:
    filled = {"mended": AZURE.format(mended)} if mended else {}
    text = AZURE.format(headers)
    return one(rule, "python requests (Azure)", "ask.py", text, status, shows, vendor="azure", **filled, **more)  # type: ignore[arg-type]


KEY = 'os.environ["OPENAI_API_KEY"]'
RIGHT = 'headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"}'

PROOFS = (
    post(
        "KL207",
        "requests",
        'import base64\n\nkey = base64.b64decode(os.environ["KEY_B64"])\nheaders={"Authorization": f"Bearer {key}"}',
        401,
        WRONG_KEY,
        variant="bytes",
        provided={"KEY_B64": "«live.openai.base64»"},
    ),
    post(
        "KL101",
        "requests",
        'headers={"Authorization": "Bearer «openai.key»"}',
        401,
        WRONG_KEY,
        fix=UNSAFE,
        revoked=True,
    ),
    post(
        "KL103",
        "requests",
        'key = os.environ.get("OPENAI_API_KEY", "«openai.key»")\nheaders={"Authorization": f"Bearer {key}"}',
        401,
        WRONG_KEY,
        fix=UNSAFE,
        absent=("OPENAI_API_KEY",),
    ),
    post(
        "KL102",
        "requests",
        'key = os.getenv(\'«openai.key»\')\nheaders={"Authorization": f"Bearer {key}"}',
        401,
        WRONG_KEY,
        fix=UNSAFE,
    ),
    post(
        "KL504",
        "requests",
        'key = os.getenv(\'$OPENAI_API_KEY\')\nheaders={"Authorization": f"Bearer {key}"}',
        401,
        WRONG_KEY,
    ),
    one(
        "KL301",
        "python requests",
        "respond.py",
        RESPOND.format('os.environ["OPENAI_API_KEY"]'),
        401,
        "Missing bearer or basic authentication in header",
        variant="responses",
    ),
    post("KL201", "requests", 'headers={"Authorization": "Bearer YOUR_API_KEY"}', 401, WRONG_KEY),
    post("KL202", "httpx", 'headers={"Authorization": "Bearer OPENAI_API_KEY"}', 401, WRONG_KEY),
    post(
        "KL203",
        "requests",
        'api_key = os.environ["OPENAI_API_KEY"]\nheaders={"Authorization": "Bearer {api_key}"}',
        401,
        WRONG_KEY,
    ),
    post("KL301", "requests", f'headers={{"Authorization": {KEY}}}', 401, NO_KEY),
    post("KL301", "httpx", f'headers={{"Authorization": {KEY}}}', 401, NO_KEY),
    post(
        "KL302",
        "requests",
        f'key = {KEY}\nheaders={{"Authorization": f"Bearer{{key}}"}}',
        401,
        NO_KEY,
        variant="no space",
    ),
    post("KL302", "httpx", f'headers={{"Authorization": "Bearer: " + {KEY}}}', 401, NO_KEY, variant="colon"),
    post(
        "KL302",
        "requests",
        f'headers={{"Authorization": "Token " + {KEY}}}',
        401,
        NO_KEY,
        mended=RIGHT,
        variant="token",
    ),
    post(
        "KL302",
        "requests",
        f'key = {KEY}\nheaders={{"Authorization": f"Bearer Bearer {{key}}"}}',
        401,
        WRONG_KEY,
        variant="twice",
    ),
    claude("KL302", '"x-api-key": "Bearer " + os.environ["ANTHROPIC_API_KEY"]', 401, "authentication_error"),
    post(
        "KL303", "requests", 'api_key = ""\nheaders={"Authorization": "Bearer " + api_key}', 401, NO_KEY, mended=RIGHT
    ),
    post("KL304", "requests", f'headers={{"Authorisation": "Bearer " + {KEY}}}', 401, NO_KEY),
    post("KL304", "httpx", f'headers={{"Authentication": "Bearer " + {KEY}}}', 401, NO_KEY),
    post("KL305", "requests", f'headers={{"api-key": {KEY}}}', 401, NO_KEY, mended=RIGHT),
    gemini(
        "KL305",
        '{"Authorization": f"Bearer {os.environ[\'GEMINI_API_KEY\']}"}',
        401,
        "UNAUTHENTICATED",
        mended='{"x-goog-api-key": os.environ["GEMINI_API_KEY"]}',
    ),
    azure(
        "KL305",
        '{"x-goog-api-key": os.environ["AZURE_OPENAI_API_KEY"]}',
        401,
        "Access denied due to missing subscription key",
        mended='{"api-key": os.environ["AZURE_OPENAI_API_KEY"]}',
    ),
    claude(
        "KL305",
        '"api-key": os.environ["ANTHROPIC_API_KEY"]',
        401,
        "authentication_error",
        mended='"x-api-key": os.environ["ANTHROPIC_API_KEY"]',
    ),
    gemini("KL201", '{"x-goog-api-key": "YOUR_API_KEY"}', 400, "API_KEY_INVALID"),
    gemini("KL304", '{"x-goog-apikey": os.environ["GEMINI_API_KEY"]}', 403, "PERMISSION_DENIED"),
    azure("KL202", '{"api-key": "AZURE_OPENAI_API_KEY"}', 401, "Access denied due to invalid subscription key"),
    one(
        "KL306",
        "python requests",
        "ask.py",
        f'import os\nimport requests\n\nheaders = {{"Authorization": "Bearer " + {KEY}}}\n'
        f'response = requests.post("{URL}", headers, json={BODY})\n{SEND}',
        401,
        NO_KEY,
    ),
    post("KL306", "requests", f'auth=("Bearer", {KEY})', 401, NO_KEY, mended=RIGHT, variant="auth"),
    post(
        "KL401",
        "requests",
        f'headers={{"Authorization": "Bearer " + {KEY}, "OpenAI-Organization": "My Company"}}',
        401,
        "No such organization",
        fix=UNSAFE,
        provided={"OPENAI_ORG_ID": "«openai.organization»"},
    ),
    post(
        "KL402",
        "httpx",
        f'headers={{"Authorization": "Bearer " + {KEY}, "OpenAI-Organization": "«openai.project»"}}',
        401,
        "No such organization",
        mended=f'headers={{"Authorization": "Bearer " + {KEY}, "OpenAI-Organization": "«openai.organization»"}}',
    ),
    post(
        "KL403",
        "requests",
        f'headers={{"Authorization": "Bearer " + {KEY}, "OpenAI-Organization": os.getenv("OPENAI_ORG_ID", "")}}',
        401,
        "No such organization",
        mended=RIGHT,
    ),
)
