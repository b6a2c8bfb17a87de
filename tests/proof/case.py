"""What a proof is: a program with a mistake, what is predicted of it, and what mends it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

SAFE = ("--fix",)
UNSAFE = ("--fix", "--unsafe-fixes", "--yes")
BY_HAND: tuple[str, ...] = ()


@dataclass(frozen=True)
class Proof:
    """One program that fails as predicted, and does not once it is mended.

    `status` is the HTTP status that the vendor answers with, None if no request is to arrive; `shows` is what the program
    prints of its failure. `fix` are keylint's options; a rule without a fix names in `mended` what its help tells to write.
    `absent` are variables that are not set in the first run, `provided` such as are set in both. `revoked` says that the
    program works until the key in it is revoked, `also` which other rules have something to say. In files ``«openai.key»``
    is a key that the vendor does not know, ``«live.openai»`` the one that it does.
    """

    rule: str
    client: str
    program: str
    files: Mapping[str, str]
    status: int | None
    shows: str
    fix: tuple[str, ...] = SAFE
    mended: Mapping[str, str] = field(default_factory=dict)
    vendor: str = "openai"
    absent: tuple[str, ...] = ()
    provided: Mapping[str, str] = field(default_factory=dict)
    revoked: bool = False
    also: tuple[str, ...] = ()
    variant: str = ""
    limits: tuple[str, ...] = ()  # the 429s that the API answers first, by their code
    survives: int = 0  # how many of them the mended program gets over
    quiet: bool = False  # the program does not show what the API answered

    @property
    def id(self) -> str:
        """What a test of it is called."""
        return "-".join(part.replace(" ", "-") for part in (self.rule, self.client, self.variant) if part)


def one(
    rule: str, client: str, program: str, text: str, status: int | None, shows: str, *, mended: str = "", **more: object
) -> Proof:
    """A proof of a single file."""
    hand = {"mended": {program: mended}, "fix": BY_HAND} if mended else {}
    return Proof(rule, client, program, {program: text}, status, shows, **hand, **more)  # type: ignore[arg-type]
