"""A workflow runs a program that needs a key, and hands it none.

A repository's secrets are not in the environment of a workflow's steps: each has to be put there by name. The program finds no
variable, and fails in CI only.

Put the secret into the step's environment: `env: NAME: ${{ secrets.NAME }}`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.manifests import Item, documents
from keylint.model import Problem, Role
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_PROGRAM = re.compile(
    r"(?m)(?:^|[;&|]\s*|\brun\s+)(?:python[\d.]*(?:\s+-[uBOX]\S*)*|node|bun|tsx|ts-node|npx tsx)\s+(\.?/?[\w./-]+\.(?:py|[mc]?[jt]s))\b"
)
# Whatever else may fill the environment of a job.
_FILLED = re.compile(
    r"GITHUB_ENV|\.env\b|env-file|dotenv|doppler|infisical|vault|op run|aws-secretsmanager|secretsmanager|export\s+\w*KEY|act\b",
    re.IGNORECASE,
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Steps that start a program of the project whose variable no level of the workflow sets."""
    for path, checked in project.reported():
        if "/.github/workflows/" not in f"/{path}":
            continue
        for document in documents(checked.source):
            if _FILLED.search(checked.source.text):
                return
            for job in document.get("jobs").entries.values():
                for step in job.get("steps").items:
                    yield from _step(project, path, document, job, step)


def _step(project: Project, path: str, workflow: Item, job: Item, step: Item) -> Iterator[Problem]:
    run = step.get("run")
    given = {*workflow.get("env").entries, *job.get("env").entries, *step.get("env").entries}
    if run.text is None or any(
        item.text and not item.entries for item in (workflow.get("env"), job.get("env"), step.get("env"))
    ):
        return
    folder = step.get("working-directory").text or job.get("defaults", "run", "working-directory").text or ""
    for match in _PROGRAM.finditer(run.text):
        name = posixpath.normpath(posixpath.join(folder, match.group(1)))
        program = project.files.get(name)
        if (
            program is None
            or program.source.role is not Role.PRODUCTION
            or re.search(rf"\w*KEY=\S*\s+.*{re.escape(match.group(1))}", run.text)
        ):
            continue
        needs = [found for fact in program.facts if (found := need(fact, project)) is not None]
        missing = next((variable for variable, _ in needs if variable not in given), "")
        if missing and missing not in project.settings.provided:
            yield Problem(
                run.content if run.content.end - run.content.start < 200 else run.key_span,
                f"{match.group(1)} needs {missing}, and nothing in this workflow sets it",
                program.context.provider((program.context.catalogue.variable(missing) or ("",))[0]).answer("unset"),
                f"give the step `env: {missing}: ${{{{ secrets.{missing} }}}}`",
                cause=run.key_span,
                path=path,
            )
            return


RULE = Rule(
    "KL512",
    "unmapped-secret",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "yaml",
            "name: OpenAI report\njobs:\n  run:\n    steps:\n      - uses: actions/checkout@v4\n      - run: ⟦python report.py⟧\n",
            path=".github/workflows/report.yml",
            files={"report.py": "from openai import OpenAI\n\nclient = OpenAI()\n"},
        ),
        good(
            "yaml",
            "name: OpenAI report\njobs:\n  run:\n    env:\n      OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n    steps:\n      - run: python report.py\n",
            why="the job has it",
            path=".github/workflows/report.yml",
            files={"report.py": "from openai import OpenAI\n\nclient = OpenAI()\n"},
        ),
        good(
            "yaml",
            "name: OpenAI tests\njobs:\n  run:\n    steps:\n      - run: pytest\n",
            why="tests do not need a key",
            path=".github/workflows/test.yml",
            files={"report.py": "from openai import OpenAI\n\nclient = OpenAI()\n"},
        ),
    ),
)
