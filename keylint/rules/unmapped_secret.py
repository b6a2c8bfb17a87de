"""A workflow runs a program that needs a key, and hands it none.

A repository's secrets are not in the environment of a workflow's steps: each has to be put there by name. The program finds no
variable, and fails in CI only. The same holds for a workflow that another one calls: it has the secrets that it is handed.

Put the secret into the step's environment: `env: NAME: ${{ secrets.NAME }}`. Hand it to a called workflow with `secrets:`.
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.manifests import Item, documents
from keylint.model import Problem, Role
from keylint.rules.rule import Rule, bad, good
from keylint.rules.variable_never_loaded import need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project

_PROGRAM = regex(
    r"(?m)(?:^|[;&|]\s*|\brun\s+)(?:python[\d.]*(?:\s+-[uBOX]\S*)*|node|bun|tsx|ts-node|npx tsx)\s+(\.?/?[\w./-]+\.(?:py|[mc]?[jt]s))\b"
)
# Whatever else may fill the environment of a job.
_FILLED = regex(
    r"GITHUB_ENV|\.env\b|env-file|dotenv|doppler|infisical|vault|op run|aws-secretsmanager|secretsmanager|export\s+\w*KEY|\bact\b",
    re.IGNORECASE,
)
_SECRET = regex(r"\$\{\{\s*secrets\.(\w+)\s*\}\}")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Steps that start a program of the project whose variable no level of the workflow sets."""
    for path, checked in project.reported():
        if posixpath.basename(path) in ("action.yml", "action.yaml"):
            yield from _composite(path, checked)
        if "/.github/workflows/" not in f"/{path}" or _FILLED.search(checked.source.text):
            continue
        for document in documents(checked.source):
            for job in document.get("jobs").entries.values():
                for step in job.get("steps").items:
                    yield from _step(project, path, document, job, step)
                yield from _call(project, path, job)


def _composite(path: str, checked: Checked) -> Iterator[Problem]:
    """An action that asks for a secret by itself.

    https://docs.github.com/actions/reference/workflows-and-actions/contexts#context-availability.
    """
    made = (document for document in documents(checked.source) if document.get("runs", "using").text == "composite")
    for document in made:
        for keys, item in document.get("runs", "steps").walk():
            found = re.search(r"\$\{\{[^}]*\bsecrets\.(\w+)", item.text or "")
            known = checked.context.catalogue.variable(keys[-1]) if keys else None
            if found and known is not None and known[1].is_secret:
                yield Problem(
                    item.content,
                    "an action cannot read secrets: only workflows have them",
                    "the workflow stops: Unrecognized named-value: 'secrets'",
                    f"add an input to the action, and have the workflow hand it `${{{{ secrets.{found.group(1)} }}}}`",
                    cause=item.content,
                    path=path,
                )


def _call(project: Project, path: str, job: Item) -> Iterator[Problem]:
    """A job that is another workflow of the repository, which gives a program a secret that this one does not hand on.

    https://docs.github.com/actions/how-tos/reuse-automations/reuse-workflows#passing-inputs-and-secrets-to-a-reusable-workflow.
    """
    uses, secrets = job.get("uses"), job.get("secrets")
    if uses.text is None or not uses.text.startswith("./.github/workflows/") or secrets.text == "inherit":
        return
    called = project.files.get(posixpath.normpath(uses.text))
    handed = {name.upper() for name in secrets.entries}
    for name, where in _wanted(called) if called is not None else ():
        if name.upper() not in handed and name not in project.settings.provided:
            known = called.context.catalogue.variable(where)  # type: ignore[union-attr]
            yield Problem(
                uses.content,
                f"{uses.text.rpartition('/')[2]} gives {where} the secret {name}, and this job does not hand it over",
                called.context.provider(known[0] if known else "").answer("unset"),  # type: ignore[union-attr]
                f"add `secrets: inherit`, or `secrets: {name}: ${{{{ secrets.{name} }}}}`",
                cause=uses.content,
                path=path,
            )
            return


def _wanted(called: Checked) -> Iterator[tuple[str, str]]:
    """The secrets that a reusable workflow puts into vendors' variables, and those variables."""
    for document in documents(called.source):
        for job in document.get("jobs").entries.values():
            # Secrets of an environment are there without being handed over.
            if job.get("environment").text or job.get("environment").entries:
                continue
            for item in (document, job, *job.get("steps").items):
                tested = f"{item.get('if').text} {item.get('run').text}"
                for variable, value in item.get("env").entries.items():
                    if re.search(rf"\bsecrets\.|-[zn] [\"']?\$\{{?{variable}|env\.{variable}", tested):
                        continue  # it can do without
                    found = _SECRET.fullmatch((value.text or "").strip())
                    known = called.context.catalogue.variable(variable)
                    if found and known is not None and known[1].is_secret:
                        yield found.group(1), variable


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


_CALLED = (
    "on: workflow_call\njobs:\n  run:\n    runs-on: ubuntu-latest\n    steps:\n      - run: make evals\n"
    "        env:\n          OPENAI_API_KEY: ${{ secrets.OPENAI_API_KEY }}\n"
)

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
        bad(
            "yaml",
            "name: OpenAI nightly\njobs:\n  evals:\n    uses: ⟦./.github/workflows/evals.yml⟧\n",
            path=".github/workflows/nightly.yml",
            files={".github/workflows/evals.yml": _CALLED},
        ),
        good(
            "yaml",
            "name: OpenAI nightly\njobs:\n  evals:\n    uses: ./.github/workflows/evals.yml\n    secrets: inherit\n",
            why="all secrets are handed over",
            path=".github/workflows/nightly.yml",
            files={".github/workflows/evals.yml": _CALLED},
        ),
        good(
            "yaml",
            "name: OpenAI nightly\njobs:\n  evals:\n    uses: ./.github/workflows/evals.yml\n",
            why="the called job takes it from an environment of its own",
            path=".github/workflows/nightly.yml",
            files={
                ".github/workflows/evals.yml": _CALLED.replace("    runs-on", "    environment: evals\n    runs-on")
            },
        ),
        bad(
            "yaml",
            "runs:\n  using: composite\n  steps:\n    - run: python ask.py\n      shell: bash\n      env:\n        OPENAI_API_KEY: ⟦${{ secrets.OPENAI_API_KEY }}⟧\n",
            path=".github/actions/ask/action.yml",
        ),
        good(
            "yaml",
            "runs:\n  using: composite\n  steps:\n    - run: python ask.py\n      shell: bash\n      env:\n        OPENAI_API_KEY: ${{ inputs.openai-api-key }}\n",
            why="an input",
            path=".github/actions/ask/action.yml",
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
