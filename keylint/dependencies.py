"""Which major version of a package a project installs, by what its requirement and lock files say."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.project import above

if TYPE_CHECKING:
    from keylint.project import Project

# From the most to the least exact.
_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json")
_REQUESTS = regex(
    r"^(?:(?:requirements|constraints)[\w.\-]*\.(?:txt|in)|pyproject\.toml|setup\.(?:py|cfg)|Pipfile|environment\.ya?ml|package\.json)$"
)
LATEST = 1 << 30  # no bound is named: what is installed is the newest


def installed(project: Project, package: str, near: str) -> int | None:
    """The major version of a package around a file; LATEST if any is allowed, None if nothing names the package."""
    folders = [inner for folder in above(near) for inner in (folder, posixpath.join(folder, "requirements"))]
    found = sorted((name for folder in folders for name in project.in_folder.get(folder, ())), key=len, reverse=True)
    for name in found:
        if posixpath.basename(name) in _LOCKS:
            version = _locked(project.read(name), package)
            if version is not None:
                return version
    for name in found:
        if _REQUESTS.match(posixpath.basename(name)) or posixpath.basename(posixpath.dirname(name)) == "requirements":
            version = _requested(project.read(name), package)
            if version is not None:
                return version
    return None


def _locked(text: str, package: str) -> int | None:
    """``name = "openai"`` and ``version = "1.2.3"`` below it; the same in JSON."""
    name = re.escape(package)
    toml = rf'^name = "{name}"\s*\nversion = "(\d+)'
    json = rf'"(?:node_modules/)?{name}":\s*\{{[^{{}}]*?"version":\s*"(?:==)?(\d+)'
    match = re.search(f"{toml}|{json}", text, re.MULTILINE)
    return int(match.group(1) or match.group(2)) if match else None


def _requested(text: str, package: str) -> int | None:
    """The major version that a requirement allows: of a lower bound, a pin or an upper bound."""
    name = re.escape(package) + r"(?:\[[^\]]*\])?"
    table = r"(?:[=:][ \t]*(?:\{[^}\n]*version[ \t]*=[ \t]*)?[\"'])?"
    line = rf"(?:^|[{{,])[ \t\-]*[\"']?{name}[\"']?(?![\w\-])[ \t]*{table}(?P<line>[^\n#;\"'}}]*)"
    item = rf"[\"']{name}[ \t]*(?P<item>[<>=~!^][^\"'\n;]*)?[\"']"
    match = re.search(f"{line}|{item}", text, re.MULTILINE)
    if match is None:
        return None
    bounds = (match.group("line") or match.group("item") or "").strip()
    upper = re.search(r"<\s*(\d+)", bounds)
    lower = re.search(r"(?:>=?|==|~=|\^|~)\s*v?(\d+)", bounds) or re.match(r"v?(\d+)[.\d]*(?:\.[x*])?\s*$", bounds)
    if upper is not None and int(upper.group(1)) <= 1 and "<=" not in bounds:
        return int(upper.group(1)) - 1
    if upper is None and re.match(r">=?\s*0\b", bounds):
        return LATEST  # any later version will do, and the latest is what is installed
    return int(lower.group(1)) if lower is not None else LATEST
