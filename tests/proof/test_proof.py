"""Each program fails as keylint says it will, and works once it is mended. The table is in `table.py`."""

from __future__ import annotations

import base64
import json
import os
import pathlib
from typing import TYPE_CHECKING, Any

import pytest

from keylint import languages
from keylint.rules import all_rules
from tests.proof.machine import Machine, live, missing, variables
from tests.proof.table import PROOFS, UNPROVED, proved
from tests.samples import expand
from tests.tool import check, keylint, write

if TYPE_CHECKING:
    from tests.fake_api.exchange import Answer
    from tests.proof.case import Proof

IN_NODE = tuple(proof for proof in PROOFS if proof.client.startswith("node"))
ELSEWHERE = tuple(proof for proof in PROOFS if proof not in IN_NODE)


@pytest.mark.parametrize("proof", ELSEWHERE, ids=lambda proof: proof.id)
def test_fails_as_predicted_and_works_once_mended(proof: Proof, machine: Machine, project: pathlib.Path) -> None:
    if why := missing(proof.program):
        pytest.skip(why)
    prove(proof, machine, project)


@pytest.mark.xdist_group("node")  # one worker installs the packages
@pytest.mark.parametrize("proof", IN_NODE, ids=lambda proof: proof.id)
def test_fails_as_predicted_and_works_once_mended_in_node(
    proof: Proof, machine: Machine, project: pathlib.Path, node_modules: pathlib.Path
) -> None:
    os.symlink(node_modules, project / "node_modules", target_is_directory=True)
    prove(proof, machine, project)


def test_every_rule_is_proved_or_says_why_not() -> None:
    codes = {rule.code for rule in all_rules()}
    assert set(proved()) | set(UNPROVED) == codes
    assert not set(proved()) & set(UNPROVED)


def test_no_two_proofs_are_called_the_same() -> None:
    assert len({proof.id for proof in PROOFS}) == len(PROOFS)


def prove(proof: Proof, machine: Machine, folder: pathlib.Path) -> None:
    """A failure as predicted, the mistake mended, and then none."""
    write(folder, {name: filled(text) for name, text in proof.files.items()})
    provided = {**variables(proof.vendor), **{name: filled(text) for name, text in proof.provided.items()}}
    bare = {name: value for name, value in provided.items() if name not in proof.absent}
    account, revoked = machine.api.accounts[proof.vendor], expand(f"«{proof.vendor}.key»")

    findings = check(folder).findings
    assert {finding["code"] for finding in findings} == {proof.rule, *proof.also}
    findings = [finding for finding in findings if finding["code"] == proof.rule]

    if proof.revoked:
        account.keys.add(revoked)
        try:
            working = machine.run(proof.program, folder, bare)
        finally:
            account.keys.discard(revoked)
        assert (working.code, set(machine.api.answers)) == (0, {200}), working.printed
    machine.api.limits[:] = proof.limits
    before = machine.run(proof.program, folder, bare)
    machine.api.limits.clear()
    assert before.code != 0, before.printed
    assert proof.shows in before.printed
    assert proof.quiet or not proof.status or str(proof.status) in before.printed
    assert set(machine.api.answers) == ({proof.status} if proof.status else set()), before.printed
    for finding in findings:
        agrees(finding, proof, [] if proof.quiet else machine.api.given, before.printed)

    explains(proof, before.printed, folder)

    if proof.fix:
        keylint("check", *proof.fix, ".", folder=folder)
    write(folder, {name: filled(text) for name, text in proof.mended.items()})
    for path in folder.iterdir():
        language = languages.of(path.name) if path.is_file() else None
        assert not language or not languages.adapter(language).broken(path.read_bytes()), path.name
    assert proof.rule not in check(folder).codes

    machine.api.limits[:] = proof.limits[: proof.survives]
    after = machine.run(proof.program, folder, provided)
    machine.api.limits.clear()
    assert (after.code, machine.api.answers) == (0, [429] * proof.survives + [200]), after.printed


def explains(proof: Proof, printed: str, folder: pathlib.Path) -> None:
    """That `keylint explain` leads from what was printed to the finding."""
    result = keylint("explain", "--output-format", "json", "--path", ".", "-", folder=folder, stdin=printed.encode())
    assert result.code == 0, printed
    told = json.loads(result.out)
    assert any(proof.rule in cause["rules"] for cause in told["causes"]), (told, printed)
    assert proof.rule in {finding["code"] for finding in told["findings"]}, (told, printed)


def agrees(finding: dict[str, Any], proof: Proof, given: list[Answer], printed: str) -> None:
    """That a finding's outcome is what happened: the answer's status and what it calls the error, or what was printed."""
    outcome = finding["outcome"]
    for answer in given:
        assert str(answer.status) in outcome
        named = (answer.code, answer.message.split(". ")[0].rstrip("."), answer.message.split(":")[0])
        assert any(name and name in outcome for name in named), (outcome, answer)
    if not given:
        assert proof.shows in outcome, (outcome, printed)


def filled(text: str) -> str:
    """A text with its made-up keys put in."""
    text = text.replace("«live.openai.base64»", base64.b64encode(live("openai").encode()).decode())
    for vendor in ("openai", "azure", "anthropic", "gemini"):
        text = text.replace(f"«live.{vendor}»", live(vendor))
    return expand(text)
