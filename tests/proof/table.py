"""Which rule is proved by which run. Importing this runs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.proof import failures, node, others, python_http, python_sdks, shell

if TYPE_CHECKING:
    from tests.proof.case import Proof

PROOFS: tuple[Proof, ...] = (
    *python_sdks.PROOFS,
    *python_http.PROOFS,
    *node.PROOFS,
    *shell.PROOFS,
    *others.PROOFS,
    *failures.PROOFS,
)

# Rules that no run of a program against an API can prove, and why.
UNPROVED = {
    "KL001": "it is about keylint's own comments",
    "KL110": "other services' secrets: none of their APIs is faked here",
    "KL508": "it takes Docker",
    "KL601": "the key leaks, and the program works",
    "KL602": "the key leaks, and the program works",
    "KL603": "the key leaks, and the program works",
    "KL307": "no vendor documents what it answers to both; it is possible only",
    "KL404": "which of the two IDs is wrong only their owner knows; what a wrong one is answered is proved with KL402",
    "KL509": "the address that the variable should lead to is not faked here",
    "KL512": "it takes GitHub's runners",
    "KL513": "it takes GitHub's runners",
    "KL514": "it takes Docker",
    "KL515": "it takes Kubernetes",
    "KL517": "it takes a bundler and a browser, Cloudflare's runtime or Laravel",
    "KL518": "it takes Kubernetes",
    "KL604": "the key leaks, and the program works",
    "KL605": "the key leaks, and the program works",
    "KL606": "the key leaks, and the program works",
    "KL607": "the key leaks, and the program works",
    "KL702": "a program that does not end has no outcome to compare",
    "KL703": "the fake counts requests, and no minutes",
    "KL706": "the fake sets no limit on requests at one moment",
    "KL801": "the key leaks, and the program works",
    "KL802": "it takes GitHub's runners or Kubernetes",
}


def proved() -> dict[str, list[str]]:
    """The clients that each rule's prediction was observed with, by the rule's code."""
    found: dict[str, list[str]] = {}
    for proof in sorted(PROOFS, key=lambda proof: proof.rule):
        clients = found.setdefault(proof.rule, [])
        if proof.client not in clients:
            clients.append(proof.client)
    return found
