"""What a rule is, and the examples that are its specification, its tests and its documentation.

In an example ``⟦ ⟧`` mark the span that must be reported and ``«openai.key»`` stands for a key of that provider, made up
when a test runs, so that no key-shaped text is ever committed.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from keylint.model import Confidence, Fact, Problem, Severity
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from keylint.context import Context


class Example(Record):
    """Code that the rule reports (`bad`) or leaves alone.

    `fixed` is the code after all safe and unsafe fixes of the rule; `files` are further files of the project that the
    example is laid out in; `why` says what a good example has that a bad one has not.
    """

    bad: bool
    language: str
    code: str
    fixed: str = ""
    why: str = ""
    path: str = ""
    files: Mapping[str, str] = MappingProxyType({})
    confidence: str = "likely"  # what --min-confidence has to be for it to show


def bad(
    language: str,
    code: str,
    *,
    fixed: str = "",
    path: str = "",
    files: Mapping[str, str] | None = None,
    confidence: str = "likely",
) -> Example:
    """Code with the mistake; the reported spans are marked."""
    return Example(True, language, code, fixed, "", path, files or {}, confidence)


def good(language: str, code: str, *, why: str, path: str = "", files: Mapping[str, str] | None = None) -> Example:
    """Code that looks alike and is right; `why` is the difference."""
    return Example(False, language, code, "", why, path, files or {}, "likely")


class Rule(Record):
    """One mistake that keylint knows.

    `sees` are the kinds of facts that `check` is called with, one at a time; a rule of the whole project has
    ``sees=("project",)`` and gets a ``Project``. Of two findings with one cause the one with the higher `rank` is kept.
    """

    code: str
    name: str
    sees: tuple[type[Fact], ...] | tuple[str, ...]
    check: Callable[[Any, Context], Iterator[Problem]]
    doc: str
    severity: Severity = Severity.ERROR
    confidence: Confidence = Confidence.LIKELY
    rank: int = 50
    default: bool = True
    secret: bool = False  # about a hardcoded credential: other tools' "this is no secret" comments silence it
    examples: tuple[Example, ...] = ()

    @property
    def summary(self) -> str:
        """The first line of the documentation."""
        return self.doc.strip().partition("\n")[0]

    @property
    def project(self) -> bool:
        """Whether the rule needs the whole project."""
        return self.sees == ("project",)

    @property
    def fixable(self) -> bool:
        """Whether it ever offers a fix."""
        return any(example.fixed for example in self.examples)
