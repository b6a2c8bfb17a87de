"""A keylint comment that silences nothing.

The finding it was written for is gone, or it names a rule that does not exist: it would only hide the next mistake.

Remove it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.mask import quote
from keylint.model import Problem, Severity
from keylint.rules import valid
from keylint.rules.rule import Rule, bad, good

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.context import Context
    from keylint.suppress import Ignore


def check(ignore: Ignore, context: Context) -> Iterator[Problem]:
    """Comments of ours that silenced nothing, after all other rules have run."""
    unknown = [word for word in ignore.selectors if not valid(word)]
    yield Problem(
        ignore.span,
        f"no rule is called {quote(unknown[0])}" if unknown else "this comment silences nothing",
        "nothing now; it may hide a mistake later",
        "remove it" if not unknown else "name a rule: `keylint rules` lists them",
        cause=ignore.span,
    )


RULE = Rule(
    "KL001",
    "unused-ignore",
    ("suppression",),
    check,
    __doc__,
    severity=Severity.WARNING,
    default=False,
    examples=(
        bad("python", "key = settings.key  # ⟦keylint: ignore[KL201]⟧ a test key\n"),
        bad("yaml", "# ⟦keylint: ignore[KL999]⟧\nkey: abc\n"),
        good(
            "python",
            'client = OpenAI(api_key="YOUR_API_KEY")  # keylint: ignore[KL201] replaced at build time\n',
            why="it silences a finding",
        ),
        good("python", 'text = "keylint: ignore[KL201]"\n', why="not a comment"),
    ),
)
