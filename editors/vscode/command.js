// Which program is the server: what the settings say, else a virtual environment in the folder, else the path.

const fs = require("node:fs");
const path = require("node:path");

const SERVE = ["lsp", "--stdio"];

/**
 * @param {{path: string, interpreter: string}} settings as the user wrote them, "" for what is not set
 * @param {string} folder the first folder of the window, "" if there is none
 * @param {boolean} trusted whether a program in the folder may be run
 * @param {{exists?: (name: string) => boolean, windows?: boolean}} [system] what the machine is like
 * @returns {{command: string, args: string[]}} the command line of the server
 */
function serverCommand(settings, folder, trusted, system = {}) {
  const { exists = fs.existsSync, windows = process.platform === "win32" } = system;
  const meant = (text) => text.trim().replaceAll("${workspaceFolder}", folder);
  if (settings.path.trim()) return { command: meant(settings.path), args: SERVE };
  if (settings.interpreter.trim()) return { command: meant(settings.interpreter), args: ["-m", "keylint", ...SERVE] };
  const inside = windows ? ["Scripts", "keylint.exe"] : ["bin", "keylint"];
  const near = trusted && folder ? path.join(folder, ".venv", ...inside) : "";
  return { command: near && exists(near) ? near : "keylint", args: SERVE };
}

module.exports = { serverCommand };
