"""Where reports go: standard output has one, files have any number. Loaded only if a call asks for one of this.

``--output-format sarif:out.sarif`` writes to a file; a format without a file goes to standard output, or to the one that
``--output-file`` names. If every format has its file, standard output gets the summary, so that a person sees how it went.
"""

from __future__ import annotations

import argparse
import os
from typing import TYPE_CHECKING

from keylint.record import Record
from keylint.report import FORMATS, PEOPLE, lines
from keylint.report.summary import summary
from keylint.settings import ConfigError
from keylint.terminal import out

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from keylint.engine import Run


class Output(Record):
    """A report that is wanted; `file` is "" for standard output."""

    format: str
    file: str = ""


def parse(text: str) -> Output:
    """``FORMAT`` or ``FORMAT:FILE``. Raises ArgumentTypeError, which argparse shows."""
    format, colon, file = text.partition(":")
    if format not in FORMATS:
        from keylint.providers.schema import nearest

        hint = nearest(format, list(FORMATS))
        raise argparse.ArgumentTypeError(
            f"no format is called {format!r}"
            + (f", did you mean {hint}?" if hint else f"; there are {', '.join(FORMATS)}")
        )
    if colon and not file:
        raise argparse.ArgumentTypeError(f"{text!r} names no file after the colon")
    return Output(format, "" if file == "-" else file)


def resolve(wanted: Sequence[Output], file: str) -> list[Output]:
    """All reports of a call, in their order. Raises ConfigError if two of them want one place."""
    chosen = list(wanted) or [Output("full")]
    bare = [output for output in chosen if not output.file]
    if len(bare) > 1:
        example = f"{bare[1].format}:FILE"
        raise ConfigError(
            f"one format can go to standard output; give the others a file, as in --output-format {example}"
        )
    if file and not bare:
        raise ConfigError("--output-file is for a format without a file of its own, and there is none")
    if file and file != "-":
        chosen = [output._replace(file=output.file or file) for output in chosen]
    places = [os.path.realpath(output.file) for output in chosen if output.file]
    if len(set(places)) < len(places):
        raise ConfigError("two reports cannot be written into one file")
    return chosen


def write(chosen: Sequence[Output], run: Run, *, color: bool, fixed: int) -> None:
    """Write all reports, those in files first: whoever reads standard output may go before its end.

    `chosen` is what ``resolve`` gives, or nothing for the usual one. Raises ConfigError if a file cannot be written.
    """
    here = ""
    for output in chosen or (Output("full"),):
        if output.file:
            _to_file(output.file, lines(output.format, run))
        else:
            here = output.format
        if output.format == "github":
            _job_summary(run)
    shown = summary(run) if not here else lines(here, run, color=color)
    _to_stdout(shown, people=not here or here in PEOPLE)
    if fixed and (not here or here in PEOPLE):
        _to_stdout([f"Fixed {fixed} problem{'' if fixed == 1 else 's'}."], people=True)
    out("")


def _to_stdout(lines: Iterable[str], *, people: bool) -> None:
    if people and _is_runner():
        lines = (_no_command(part) for line in lines for part in line.split("\n"))
    for line in lines:
        out(f"{line}\n")


def put(text: str, *, people: bool) -> None:
    """Text on standard output, as much of it as that can show; where people read it, it gives GitHub's runner no command."""
    if people and _is_runner():
        text = "\n".join(_no_command(line) for line in text.split("\n"))
    out(text)


def _is_runner() -> bool:
    return os.environ.get("GITHUB_ACTIONS") == "true"


def _no_command(line: str) -> str:
    """A line that GitHub's runner does not take for a command: words of a checked file must not give it any."""
    shown = line.replace("##[", "## [")
    return f".{shown}" if shown.lstrip().startswith("::") else shown


def _to_file(path: str, text: Iterable[str]) -> None:
    from keylint.writing import NotWritten, put

    try:
        put(path, "".join(f"{line}\n" for line in text).encode("utf-8", "replace"))
    except NotWritten as error:
        raise ConfigError(str(error)) from None


def _job_summary(run: Run) -> None:
    path = os.environ.get("GITHUB_STEP_SUMMARY")
    if path:
        from keylint.report.github_ import job_summary

        try:
            with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as file:
                file.writelines(f"{line}\n" for line in job_summary(run))
        except OSError as error:
            raise ConfigError(f"the job's summary cannot be written: {error.strerror}") from None
