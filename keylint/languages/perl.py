"""Perl."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import Words
from keylint.languages.script import Grammar, ScriptAdapter, ScriptFile, ScriptParser
from keylint.languages.script.lexer import Lexicon, Quote
from keylint.languages.syntax import Call
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    import re

    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Shape
    from keylint.model import Value

_HOLE = regex(rb"(\$[A-Za-z_]\w*(?:(?:->)?[{\[][\"']?\w+[\"']?[}\]])*)|\$\{|@\{\[")
_ENV = regex(r"\$ENV\{\s*[\"']?([^\"'{}\s]+)[\"']?\s*\}")
_LEXICON = Lexicon(
    quotes=(
        Quote(regex(rb"\bqq\s*(?P<q>[{(\[<|!/])"), "", expands=_HOLE),
        Quote(regex(rb"\bq\s*(?P<q>[{(\[<|!/])"), "", escape=False),
        Quote(regex(rb'"'), '"', expands=_HOLE),
        Quote(regex(rb"'"), "'"),
    ),
    comments=regex(rb"#[^\n]*|(?<![^\n])=[a-z]+[\s\S]*?(?:\n=cut[^\n]*|\Z)"),
    name=regex(rb"[$@%&]?[A-Za-z_\x80-\xff][\w\x80-\xff]*(?:::\w+)*"),
    signs=("<=>", "||=", "//=", "=>", "->", "==", "!=", "<=", ">=", "&&", "||", "//", "=~", "!~", ".=", "+=", "::"),
    words={"eq": "eq", "ne": "ne", "or": "or", "and": "and"},
)
_GRAMMAR = Grammar(
    _LEXICON,
    assigns=frozenset({"=", ".=", "||=", "//=", "+="}),
    arrows=frozenset({"=>"}),
    operators=(
        frozenset({"or", "and"}),
        frozenset({"||", "//"}),
        frozenset({"&&"}),
        frozenset({"==", "!=", "eq", "ne", "=~", "!~", "<", ">"}),
        frozenset({".", "+", "-"}),
    ),
    dots=frozenset({"->"}),
    modifiers=frozenset({"STDERR", "STDOUT", "my", "our", "local", "return", "use", "constant"}),
    newlines=False,
)


class PerlFile(ScriptFile):
    """One file of Perl."""

    sigils = "$@%&"
    arrows = frozenset({"=>"})
    joins = frozenset({"."})
    fallbacks = frozenset({"||", "//"})
    nothing = {"undef": ""}
    comparisons = frozenset({"==", "!=", "eq", "ne", "=~", "!"})
    fillers = regex(rb"sprintf|=~\s*s/")
    environments = {"ENV": Unset.NULL}
    subscripts = frozenset({"index", "call"})
    calls = frozenset({"call"})
    glue = {"join": ""}
    formatters = {"sprintf": "%"}
    header_lines = False
    bearers = frozenset()

    def evaluate(self, node: Node) -> Value:
        """``$ENV{X}``: a name and a block to the parser."""
        inner = self.inner(node)
        match = self._variable(inner)
        if match:
            return self.variable(inner, match.group(1), inner.start_byte + match.start(1), Unset.NULL, "$ENV")
        return super().evaluate(node)

    def shape(self, node: Node) -> Shape | None:
        """``Dotenv->load``: a call without parentheses."""
        above = self.parent(node)
        if node.type == "member" and above is not None and above.type == "statement":
            name = ".".join(self.path(node))
            return Call(name, name, span(node), span(node), [], known=False, node=node)
        return super().shape(node)

    def _variable(self, node: Node) -> re.Match[str] | None:
        return _ENV.fullmatch(self.text(node)) if node.type == "call" else None

    def path(self, node: Node) -> tuple[str, ...]:
        """``$ENV{X}`` is an entry of the environment."""
        match = self._variable(self.inner(node))
        return ("ENV", f"[{match.group(1)}]") if match else super().path(node)

    def callee(self, node: Node) -> tuple[str, ...]:
        """``OpenAI::API->new``."""
        return tuple(part for name in super().callee(node) for part in name.split("::"))


class PerlAdapter(ScriptAdapter):
    """Lowers Perl to facts."""

    name = "perl"
    comments = ("#",)
    expands = "write double quotes"
    file_class = PerlFile
    words = Words(
        read="$ENV{{{}}}",
        join="'{0}' . {1}",
        interpolated=lambda text: f'"{text[1:-1]}"' if '"' not in text[1:-1] and text[:1] == "'" else "",
        reference="${}",
    )
    idiom = Idiom(
        language="perl",
        environment="ENV",
        loaders={"Dotenv.load": "dotenv"},
        sinks=regex(r"^(?:print|say|warn|printf|carp|Dumper|log\.\w+|\$?logger\.\w+)$"),
    )

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return ScriptParser(_GRAMMAR)  # type: ignore[return-value]


ADAPTER = PerlAdapter()
