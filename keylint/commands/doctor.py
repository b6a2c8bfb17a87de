"""`keylint doctor`: its options, and what it does with them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint import outputs
from keylint.model import Severity
from keylint.settings import Finder, Overrides
from keylint.terminal import CLEAN, FOUND, NOTHING, agreed, colored, fail, say

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from keylint.doctor.examining import Examination, Patient


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options of the command."""
    add = parser.add_argument
    add("path", nargs="?", default=".", metavar="PATH", help="the folder in which the program is started (default: .)")
    add("--provider", action="append", default=[], metavar="NAME", help="only this one: openai, azure, anthropic, …")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--env-file", action="append", default=[], metavar="FILE", help="the program is given FILE")
    where.add_argument("--service", default="", metavar="NAME", help="it runs as this service of compose")
    where.add_argument("--job", default="", metavar="NAME", help="in this job of a workflow: test, or ci.yml:test")
    where.add_argument(
        "--manifest", default="", metavar="FILE", help="in the containers of this manifest of Kubernetes"
    )
    add(
        "--environment", default="", metavar="NAME", help="with the files of this environment: staging for .env.staging"
    )
    add("--max-age", type=int, default=0, metavar="DAYS", help="warn of keys whose line in git is older")
    add("--online", action="store_true", help="ask the API: one request, after it was said what goes where")
    add("--model", default="", metavar="NAME", help="with --online: whether the key may use this model")
    add(
        "--generate",
        action="store_true",
        help="with --model: have it say one word, which alone shows whether there is money",
    )
    add("--host", action="append", default=[], metavar="NAME", help="with --online: a host that the key may be sent to")
    add("--timeout", type=float, default=20.0, metavar="SECONDS", help="with --online: for each request (default: 20)")
    add("--yes", "-y", action="store_true", help="with --online: send without being asked")
    add(
        "--plan-rotation",
        nargs="?",
        const="",
        metavar="KEY",
        help="list where a key stands, in the order in which to replace it: a variable, or a key's fingerprint",
    )
    add("--output-format", choices=("text", "json"), default="text")
    add("--color", choices=("auto", "always", "never"), default="auto")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Examine, and report. 0: nothing is wrong; 1: something is; 3: there is nothing that sends a key. Raises ConfigError."""
    from keylint.doctor import shown
    from keylint.doctor.examining import Examination, Wanted

    if (options.generate and not options.model) or (options.model and not options.online):
        return fail("--generate needs --model, and both need --online")
    examination = Examination(Wanted.of(options), Finder(Overrides()), os.environ)
    if options.plan_rotation is not None:
        return _rotation(options, examination)
    patients = examination.patients()
    if not patients:
        return fail("nothing here sends a key, or reads a variable that would hold one", NOTHING)
    if options.online:
        _ask(options, patients)
    options.code = FOUND if any(_is_ill(patient) for patient in patients) else CLEAN  # should nobody read to the end
    if options.output_format == "json":
        outputs.put(f"{shown.as_json(patients)}\n", people=False)
    else:
        for line in shown.lines(patients, color=colored(options.color)):
            outputs.put(f"{line}\n", people=True)
    return int(options.code)


def _is_ill(patient: Patient) -> bool:
    return any(problem.severity is not Severity.INFO for problem in patient.problems)


def _rotation(options: argparse.Namespace, examination: Examination) -> int:
    from keylint.doctor import rotation

    plans = rotation.plans(examination, options.plan_rotation)
    if not plans:
        return fail(
            "no such key here" if options.plan_rotation else "no key stands in the files of this project", NOTHING
        )
    if options.output_format == "json":
        outputs.put(f"{rotation.as_json(plans)}\n", people=False)
    else:
        for line in rotation.lines(plans):
            outputs.put(f"{line}\n", people=True)
    return CLEAN


def _ask(options: argparse.Namespace, patients: Sequence[Patient]) -> None:
    """Ask the APIs, after a yes. What cannot be asked is said."""
    from keylint.doctor import asking

    for patient in patients:
        request = asking.request(patient, options.model, options.host, generate=options.generate)
        if isinstance(request, str):
            patient.told.append(f"not asked: {request}")
            continue
        say(f"keylint: {request.told}")
        if not (options.yes or agreed("Send it?")):
            patient.told.append("not asked: nobody said yes; --yes does")
            continue
        asking.ask(patient, request, options.timeout)
