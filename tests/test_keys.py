"""Every key shape, in every position, in every format: found, and shown by nobody."""

from __future__ import annotations

import base64
import json
import pathlib

import pytest

from tests.samples import all_samples, catalogue, from_pattern, openai_shapes, sample
from tests.tool import check, write

SHAPES = openai_shapes()

# The ways in which a key is written down in source; {key} is the key.
IDIOMS = {
    "argument": 'client = OpenAI(api_key="{key}")\n',
    "assigned client": "llm = ChatOpenAI(openai_api_key='{key}')\n",
    "module attribute": 'openai.api_key = "{key}"\n',
    "constant": 'API_KEY = "{key}"\n',
    "header": 'r = requests.post(url, headers={{"Authorization": "Bearer {key}"}})\n',
    "environment": 'os.environ["OPENAI_API_KEY"] = "{key}"\n',
    "fallback": 'key = os.getenv("OPENAI_API_KEY", "{key}")\n',
    "or": 'key = os.getenv("OPENAI_API_KEY") or "{key}"\n',
    "name": 'key = os.getenv("{key}")\n',
    "dictionary": 'config = {{"api_key": "{key}", "model": "gpt-4o"}}\n',
    "default parameter": 'def ask(question, api_key="{key}"):\n    pass\n',
    "comment": "# my key: {key}\n",
    "url": 'requests.get("https://api.openai.com/v1/models?key={key}")\n',
    "userinfo": 'URL = "https://user:{key}@proxy.example.com/"\n',
    "docstring": '"""Use {key} for now."""\n',
    "f-string": 'headers = {{"Authorization": f"Bearer {key}"}}\n',
    "bytes": 'KEY = b"{key}"\n',
    "list": 'KEYS = ["{key}",\n]\n',
}

FORMATS = {
    "a.py": 'client = OpenAI(api_key="{key}")\n',
    "a.js": "const client = new OpenAI({{ apiKey: '{key}' }});\n",
    "a.ts": "const key: string = `{key}`;\n",
    "a.tsx": 'export const A = () => <Chat apiKey="{key}" />;\n',
    "a.jsx": "const A = () => <Chat apiKey={{'{key}'}} />;\n",
    "a.sh": "export OPENAI_API_KEY={key}\n",
    "b.sh": 'curl -H "Authorization: Bearer {key}" https://api.openai.com/v1/models\n',
    "a.bas": 'Const API_KEY = "{key}"\n',
    "a.cls": 'http.setRequestHeader "Authorization", "Bearer {key}"\n',
    "a.frm": "' {key}\n",
    "a.vba": 'apiKey = "{key}"\n',
    ".env": "OPENAI_API_KEY={key}\n",
    ".env.local": 'OPENAI_API_KEY="{key}"\n',
    ".env.example": "OPENAI_API_KEY={key}\n",
    "a.yaml": "openai:\n  api_key: {key}\n",
    "compose.yml": "services:\n  a:\n    environment:\n      - OPENAI_API_KEY={key}\n",
    ".github/workflows/a.yml": "env:\n  OPENAI_API_KEY: {key}\n",
    "a.json": '{{"openai": {{"apiKey": "{key}"}}}}\n',
    ".mcp.json": '{{"mcpServers": {{"a": {{"args": ["--api-key", "{key}"]}}}}}}\n',
    "a.jsonc": '{{\n  // the key\n  "key": "{key}",\n}}\n',
    "a.toml": 'OPENAI_API_KEY = "{key}"\n',
    "notes.md": "The key is {key}.\n",
    "notes": "{key}",
    "a.csv": "name,key\nme,{key}\n",
    "Dockerfile": "ENV OPENAI_API_KEY={key}\n",
    "main.go": 'client := openai.NewClient("{key}")\n',
    "a.html": '<script>const key = "{key}";</script>\n',
    "a.properties": "spring.ai.openai.api-key={key}\n",
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("idiom", IDIOMS)
def test_openai_keys_in_every_idiom(project: pathlib.Path, shape: str, idiom: str) -> None:
    write(project, {"app.py": "import os, openai, requests\n" + IDIOMS[idiom].format(key=SHAPES[shape])})
    result = check(project)
    assert len(result.findings) == 1, result.out
    assert result.codes[0].startswith("KL1") or (result.codes == ["KL208"] and shape.startswith("admin"))
    assert SHAPES[shape] not in result.out


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", FORMATS)
def test_openai_keys_in_every_format(project: pathlib.Path, shape: str, name: str) -> None:
    write(project, {name: FORMATS[name].format(key=SHAPES[shape])})
    result = check(project)
    assert len(result.findings) == 1, result.out
    assert SHAPES[shape] not in result.out


@pytest.mark.parametrize("name", [name for name in all_samples() if catalogue().identify(all_samples()[name])])
def test_every_vendors_key(project: pathlib.Path, name: str) -> None:
    provider = name.partition(".")[0]
    write(project, {"app.py": f'# {provider} gemini\nkey = "{all_samples()[name]}"\n'})
    assert check(project).codes == ["KL101"]


@pytest.mark.parametrize("shape", SHAPES)
def test_keys_split_over_two_literals(project: pathlib.Path, shape: str) -> None:
    key = SHAPES[shape]
    half = len(key) // 2
    write(
        project,
        {
            "a.py": f'from openai import OpenAI\nKEY = "{key[:half]}" + "{key[half:]}"\n',
            "b.py": f'from openai import OpenAI\nclient = OpenAI(api_key="{key[:9]}" "{key[9:]}")\n',
            "c.js": f'import OpenAI from "openai";\nconst key = "{key[:half]}" + "{key[half:]}";\n',
            "d.bas": f'\' openai\nConst K = "{key[:half]}" & "{key[half:]}"\n',
            "e.sh": f'export OPENAI_API_KEY="{key[:half]}""{key[half:]}"\n',
            "f.py": f'from openai import OpenAI\nKEY = "".join(["{key[:half]}", "{key[half:]}"])\n',
        },
    )
    result = check(project)
    assert [finding["filename"] for finding in result.findings] == ["a.py", "b.py", "c.js", "d.bas", "e.sh", "f.py"]
    assert key[half:] not in result.out
    assert key[:half] not in result.out


@pytest.mark.parametrize("shape", SHAPES)
def test_keys_in_disguise(project: pathlib.Path, shape: str) -> None:
    key = SHAPES[shape]
    notebook = {
        "cells": [
            {
                "cell_type": "code",
                "source": [f'openai.api_key = "{key}"\n', f"print('{key}')"],
                "outputs": [{"text": [f"{key}\n"]}],
            }
        ]
    }
    encoded = base64.b64encode(key.encode()).decode()
    write(
        project,
        {
            "a.ipynb": json.dumps(notebook),
            "b.ipynb": json.dumps(json.dumps({"source": f'key = "{key}"\nprint(key)'})),
            "secret.yaml": f"apiVersion: v1\nkind: Secret\ndata:\n  key: {encoded}\n",
            "utf16.py": f'client = OpenAI(api_key="{key}")\n'.encode("utf-16"),
            "utf16be.txt": f"openai {key}\n".encode("utf-16-be"),
            "utf16le.txt": f"openai {key}\n".encode("utf-16-le"),
            "latin1.py": f'# für OpenAI\nkey = "{key}"\n'.encode("latin-1"),
            "end.txt": key.encode(),
            "escaped.json": f'{{"text": "line\\n{key}\\nline"}}',
        },
    )
    result = check(project)
    assert {finding["filename"] for finding in result.findings} == {path.name for path in project.iterdir()}
    assert sum(finding["filename"] == "a.ipynb" for finding in result.findings) == 3
    assert key not in result.out
    assert encoded not in result.out


def test_keys_without_a_prefix_are_known_by_their_place(project: pathlib.Path) -> None:
    azure, mistral = sample("azure", "key of the classic form"), sample("mistral")
    write(
        project,
        {
            "a.py": f'client = AzureOpenAI(api_key="{azure}")\n',
            "b.js": f'const m = new Mistral({{ apiKey: "{mistral}" }});\n',
            "c.py": f'AZURE = "{azure}"  # openai\n',
        },
    )
    assert [finding["filename"] for finding in check(project).findings] == ["a.py", "b.js"]


@pytest.mark.parametrize(
    "text",
    [
        ".sk-folding-cube-animation-container .sk-cube { width: 50% }",
        '<div id="sk-container-id-1" class="sk-top-container sk-estimator-doc-link-fitted-abcdef">',
        "locale: sk-SK; company: SK-Telecom",
        r're.compile(r"sk-(?:proj-)?[A-Za-z0-9_-]{20,}T3BlbkFJ[A-Za-z0-9_-]{20,}")',
        "Incorrect API key provided: sk-8uKxH***************************************MvFD.",
        "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-" + "a" * 48,
        "sk-abcdefghijklmnopqrstuvwxyz0123456789abcdefghijkl",
        "sk-ant-api03-your-key-goes-here-and-it-is-rather-long-so-that-it-looks-like-one",
        "task-proj-management-for-openai-with-a-very-long-name-indeed-it-goes-on",
        "openai sha512-" + "A" * 80,
        "https://risk-project.example.com/openai",
    ],
)
def test_look_alikes_are_left_alone(project: pathlib.Path, text: str) -> None:
    write(project, {"a.txt": f"openai {text}\n", "a.py": f"# openai {text}\n"})
    assert check(project).codes == []


def test_a_projects_key_without_the_mark_is_an_example_in_a_text(project: pathlib.Path) -> None:
    unmarked = from_pattern("sk-proj-[A-Za-z0-9]{44}", "unmarked")
    write(project, {"README.md": f"    OPENAI_API_KEY={unmarked}\n", "a.py": f'openai.api_key = "{unmarked}"\n'})
    result = check(project)
    assert [finding["filename"] for finding in result.findings] == ["a.py"]
    assert unmarked not in result.out
    marked = sample("openai")
    write(project, {"README.md": f"    OPENAI_API_KEY={marked}\n"})
    assert [finding["filename"] for finding in check(project).findings] == ["README.md", "a.py"]


def test_firebase_keys_are_not_geminis(project: pathlib.Path) -> None:
    key = sample("gemini", "key of the standard form")
    write(
        project,
        {
            "firebase.js": f'const firebaseConfig = {{ apiKey: "{key}", authDomain: "x" }};\n',
            "gemini.py": f'import google.genai\nKEY = "{key}"\n',
            "other.js": f'const KEY = "{key}";\n',
        },
    )
    assert [finding["filename"] for finding in check(project).findings] == ["gemini.py"]


def test_samples_match_their_patterns() -> None:
    for key in catalogue().formats:
        made = from_pattern(key.pattern, key.name)
        found = catalogue().identify(made, key.provider)
        assert found is not None, (key.provider, key.name)
        assert found.provider == key.provider
