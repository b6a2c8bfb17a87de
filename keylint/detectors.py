"""Other vendors' secrets: detect-secrets' detectors, at triage speed.

Their own patterns join the Hyperscan database; a detector itself runs only on the lines that hit, and its finding has to
pass detect-secrets' own heuristics. Nothing is ever verified over the network. LLM keys are keylint's own business, so
the OpenAI detector is left out, and so are the detectors that know no vendor (entropy, keywords, public IP addresses).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import hyperscan

from keylint.lazy import regex
from keylint.model import Confidence, Foreign, Role, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

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

_classes: dict[str, type[Any]] = {}


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


def lines_with(name: str, text: str) -> Iterator[tuple[int, int]]:
    """The lines on which a detector can find anything, for the detectors that triage knows by a word."""
    for match in re.finditer(CHEAPER[name], text, re.IGNORECASE):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        yield start, len(text) if end < 0 else end


def examine(name: str, text: str, lines: list[tuple[int, int]], role: Role) -> Iterator[Foreign]:
    """What one detector says of the lines that triage hit; `lines` are (start, end) in `text`, spans in characters."""
    from detect_secrets.filters import heuristic

    detector = classes()[name]()
    words = NEEDS.get(name, ())
    exact = name not in DOUBTFUL and role not in (Role.TEST, Role.VENDORED, Role.GENERATED)
    sure = exact and (not words or (role is Role.PRODUCTION and any(word in text.lower() for word in words)))
    confidence = Confidence.LIKELY if sure else Confidence.POSSIBLE
    for start, end in lines:
        line = text[start:end]
        for left, right in sorted(set(_places(detector, line))):
            secret = line[left:right]
            if not _plausible(name, text, start + left, secret):
                continue
            if name != "PrivateKeyDetector" and (
                heuristic.is_sequential_string(secret)
                or heuristic.is_templated_secret(secret)
                or EXAMPLE.search(secret)
                or _is_patterned(secret)
            ):
                continue
            yield Foreign(detector.secret_type, name, Span(start + left, start + right), confidence)


def _places(detector: Any, line: str) -> Iterator[tuple[int, int]]:
    """Where a detector's patterns match what it reports: the whole token, or the group that holds the secret."""
    for pattern in detector.denylist:
        for match in pattern.finditer(line):
            if not any(True for _ in detector.analyze_string(match.group())):
                continue
            groups = [index for index in range(1, (pattern.groups or 0) + 1) if match.group(index)]
            longest = max(groups, key=lambda index: len(match.group(index)), default=0)
            yield match.span(0 if re.fullmatch(r"[\w.\-+/=:]+", match.group()) else longest)


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
