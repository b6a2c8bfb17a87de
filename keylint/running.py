"""What the commands that run rules share: the options that say which, and a run as they ask for it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from keylint.settings import CONFIDENCES, ConfigError, Overrides, Settings, is_inside

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from keylint.engine import Run
    from keylint.selection import Selection
    from keylint.settings import Finder
    from keylint.workspace import File

MANY = 2000  # files: from here on a terminal is shown how far the check is
BAR = 30  # characters


def rule_options(parser: argparse.ArgumentParser) -> None:
    """Which rules are run on which files, the same for every command that runs them."""
    add = parser.add_argument
    add(
        "--select",
        type=words,
        metavar="RULES",
        help="run these rules only: codes, beginnings of codes, names, ALL, PROJECT",
    )
    add("--extend-select", type=words, default=(), metavar="RULES", help="run these rules too")
    add("--ignore", type=words, default=(), metavar="RULES", help="leave these rules out")
    add(
        "--exclude",
        type=words,
        default=(),
        metavar="PATTERNS",
        help="leave these files out of the folders that are checked",
    )
    add("--min-confidence", choices=CONFIDENCES, default="")
    add("--config", metavar="FILE", default="", help="use this configuration and no other")
    add("--isolated", action="store_true", help="use no configuration file")
    add("--no-cache", action="store_true", help="neither read nor write keylint's cache")


def words(text: str) -> tuple[str, ...]:
    """The parts of a list with commas."""
    return tuple(word.strip() for word in text.split(",") if word.strip())


def overrides(options: argparse.Namespace) -> Overrides:
    """What the options say of the configuration. Raises ConfigError."""
    asked = Overrides()
    for name in ("select", "extend_select", "ignore"):
        words = getattr(options, name) or ()
        if words:
            from keylint.configuration import selectors
            from keylint.providers.schema import ProviderError

            try:
                selectors(f"--{name.replace('_', '-')}", list(words))
            except ProviderError as error:
                raise ConfigError(str(error)) from None
        setattr(asked, name, words)
    asked.exclude = options.exclude
    asked.min_confidence = options.min_confidence
    asked.config = options.config
    asked.isolated = options.isolated
    return asked


def one_run(
    options: argparse.Namespace,
    finder: Finder,
    overlay: dict[str, bytes] | None = None,
    files: list[File] | None = None,
    selection: Selection | None = None,
) -> Run:
    """All that the options ask for, or these files; what the baselines accept is taken out."""
    if selection is not None:
        run = selection.check(finder, lambda run: accept(options, run, finder, selection), cache=not options.no_cache)
        own_up(run, finder)
        return run
    from keylint.engine import Engine
    from keylint.workspace import collect

    engine = Engine(finder, cache=not options.no_cache, overlay=overlay, whole=files is None)
    found = (
        files
        if files is not None
        else collect(options.paths, finder, force_exclude=options.force_exclude, tell=engine.read_ahead)
    )
    show: Callable[[int], None] | None = None
    try:
        if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
            found = list(found)
            engine.progress = show = bar(len(found)) if len(found) >= MANY else None
        run = engine.check(found)
    finally:
        engine.stop()
    if show is not None:
        sys.stderr.write("\r\x1b[K")
    accept(options, run, finder, None)
    own_up(run, finder)
    return run


def accept(options: argparse.Namespace, run: Run, finder: Finder, selection: Selection | None) -> None:
    """Take out what the baselines accept; nothing is loaded where there is none."""
    configured = [
        (os.path.join(settings.root, name), settings.root) for settings in finder.met for name in settings.baseline
    ]
    named = options.baseline or [os.path.relpath(path) for path, _ in configured]
    if named and not options.no_baseline:
        from keylint import baseline

        for path, root in () if options.baseline else configured:
            if not is_inside(path, root) or (os.path.exists(path) and not os.path.isfile(path)):
                raise ConfigError(
                    f"{os.path.relpath(path)}: a baseline outside of the repository has to be named with --baseline"
                )

        tree = selection.tree if selection is not None else None
        scope = baseline.scope(options.paths, finder, selection)
        baseline.apply(run, named, scope, tree.content if tree is not None else None)


def own_up(run: Run, finder: Finder) -> None:
    """Say what configurations leave out, which else nobody would hear of; rules only where one may have found something."""
    for settings in finder.met:
        own = settings.own
        if own is None:
            continue
        parts = []
        if run.checked and (own.select or own.ignore):
            from keylint.analysis import selected

            left = sum(rule.default for rule in selected(Settings())) - sum(rule.default for rule in selected(own))
            parts += [f"{left} rule{'s' * (left != 1)}"] if left else []
        if settings.excluded:
            parts.append(f"{len(settings.excluded)} file{'s' * (len(settings.excluded) != 1)}")
        if own.min_confidence == CONFIDENCES[-1]:
            parts.append("what is not certain")
        if parts:
            run.owned.append(f"{os.path.relpath(settings.path)} leaves out {', '.join(parts)}")


def bar(total: int) -> Callable[[int], None]:
    """A progress bar on standard error, which is a terminal."""

    def show(number: int) -> None:
        full = BAR * number // total
        sys.stderr.write(f"\r[{'#' * full}{'.' * (BAR - full)}] {number} of {total} files")
        sys.stderr.flush()

    return show
