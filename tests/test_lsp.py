"""The language server, by real clients: pytest-lsp's, Neovim, and a bare one that sees every byte."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import pathlib
import shutil
import subprocess
import sys
import time
from typing import Any

import pytest
import pytest_lsp
from lsprotocol import types
from pytest_lsp import ClientServerConfig, LanguageClient

from keylint.lsp.documents import Document
from keylint.lsp.session import GATHER, Session
from tests.editor import CAPABILITIES, edited, editor, place
from tests.examples import lay_out, path_of, plain
from tests.samples import all_samples
from tests.test_rules import BAD
from tests.tool import check, write

HALF = 'from openai import OpenAI\n\ngruß = "😀"; client = OpenAI('
REST = 'api_key="API_KEY_OPENAI")\n'
ASK = 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'
READ = 'import os\nfrom openai import OpenAI\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'


# ------------------------------------------------------------------------------------------------ pytest-lsp's client


@pytest_lsp.fixture(config=ClientServerConfig(server_command=[sys.executable, "-m", "keylint", "lsp"]))
async def client(lsp_client: LanguageClient, project: pathlib.Path):  # type: ignore[no-untyped-def]
    lsp_client.feature(types.CLIENT_REGISTER_CAPABILITY)(lambda _: None)
    await lsp_client.initialize_session(
        types.InitializeParams(
            capabilities=pytest_lsp.client_capabilities("visual-studio-code"), root_uri=project.as_uri()
        )
    )
    yield
    await lsp_client.shutdown_session()


@pytest.mark.asyncio
async def test_a_session(client: LanguageClient, project: pathlib.Path) -> None:
    """Open, type half a line, see the diagnostic at the right columns, take the quick fix, save, gone."""
    path = project / "ask.py"
    path.write_text(HALF, "utf-8")
    uri = path.as_uri()
    item = types.TextDocumentItem(uri, "python", 1, HALF)
    client.text_document_did_open(types.DidOpenTextDocumentParams(item))
    version = 1
    end = types.Position(2, len(HALF.split("\n")[2].encode("utf-16-le")) // 2)
    for size, part in ((9, REST[:9]), (0, REST[9:])):  # the key's text is open after the first part
        version += 1
        change = types.TextDocumentContentChangePartial(types.Range(end, end), part)
        document = types.VersionedTextDocumentIdentifier(version, uri)
        client.text_document_did_change(types.DidChangeTextDocumentParams(document, [change]))
        end = types.Position(2, end.character + size)
    await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    while not client.diagnostics.get(uri):
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    [diagnostic] = client.diagnostics[uri]
    assert (diagnostic.code, diagnostic.severity) == ("KL202", types.DiagnosticSeverity.Error)
    start = len('gruß = "😀"; client = OpenAI(api_key=') + 1  # the sign outside the basic plane counts twice
    assert diagnostic.range == types.Range(types.Position(2, start), types.Position(2, start + 16))
    actions = await client.text_document_code_action_async(
        types.CodeActionParams(
            types.TextDocumentIdentifier(uri), diagnostic.range, types.CodeActionContext([diagnostic])
        )
    )
    assert actions
    fix = next(action for action in actions if isinstance(action, types.CodeAction) and action.is_preferred)
    assert fix.edit
    assert fix.edit.document_changes
    [change] = fix.edit.document_changes
    assert isinstance(change, types.TextDocumentEdit)
    assert change.text_document.version == version
    text = edited(HALF + REST, [edit_as_dict(edit) for edit in change.edits])
    assert text.endswith('OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n')
    path.write_text(text, "utf-8")
    document = types.VersionedTextDocumentIdentifier(version + 1, uri)
    client.text_document_did_change(
        types.DidChangeTextDocumentParams(document, [types.TextDocumentContentChangeWholeDocument(text)])
    )
    client.text_document_did_save(types.DidSaveTextDocumentParams(types.TextDocumentIdentifier(uri)))
    while client.diagnostics[uri]:
        await client.wait_for_notification(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
    assert check(project).codes == []


def edit_as_dict(edit: object) -> dict[str, object]:
    assert isinstance(edit, types.TextEdit)
    start, end = edit.range.start, edit.range.end
    return {
        "range": {
            "start": {"line": start.line, "character": start.character},
            "end": {"line": end.line, "character": end.character},
        },
        "newText": edit.new_text,
    }


# -------------------------------------------------------------------------------------------------------------- Neovim

NEOVIM = """
local function session()
  local result = {}
  local function wait(what) assert(vim.wait(15000, what, 20)) end
  vim.cmd("edit ask.py")
  local buffer = vim.api.nvim_get_current_buf()
  local id = vim.lsp.start_client({name = "keylint", cmd = arg_cmd, root_dir = vim.fn.getcwd()})
  vim.lsp.buf_attach_client(buffer, id)
  local client = vim.lsp.get_client_by_id(id)
  wait(function() return client.initialized end)
  vim.api.nvim_buf_set_lines(buffer, 2, 2, false, {'größe = "😀"; client = OpenAI(api_key="API_KEY_OPENAI")'})
  wait(function() return #vim.diagnostic.get(buffer) > 0 end)
  local found = vim.diagnostic.get(buffer)
  local line = vim.api.nvim_buf_get_lines(buffer, found[1].lnum, found[1].lnum + 1, false)[1]
  table.insert(result, {#found, found[1].code, line:sub(found[1].col + 1, found[1].end_col)})
  vim.api.nvim_win_set_cursor(0, {found[1].lnum + 1, found[1].col + 2})
  local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
  params.context = {diagnostics = {}}
  local answers = vim.lsp.buf_request_sync(buffer, "textDocument/codeAction", params, 15000)
  for _, action in ipairs(answers[id].result) do
    if action.isPreferred then vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding) end
  end
  wait(function() return #vim.diagnostic.get(buffer) == 0 end)
  vim.cmd("silent write")
  vim.fn.writefile({vim.fn.json_encode(result)}, arg_out)
end
local ok, message = pcall(session)
if not ok then io.stderr:write(message) vim.cmd("cquit!") end
vim.cmd("qa!")
"""


@pytest.mark.skipif(shutil.which("nvim") is None, reason="Neovim is not installed")
def test_in_neovim(project: pathlib.Path) -> None:
    write(project, {"ask.py": "from openai import OpenAI\n\n"})
    out = project / "out.json"
    command = ", ".join(json.dumps(word) for word in (sys.executable, "-m", "keylint", "lsp"))
    start = f"arg_out = {json.dumps(str(out))}\narg_cmd = {{{command}}}\n"
    script = project.parent / "session.lua"
    script.write_text(start + NEOVIM, "utf-8")
    environment = {**os.environ, "XDG_STATE_HOME": str(project.parent), "XDG_CACHE_HOME": str(project.parent)}
    ended = subprocess.run(
        ["nvim", "--headless", "-u", "NONE", "-i", "NONE", "-n", "-c", f"luafile {script}"],
        cwd=project,
        env=environment,
        timeout=60,
        capture_output=True,
    )
    assert ended.returncode == 0, ended.stderr.decode()
    assert json.loads(out.read_text("utf-8")) == [[1, "KL202", '"API_KEY_OPENAI"']]
    assert check(project).codes == []
    assert 'OpenAI(api_key=os.environ["OPENAI_API_KEY"])' in (project / "ask.py").read_text("utf-8")


# -------------------------------------------------------------------------------------------------- places and versions


@pytest.mark.parametrize(("encoding", "before"), [("utf-8", 2 + 4 + 3), ("utf-16", 1 + 2 + 1), ("utf-32", 1 + 1 + 1)])
def test_columns_in_each_encoding(project: pathlib.Path, encoding: str, before: int) -> None:
    text = 'from openai import OpenAI\nx = "ß😀你"; c = OpenAI(api_key="API_KEY_OPENAI")\n'
    capabilities = {**CAPABILITIES, "general": {"positionEncodings": [encoding, "utf-16"]}}
    with editor(project, capabilities=capabilities) as session:
        assert session.initialized["capabilities"]["positionEncoding"] == encoding
        uri = session.open(project / "a.py", text)
        [found] = session.diagnostics(uri)
        start = len('x = ""; c = OpenAI(api_key=') + before
        assert found["range"] == place(1, start, start + 16)
        session.change(uri, 2, {"range": place(1, start + 1, start + 15), "text": "sk-..."})
        [found] = session.diagnostics(uri, 2)
        assert found["range"] == place(1, start, start + 8)
        assert session.at("hover", uri, 1, start + 2)["range"] == found["range"]


def test_incremental_changes_with_every_line_end(project: pathlib.Path) -> None:
    """The server's text is the client's after edits at line ends, among signs that end a line only for Python."""
    text = "a\r\nb\rc\nd\x0ce\u2028f\n"
    key = 'from openai import OpenAI\rc = OpenAI(api_key="API_KEY_OPENAI")'
    with editor(project) as session:
        uri = session.open(project / "a.py", f"# {text}")
        at = {"start": {"line": 0, "character": 1}, "end": {"line": 3, "character": 2}}
        session.change(
            uri,
            2,
            {"range": at, "text": "\r"},  # "#\r" and then the form feed
            {"range": place(1, 0, 4), "text": "\n"},  # ... which becomes a line end with the one before it
            {"range": place(1, 0, 0), "text": key},
        )
        [found] = session.diagnostics(uri, 2)
        assert found["range"] == place(2, 19, 35)
        session.change(uri, 3, {"range": place(99, 0, 0), "text": "\nx = 1"}, {"text": ASK})
        assert session.diagnostics(uri, 3)[0]["range"] == place(1, 24, 40)


def test_an_answer_for_an_old_version_is_never_sent(project: pathlib.Path) -> None:
    text = "".join(f"def f{number}():\n    return {number}\n" for number in range(1000)) + ASK
    with editor(project) as session:
        uri = session.open(project / "a.py", text)
        session.diagnostics(uri, 1)
        for version in range(2, 40):
            session.change(uri, version, {"range": place(0, 0, 0), "text": "# \n" if version % 2 else "#"})
        last = session.diagnostics(uri, 39)
        assert last[0]["range"]["start"]["line"] == 2001 + 19
        between = [params["version"] for params in session.published(uri)]
        assert between == sorted(between)
        assert len(between) < 12, "keystrokes are not answered one by one"
        session.close(uri)
        assert session.diagnostics(uri) == []
        session.open(project / "a.py", "x = 1\n")
        assert all(not message["params"]["diagnostics"] for message in session.quiet(1))


def test_a_request_can_be_cancelled(project: pathlib.Path) -> None:
    text = "".join(f"{ASK}x{number} = {number}\n" for number in range(400))
    with editor(project) as session:
        uri = session.open(project / "a.py", text)
        whole = {"start": {"line": 0, "character": 0}, "end": {"line": 9999, "character": 0}}
        params = {"textDocument": {"uri": uri}, "range": whole, "context": {"diagnostics": []}}
        identity = session.ask("textDocument/codeAction", params)
        session.notify("$/cancelRequest", {"id": identity})
        assert session.answer(identity)["error"]["code"] == -32800
        assert session.at("hover", uri, 1, 30)


# ---------------------------------------------------------------------------------------------------- what is reported


def test_what_a_diagnostic_holds(project: pathlib.Path) -> None:
    write(project, {"pyproject.toml": '[tool.keylint]\nextend-select = ["KL001"]\n'})
    text = 'from openai import OpenAI\nNAME = "API_KEY_OPENAI"\n\nclient = OpenAI(api_key=NAME)\nx = 1  # keylint: ignore[KL201]\n'
    with editor(project) as session:
        uri = session.open(project / "a.py", text)
        name, unused = session.diagnostics(uri, codes=["KL202", "KL001"])
        assert name["source"] == "keylint"
        assert name["codeDescription"]["href"].startswith("https://")
        assert "KL202" in name["codeDescription"]["href"]
        assert "\nanswer: 401" in name["message"]
        assert "\nhelp: " in name["message"]
        assert name["relatedInformation"][0]["location"]["uri"] == uri
        assert unused["tags"] == [1]
        page = session.at("hover", uri, name["range"]["start"]["line"], name["range"]["start"]["character"])
        assert "KL202" in page["contents"]["value"]
        assert "Read the variable." in page["contents"]["value"]


def test_it_says_what_the_command_line_says(project: pathlib.Path) -> None:
    """The mistakes of the examples, opened one by one."""
    examples = pathlib.Path(__file__).parent.parent / "examples"
    shutil.copytree(examples, project, dirs_exist_ok=True)
    wanted: dict[str, list[str]] = {}
    for finding in check(project).findings:
        wanted.setdefault(finding["filename"], []).append(finding["code"])
    with editor(project) as session:
        for name, codes in wanted.items():
            uri = session.open(project / name, (project / name).read_text("utf-8"), language="")
            session.diagnostics(uri, codes=codes)


def test_project_rules_see_open_documents_and_their_findings_move(repository: pathlib.Path) -> None:
    write(repository, {"main.py": READ})
    with editor(repository) as session:
        env = session.open(repository / ".env.example", "OPENAI_API_KEY=\n", language="dotenv")
        uri = session.open(repository / "main.py", READ)
        [found] = session.diagnostics(uri, codes=["KL501"])
        session.change(uri, 2, {"range": place(0, 0, 0), "text": "# 😀\n"})
        [moved] = session.diagnostics(uri, 2)
        assert moved["range"]["start"]["line"] == found["range"]["start"]["line"] + 1
        session.change(uri, 3, {"range": place(3, 16, 16), "text": "timeout=9, "})
        session.change(uri, 4, {"range": place(3, 55, 55), "text": "X"})
        assert session.diagnostics(uri, 4) == [], "the read itself was edited"
        session.change(env, 2, {"text": "ANTHROPIC_API_KEY=\n"})
        session.change(uri, 5, {"text": READ})
        session.save(uri)
        found = session.diagnostics(uri, 5)
        while "KL501" in [item["code"] for item in found]:  # until the text of the open .env.example counts
            found = session.diagnostics(uri, 5)


def test_each_rule_says_the_same_in_an_editor(tmp_path: pathlib.Path) -> None:
    """The first example of each rule: what is reported where, a comment that accepts it, and nothing of a key."""
    received = b""
    with editor(tmp_path) as session:
        for rule, number, example in [
            item for item in BAD if item[1] == 1 and item[0].default and item[2].confidence != "possible"
        ]:
            folder, code = tmp_path / f"{rule.name}-{number}", plain(example.code)
            folder.mkdir()
            lay_out(folder, example, code)
            places = {
                (finding["code"], finding["location"]["row"], finding["end_location"]["row"])
                for finding in check(folder).findings
                if finding["filename"] == path_of(example)
            }
            uri = session.open(folder / path_of(example), code, language="")
            found: list[dict[str, Any]] = []
            while places != {
                (item["code"], item["range"]["start"]["line"] + 1, item["range"]["end"]["line"] + 1) for item in found
            }:
                found = session.diagnostics(uri)
            [accepted, *_] = [item for item in found if item["code"] == rule.code]
            offered = [
                action
                for action in session.actions(uri, accepted["range"])
                if action["title"].startswith(f"Ignore {rule.code} ")
            ]
            if offered and not rule.project:
                [change] = offered[0]["edit"]["documentChanges"]
                session.change(uri, 2, {"text": edited(code, change["edits"])})
                codes = [item["code"] for item in session.diagnostics(uri, 2)]
                assert codes.count(rule.code) < [item["code"] for item in found].count(rule.code), rule.code
        received = bytes(session.received)
    for key in all_samples().values():
        assert key.encode() not in received


# --------------------------------------------------------------------------------------------------------- the session


def test_an_end_that_a_clock_is_due_at(
    project: pathlib.Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The loop's last turns start nothing that nobody waits for, whatever is due in them."""
    path = project / "ask.py"
    path.write_text(ASK, "utf-8")

    async def session() -> None:
        monkeypatch.setattr("keylint.lsp.session.QUIET", 0.01)
        served = Session(lambda _: None, pytest.fail)
        served.folders = (str(project),)
        served.reload()
        served.opened(Document(types.TextDocumentItem(path.as_uri(), "python", 1, ASK), str(project)))
        document = await served.result(path.as_uri())
        assert document is not None
        assert len(document.findings) == 1
        await asyncio.sleep(0.05)  # the look at the project has its clock set
        change = types.TextDocumentContentChangeWholeDocument(READ)
        served.changed(path.as_uri(), 2, [change])
        try:
            time.sleep(GATHER)  # noqa: ASYNC251 what is due comes up once this ends
            raise SystemExit
        finally:
            served.end()

    with contextlib.suppress(SystemExit):
        asyncio.run(session())
    gc.collect()
    assert not caplog.records
