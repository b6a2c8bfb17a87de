// Starts `keylint lsp` and lets VS Code talk to it. Everything else is the server's.

const vscode = require("vscode");
const { LanguageClient, RevealOutputChannelOn } = require("vscode-languageclient/node");
const { serverCommand } = require("./command.js");

const INSTALL = "https://keylint.github.io/keylint/editors/";

let client;
let log;
let last = Promise.resolve(); // starting and stopping, one after another

function settings() {
  const read = vscode.workspace.getConfiguration("keylint");
  return {
    enable: read.get("enable", true),
    path: read.get("path", ""),
    interpreter: read.get("interpreter", ""),
  };
}

async function start() {
  const wanted = settings();
  if (!wanted.enable) return;
  const folder = vscode.workspace.workspaceFolders?.find(({ uri }) => uri.scheme === "file")?.uri.fsPath ?? "";
  const server = serverCommand(wanted, folder, vscode.workspace.isTrusted);
  const options = folder ? { cwd: folder } : {};
  const made = new LanguageClient(
    "keylint",
    "keylint",
    { ...server, options },
    {
      documentSelector: [{ scheme: "file" }, { scheme: "untitled" }],
      outputChannel: log,
      revealOutputChannelOn: RevealOutputChannelOn.Never,
    },
  );
  try {
    await made.start();
    client = made;
  } catch (error) {
    log.appendLine(`${server.command} ${server.args.join(" ")}: ${error}`);
    const how = "How to install it";
    const message = `keylint does not start: ${server.command}. It needs Python and \`pip install "keylint[lsp]"\`.`;
    vscode.window.showErrorMessage(message, how).then((choice) => {
      if (choice === how) vscode.env.openExternal(vscode.Uri.parse(INSTALL));
    });
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop().catch((error) => log.appendLine(String(error)));
}

function restart() {
  last = last.then(stop).then(start);
  return last;
}

async function activate(context) {
  log = vscode.window.createOutputChannel("keylint");
  context.subscriptions.push(
    log,
    vscode.commands.registerCommand("keylint.restart", restart),
    vscode.commands.registerCommand("keylint.showLog", () => log.show()),
    vscode.workspace.onDidGrantWorkspaceTrust(restart),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (change.affectsConfiguration("keylint")) restart();
    }),
  );
  await restart();
}

function deactivate() {
  return last.then(stop);
}

module.exports = { activate, deactivate };
