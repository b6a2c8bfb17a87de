// node --test: which server is started.

const assert = require("node:assert");
const path = require("node:path");
const test = require("node:test");
const { serverCommand } = require("./command.js");

const SERVE = ["lsp", "--stdio"];
const none = { path: "", interpreter: "" };
const machine = (...names) => ({ exists: (name) => names.includes(name), windows: false });

test("the settings go before everything else", () => {
  const set = { path: "${workspaceFolder}/bin/keylint", interpreter: "/usr/bin/python3" };
  assert.deepStrictEqual(serverCommand(set, "/project", true, machine()), { command: "/project/bin/keylint", args: SERVE });
  assert.deepStrictEqual(serverCommand({ ...set, path: " " }, "/project", true, machine()), {
    command: "/usr/bin/python3",
    args: ["-m", "keylint", ...SERVE],
  });
});

test("a virtual environment is taken in a trusted folder only", () => {
  const near = path.join("/project", ".venv", "bin", "keylint");
  assert.strictEqual(serverCommand(none, "/project", true, machine(near)).command, near);
  assert.strictEqual(serverCommand(none, "/project", false, machine(near)).command, "keylint");
  assert.strictEqual(serverCommand(none, "/project", true, machine()).command, "keylint");
  assert.strictEqual(serverCommand(none, "", true, machine(near)).command, "keylint");
  const windows = path.join("/project", ".venv", "Scripts", "keylint.exe");
  assert.strictEqual(serverCommand(none, "/project", true, { exists: () => true, windows: true }).command, windows);
});
