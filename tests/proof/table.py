"""Which rule is proved by which run. Importing this runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proof import node, others, python_http, python_sdks, shell

if TYPE_CHECKING:
    from tests.proof.case import Proof

PROOFS: tuple[Proof, ...] = (
    *python_sdks.PROOFS,
    *python_http.PROOFS,
    *node.PROOFS,
    *shell.PROOFS,
    *others.PROOFS,
)

# Rules that no run of a program against an API can prove, and why.
UNPROVED = {
    "KL001": "it is about keylint's own comments",
    "KL110": "other services' secrets: none of their APIs is faked here",
    "KL508": "it takes Docker",
    "KL601": "the key leaks, and the program works",
    "KL602": "the key leaks, and the program works",
    "KL603": "the key leaks, and the program works",
}


def proved() -> dict[str, list[str]]:
    """The clients that each rule's prediction was observed with, by the rule's code."""
    found: dict[str, list[str]] = {}
    for proof in sorted(PROOFS, key=lambda proof: proof.rule):
        clients = found.setdefault(proof.rule, [])
        if proof.client not in clients:
            clients.append(proof.client)
    return found
