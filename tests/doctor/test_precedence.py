"""What is predicted, against what a real program with the vendor's SDK then sends: who wins over whom."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
import yaml

from keylint.doctor.shown import fingerprint
from tests import nodejs
from tests.doctor.patient import doctor
from tests.samples import openai_shapes
from tests.tool import write

if TYPE_CHECKING:
    from tests.proof.machine import Machine

A, B, C = list(openai_shapes().values())[1:4]
ASK = "import os\n{}from openai import OpenAI\n\n{}client = OpenAI({}, max_retries=0)\nclient.models.list()\n"
LOAD = "from dotenv import load_dotenv\n"
NODE = (
    'import OpenAI from "openai";\n{}\nconst client = new OpenAI({{ {}maxRetries: 0 }});\nawait client.models.list();\n'
)
SHELL = 'client = OpenAI(organization=os.getenv("OPENAI_ORG_ID"))\n'


@dataclass(frozen=True)
class Case:
    """A program, the files around it, the shell's variables; which key arrives, "" for none."""

    title: str
    program: str
    files: Mapping[str, str]
    arrives: str
    shell: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = ()
    doctor: tuple[str, ...] = ()
    place: str = ""  # where it comes from, as the doctor says it
    folder: str = ""  # where it is started


def python(load: str = "load_dotenv()\n", options: str = "timeout=9") -> dict[str, str]:
    return {"ask.py": ASK.format(LOAD if load else "", load, options)}


def node(first: str = 'import "dotenv/config";', options: str = "") -> dict[str, str]:
    imports = f"{first}\n" if first.startswith("import ") else ""
    text = NODE.format("" if imports else first, options)
    return {
        "ask.mjs": imports + text,
        "package.json": '{"type": "module", "dependencies": {"openai": "6", "dotenv": "17"}}',
    }


def next_js() -> dict[str, str]:
    """A program that loads what Next.js loads, with Next.js's own loader."""
    text = NODE.format("nextEnv.loadEnvConfig(process.cwd(), true, { info() {}, error() {} });", "")
    package = '{"type": "module", "dependencies": {"next": "15", "openai": "6"}}'
    return {"ask.mjs": f'import nextEnv from "@next/env";\n{text}', "package.json": package}


def env(key: str, name: str = "OPENAI_API_KEY") -> str:
    return f"{name}={key}\n"


CASES = (
    Case("the shell alone", "ask.py", python(""), A, {"OPENAI_API_KEY": A}, place="the shell"),
    Case("a file that is loaded", "ask.py", {**python(), ".env": env(B)}, B, place=".env:1"),
    Case("a file that nothing loads", "ask.py", {**python(""), ".env": env(B)}, ""),
    Case("the shell before the file", "ask.py", {**python(), ".env": env(B)}, A, {"OPENAI_API_KEY": A}, place="the shell"),
    Case(
        "a file that overrides", "ask.py", {**python("load_dotenv(override=True)\n"), ".env": env(B)}, B,
        {"OPENAI_API_KEY": A}, place=".env:1",
    ),
    Case("an empty variable before the file", "ask.py", {**python(), ".env": env(B)}, "", {"OPENAI_API_KEY": ""}),
    Case("another file", "ask.py", {**python('load_dotenv(".env.local")\n'), ".env": env(B), ".env.local": env(C)}, C, place=".env.local:1"),
    Case(
        "two files, the first wins", "ask.py",
        {**python('load_dotenv(".env.local")\nload_dotenv()\n'), ".env": env(B), ".env.local": env(C)}, C, place=".env.local:1",
    ),
    Case(
        "two files, the second overrides", "ask.py",
        {**python('load_dotenv(".env.local")\nload_dotenv(override=True)\n'), ".env": env(B), ".env.local": env(C)}, B, place=".env:1",
    ),
    Case("a file in a folder above", "app/ask.py", {"app/ask.py": python()["ask.py"], ".env": env(B)}, B, place=".env:1"),
    Case(
        "the nearer of two files", "app/ask.py", {"app/ask.py": python()["ask.py"], ".env": env(B), "app/.env": env(C)}, C, place="app/.env:1",
    ),
    Case(
        "a variable of one's own", "ask.py", {**python(options='api_key=os.environ["MY_KEY"]'), ".env": env(B, "MY_KEY") + env(C)}, B, place=".env:1",
    ),
    Case("a fallback in the code", "ask.py", python("", f'api_key=os.getenv("MY_KEY", "{C}")'), C, place="ask.py:4"),
    Case("a variable in a variable", "ask.py", {**python(), ".env": f"BASE={B}\nOPENAI_API_KEY=${{BASE}}\n"}, B, place=".env:2"),
    Case("a line that comes twice", "ask.py", {**python(), ".env": env(B) + env(C)}, C, place=".env:2"),
    Case("quotes and a comment", "ask.py", {**python(), ".env": f'OPENAI_API_KEY="{B}" # mine\n'}, B, place=".env:1"),
    Case(
        "loaded by who imports it", "run.py",
        {"run.py": f"{LOAD}load_dotenv()\nimport ask\n", "ask.py": python("")["ask.py"], ".env": env(B)}, B, place=".env:1",
    ),
    Case(
        "the file that is given", "ask.py", {**python('load_dotenv(os.environ["FILE"])\n'), ".env": env(B), "b.env": env(C)}, C,
        {"FILE": "b.env"}, doctor=("--env-file", "b.env"), place="b.env:1",
    ),
    Case("dotenv of npm", "ask.mjs", {**node(), ".env": env(B)}, B, place=".env:1"),
    Case("the shell before dotenv of npm", "ask.mjs", {**node(), ".env": env(B)}, A, {"OPENAI_API_KEY": A}, place="the shell"),
    Case("an empty variable before dotenv of npm", "ask.mjs", {**node(), ".env": env(B)}, "", {"OPENAI_API_KEY": ""}),
    Case(
        "dotenv of npm that overrides", "ask.mjs",
        {**node('import dotenv from "dotenv";\ndotenv.config({ override: true });'), ".env": env(B)}, B, {"OPENAI_API_KEY": A}, place=".env:1",
    ),
    Case(
        "another file for dotenv of npm", "ask.mjs",
        {**node('import dotenv from "dotenv";\ndotenv.config({ path: ".env.local" });'), ".env": env(B), ".env.local": env(C)}, C, place=".env.local:1",
    ),
    Case(
        "Node's own option", "ask.mjs",
        {**node("//"), "package.json": '{"type": "module", "scripts": {"start": "node --env-file=.env ask.mjs"}}', ".env": env(B)}, B,
        command=("--env-file=.env", "ask.mjs"), place=".env:1",
    ),
    Case(
        "the shell before Node's own option", "ask.mjs",
        {**node("//"), "package.json": '{"type": "module", "scripts": {"start": "node --env-file=.env ask.mjs"}}', ".env": env(B)}, A,
        {"OPENAI_API_KEY": A}, command=("--env-file=.env", "ask.mjs"), place="the shell",
    ),
    Case("Next.js, its local file", "ask.mjs", {**next_js(), ".env": env(A), ".env.local": env(B), ".env.development": env(C)}, B, place=".env.local:1"),
    Case("Next.js, the mode's file", "ask.mjs", {**next_js(), ".env": env(A), ".env.development": env(C)}, C, place=".env.development:1"),
    Case("the shell before Next.js", "ask.mjs", {**next_js(), ".env.local": env(B)}, A, {"OPENAI_API_KEY": A}, place="the shell"),
    Case("nothing loads it for Node", "ask.mjs", {**node("//"), ".env": env(B)}, ""),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.title.replace(" ", "-"))
def test_what_arrives_is_what_was_predicted(machine: Machine, tmp_path: pathlib.Path, case: Case) -> None:
    write(tmp_path, dict(case.files))
    if case.program.endswith(".mjs"):
        modules = nodejs.modules()
        if modules is None:
            pytest.skip("no node here, or npm could not install the packages")
        (tmp_path / "node_modules").symlink_to(modules)
    machine.api.forget()
    program = (
        [nodejs.node(), *(case.command or (case.program,))]
        if case.program.endswith(".mjs")
        else machine.command(case.program)
    )
    run = subprocess.run(
        program,
        cwd=tmp_path,
        env=machine.environment(**case.shell),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    sent = machine.api.seen[0].bearer.strip() if machine.api.seen else ""
    assert sent == case.arrives, run.stderr[-600:]  # the program itself: what the table says is so
    visit = doctor(machine, tmp_path, "--output-format", "json", "--provider", "openai", *case.doctor, **case.shell)
    key = visit.sends["api_key"]
    assert (key["fingerprint"] or "") == (fingerprint(sent) if sent else "")
    if case.place:
        assert key["from"] == case.place


def test_the_documentation_has_all_cases() -> None:
    page = (pathlib.Path(__file__).parents[2] / "docs" / "doctor.md").read_text(encoding="utf-8")
    table = page.partition("| case | what is sent |\n|---|---|\n")[2].partition("\n\n")[0]
    assert [line.split("|")[1].strip() for line in table.splitlines()] == [case.title for case in CASES]


COMPOSE = (
    ("environment before env_file", "environment:\n      OPENAI_API_KEY: ${KEY}\n    env_file: [.env.web]", {".env": "KEY=a\n", ".env.web": "OPENAI_API_KEY=b\n"}, {}, "a"),
    ("the shell before .env", "environment:\n      - OPENAI_API_KEY=${KEY}", {".env": "KEY=a\n"}, {"KEY": "c"}, "c"),
    ("a variable that is passed on", "environment:\n      - OPENAI_API_KEY", {}, {"OPENAI_API_KEY": "c"}, "c"),
    ("one that is not there", "environment:\n      OPENAI_API_KEY: ${KEY}", {}, {}, ""),
    ("otherwise", "environment:\n      OPENAI_API_KEY: ${KEY:-d}", {}, {"KEY": ""}, "d"),
    ("the later of two files", "env_file:\n      - one.env\n      - two.env", {"one.env": "OPENAI_API_KEY=a\n", "two.env": "OPENAI_API_KEY=b\n"}, {}, "b"),
    ("a dollar sign", "environment:\n      OPENAI_API_KEY: a$$b", {}, {}, "a$b"),
)  # fmt: skip


@pytest.mark.parametrize(
    ("title", "service", "files", "shell", "value"), COMPOSE, ids=[row[0].replace(" ", "-") for row in COMPOSE]
)
def test_a_service_of_compose(
    machine: Machine,
    tmp_path: pathlib.Path,
    title: str,
    service: str,
    files: dict[str, str],
    shell: dict[str, str],
    value: str,
) -> None:
    """As https://docs.docker.com/compose/how-tos/environment-variables/envvars-precedence/ says, and compose does."""
    keys = {"a": A, "b": B, "c": C}

    def spelled(text: str) -> str:
        name, sign, letter = text.rstrip("\n").rpartition("=")
        return f"{name}{sign}{keys.get(letter, letter)}\n" if sign else text

    write(
        tmp_path, {"ask.py": python("")["ask.py"], "compose.yaml": f"services:\n  web:\n    image: x\n    {service}\n"}
    )
    write(tmp_path, {name: spelled(text) for name, text in files.items()})
    shell = {name: keys.get(text, text) for name, text in shell.items()}
    visit = doctor(machine, tmp_path, "--service", "web", "--output-format", "json", **shell)
    wanted = keys.get(value, value)
    key = visit.sends["api_key"]
    assert key["fingerprint"] == (fingerprint(wanted) or None)
    if not value:
        assert key["shown"] in ("empty", "not set")
    given = _given(tmp_path, machine.environment(**shell))
    if given is None:
        pytest.skip("no compose here: what its documentation says was compared")
    assert (given.get("OPENAI_API_KEY") or "") == wanted
    machine.api.forget()
    own = {"OPENAI_API_KEY": given["OPENAI_API_KEY"]} if given.get("OPENAI_API_KEY") is not None else {}
    run = machine.environment(**own)
    subprocess.run(machine.command("ask.py"), cwd=tmp_path, env=run, capture_output=True, timeout=120, check=False)
    assert (machine.api.seen[0].bearer.strip() if machine.api.seen else "") == wanted


def _given(folder: pathlib.Path, environment: dict[str, str]) -> dict[str, str | None] | None:
    """The variables that compose itself gives the service; None if there is no compose."""
    for command in (["docker", "compose"], ["docker-compose"]):
        if shutil.which(command[0]) is None:
            continue
        said = subprocess.run(
            [*command, "config"], cwd=folder, env=environment, capture_output=True, text=True, check=False
        )
        if said.returncode == 0:
            told = yaml.safe_load(said.stdout)["services"]["web"].get("environment") or {}
            return {name: value and value.replace("$$", "$") for name, value in told.items()}
    return None
