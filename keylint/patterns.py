"""The patterns that triage looks for, and the cached database made of them.

Loaded on the path of every file, but only `load` runs there: patterns are collected and compiled when the cache holds no
database for exactly these providers, this version, this Hyperscan and this processor.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

import hyperscan

from keylint import store, triage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from keylint.providers.catalogue import Catalogue

ONCE = hyperscan.HS_FLAG_SINGLEMATCH | hyperscan.HS_FLAG_CASELESS


class Pattern(NamedTuple):
    """One pattern of the database; `label` as in ``Triage.labels``."""

    kind: int
    label: str
    expression: str
    flags: int


# A literal in a credential's place. Deliberately coarse: what it means is decided on the syntax tree.
CREDENTIALS = (
    r"api[_-]?key[\"'\]]{0,2}\s{0,4}(?:[:=]|=>)\s{0,4}[\"'`][^\"'`\s]{3}",
    r"authorization.{0,24}bearer[\s:]*[\"'`&+]",
    r"(?:getenv|environ\.get|environ|process\.env)[\[(]\s{0,4}[\"'](?:sk|gsk|hf|org|AIza|pplx|xai)[-_]?[A-Za-z0-9]{8}",
    r"(?:^|\n)\s*(?:export\s+|set\s+|setx\s+)?[A-Z0-9_]{2,40}API_KEY\s*=",
)

# How a project fills its environment. The labels are what the project's rules know them by.
LOADERS = {
    "dotenv": r"dot(?:net)?env",
    "env_file": r"env[_-]?file|environmentfile",
    "environs": r"\benvirons\b",
    "decouple": r"\bdecouple\b",
    "django-environ": r"\benviron\.Env\b",
    "pydantic-settings": r"pydantic_settings|BaseSettings",
    "dynaconf": r"dynaconf",
    "source": r"(?:\bsource|^\.|[\n;&]\s*\.)\s+\S{0,60}\.env\b",
    "include": r"^\s*-?include\s+\S{0,60}\.env\b",
    "env-expansion": r"(?:xargs|set -a|grep).{0,80}\.env\b",
    "node": r"loadEnvFile|loadEnvConfig",
    "runner": r"direnv|pipenv|honcho|foreman|\bbun run\b|\bflask run\b|wrangler|vercel dev|netlify dev",
    "secrets": r"st\.secrets|userdata\.get|getpass|keyring|SecretManager|get_secret|getSecret|doppler|chamber|infisical|sops",
    "file": r"\.env[\"'`]\s*[,)]",
}


def load(extra: Mapping[str, Mapping[str, Any]] | None = None, *, cache: bool = True) -> triage.Triage:
    """The triage for the built-in providers and `extra` (as in the configuration), from the cache if it holds it."""
    key = _key(extra) if cache else ""
    ready = store.read("triage", key) if cache else None
    if ready is not None:
        database, table = ready
        written, names, known = table.split("\n")
        return triage.Triage(database, bytes.fromhex(written), names.split("\t"), known, key)
    from keylint import detectors
    from keylint.providers.catalogue import load as load_catalogue

    patterns = collect(load_catalogue(extra))
    database = build(patterns)
    kinds = bytes(pattern.kind for pattern in patterns)
    labels = [pattern.label for pattern in patterns]
    known = detectors.table()
    if cache:
        store.write("triage", key, database, f"{kinds.hex()}\n" + "\t".join(labels) + f"\n{known}")
    return triage.Triage(database, kinds, labels, known, key)


def collect(catalogue: Catalogue) -> list[Pattern]:
    """All patterns, in a fixed order."""
    patterns: list[Pattern] = []
    for key in catalogue.formats:
        if key.standalone:
            patterns.append(Pattern(triage.KEY, key.provider, key.anchor, 0))
    for expression in _encoded(key.prefix for key in catalogue.formats):
        patterns.append(Pattern(triage.ENCODED, "base64", expression, 0))
    for word in sorted(_words(catalogue)):
        patterns.append(Pattern(triage.WORD, word, _escape(word), ONCE))
    patterns += [
        Pattern(triage.CREDENTIAL, "literal", expression, ONCE | hyperscan.HS_FLAG_MULTILINE)
        for expression in CREDENTIALS
    ]
    patterns += [
        Pattern(triage.NOTE, label, expression, ONCE | hyperscan.HS_FLAG_MULTILINE)
        for label, expression in LOADERS.items()
    ]
    patterns.append(Pattern(triage.IGNORE, "keylint", r"keylint:\s{0,4}ignore", ONCE))
    from keylint import detectors

    patterns += [Pattern(triage.FOREIGN, *pattern) for pattern in detectors.patterns()]
    return patterns


def build(patterns: list[Pattern]) -> hyperscan.Database:
    """Compile patterns; one that Hyperscan supports only in part is used as a prefilter."""
    database = hyperscan.Database()
    flags = [pattern.flags | (0 if _supported(pattern) else hyperscan.HS_FLAG_PREFILTER) for pattern in patterns]
    database.compile(
        expressions=[pattern.expression.encode() for pattern in patterns],
        ids=list(range(len(patterns))),
        elements=len(patterns),
        flags=flags,
    )
    return database


def _supported(pattern: Pattern) -> bool:
    try:
        hyperscan.Database().compile(
            expressions=[pattern.expression.encode()], ids=[0], elements=1, flags=[pattern.flags]
        )
    except hyperscan.error:
        return False
    return True


def _words(catalogue: Catalogue) -> Iterable[str]:
    """Words that name a provider; one that contains another word of the set adds nothing."""
    words: set[str] = set()
    for provider in catalogue.providers.values():
        words.update(word.lower() for word in provider.words)
        words.update(host.removeprefix("*.").lower() for host in provider.hosts)
        words.update(name.lower() for names in provider.variables.values() for name in names)
        words.update(
            header.name.lower()
            for header in provider.headers
            if header.name.lower() not in ("authorization", "api-key")
        )
    words.discard("x-api-key")  # too many services use it
    return {word for word in words if not any(other != word and other in word for other in words)}


def _encoded(prefixes: Iterable[str]) -> list[str]:
    """Base64 of the keys' prefixes, as far as it does not depend on what follows, with enough after it to be a key."""
    import base64

    starts = {
        base64.b64encode(prefix.encode())[: len(prefix) * 8 // 6].decode() for prefix in prefixes if len(prefix) >= 3
    }
    return [
        f"{start}[A-Za-z0-9+/]{{24}}"
        for start in sorted(starts)
        if not any(start != other and start.startswith(other) for other in starts)
    ]


def _escape(word: str) -> str:
    return "".join(f"\\{char}" if not char.isalnum() and char not in "_ " else char for char in word)


def _key(extra: Mapping[str, Mapping[str, Any]] | None) -> str:
    """Everything the database depends on. Users' tables are few and small, so their text form will do."""
    from keylint.providers import raw_files

    parts = [_detectors().encode(), repr(extra or "").encode()]
    for source in (__file__, os.path.join(os.path.dirname(__file__), "detectors.py")):
        with open(source, "rb") as file:
            parts.append(file.read())
    parts += [part for name, raw in raw_files() for part in (name.encode(), raw)]
    return store.digest(parts)


def _detectors() -> str:
    """The detect-secrets that is installed, without importing it (or importlib.util): its folder and when it was made."""
    for folder in sys.path:
        place = os.path.join(folder, "detect_secrets")
        if os.path.isdir(place):
            return f"{place}:{os.stat(place).st_mtime_ns}"
    return "none"
