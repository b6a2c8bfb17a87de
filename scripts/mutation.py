"""Mutation testing of the rules and of how values are worked out: does any test notice when the logic is changed?

    pip install cosmic-ray coverage
    python scripts/mutation.py [--sample 250] [--seed 7] [--jobs 2] [keylint/judge.py keylint/wiring/names.py:40 ...]

Works in a copy of the checkout, so that the tree is never left mutated. Counted are mutants of logic: conditions negated,
`and` and `or` exchanged, comparisons turned round, loops emptied, constants and numbers changed. Left out are type checks,
limits, ranks and the texts of messages. Modules, or lines of them, can be named; else all of `MODULES` is drawn from.

The tests are those that call the public interface with examples. They are run once as they are, to learn which of them
execute which line (what is executed when a module is imported counts for all tests that use the module). Then each mutant
is run in a process of its own, with the tests of its line only: those that noticed something in that module before, then the
fastest first, until one fails. A test that does not end counts as one that fails. Mutants come in random order, so that the
score so far, which Ctrl-C prints, is one of a smaller sample. Needs `fork`, so not Windows.

What tests import besides keylint is imported once, before the first fork, and their bytecode is kept: a mutant takes a second.
"""

from __future__ import annotations

import argparse
import ast
import collections
import contextlib
import importlib
import importlib.util
import json
import os
import pathlib
import pkgutil
import random
import resource
import shutil
import signal
import sys
import tempfile
import time
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from cosmic_ray.ast import ast_nodes, get_ast
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import coverage

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = (
    "keylint/rules/*.py",
    "keylint/judge.py",
    "keylint/languages/code.py",
    "keylint/languages/*/values.py",
    "keylint/wiring/*.py",
)
TESTS = ("cases", "names", "probes", "languages", "rules", "snapshots")
CHOSEN = (  # the rest asks of the same examples whether they can be silenced, show no secret, keep their encoding
    "these_rules or what_is_reported or wrong_is_reported or env_beside or reading_the or what_is_marked or fix_gives_the"
    " or says_the_same or distance"
)
LOGIC = (
    "AddNot",
    "ReplaceAndWithOr",
    "ReplaceOrWithAnd",
    "ReplaceUnaryOperator_Delete_Not",
    "Eq_NotEq",
    "NotEq_Eq",
    "IsNot_Is",
    "Is_IsNot",
    "ZeroIterationForLoop",
    "ReplaceContinueWithBreak",
    "ReplaceTrueWithFalse",
    "ReplaceFalseWithTrue",
    "NumberReplacer",
    "Lt_GtE",
    "Gt_LtE",
    "LtE_Gt",
    "GtE_Lt",
    "Lt_LtE",
    "Gt_GtE",
)
SECONDS = 20  # of the processor, for one test; the slowest takes one
MEMORY = 6 << 30
PRELOADED = ("detect_secrets", "hyperscan", "hypothesis.strategies", "tomli", "tree_sitter", "yaml")


class Mutant(NamedTuple):
    """One place where the logic is changed."""

    path: str
    row: int
    operator: str
    occurrence: int


class Recorder:
    """Tells coverage which test runs, and keeps how long each took."""

    def __init__(self, measure: coverage.Coverage) -> None:
        self.measure = measure
        self.seconds: dict[str, float] = {}

    def pytest_collection_finish(self) -> None:
        """Import everything before the first test, so that no test seems to be the only one that needs it."""
        for info in pkgutil.walk_packages(importlib.import_module("keylint").__path__, "keylint."):
            if not info.name.endswith("__main__"):
                importlib.import_module(info.name)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """What was remembered is forgotten, so that each test executes what it needs."""
        for path in _modules():
            module = sys.modules.get(path.removesuffix(".py").removesuffix("/__init__").replace("/", "."))
            for value in list(vars(module).values()) if module else ():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()
        self.measure.switch_context(nodeid)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] = self.seconds.get(report.nodeid, 0) + report.duration


class Chooser:
    """Runs some tests in a given order; none may take for ever."""

    def __init__(self, tests: list[str], noticed: pathlib.Path) -> None:
        self.order = {test: place for place, test in enumerate(tests)}
        self.noticed = noticed

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((item for item in items if item.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.noticed.write_text(nodeid, encoding="utf-8")
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)


def main() -> int:
    """Make mutants, run them, print the survivors and the score."""
    parser = argparse.ArgumentParser(description="Mutation testing of rules and values.")
    parser.add_argument("--sample", type=int, default=250)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=1, help="mutants that are run at the same time")
    parser.add_argument("places", nargs="*", help="modules or lines (module:row) to draw from")
    options = parser.parse_args()
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    for name in PRELOADED:
        importlib.import_module(name)
    with tempfile.TemporaryDirectory() as folder:
        place = pathlib.Path(folder)
        _copy(ROOT, place / "as-it-is")
        mutants = [mutant for path in _modules() for mutant in _mutants(path) if _meant(mutant, options.places)]
        sample = random.Random(options.seed).sample(mutants, min(options.sample, len(mutants)))
        print(f"{len(mutants)} mutants of logic, {len(sample)} of them are run", flush=True)
        began = time.monotonic()
        seconds, lines = _record(place)
        print(f"{len(seconds)} tests, recorded in {time.monotonic() - began:.0f} s", flush=True)
        workers = []
        for job in range(options.jobs):
            worker = os.fork()
            if not worker:
                _work(sample[job :: options.jobs], seconds, lines, place, job)
                os._exit(0)
            workers.append(worker)
        for worker in workers:
            while True:
                with contextlib.suppress(KeyboardInterrupt):
                    os.waitpid(worker, 0)
                    break
        scores = [json.loads(path.read_text(encoding="utf-8")) for path in place.glob("score-*")]
        killed, survived = (sum(score[name] for score in scores) for name in ("killed", "survived"))
        print(f"{killed} of {killed + survived} killed, {time.monotonic() - began:.0f} s")
    return 0


def _copy(source: pathlib.Path, folder: pathlib.Path) -> None:
    """A checkout of one's own, from which everything is imported from now on."""
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns(".venv", ".git", ".*_cache"))
    os.chdir(folder)
    sys.path[0] = str(folder)  # and not the folder of scripts, whose coverage.py is another one


def _work(
    mutants: list[Mutant],
    seconds: dict[str, float],
    lines: dict[str, dict[int, list[str]]],
    folder: pathlib.Path,
    job: int,
) -> None:
    """Run mutants, print those that survive, and leave the score in a file."""
    own = folder / f"job-{job}"
    own.mkdir()
    _copy(folder / "as-it-is", own / "keylint")
    killers: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    score = {"killed": 0, "survived": 0}
    with contextlib.suppress(KeyboardInterrupt):
        for mutant in mutants:
            tests = _tests(mutant, lines[mutant.path])
            tests.sort(key=lambda test: (-killers[mutant.path][test], seconds[test]))
            change, killer = _run(mutant, tests, own)
            score["survived" if killer is None else "killed"] += 1
            if killer is not None:
                killers[mutant.path][killer] += 1
                continue
            place = f"{mutant.path}:{mutant.row} {mutant.operator}"
            print(f"survived {len(tests)} tests: {place}: {change}", flush=True)
    (folder / f"score-{job}").write_text(json.dumps(score), encoding="utf-8")


def _modules() -> list[str]:
    return sorted(str(path) for pattern in MODULES for path in pathlib.Path().glob(pattern))


def _meant(mutant: Mutant, places: list[str]) -> bool:
    return not places or mutant.path in places or f"{mutant.path}:{mutant.row}" in places


def _mutants(path: str) -> Iterator[Mutant]:
    """The mutants of logic in a module."""
    source = pathlib.Path(path).read_text(encoding="utf-8")
    lines = source.split("\n")
    nodes = list(ast_nodes(get_ast(source)))
    said = set(_said(source))
    for name in operator_names():
        if not name.endswith(LOGIC):
            continue
        operator = get_operator(name)()
        places = (place for node in nodes for place in operator.mutation_positions(node))
        for occurrence, ((row, _), _) in enumerate(places):
            line = lines[row - 1]
            spoken = line.lstrip().startswith(('f"', '"', 'else f"', "vendor = "))  # a message, and what it is made of
            bound = "MAX_" in line or line.startswith(("    rank=", "@dataclass")) or "TYPE_CHECKING" in line
            if not spoken and not bound and row not in said:
                yield Mutant(path, row, name.rpartition("/")[2], occurrence)


def _said(source: str) -> Iterator[int]:
    """The rows of what a problem says: its message, what comes of it, what to do."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Problem":
            for text in node.args[1:4]:
                yield from range(text.lineno, (text.end_lineno or text.lineno) + 1)


def _record(folder: pathlib.Path) -> tuple[dict[str, float], dict[str, dict[int, list[str]]]]:
    """Run the tests as they are: the seconds that each takes, and by module and line the tests that execute it."""
    import coverage

    data, times = folder / "coverage", folder / "seconds.json"

    def task() -> int:
        sys.dont_write_bytecode = False  # the copies take it along
        measure = coverage.Coverage(data_file=str(data), include=_modules(), config_file=False)
        measure.start()
        recorder = Recorder(measure)
        code = _pytest(folder, [*(f"tests/test_{name}.py" for name in TESTS), "-k", CHOSEN], recorder)
        measure.stop()
        measure.save()
        times.write_text(json.dumps(recorder.seconds), encoding="utf-8")
        return code

    if _forked(task, folder / "output") != 0:
        sys.exit(f"the tests fail as they are:\n{(folder / 'output').read_text(encoding='utf-8')[-4000:]}")
    found = coverage.CoverageData(str(data))
    found.read()
    lines = {path: found.contexts_by_lineno(str(pathlib.Path.cwd() / path)) for path in _modules()}
    return json.loads(times.read_text(encoding="utf-8")), lines


def _tests(mutant: Mutant, lines: dict[int, list[str]]) -> list[str]:
    """The tests that execute the statement that a mutant changes."""
    rows = {mutant.row}
    for node in ast.walk(ast.parse(pathlib.Path(mutant.path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.stmt) and node.lineno <= mutant.row <= (node.end_lineno or 0):
            body = getattr(node, "body", None)
            rows = {mutant.row, *range(node.lineno, body[0].lineno if body else (node.end_lineno or 0) + 1)}
    found = {test for row in rows for test in lines.get(row, ())}
    if "" in found:  # when the module is imported
        found = {test for tests in lines.values() for test in tests}
    return sorted(found - {""})


def _run(mutant: Mutant, tests: list[str], folder: pathlib.Path) -> tuple[str, str | None]:
    """Run one mutant: the line that it makes, and the test that noticed, if any did."""
    place = pathlib.Path(mutant.path)
    before = place.read_text(encoding="utf-8")
    operator = next(get_operator(name)() for name in operator_names() if name.endswith(f"/{mutant.operator}"))
    after = mutate_code(before, operator, mutant.occurrence)
    assert after is not None
    change = next(new.strip() for old, new in zip(before.split("\n"), after.split("\n"), strict=False) if old != new)
    if not tests:
        return change, None
    noticed = folder / "noticed"
    noticed.write_text("import", encoding="utf-8")
    pathlib.Path(importlib.util.cache_from_source(mutant.path)).unlink(missing_ok=True)

    def task() -> int:
        sys.dont_write_bytecode = True
        signal.setitimer(signal.ITIMER_VIRTUAL, SECONDS)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        return _pytest(folder, [*sorted({test.partition("[")[0] for test in tests}), "-x"], Chooser(tests, noticed))

    place.write_text(after, encoding="utf-8")
    try:
        code = _forked(task, folder / "output")
    finally:
        place.write_text(before, encoding="utf-8")
    assert code in (*range(4), -signal.SIGVTALRM), f"pytest ended with {code}"
    return change, noticed.read_text(encoding="utf-8") if code else None


def _pytest(folder: pathlib.Path, arguments: list[str], plugin: object) -> int:
    (folder / "runs").mkdir(exist_ok=True)  # the folder of the run, and beside it keylint's cache
    options = [
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "addopts=",
        "-o",
        "filterwarnings=ignore",
        "-W",
        "ignore",
        f"--basetemp={folder / 'runs' / 'run'}",
    ]
    return int(pytest.main([*options, *arguments], plugins=[plugin]))


def _forked(task: Callable[[], int], output: pathlib.Path) -> int:
    """Do something in a process that has keylint not imported yet; how it ended."""
    sys.stdout.flush()
    child = os.fork()
    if child:
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    code: Any = 70
    with contextlib.suppress(BaseException):
        for stream in (1, 2):
            os.dup2(os.open(output, os.O_WRONLY | os.O_CREAT | os.O_TRUNC), stream)
        code = task()
    os._exit(code)


if __name__ == "__main__":
    sys.exit(main())
