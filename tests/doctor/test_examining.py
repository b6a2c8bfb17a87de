"""What the doctor says without asking anybody."""

from __future__ import annotations

import json
import pathlib

import pytest

from tests.samples import expand, openai_shapes, sample
from tests.test_secrecy import clean
from tests.tool import Result, git, keylint, write

KEYS = openai_shapes()
KEY, OTHER = KEYS["project 74"], KEYS["project 58"]
ASK = "from openai import OpenAI\nclient = OpenAI()\n"
LOADING = "from dotenv import load_dotenv\nfrom openai import OpenAI\nload_dotenv()\nclient = OpenAI()\n"


def doctor(folder: pathlib.Path, *arguments: str) -> Result:
    return keylint("doctor", *arguments, folder=folder)


def problems(folder: pathlib.Path, *arguments: str) -> list[str]:
    (patient,) = json.loads(doctor(folder, "--output-format", "json", *arguments).out)
    return [problem["message"] for problem in patient["problems"]]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is empty"),
        ("None", "is `None`, what a missing value becomes"),
        ("YOUR_API_KEY", "is a placeholder"),
        ("OPENAI_API_KEY", "is the name of a variable"),
        ("'\"{}\"'", "does not belong to it: quotes"),
        ('"{}\\n"', "does not belong to it: a line end"),
        ("“{}”", "does not belong to it: curly quotes"),
        ("Bearer {}", "does not belong to it: the scheme"),
        ("«anthropic.key»", "holds a key of Anthropic"),
        ("«openai.admin key»", "holds an admin key"),
        ("sk-proj-abc", "begins like a key and stops too early"),
        ("https://api.openai.com/v1", "is an address"),
        ("op://vault/openai/key", "is a reference"),
        ("{}", ""),
    ],
)
def test_a_value(repository: pathlib.Path, value: str, said: str) -> None:
    text = expand(value.replace("{}", KEY))
    write(repository, {"ask.py": LOADING, ".env": f"OPENAI_API_KEY={text}\n", ".gitignore": ".env\n"})
    found = problems(repository)
    assert [said in message for message in found] == ([True] if said else [])
    result = doctor(repository)
    assert result.code == (1 if said else 0)
    for key in (KEY, sample("anthropic"), sample("openai", "admin key")):
        clean(key, result.out, result.err)


def test_where_it_is_kept(repository: pathlib.Path) -> None:
    write(repository, {"ask.py": LOADING, ".env": f"OPENAI_API_KEY={KEY}\n"})
    assert problems(repository) == ["git does not ignore .env, which holds the key"]
    git(repository, "add", "-f", ".env")
    assert problems(repository) == ["git tracks .env, which holds the key"]
    write(repository, {"ask.py": ASK.replace("()", f'(api_key="{KEY}")')})
    assert problems(repository) == ["the key stands in ask.py:2, which git does not ignore"]
    write(
        repository,
        {
            "ask.py": ASK,
            "compose.yaml": f"services:\n  web:\n    image: x\n    environment:\n      OPENAI_API_KEY: {KEY}\n",
        },
    )
    result = doctor(repository, "--service", "web")
    assert "the key stands in compose.yaml:5, which git does not ignore" in result.out
    assert "help: write `${OPENAI_API_KEY}` here, and its value into an .env that git ignores" in result.out


def test_nothing_loads_it(repository: pathlib.Path) -> None:
    write(repository, {"ask.py": ASK, ".env": f"OPENAI_API_KEY={KEY}\n", ".gitignore": ".env\n"})
    (patient,) = json.loads(doctor(repository, "--output-format", "json").out)
    (problem,) = patient["problems"]
    assert problem["message"] == "OPENAI_API_KEY stands in .env:1, and nothing loads that file"
    assert problem["help"].startswith("install python-dotenv and call load_dotenv()")
    assert patient["sends"]["api_key"]["not_loaded"] == [".env:1"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("acme", "is `acme`, no organization ID"),
        ("«openai.organization»", ""),
        ("«openai.project»", "no organization ID"),
    ],
)
def test_an_organization(repository: pathlib.Path, value: str, said: str) -> None:
    env = f"OPENAI_API_KEY={KEY}\nOPENAI_ORG_ID={expand(value)}\n"
    write(repository, {"ask.py": LOADING, ".env": env, ".gitignore": ".env\n"})
    assert [said in message for message in problems(repository)] == ([True] if said else [])


def test_what_wins_over_what(repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(repository, {"ask.py": LOADING, ".env": f"OPENAI_API_KEY={KEY}\n", ".gitignore": ".env\n"})
    monkeypatch.setenv("OPENAI_API_KEY", OTHER)
    (message,) = problems(repository)
    assert message.startswith("OPENAI_API_KEY of the shell (sk-proj-…")
    assert ") wins over .env:1 (sk-proj-…" in message
    monkeypatch.setenv("OPENAI_API_KEY", "")
    assert problems(repository) == ["OPENAI_API_KEY is set to nothing in the shell, which wins over .env:1"]
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert problems(repository) == []


@pytest.mark.parametrize(("names", "first"), [(("GOOGLE_API_KEY", "GEMINI_API_KEY"), "GOOGLE_API_KEY")])
def test_two_variables_of_one_vendor(repository: pathlib.Path, names: tuple[str, ...], first: str) -> None:
    key = sample("gemini")
    env = "".join(f"{name}={key}\n" for name in sorted(names, reverse=True))
    code = "import os\nfrom google import genai\nfrom dotenv import load_dotenv\nload_dotenv()\nos.environ['GEMINI_API_KEY']\nclient = genai.Client()\n"
    write(repository, {"ask.py": code, ".env": env, ".gitignore": ".env\n"})
    (patient,) = json.loads(doctor(repository, "--output-format", "json", "--provider", "gemini").out)
    assert patient["sends"]["api_key"]["variable"] == first


def test_stages_and_the_age_of_a_line(repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    env = f"OPENAI_API_KEY={KEY}\n"
    write(
        repository,
        {"ask.py": LOADING, ".env": f"OPENAI_API_KEY={OTHER}\n", ".env.staging": env, ".env.production": env},
    )
    monkeypatch.setenv("GIT_AUTHOR_DATE", "2020-01-01T00:00:00Z")
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x")
    result = doctor(repository, "--environment", "staging", "--max-age", "90")
    assert "from OPENAI_API_KEY of .env.staging:1" in result.out
    assert ".env.production:1 holds the same key" in result.out
    assert "OPENAI_API_KEY has been the same for" in result.out
    assert "the limit is 90 days" in result.out
    assert "the limit" not in doctor(repository, "--environment", "staging").out
    clean(KEY, result.out, result.err)


WORKFLOW = """on: push
env:
  OPENAI_API_KEY: {}
jobs:
  test:
    runs-on: x
    env:
      OPENAI_ORG_ID: acme
    steps:
      - run: python ask.py
        env:
          OPENAI_API_KEY: ${{{{ secrets.OPENAI }}}}
"""
MANIFEST = """apiVersion: v1
kind: Pod
metadata: {{name: a}}
spec:
  containers:
    - name: a
      image: x
      env:
        - name: OPENAI_API_KEY
          valueFrom: {{secretKeyRef: {{name: llm, key: openai}}}}
      envFrom:
        - configMapRef: {{name: more}}
---
apiVersion: v1
kind: Secret
metadata: {{name: llm}}
stringData: {{openai: {key}}}
---
apiVersion: v1
kind: ConfigMap
metadata: {{name: more}}
data: {{OPENAI_ORG_ID: acme}}
"""


def test_a_job_of_a_workflow(repository: pathlib.Path) -> None:
    write(repository, {"ask.py": ASK, ".github/workflows/ci.yml": WORKFLOW.format(KEY)})
    for job in ("test", "ci.yml:test"):
        (patient,) = json.loads(doctor(repository, "--job", job, "--output-format", "json").out)
        key, organization = patient["sends"]["api_key"], patient["sends"]["organization"]
        assert (key["shown"], key["from"]) == ("not known here", ".github/workflows/ci.yml:12")
        assert key["note"] == "the repository's secret OPENAI, which GitHub keeps"
        assert key["hides"] == [".github/workflows/ci.yml:3"]
        assert organization["from"] == ".github/workflows/ci.yml:8"
    assert doctor(repository, "--job", "deploy").err == "keylint: no workflow here has a job `deploy`\n"


def test_a_manifest(repository: pathlib.Path) -> None:
    write(repository, {"ask.py": ASK, "k8s/pod.yaml": MANIFEST.format(key=KEY)})
    (patient,) = json.loads(doctor(repository, "--manifest", "k8s/pod.yaml", "--output-format", "json").out)
    assert patient["sends"]["api_key"]["from"] == "k8s/pod.yaml:17"
    assert patient["sends"]["organization"]["from"] == "k8s/pod.yaml:22"
    assert doctor(repository, "--manifest", "ask.py").code == 2


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"ask.ts": 'import OpenAI from "openai";\nnew OpenAI();\n', "package.json": '{"dependencies": {"next": "15"}}', ".env.local": "{}", ".env": "x"}, ".env.local:1"),
        ({"ask.ts": 'import OpenAI from "openai";\nnew OpenAI();\n', "package.json": '{"dependencies": {"next": "15"}}', ".env.development": "{}", ".env": "x"}, ".env.development:1"),
        ({"ask.go": 'package main\n\nimport (\n\t"os"\n\n\t"github.com/joho/godotenv"\n\t"github.com/sashabaranov/go-openai"\n)\n\nfunc main() {\n\tgodotenv.Load()\n\topenai.NewClient(os.Getenv("OPENAI_API_KEY"))\n}\n', ".env": "{}"}, ".env:1"),
        ({"ask.sh": 'set -a; . ./.env; set +a\ncurl https://api.openai.com/v1/models -H "Authorization: Bearer $OPENAI_API_KEY"\n', ".env": "{}"}, ".env:1"),
        ({"ask.rb": 'require "dotenv/load"\nrequire "openai"\nclient = OpenAI::Client.new(access_token: ENV["OPENAI_API_KEY"])\n', ".env": "{}"}, ".env:1"),
    ],
)  # fmt: skip
def test_other_languages(repository: pathlib.Path, files: dict[str, str], place: str) -> None:
    filled = {
        name: text if name.startswith(("ask", "package")) else f"OPENAI_API_KEY={KEY if text == '{}' else OTHER}\n"
        for name, text in files.items()
    }
    write(repository, {**filled, ".gitignore": ".env*\n"})
    (patient,) = json.loads(doctor(repository, "--output-format", "json").out)
    assert patient["sends"]["api_key"]["from"] == place


def test_what_cannot_be_examined(repository: pathlib.Path) -> None:
    assert (doctor(repository).code, doctor(repository).out) == (3, "")
    write(repository, {"a.txt": "hello\n"})
    assert doctor(repository).err == "keylint: nothing here sends a key, or reads a variable that would hold one\n"
    write(repository, {"ask.py": ASK})
    assert doctor(repository, "--provider", "opena").code == 2
    assert doctor(repository, "nowhere").code == 2
    assert doctor(repository, "--env-file", "nowhere").code == 2
    assert doctor(repository, "--service", "web").code == 2
    assert doctor(repository, "--generate", "--online").code == 2


def test_a_variable_alone(repository: pathlib.Path) -> None:
    write(repository, {".env": f"OPENAI_API_KEY={KEY}\n", ".gitignore": ".env\n"})
    (patient,) = json.loads(doctor(repository, "--output-format", "json").out)
    assert patient["provider"] == "openai"
    assert patient["place"] is None


def test_nothing_that_the_repository_configures_is_run(repository: pathlib.Path) -> None:
    write(
        repository,
        {
            "ask.py": LOADING,
            ".env": f"OPENAI_API_KEY={KEY}\n",
            ".gitattributes": "* diff=evil filter=evil\n",
            "evil.sh": "#!/bin/sh\ntouch ran\ncat\n",
        },
    )
    (repository / "evil.sh").chmod(0o755)
    git(repository, "add", "-A")
    git(repository, "commit", "-qm", "x")
    command = f"sh {repository / 'evil.sh'}"
    for name in (
        "diff.evil.textconv",
        "diff.evil.command",
        "filter.evil.clean",
        "filter.evil.process",
        "core.fsmonitor",
    ):
        git(repository, "config", name, command)
    write(repository, {".env": f"OPENAI_API_KEY={KEY}\n# changed\n"})
    result = doctor(repository, "--max-age", "1")
    assert "was last changed today" in result.out
    assert not (repository / "ran").exists()
    assert doctor(repository, "--plan-rotation").code == 0
    assert not (repository / "ran").exists()
