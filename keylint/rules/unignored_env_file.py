"""A file of variables holds a key, and git does not ignore it.

The next `git add .` commits the key; if the file is tracked, it is already in the history, for everyone who can read the
repository.

Add the file to `.gitignore`. A tracked file has to be taken out with `git rm --cached` too, and its keys replaced.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from keylint.judge import Kind
from keylint.model import (
    Applicability,
    Confidence,
    Edit,
    Endpoint,
    EnvDefinition,
    Fix,
    Foreign,
    Literal,
    Problem,
    Role,
    Span,
    Text,
)
from keylint.rules.rule import Rule, bad, good
from keylint.workspace import contents

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.analysis import Checked
    from keylint.context import Context
    from keylint.project import Project


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Asks git about every live file of variables that holds a secret."""
    bearing = {path: span for path, checked in project.reported() if (span := _secret(checked)) is not None}
    for path, how in project.unignored(sorted(bearing)):
        checked = project.files[path]
        span = bearing[path]
        name = path.rpartition("/")[2]
        provider = next(
            (
                fact.provider
                for fact in checked.facts
                if isinstance(fact, EnvDefinition | Text)
                and fact.provider
                and fact.span.overlaps(span)
                and not (isinstance(fact, EnvDefinition) and fact.endpoint is not Endpoint.DEFAULT)
            ),
            "",
        )
        vendor = checked.context.provider(provider)
        said = {
            "tracked": (
                f"{name} holds a key and is tracked by git",
                "the key is in the history, for everyone who can read the repository",
            ),
            "untracked": (f"{name} holds a key and git does not ignore it", "the next `git add .` commits it"),
            "outside": (f"{name} holds a key and nothing keeps it out of git", "the first `git add .` here commits it"),
        }[how]
        yield Problem(
            span,
            said[0],
            said[1],
            f"run `git rm --cached {path}`, add it to .gitignore, and replace the key: {vendor.key_page}"
            if how == "tracked"
            else "add it to .gitignore",
            fix=_fix(project, path, checked) if how == "untracked" else None,
            cause=span,
            path=path,
        )


def _secret(checked: Checked) -> Span | None:
    """Where the first real secret of a live file of variables stands."""
    source = checked.source
    if source.language != "dotenv" or source.role is Role.TEMPLATE or source.ignored:
        return None
    for fact in checked.facts:
        if (
            isinstance(fact, EnvDefinition)
            and isinstance(fact.value, Literal)
            and not fact.commented
            and (
                checked.context.judge(fact.value.text, fact.provider).kind in (Kind.KEY, Kind.DAMAGED)
                and fact.slot is not None
                and fact.slot.is_secret
            )
        ):
            return fact.value.content
    return next(
        (
            fact.span
            for fact in checked.facts
            if isinstance(fact, Text) or (isinstance(fact, Foreign) and fact.confidence is not Confidence.POSSIBLE)
        ),
        None,
    )


def _fix(project: Project, path: str, checked: Checked) -> Fix | None:
    """A line at the end of the project's .gitignore, which is made if there is none; None if it is no plain file."""
    target = os.path.join(project.root, ".gitignore")
    old = contents(target) if os.path.lexists(target) else b""
    if old is None:
        return None
    newline = "" if not old or old.endswith(b"\n") else "\n"
    line = path.rpartition("/")[2] if path.rpartition("/")[2].startswith(".env") else f"/{path}"
    shown = os.path.relpath(target)
    return Fix(
        "add it to .gitignore", (Edit(Span(len(old), len(old)), f"{newline}{line}\n", shown),), Applicability.SAFE
    )


RULE = Rule(
    "KL601",
    "unignored-env-file",
    ("project",),
    check,
    __doc__,
    rank=20,
    secret=False,
    examples=(
        bad("dotenv", "OPENAI_API_KEY=⟦«openai.key»⟧\n", path=".env", files={".gitignore": "*.pyc\n"}),
        bad("dotenv", "ANTHROPIC_API_KEY=⟦«anthropic.key»⟧\n", path=".env", files={".gitignore": ".env/\nvenv/\n"}),
        bad("dotenv", "OPENAI_API_KEY=⟦«openai.key»⟧\n", path=".env", files={".gitignore": ".env*\n!.env\n"}),
        good(
            "dotenv",
            "OPENAI_API_KEY=«openai.key»\n",
            why="ignored: the key is where it belongs",
            path=".env",
            files={".gitignore": ".env\n"},
        ),
        good("dotenv", "OPENAI_API_KEY=\n", why="no key in it", path=".env"),
    ),
)
