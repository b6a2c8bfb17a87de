"""The command line: arguments to settings, settings to the engine, findings to a report. Nothing else prints."""

from __future__ import annotations

import argparse
import errno
import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, NoReturn

from keylint import __version__
from keylint.running import one_run, overrides, rule_options
from keylint.settings import ConfigError, Finder
from keylint.terminal import CLEAN, FOUND, INTERNAL, NOTHING, USAGE, abandon, colored, fail, fill, out, say, stdin_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keylint.engine import Run
    from keylint.outputs import Output
    from keylint.selection import Selection


def entry() -> NoReturn:
    """The program. Its memory is not given back piece by piece, which would take a sixth of the time for a clean file."""
    code = main()
    threading = sys.modules.get("threading")
    if _is_watched() or (threading and threading.active_count() > 1):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        # It may be closed, or nobody may hear it: what there was to say of that is said.
        with suppress(AttributeError, OSError, ValueError):
            stream.flush()
    os._exit(code)


def _is_watched() -> bool:
    """Whether a debugger, a profiler or what measures coverage is at work, which has something to do at the end."""
    monitoring = getattr(sys, "monitoring", None)  # since Python 3.12
    return (
        sys.gettrace() is not None
        or sys.getprofile() is not None
        or (monitoring is not None and any(monitoring.get_tool(number) for number in range(6)))
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run keylint. Returns the exit code: 0 nothing found, 1 findings, 2 wrong call, 3 nothing checked, 4 internal error."""
    fill()
    options = argparse.Namespace(code=CLEAN)
    try:
        return _called(arguments, options)
    except ConfigError as error:
        return fail(str(error), USAGE)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads has seen enough, and what was found is found
        abandon(sys.stdout)
        return int(options.code)
    except RecursionError:
        return fail("internal error: nested too deep", INTERNAL)
    except MemoryError:
        os.write(2, b"keylint: out of memory\n")  # without a line of code that would need some
        return INTERNAL
    except Exception as error:
        if isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE, errno.ENOMEM):
            return fail(str(error.strerror), INTERNAL)
        git = sys.modules.get("keylint.git")
        if git is not None and isinstance(error, git.Failed):
            return fail(str(error), USAGE)
        if os.environ.get("KEYLINT_TRACEBACK"):
            raise
        where = error.__traceback__
        while where is not None and where.tb_next is not None:
            where = where.tb_next
        place = f"{os.path.basename(where.tb_frame.f_code.co_filename)}:{where.tb_lineno}" if where is not None else "?"
        return fail(f"internal error: {type(error).__name__} in {place} (please report it)", INTERNAL)


def _called(arguments: Sequence[str] | None, options: argparse.Namespace) -> int:
    """Read the arguments and do what they say; all that is printed is written, or an error says that it is not."""
    _parser().parse_args(arguments, options)
    code = int(options.run(options))
    out("")
    return code


def _help(prog: str) -> argparse.HelpFormatter:
    """Help of a fixed width: asking for the terminal's would import shutil on every run."""
    return argparse.HelpFormatter(prog, max_help_position=28, width=100)


class _Command(argparse.ArgumentParser):
    """A command. One that has no options yet gets them from `commands` when it is called, so that no other one pays."""

    def complete(self) -> None:
        """Add the options if they are not there yet."""
        if self.get_default("run") is None and " " in self.prog:
            from keylint.commands import runs

            runs.add_options(self, self.prog.rpartition(" ")[2])

    def error(self, message: str) -> NoReturn:
        """As for every parser; an argument may be a key that went to the wrong place."""
        from keylint.mask import hide_known

        super().error(hide_known(message))

    def _print_message(self, message: str, file: Any = None) -> None:
        """As for every parser, but where that says nothing of what it could not print."""
        if file is sys.stdout:
            out(message)
            out("")
        else:
            super()._print_message(message, file)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """As for every parser."""
        self.complete()
        return super().parse_known_args(args, namespace)


def _parser() -> argparse.ArgumentParser:
    parser = _Command(
        "keylint",
        formatter_class=_help,
        description="Finds the line that makes an LLM API answer 401, and the key that leaks, before the program runs.",
    )
    parser.add_argument("--version", action="version", version=f"keylint {__version__}")
    commands = parser.add_subparsers(
        prog="keylint", title="commands", required=True, metavar="COMMAND", parser_class=_Command
    )
    _check_parser(commands.add_parser("check", formatter_class=_help, help="check files and folders"))
    commands.add_parser("baseline", formatter_class=_help, help="accept the findings there are")
    commands.add_parser("history", formatter_class=_help, help="find keys in all that git keeps")
    commands.add_parser(
        "doctor", formatter_class=_help, help="find out why a call fails: what is sent, and what comes back"
    )
    commands.add_parser("merge", formatter_class=_help, help="put the JSON results of several runs together")
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
    lsp = commands.add_parser("lsp", formatter_class=_help, help="serve an editor (needs keylint[lsp])")
    lsp.add_argument("--stdio", action="store_true", help="over standard input and output; there is no other way")
    lsp.set_defaults(run=_lsp)
    return parser


def whole_parser() -> argparse.ArgumentParser:
    """The parser with the options of all commands: for completions and manual pages."""
    parser = _parser()
    for action in parser._actions:  # noqa: SLF001 argparse has no other way to its commands
        for command in (action.choices or {}).values() if isinstance(action.choices, dict) else ():
            command.complete()
    return parser


def _check_parser(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("paths", nargs="*", default=["."], metavar="PATH", help="files and folders; - for standard input (default: .)")
    add("--fix", action="store_true", help="apply the safe fixes")
    add("--unsafe-fixes", action="store_true", help="with --fix or --diff: the unsafe ones too")
    add("--yes", "-y", action="store_true", help="with --fix --unsafe-fixes: move keys to .env without being asked")
    add("--diff", action="store_true", help="show what --fix would change, and change nothing")
    add(
        "--output-format",
        type=_output,
        action="append",
        default=[],
        metavar="FORMAT[:FILE]",
        help="full (default), concise, json, json-lines, sarif, github, gitlab, junit, rdjson, html; more than one if all "
        "but one have a file, as in sarif:out.sarif",
    )
    add("--output-file", metavar="FILE", default="", help="write there what would go to standard output")
    add("--show-suppressed", action="store_true", help="show what comments silence too, marked as such")
    add("--staged", action="store_true", help="check what is staged, as it is in git's index")
    lines = parser.add_mutually_exclusive_group()
    lines.add_argument("--since", metavar="REV", help="report what was changed or caused since a commit")
    lines.add_argument("--diff-base", metavar="REV", help="the same, since the branch left REV")
    add("--shard", type=_share, default=(1, 1), metavar="I/N", help="check the I-th of N shares of the files")
    add("--baseline", action="append", default=[], metavar="FILE", help="leave out the findings that FILE accepts")
    add("--no-baseline", action="store_true", help="use no baseline, whatever the configuration says")
    rule_options(parser)
    add("--force-exclude", action="store_true", help="leave excluded files out even if they are named")
    add("--exit-zero", action="store_true", help="exit with 0 even if there are findings")
    add("--stdin-filename", metavar="NAME", help="the name of what comes from standard input")
    add("--color", choices=("auto", "always", "never"), default="auto")
    parser.set_defaults(run=_check, outputs=())


def _output(text: str) -> Output:
    from keylint.outputs import parse

    return parse(text)


def _share(text: str) -> tuple[int, int]:
    number, _, total = text.partition("/")
    if number.isdecimal() and total.isdecimal() and 1 <= int(number) <= int(total):
        return int(number), int(total)
    raise argparse.ArgumentTypeError(f"{text!r} is no share: write 1/4 for the first of four")


# -------------------------------------------------------------------------------------------------------------- check


def _check(options: argparse.Namespace) -> int:
    selection, finder = _selection(options)
    if options.output_format or options.output_file:  # a wrong call is refused before the work is done
        from keylint.outputs import resolve

        options.outputs = resolve(options.output_format, options.output_file)
        if options.diff and any(output.file for output in options.outputs):
            return fail("--diff writes no report, so none can go to a file", USAGE)
    if "-" in options.paths or options.stdin_filename:
        return _check_stdin(options, finder)
    run = one_run(options, finder, selection=selection)
    fixed = 0
    if options.fix and not options.diff:
        from keylint.mending import Mending

        mending = Mending(
            lambda: one_run(options, finder, selection=selection), say, unsafe=options.unsafe_fixes, yes=options.yes
        )
        run = mending.mend(run)
        fixed = mending.fixed
    for path, reason, loud in run.skipped:
        if loud:
            say(f"keylint: {path}: {reason}")
    for remark in run.remarks:
        say(f"keylint: {remark}")
    if options.diff:
        from keylint.commands import difference

        return difference.show(options, run)
    return _reported(options, run, fixed)


def _selection(options: argparse.Namespace) -> tuple[Selection | None, Finder]:
    """The part of the files or findings that is asked for, None for all of them, and what finds the configuration."""
    if "" in (options.since, options.diff_base):
        raise ConfigError("--since and --diff-base need the name of a commit (an empty variable?)")
    if not (options.staged or options.since or options.diff_base or options.shard[1] > 1):
        return None, Finder(overrides(options))
    if "-" in options.paths or options.stdin_filename:
        raise ConfigError("standard input is checked whole, without --staged, --since, --diff-base and --shard")
    if options.staged and (options.fix or options.diff):
        raise ConfigError("--staged reads the index, and fixes are made in files: leave --fix and --diff out")
    from keylint.selection import Selection

    selection = Selection(
        options.paths,
        staged=options.staged,
        since=options.since,
        diff_base=options.diff_base,
        share=options.shard,
        force_exclude=options.force_exclude,
    )
    content = selection.tree.content if selection.tree is not None else None
    return selection, Finder(selection.adapt(overrides(options)), content)


def _check_stdin(options: argparse.Namespace, finder: Finder) -> int:
    from keylint.workspace import File

    name = options.stdin_filename or "stdin"
    if [path for path in options.paths if path not in ("-", ".")]:
        return fail("standard input and files cannot be checked together", USAGE)
    data = stdin_bytes()
    run = one_run(options, finder, {name: data}, [File(name, True)])
    if options.fix or options.diff:
        from keylint.commands import difference

        return difference.fix_input(options, run, data)
    for path, reason, _ in run.skipped:
        say(f"keylint: {path}: {reason}")
    return _reported(options, run, 0)


def _reported(options: argparse.Namespace, run: Run, fixed: int) -> int:
    """Write the report. Returns the exit code, which is known before, should nobody read to the end."""
    options.code = _exit_code(options, run)
    _report(options, run, fixed)
    return int(options.code)


def _report(options: argparse.Namespace, run: Run, fixed: int) -> None:
    if options.show_suppressed:
        run.show_silenced()
    if not (run.findings or run.silenced or options.outputs or fixed):
        from keylint.report.summary import summary

        for line in summary(run):
            out(f"{line}\n")
        return
    from keylint import outputs

    outputs.write(options.outputs, run, color=colored(options.color), fixed=fixed)


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
        out(f"{line}\n")
    return CLEAN


def _elsewhere(options: argparse.Namespace) -> int:
    """The commands that have a module of their own."""
    from keylint import commands

    return commands.run(options)


# ---------------------------------------------------------------------------------------------------------------- lsp


def _lsp(options: argparse.Namespace) -> int:
    from keylint import lsp

    return lsp.serve() if lsp.available() else fail(lsp.MISSING, USAGE)


if __name__ == "__main__":
    sys.exit(main())
