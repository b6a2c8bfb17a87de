"""Laws of the code itself: what every rule, vendor and module has to keep, so that none can be forgotten."""

from __future__ import annotations

import ast
import itertools
import pathlib
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from keylint import languages
from keylint.model import Slot
from keylint.providers import raw_files
from keylint.providers.catalogue import GENERIC, load
from keylint.rules import FAMILIES, all_rules
from tests.samples import all_samples

if TYPE_CHECKING:
    from keylint.rules.rule import Rule

PACKAGE = pathlib.Path(__file__).parent.parent / "keylint"
CATALOGUE = load()
PROVIDERS = sorted(CATALOGUE.providers)


class TestRules:
    def test_codes_and_names_are_given_once(self) -> None:
        codes, names = [rule.code for rule in all_rules()], [rule.name for rule in all_rules()]
        assert len(set(codes)) == len(codes)
        assert len(set(names)) == len(names)

    def test_every_module_holds_a_rule(self) -> None:
        modules = {path.stem for path in (PACKAGE / "rules").glob("*.py")} - {"__init__", "rule"}
        assert modules == {rule.name.replace("-", "_") for rule in all_rules()}

    @pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
    def test_is_complete(self, rule: Rule) -> None:
        assert re.fullmatch(r"KL\d{3}", rule.code)
        assert rule.code[:3] in FAMILIES
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", rule.name)
        what, why, todo, *more = rule.doc.strip().split("\n\n")
        assert not more or rule.name
        assert all(part.endswith(".") for part in (what, why, todo))
        assert "\n" not in what
        assert any(example.bad for example in rule.examples)
        assert any(not example.bad and example.why for example in rule.examples)
        assert all(example.bad or example.why for example in rule.examples)
        assert {example.language for example in rule.examples} <= set(languages.names())
        assert rule.code.startswith("KL1") or not rule.secret

    @pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.name)
    def test_has_no_key_written_down(self, rule: Rule) -> None:
        for example in rule.examples:
            assert not CATALOGUE.find(example.code)


class TestProviders:
    def test_no_two_claim_one_key(self) -> None:
        for name, key in all_samples().items():
            owner = name.partition(".")[0]
            claims = {found.provider for _, _, found in CATALOGUE.find(key)}
            known = next(made for made in CATALOGUE[owner].keys if made.name == name.partition(".")[2])
            assert claims <= {owner} if known.standalone else len(claims) <= 1, name

    @pytest.mark.parametrize("provider", PROVIDERS)
    def test_is_complete(self, provider: str) -> None:
        made = CATALOGUE[provider]
        assert made.name
        if provider == GENERIC:
            return
        assert made.variable(Slot.API_KEY)
        assert made.words
        assert made.hosts
        assert made.headers
        for client in made.clients:
            assert client.language in languages.names()
            assert client.slots or client.positional or client.environment
        for key in made.keys:
            assert re.search(key.anchor, key.pattern) or key.anchor
            sample = all_samples()[f"{provider}.{key.name}"]
            assert re.fullmatch(key.pattern, sample)
            assert sample.startswith(key.prefix)

    def test_hosts_and_variables_are_of_one(self) -> None:
        for kind in ("hosts", "variables"):
            taken: dict[str, str] = {}
            for provider in PROVIDERS:
                made = CATALOGUE[provider]
                names = made.hosts if kind == "hosts" else tuple(itertools.chain(*made.variables.values()))
                for name in names:
                    assert taken.setdefault(name, provider) == provider, name

    def test_every_file_names_its_sources(self) -> None:
        for name, raw in raw_files():
            assert (
                b"[sdk]" in raw or b"[docs]" in raw or b"[scan]" in raw or b"[seen]" in raw or name.startswith(GENERIC)
            ), name


# What each part may import of the package besides itself; "*" for all.
STAGES = {
    "model": set(),
    "mask": set(),
    "store": {"__version__"},
    "triage": {"store"},
    "git": set(),
    "roles": {"model"},
    "source": {"model"},
    "settings": {"configuration", "workspace"},
    "providers": {"model"},
    "judge": {"model", "providers"},
    "languages": {"model", "providers", "source", "roles", "wiring", "languages", "judge"},
    "wiring": {"model", "providers", "source", "judge", "languages", "store"},
    "manifests": {"model", "languages", "source"},
    "dockerignore": {"settings"},
    "dependencies": {"project"},
    "loaders": {"model", "languages", "project"},
    "remembered": {"__version__", "languages", "mask", "model", "store"},
    "unchanged": {"remembered", "store"},
    "harmless": {"remembered", "store"},
    "interest": {"model"},
    "forks": set(),
    "ahead": {"forks", "store"},
    "stores": set(),
    "idle": {"model", "loaders"},
    "loading": {"model", "languages", "project", "loaders", "source"},
    "doctor": {
        *(
            "analysis",
            "diagnosis",
            "engine",
            "git",
            "history",
            "judge",
            "languages",
            "loaders",
            "loading",
            "manifests",
            "mask",
        ),
        *("model", "project", "providers", "report", "settings", "source", "supply", "texts", "workspace"),
    },
    "rules": {
        "loaders",
        "idle",
        "stores",
        "loading",
        "model",
        "providers",
        "judge",
        "mask",
        "context",
        "project",
        "wiring",
        "roles",
        "languages",
        "manifests",
        "dockerignore",
        "dependencies",
        "workspace",
    },
    "writing": {"workspace"},
    "trees": {"git", "settings", "workspace"},
    "changes": {"git", "settings", "trees"},
    "selection": {"analysis", "changes", "engine", "rules", "settings", "trees", "workspace"},
    "baseline": {"mask", "analysis", "detectors", "fixes", "model", "rules", "selection", "settings", "writing"},
    "merging": {"settings"},
    "report": {
        "model",
        "mask",
        "source",
        "engine",
        "rules",
        "secrets_in",
        "analysis",
        "explain",
        "fixes",
        "workspace",
        "__version__",
    },
}


def imported(path: pathlib.Path) -> set[str]:
    """The parts of the package that a module needs when it runs; imports for types only do not count."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typed = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found = set()
    for node in ast.walk(tree):
        if id(node) in typed:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "keylint":
            parts = node.module.split(".")
            found |= {parts[1]} if len(parts) > 1 else {alias.name for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {alias.name.split(".")[1] for alias in node.names if alias.name.startswith("keylint.")}
    return found


@pytest.mark.parametrize("part", STAGES)
def test_imports_go_one_way(part: str) -> None:
    place = PACKAGE / part
    for path in sorted(place.rglob("*.py")) if place.is_dir() else [PACKAGE / f"{part}.py"]:
        assert imported(path) <= STAGES[part] | {part, "lazy", "record"}, path


def test_a_clean_file_pays_for_nothing_that_it_does_not_need(tmp_path: pathlib.Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    code = "import sys\nfrom keylint import cli\ncli.main(['check', 'a.py'])\nprint(*sys.modules)"
    for _ in range(2):  # the first may have to compile the patterns
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    loaded = {name for name in done.stdout.splitlines()[-1].split() if name.startswith("keylint.")}
    assert loaded <= {
        f"keylint.{name}"
        for name in (
            "cli",
            "running",
            "terminal",
            "engine",
            "interest",
            "patterns",
            "providers",
            "report",
            "report.summary",
            "scope",
            "settings",
            "store",
            "triage",
            "workspace",
        )
    }


def test_a_finding_pays_for_no_slow_part_of_the_standard_library(tmp_path: pathlib.Path) -> None:
    """Each of these brings a dozen others."""
    (tmp_path / "a.py").write_text('import openai\nopenai.api_key = "YOUR_API_KEY"\n')
    code = "import sys\nfrom keylint import cli\ncli.main(['check', 'a.py'])\nprint(*sys.modules)"
    for _ in range(2):  # the first may have to compile the patterns
        done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "KL201" in done.stdout
    loaded = set(done.stdout.splitlines()[-1].split())
    assert not loaded & {
        "dataclasses",
        "importlib.resources",
        "inspect",
        "pathlib",
        "pkgutil",
        "tempfile",
        "urllib.parse",
    }


def test_nothing_reaches_for_the_network_or_runs_what_it_reads() -> None:
    network = re.compile(
        r"^\s*(?:import|from) (?:socket|http|urllib(?!\.parse)|requests|ssl|asyncio\.streams)\b", re.MULTILINE
    )
    for path in PACKAGE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(?:import|from) (?:runpy|pickle|marshal)\b", text, re.MULTILINE), path
        assert not network.search(text) or path == PACKAGE / "doctor" / "asking.py", path
        calls = {
            node.func.id
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        }
        assert not calls & {"exec", "eval", "__import__"}, path
    asking = [
        path
        for path in PACKAGE.rglob("*.py")
        if re.search(r"\bimport asking\b|doctor\.asking\b", path.read_text("utf-8"))
    ]
    assert asking == [PACKAGE / "commands" / "doctor.py"]  # where it is loaded for `--online`
    running = {path.name for path in PACKAGE.rglob("*.py") if "subprocess" in path.read_text(encoding="utf-8")}
    assert running == {"git.py"}
