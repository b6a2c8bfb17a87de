"""Keys that are encoded before something encodes them again, so that a program is given base64 for its key."""

from __future__ import annotations

import base64
import binascii
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Damage, EnvDefinition, Opaque, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.config import Setting
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

ENCODES = regex(r"\bbase64\b(?![^|)]*\s(?:-d|-D|-di|--decode)\b)|\bb64enc\b|\bbase64encode\(|ToBase64String")
_LITERAL = regex(
    r"--from-literal(?:=|\s+)[\"']?(?P<name>[A-Za-z_]\w*)=(?P<value>[\"']?(?:\$\([^\n]*?\)|`[^`\n]*`|\$\{?\w+\}?)[\"']?)(?=\s|$|\\)"
)
_SECRETS_DATA = regex(
    r"resource\s+\"kubernetes_secret(?:_v1)?\"[^{]*\{(?:[^{}]|\{[^{}]*\})*?\bdata\s*=\s*\{(?P<data>[^{}]*)\}"
)
_PAIR = regex(r"^\s*\"?(?P<name>[A-Za-z_]\w*)\"?\s*=\s*(?P<value>base64encode\([^\n]*)", re.MULTILINE)
_STRING_DATA = regex(r"^(?P<indent>[ ]*)stringData:[ \t]*\r?\n(?P<pairs>(?:(?P=indent)[ ]+[^\n]*\n?)+)", re.MULTILINE)
_FILLED = regex(r"^\s*(?P<name>[A-Za-z_]\w*):[ \t]*(?P<value>\{\{[^\n]*)", re.MULTILINE)


def in_commands(source: Source, catalogue: Catalogue) -> Iterator[EnvDefinition]:
    """``kubectl create secret … --from-literal=NAME=$(… | base64)``: it encodes by itself."""
    text = source.text
    for match in _LITERAL.finditer(text):
        value = match.group("value").strip("\"'")
        name = re.fullmatch(r"\$\{?(\w+)\}?", value)
        if name is not None:  # what the script gave the variable before
            made = re.findall(rf"^\s*(?:export\s+)?{name.group(1)}=(.*)$", text[: match.start()], re.MULTILINE)
            value = made[-1] if made else ""
        if ENCODES.search(value):
            yield from _made(source, catalogue, match.group("name"), match.span(), match.span("name"), "kubectl")


def in_terraform(source: Source, catalogue: Catalogue) -> Iterator[EnvDefinition]:
    """``data`` of a ``kubernetes_secret``, whose provider encodes it."""
    for block in _SECRETS_DATA.finditer(source.text):
        for pair in _PAIR.finditer(block.group("data")):
            at = block.start("data")
            value, name = ((at + start, at + end) for start, end in (pair.span("value"), pair.span("name")))
            yield from _made(source, catalogue, pair.group("name"), value, name, "the provider")


def in_templates(source: Source, catalogue: Catalogue) -> Iterator[EnvDefinition]:
    """Helm's ``stringData`` whose values are no YAML before they are filled in."""
    for block in _STRING_DATA.finditer(source.text):
        for pair in _FILLED.finditer(block.group("pairs")):
            if ENCODES.search(pair.group("value")):
                at = block.start("pairs")
                value, name = ((at + start, at + end) for start, end in (pair.span("value"), pair.span("name")))
                yield from _made(source, catalogue, pair.group("name"), value, name, "Kubernetes")


def in_setting(setting: Setting, catalogue: Catalogue) -> tuple[Damage, ...]:
    """A Secret's ``stringData`` that is encoded, or ``data`` that is twice."""
    text = setting.text or ""
    if "stringData" in setting.path[:-1] and ENCODES.search(text):
        return (_damage(setting.span, "Kubernetes"),)
    if "data" in setting.path[:-1]:
        inner = _decoded(_decoded(text))
        twice = len(re.findall(r"\bb64enc\b", text)) > 1
        if twice or (inner and catalogue.identify(inner) is not None):
            return (Damage("encoded", setting.span, "it is encoded twice: the program is given base64 for its key"),)
    return ()


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text.strip(), validate=True).decode("ascii").strip()
    except (binascii.Error, ValueError):
        return ""


def _damage(where: Span, who: str) -> Damage:
    return Damage("encoded", where, f"{who} encodes it again: the program is given base64 for its key")


def _made(
    source: Source, catalogue: Catalogue, name: str, where: tuple[int, int], named: tuple[int, int], who: str
) -> Iterator[EnvDefinition]:
    known = catalogue.variable(name)
    if known is None or not known[1].is_secret:
        return
    at, name_at = (
        Span(*(len(source.text[:offset].encode("utf-8", "surrogateescape")) for offset in span))
        for span in (where, named)
    )
    yield EnvDefinition(name, name_at, Opaque("in base64", at), at, "kubernetes", *known, (_damage(at, who),))
