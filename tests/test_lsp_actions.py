"""What an editor is offered: fixes, comments, what is shown over a place, codes to complete; and that no key is sent."""

from __future__ import annotations

import json
import pathlib
import sys
from typing import Any

import pytest

from tests.editor import CAPABILITIES, Editor, edited, editor, place
from tests.samples import expand, sample
from tests.test_secrecy import PLACES, clean
from tests.tool import check, git, keylint, write

ASK = 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'
WHOLE = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}


def own_edits(action: dict[str, Any]) -> list[dict[str, Any]]:
    [change] = action["edit"]["documentChanges"]
    return change["edits"]  # type: ignore[no-any-return]


def titled(actions: list[dict[str, Any]], start: str) -> list[dict[str, Any]]:
    return [action for action in actions if action["title"].startswith(start)]


# --------------------------------------------------------------------------------------------------------------- fixes


def test_safe_and_unsafe_fixes(project: pathlib.Path) -> None:
    text = (
        f'{ASK}import requests\nrequests.get("https://api.openai.com/v1/models", headers={{"Authorization": "Bearer"}})\n'
        'OpenAI(organization="")\nimport os\nx = str(os.getenv("OPENAI_API_KEY"))\nOpenAI(api_key=x)\n'
    )
    with editor(project) as session:
        uri = session.open(project / "a.py", text)
        session.diagnostics(uri, 1)
        actions = session.actions(uri, WHOLE, only=["quickfix"])
    fixes = [action for action in actions if not action["title"].startswith("Ignore ")]
    assert any(action.get("isPreferred") for action in fixes)
    for action in fixes:
        assert action["kind"] == "quickfix"
        assert ("unsafe" in action["title"]) is not bool(action.get("isPreferred"))
        assert action["diagnostics"][0]["source"] == "keylint"
    safely = [bool(action.get("isPreferred")) for action in fixes]
    assert safely == sorted(safely, reverse=True), "safe ones first"


def test_all_safe_fixes_are_what_the_command_line_makes(project: pathlib.Path) -> None:
    text = f"é = 1\n{ASK}other = OpenAI(api_key='OPENAI_API_KEY')\n".replace("\n", "\r\n")
    write(project, {"a.py": text, "b.py": text})
    keylint("check", "--fix", "a.py", folder=project)
    with editor(project) as session:
        uri = session.open(project / "b.py", text)
        for only in (["source.fixAll"], ["source.fixAll.keylint"], ["source"]):
            [action] = session.actions(uri, place(0, 0, 0), only=only)
            assert action["kind"] == "source.fixAll.keylint"
        assert session.actions(uri, place(0, 0, 0), only=["source.organizeImports"]) == []
        assert session.actions(uri, WHOLE, only=["refactor"]) == []
    assert edited(text, own_edits(action)).encode() == (project / "a.py").read_bytes()


def test_an_edit_that_was_not_checked_yet_is_fixed_as_it_is_now(project: pathlib.Path) -> None:
    """Fix-all on save comes right behind the last keystroke."""
    with editor(project) as session:
        uri = session.open(project / "a.py", "x = 1\n")
        session.change(uri, 2, {"text": f"# 😀\n{ASK}"})
        [action] = session.actions(uri, WHOLE, only=["source.fixAll"])
        assert action["edit"]["documentChanges"][0]["textDocument"]["version"] == 2
        assert "os.environ" in edited(f"# 😀\n{ASK}", own_edits(action))


def test_a_key_is_not_moved_by_an_editor(project: pathlib.Path) -> None:
    text = expand('from openai import OpenAI\nclient = OpenAI(api_key="«openai.key»")\n')
    for capabilities, disabled in ((CAPABILITIES, True), ({}, False)):
        with editor(project, capabilities=capabilities) as session:
            uri = session.open(project / "a.py", text)
            session.diagnostics(uri, codes=["KL101"])
            actions = [action for action in session.actions(uri, WHOLE) if not action["title"].startswith("Ignore")]
            assert bool(actions) is disabled
            for action in actions:
                assert "edit" not in action
                assert "--unsafe-fixes" in action["disabled"]["reason"]
            assert "moves the key" in session.at("hover", uri, 1, 30)["contents"]["value"]
            assert session.actions(uri, WHOLE, only=["source.fixAll"]) == []


def test_without_document_changes(project: pathlib.Path) -> None:
    with editor(project, capabilities={}) as session:
        uri = session.open(project / "a.py", ASK)
        [found] = session.diagnostics(uri, 1)
        assert "codeDescription" not in found
        [fix] = [action for action in session.actions(uri, WHOLE) if action.get("isPreferred")]
        assert "os.environ" in edited(ASK, fix["edit"]["changes"][uri])


@pytest.mark.parametrize("there", [True, False])
def test_a_fix_in_another_file(repository: pathlib.Path, there: bool) -> None:
    text = expand("OPENAI_API_KEY=«openai.key»\n")
    write(repository, {".env": text, **({".gitignore": "größer\n"} if there else {})})
    with editor(repository) as session:
        uri = session.open(repository / ".env", text, language="dotenv")
        session.diagnostics(uri, codes=["KL601"])
        [fix] = [action for action in session.actions(uri, WHOLE) if action.get("isPreferred")]
        *made, change = fix["edit"]["documentChanges"]
        assert [step["kind"] for step in made] == ([] if there else ["create"])
        assert change["textDocument"]["uri"] == (repository / ".gitignore").as_uri()
        assert change["edits"] == [{"range": place(1 if there else 0, 0, 0), "newText": ".env\n"}]


# ------------------------------------------------------------------------------------------------------------ comments


COMMENTS = [
    ("a.py", ASK, 'OpenAI(api_key="API_KEY_OPENAI")  # keylint: ignore[KL202]\n'),
    (
        "a.ts",
        'import OpenAI from "openai";\r\nconst c = new OpenAI({ apiKey: "OPENAI_API_KEY" });\r\n',
        '" });  // keylint: ignore[KL202]\r\n',
    ),
    (
        "a.py",
        'from openai import OpenAI\nc = OpenAI(api_key="""OPENAI_API_KEY\n""")\n',
        '""")  # keylint: ignore[',
    ),
    (
        "a.sh",
        "curl https://api.openai.com/v1/models \\\n  -H 'Authorization: Bearer $OPENAI_API_KEY' \\\n  --fail\n",
        "",
    ),
    (".env", "OPENAI_API_KEY=sk-...\n", "# keylint: ignore[KL201]\nOPENAI_API_KEY=sk-...\n"),
    (
        "compose.yaml",
        "services:\n  a:\n    environment:\n      OPENAI_API_KEY: your-api-key\n",
        "      # keylint: ignore[KL201]\n      OPENAI_API_KEY: your-api-key\n",
    ),
    (".mcp.json", '{"mcpServers": {"a": {"command": "x", "env": {"OPENAI_API_KEY": "your-api-key"}}}}\n', ""),
    (
        "page.html",
        '<script>\nconst c = new OpenAI({ apiKey: "OPENAI_API_KEY" });\n</script>\n',
        "// keylint: ignore[",
    ),
    (
        "a.py",
        f"{ASK[:-1]}  # keylint: ignore[KL101]\n",
        "# keylint: ignore[KL101, KL202]\n",
    ),
]


def test_a_comment_is_offered_where_one_can_stand(project: pathlib.Path) -> None:
    with editor(project) as session:
        for number, (name, text, comment) in enumerate(COMMENTS):
            uri = session.open(project / str(number) / name, text, language="")
            found = session.diagnostics(uri, 1)
            assert found, name
            offered = titled(session.actions(uri, found[0]["range"]), f"Ignore {found[0]['code']} ")
            assert len(offered) == bool(comment), (name, offered)
            if comment:
                after = edited(text, own_edits(offered[0]))
                assert comment in after
                session.change(uri, 2, {"text": after})
                assert found[0]["code"] not in [item["code"] for item in session.diagnostics(uri, 2)]


def test_codes_are_completed_in_a_comment(project: pathlib.Path) -> None:
    with editor(project) as session:
        comment = "  # keylint: ignore["
        uri = session.open(project / "a.py", ASK[:-1] + comment + "\n")
        column = len(ASK.split("\n")[1] + comment)
        items = session.at("completion", uri, 1, column)
        assert len(items) == len(json.loads(keylint("rules", "--output-format", "json").out))
        first = min(items, key=lambda item: item["sortText"])
        assert (first["label"], first["insertText"], first["preselect"]) == ("KL202", "KL202", True)
        assert "Read the variable." in first["documentation"]["value"]
        session.change(uri, 2, {"range": place(1, column, column), "text": "KL202,"})
        items = session.at("completion", uri, 1, column + 6)
        assert "KL202" not in [item["label"] for item in items]
        assert all(item["insertText"].startswith(" KL") for item in items)
        assert session.at("completion", uri, 1, 10) is None


# --------------------------------------------------------------------------------------------------------------- hover


def test_over_a_read_it_says_who_defines_the_variable(repository: pathlib.Path) -> None:
    key = sample("openai")
    write(
        repository,
        {
            ".env": f"# ours\nOPENAI_API_KEY={key}\nOPENAI_BASE_URL=https://llm.example.com/v1\n",
            ".env.example": "OPENAI_API_KEY=sk-...\n",
            ".gitignore": ".env\n",
            "pyproject.toml": '[tool.keylint]\nprovided = ["ANTHROPIC_API_KEY"]\n',
        },
    )
    text = (
        "import os\nfrom openai import OpenAI\nfrom dotenv import load_dotenv\n\nload_dotenv()\n"
        'a = os.environ["OPENAI_API_KEY"]\nb = os.getenv("OPENAI_BASE_URL")\n'
        'c = os.getenv("ANTHROPIC_API_KEY")\nd = os.getenv("GEMINI_API_KEY")\nOpenAI(api_key=a, base_url=b)\n'
    )
    with editor(repository) as session:
        uri = session.open(repository / "a.py", text)
        while "Defined in" not in session.at("hover", uri, 5, 20)["contents"]["value"]:
            session.quiet(0.1)  # until the project has been looked at
        told = [session.at("hover", uri, row, 20)["contents"]["value"] for row in (5, 6, 7, 8)]
        assert "OpenAI's API key" in told[0]
        assert "[.env:2](" in told[0]
        assert key[-4:] in told[0]
        assert "[.env.example:1](" in told[0]
        assert "(an example)" in told[0]
        assert "https://llm.example.com/v1" in told[1]
        assert "`provided`" in told[2]
        assert "Nothing in this project defines it" in told[3]
        assert session.at("hover", uri, 0, 0) is None
        clean(key, bytes(session.received))


# ----------------------------------------------------------------------------------------------------------- no secret


@pytest.mark.parametrize("provider", ["openai", "anthropic", "gemini", "github"])
def test_no_byte_shows_a_key(repository: pathlib.Path, provider: str) -> None:
    """Everything that can be asked of documents that are full of keys, and messages that cannot be understood."""
    key = sample(provider)
    values = {"key": key, "head": key[:10], "tail": key[10:], "pad": "var b=2;" * 200}
    texts = {name: text.format(**values) for name, text in PLACES.items() if name != "keylint.toml"}
    write(repository, texts)
    with editor(repository) as session:
        uris = {session.open(repository / name, text, language=""): text for name, text in texts.items()}
        uris[session.open("untitled:Untitled-1", texts["source.py"])] = texts["source.py"]
        session.quiet(2)
        for uri, text in uris.items():
            found = session.published(uri)[-1]["diagnostics"] if session.published(uri) else []
            session.actions(uri, WHOLE)
            for item in found:
                start = item["range"]["start"]
                session.at("hover", uri, start["line"], start["character"])
            for row in range(text.count("\n")):
                session.at("hover", uri, row, 12)
                session.at("completion", uri, row, 12)
        item = {"uri": "file:///x", "languageId": 5, "version": key, "text": key}
        session.notify("textDocument/didOpen", {"textDocument": item})
        session.raw(f'{{"jsonrpc": "2.0", "method": "x", "params": "{key}'.encode())
        session.notify("textDocument/didChange", {"textDocument": {"uri": key, "version": 2}, "contentChanges": []})
        session.ask("textDocument/codeAction", {"textDocument": {"uri": key}, "range": key})
        assert session.at("hover", f"file:///{key}", 0, 0) is None
        session.request(f"keylint/{sample('openai')[:3]}", {"x": key})
        clean(key, bytes(session.received), bytes(session.errors))


# ------------------------------------------------------------------------------------------- configuration and folders


def test_a_change_of_the_configuration_counts_at_once(project: pathlib.Path) -> None:
    write(project, {"pyproject.toml": "[tool.keylint]\n"})
    watched = {"changes": [{"uri": (project / "pyproject.toml").as_uri(), "type": 2}]}
    with editor(project) as session:
        registered = session.wait(lambda message: message.get("method") == "client/registerCapability")
        assert "**/keylint.toml" in json.dumps(registered)
        uri = session.open(project / "a.py", ASK)
        session.diagnostics(uri, codes=["KL202"])
        write(project, {"pyproject.toml": '[tool.keylint]\nignore = ["KL202"]\n'})
        session.notify("workspace/didChangeWatchedFiles", watched)
        session.diagnostics(uri, codes=[])
        write(project, {"pyproject.toml": '[tool.keylint]\nignore = ["KL999"]\n'})
        session.notify("workspace/didChangeConfiguration", {"settings": {}})
        told = session.wait(lambda message: message.get("method") == "window/showMessage")
        assert "pyproject.toml:2" in told["params"]["message"]
        session.change(uri, 2, {"text": ASK + "\n"})
        assert not [message for message in session.quiet(1) if message.get("method") == "window/showMessage"]
        write(project, {"keylint.toml": 'exclude = ["b.py"]\n'})
        session.save(session.open(project / "keylint.toml", "", language="toml"))
        session.diagnostics(uri, codes=["KL202"])
        excluded = session.open(project / "b.py", ASK)
        session.quiet(1)
        assert all(not params["diagnostics"] for params in session.published(excluded))


def test_several_folders(tmp_path: pathlib.Path) -> None:
    """Each has its own configuration and its own variables, and folders come and go."""
    one, two = tmp_path / "one", tmp_path / "two"
    read = 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
    write(one, {"src/a.py": read, ".env.example": "OPENAI_API_KEY=\n"})
    write(two, {"src/a.py": ASK, "keylint.toml": 'ignore = ["KL202"]\n'})
    with editor(one) as session:
        folder = {"uri": two.as_uri(), "name": "two"}
        session.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [folder], "removed": []}})
        first = session.open(one / "src/a.py", read)
        second = session.open(two / "src/a.py", ASK)
        session.diagnostics(first, codes=["KL501"])
        session.quiet(1)
        assert session.published(second)[-1]["diagnostics"] == []
        session.notify("workspace/didChangeWorkspaceFolders", {"event": {"added": [], "removed": [folder]}})
        session.quiet(1)
        assert [item["code"] for item in session.published(first)[-1]["diagnostics"]] == ["KL501"]


@pytest.mark.parametrize(
    ("uri", "language"),
    [
        ("untitled:Untitled-1", "python"),
        ("untitled:/tmp/ask.py", ""),
        ("vscode-vfs://github/a/b/ask.py", "plaintext"),
    ],
)
def test_a_document_that_is_on_no_disk(project: pathlib.Path, uri: str, language: str) -> None:
    with editor(project) as session:
        session.open(uri, ASK, language=language)
        assert [item["code"] for item in session.diagnostics(uri)] == ["KL202"]
        [fix] = [action for action in session.actions(uri, WHOLE) if action.get("isPreferred")]
        assert "os.environ" in edited(ASK, own_edits(fix))


def test_a_huge_document(project: pathlib.Path) -> None:
    """Of ten megabytes only keys are looked for, and a keystroke in it is no burden."""
    key = sample("openai")
    text = f"x = 1  # 😀 {key}\n" + "y = 'nothing to see here, nothing at all'\n" * 250_000
    with editor(project) as session:
        uri = session.open(project / "a.py", text)
        [found] = session.diagnostics(uri, 1)
        assert found["range"] == place(0, 12, 12 + len(key))
        for version in range(2, 52):
            session.change(uri, version, {"range": place(0, 0, 0), "text": "\n"})
        [found] = session.diagnostics(uri, 51)
        assert found["range"] == place(50, 12, 12 + len(key))


def test_a_look_at_a_large_project_gives_way(repository: pathlib.Path) -> None:
    """Typing is answered while it goes on, and it is finished all the same."""
    read = 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'
    write(repository, {f"m{number}.py": f"{ASK}x = {number}\n" for number in range(1500)})
    write(repository, {".env.example": "OPENAI_API_KEY=\n"})
    with editor(repository) as session:
        uri = session.open(repository / "a.py", read)
        session.diagnostics(uri, 1)
        for version in range(2, 8):
            session.quiet(0.3)
            session.change(uri, version, {"range": place(0, 0, 0), "text": "# \n"})
            session.at("hover", uri, 0, 0)
        session.diagnostics(uri, 7, codes=["KL501"])


def test_it_ends_with_its_editor(project: pathlib.Path) -> None:
    session = Editor(project)
    try:
        session.open(project / "a.py", ASK)
        assert session.process.stdin is not None
        session.process.stdin.close()
        session.process.wait(20)
    finally:
        session.clear()
    assert not session.errors, session.errors.decode()


# ------------------------------------------------------------------------------------------------------- command line


def test_without_pygls_it_says_what_to_install(project: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygls", None)
    result = keylint("lsp", folder=project)
    assert result.code == 2
    assert "pip install 'keylint[lsp]'" in result.err


def test_a_check_imports_nothing_of_it(project: pathlib.Path) -> None:
    write(project, {"a.py": "x = 1\n"})
    git(project, "init", "-q")
    before = set(sys.modules)
    assert check(project).codes == []
    assert not [name for name in set(sys.modules) - before if name.startswith(("keylint.lsp", "pygls", "lsprotocol"))]
