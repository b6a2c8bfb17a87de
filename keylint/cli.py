"""The command line: arguments to settings, settings to the engine, findings to a report. Nothing else prints."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from keylint import __version__
from keylint.settings import CONFIDENCES, ConfigError, Finder, Overrides

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from keylint.engine import Run
    from keylint.workspace import File

CLEAN, FOUND, USAGE, NOTHING, INTERNAL = 0, 1, 2, 3, 4
MANY = 2000  # files: from here on a terminal is shown how far the check is
BAR = 30  # characters


def main(arguments: Sequence[str] | None = None) -> int:
    """Run keylint. Returns the exit code: 0 nothing found, 1 findings, 2 wrong call, 3 nothing checked, 4 internal error."""
    try:
        options = _parser().parse_args(arguments)
        return int(options.run(options))
    except ConfigError as error:
        return _fail(str(error), USAGE)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return INTERNAL
    except RecursionError:
        return _fail("internal error: nested too deep", INTERNAL)
    except Exception as error:
        if os.environ.get("KEYLINT_TRACEBACK"):
            raise
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where is not None else "?"
        return _fail(f"internal error: {type(error).__name__} in {place} (please report it)", INTERNAL)


def _fail(message: str, code: int) -> int:
    _say(f"keylint: {message}")
    return code


def _say(message: str) -> None:
    print(message.encode("utf-8", "replace").decode(), file=sys.stderr)


def _help(prog: str) -> argparse.HelpFormatter:
    """Help of a fixed width: asking for the terminal's would import shutil on every run."""
    return argparse.HelpFormatter(prog, max_help_position=28, width=100)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "keylint",
        formatter_class=_help,
        description="Finds the line that makes an LLM API answer 401, and the key that leaks, before the program runs.",
    )
    parser.add_argument("--version", action="version", version=f"keylint {__version__}")
    commands = parser.add_subparsers(prog="keylint", title="commands", required=True, metavar="COMMAND")
    _check_parser(commands.add_parser("check", formatter_class=_help, help="check files and folders"))
    rules = commands.add_parser("rules", formatter_class=_help, help="list all rules")
    rules.add_argument("--output-format", choices=("text", "json"), default="text")
    rules.set_defaults(run=_rules)
    explain = commands.add_parser("explain", formatter_class=_help, help="explain a rule, or an error of an API")
    explain.add_argument(
        "text",
        nargs="+",
        metavar="RULE|ERROR",
        help="a rule's code or name, or an error as it was printed; - for standard input",
    )
    explain.add_argument(
        "--path",
        metavar="PATH",
        help="the project in which the error comes up (default: the folder you are in, if it is one)",
    )
    explain.add_argument("--output-format", choices=("text", "json"), default="text")
    explain.add_argument("--color", choices=("auto", "always", "never"), default="auto")
    explain.set_defaults(run=_elsewhere, command="explain")
    init = commands.add_parser("init", formatter_class=_help, help="write the hook into .pre-commit-config.yaml")
    init.add_argument(
        "--hook", action="append", choices=("check", "fix", "project"), help="which hooks (default: check)"
    )
    init.add_argument("--ci", choices=("github", "gitlab"), default="", help="the step of the CI too")
    init.add_argument("--yes", "-y", action="store_true", help="write without being asked")
    init.set_defaults(run=_elsewhere, command="init")
    completions = commands.add_parser("completions", formatter_class=_help, help="print completions for a shell")
    completions.add_argument("shell", choices=("bash", "fish", "powershell", "tcsh", "zsh"))
    completions.set_defaults(run=_elsewhere, command="completions")
    return parser


def _check_parser(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="files and folders; - for standard input (default: .)")
    add("--fix", action="store_true", help="apply the safe fixes")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: the unsafe ones too")
    add("--yes", "-y", action="store_true", help="with --fix --unsafe-fixes: move keys to .env without being asked")
    add("--diff", action="store_true", help="show what --fix would change, and change nothing")
    add("--output-format", choices=("full", "concise", "json"), default="full")
    add(
        "--select",
        type=_words,
        metavar="RULES",
        help="run these rules only: codes, beginnings of codes, names, ALL, PROJECT",
    )
    add("--extend-select", type=_words, default=(), metavar="RULES", help="run these rules too")
    add("--ignore", type=_words, default=(), metavar="RULES", help="leave these rules out")
    add(
        "--exclude",
        type=_words,
        default=(),
        metavar="PATTERNS",
        help="leave these files out of the folders that are checked",
    )
    add("--force-exclude", action="store_true", help="leave excluded files out even if they are named")
    add("--min-confidence", choices=CONFIDENCES, default="")
    add("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    add("--stdin-filename", metavar="NAME", help="the name of what comes from standard input")
    add("--config", metavar="FILE", default="", help="use this configuration and no other")
    add("--isolated", action="store_true", help="use no configuration file")
    add("--no-cache", action="store_true", help="neither read nor write keylint's cache")
    add("--color", choices=("auto", "always", "never"), default="auto")
    parser.set_defaults(run=_check)


def _words(text: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(",") if word.strip())


# -------------------------------------------------------------------------------------------------------------- check


def _check(options: argparse.Namespace) -> int:
    finder = Finder(_overrides(options))
    if "-" in options.paths or options.stdin_filename:
        return _check_stdin(options, finder)
    run = _one_run(options, finder)
    fixed = 0
    if options.fix and not options.diff:
        from keylint.mending import Mending

        mending = Mending(lambda: _one_run(options, finder), _say, unsafe=options.unsafe_fixes, yes=options.yes)
        run = mending.mend(run)
        fixed = mending.fixed
    for path, reason, loud in run.skipped:
        if loud:
            _say(f"keylint: {path}: {reason}")
    if options.diff:
        return _diff(options, run)
    _report(options, run, fixed)
    return _exit_code(options, run)


def _overrides(options: argparse.Namespace) -> Overrides:
    overrides = Overrides()
    for name in ("select", "extend_select", "ignore"):
        words = getattr(options, name) or ()
        if words:
            from keylint.configuration import selectors
            from keylint.providers.schema import ProviderError

            try:
                selectors(f"--{name.replace('_', '-')}", list(words))
            except ProviderError as error:
                raise ConfigError(str(error)) from None
        setattr(overrides, name, words)
    overrides.exclude = options.exclude
    overrides.min_confidence = options.min_confidence
    overrides.config = options.config
    overrides.isolated = options.isolated
    return overrides


def _one_run(
    options: argparse.Namespace,
    finder: Finder,
    overlay: dict[str, bytes] | None = None,
    files: list[File] | None = None,
) -> Run:
    from keylint.engine import Engine
    from keylint.workspace import collect

    found = files if files is not None else collect(options.paths, finder, force_exclude=options.force_exclude)
    show: Callable[[int], None] | None = None
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        found = list(found)
        show = _bar(len(found)) if len(found) >= MANY else None
    run = Engine(finder, cache=not options.no_cache, overlay=overlay, progress=show).check(found)
    if show is not None:
        sys.stderr.write("\r\x1b[K")
    return run


def _bar(total: int) -> Callable[[int], None]:
    """A progress bar on standard error, which is a terminal."""

    def show(number: int) -> None:
        full = BAR * number // total
        sys.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {number} of {total} files")
        sys.stderr.flush()

    return show


def _check_stdin(options: argparse.Namespace, finder: Finder) -> int:
    from keylint.workspace import File

    name = options.stdin_filename or "stdin"
    if [path for path in options.paths if path not in ("-", ".")]:
        return _fail("standard input and files cannot be checked together", USAGE)
    data = sys.stdin.buffer.read()
    run = _one_run(options, finder, {name: data}, [File(name, True)])
    if options.fix or options.diff:
        return _fix_stdin(options, run, data)
    for path, reason, _ in run.skipped:
        _say(f"keylint: {path}: {reason}")
    _report(options, run, 0)
    return _exit_code(options, run)


def _fix_stdin(options: argparse.Namespace, run: Run, data: bytes) -> int:
    """The fixed text on standard output, as ruff does; with --diff the difference."""
    from keylint import fixes

    changes = [
        change
        for change in fixes.plan(run.findings, run.checked, unsafe=options.unsafe_fixes)
        if change.source is not None
    ]
    if options.unsafe_fixes and _moves(run):
        _say("keylint: no key is moved out of standard input: there is no place for it")
    if options.diff:
        return _diff(options, run, moving=False)
    sys.stdout.buffer.write(
        changes[0].source.encode(changes[0].after) if changes and changes[0].source is not None else data
    )
    sys.stdout.flush()
    return CLEAN if options.exit_zero or len(run.findings) == sum(change.fixed for change in changes) else FOUND


def _diff(options: argparse.Namespace, run: Run, *, moving: bool = True) -> int:
    from keylint import fixes

    if moving and options.unsafe_fixes and _moves(run):
        from keylint.moving import Moving

        moves = Moving(run, alone=False)
        changes, lines = moves.changes(), [*moves.reasons(), *moves.told()]
    else:
        changes, lines = fixes.plan(run.findings, run.checked, unsafe=options.unsafe_fixes), []
    for change in changes:
        for line in fixes.diff(change):
            print(line)
    for line in lines:
        _say(f"keylint: {line}")
    would = sum(change.fixed for change in changes)
    _say(f"Would fix {would} problem{'' if would == 1 else 's'}." if would else "No fixes to show.")
    return FOUND if would and not options.exit_zero else CLEAN


def _moves(run: Run) -> bool:
    """Whether a fix would take a key out of the source."""
    return any(finding.fix is not None and finding.fix.move is not None for finding in run.findings)


def _report(options: argparse.Namespace, run: Run, fixed: int) -> None:
    if not run.findings and options.output_format != "json":
        from keylint.report.summary import summary

        lines = summary(run)
    else:
        from keylint import report

        lines = report.lines(options.output_format, run, color=_color(options.color))
    out = sys.stdout
    for line in lines:
        out.write(line.encode(out.encoding or "utf-8", "replace").decode(out.encoding or "utf-8") + "\n")
    if fixed and options.output_format != "json":
        out.write(f"Fixed {fixed} problem{'' if fixed == 1 else 's'}.\n")
    out.flush()


def _color(choice: str) -> bool:
    """As asked; else NO_COLOR, FORCE_COLOR and CLICOLOR_FORCE; else whether standard output is a terminal."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR") or os.environ.get("CLICOLOR_FORCE", "0") != "0":
        return True
    return sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _exit_code(options: argparse.Namespace, run: Run) -> int:
    if run.findings:
        return CLEAN if options.exit_zero else FOUND
    if run.files == 0 and any(loud for _, _, loud in run.skipped):
        return NOTHING
    return CLEAN


# -------------------------------------------------------------------------------------------------------------- rules


def _rules(options: argparse.Namespace) -> int:
    from keylint import explain

    for line in explain.catalogue(options.output_format):
        print(line)
    return CLEAN


def _elsewhere(options: argparse.Namespace) -> int:
    """The commands that have a module of their own."""
    from keylint import commands

    return commands.run(options, commands.Terminal(_say, _color, _parser))


if __name__ == "__main__":
    sys.exit(main())
