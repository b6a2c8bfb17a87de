"""Who reads a file of settings: what it expands, and where it holds variables and scripts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.source import Source


class Reader(Record):
    """Who reads a file: which references it expands (`strict`: those and no others), and where it has variables."""

    name: str
    files: re.Pattern[str]
    expands: re.Pattern[str] | None = None
    strict: bool = False
    foreign: re.Pattern[str] | None = None  # looks like a reference, and is none to this reader
    content: re.Pattern[bytes] | None = None


_WORKFLOW = regex(r"\$\{\{")
READERS = (
    Reader(
        "github-actions",
        regex(r"(?:^|/)\.github/(?:workflows|actions)/.*\.ya?ml$|(?:^|/)action\.ya?ml$"),
        _WORKFLOW,
        True,
        regex(
            r"^\$\{\{\s*(?!(?:secrets|vars|env|inputs|github|needs|steps|matrix|jobs?|runner|strategy)\b)[a-z]+\.[\w-]+\s*\}\}$"
        ),
    ),
    Reader(
        "gitlab-ci",
        regex(r"(?:^|/)[^/]*\.gitlab-ci[^/]*\.ya?ml$"),
        regex(r"\$"),
        foreign=regex(r"\$\{\{"),
    ),
    Reader("compose", regex(r"(?:^|/)(?:docker-)?compose[^/]*\.ya?ml$"), regex(r"\$\{?\w")),
    Reader("streamlit", regex(r"(?:^|/)\.streamlit/secrets\.toml$"), None, True),
    Reader("claude-desktop", regex(r"(?:^|/)claude_desktop_config\.json$"), None, True),
    Reader("opencode", regex(r"(?:^|/)\.?opencode(?:\.jsonc?|/.*\.jsonc?)$"), regex(r"\{(?:env|file):"), True),
    Reader("appsettings", regex(r"(?:^|/)(?:appsettings|secrets)(?:\.[\w-]+)?\.json$"), None, True),
    Reader(
        "vscode-mcp",
        regex(r"(?:^|/)\.vscode/mcp\.json$"),
        regex(r"\$\{(?:env|input|config|command|workspaceFolder|userHome)"),
        True,
    ),
    Reader(
        "spring",
        regex(r"(?:^|/)(?:application|bootstrap)(?:-[\w-]+)?\.(?:properties|ya?ml)$"),
        regex(r"\$\{"),
        True,
    ),
    Reader("app-config", regex(r"(?:^|/)(?:app|web)(?:\.[\w-]+)?\.config$", re.IGNORECASE), None, True),
    Reader("android", regex(r"(?:^|/)(?:strings|secrets|api_?keys?|keys)\.xml$"), regex(r"^@\w+/"), True),
    Reader("apple", regex(r"\.(?:plist|xcconfig)$"), regex(r"\$[({]"), True),
    Reader("terraform", regex(r"\.(?:tf|tfvars)$"), None, True),
    Reader(
        "azure-pipelines",
        regex(r"(?:^|/)azure-pipelines[^/]*\.ya?ml$|(?:^|/)\.azure[-_]pipelines/.*\.ya?ml$"),
        regex(r"\$\(|\$\{\{|\$\["),
        True,
        regex(r"\$\{\{\s*secrets\."),
    ),
    Reader(
        "azure-pipelines",
        regex(r"\.ya?ml$"),
        regex(r"\$\(|\$\{\{|\$\["),
        True,
        regex(r"\$\{\{\s*secrets\."),
        regex(rb"^\s*- (?:task:\s*\w+@\d|bash:|pwsh:)", re.MULTILINE),
    ),
    Reader("circleci", regex(r"(?:^|/)\.circleci/.*\.ya?ml$"), regex(r"<<"), True),
    Reader(
        "ansible",
        regex(r"(?:^|/)(?:group_vars|host_vars|playbooks?|roles)/.*\.ya?ml$|(?:^|/)(?:playbook|site)[\w.-]*\.ya?ml$"),
        regex(r"\{\{"),
        foreign=regex(r"^\$\{?[A-Z][A-Z0-9_]*\}?$"),
    ),
    Reader("helm", regex(r"(?:^|/)values[\w.-]*\.ya?ml$|(?:^|/)templates/.*\.(?:ya?ml|tpl)$"), regex(r"\{\{")),
    Reader("fly", regex(r"(?:^|/)fly(?:\.[\w-]+)?\.toml$"), None, True),
    Reader("wrangler", regex(r"(?:^|/)wrangler\.(?:toml|jsonc?)$"), None, True),
    Reader("package", regex(r"(?:^|/)package\.json$")),
    Reader("mcp", regex(r"(?:^|/)(?:\.?mcp|cline_mcp_settings)\.json$"), regex(r"\$\{")),
    # https://docs.litellm.ai/docs/proxy/configs: `os.environ/NAME`, and no other form.
    Reader(
        "litellm",
        regex(r"\.ya?ml$"),
        regex(r"^os\.environ/"),
        True,
        content=regex(rb"^\s*(?:- )?litellm_params\s*:", re.MULTILINE),
    ),
    Reader("kubernetes", regex(r"\.ya?ml$"), content=regex(rb"^apiVersion:\s*\S", re.MULTILINE)),
)
# A variable or a stored secret and nothing else, by reader.
REFERENCES = {
    "github-actions": regex(r"\$\{\{\s*(?:secrets|vars|env)\.(\w+)\s*\}\}"),
    "compose": regex(r"\$\{?([A-Za-z_]\w*)\}?"),
}
GENERAL = Reader("settings", regex(""))


def reader_of(source: Source) -> Reader:
    """Who reads a file, by its path and its content."""
    for reader in READERS:
        if reader.files.search(source.path) and (reader.content is None or reader.content.search(source.data)):
            return reader
    return GENERAL
