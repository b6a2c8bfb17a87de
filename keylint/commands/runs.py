"""The commands besides `check` that run rules, and `merge`: their options and what they do. Loaded when one is called."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.outputs import put
from keylint.running import one_run, overrides, rule_options
from keylint.settings import Finder
from keylint.terminal import CLEAN, FOUND, USAGE, colored, fail, out, say

if TYPE_CHECKING:
    import argparse


def add_options(parser: argparse.ArgumentParser, command: str) -> None:
    """The options of a command."""
    own = {
        "baseline": _baseline_options,
        "history": _history_options,
        "merge": _merge_options,
        "doctor": _doctor_options,
    }
    own[command](parser)


def _doctor_options(parser: argparse.ArgumentParser) -> None:
    from keylint.commands import doctor

    doctor.add_options(parser)


def _baseline_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="files and folders (default: .)")
    add("--output", metavar="FILE", default="", help="the list (default: the configured one, .keylint-baseline.json)")
    add("--prune", action="store_true", help="accept nothing new; take out what is no longer found or has expired")
    add("--import", action="append", default=[], dest="imported", metavar="FILE", help="accept only what FILE accepts")
    add("--expires", metavar="DATE", default="", help="the last day of what is accepted now: 2030-12-31")
    add("--reason", metavar="TEXT", default="", help="why it is accepted, for people")
    add("--format", choices=("keylint", "detect-secrets"), default="keylint")
    rule_options(parser)
    parser.set_defaults(run=_baseline, force_exclude=False, baseline=[], no_baseline=True)


def _baseline(options: argparse.Namespace) -> int:
    from keylint import baseline, writing
    from keylint.baseline.command import Wanted, write

    finder = Finder(overrides(options))
    run = one_run(options, finder)
    settings = finder.of(os.getcwd())
    path = options.output or next((os.path.join(settings.root, name) for name in settings.baseline), baseline.NAME)
    wanted = Wanted(
        os.path.relpath(path), options.imported, options.expires, options.reason, options.prune, options.format
    )
    try:
        put(f"{write(run, baseline.scope(options.paths, finder, None), wanted)}\n", people=True)
    except writing.NotWritten as error:
        return fail(str(error), USAGE)
    return CLEAN


def _history_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("revisions", nargs="*", metavar="REV", help="commits and ranges, as for git log (default: all that has a name)")
    add("--baseline", action="append", default=[], metavar="FILE", help="leave out the secrets that FILE accepts")
    add("--output-format", choices=("full", "json"), default="full")
    rule_options(parser)
    add("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    add("--color", choices=("auto", "always", "never"), default="auto")
    parser.set_defaults(run=_history)


def _history(options: argparse.Namespace) -> int:
    from keylint.history import History

    asked = overrides(options)
    history = History(
        options.revisions,
        Finder(asked),
        asked.select,
        accepted=options.baseline,
        cache=not options.no_cache,
    )
    found = 0
    for text, number in history.lines(options.output_format, color=colored(options.color)):
        found += number
        options.code = FOUND if found and not options.exit_zero else CLEAN
        put(text, people=options.output_format == "full")
        out("")
    for remark in history.remarks:
        say(f"keylint: {remark}")
    return FOUND if found and not options.exit_zero else CLEAN


def _merge_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("files", nargs="+", metavar="FILE", help="what `check --output-format json` printed")
    parser.add_argument("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    parser.set_defaults(run=_merge)


def _merge(options: argparse.Namespace) -> int:
    from keylint import merging

    findings = merging.merged(options.files)
    options.code = FOUND if findings and not options.exit_zero else CLEAN
    put(f"{merging.text(findings)}\n", people=False)
    return int(options.code)
