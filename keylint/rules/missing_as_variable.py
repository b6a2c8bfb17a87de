"""A variable of the environment is set to a read that may give nothing.

In Python the assignment itself fails with a TypeError when the other variable is not set. In JavaScript it succeeds, and the
variable then holds the word "undefined".

Read it in a way that names what is missing; a variable that is set to itself needs no line at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.model import Edit, Env, EnvDefinition, EnvLoad, Fix, Problem, Span, Unset
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


_SECRETS = ("KEY", "TOKEN", "SECRET")


def check(project: Project, _: Context) -> Iterator[Problem]:
    """``os.environ["A"] = os.getenv("B")``, unless a file that is loaded before defines B."""
    for path, checked in project.reported():
        for definition in checked.facts:
            if isinstance(definition, EnvDefinition):
                yield from (
                    problem._replace(path=path)
                    for problem in _of(definition, checked.context)
                    if not _is_loaded(definition, project, path, checked)
                )


def _is_loaded(definition: EnvDefinition, project: Project, path: str, checked: Checked) -> bool:
    """Whether a loader runs before, and the file of variables around defines what is read."""
    value = definition.value
    loads = any(isinstance(fact, EnvLoad) and fact.span.start < definition.span.start for fact in checked.facts)
    return (
        loads
        and isinstance(value, Env)
        and any(
            isinstance(fact, EnvDefinition) and fact.name == value.name and fact.live and not fact.commented
            for name in project.env_files_for(path)
            for fact in project.files[name].facts
        )
    )


def _of(definition: EnvDefinition, context: Context) -> Iterator[Problem]:
    value = definition.value
    if definition.reader != "process" or not isinstance(value, Env) or value.default is not None:
        return
    if not context.catalogue.variable(definition.name) and not definition.name.endswith(_SECRETS):
        return  # a user's name, a folder: no vendor's business
    if value.unset is not Unset.NULL or context.tolerant or definition.guarded:
        return
    language = context.language_at(value.span)
    if language not in ("python", "javascript", "typescript", "tsx"):
        return  # elsewhere setting a variable to nothing removes it, or fails for all to see
    python = language == "python"
    same = value.name == definition.name
    outcome = "TypeError: str expected, not NoneType" if python else f"{definition.name} becomes the word `undefined`"
    yield Problem(
        value.span,
        f"{definition.name} is set from {value.name}, which may not be set",
        outcome,
        "remove the line: it sets the variable to itself"
        if same
        else f"read it with {context.spelled(value.name, value.span)}"
        if python
        else "test it first",
        fix=_fix(definition, value, same, context) if python else None,
        cause=value.span,
    )


def _fix(definition: EnvDefinition, value: Env, same: bool, context: Context) -> Fix | None:
    if not same:
        # Read elsewhere, it may serve other ends too, which can do without it.
        return context.read_variable(value.name, value.span, safe=not value.hops)
    row = context.source.row(definition.name_span.start)
    line = context.source.line(row)
    written = context.source.slice(line).strip()
    if not written.startswith("os.environ[") or not written.endswith(")") or context.source.slice(line)[:1].isspace():
        return None  # alone in its block, or not alone on its line
    end = context.source.lines[row + 1] if row + 1 < len(context.source.lines) else line.end
    return context.fix("remove the line", [Edit(Span(line.start, end), "")])


RULE = Rule(
    "KL506",
    "missing-as-variable",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\n\nos.environ["OPENAI_API_KEY"] = ⟦os.getenv("OPENAI_API_KEY")⟧\n',
            fixed="import os\n\n",
        ),
        bad(
            "python",
            'import os\n\nos.environ["OPENAI_API_KEY"] = ⟦os.getenv("MY_KEY")⟧\n',
            fixed='import os\n\nos.environ["OPENAI_API_KEY"] = os.environ["MY_KEY"]\n',
        ),
        bad("javascript", "process.env.OPENAI_API_KEY = ⟦process.env.MY_KEY⟧;\n"),
        good(
            "python",
            'import os\n\nos.environ["OPENAI_API_KEY"] = os.environ["MY_KEY"]\n',
            why="the read fails by itself, and says which variable",
        ),
        good("python", 'import os\n\nos.environ.setdefault("OPENAI_API_KEY", getpass.getpass())\n', why="typed in"),
        good(
            "python",
            'import os\n\nkey = os.getenv("MY_KEY")\nif key:\n    os.environ["OPENAI_API_KEY"] = key\n',
            why="tested first",
        ),
    ),
)
