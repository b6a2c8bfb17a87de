"""The tools that keylint is compared with: installed from the registries, called as their users call them."""

from __future__ import annotations

import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGES = ("detect-secrets", "kingfisher-bin", "ripgrep==14.1.0")
PRESET = "@secretlint/secretlint-rule-preset-recommend"
FIRST = "keylint, first run"
RARE = "zqxjkvbpy"  # in no file: what ripgrep looks for


class Tools:
    """keylint as its users install it, and the peers, in a folder of the benchmarks' own."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.folder = folder
        self._python("keylint", [f"{ROOT}[lsp]"], again=True)
        self._python("peers", list(PACKAGES))
        self.secretlint = self._node()
        self.versions = self._versions()

    def _python(self, name: str, packages: list[str], *, again: bool = False) -> None:
        place = self.folder / name
        new = not (place / "bin").exists()
        if new:
            subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
        if new or again:
            force = ["--force-reinstall", "--no-deps"] if again and not new else []
            subprocess.run([str(place / "bin" / "pip"), "install", "-q", *force, *packages], check=True)

    def _node(self) -> str:
        place = self.folder / "node"
        program = place / "node_modules" / ".bin" / "secretlint"
        if not program.exists() and shutil.which("npm"):
            place.mkdir(parents=True, exist_ok=True)
            (place / "package.json").write_text("{}", encoding="utf-8")
            subprocess.run(["npm", "install", "--silent", "secretlint", PRESET], cwd=place, check=False)
        (place / ".secretlintrc.json").write_text(f'{{"rules": [{{"id": "{PRESET}"}}]}}', encoding="utf-8")
        return str(program) if program.exists() else ""

    def _versions(self) -> list[str]:
        asked = {
            "ripgrep": [self.peer("rg"), "--version"],
            "kingfisher": [self.peer("kingfisher"), "--version"],
            "detect-secrets": [self.peer("detect-secrets"), "--version"],
            "secretlint": [self.secretlint, "--version"],
            **{name: [name, "version"] for name in ("gitleaks", "betterleaks") if shutil.which(name)},
        }
        found = []
        for name, command in asked.items():
            if command[0]:
                said = subprocess.run(command, capture_output=True, text=True, check=False).stdout.split("\n")[0]
                found.append(f"{name} {said.rpartition(' ')[2]}")
        return found

    @property
    def python(self) -> str:
        """The interpreter of keylint's environment."""
        return str(self.folder / "keylint" / "bin" / "python")

    def peer(self, name: str) -> str:
        """A program of the peers' environment."""
        return str(self.folder / "peers" / "bin" / name)

    def keylint(self, *arguments: str) -> list[str]:
        """keylint, without a configuration of the machine's."""
        return [str(self.folder / "keylint" / "bin" / "keylint"), *arguments]

    def first(self, *arguments: str) -> list[str]:
        """keylint, of whose cache nothing is left but the compiled patterns."""
        forget = 'rm -f "$KEYLINT_CACHE_DIR"/facts-* "$KEYLINT_CACHE_DIR"/clean-* "$KEYLINT_CACHE_DIR"/history-*'
        return ["sh", "-c", f'{forget}; exec "$@"', "sh", *self.keylint(*arguments)]

    def scanners(self, *, slow: bool = True, path: str = ".") -> dict[str, list[str]]:
        """Whole scans of the folder that they are called in; the slow ones only where that ends in reasonable time."""
        found = {
            "keylint": self.keylint("check", "--isolated", path),
            **({FIRST: self.first("check", "--isolated", path)} if path == "." else {}),
            "ripgrep": [self.peer("rg"), "--hidden", "--count", RARE, path],
            "kingfisher": [
                *(self.peer("kingfisher"), "scan", "--no-validate", "--no-update-check", "--git-history", "none"),
                *("--format", "json", path),
            ],
        }
        for name in ("gitleaks", "betterleaks"):
            if shutil.which(name):
                found[name] = [name, "dir", "--no-banner", "--exit-code", "0", path]
        if slow:
            found["detect-secrets"] = (
                [self.peer("detect-secrets"), "scan", "--all-files", "."]
                if path == "."
                else [self.peer("detect-secrets-hook"), path]
            )
            if self.secretlint:
                rules = str(self.folder / "node" / ".secretlintrc.json")
                found["secretlint"] = [self.secretlint, "--secretlintrc", rules, "**/*" if path == "." else path]
        return found

    def historians(self) -> dict[str, list[str]]:
        """Scans of all that git keeps."""
        found = {
            "keylint": self.keylint("history", "--exit-zero"),
            FIRST: self.first("history", "--exit-zero"),
            "kingfisher": [
                *(self.peer("kingfisher"), "scan", "--no-validate", "--no-update-check", "--git-history", "full"),
                *("--format", "json", "."),
            ],
        }
        for name in ("gitleaks", "betterleaks"):
            if shutil.which(name):
                found[name] = [name, "git", "--no-banner", "--exit-code", "0", "."]
        return found
