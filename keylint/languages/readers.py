"""Who reads a file of settings: what it expands, and where it holds variables and scripts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keylint.source import Source


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a file: which references it expands (`strict`: those and no others), and where it has variables."""

    name: str
    files: re.Pattern[str]
    expands: re.Pattern[str] | None = None
    strict: bool = False
    foreign: re.Pattern[str] | None = None  # looks like a reference, and is none to this reader
    content: re.Pattern[bytes] | None = None


_WORKFLOW = re.compile(r"\$\{\{")
READERS = (
    Reader(
        "github-actions",
        re.compile(r"(?:^|/)\.github/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)action\.ya?ml$"),
        _WORKFLOW,
        True,
        re.compile(
            r"^\$\{\{\s*(?!(?:secrets|vars|env|inputs|github|needs|steps|matrix|jobs?|runner|strategy)\b)[a-z]+\.[\w-]+\s*\}\}$"
        ),
    ),
    Reader(
        "gitlab-ci",
        re.compile(r"(?:^|/)[^/]*\.gitlab-ci[^/]*\.ya?ml$"),
        re.compile(r"\$"),
        foreign=re.compile(r"\$\{\{"),
    ),
    Reader("compose", re.compile(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$"), re.compile(r"\$\{?\w")),
    Reader("streamlit", re.compile(r"(?:^|/)\.streamlit/secrets\.toml$"), None, True),
    Reader("claude-desktop", re.compile(r"(?:^|/)claude_desktop_config\.json$"), None, True),
    Reader(
        "opencode", re.compile(r"(?:^|/)\.?opencode(?:\.jsonc?|/.*\.jsonc?)$"), re.compile(r"\{(?:env|file):"), True
    ),
    Reader("appsettings", re.compile(r"(?:^|/)(?:appsettings|secrets)(?:\.[\w-]+)?\.json$"), None, True),
    Reader(
        "vscode-mcp",
        re.compile(r"(?:^|/)\.vscode/mcp\.json$"),
        re.compile(r"\$\{(?:env|input|config|command|workspaceFolder|userHome)"),
        True,
    ),
    Reader(
        "spring",
        re.compile(r"(?:^|/)(?:application|bootstrap)(?:-[\w-]+)?\.(?:properties|ya?ml)$"),
        re.compile(r"\$\{"),
        True,
    ),
    Reader("app-config", re.compile(r"(?:^|/)(?:app|web)(?:\.[\w-]+)?\.config$", re.IGNORECASE), None, True),
    Reader("android", re.compile(r"(?:^|/)(?:strings|secrets|api_?keys?|keys)\.xml$"), re.compile(r"^@\w+/"), True),
    Reader("apple", re.compile(r"\.(?:plist|xcconfig)$"), re.compile(r"\$[({]"), True),
    Reader("terraform", re.compile(r"\.(?:tf|tfvars)$"), None, True),
    Reader(
        "azure-pipelines",
        re.compile(r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.azure[-_]pipelines/.*\.ya?ml$"),
        re.compile(r"\$\(|\$\{\{|\$\["),
        True,
        re.compile(r"\$\{\{\s*secrets\."),
    ),
    Reader(
        "azure-pipelines",
        re.compile(r"\.ya?ml$"),
        re.compile(r"\$\(|\$\{\{|\$\["),
        True,
        re.compile(r"\$\{\{\s*secrets\."),
        re.compile(rb"^\s*- (?:task:\s*\w+@\d|bash:|pwsh:)", re.MULTILINE),
    ),
    Reader("circleci", re.compile(r"(?:^|/)\.circleci/.*\.ya?ml$"), re.compile(r"<<"), True),
    Reader(
        "ansible",
        re.compile(
            r"(?:^|/)(?:group_vars|host_vars|playbooks?|roles)/.*\.ya?ml$|(?:^|/)(?:playbook|site)[\w.-]*\.ya?ml$"
        ),
        re.compile(r"\{\{"),
        foreign=re.compile(r"^\$\{?[A-Z][A-Z0-9_]*\}?$"),
    ),
    Reader(
        "helm", re.compile(r"(?:^|/)values[\w.-]*\.ya?ml$|(?:^|/)templates/.*\.(?:ya?ml|tpl)$"), re.compile(r"\{\{")
    ),
    Reader("fly", re.compile(r"(?:^|/)fly(?:\.[\w-]+)?\.toml$"), None, True),
    Reader("wrangler", re.compile(r"(?:^|/)wrangler\.(?:toml|jsonc?)$"), None, True),
    Reader("package", re.compile(r"(?:^|/)package\.json$")),
    Reader("mcp", re.compile(r"(?:^|/)(?:\.?mcp|cline_mcp_settings)\.json$"), re.compile(r"\$\{")),
    # https://docs.litellm.ai/docs/proxy/configs: `os.environ/NAME`, and no other form.
    Reader(
        "litellm",
        re.compile(r"\.ya?ml$"),
        re.compile(r"^os\.environ/"),
        True,
        content=re.compile(rb"^\s*(?:- )?litellm_params\s*:", re.MULTILINE),
    ),
    Reader("kubernetes", re.compile(r"\.ya?ml$"), content=re.compile(rb"^apiVersion:\s*\S", re.MULTILINE)),
)
# A variable or a stored secret and nothing else, by reader.
REFERENCES = {
    "github-actions": re.compile(r"\$\{\{\s*(?:secrets|vars|env)\.(\w+)\s*\}\}"),
    "compose": re.compile(r"\$\{?([A-Za-z_]\w*)\}?"),
}
GENERAL = Reader("settings", re.compile(""))


def reader_of(source: Source) -> Reader:
    """Who reads a file, by its path and its content."""
    for reader in READERS:
        if reader.files.search(source.path) and (reader.content is None or reader.content.search(source.data)):
            return reader
    return GENERAL
