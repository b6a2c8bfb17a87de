"""The wiring mistakes that secret scanners pass over, one small file each, and the right form of each, which is silent."""

from __future__ import annotations

import base64
import hashlib
import pathlib

import pytest

from tests.samples import expand
from tests.tool import check, git, write

# By name: the file, the wrong text, the codes, the right text.
PROBES = {
    "name as key": (
        "a.py",
        'OpenAI(api_key="API_KEY_OPENAI")\n',
        ["KL202"],
        'OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n',
    ),
    "placeholder": ("a.py", 'OpenAI(api_key="your-api-key-here")\n', ["KL201"], "OpenAI(api_key=key)\n"),
    "truncated": (
        "a.py",
        'import openai\nopenai.api_key = "sk-123456789"\n',
        ["KL201"],
        "import openai\nopenai.api_key = key\n",
    ),
    "quoted python": (
        "a.py",
        "OpenAI(api_key=\"os.environ['OPENAI_API_KEY']\")\n",
        ["KL204"],
        "OpenAI(api_key=os.environ['OPENAI_API_KEY'])\n",
    ),
    "quoted javascript": (
        "a.js",
        'new OpenAI({ apiKey: "process.env.OPENAI_API_KEY" });\n',
        ["KL204"],
        "new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
    ),
    "no scheme": (
        "a.py",
        'import os, requests\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": os.environ["OPENAI_API_KEY"]})\n',
        ["KL301"],
        'import os, requests\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {os.environ[\'OPENAI_API_KEY\']}"})\n',
    ),
    "double scheme": (
        "a.py",
        'requests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer Bearer {key}"})\n',
        ["KL302"],
        'requests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})\n',
    ),
    "no f": (
        "a.py",
        'key = load()\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": "Bearer {key}"})\n',
        ["KL203"],
        'key = load()\nrequests.get("https://api.openai.com/v1/models", headers={"Authorization": f"Bearer {key}"})\n',
    ),
    "organization name": (
        "a.py",
        'OpenAI(organization="My Company")\n',
        ["KL401"],
        'OpenAI(organization="«openai.organization»")\n',
    ),
    "public variable": (
        "a.ts",
        "const key = import.meta.env.VITE_OPENAI_API_KEY;\n",
        ["KL602"],
        "const url = import.meta.env.VITE_API_URL;\n",
    ),
    "curl without scheme": (
        "a.sh",
        'curl https://api.openai.com/v1/models -H "Authorization: $OPENAI_API_KEY"\n',
        ["KL301"],
        'curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
    ),
    "nothing after the scheme, shell": (
        "a.sh",
        'curl https://x -H "Authorization: Bearer"\n'.replace("https://x", "https://api.openai.com/v1/models"),
        ["KL303"],
        'curl https://api.openai.com/v1/models -H "Authorization: Bearer $K"\n',
    ),
    "single quotes": (
        "a.sh",
        "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\n",
        ["KL203"],
        'curl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n',
    ),
    "never assigned, VBA": (
        "a.bas",
        'Sub A()\nxmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey\nEnd Sub\n',
        ["KL303"],
        'Sub A()\nAPIKey = Range("A1").Value\nxmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey\nEnd Sub\n',
    ),
    "empty, VBA": (
        "a.bas",
        'Sub A()\nAPIKey = ""\nxmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey\nEnd Sub\n',
        ["KL303"],
        'Sub A()\nAPIKey = GetSetting("a", "b", "c")\nxmlhttp.SetRequestHeader "Authorization", "Bearer " & APIKey\nEnd Sub\n',
    ),
    "key and organization": (
        "a.py",
        'OpenAI(api_key="...", organization="org_ABC123")\n',
        ["KL201", "KL401"],
        'OpenAI(api_key=os.environ["OPENAI_API_KEY"], organization="«openai.organization»")\n',
    ),
    "name as key, javascript": (
        "a.js",
        'new OpenAI({ apiKey: "API_KEY_OPENAI" });\n',
        ["KL202"],
        "new OpenAI({ apiKey: process.env.OPENAI_API_KEY });\n",
    ),
    "organization, typescript": (
        "a.ts",
        'new OpenAI({ organization: "org_ABC123" });\n',
        ["KL401"],
        'new OpenAI({ organization: "«openai.organization»" });\n',
    ),
    "nothing after the scheme, javascript": (
        "a.js",
        'fetch("https://api.openai.com/v1/models", { headers: { Authorization: "Bearer " } });\n',
        ["KL303"],
        'fetch("https://api.openai.com/v1/models", { headers: { Authorization: "Bearer " + key } });\n',
    ),
}


@pytest.mark.parametrize("probe", PROBES)
def test_wrong_is_reported_and_right_is_silent(project: pathlib.Path, probe: str) -> None:
    name, wrong, codes, right = PROBES[probe]
    write(project, {name: expand(wrong)})
    assert check(project).codes == codes
    write(project, {name: expand(right)})
    assert check(project).codes == []


@pytest.mark.parametrize("arguments", [["."], ["app.py"]])
def test_env_beside_and_no_loader(project: pathlib.Path, arguments: list[str]) -> None:
    git(project, "init", "-q")
    write(
        project,
        {
            "app.py": 'import os\nkey = os.getenv("OPENAI_API_KEY")\n',
            ".env": expand("OPENAI_API_KEY=«openai.key»\n"),
            ".gitignore": ".env\n",
        },
    )
    assert check(project, *arguments).codes == ["KL501"]
    write(
        project,
        {"app.py": 'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.getenv("OPENAI_API_KEY")\n'},
    )
    assert check(project, *arguments).codes == []
    write(
        project,
        {
            "app.py": 'import os\nkey = os.getenv("OPENAI_API_KEY")\n',
            "main.py": "import dotenv\n\ndotenv.load_dotenv()\nimport app\n",
        },
    )
    assert check(project, *arguments).codes == []


def test_env_beside_and_no_loader_in_javascript(project: pathlib.Path) -> None:
    git(project, "init", "-q")
    write(
        project,
        {
            "app.js": "const key = process.env.OPENAI_API_KEY;\n",
            ".env": expand("OPENAI_API_KEY=«openai.key»\n"),
            ".gitignore": ".env\n",
        },
    )
    assert check(project).codes == ["KL501"]
    write(project, {"app.js": "import 'dotenv/config';\nconst key = process.env.OPENAI_API_KEY;\n"})
    assert check(project).codes == []
    write(
        project,
        {
            "app.js": "const key = process.env.OPENAI_API_KEY;\n",
            "package.json": '{"scripts": {"start": "node --env-file=.env app.js"}}\n',
        },
    )
    assert check(project).codes == []


def test_reading_the_variable_is_right(project: pathlib.Path) -> None:
    write(
        project,
        {
            "a.py": 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\nprint("ready")\n'
        },
    )
    assert check(project).codes == []


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.py", 'client = OpenAI(api_key="«openai.key»")\n', "read it from OPENAI_API_KEY in the environment; revoke"),
        ("A.swift", 'import SwiftUI\n\nlet key = "«openai.key»"\n', "let a server of yours call the API; revoke"),
        (
            "main.swift",
            'import Vapor\n\nlet key = "«openai.key»"\n',
            "read it from OPENAI_API_KEY in the environment; revoke",
        ),
        ("Game.prefab", "  accessToken: Bearer «openai.key»\n", "let a server of yours call the API; revoke"),
        (
            "dump.sql",
            "INSERT INTO log VALUES ('«openai.key»');\n",
            "take it out, and keep such files out of git; revoke",
        ),
    ],
)
def test_a_key_is_replaced_by_what_its_place_can_have(project: pathlib.Path, name: str, text: str, said: str) -> None:
    write(project, {name: expand(text)})
    (found,) = check(project).findings
    assert found["code"] == "KL101"
    assert said in found["help"]


@pytest.mark.parametrize(("account", "codes"), [("devstoreaccount1", []), ("acmeproduction", ["KL110"])])
def test_the_key_that_every_azurite_has_is_no_secret(project: pathlib.Path, account: str, codes: list[str]) -> None:
    key = base64.b64encode(hashlib.sha512(b"account").digest()).decode()
    write(project, {"a.yml": f'store: "DefaultEndpointsProtocol=http;AccountName={account};AccountKey={key};"\n'})
    assert check(project).codes == codes
