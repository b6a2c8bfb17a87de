"""A variable is read under a name that nothing defines, and something defines nearly the same name.

`OPENAI_KEY` for `OPENAI_API_KEY`, `OPENAPI` for `OPENAI`: the read finds nothing, and the value stands under the other name
in the project's own files.

Use one name in both places.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.model import Client, Edit, EnvRead, Fix, Note, Problem, Role, Slot, Span
from keylint.rules.rule import Rule, bad, good
from keylint.wiring.names import SECRET_NAME, distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project

_NOISE = {"API", "KEY", "TOKEN", "SECRET", "APP", "MY", "THE"}


def check(project: Project, _context: Context) -> Iterator[Problem]:
    """Reads, and clients that read by themselves, whose variable is mentioned nowhere else."""
    defined = {definition.name for _, _, definition in project.definitions}
    seen: set[str] = set()
    alike: dict[str, set[str]] = {}
    for path, checked in project.reported():
        if checked.source.role is not Role.PRODUCTION or checked.source.language in ("shell", "dotenv"):
            continue
        tried = {fact.name for fact in checked.facts if isinstance(fact, EnvRead)}
        for fact in checked.facts:
            name, span, read = _wanted(fact, checked.context)
            if not name or name in defined or name in seen or name in project.settings.provided:
                continue
            if name not in alike:
                alike[name] = {other for other in defined if is_near(name, other, checked.context)}
            near = sorted(alike[name] - tried)
            if len(near) != 1 or _is_read(project, near[0]):
                continue
            if project.mentions(name, except_for=path) or (
                checked.adapter.settings and _is_overridden(fact, project, path)
            ):
                continue  # last, since all files are searched for that
            seen.add(name)
            where, _, definition = project.defined(near[0])[0]
            vendor = checked.context.provider(
                (checked.context.catalogue.variable(name) or checked.context.catalogue.variable(near[0]) or ("",))[0]
            )
            yield Problem(
                span,
                f"{name} is {'read' if read else 'what the client reads'}, and only {near[0]} is defined",
                checked.context.unset(vendor.id, fact.value if isinstance(fact, EnvRead) else None),
                f"read {near[0]}, or call it {name} in {where}",
                fix=_fix(fact, near[0], checked.context),
                notes=(Note(definition.name_span, "defined here", project.files[where].source.path),),
                cause=span,
                path=path,
            )


def _is_overridden(fact: object, project: Project, path: str) -> bool:
    """Whether something speaks of the variable that takes the place of a setting of Spring: SPRING_AI_OPENAI_API_KEY."""
    if not isinstance(fact, EnvRead) or not re.search(r"(?:^|/)(?:application|bootstrap)[\w-]*\.", path):
        return False
    name = fact.call.upper().replace(".", "_")
    return any(project.mentions(name.replace("-", sign), except_for=path) for sign in ("", "_"))


def _wanted(fact: object, context: Context) -> tuple[str, Span, bool]:
    """(variable, place, whether the program itself reads it)."""
    if (
        isinstance(fact, EnvRead)
        and not (fact.fallback or fact.broken or fact.value.default)
        and ((fact.slot is not None and fact.slot.is_secret) or SECRET_NAME.search(fact.name))
    ):
        return fact.name, fact.name_span, True
    if (
        isinstance(fact, Client)
        and fact.reads_environment
        and not {Slot.API_KEY, Slot.AUTH_TOKEN} & set(fact.slots)
        and not fact.spread
        and fact.positional is None
    ):
        return context.provider(fact.provider).variable(Slot.API_KEY), fact.span, False
    return "", Span(0, 0), False


def is_near(name: str, other: str, context: Context) -> bool:
    """Whether two variables are meant to be the same: a slip of the pen, or the same words joined otherwise."""
    if name == other or not SECRET_NAME.search(other):
        return False
    replaced = _replaced(name, other)
    if any(word.isdigit() and rest.isdigit() for word, rest in replaced):
        return False  # one of several keys
    left, right = name.replace("_", ""), other.replace("_", "")
    if left == right or (not replaced and min(len(left), len(right)) >= 8 and distance(left, right, 2) <= 2):
        return True
    if not any(_speaks_of(word, context) for word in (name, other)):
        return False  # other services do tell a token from a key
    words, others = set(name.split("_")) - _NOISE, set(other.split("_")) - _NOISE
    if len(words) == len(others) == 1 and set(name.split("_")) - words == set(other.split("_")) - others:
        one, two = words.pop().lower(), others.pop().lower()
        return any({one, two} <= set(provider.words) for provider in context.catalogue.providers.values())
    joined, rejoined = "".join(sorted(words)), "".join(sorted(others))
    return bool(words) and (
        words == others
        or joined == rejoined
        or "".join(name.split("_")[:-1]).replace("API", "") == "".join(other.split("_")[:-1]).replace("API", "") != ""
    )


def _replaced(name: str, other: str) -> list[tuple[str, str]]:
    """The words that stand in the place of others instead of being mistyped: (OSS, AWS), (1, 2)."""
    words, others = name.split("_"), other.split("_")
    if len(words) != len(others):
        return []
    return [
        (word, rest)
        for word, rest in zip(words, others, strict=True)
        if word != rest and 2 * distance(word, rest, 2) >= max(len(word), len(rest))
    ]


def _speaks_of(name: str, context: Context) -> bool:
    """Whether a variable's name is a provider's, or has a provider's word in it."""
    joined = name.lower().replace("_", "")
    return context.catalogue.variable(name) is not None or any(
        word.replace("_", "") in joined for provider in context.catalogue.providers.values() for word in provider.words
    )


def _is_read(project: Project, name: str) -> bool:
    return any(
        isinstance(fact, EnvRead) and fact.name == name
        for checked in project.files.values()
        for fact in checked.facts
        if checked.source.language != "shell"
    )


def _fix(fact: object, name: str, context: Context) -> Fix | None:
    if not isinstance(fact, EnvRead):
        return None
    return context.fix(
        f"read {name}",
        [
            context.rewrite(fact.name_span, name)
            if context.source.data[fact.name_span.start : fact.name_span.start + 1] in (b'"', b"'", b"`")
            else Edit(fact.name_span, name)
        ],
    )


RULE = Rule(
    "KL503",
    "near-miss-variable",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.getenv(⟦"OPENAI_KEY"⟧)\n',
            fixed='import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.getenv("OPENAI_API_KEY")\n',
            files={".env.example": "OPENAI_API_KEY=\nNEO4J_URL=\n"},
        ),
        bad(
            "python",
            "from dotenv import load_dotenv\nfrom openai import OpenAI\n\nload_dotenv()\nclient = ⟦OpenAI⟧()\n",
            files={".env.example": "OPEN_AI_KEY=\n"},
        ),
        bad(
            "python",
            'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.getenv(⟦"CLAUDE_API_KEY"⟧)\n',
            files={".env.example": "ANTHROPIC_API_KEY=\n"},
        ),
        bad(
            "yaml",
            "spring:\n  ai:\n    openai:\n      api-key: ${⟦OPENAI_KEY⟧}\n",
            fixed="spring:\n  ai:\n    openai:\n      api-key: ${OPENAI_API_KEY}\n",
            path="src/main/resources/application.yml",
            files={
                "compose.yml": "services:\n  a:\n    image: acme/a\n    environment: [OPENAI_API_KEY]\n",
                ".env.example": "OPENAI_API_KEY=\n",
            },
        ),
        good(
            "yaml",
            "spring:\n  ai:\n    openai:\n      api-key: ${OPENAI_KEY}\n",
            why="the variable of the setting itself is set",
            path="src/main/resources/application.yml",
            files={
                "compose.yml": "services:\n  a:\n    image: acme/a\n    environment: [OPENAI_API_KEY, SPRING_AI_OPENAI_API_KEY]\n",
                ".env.example": "OPENAI_API_KEY=\n",
            },
        ),
        good(
            "python",
            'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.getenv("OPEN_AI_KEY")\n',
            why="unusual, but the same in both places",
            files={".env.example": "OPEN_AI_KEY=\n"},
        ),
        good(
            "typescript",
            "const key = process.env.OPENAI_API_KEY || process.env.OPNEAI_API_KEY;\n",
            why="the misspelt one is only a fallback",
            files={".env.example": "OPENAI_API_KEY=\n", "a.ts": "import 'dotenv/config';\n"},
        ),
        good(
            "python",
            'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.environ["OPENAI_API_KEY_FILE"]\n',
            why="another thing, and defined",
            files={
                "compose.yml": "services:\n  a:\n    environment:\n      OPENAI_API_KEY_FILE: /run/secrets/openai\n"
            },
        ),
    ),
)
