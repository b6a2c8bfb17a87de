"""What a language adapter hands to the wiring: calls, assignments and entries, whatever the language calls them.

These are the only shapes in which source code says where a credential goes. Values are worked out on demand, because most
shapes turn out to be of no interest.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

    from keylint.model import Edit, Env, Fact, Span, Value
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source


class Expr:
    """An expression: where it stands, and on demand what it is known to be."""

    __slots__ = ("_evaluate", "_value", "node", "span")

    def __init__(self, node: Any, span: Span, evaluate: Callable[[Any], Value]) -> None:
        self.node = node
        self.span = span
        self._evaluate = evaluate
        self._value: Value | None = None

    @property
    def value(self) -> Value:
        """Its value; worked out once."""
        if self._value is None:
            self._value = self._evaluate(self.node)
        return self._value


class Argument(Record):
    """One argument of a call; `name` is "" for a positional one."""

    name: str
    expr: Expr
    span: Span
    name_span: Span


class Call(Record):
    """A call or construction. `name` is the dotted callee with import aliases resolved, `written` as it stands."""

    name: str
    written: str
    span: Span
    callee: Span
    args: list[Argument]
    known: bool  # the callee's first name is imported or built in: `name` can be trusted
    spread: bool = False  # *args or **kwargs that cannot be seen through
    lazy: bool = False  # inside a function
    method: str = ""  # the last name, when it is called on something
    node: Any = None

    def positional(self) -> list[Argument]:
        """The arguments without a name, in order."""
        return [argument for argument in self.args if not argument.name]

    def named(self, *names: str) -> Argument | None:
        """The first argument that has one of the names."""
        return next((argument for argument in self.args if argument.name in names), None)


class Assignment(Record):
    """`path` is the target: ("openai", "api_key"), ("os", "environ", "[OPENAI_API_KEY]"); a subscript stands in brackets."""

    path: tuple[str, ...]
    target: Span
    expr: Expr
    span: Span
    operator: str = "="
    lazy: bool = False
    key: Span | None = None  # of a subscript's text
    node: Any = None


class Entry(Record):
    """A pair of a mapping literal: dictionary, object, hash."""

    key: str
    key_span: Span
    expr: Expr
    span: Span
    node: Any = None
    header: bool = False  # written as one text: "Name: value"
    member: bool = False  # a field of a structure, and no key of a mapping


class Read(Record):
    """A read of an environment variable; `broken` says how it fails to be one."""

    value: Env
    span: Span
    node: Any = None
    lazy: bool = False
    broken: str = ""
    target: str = ""  # the name that the value is given to at once
    fallback: bool = False  # stands to the right of another read: `a or b`


Shape: TypeAlias = Call | Assignment | Entry | Read


class Import(Record):
    """A module that is loaded: its name as written; `hoisted` if it runs before everything else in the file."""

    module: str
    span: Span
    hoisted: bool = False


class Code(Record):
    """Source text that says a value, and the modules it needs, for ``Adapter.add_import``."""

    text: str
    needs: tuple[str, ...] = ()


class TooCostly(ValueError):
    """The text sends its grammar's parser round in circles; the message says so in a few words."""

    def __init__(self) -> None:
        super().__init__("its syntax cannot be followed; only key shapes were looked for")


class Adapter(ABC):
    """One language or format. See CONTRIBUTING.md, "Add a language".

    A format that cannot say a thing leaves the method out: the defaults write nothing.
    """

    name: ClassVar[str]
    comments: ClassVar[tuple[str, ...]]  # what a comment begins with, for suppressions
    settings: ClassVar[bool] = False  # its files hold settings, no program
    expands: ClassVar[str] = ""  # how a text is made to expand what is in it: "put an f before the quotes"
    null_word: ClassVar[str] = ""  # what a missing value is inside a text: "None", "undefined"
    edits: ClassVar[bool] = True  # whether fixes can be written in it
    trim: ClassVar[str] = ""  # what strips white space from the expression before it: ".strip()"

    @abstractmethod
    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """Everything that the source says about credentials. Never raises on text."""

    @abstractmethod
    def is_comment(self, source: Source, offset: int) -> bool:
        """Whether an offset lies in a comment."""

    @abstractmethod
    def broken(self, data: bytes) -> bool:
        """Whether the text does not parse: a fix must not make it so."""

    def imports(self, source: Source) -> list[Import]:
        """The modules that a file loads when it is itself loaded, in the order in which that happens."""
        return []

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """An expression that reads an environment variable, to replace the one at a place; None if there is none.

        `before` is a text that what is read comes behind ("Bearer "); `required` asks for a read that fails if the
        variable is not set, where the language has one.
        """
        return None

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """The edits that put a text in front of what the expression at a place gives; None if they cannot be told."""
        return None

    def interpolate(self, source: Source, at: Span, template: str) -> tuple[list[Edit], bool] | None:
        """The edits that make a literal expand its template, and whether the names in it are known to exist."""
        return None

    def add_import(self, source: Source, module: str) -> Edit | None:
        """The edit that imports a module that written code needs; None if it needs none."""
        return None

    def import_near(self, source: Source, module: str, at: Span) -> Edit | None:
        """``add_import``, for code at a place."""
        return self.add_import(source, module)

    def load_env(self, source: Source, at: Span) -> Edit | None:
        """The edit that loads `.env` before the code at a place runs, with the language's usual library.

        None if there is no such library, or if it cannot be told how the file is run.
        """
        return None

    def spell(self, source: Source, edit: Edit) -> str:
        """How an edit's text is written at its place, where the file spells code otherwise than it reads."""
        return edit.text

    def place(self, source: Source, offset: int) -> str:
        """Where an offset is for a person, when the file's lines do not say it; "" if they do."""
        return ""

    def near(self, source: Source, at: Span) -> Adapter:
        """The adapter that speaks for a place: another one for code inside other files."""
        return self
