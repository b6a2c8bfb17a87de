"""VBA and VBScript: headers, keys and where their values come from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.judge import is_random
from keylint.languages.code import WHOLE_SCHEME
from keylint.languages.syntax import Adapter, Code, Expr
from keylint.languages.vba.parser import Declaration, Module, Statement, Token, around, parse, split
from keylint.model import (
    Edit,
    Env,
    EnvRead,
    Fact,
    Hop,
    Join,
    Literal,
    Log,
    Missing,
    Opaque,
    Span,
    Text,
    Unset,
    Use,
    Value,
    through,
)
from keylint.providers.catalogue import GENERIC, Catalogue
from keylint.wiring import hosts
from keylint.wiring.headers import HeaderWiring
from keylint.wiring.hosts import Destination

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.source import Source

_HEADER_CALLS = {"setrequestheader", "addheader", "setheader", "header"}
_NULLABLE = {"dlookup", "dfirst", "dlast", "dmax", "dmin"}  # Null when nothing is found, and Null & text is the text
_CONDITIONS = {"if", "elseif", "select", "while", "until", "do", "iif", "assert"}


class VbaFile:
    """One parsed module, with the names' values."""

    def __init__(self, source: Source) -> None:
        self.data = source.data
        self.module: Module = parse(source.data)
        self._resolving: set[str] = set()

    def is_under_condition(self, offset: int, word: str) -> bool:
        """Not told here."""
        return False

    # ---------------------------------------------------------------------------------------------------- values

    def value(self, line: list[Token], statement: Statement) -> Value:
        """The value of an expression."""
        if not line:
            return Opaque("incomplete", Span(0, 0))
        pieces = split(line, {"&", "+"})
        if len(pieces) > 1:
            return self._joined([self._part(piece, statement) for piece in pieces if piece], around(line))
        return self._part(line, statement)

    def _joined(self, parts: list[Value], where: Span) -> Value:
        flat: list[Value] = []
        for part in parts:
            last = flat[-1] if flat else None
            if isinstance(part, Literal) and isinstance(last, Literal) and not WHOLE_SCHEME.fullmatch(last.text):
                spans = (*(last.parts or (last.span,)), part.span)
                flat[-1] = Literal(
                    last.text + part.text, where, where, last.hops or part.hops, parts=spans, escaped=True
                )
            else:
                flat.append(part)
        return flat[0] if len(flat) == 1 else Join(tuple(flat), where)

    def _part(self, line: list[Token], statement: Statement) -> Value:
        where = around(line)
        while len(line) > 2 and line[0].text == "(" and line[-1].text == ")":
            line = line[1:-1]
        if len(line) == 1 and line[0].kind == "string":
            return self._string(line[0])
        if len(line) == 1 and line[0].kind == "name":
            return self._named(line[0], statement)
        call = line[0].text.lower().rstrip("$") if line[0].kind == "name" else ""
        arguments = split(line[2:-1], {","}) if len(line) > 3 and line[1].text == "(" else []
        if call == "environ" and arguments and arguments[0]:
            name = self.value(arguments[0], statement)
            if isinstance(name, Literal):
                return Env(name.text, where, around(arguments[0]), Unset.EMPTY, call="Environ")
        if call in ("trim", "cstr", "ltrim", "rtrim", "clean") and arguments:
            return self.value(arguments[0], statement)
        return Opaque("the result of a call", where, name=call, nullable=call in _NULLABLE)

    def _string(self, token: Token) -> Value:
        closed = len(token.text) > 1 and token.text.endswith('"')
        content = Span(token.span.start + 1, token.span.end - (1 if closed else 0))
        raw = token.text[1:-1] if closed else token.text[1:]
        text = raw.replace('""', '"')
        return (
            Literal(text, token.span, content, quote='"', escaped=text != raw) if text else Missing("empty", token.span)
        )

    def _named(self, token: Token, statement: Statement) -> Value:
        name = token.text.lower().rstrip("$%&!#@")
        if name in ("vbnullstring", "empty", "null", "nothing"):
            return Missing("empty", token.span)
        if name in self._resolving:
            return Opaque("refers to itself", token.span, name=token.text)
        self._resolving.add(name)
        try:
            value = self._resolve(name, token, statement)
        finally:
            self._resolving.discard(name)
        if isinstance(value, Opaque):
            return Opaque(
                value.reason,
                token.span,
                (Hop(token.text, token.span), *value.hops),
                token.text,
                value.fallback,
                value.nullable,
            )
        return through(value, Hop(token.text, token.span))

    def _resolve(self, name: str, token: Token, statement: Statement) -> Value:
        """The assignment that reaches a name: in its procedure, else the module's only one."""
        declared = [
            known
            for known in self.module.declarations
            if known.name == name and known.procedure in (0, statement.procedure)
        ]
        local = next((known for known in declared if known.procedure == statement.procedure and known.procedure), None)
        if local is not None and local.parameter:
            return self.value(local.value, statement) if local.value else Opaque("a parameter", token.span)
        assigned = list(self._assignments(name))
        here = [
            (made, line)
            for made, line in assigned
            if made.procedure == statement.procedure and line[0].span.start < token.span.start
        ]
        if here:
            made, line = here[-1]
            if made.blocks != statement.blocks[: len(made.blocks)]:
                return Opaque("assigned on one branch", token.span)
            return self.value(line, made)
        constant = next((known for known in declared if known.value), None)
        if constant is not None and constant.value:
            return self.value(constant.value, statement)
        if assigned or any(known.public for known in declared):
            return Opaque("assigned elsewhere", token.span)
        if self._is_filled(name, statement):
            return Opaque("given to a call that may fill it", token.span)
        return Missing("unassigned" if declared else "undeclared", token.span)

    def _assignments(self, name: str) -> Iterator[tuple[Statement, list[Token]]]:
        """``name = expression`` as a statement (with Let or Set, behind Then)."""
        for statement in self.module.statements:
            line = statement.tokens
            for index in range(len(line) - 1):
                if line[index].text.lower().rstrip("$%&!#@") != name or line[index + 1].text != "=":
                    continue
                before = line[index - 1].text.lower() if index else ""
                if before in ("", "let", "set", "then", "else") and len(line) > index + 2:
                    yield statement, line[index + 2 :]

    def _is_filled(self, name: str, statement: Statement) -> bool:
        """Whether a name is handed to another procedure, which gets it by reference, or read into from a file."""
        for other in self.module.statements:
            words = [word.rstrip("$%&!#@") for word in other.words]
            if (
                name not in words
                or words[0] in _CONDITIONS
                or words[0] in ("dim", "public", "private", "const", "static", "global")
            ):
                continue
            if words[0] in ("input", "line", "get", "for", "read", "call"):
                return True
            at = words.index(name)
            if ("&" not in words and at > 0 and words[at - 1] in ("(", ",")) or (
                at == 1 and other.tokens[0].kind == "name" and "=" not in words
            ):
                return True
        return False

    # --------------------------------------------------------------------------------------------------- questions

    def is_tested(self, value: Value) -> bool:
        """Whether a name that the value went through stands in a condition."""
        if isinstance(value, Join) and any(self.is_tested(part) for part in value.parts):
            return True
        names = {hop.name.lower().rstrip("$%&!#@") for hop in value.hops}
        if isinstance(value, Literal) and len(value.text) > 2:
            names.add(f'"{value.text.lower()}"')
        for statement in self.module.statements:
            words = [word.rstrip("$%&!#@") for word in statement.words]
            if words[0] in _CONDITIONS:
                end = words.index("then") if "then" in words else len(words)
                if names & set(words[1:end]):
                    return True
        return False


class VbaAdapter(Adapter):
    """Lowers VBA to facts."""

    name = "vba"
    expands = "join it with &"
    comments = ("'", "Rem ", "REM ", "rem ")

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """See ``Adapter.facts``."""
        file = VbaFile(source)
        headers = HeaderWiring(file, catalogue)  # type: ignore[arg-type]
        facts: list[Fact] = []
        for statement in file.module.statements:
            facts += self._headers(file, statement, headers, catalogue)
            facts += self._reads(file, statement, catalogue)
            facts += self._constants(file, statement, catalogue)
            facts += self._split(file, statement, catalogue)
            facts += self._logged(file, statement, catalogue)
        return facts

    def _logged(self, file: VbaFile, statement: Statement, catalogue: Catalogue) -> Iterator[Fact]:
        """``Debug.Print key``, ``MsgBox key``."""
        words = statement.words
        start = 3 if words[:3] == ["debug", ".", "print"] else 1 if words[0] in ("msgbox", "print") else 0
        if not start or len(words) <= start:
            return
        for token in statement.tokens[start:]:
            known = catalogue.variable(token.text.upper()) if token.kind == "name" else None
            if known and known[1].is_secret:
                yield Log(
                    token.span,
                    around(statement.tokens),
                    "the key",
                    " ".join(words[:start]).replace(" . ", "."),
                    known[0],
                )

    def _split(self, file: VbaFile, statement: Statement, catalogue: Catalogue) -> Iterator[Fact]:
        """Keys that are put together from several literals."""
        run: list[Token] = []
        for token in [*statement.tokens, Token("sign", ",", Span(0, 0))]:
            if token.kind == "string" or (run and token.text in ("&", "+")):
                run.append(token)
                continue
            while run and run[-1].kind != "string":
                run.pop()
            if len(run) > 2:
                value = file.value(run, statement)
                format = catalogue.identify(value.text) if isinstance(value, Literal) else None
                if isinstance(value, Literal) and format is not None and is_random(value.text, format):
                    yield Text(format.provider, format.name, value.span, format.slot, "split")
            run = []

    def _headers(
        self, file: VbaFile, statement: Statement, headers: HeaderWiring, catalogue: Catalogue
    ) -> Iterator[Fact]:
        """``http.setRequestHeader "Authorization", value``, with or without parentheses."""
        line = statement.tokens
        for index, token in enumerate(line):
            if token.text.lower() not in _HEADER_CALLS or token.kind != "name" or index + 1 >= len(line):
                continue
            rest = line[index + 1 :]
            if rest[0].text == "(" and rest[-1].text == ")":
                rest = rest[1:-1]
            arguments = split(rest, {","})
            if len(arguments) < 2 or not arguments[0] or not arguments[1]:
                continue
            name = file.value(arguments[0], statement)
            if not isinstance(name, Literal):
                continue
            where = around(arguments[1])
            value = file.value(arguments[1], statement)
            destination = self._destination(file, statement, catalogue)
            expr = Expr(None, where, lambda _, value=value: value)  # type: ignore[misc]
            whole = Span(arguments[0][0].span.start, where.end)
            yield from headers.emit(name.text, around(arguments[0]), expr, whole, destination, in_headers=True)

    def _destination(self, file: VbaFile, statement: Statement, catalogue: Catalogue) -> Destination:
        """The URL of an ``Open`` in the same procedure."""
        for other in file.module.statements:
            if other.procedure != statement.procedure or "open" not in other.words:
                continue
            at = other.words.index("open")
            rest = other.tokens[at + 1 :]
            for argument in split(rest[1:-1] if rest[:1] and rest[0].text == "(" else rest, {","}):
                if argument:
                    found = hosts.destination(file.value(argument, other), catalogue)
                    if found.known:
                        return found
        return Destination()

    def _reads(self, file: VbaFile, statement: Statement, catalogue: Catalogue) -> Iterator[Fact]:
        """``Environ("X")``."""
        line = statement.tokens
        for index, token in enumerate(line):
            if token.text.lower().rstrip("$") == "environ" and index + 3 < len(line) and line[index + 1].text == "(":
                end = next((place for place in range(index, len(line)) if line[place].text == ")"), len(line) - 1)
                value = file.value(line[index : end + 1], statement)
                if isinstance(value, Env):
                    provider, slot = catalogue.variable(value.name) or ("", None)
                    target = Literal("", value.span, value.span, (Hop(line[0].text, line[0].span),))
                    yield EnvRead(
                        value.name,
                        value.name_span,
                        value.span,
                        "Environ",
                        value,
                        provider,
                        slot,
                        guarded=file.is_tested(target),
                        lazy=statement.procedure > 0,
                    )

    def _constants(self, file: VbaFile, statement: Statement, catalogue: Catalogue) -> Iterator[Fact]:
        """A variable or constant whose name speaks for itself."""
        words = statement.words
        if "=" not in words:
            return
        sign = words.index("=")
        names = [
            token
            for token in statement.tokens[:sign]
            if token.kind == "name"
            and token.text.lower()
            not in ("const", "public", "private", "as", "string", "variant", "let", "set", "dim", "global")
        ]
        if len(names) != 1 or words[0] in _CONDITIONS:
            return
        known = catalogue.parameter(names[0].text) or catalogue.variable(names[0].text.upper())
        value_tokens = statement.tokens[sign + 1 :]
        if known and known[0] != GENERIC and value_tokens:
            value = file.value(value_tokens, statement)
            yield Use(
                known[0],
                known[1],
                value,
                around(value_tokens),
                names[0].text,
                "variable",
                guarded=file.is_tested(value),
            )

    def write_env(
        self, source: Source, variable: str, at: Span, *, before: str = "", required: bool = True
    ) -> Code | None:
        """``Environ$("X")``: "" when it is not set."""
        return Code(f'"{before}" & Environ$("{variable}")' if before else f'Environ$("{variable}")')

    def prefix(self, source: Source, at: Span, before: str) -> list[Edit] | None:
        """See ``Adapter.prefix``."""
        return [Edit(Span(at.start, at.start), f'"{before}" & ')]

    def is_comment(self, source: Source, offset: int) -> bool:
        """See ``Adapter.is_comment``."""
        return any(comment.start <= offset < comment.end for comment in parse(source.data).comments)

    def broken(self, data: bytes) -> bool:
        """Whether a string is left open."""
        return any(
            token.kind == "string" and not (len(token.text) > 1 and token.text.endswith('"'))
            for statement in parse(data).statements
            for token in statement.tokens
        )


ADAPTER = VbaAdapter()

__all__ = ["ADAPTER", "Declaration", "VbaAdapter"]
