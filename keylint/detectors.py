"""Other vendors' secrets: detect-secrets' detectors, at triage speed.

Their own patterns join the Hyperscan database; a detector itself runs only on the lines that hit, and its finding has to
pass detect-secrets' own heuristics. Nothing is ever verified over the network. LLM keys are keylint's own business, so
the OpenAI detector is left out, and so are the detectors that know no vendor (entropy, keywords, public IP addresses).

detect-secrets brings an HTTP client, which takes ten times as long to load as a file takes to check. What its detectors are
made of is kept beside the compiled database, and it is loaded only for a detector that is more than its patterns.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import hyperscan

from keylint.lazy import regex
from keylint.model import Confidence, Foreign, Role, Span
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

LEFT_OUT = {"OpenAIDetector", "IPPublicDetector", "KeywordDetector", "Base64HighEntropyString", "HexHighEntropyString"}

# Patterns so general that they need more than themselves: the words, one of which the file must contain for the finding
# to be likely.
NEEDS = {
    "TwilioKeyDetector": ("twilio",),
    "TelegramBotTokenDetector": ("telegram", "bot"),
    "DiscordBotTokenDetector": ("discord", "bot"),
    "MailchimpDetector": ("mailchimp", "mandrill"),
    "ArtifactoryDetector": ("artifactory", "jfrog"),
    "CloudantDetector": ("cloudant",),
    "IbmCloudIamDetector": ("ibm",),
    "IbmCosHmacDetector": ("ibm",),
    "SoftlayerDetector": ("softlayer",),
}
# Shapes that are more often no secret at all than one: shown only on request.
DOUBTFUL = {
    "BasicAuthDetector",
    "JwtTokenDetector",
    "ArtifactoryDetector",
    "CloudantDetector",
    "IbmCloudIamDetector",
    "IbmCosHmacDetector",
    "SoftlayerDetector",
}

# The contextual patterns begin with "cloudant", "cl", "ibm" ... and cost more than all others together; what they cannot
# match without is a word, or a word and the form of the value.
CHEAPER = {
    "CloudantDetector": "cloudant",
    "SoftlayerDetector": "softlayer",
    "IbmCloudIamDetector": r"ibm.{0,24}key.{0,8}[\w-]{44}",
    "IbmCosHmacDetector": r"secret[-_]?(?:access)?[-_]?key.{0,8}[a-f0-9]{48}",
}

EXAMPLE = regex(r"example|sample|dummy|fake|placeholder|your|xxxx|0000|1234567|abcdef|test", re.IGNORECASE)
PEM = regex(
    r"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\n|\\r|[\s\"'+,|>:-])*(?:[A-Za-z-]+: [^\n]*\s+)*([A-Za-z0-9+/]{40})"
)
PUTTY = regex(r"PuTTY-User-Key-File-\d: [\w-]+\s*(?:\\[rn]|[\r\n])")

# The orders that nobody's secret is a stretch of, as detect-secrets has them.
_LETTERS, _DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "0123456789"
_ORDERS = (
    f"{_LETTERS}{_LETTERS}{_DIGITS}+/",
    f"{_DIGITS}{_LETTERS}{_LETTERS}+/",
    f"{_DIGITS}{_LETTERS}" * 2,
    _DIGITS * 2,
    f"{_DIGITS}ABCDEFABCDEF" * 2,
    f"{_LETTERS}=/",
)

_classes: dict[str, type[Any]] = {}


class Detector(Record):
    """What is kept of a detector: what it finds, in words; its patterns with their flags; whether it is nothing else."""

    kind: str
    patterns: tuple[tuple[str, int], ...]
    plain: bool

    @property
    def denylist(self) -> list[re.Pattern[str]]:
        """The patterns, compiled."""
        return [re.compile(pattern, flags) for pattern, flags in self.patterns]


def classes() -> dict[str, type[Any]]:
    """detect-secrets' pattern detectors by class name."""
    if not _classes:
        import importlib
        import inspect
        import pkgutil

        from detect_secrets import plugins
        from detect_secrets.plugins.base import RegexBasedDetector

        for info in pkgutil.iter_modules(plugins.__path__):
            module = importlib.import_module(f"detect_secrets.plugins.{info.name}")
            for name, value in vars(module).items():
                own = isinstance(value, type) and value.__module__ == module.__name__
                if (
                    own
                    and issubclass(value, RegexBasedDetector)
                    and not inspect.isabstract(value)
                    and name not in LEFT_OUT
                ):
                    _classes[name] = value
    return _classes


def patterns() -> list[tuple[str, str, int]]:
    """(detector, expression, Hyperscan flags) of every pattern that triage looks for."""
    result = []
    for name, detector in sorted(classes().items()):
        if name in CHEAPER:
            result.append((name, CHEAPER[name], hyperscan.HS_FLAG_CASELESS | hyperscan.HS_FLAG_SINGLEMATCH))
            continue
        for pattern in detector.denylist:
            flags = 0
            flags |= hyperscan.HS_FLAG_CASELESS if pattern.flags & re.IGNORECASE else 0
            flags |= hyperscan.HS_FLAG_DOTALL if pattern.flags & re.DOTALL else 0
            flags |= hyperscan.HS_FLAG_MULTILINE if pattern.flags & re.MULTILINE else 0
            verbose = "(?x)" if pattern.flags & re.VERBOSE else ""
            result.append((name, verbose + pattern.pattern, flags))
    return result


def table() -> str:
    """All detectors as a text on one line, for the cache."""
    import json

    from detect_secrets.plugins.base import RegexBasedDetector

    made = {
        name: (
            detector.secret_type,
            [(pattern.pattern, pattern.flags) for pattern in detector.denylist],
            detector.analyze_string is RegexBasedDetector.analyze_string,
        )
        for name, detector in classes().items()
    }
    return json.dumps(made)


@lru_cache(maxsize=4)
def detectors(text: str) -> Mapping[str, Detector]:
    """The detectors of a ``table``, by class name."""
    import json

    return {
        name: Detector(kind, tuple((pattern, flags) for pattern, flags in patterns), plain)
        for name, (kind, patterns, plain) in json.loads(text).items()
    }


def lines_with(name: str, text: str) -> Iterator[tuple[int, int]]:
    """The lines on which a detector can find anything, for the detectors that triage knows by a word."""
    for match in re.finditer(CHEAPER[name], text, re.IGNORECASE):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        yield start, len(text) if end < 0 else end


def examine(name: str, detector: Detector, text: str, lines: list[tuple[int, int]], role: Role) -> Iterator[Foreign]:
    """What one detector says of the lines that triage hit; `lines` are (start, end) in `text`, spans in characters."""
    words = NEEDS.get(name, ())
    exact = name not in DOUBTFUL and role not in (Role.TEST, Role.VENDORED, Role.GENERATED)
    sure = exact and (not words or (role is Role.PRODUCTION and any(word in text.lower() for word in words)))
    confidence = Confidence.LIKELY if sure else Confidence.POSSIBLE
    for start, end in lines:
        line = text[start:end]
        for left, right in sorted(set(_places(name, detector, line))):
            secret = line[left:right]
            if not _plausible(name, text, start + left, secret):
                continue
            if name != "PrivateKeyDetector" and (
                is_in_order(secret) or is_templated(secret) or EXAMPLE.search(secret) or _is_patterned(secret)
            ):
                continue
            yield Foreign(detector.kind, name, Span(start + left, start + right), confidence)


def _places(name: str, detector: Detector, line: str) -> Iterator[tuple[int, int]]:
    """Where a detector's patterns match what it reports: the whole token, or the group that holds the secret."""
    denylist = detector.denylist
    for pattern in denylist:
        for match in pattern.finditer(line):
            found = (
                finds(denylist, match.group())
                if detector.plain
                else any(True for _ in classes()[name]().analyze_string(match.group()))
            )
            if not found:
                continue
            groups = [index for index in range(1, (pattern.groups or 0) + 1) if match.group(index)]
            longest = max(groups, key=lambda index: len(match.group(index)), default=0)
            yield match.span(0 if re.fullmatch(r"[\w.\-+/=:]+", match.group()) else longest)


def finds(denylist: Iterable[re.Pattern[str]], text: str) -> bool:
    """Whether a detector that is nothing but its patterns finds anything in a text: all that matches, or a group's text."""
    return any(pattern.groups < 2 or any(match.groups()) for pattern in denylist for match in pattern.finditer(text))


def is_in_order(secret: str) -> bool:
    """Whether a text is a stretch of the alphabet, or of something like it; in either case of letters."""
    upper = secret.upper()
    return any(upper in order for order in _ORDERS)


def is_templated(secret: str) -> bool:
    """Whether a text stands in the brackets of a template, or is nothing."""
    around = secret[:1] + secret[-1:]
    return secret in ("", "$") or around in ("{}", "<>") or (secret[:2] == "${" and secret[-1:] == "}")


def _is_patterned(secret: str) -> bool:
    """Whether most of a text is runs of one character, as in AAAA1111BBBB2222: nobody was given that."""
    return 2 * sum(len(run.group()) for run in re.finditer(r"(.)\1\1+", secret)) > len(secret)


def _plausible(name: str, text: str, start: int, secret: str) -> bool:
    """More than the pattern: a private key has a body, a token is no stretch of something longer."""
    if name == "PrivateKeyDetector":
        around = text[max(start - 20, 0) : start + 400]
        return bool(PEM.search(around) or PUTTY.search(around))
    if name in ("BasicAuthDetector", "NpmDetector", "JwtTokenDetector"):
        return True
    if name == "AWSKeyDetector" and re.search(
        r"(?:X-Amz-Credential|AWSAccessKeyId)=$", text[max(start - 20, 0) : start]
    ):
        return False  # of a signed address, which carries the name of a key and no secret
    if "devstoreaccount1" in text[max(start - 200, 0) : start + 200]:
        return (
            False  # the one key of every Azurite: https://learn.microsoft.com/azure/storage/common/storage-use-azurite
        )
    if name == "AWSKeyDetector" and re.search(r"secret\w*SecretRef", text[start : start + 400], re.IGNORECASE):
        return False  # the name of a key, beside a reference to its secret
    before, after = text[start - 1 : start], text[start + len(secret) : start + len(secret) + 1]
    return not (before.isalnum() or after.isalnum() or (before and before in "+/=" and after and after in "+/="))
