"""What docs/compatibility.md promises, read off the code: each topic as plain data, to be compared with what it was."""

from __future__ import annotations

import argparse
import json
import pathlib
import re
from typing import TYPE_CHECKING, Any

import yaml

from keylint import rules, settings, terminal
from keylint.cli import whole_parser
from keylint.diagnosis.table import load
from keylint.model import Applicability, Confidence, Severity
from keylint.report import FORMATS
from keylint.setup import pipelines
from tests.reports import reports
from tests.samples import body
from tests.tool import git, keylint, write

if TYPE_CHECKING:
    import xml.etree.ElementTree as ET
    from collections.abc import Callable

ROOT = pathlib.Path(__file__).parent.parent

# Keys in the shapes of the day on which the marks were made, whatever today's samples look like. A key made of nothing
# but its parts is in no file.
KEY = f"sk-proj-{body('compatibility-1', 20)}T3BlbkFJ{body('compatibility-2', 20)}"
TOKEN = "ghp_" + body("compatibility-3", 36)
FILES = {
    "src/ask.py": "import os\nfrom openai import OpenAI\n\n"
    f'client = OpenAI(api_key="{KEY}")\n'
    'other = OpenAI(api_key="API_KEY_OPENAI", organization="org_1")\n'
    'other = OpenAI(api_key="API_KEY_OPENAI", organization="org_1")\n'
    'print(client.api_key, "é😀")\n'
    'third = OpenAI(api_key="not-needed")  # keylint: ignore[KL201] the gateway takes any\n',
    "src/named.py": 'from openai import OpenAI\n\nKEY = "YOUR_API_KEY"\nclient = OpenAI(api_key=KEY)\n',
    "src/ask.ts": f'const o = new OpenAI({{ apiKey: "{KEY}", dangerouslyAllowBrowser: true }});\n',
    "ask.sh": "curl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\n",
    "deploy/compose.yml": 'services:\n  app:\n    environment:\n      OPENAI_API_KEY: "changeme"\n',
    "ci/settings.toml": f'[forge]\ntoken = "{TOKEN}"\n',
    ".env": f"OPENAI_API_KEY={KEY}\n",
}


def lay_out(folder: pathlib.Path) -> None:
    """The project that marks and shapes are taken from, as a repository."""
    git(folder, "init", "-q")
    write(folder, {name: text.encode() for name, text in FILES.items()})


def shape(value: Any, path: str = "") -> dict[str, str]:
    """The fields of a JSON value and their types: ``[].fix.edits[].content`` to ``string``."""
    found: dict[str, set[str]] = {}

    def look(value: Any, path: str) -> None:
        kind = {dict: "object", list: "array", str: "string", bool: "boolean", type(None): "null"}.get(
            type(value), "number"
        )
        found.setdefault(path, set()).add(kind)
        if isinstance(value, dict):
            for name, inner in value.items():
                look(inner, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            for inner in value:
                look(inner, f"{path}[]")

    look(value, path)
    return {path: " or ".join(sorted(kinds)) for path, kinds in sorted(found.items())}


def of_rules(_: pathlib.Path) -> dict[str, Any]:
    """Codes, names, and whether a rule is about a file or the project; of a retired one only what nobody else may have."""
    live = {
        rule.code: {"name": rule.name, "scope": "project" if rule.project else "file"} for rule in rules.all_rules()
    }
    return {**{code: {"name": name} for code, name in rules.RETIRED.items()}, **live}


def of_reports(folder: pathlib.Path) -> dict[str, Any]:
    """The fields of everything that programs read."""
    lay_out(folder)
    made = reports(folder, "--show-suppressed", "--min-confidence", "possible")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "all of it")
    asked = {
        "explain error": ("explain", "Incorrect API key provided: API_KEY*OPENAI", "--path", "."),
        "explain rule": ("explain", "KL201"),
        "rules": ("rules",),
        "history": ("history",),
        "doctor": ("doctor",),
        "doctor rotation": ("doctor", "--plan-rotation"),
    }
    printed = {
        name: json.loads(keylint(*call, "--output-format", "json", folder=folder).out) for name, call in asked.items()
    }
    annotation = made.texts["github"].splitlines()[0]
    return {
        "formats": list(FORMATS),
        **{name: shape(made.json(name)) for name in ("json", "sarif", "gitlab", "rdjson")},
        "json-lines": shape(made.lines[0]),
        "junit": _elements(made.junit),
        "github": re.findall(r"(\w+)=", annotation.split("::")[1]),
        "concise": re.sub(r"\d+", "N", made.texts["concise"].splitlines()[0].partition(" ")[0].rpartition("/")[2]),
        **{name: _without_findings(shape(value)) for name, value in printed.items()},
        "severities": [each.value for each in Severity],
        "confidences": [each.value for each in Confidence],
        "applicabilities": [each.value for each in Applicability],
        "errors": sorted(load().meanings),
    }


def _without_findings(fields: dict[str, str]) -> dict[str, str]:
    """Findings in another report are those of `json`."""
    return {name: kind for name, kind in fields.items() if not name.startswith("findings[].")}


def _elements(root: ET.Element) -> list[str]:
    return sorted(
        {f"{each.tag}[{name}]" for each in root.iter() for name in each.attrib} | {each.tag for each in root.iter()}
    )


def of_commands(_: pathlib.Path) -> dict[str, Any]:
    """Commands, their arguments and options, and what each of these takes."""
    commands: dict[str, Any] = {}
    for action in whole_parser()._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                commands[name] = {key: told for each in command._actions for key, told in _option(each).items()}
    return commands


def _option(action: argparse.Action) -> dict[str, Any]:
    takes = "nothing" if action.nargs == 0 else "several" if action.nargs in ("*", "+") else "one"
    told: dict[str, Any] = {
        "takes": takes,
        "repeated": "adds" if isinstance(action, argparse._AppendAction) else "replaces",
    }
    if action.choices:
        told["choices"] = [str(choice) for choice in action.choices]
    if isinstance(action.default, str) and action.default != argparse.SUPPRESS:
        told["default"] = action.default
    return dict.fromkeys(action.option_strings or [str(action.metavar or action.dest)], told)


def of_exits(_: pathlib.Path) -> dict[str, Any]:
    """Exit codes by what they mean."""
    names = ("CLEAN", "FOUND", "USAGE", "NOTHING", "INTERNAL")
    return {name: getattr(terminal, name) for name in names}


def of_configuration(_: pathlib.Path) -> dict[str, Any]:
    """Keys of the configuration, where it is looked for, values with names; what a vendor's table may have is in everything.toml."""
    return {
        "keys": list(settings.KEYS),
        "min-confidence": list(settings.CONFIDENCES),
        "default": settings.Settings().min_confidence,
    }


def of_integrations(_: pathlib.Path) -> dict[str, Any]:
    """Hooks, the action's inputs, the template's job."""
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    words = ("name", "description", "id")
    return {
        "hooks": {hook["id"]: {key: value for key, value in hook.items() if key not in words} for hook in hooks},
        "action": {name: {"default": given["default"]} for name, given in action["inputs"].items()},
        "template": {"templates/gitlab-ci.yml": sorted(yaml.safe_load(pipelines.job()))},
    }


def of_marks(folder: pathlib.Path) -> dict[str, Any]:
    """Fingerprints of findings, by rule and place."""
    lay_out(folder)
    made = reports(folder, "--show-suppressed", "--min-confidence", "possible", formats=("json", "sarif", "gitlab"))
    marks = {
        f"{each['filename']}:{each['location']['row']}:{each['location']['column']} {each['code']}": each["fingerprint"]
        for each in made.json("json")
    }
    assert {each["fingerprint"] for each in made.json("gitlab")} <= set(marks.values())
    keys = sorted({name for result in made.sarif["results"] for name in result["partialFingerprints"]})
    return {"findings": marks, "sarif": keys}


TOPICS: dict[str, Callable[[pathlib.Path], dict[str, Any]]] = {
    "rules": of_rules,
    "reports": of_reports,
    "commands": of_commands,
    "exits": of_exits,
    "configuration": of_configuration,
    "integrations": of_integrations,
    "marks": of_marks,
}


def broken(was: Any, now: Any, place: str) -> list[str]:
    """What was there and is gone or different, a line each. What is new breaks nothing."""
    if isinstance(was, dict) and isinstance(now, dict):
        lines = [f"{place}: {name} is gone" for name in was if name not in now]
        return lines + [
            line for name in was if name in now for line in broken(was[name], now[name], f"{place}: {name}")
        ]
    if isinstance(was, list) and isinstance(now, list):
        return [f"{place}: {item} is gone" for item in was if item not in now]
    return [] if was == now and type(was) is type(now) else [f"{place}: was {was!r}, is {now!r}"]


def retired(lines: list[str]) -> list[str]:
    """The lines that are none because their rule was retired: its scope is nobody's concern any more."""
    return [
        line for line in lines if not re.fullmatch(rf"rules: (?:{'|'.join(rules.RETIRED) or '-'}): scope is gone", line)
    ]
