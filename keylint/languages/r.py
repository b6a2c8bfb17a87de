"""R."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from keylint.languages.family import Getter, Words
from keylint.languages.script import Grammar, ScriptAdapter, ScriptFile, ScriptParser
from keylint.languages.script.lexer import Lexicon, Quote
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.parsing import Parser
    from keylint.languages.syntax import Shape

_LEXICON = Lexicon(
    quotes=(
        Quote(regex(rb'[rR]"\('), ')"', escape=False),
        Quote(regex(rb'"'), '"'),
        Quote(regex(rb"'"), "'"),
    ),
    comments=regex(rb"#[^\n]*"),
    name=regex(rb"[A-Za-z.\x80-\xff][\w.\x80-\xff]*|`[^`\n]*`"),
    signs=("<<-", "->>", "|>", "%>%", "<-", "->", "==", "!=", "<=", ">=", "&&", "||", ":::", "::", "%||%"),
)
_GRAMMAR = Grammar(
    _LEXICON,
    assigns=frozenset({"<-", "<<-", "="}),
    arrows=frozenset(),
    operators=(
        frozenset({"|>", "%>%"}),
        frozenset({"||", "|", "%||%"}),
        frozenset({"&&", "&"}),
        frozenset({"==", "!=", "<", ">", "<=", ">="}),
        frozenset({"+", "-"}),
    ),
    dots=frozenset({"$", "::", ":::", "@"}),
    commands=False,
)


class RFile(ScriptFile):
    """One file of R."""

    gives = frozenset({"=", "<-", "<<-"})
    arrows = frozenset({"="})
    dots = frozenset({"$", "::", ":::", "@"})
    joins = frozenset()
    fallbacks = frozenset({"%||%"})
    pairs = frozenset({"assign"})
    nothing = {"NULL": "NULL", "NA": "NA"}
    fillers = regex(rb"\b(?:sprintf|glue|gsub|str_replace|str_glue)\b")
    getters = {"Sys.getenv": Getter(Unset.EMPTY, 0, 1), "get_env": Getter(Unset.EMPTY)}
    converters = frozenset({"trimws", "as.character", "I"})
    glue = {"paste0": "", "paste": " ", "str_c": "", "glue_collapse": ""}
    formatters = {"sprintf": "%", "glue": "{", "str_glue": "{", "glue.glue": "{"}
    map_makers = frozenset({"c", "list", "add_headers", "req_headers", "httr.add_headers", "httr2.req_headers"})
    bearers = frozenset({"req_auth_bearer_token"})

    def shape(self, node: Node) -> Shape | None:
        """A named argument is an entry and no assignment."""
        if node.type == "assign" and (above := self.parent(node)) is not None and above.type == "arguments":
            return self.pair(node)
        return super().shape(node)


class RAdapter(ScriptAdapter):
    """Lowers R to facts."""

    name = "r"
    comments = ("#",)
    expands = "join it with paste0()"
    file_class = RFile
    words = Words(read='Sys.getenv("{}")', join='paste0("{0}", {1})')
    idiom = Idiom(
        language="r",
        loaders={"dotenv.load_dot_env": "dotenv", "load_dot_env": "dotenv", "readRenviron": "dotenv"},
        updaters=frozenset({"Sys.setenv"}),
        sinks=regex(r"^(?:print|cat|message|writeLines|cli_text|logger\.log_info|log_info)$"),
    )

    @staticmethod
    @cache
    def parser() -> Parser:
        """The parser; made once."""
        return ScriptParser(_GRAMMAR)  # type: ignore[return-value]


ADAPTER = RAdapter()
