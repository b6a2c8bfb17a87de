"""A name that the SDK has no more.

openai 1.0 took the module `openai.error` away: `except openai.error.RateLimitError` raises an AttributeError of its own at the
moment the rate limit is hit, and importing from it fails at once.

openai 4.0 for Node.js no longer goes through axios: what it throws has `status` and `error`, and no `response`.

Use the name that stands for it now; the classes are in `openai` itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.dependencies import installed
from keylint.lazy import regex
from keylint.model import Problem, Removed, Role
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.project import Project


# Calls of openai for Python before 1.0, none of which works later.
_OLD = regex(
    rb"\bopenai\.(?:ChatCompletion|Completion|Embedding|Image|Audio|Moderation|Edit)\.a?(?:create|transcribe)\b"
)


def check(project: Project, _: Context) -> Iterator[Problem]:
    """Removed names, where the file or the project's requirements say that the version has them no more."""
    for path, checked in project.reported():
        if checked.source.role in (Role.VENDORED, Role.DOCUMENTATION):
            continue
        for fact in checked.facts:
            if not isinstance(fact, Removed):
                continue
            found = installed(project, fact.package, path)
            if not fact.certain and (found is None or found < fact.since):
                continue
            if found is not None and found < fact.since:
                continue
            old = fact.package == "openai" and _OLD.search(checked.source.data) is not None
            yield Problem(
                fact.span,
                f"{fact.package} has no `{fact.name}` since version {fact.since}",
                f"AttributeError or ImportError: {fact.name} does not exist"
                if checked.source.language == "python"
                else "TypeError: Cannot read properties of undefined, in the handler itself",
                f"it is `{fact.now}` now"
                if not old
                else "the whole file is written for openai before 1: pin `openai<1`, or move it over with `openai migrate`",
                fix=checked.context.fix(f"write {fact.now}", fact.repair) if fact.repair and not old else None,
                cause=fact.span,
                path=path,
            )


RULE = Rule(
    "KL707",
    "removed-exception",
    ("project",),
    check,
    __doc__,
    examples=(
        bad(
            "python",
            "import openai\nfrom openai import OpenAI\n\nclient = OpenAI()\ntry:\n    answer = client.responses.create(**request)\nexcept ⟦openai.error.RateLimitError⟧:\n    raise SystemExit('too fast')\n",
            fixed="import openai\nfrom openai import OpenAI\n\nclient = OpenAI()\ntry:\n    answer = client.responses.create(**request)\nexcept openai.RateLimitError:\n    raise SystemExit('too fast')\n",
        ),
        bad(
            "python",
            "from ⟦openai.error⟧ import RateLimitError\n",
            fixed="from openai import RateLimitError\n",
            files={"requirements.txt": "openai>=1.30\n"},
        ),
        bad(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new OpenAI();\n\nexport async function ask(request, reply) {\n  try {\n    reply.json(await client.responses.create(request));\n  } catch (error) {\n    if (error.⟦response.status⟧ === 429) reply.status(429).end();\n    else throw error;\n  }\n}\n',
            fixed='import OpenAI from "openai";\n\nconst client = new OpenAI();\n\nexport async function ask(request, reply) {\n  try {\n    reply.json(await client.responses.create(request));\n  } catch (error) {\n    if (error.status === 429) reply.status(429).end();\n    else throw error;\n  }\n}\n',
        ),
        good(
            "javascript",
            'import OpenAI from "openai";\n\nconst client = new OpenAI();\n\nexport async function ask(request, reply) {\n  try {\n    reply.json(await client.responses.create(request));\n  } catch (error) {\n    if (error.response) reply.status(error.response.status).end();\n    else throw error;\n  }\n}\n',
            why="it asks first whether there is one",
        ),
        good(
            "python",
            "import openai\n\ntry:\n    answer = openai.ChatCompletion.create(**request)\nexcept openai.error.RateLimitError:\n    raise\n",
            why="the version before 1",
            files={"requirements.txt": "openai==0.28.1\n"},
        ),
        good("python", "import openai\n\nerrors = openai.error.RateLimitError\n", why="the version cannot be told"),
    ),
)
