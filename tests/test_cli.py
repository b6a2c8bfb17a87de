"""The command line: exit codes, formats, selection, standard input, fixing."""

from __future__ import annotations

import json
import os
import pathlib
import re
import subprocess
import sys

import pytest

from keylint import __version__
from keylint.rules import all_rules
from tests.samples import expand
from tests.tool import check, git, keylint, write

WRONG = 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n'
RIGHT = "from openai import OpenAI\n\nclient = OpenAI()\n"


class TestExitCodes:
    def test_nothing_found(self, project: pathlib.Path) -> None:
        write(project, {"a.py": RIGHT})
        assert keylint("check", folder=project).code == 0

    def test_findings(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        assert keylint("check", folder=project).code == 1
        assert keylint("check", "--exit-zero", folder=project).code == 0

    @pytest.mark.parametrize(
        "arguments",
        [
            [],
            ["check", "--no-such-flag"],
            ["nonsense"],
            ["explain", "KL999"],
            ["check", "--select", "KL999"],
            ["check", "--config", "missing.toml"],
            ["check", "--output-format", "xml"],
        ],
    )
    def test_wrong_calls(self, project: pathlib.Path, arguments: list[str]) -> None:
        result = keylint(*arguments, folder=project)
        assert result.code == 2
        assert result.err
        assert "Traceback" not in result.err

    def test_named_and_none_checked(self, project: pathlib.Path) -> None:
        write(project, {"a.bin": b"\0\1\2\3" * 10})
        assert keylint("check", "a.bin", "missing.py", folder=project).code == 3
        assert keylint("check", ".", folder=project).code == 0, "a folder may hold nothing to check"

    def test_one_of_the_named_checked(self, project: pathlib.Path) -> None:
        write(project, {"a.py": RIGHT})
        result = keylint("check", "a.py", "missing.py", folder=project)
        assert result.code == 0
        assert result.err == "keylint: missing.py: No such file or directory\n"

    def test_internal_error(self, project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def fail(*_: object) -> None:
            raise ZeroDivisionError("sk-secret in the message")

        monkeypatch.delenv("KEYLINT_TRACEBACK")
        monkeypatch.setattr("keylint.engine.Engine.check", fail)
        result = keylint("check", folder=project)
        assert result.code == 4
        assert "ZeroDivisionError" in result.err
        assert "sk-secret" not in result.err, "a message may quote what was read"


class TestJson:
    def test_has_every_field(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        (finding,) = check(project).findings
        assert finding == {
            "code": "KL201",
            "name": "placeholder-as-key",
            "message": "`YOUR_API_KEY` is handed to OpenAI as the key",
            "outcome": "401 invalid_api_key: Incorrect API key provided",
            "help": 'read the key from the environment: `os.environ["OPENAI_API_KEY"]`; get one at https://platform.openai.com/api-keys',
            "filename": "a.py",
            "location": {"row": 3, "column": 25},
            "end_location": {"row": 3, "column": 39},
            "place": "",
            "severity": "error",
            "confidence": "likely",
            "fix": {
                "applicability": "safe",
                "message": "read OPENAI_API_KEY from the environment",
                "edits": [
                    {
                        "filename": "a.py",
                        "content": 'os.environ["OPENAI_API_KEY"]',
                        "location": {"row": 3, "column": 25},
                        "end_location": {"row": 3, "column": 39},
                    },
                    {
                        "filename": "a.py",
                        "content": "import os\n",
                        "location": {"row": 1, "column": 1},
                        "end_location": {"row": 1, "column": 1},
                    },
                ],
                "moves_key_to": None,
                "command": ["keylint", "check", "--fix", "--select", "KL201", "--", "a.py"],
            },
            "related": [],
            "fingerprint": finding["fingerprint"],
            "suppressed": False,
        }
        assert re.fullmatch(r"[0-9a-f]{16}", finding["fingerprint"])

    def test_is_an_empty_array_without_findings(self, project: pathlib.Path) -> None:
        write(project, {"a.py": RIGHT})
        assert json.loads(check(project).out) == []

    def test_fingerprints_stay_when_lines_move(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        before = check(project).findings[0]["fingerprint"]
        write(project, {"a.py": "# one\n# two\n" + WRONG})
        assert check(project).findings[0]["fingerprint"] == before

    def test_fingerprints_tell_equal_lines_apart(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG + 'client = OpenAI(api_key="YOUR_API_KEY")\n'})
        first, second = check(project).findings
        assert first["fingerprint"] != second["fingerprint"]


class TestFormats:
    def test_full_shows_place_answer_and_help(self, project: pathlib.Path) -> None:
        write(project, {"a.py": 'KEY = "YOUR_API_KEY"\n\n\nclient = OpenAI(api_key=KEY)\n'})
        out = keylint("check", "a.py", folder=project).out
        assert out == (
            "KL201 placeholder-as-key: `YOUR_API_KEY` is handed to OpenAI as the key\n"
            " --> a.py:1:7\n"
            "  |\n"
            '1 | KEY = "YOUR_API_KEY"\n'
            "  |       ^^^^^^^^^^^^^^\n"
            "  |\n"
            "4 | client = OpenAI(api_key=KEY)\n"
            "  |                         --- used here: OpenAI(api_key=…)\n"
            "  = answer: 401 invalid_api_key: Incorrect API key provided\n"
            '  = help: read the key from the environment: `os.environ["OPENAI_API_KEY"]`; get one at https://platform.openai.com/api-keys\n'
            "  = fix: read OPENAI_API_KEY from the environment (--fix)\n"
            "\n"
            "Found 1 problem in 1 file.\n"
            "1 fixable with `--fix`.\n"
        )

    def test_concise(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        assert keylint("check", "--output-format", "concise", folder=project).out.splitlines()[0] == (
            "a.py:3:25: KL201 [*] `YOUR_API_KEY` is handed to OpenAI as the key"
        )

    def test_wide_characters_keep_the_caret_in_place(self, project: pathlib.Path) -> None:
        write(project, {"a.py": 'x = "你好"; client = OpenAI(api_key="YOUR_API_KEY")\n'})
        lines = keylint("check", folder=project).out.splitlines()
        source, caret = lines[3], lines[4]
        assert source.index('"YOUR') + 2 == caret.index("^"), "two wide characters take two columns more"

    @pytest.mark.parametrize(
        ("choice", "variables", "colored"),
        [
            ("always", {}, True),
            ("never", {"FORCE_COLOR": "1"}, False),
            ("auto", {}, False),
            ("auto", {"FORCE_COLOR": "1"}, True),
            ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
        ],
    )
    def test_color(
        self,
        project: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch,
        choice: str,
        variables: dict[str, str],
        colored: bool,
    ) -> None:
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        write(project, {"a.py": WRONG})
        assert ("\x1b[" in keylint("check", "--color", choice, folder=project).out) is colored

    def test_long_lines_are_cut_around_the_place(self, project: pathlib.Path) -> None:
        write(project, {"a.py": "x = [" + "1, " * 3000 + '0]; client = OpenAI(api_key="YOUR_API_KEY")\n'})
        out = keylint("check", folder=project).out
        assert max(map(len, out.splitlines())) < 200
        assert "YOUR_API_KEY" in out.splitlines()[3]

    def test_nothing_in_a_file_can_steer_the_terminal(self, project: pathlib.Path) -> None:
        write(project, {"a\x1b[31m.py": 'client = OpenAI(api_key="YOUR_API_KEY")  # \x1b]0;title\x07 \u202e\n'})
        out = keylint("check", "--color", "never", folder=project).out
        assert "\x1b" not in out
        assert "\u202e" not in out


class TestSelection:
    FILES = {"a.py": 'client = OpenAI(api_key="YOUR_API_KEY", organization="org_1")\n'}

    @pytest.mark.parametrize(
        ("arguments", "codes"),
        [
            ([], ["KL201", "KL401"]),
            (["--select", "KL2"], ["KL201"]),
            (["--select", "malformed-id"], ["KL401"]),
            (["--ignore", "KL2"], ["KL401"]),
            (["--select", "ALL", "--ignore", "KL401,KL201"], []),
            (["--select", "KL401", "--extend-select", "KL201"], ["KL201", "KL401"]),
            (["--select", "PROJECT"], []),
            (["--min-confidence", "certain"], []),
            (["--min-confidence", "possible"], ["KL201", "KL401"]),
        ],
    )
    def test_rules(self, project: pathlib.Path, arguments: list[str], codes: list[str]) -> None:
        write(project, self.FILES)
        assert check(project, *arguments).codes == codes

    def test_exclude(self, project: pathlib.Path) -> None:
        write(project, {"a/b/c.py": WRONG, "a/d.py": WRONG, "e.py": WRONG})
        assert [finding["filename"] for finding in check(project, "--exclude", "a/b").findings] == ["a/d.py", "e.py"]
        assert [finding["filename"] for finding in check(project, "--exclude", "*.py,b").findings] == []
        assert [finding["filename"] for finding in check(project, "--exclude", "e.py", "e.py").findings] == ["e.py"], (
            "named"
        )
        assert check(project, "--exclude", "e.py", "--force-exclude", "e.py").code == 0


class TestStandardInput:
    def test_is_checked_under_its_name(self, project: pathlib.Path) -> None:
        result = keylint(
            "check",
            "--output-format",
            "json",
            "--stdin-filename",
            "src/a.py",
            "-",
            folder=project,
            stdin=WRONG.encode(),
        )
        assert [finding["filename"] for finding in result.findings] == ["src/a.py"]
        assert result.code == 1

    def test_fixed_text_comes_out(self, project: pathlib.Path) -> None:
        result = keylint("check", "--fix", "--stdin-filename", "a.py", "-", folder=project, stdin=WRONG.encode())
        assert (
            result.out
            == 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
        )
        assert result.code == 0
        clean = keylint("check", "--fix", "--stdin-filename", "a.py", "-", folder=project, stdin=RIGHT.encode())
        assert clean.out == RIGHT

    def test_binary_is_refused(self, project: pathlib.Path) -> None:
        assert keylint("check", "-", folder=project, stdin=b"\0\1\2").code == 3


class TestFix:
    def test_safe_fixes_only(self, project: pathlib.Path) -> None:
        text = expand(
            'from openai import OpenAI\n\na = OpenAI(api_key="«openai.key»")\nb = OpenAI(api_key="YOUR_KEY")\n'
        )
        write(project, {"a.py": text})
        result = keylint("check", "--fix", folder=project)
        assert result.code == 1
        assert "Fixed 1 problem." in result.out
        assert (project / "a.py").read_text() == text.replace('"YOUR_KEY"', 'os.environ["OPENAI_API_KEY"]').replace(
            "from openai", "import os\nfrom openai"
        )

    def test_two_fixes_need_one_import(self, project: pathlib.Path) -> None:
        write(
            project,
            {
                "a.py": '"""Doc."""\nfrom __future__ import annotations\n\nfrom openai import OpenAI\n\na = OpenAI(api_key="YOUR_KEY")\nb = OpenAI(api_key="MY_API_KEY")\n'
            },
        )
        assert keylint("check", "--fix", folder=project).code == 0
        assert (project / "a.py").read_text().count("import os\n") == 1

    def test_diff_changes_nothing_and_shows_no_secret(self, project: pathlib.Path) -> None:
        text = expand('from openai import OpenAI\n\nc = OpenAI(api_key="«openai.key»", organization="org_1")\n')
        write(project, {"a.py": text})
        result = keylint("check", "--diff", "--unsafe-fixes", folder=project)
        assert result.code == 1
        assert (project / "a.py").read_text() == text
        assert (
            '+c = OpenAI(api_key=os.environ["OPENAI_API_KEY"], organization=os.environ.get("OPENAI_ORG_ID"))'
            in result.out
        )
        assert expand("«openai.key»") not in result.out

    @pytest.mark.parametrize(
        "text",
        [
            "import os\nfrom openai import OpenAI\n\n\ndef f():\n\treturn OpenAI(api_key='YOUR_KEY')\n",
            "import os\nfrom openai import OpenAI\n# \u2028\nc = OpenAI(api_key='YOUR_KEY')",
            "import os\nfrom openai import OpenAI\n\nc = OpenAI(api_key='YOUR_KEY')\n" + "# é\n" * 3 + "# end",
        ],
    )
    def test_a_diff_can_be_applied(self, project: pathlib.Path, text: str) -> None:
        write(project, {"a.py": text})
        patch = keylint("check", "--diff", folder=project).out
        keylint("check", "--fix", folder=project)
        fixed = (project / "a.py").read_bytes()
        write(project, {"a.py": text, "a.patch": patch.replace("\ufffd", "\u2028")})
        git(project, "init", "-q")
        git(project, "apply", "-p0", "a.patch")
        assert (project / "a.py").read_bytes() == fixed != text.encode()

    def test_a_diff_gives_githubs_runner_no_command(
        self, project: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        write(project, {"a.py": WRONG + 'text = """\n::error::x\n##[error]y\n"""\n'})
        assert "\n ::error::x\n ##[error]y\n" in keylint("check", "--diff", folder=project).out
        monkeypatch.setenv("GITHUB_ACTIONS", "true")
        out = keylint("check", "--diff", folder=project).out
        assert "##[" not in out
        assert not [line for line in out.splitlines() if line.lstrip().startswith("::")]

    def test_mode_is_kept(self, project: pathlib.Path) -> None:
        write(project, {"a.py": WRONG})
        (project / "a.py").chmod(0o755)
        keylint("check", "--fix", folder=project)
        assert (project / "a.py").stat().st_mode & 0o777 == 0o755
        assert [path.name for path in project.iterdir()] == ["a.py"], "nothing is left beside"

    def test_a_file_that_changed_meanwhile_is_left_alone(
        self, project: pathlib.Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from keylint import fixes, writing

        write(project, {"a.py": WRONG})
        real = writing.write

        def meanwhile(change: fixes.Change) -> None:
            (project / "a.py").write_text("changed\n")
            real(change)

        monkeypatch.setattr(writing, "write", meanwhile)
        result = keylint("check", "--fix", folder=project)
        assert "changed while it was checked" in result.err
        assert (project / "a.py").read_text() == "changed\n"

    def test_gitignore_gets_its_line(self, project: pathlib.Path) -> None:
        git(project, "init", "-q")
        write(project, {".env": expand("OPENAI_API_KEY=«openai.key»\n"), ".gitignore": "*.pyc"})
        assert keylint("check", "--fix", folder=project).code == 0
        assert (project / ".gitignore").read_text() == "*.pyc\n.env\n"


class TestOtherCommands:
    def test_version(self) -> None:
        assert keylint("--version").out == f"keylint {__version__}\n"

    def test_rules(self) -> None:
        lines = keylint("rules").out.splitlines()
        assert [line.split()[0] for line in lines if line.startswith("KL")] == [rule.code for rule in all_rules()]
        objects = json.loads(keylint("rules", "--output-format", "json").out)
        assert {item["code"] for item in objects} == {rule.code for rule in all_rules()}

    @pytest.mark.parametrize("rule", all_rules(), ids=lambda rule: rule.code)
    def test_explain(self, rule: object) -> None:
        for word in (rule.code, rule.code.lower(), rule.name):  # type: ignore[attr-defined]
            result = keylint("explain", word)
            assert result.code == 0
            assert result.out.startswith(f"# {rule.name} ({rule.code})")  # type: ignore[attr-defined]

    def test_a_near_miss_is_named(self) -> None:
        assert "did you mean placeholder-as-key" in keylint("explain", "placeholder-as-keys").err

    def test_as_a_module_and_with_a_closed_pipe(self, project: pathlib.Path) -> None:
        write(project, {f"a{number}.py": WRONG for number in range(300)})
        command = f'"{sys.executable}" -m keylint check --output-format concise . | head -1'
        done = subprocess.run(
            command,
            shell=True,
            cwd=project,
            capture_output=True,
            text=True,
            env={**os.environ, "KEYLINT_TRACEBACK": ""},
        )
        assert done.stdout.count("\n") == 1
        assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.name == "nt", reason="no pseudo terminals there")
@pytest.mark.parametrize(("files", "shown"), [(2500, True), (20, False)])
def test_a_terminal_is_shown_the_progress_of_a_long_run(project: pathlib.Path, files: int, shown: bool) -> None:
    import pty

    write(project, {f"a{number // 500}/b{number}.txt": "nothing\n" for number in range(files)})
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "keylint", "check", "."]
    done = subprocess.run(
        command, cwd=project, stdout=subprocess.PIPE, stderr=theirs, env={**os.environ, "TERM": "xterm"}, check=True
    )
    os.close(theirs)
    os.set_blocking(ours, False)
    try:
        said = os.read(ours, 1 << 16).decode()
    except OSError:
        said = ""
    os.close(ours)
    assert done.stdout == f"No findings in {files} files.\n".encode()
    assert ("2304 of 2500 files" in said) is shown
    assert said.endswith("\r\x1b[K") is shown


def test_a_file_and_a_folder_named_together(project: pathlib.Path) -> None:
    """What is named is reported, also where the project around one of the names holds the other."""
    write(
        project,
        {
            "run.sh": expand("export OPENAI_API_KEY=«openai.key»\n"),
            "src/ask.py": 'from openai import OpenAI\n\nclient = OpenAI(api_key="YOUR_API_KEY")\n',
        },
    )
    assert sorted(check(project, "run.sh", "src").codes) == ["KL101", "KL201"]


@pytest.mark.parametrize(
    ("watching", "ends"),
    [
        ("", ""),
        ("sys.settrace(lambda *_: None)", "tidied up\n"),
        ("sys.setprofile(lambda *_: None)", "tidied up\n"),
        ("threading.Thread(target=threading.Event().wait, args=(0.5,)).start()", "tidied up\n"),
        pytest.param(
            "sys.monitoring.use_tool_id(1, 'coverage')",
            "tidied up\n",
            marks=pytest.mark.skipif(sys.version_info < (3, 12), reason="there is no such thing yet"),
        ),
    ],
)
def test_the_end_of_the_program(project: pathlib.Path, watching: str, ends: str) -> None:
    """All is written and the exit code is right; what watches the program, or still runs, comes to its own end."""
    write(project, {"a.py": 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    code = (
        "import atexit, sys, threading\nfrom keylint import cli\n"
        f"atexit.register(lambda: print('tidied up', flush=True))\n{watching}\n"
        "sys.argv = ['keylint', 'check', '--isolated', 'a.py']\ncli.entry()\n"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=project, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (1, "")
    said, _, after = done.stdout.partition("Found 1 problem")
    assert said.startswith("KL201")
    assert after.rpartition(".\n")[2] == ends
