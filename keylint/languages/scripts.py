"""Shell in files of settings: the steps of pipelines, the scripts of package.json.

What the host's own reader expands before the shell sees it is put as the shell's own variable, or, between single quotes,
as something that is expanded elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import Part
from keylint.languages.escapes import spelled
from keylint.lazy import regex

if TYPE_CHECKING:
    from keylint.languages.config import Setting
    from keylint.languages.readers import Reader
    from keylint.source import Source

# The keys of settings that hold scripts, by reader.
_KEYS = {
    "github-actions": ("run",),
    "gitlab-ci": ("script", "before_script", "after_script"),
    "circleci": ("run", "command"),
    "azure-pipelines": ("script", "bash"),
}
_HOST = regex(
    r"\$\{\{\s*(?:secrets|env|vars|variables)\.(?P<github>[A-Za-z_]\w*)\s*\}\}|\$\{\{.*?\}\}|<<\s*[\w.]+\s*>>"
    r"|\$\((?P<azure>[A-Z][A-Z0-9_]*)\)"
)
_POWERSHELL = regex(r"pwsh|powershell", re.IGNORECASE)


def holds_script(reader: Reader, path: tuple[str, ...]) -> bool:
    """Whether a setting is a script in shell."""
    if reader.name == "package":
        return path[-2:-1] == ("scripts",)
    return path[-1] in _KEYS.get(reader.name, ())


def has_scripts(reader: Reader) -> bool:
    """Whether a reader's files can hold scripts at all."""
    return reader.name == "package" or reader.name in _KEYS


def script(source: Source, setting: Setting) -> Part:
    """A script as the shell gets it."""
    powershell = _POWERSHELL.match(setting.siblings.get("shell", "")) is not None
    start = setting.content.start
    raw = source.slice(setting.content)
    if setting.quote == "|":
        first = raw.partition("\n")[0]
        start, raw = start + len(first.encode()) + 1, raw[len(first) + 1 :]
        if first.startswith(">"):
            raw = re.sub(r"\n(?!\s*(?:\n|$))", " ", raw)  # folded: a line end is a space
    stretches = spelled(raw, start) if setting.quote == '"' else [(raw, start, len(raw.encode()))]
    text, pieces = "", []
    for said, outer, width in stretches:
        if len(said.encode()) != width:
            pieces.append((len(text.encode()), outer, len(said.encode()), width))
            text += said
            continue
        at = 0
        for match in [*_HOST.finditer(said), None]:
            plain = said[at : match.start() if match else len(said)]
            size = len(plain.encode())
            place = outer + len(said[:at].encode())
            if size:
                pieces.append((len(text.encode()), place, size, size))
                text += plain
            if match is None:
                break
            name = match.group("github") or match.group("azure")
            quoted = text.rpartition("\n")[2].count("'") % 2
            shown = f"${{{'env:' if powershell else ''}{name}}}" if name and not quoted else "ref+ci://value"
            pieces.append((len(text.encode()), place + size, len(shown), len(match.group().encode())))
            text, at = text + shown, match.end()
    return Part("powershell" if powershell else "shell", text, tuple(pieces))
