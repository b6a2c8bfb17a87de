"""Mutation testing of the rules and of how values are worked out: does any test notice when the logic is changed?

    pip install cosmic-ray
    python scripts/mutation.py [--sample 140] [--seed 7]

Works in a copy of the checkout, so that the tree is never left mutated. Counted are mutants of logic: conditions negated,
`and` and `or` exchanged, comparisons turned round, loops emptied, constants and numbers changed. Left out are type checks,
limits, ranks and the texts of messages. The tests are those that call the public interface with examples: a mutant's run ends
with the first failure.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MODULES = (
    "keylint/rules",
    "keylint/judge.py",
    "keylint/languages/code.py",
    "keylint/languages/python/values.py",
    "keylint/languages/javascript/values.py",
    "keylint/languages/family/values.py",
    "keylint/wiring/attempts.py",
    "keylint/wiring/failures.py",
    "keylint/wiring/floods.py",
)
TESTS = "tests/test_cases.py tests/test_probes.py tests/test_languages.py tests/test_rules.py"
CHOSEN = "these_rules or what_is_reported or wrong_is_reported or reading_the or what_is_marked or fix_gives_the"
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


def main() -> int:
    """Make mutants, run them, print the score and the survivors."""
    parser = argparse.ArgumentParser(description="Mutation testing of rules and values.")
    parser.add_argument("--sample", type=int, default=140)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder, "keylint")
        shutil.copytree(ROOT, copy, ignore=shutil.ignore_patterns(".venv", ".git", "__pycache__", ".mypy_cache"))
        session = copy / "session.sqlite"
        command = f"{sys.executable} -m pytest -q -x -p no:cacheprovider -o addopts= {TESTS} -k '{CHOSEN}'"
        modules = ", ".join(f'"{module}"' for module in MODULES)
        (copy / "mutation.toml").write_text(
            f'[cosmic-ray]\nmodule-path = [{modules}]\ntimeout = 150.0\ntest-command = "{command}"\n'
            'excluded-modules = []\n[cosmic-ray.distributor]\nname = "local"\n',
            encoding="utf-8",
        )
        tool = [sys.executable, "-m", "cosmic_ray.cli"]
        environment = {"PYTHONPATH": str(copy), "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([*tool, "init", "mutation.toml", session.name], cwd=copy, env=environment, check=True)
        print(
            f"{_sample(session, copy, options.seed, options.sample)} mutants of logic, {options.sample} of them are run"
        )
        subprocess.run([*tool, "exec", "mutation.toml", session.name], cwd=copy, env=environment, check=True)
        _report(session)
    return 0


def _sample(session: pathlib.Path, copy: pathlib.Path, seed: int, size: int) -> int:
    """Leave a sample of the mutants of logic in the session; returns how many there were."""
    with sqlite3.connect(session) as database:
        rows = database.execute(
            "select job_id, module_path, operator_name, start_pos_row from mutation_specs"
        ).fetchall()
        logic = []
        for job, path, operator, row in rows:
            line = (copy / path).read_text(encoding="utf-8").split("\n")[row - 1]
            spoken = line.lstrip().startswith(('f"', '"', 'else f"', "vendor = "))  # a message, and what it is made of
            bound = line.startswith(("MAX_", "    rank=")) or "TYPE_CHECKING" in line
            if operator.endswith(LOGIC) and not spoken and not bound:
                logic.append(job)
        random.Random(seed).shuffle(logic)
        kept = set(logic[:size])
        for job in {row[0] for row in rows} - kept:
            database.execute("delete from mutation_specs where job_id = ?", (job,))
            database.execute("delete from work_items where job_id = ?", (job,))
    return len(logic)


def _report(session: pathlib.Path) -> None:
    with sqlite3.connect(session) as database:
        found = database.execute(
            "select r.test_outcome, m.module_path, m.start_pos_row, m.operator_name"
            " from work_results r join mutation_specs m on r.job_id = m.job_id order by 2, 3"
        ).fetchall()
    survived = [row for row in found if row[0] == "SURVIVED"]
    for _, path, row, operator in survived:
        print(f"survived: {path}:{row} {operator}")
    print(f"{len(found) - len(survived)} of {len(found)} killed")


if __name__ == "__main__":
    sys.exit(main())
