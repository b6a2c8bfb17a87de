"""Terraform and its kin: variables with defaults, tfvars, and settings in blocks.

No grammar of HCL has wheels for every platform. What matters here are the pairs `name = "text"` and the blocks and objects
around them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages import encoded
from keylint.languages.config import ConfigWiring, Setting
from keylint.languages.script.lexer import Lexicon, Quote, Token, tokens
from keylint.languages.syntax import Adapter
from keylint.lazy import regex
from keylint.model import Fact, Span

if TYPE_CHECKING:
    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_LEXICON = Lexicon(
    quotes=(
        Quote(regex(rb"<<-?(?P<q>\w+)\r?\n"), "", escape=False),
        Quote(regex(rb'"'), '"', expands=regex(rb"[$%]\{"), lines=False),
    ),
    comments=regex(rb"#[^\n]*|//[^\n]*|/\*[\s\S]*?(?:\*/|\Z)"),
    name=regex(rb"[A-Za-z_][\w.-]*"),
    signs=("==", "!=", "<=", ">=", "=>", "&&", "||"),
)
_ENDS = ("\n", ",", "}", "]", ")")
MAX_DEPTH = 200


class HclAdapter(Adapter):
    """Lowers HCL to facts."""

    name = "hcl"
    comments = ("#", "//", "/*")
    settings = True

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        return [
            *ConfigWiring(source, settings(source), catalogue).facts(),
            *encoded.in_terraform(source, catalogue),
        ]

    def is_comment(self, source: Source, offset: int) -> bool:
        """See ``Adapter.is_comment``."""
        return any(
            token.kind == "comment" and token.start <= offset < token.end for token in tokens(source.data, _LEXICON)
        )

    def broken(self, data: bytes) -> bool:
        """Whether a text is left open."""
        return any(token.kind == "string" and not _is_closed(data, token) for token in tokens(data, _LEXICON))


def _is_closed(data: bytes, token: Token) -> bool:
    written = data[token.start : token.end]
    return not written.startswith(b'"') or (len(written) > 1 and written.endswith(b'"'))


def settings(source: Source) -> list[Setting]:
    """The pairs whose value is a text that nothing is filled into."""
    found: list[Setting] = []
    stack: list[tuple[tuple[str, ...], dict[str, str]]] = [((), {})]
    row = [token for token in tokens(source.data, _LEXICON) if token.kind != "comment"]
    head: list[Token] = []  # what stands before a brace, or before the sign of a pair
    for index, token in enumerate(row):
        if token.kind in ("name", "string"):
            head.append(token)
        elif token.text in ("{", "[", "("):
            path = (*stack[-1][0], *(_word(source, made) for made in head))
            stack.append((path[:MAX_DEPTH], {}))
            head = []
        elif token.text in ("}", "]", ")"):
            stack = stack[:-1] or [((), {})]
            head = []
        elif token.text in ("=", ":") and head:
            following = row[index + 1] if index + 1 < len(row) else None
            after = row[index + 2].text if index + 2 < len(row) else "\n"
            path, siblings = stack[-1]
            name = head[-1]
            if following is not None and following.kind == "string" and not following.holes and after in _ENDS:
                found.append(_setting(source, path, siblings, name, following))
            head = [name]
        elif token.text in ("\n", ","):
            head = []
    return found


def _word(source: Source, token: Token) -> str:
    return token.text if token.kind == "name" else source.slice(Span(token.start, token.end)).strip('"')


def _setting(source: Source, path: tuple[str, ...], siblings: dict[str, str], name: Token, value: Token) -> Setting:
    key, span = _word(source, name), Span(value.start, value.end)
    inner = Span(span.start + 1, max(span.end - 1, span.start + 1))
    text = source.slice(inner)
    siblings[key] = text
    # `variable "openai_api_key" { default = "…" }`: the block's label is the name.
    whole = ("variable", path[1]) if key == "default" and len(path) == 2 and path[0] == "variable" else (*path, key)
    return Setting(whole, text, span, inner, Span(name.start, name.end), '"', siblings)


ADAPTER = HclAdapter()
