"""`keylint explain` with an error text: what it means, why, and where."""

from __future__ import annotations

import json
import pathlib
import re
import shutil
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from keylint.diagnosis import diagnose
from keylint.diagnosis.table import load
from keylint.rules import all_rules, find
from tests.samples import all_samples, catalogue, expand, sample
from tests.test_secrecy import clean
from tests.tool import Result, keylint, write

KNOWN = [(provider.id, spec) for provider in catalogue().providers.values() for spec in provider.errors] + [
    ("", spec) for spec in load().errors
]
# Rules about what no API answers to: a leak, a cost, a remark.
SILENT = {"KL001", "KL110", "KL307", "KL601", "KL603"}


def explained(*arguments: str, folder: pathlib.Path | None = None, stdin: str = "") -> dict[str, Any]:
    result = keylint("explain", "--output-format", "json", *arguments, folder=folder, stdin=stdin.encode())
    assert result.code == 0, result.out + result.err
    return json.loads(result.out)  # type: ignore[no-any-return]


class TestTable:
    @pytest.mark.parametrize(("vendor", "spec"), KNOWN, ids=lambda item: getattr(item, "means", item) or "any")
    def test_each_example_is_recognized(self, vendor: str, spec: Any) -> None:
        found = diagnose(spec.example, catalogue())
        assert found is not None
        assert found.name == spec.means
        if vendor:
            assert found.provider.id == vendor

    def test_meanings_are_used_and_rules_exist(self) -> None:
        meanings = load().meanings
        assert {spec.means for _, spec in KNOWN} == set(meanings)
        for meaning in meanings.values():
            assert meaning.causes
            for cause in meaning.causes:
                assert all(find(code) for code in cause.rules), cause
                assert cause.says.endswith(".")
                assert cause.do.endswith(".")

    def test_every_rule_that_an_error_comes_from_is_linked(self) -> None:
        linked = {code for meaning in load().meanings.values() for cause in meaning.causes for code in cause.rules}
        assert linked | SILENT == {rule.code for rule in all_rules()}
        assert not linked & SILENT

    @pytest.mark.parametrize("vendor", [v for v in catalogue().providers if v != "generic"])
    def test_every_vendor_s_401_is_explained(self, vendor: str) -> None:
        provider = catalogue().providers[vendor]
        host = provider.hosts[0].replace("*", "x") if provider.hosts else provider.words[0]
        found = diagnose(f"401 Client Error: Unauthorized for url: https://{host}/v1", catalogue())
        assert found is not None
        assert found.provider.id == vendor

    @pytest.mark.parametrize("vendor", catalogue().providers)
    def test_what_the_findings_announce_is_recognized(self, vendor: str) -> None:
        for kind in ("invalid-key", "no-key", "unset", "unsendable", "organization", "project"):
            assert diagnose(catalogue().providers[vendor].answer(kind), catalogue()) is not None, kind


WRONG = "Error code: 401 - {{'error': {{'message': 'Incorrect API key provided: {}. You can find your API key at https://platform.openai.com/account/api-keys.', 'code': 'invalid_api_key'}}}}"


@pytest.mark.parametrize(
    ("fragment", "kind", "rule"),
    [
        ("OPENAI_A****_KEY", "name", "KL202"),
        ("API_KEY*OPENAI", "name", "KL202"),
        ("os.envir****EY']", "code", "KL204"),
        ("your-ope****-key", "placeholder", "KL201"),
        ("ADD_YOUR****HERE", "placeholder", "KL201"),
        ("YOUR_API_KEY", "placeholder", "KL201"),
        ("xxx", "placeholder", "KL201"),
        ("test", "placeholder", "KL201"),
        ("None", "missing", "KL206"),
        ("undefined", "missing", "KL206"),
        ("true", "missing", "KL206"),
        ("''", "quotes", "KL508"),
        ('"sk-proj-****abcd"', "quotes", "KL508"),
        ('\\"sk-proj-****abcd\\"', "quotes", "KL508"),
        ("<sk-proj****bcd>", "brackets", "KL203"),
        ("${sk-pr****bcd}", "template", "KL203"),
        ("$OPENAI_****_KEY", "template", "KL203"),
        ("{OPENAI_****KEY}", "template", "KL203"),
        ("https://****e.com", "url", "KL201"),
        ("sk-or-v1****9f2c", "other", "KL208"),
        ("gsk_abcd****9f2c", "other", "KL208"),
        ("nvapi-ab****9f2c", "other", "KL208"),
        ("sk-ant-a****9f2c", "other", "KL208"),
        ("Bearer sk****9f2c", "own", "KL101"),
        ("Bearer Bearer", "scheme", "KL207"),
        ("org-abcd****wxyz", "identity", "KL402"),
        ("“sk-proj****bcd”", "curly", "KL207"),
        ("sk-proj-****9f2c", "own", "KL101"),
        ("sk-Qx4tz****Kr7b", "own", "KL101"),
        ("Qx4tzpsd****Kr7b", "word", "KL201"),
    ],
)
def test_what_was_sent_orders_the_causes(fragment: str, kind: str, rule: str) -> None:
    told = explained(WRONG.format(fragment), "--path", "/dev/null")
    assert told["sent"]["kind"] == kind
    assert rule in told["causes"][0]["rules"]
    assert told["provider"] == "openai"


@pytest.mark.parametrize(
    "end", ["", ".", "\n", "'}", '"}}', ". You can find your API key at …", "\n    at ask.mjs:3:1"]
)
def test_however_it_goes_on(end: str) -> None:
    found = diagnose(f"Incorrect API key provided: OPENAI_A****_KEY{end}", catalogue())
    assert found is not None
    assert found.sent is not None
    assert found.sent.shown == "`OPENAI_A…_KEY`"


def test_the_example_of_the_readme(project: pathlib.Path) -> None:
    readme = (pathlib.Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")
    ((command, shown),) = re.findall(r"^\$ keylint explain '([^']+)'\n(.*?)^```$", readme, re.MULTILINE | re.DOTALL)
    shutil.copytree(pathlib.Path(__file__).parent.parent / "examples", project, dirs_exist_ok=True)
    assert keylint("explain", command, folder=project).out == shown


@pytest.mark.parametrize(
    ("text", "error", "kind", "rule"),
    [
        ("Illegal header value b'Bearer '", "unsendable", "empty", "KL205"),
        ("Illegal header value b'Bearer sk-…\\n'", "unsendable", "line-end", "KL207"),
        ("Illegal header value b'Bearer sk-… '", "unsendable", "space", "KL207"),
        ("Illegal header value b' Bearer sk-…'", "unsendable", "space", "KL207"),
        (
            "'ascii' codec can't encode character '\\u201c' in position 7: ordinal not in range(128)",
            "unsendable",
            "curly",
            "KL207",
        ),
        ("'ascii' codec can't encode character '“' in position 7", "unsendable", "curly", "KL207"),
        ("'ascii' codec can't encode characters in position 7-9", "unsendable", None, "KL205"),
        ("'latin-1' codec can't encode character '\\u4f60' in position 7", "unsendable", "non-ascii", "KL207"),
        (
            "Cannot convert argument to a ByteString because the character at index 7 has a value of 8221",
            "unsendable",
            "curly",
            "KL207",
        ),
        ("System.FormatException: The format of value 'Bearer ' is invalid.", "unsendable", "empty", "KL205"),
        ("No such organization: Personal", "unknown-organization", "word", "KL401"),
        ("no such organization : null", "unknown-organization", "missing", "KL403"),
        ("No such organization: .", "unknown-organization", "empty", "KL403"),
        ("insufficient_quota", "quota", None, None),
        ("Rate limit reached for requests", "rate-limit", None, "KL706"),
        ("KeyError: 'choices'", "unchecked", None, "KL708"),
        ("TypeError: '_Environ' object is not callable", "broken-read", None, "KL504"),
        ("TypeError: 'function' object is not subscriptable", "broken-read", None, "KL504"),
        ("The api_key client option must be set", "unset", None, "KL501"),
        ("Missing credentials", "unset", None, "KL501"),
        ("Could not resolve authentication method", "unset", None, "KL501"),
        ("TypeError: str expected, not NoneType", "missing-as-variable", None, "KL506"),
        ("TypeError: OpenAI.__init__() takes 1 positional argument but 2 were given", "positional", None, "KL211"),
        ("AttributeError: module 'openai' has no attribute 'error'", "removed", None, "KL707"),
        ("401 mismatched_organization", "other-organization", None, "KL401"),
        ("HTTP/1.1 401", "unauthorized", None, "KL201"),
        ("429 Too Many Requests", "rate-limit", None, "KL706"),
    ],
)
def test_errors(text: str, error: str, kind: str | None, rule: str | None) -> None:
    found = diagnose(text, catalogue())
    assert found is not None
    assert found.name == error
    if kind is not None:
        assert found.sent is not None
        assert found.sent.evidence == kind
    if rule is not None:
        assert rule in found.causes[0].rules


def test_the_last_error_of_a_trace_counts() -> None:
    trace = (
        "httpcore.LocalProtocolError: Illegal header value b'Bearer '\n\nThe above exception was the direct cause of …\n\n"
        "openai.APIConnectionError: Connection error.\n"
    )
    found = diagnose(trace, catalogue())
    assert found is not None
    assert found.name == "unsendable"


class TestCommand:
    def test_several_words_and_standard_input(self) -> None:
        one = keylint("explain", "KeyError: 'choices'", "--path", "/dev/null")
        assert one == keylint("explain", "KeyError:", "'choices'", "--path", "/dev/null")
        assert one == keylint("explain", "-", "--path", "/dev/null", stdin=b"Traceback\nKeyError: 'choices'\n")
        assert "KL708 unchecked-response" in one.out

    def test_a_text_that_is_no_known_error(self) -> None:
        result = keylint("explain", "the cat sat on the mat")
        assert (result.code, result.out) == (2, "")
        assert "no error of an LLM API" in result.err
        told = keylint("explain", "--output-format", "json", "the cat sat on the mat")
        assert (told.code, json.loads(told.out)) == (2, {"recognized": False})

    def test_a_missing_path(self) -> None:
        assert keylint("explain", "HTTP 401", "--path", "no/such/place").code == 2

    def test_a_vendor_of_the_user_s_own(self, project: pathlib.Path) -> None:
        write(
            project,
            {
                "keylint.toml": '[providers.acme]\nname = "Acme"\nkey-page = "https://acme.example/keys"\nvariables = { api_key = ["ACME_KEY"] }\n'
                'errors = [{ means = "invalid-key", pattern = "acme says no to (?P<sent>.*)", example = "acme says no to xxx" }]\n'
            },
        )
        told = explained("acme says no to xxx", folder=project)
        assert (told["provider"], told["sent"]["kind"]) == ("acme", "placeholder")
        assert "ACME_KEY" in told["causes"][0]["do"]
        assert "https://acme.example/keys" in told["causes"][0]["do"]

    def test_an_unknown_meaning_is_an_error_of_the_configuration(self, project: pathlib.Path) -> None:
        write(
            project,
            {
                "keylint.toml": '[providers.acme]\nname = "Acme"\nerrors = [{ means = "no", pattern = "a", example = "a" }]\n'
            },
        )
        result = keylint("explain", "a 401", folder=project)
        assert result.code == 2
        assert "unknown meaning `no`" in result.err


class TestPlaces:
    FILES = {
        "pyproject.toml": "",
        "ask.py": 'from openai import OpenAI\n\nclient = OpenAI(api_key="OPENAI_API_KEY")\n',
        "other.py": 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n',
        "claude.py": 'from anthropic import Anthropic\n\nclient = Anthropic(api_key="YOUR_API_KEY")\n',
    }

    def test_the_line_that_was_sent_is_shown(self, project: pathlib.Path) -> None:
        write(project, self.FILES)
        told = explained(WRONG.format("OPENAI_A****_KEY"), folder=project)
        assert told["exact"]
        assert [(item["code"], item["filename"]) for item in told["findings"]] == [("KL202", "ask.py")]
        shown = keylint("explain", WRONG.format("OPENAI_A****_KEY"), folder=project).out
        assert "Here stands what was sent:" in shown
        assert "ask.py:3:25" in shown

    def test_without_a_fragment_all_that_would_give_it(self, project: pathlib.Path) -> None:
        write(project, self.FILES)
        told = explained("Incorrect API key provided", folder=project)
        assert {item["filename"] for item in told["findings"]} == {"ask.py", "other.py"}
        told = explained("authentication_error: invalid x-api-key", folder=project)
        assert [item["filename"] for item in told["findings"]] == ["claude.py"], "another vendor's answer"
        told = explained("No auth credentials found", folder=project)
        assert told["provider"] == "openrouter"
        assert told["findings"] == [], "a request without a key is none of these"
        told = explained("{'error': {'message': 'User not found.', 'code': 401}}", folder=project)
        assert {item["filename"] for item in told["findings"]} == {"ask.py", "other.py"}, "called with OpenAI's SDK"

    def test_what_is_found_is_the_likeliest_cause(self, project: pathlib.Path) -> None:
        write(
            project,
            {"pyproject.toml": "", "a.py": "from openai import OpenAI\n\nc = OpenAI(api_key=\"os.getenv('K')\")\n"},
        )
        told = explained("invalid_api_key: Incorrect API key provided", folder=project)
        assert told["causes"][0]["rules"] == ["KL204"]

    def test_a_refused_key_is_found_by_its_ends(self, project: pathlib.Path) -> None:
        key = sample("openai")
        write(project, {**self.FILES, "old.py": f'from openai import OpenAI\n\nclient = OpenAI(api_key="{key}")\n'})
        result = keylint("explain", WRONG.format(f"{key[:8]}****{key[-4:]}"), folder=project)
        assert "old.py:3" in result.out
        assert "ask.py" not in result.out
        clean(key, result.out, result.err)

    def test_a_refused_key_is_found_where_it_belongs(self, project: pathlib.Path) -> None:
        key, other = sample("openai"), sample("openai", "admin key")
        write(project, {".gitignore": ".env\n", ".env": f"# ours\nOTHER={other}\nOPENAI_API_KEY={key}\n"})
        text = WRONG.format(f"{key[:8]}****{key[-4:]}")
        assert explained(text, folder=project)["keys"] == [".env:3"]
        result = keylint("explain", text, folder=project)
        assert "The key that was sent stands in .env:3." in result.out
        clean(key, result.out)

    def test_a_folder_that_is_no_project_is_not_checked(self, project: pathlib.Path) -> None:
        write(project, {"ask.py": self.FILES["ask.py"]})
        assert explained("HTTP 401", folder=project)["findings"] is None
        assert "--path" in keylint("explain", "HTTP 401", folder=project).out
        assert explained("HTTP 401", "--path", "ask.py", folder=project)["findings"]

    def test_nothing_there(self, project: pathlib.Path) -> None:
        write(project, {"pyproject.toml": "", "a.py": "import openai\n"})
        assert "Nothing in the 2 files" in keylint("explain", "HTTP 401", folder=project).out


TEXTS = (
    WRONG,
    "Illegal header value b'Bearer {}\\n'",
    "Illegal header value b'Bearer {}'",
    "Authentication Fails, Your api key: {} is invalid",
    "No such organization: {}",
    "KeyError: '{}' KEY",
    "The format of value '{}' is invalid",
    'Incorrect API key provided: "{}"',
    "Incorrect API key provided: <{}>",
    "Incorrect API key provided: {}x",
    "401 {} in OPENAI_API_KEY",
    "nothing known {}",
)


@pytest.mark.parametrize("name", all_samples())
def test_no_pasted_key_is_ever_printed(name: str) -> None:
    key = all_samples()[name]
    for text in TEXTS:
        for form in ("text", "json"):
            result: Result = keylint("explain", "--output-format", form, text.format(key), "--path", "/dev/null")
            clean(key, result.out, result.err)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [piece for _, spec in KNOWN for piece in (spec.example, spec.example[: len(spec.example) // 2])]
        )
        | st.text(max_size=30),
        max_size=4,
    ).map("".join)
)
def test_any_text_has_an_answer(text: str) -> None:
    found = diagnose(text, catalogue())
    assert found is None or (found.causes and (found.sent is None or found.sent.shown))


@pytest.mark.parametrize(
    "piece",
    ["401 ", "Illegal header value b'", "Incorrect API key provided: ", "*", '{"', "KeyError: '", "\n", "K_", "A"],
)
def test_no_pattern_takes_long(piece: str) -> None:
    start = time.process_time()
    diagnose(piece * 100_000, catalogue())
    assert time.process_time() - start < 3


def test_a_rule_s_page_in_colour() -> None:
    plain = keylint("explain", "KL202").out
    colored = keylint("explain", "KL202", "--color", "always").out
    assert "\x1b[1mvariable-name-as-key (KL202)\x1b[0m" in colored
    assert "```" in plain
    assert "```" not in colored
    assert json.loads(keylint("explain", "KL202", "--output-format", "json").out)["code"] == "KL202"


def test_an_error_with_a_key_names_the_variable_it_went_through() -> None:
    found = diagnose(expand("openai.OpenAIError: Missing credentials GROQ_API_KEY"), catalogue())
    assert found is not None
    assert found.provider.id == "groq"
