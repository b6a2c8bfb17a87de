"""Commands that are no check: explain, init, completions. `cli` hands them their arguments and its terminal."""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from keylint import outputs
from keylint.settings import ConfigError, Finder, Overrides
from keylint.terminal import CLEAN, FOUND, USAGE, agreed, colored, fail, out, say, stdin_bytes

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keylint.fixes import Change


def _write(lines: Iterable[str], *, people: bool = True) -> None:
    for line in lines:
        outputs.put(f"{line}\n", people=people)
    out("")


def run(options: argparse.Namespace) -> int:
    """Run the command that `options.command` names. Returns the exit code. Raises ConfigError."""
    commands = {"explain": _explain, "init": _init, "completions": _completions}
    return commands[options.command](options)


def _explain(options: argparse.Namespace) -> int:
    from keylint import explain
    from keylint.providers.schema import nearest
    from keylint.rules import RETIRED, all_rules, find

    word = " ".join(options.text).strip()
    rule = find(word)
    if rule is None:
        if not explain.is_rule_name(word):
            return _explain_error(options, word)
        retired = next((code for code, name in RETIRED.items() if word.upper() == code or word == name), "")
        if retired:
            return fail(f"{retired} {RETIRED[retired]} is retired: it reports nothing any more")
        hint = nearest(word, [name for rule in all_rules() for name in (rule.code, rule.name)])
        return fail(
            f"no rule is called {word!r}" + (f", did you mean {hint}?" if hint else "; `keylint rules` lists them")
        )
    if options.output_format == "json":
        _write([explain.as_json(rule)], people=False)
    else:
        _write(explain.terminal(rule, color=colored(options.color)))
    return CLEAN


def _explain_error(options: argparse.Namespace, text: str) -> int:
    """What an error means, and where it comes from; 2 for a text that is no known error."""
    from keylint.diagnosis import diagnose, places, shown
    from keylint.providers.catalogue import load
    from keylint.providers.schema import ProviderError

    if text == "-":
        text = stdin_bytes().decode("utf-8", "replace")
    if options.path is not None and not os.path.exists(options.path):
        return fail(f"{options.path}: No such file or directory")
    catalogue = load(Finder(Overrides()).of(_folder(options.path or ".")).providers or None)
    try:
        diagnosis = diagnose(text, catalogue)
    except ProviderError as error:
        raise ConfigError(str(error)) from None
    if diagnosis is None:
        if options.output_format == "json":
            _write([shown.as_json(None, None)], people=False)
        return fail("\n".join(shown.UNKNOWN))
    found = None
    if options.path is not None or places.is_project("."):
        found = places.look(options.path or ".", diagnosis, catalogue)
        diagnosis = diagnosis.seen({finding.code for finding in found.run.findings})
    if options.output_format == "json":
        _write([shown.as_json(diagnosis, found)], people=False)
    else:
        _write(shown.lines(diagnosis, found, color=colored(options.color)))
    return CLEAN


def _init(options: argparse.Namespace) -> int:
    """Show what would be written, ask, write. 1 if it was not written, 2 if it cannot be."""
    from keylint import fixes, git, setup, writing

    root = git.toplevel(".") or "."
    hooks = ["keylint" if name == "check" else f"keylint-{name}" for name in dict.fromkeys(options.hook or ["check"])]
    plan = setup.plan(os.path.relpath(root), hooks, options.ci)
    for change in plan.changes:
        _write(fixes.diff(change))
    for line in plan.told:
        say(f"keylint: {line}" if not line.startswith((" ", "-")) else line)
    if not plan.changes:
        return USAGE if plan.failed else CLEAN
    if not options.yes and not _agreed(f"Write {_named(plan.changes)}?"):
        return FOUND
    try:
        setup.write(plan.changes)
    except writing.NotWritten as error:
        return fail(str(error))
    say(f"keylint: wrote {_named(plan.changes)}")
    if any("pre-commit" in change.path for change in plan.changes):
        say("keylint: `pre-commit install` (or `prek install`) makes git run it")
    return USAGE if plan.failed else CLEAN


def _completions(options: argparse.Namespace) -> int:
    """What shtab makes of the parser; files and folders are completed where they are asked for."""
    try:
        import shtab
    except ImportError:
        return fail("completions need shtab: pip install 'keylint[completions]'")
    from keylint.cli import whole_parser

    parser = whole_parser()
    pending: list[argparse.ArgumentParser] = [parser]
    while pending:
        for action in pending.pop()._actions:  # noqa: SLF001  # argparse has no other way to them
            if action.metavar in ("PATH", "FILE"):
                action.complete = shtab.FILE  # type: ignore[attr-defined]
            if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001
                pending += action.choices.values()
    _write(shtab.complete(parser, options.shell).splitlines(), people=False)
    return CLEAN


def _named(changes: Sequence[Change]) -> str:
    return " and ".join(os.path.normpath(change.path) for change in changes)


def _agreed(question: str) -> bool:
    """Whether a person says yes; nobody does where nobody can be asked."""
    answer = agreed(question)
    if answer is None:
        say("keylint: nothing is written; --yes writes it")
    return bool(answer)


def _folder(path: str) -> str:
    path = os.path.abspath(path)
    return path if os.path.isdir(path) else os.path.dirname(path)
