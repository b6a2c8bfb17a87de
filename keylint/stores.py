"""References to secrets that a store keeps, in the forms that people write them, and who puts the secret in their place."""

from __future__ import annotations

import re

from keylint.lazy import regex

# What a reference begins with, by the store it is to.
_FORMS = {
    "AWS": r"arn:aws[\w-]*:(?:secretsmanager|ssm):|ssm://|secretsmanager://|aws-sm://",
    "Google Cloud": r"projects/[^/\s]+/secrets/|sm://|gcp:secretmanager:|berglas://",
    "1Password": r"op://",
    "Vault": r"vault:[\w-]+/|vault://",
    "Azure": r"@Microsoft\.KeyVault\(|https://[\w-]+\.vault\.azure\.net/secrets/",
    "vals": r"ref\+\w+://",
}
_REFERENCE = regex(
    r"\s*(?:" + "|".join(f"(?P<f{number}>{form})" for number, form in enumerate(_FORMS.values())) + ")", re.IGNORECASE
)
# What frameworks for deployment fill in: `${ssm:…}`, `{{resolve:secretsmanager:…}}`.
_FILLED = regex(r"\$\{(?:aws:)?(?:ssm|secretsmanager)(?:\([\w-]+\))?:|\{\{resolve:(?:ssm|ssm-secure|secretsmanager):")


def store_of(text: str) -> str:
    """The store that a text is a reference to, by its name; "" if it is none."""
    found = _REFERENCE.match(text)
    return next((name for name, hit in zip(_FORMS, found.groups(), strict=True) if hit), "") if found else ""


def is_constant(text: str) -> bool:
    """Whether a text is a reference to one secret in a store, whatever the environment it is used in."""
    filled = _FILLED.match(text.strip())
    rest = text.strip()[filled.end() :] if filled else text
    return bool(filled or store_of(text)) and not re.search(r"\$\{|\$\(|\{\{|\$[A-Za-z]|<", rest)
