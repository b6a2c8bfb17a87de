"""A secret of another service is written into a file.

Found by a detector of detect-secrets: keys of cloud providers, code hosting, payment, chat and mail services, private keys.

Take it out, and revoke it: it is in git's history from the first commit on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Foreign, Problem, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context


def check(secret: Foreign, context: Context) -> Iterator[Problem]:
    """Everything the detectors report, except where secrets belong."""
    if context.source.language == "dotenv" and context.role is not Role.TEMPLATE:
        return
    yield Problem(
        secret.span,
        f"{secret.kind} written into the file",
        "whoever can read the file can use it",
        "take it out of the file and revoke it where it was made",
        cause=secret.span,
        confidence=secret.confidence,
    )


RULE = Rule(
    "KL110",
    "foreign-secret",
    (Foreign,),
    check,
    __doc__,
    rank=5,
    secret=True,
    examples=(
        bad("python", 'aws_access_key_id = "⟦«aws»⟧"\n'),
        bad("text", "token: ⟦«github»⟧\n", path="notes.txt"),
        good("python", 'aws_access_key_id = "AKIAIOSFODNN7EXAMPLE"\n', why="Amazon's own example"),
        good(
            "python",
            'if "-----BEGIN PRIVATE KEY-----" in text:\n    raise ValueError\n',
            why="the words, without a key",
        ),
    ),
)
