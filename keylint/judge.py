"""What a text that stands where a key belongs really is: a key, a placeholder, a name, a template, damage ...

The words that secret scanners use to keep placeholders out of their reports are used here to find them: for someone whose
call answers 401 the placeholder is the mistake.
"""

from __future__ import annotations

import re
from enum import Enum
from functools import lru_cache
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Slot
from keylint.record import Record

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import KeyFormat


class Kind(str, Enum):
    """What a text is."""

    KEY = "key"  # has the shape of a key
    EMPTY = "empty"
    MISSING = "missing"  # "None", "undefined": nothing, turned into a word
    TEMPLATE = "template"  # "${OPENAI_API_KEY}", left as it is
    CODE = "code"  # "os.getenv('X')", in quotes
    NAME = "name"  # "OPENAI_API_KEY": the name of a variable, not its value
    PLACEHOLDER = "placeholder"
    DAMAGED = "damaged"  # a key with something around or inside it
    SHORT = "short"  # begins like a key and stops too early
    URL = "url"
    REFERENCE = "reference"  # "op://vault/item", "ENC[…]": something else puts the value in
    WORD = "word"  # nothing that can be named, but no key of this vendor


class Judgement(Record):
    """`kind`, what made it so, and the key's format where there is one."""

    kind: Kind
    detail: str = ""
    format: KeyFormat | None = None


TEMPLATES = regex(
    r"\$\{\{[^}]*\}\}|\{\{[^}]*\}\}|<%=?[^%]*%>|\$\{[^}]*\}|\$\([^)]*\)|#\{[^}]*\}|\\\([A-Za-z_][\w.]*\)"
    r"|\$env:[A-Za-z_]\w*|\$[A-Za-z_]\w*(?:\[[\"']?\w+[\"']?\])?|%[A-Za-z_]\w*%|\{[A-Za-z_][\w.\[\]\"'() -]*\}"
)
CODE = regex(
    r"os\.environ|os\.getenv|process\.env|import\.meta\.env|System\.getenv|Environment\.GetEnvironmentVariable|Deno\.env|Bun\.env"
    r"|ENV(?:\.fetch)?[\[(]|\bcredentials\([\"']|getenv\(|config\([\"']|env\([\"']|userdata\.get\(|st\.secrets|secrets\.[A-Z_]{3,}|environ\[",
)
REFERENCE = regex(
    r"^\s*(?:op://|vault:|ref\+|sm://|ssm:|arn:aws|ENC[\[(]|enc(?:rypted)?:|env:|os\.environ/|secretref:|file:|sops|\$secret|secret://|keyring:|aws-sm|infisical|doppler|azurekeyvault)",
    re.IGNORECASE,
)
# What says of itself that it is no key is there to see the call fail.
ON_PURPOSE = regex(
    r"(?:not[-_ ]?a[-_ ]?(?:real|valid)|bad|invalid|wrong|incorrect|bogus|broken)[-_ ]?(?:api[-_ ]?)?(?:key|token)$",
    re.IGNORECASE,
)
_MISSING = {"none", "null", "undefined", "nil", "nan", "true", "false", "[object object]", "(null)", "n/a"}
_NAME = regex(
    r"^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+$|^(?:[a-z]+_)+api_key$|^[a-z]+(?:Api|API)?Key$|^api_?key$|^API[_-]?KEY$|^APIKEY$"
)
_NAME_WORD = regex(r"KEY|TOKEN|SECRET|API|AUTH|OPENAI|CREDENTIAL", re.IGNORECASE)
_PLACEHOLDER = regex(
    r"\byour|your[-_ ]|[-_ ]your|^my[-_ ]|(?:^|[-_ ])(?:insert|replace|enter|paste|put|add|type|fill|provide|change"
    r"|set)[-_ ]|change.?me|replace.?me|(?:goes|key|token|it)[-_ ]?here|here$"
    r"|x{4,}|^x{2,}$|\.{3}|…|\*{3,}|•|_{4,}|-{4,}|todo|fixme|example|sample|dummy|fake|placeholder|redacted"
    r"|secret[-_ ]?(?:here|goes)|^(?:foo|bar|baz|abc|asdf|test|secret|key|token|password|string|value|hidden|empty"
    r"|unset|tbd)\d*$"
    r"|^<.*>$|^\[.*\]$|^\(.*\)$|^\{.*\}$|^#+$|^0+$|(?:^|[-_])(?:test|mock|invalid|bogus|not[-_]?(?:a|needed|required"
    r"|used|real|set))(?:[-_]|$)|not.?needed|no.?key|api[-_ ]?key$|^sk-?$|clave|schl[uü]ssel|cl[eé][-_ ]api|chave",
    re.IGNORECASE,
)
_SEQUENCES = (
    "abcdefghijklmnopqrstuvwxyz",
    "zyxwvutsrqponmlkjihgfedcba",
    "01234567890123456789",
    "98765432109876543210",
    "qwertyuiopasdfghjklzxcvbnm",
)
_RUNS = frozenset(sequence[at : at + 4] for sequence in _SEQUENCES for at in range(len(sequence) - 3))
_WRAPPERS = "\"'`<>[](){}“”‘’„«»,;: \t\r\n\u200b\ufeff\u00a0"
_CURLY = "“”‘’„‟«»′″"
_SCHEME = regex(r"^\s*(?:authorization\s*:\s*)?(?:bearer|token|basic)[\s:]+", re.IGNORECASE)
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"


def judge(text: str, catalogue: Catalogue, provider: str = "", slot: Slot = Slot.API_KEY) -> Judgement:
    """What `text` is, where a key of `provider` ("" for any) belongs."""
    stripped = text.strip()
    if not stripped:
        return Judgement(Kind.EMPTY, "blank" if text else "")
    format = catalogue.identify(text, provider)
    if format is not None and is_random(text, format):
        return Judgement(Kind.KEY, format=format)
    if stripped.lower() in _MISSING:
        return Judgement(Kind.MISSING, stripped)
    damage = _damage(text, catalogue, provider)
    if damage is not None:
        return damage
    if REFERENCE.match(text):
        return Judgement(Kind.REFERENCE)
    if CODE.search(text) and not stripped.startswith("${{"):
        return Judgement(Kind.CODE, text)
    template = TEMPLATES.search(text)
    if template and not (template.group().startswith("{") and " " in template.group()):
        return Judgement(Kind.TEMPLATE, template.group())
    if is_variable_name(text, catalogue):
        return Judgement(Kind.NAME, text)
    if is_placeholder(text):
        return Judgement(Kind.PLACEHOLDER, text)
    if re.match(r"https?://", stripped):
        return Judgement(Kind.URL)
    if format is not None:
        return Judgement(Kind.PLACEHOLDER, text)  # the shape of a key, but nothing random in it
    if text.startswith("sk-") and len(text) < 40:
        return Judgement(Kind.SHORT if re.fullmatch(r"sk-[\w-]+", text) else Kind.PLACEHOLDER, text)
    return Judgement(Kind.WORD)


def _damage(text: str, catalogue: Catalogue, provider: str) -> Judgement | None:
    """A key inside something that does not belong there."""
    scheme = _SCHEME.match(text)
    core = (text[scheme.end() :] if scheme else text).strip(_WRAPPERS)
    format = catalogue.identify(core, provider)
    if format is not None and core != text and is_random(core, format):
        return Judgement(Kind.DAMAGED, _what_is_wrong(text, core, scheme is not None), format)
    if scheme and TEMPLATES.search(text) is None:
        return Judgement(Kind.DAMAGED, "the scheme")
    if any(char in text for char in _DASHES) and re.match(rf"sk[{_DASHES}-]", text):
        return Judgement(Kind.DAMAGED, "a dash that is no hyphen")
    squeezed = re.sub(r"\s+", "", text)
    format = catalogue.identify(squeezed, provider)
    if format is not None and squeezed != text and is_random(squeezed, format):
        return Judgement(Kind.DAMAGED, "white space inside", format)
    return None


def _what_is_wrong(text: str, core: str, scheme: bool) -> str:
    around = text.replace(core, "", 1)
    if scheme:
        return "the scheme"
    if any(char in around for char in _CURLY):
        return "curly quotes"
    if any(char in around for char in "\"'`"):
        return "quotes"
    if "\n" in around or "\r" in around:
        return "a line end"
    if any(char in around for char in "\u200b\ufeff\u00a0"):
        return "an invisible character"
    if around.strip() == "":
        return "white space"
    if any(char in around for char in "<>[](){}"):
        return "brackets"
    return "punctuation"


def is_variable_name(text: str, catalogue: Catalogue | None = None) -> bool:
    """Whether a text is the name of a variable that would hold a key."""
    if catalogue is not None and catalogue.variable(text):
        return True
    return (
        bool(_NAME.match(text) and _NAME_WORD.search(text))
        and not re.match(
            r"^(?:your|my|enter|insert|add|put|replace|paste|set|change|test|fake|dummy|mock|no|none|empty|unused|not"
            r"|coloque|insira|digite|sua|ingres[ae]|introduce|pon|coloca|tu|inserisci|votre|mettez|dein|hier)_",
            text,
            re.IGNORECASE,
        )
        and not text.endswith("_HERE")
    )


def is_placeholder(text: str) -> bool:
    """Whether a text asks to be replaced, or is made up."""
    if _PLACEHOLDER.search(text):
        return True
    if not text.isascii():
        return True
    body = re.sub(r"^(?:sk|gsk|hf|xai|pplx|nvapi|AIza)[-_](?:proj-|ant-|or-)?", "", text)
    return len(body) >= 4 and (len(set(body)) <= 2 or _sequential(body))


def _takes_turns(body: str) -> bool:
    """Letters in their order and digits in theirs, by turns: abc123def456."""
    parts = re.sub(r"[^A-Za-z]", "", body), re.sub(r"[^0-9]", "", body)
    return all(len(part) >= 8 and _sequential(part) for part in parts)


def _sequential(body: str) -> bool:
    """Runs along the alphabet, the digits or the keyboard for most of its length."""
    lower = re.sub(r"[^a-z0-9]", "", body.lower())
    if _RUNS.isdisjoint(map("".join, zip(lower, lower[1:], lower[2:], lower[3:], strict=False))):
        return False  # the usual case, for which the rest is slow
    covered = 0
    at = 0
    while at < len(lower):
        longest = 0
        for sequence in _SEQUENCES:
            start = sequence.find(lower[at])
            length = 0
            while (
                start >= 0
                and at + length < len(lower)
                and start + length < len(sequence)
                and sequence[start + length] == lower[at + length]
            ):
                length += 1
            longest = max(longest, length)
        covered += longest if longest >= 4 else 0
        at += max(longest, 1)
    return len(lower) >= 4 and covered >= 0.6 * len(lower)


@lru_cache(maxsize=1024)
def is_random(text: str, format: KeyFormat) -> bool:
    """Whether the part of a key-shaped text behind its prefix can be a real one."""
    body = text[len(format.prefix) :] if format.prefix and text.startswith(format.prefix) else text
    body = re.sub(r"^(?:proj|svcacct|admin|None|service|ant|api\d\d|or|v1)-", "", body).replace("T3BlbkFJ", "")
    if re.search(r"(.)\1{5}", body) or len(set(body)) < (8 if format.standalone else 6):
        return False
    if (
        re.search(r"your|example|placeholder|xxxx|dummy|fake|redacted|insert|replace|change", body, re.IGNORECASE)
        and len(body) < 64
    ):
        return False
    if _sequential(body) or _takes_turns(body):
        return False
    if re.fullmatch(r"[a-z]+(?:[-_][a-z]+){2,}[-_]?\d*", body):
        return False  # words joined by hyphens are names of things
    return any(char.isdigit() for char in body) or not (format.random or not format.standalone)
