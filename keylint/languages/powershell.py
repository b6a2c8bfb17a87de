"""PowerShell."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Argument, Assignment, Call, Shape
from keylint.lazy import regex
from keylint.model import Damage, Edit, EnvDefinition, Fact, Hop, Literal, Missing, Opaque, Role, Span, Unset, Value
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_LIKE_A_VARIABLE = regex(r"[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*_(?:API_)?(?:KEY|TOKEN)")
_LOADS = regex(rb"(?im)^\s*\.\s+\S|Import-Module|\$global:|\busing module\b")
_OTHERS = regex(
    rb"^[ \t]*(?:(?P<shell>set|export)[ \t]+|(?P<sigil>\$))(?P<name>[A-Za-z_]\w*)(?P<sign>[ \t]*=[ \t]*)(?P<value>[^\r\n]*)",
    re.MULTILINE | re.IGNORECASE,
)
_SETTERS = {"set-item", "new-item", "si"}


class PowerShellFile(FamilyFile):
    """One file of PowerShell."""

    names = frozenset({"variable", "simple_name", "type_identifier", "command_name", "generic_token"})
    sigils = "$"
    strings = frozenset(
        {
            "expandable_string_literal",
            "verbatim_string_characters",
            "expandable_here_string_literal",
            "verbatim_here_string_characters",
        }
    )
    raw = strings  # the escape is the backtick, which no key and no header holds
    substitutions = frozenset({"variable", "sub_expression", "braced_variable"})
    calls = frozenset({"invokation_expression", "command"})
    argument_lists = frozenset({"argument_list", "argument_expression_list"})
    argument_types = frozenset({"argument_expression"})
    members = frozenset({"member_access", "type_name"})
    subscripts = frozenset({"element_access"})
    assignments = frozenset({"assignment_expression"})
    parameters = frozenset({"script_parameter"})
    holders = frozenset({"left_assignment_expression", "cast_expression", "expression_with_unary_operator"})
    pairs = frozenset({"hash_entry"})
    maps = frozenset({"hash_literal_expression", "hash_literal_body"})
    binaries = frozenset(
        {
            "additive_expression",
            "additive_argument_expression",
            "format_expression",
            "comparison_expression",
            "logical_expression",
        }
    )
    concatenations = frozenset({"additive_expression", "additive_argument_expression"})
    wrappers = frozenset(
        {
            "parenthesized_expression",
            "hash_literal_expression",
            "member_name",
            "type_literal",
            "type_spec",
            "left_assignment_expression",
            "sub_expression",
        }
    )
    functions = frozenset({"function_statement", "script_block_expression"})
    scopes = functions | frozenset({"program"})
    branches = frozenset(
        {
            "if_statement",
            "foreach_statement",
            "while_statement",
            "switch_statement",
            "try_statement",
            "catch_clause",
            "else_clause",
        }
    )
    conditions = frozenset({"if_statement", "while_statement"})
    tests = frozenset({"comparison_expression", "expression_with_unary_operator"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "argument_list",
            "argument_expression",
            "argument_expression_list",
            "invokation_expression",
            "unary_expression",
        }
    )
    statements = frozenset({"pipeline", "statement_list", "statement_block"})
    arrows = frozenset({"="})
    fallbacks = frozenset({"??"})
    nothing = {"$null": "", "$Null": "", "$NULL": ""}
    fillers = regex(rb"(?i)-replace|\.Replace\(|\$\w+\s+-f\s")
    getters = {
        "Environment.GetEnvironmentVariable": Getter(Unset.NULL),
        "System.Environment.GetEnvironmentVariable": Getter(Unset.NULL),
    }
    passers = frozenset({"ToString"})
    formatters = {"string.Format": "{"}

    def evaluate(self, node: Node) -> Value:
        """``$env:X``, ``"…" -f $x``, and the joined command line arguments."""
        inner = self.inner(node)
        text = self.text(inner)
        match = (
            re.fullmatch(r"\$\{?env:([^{}\s]+)\}?", text, re.IGNORECASE)
            if inner.type in ("variable", "braced_variable")
            else None
        )
        if match:
            return self.variable(inner, match.group(1), inner.start_byte + match.start(1), Unset.NULL, "$env")
        if inner.type == "format_expression" and len(inner.named_children) == 3:
            pattern = self.value(inner.named_children[0])
            if isinstance(pattern, Literal):
                return self.filled(pattern, [inner.named_children[2]], "{", span(inner))
        return super().evaluate(node)

    def path(self, node: Node) -> tuple[str, ...]:
        """A type in brackets is its name."""
        inner = self.inner(node)
        if inner.type == "variable" and ":" in self.text(inner):
            scope, _, name = self.text(inner).lstrip("${").rstrip("}").partition(":")
            return ("env", f"[{name}]") if scope.lower() == "env" else (name,)
        return super().path(node)

    def name_of(self, node: Node) -> str:
        """A variable's name, whatever its scope; names have no case."""
        return self.text(node).strip("${}").rpartition(":")[2] if node.type == "variable" else self.text(node)

    def shape(self, node: Node) -> Shape | None:
        """Also ``Set-Item env:X value`` and ``setx X value``."""
        if node.type in ("variable", "braced_variable"):
            return self.read(node)
        if node.type == "command":
            return self._command(node)
        return super().shape(node)

    def unbound(self, node: Node, name: str) -> Value:
        """A variable of the environment that is read without `$env:` is nothing, unless another script sets it."""
        if _LIKE_A_VARIABLE.fullmatch(name) and not _LOADS.search(self.data):
            return Missing("unassigned", span(node), (Hop(name, span(node)),))
        return super().unbound(node, name)

    def is_target(self, node: Node) -> bool:
        """The left side of an assignment."""
        return any(above.type == "left_assignment_expression" for above in self.ancestors(node))

    def _command(self, node: Node) -> Call | Assignment | None:
        name = self.text(node.child_by_field_name("command_name") or node.named_children[0]).removesuffix(".exe")
        elements = node.child_by_field_name("command_elements")
        words = (
            [child for child in elements.named_children if child.type != "command_argument_sep"]
            if elements is not None
            else []
        )
        if name.lower() in ("setx", *_SETTERS):
            plain = [word for word in words if word.type != "command_parameter"]
            target = self.text(plain[0]) if plain else ""
            variable = re.sub(r"(?i)^env:\\?", "", target.strip("\"'"))
            if len(plain) >= 2 and (name.lower() == "setx" or target.lower().startswith(("env:", '"env:', "'env:"))):
                return Assignment(
                    ("env", f"[{variable}]"),
                    span(plain[0]),
                    self.expr(self.inner(plain[1])),
                    span(node),
                    key=span(plain[0]),
                    node=node,
                )
            return None
        args: list[Argument] = []
        pending: Node | None = None
        for word in words:
            if word.type == "command_parameter":
                if pending is not None:
                    args.append(
                        Argument(
                            self.text(pending).lstrip("-").lower(), self.expr(pending), span(pending), span(pending)
                        )
                    )
                pending = word
                continue
            inner = self.inner(word)
            title = self.text(pending).lstrip("-").lower() if pending is not None else ""
            args.append(Argument(title, self.expr(inner), span(word), span(pending or word)))
            pending = None
        return Call(
            name, name, span(node), span(node.named_children[0]), args, False, False, self.is_lazy(node), name, node
        )


class PowerShellAdapter(FamilyAdapter):
    """Lowers PowerShell to facts."""

    name = "powershell"
    comments = ("#", "<#")
    expands = "write double quotes"
    trim = ".Trim()"
    file_class = PowerShellFile
    grammar = ("tree_sitter_powershell", "language")
    words = Words(
        read="$env:{}",
        join='"{0}$({1})"',
        interpolated=lambda text: f'"{text[1:-1]}"' if text[:1] == "'" and '"' not in text else text,
        reference="${}",
    )
    idiom = Idiom(
        language="powershell",
        environment="env",
        writers={},
        sinks=regex(r"^(?i:Write-(?:Host|Output|Verbose|Debug|Information|Warning|Error)|echo|Out-Host)$"),
    )

    def facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """Also what is meant to set a variable of the environment, and sets another one or none."""
        return [*super().facts(source, catalogue), *_not_set(source, catalogue)]


def _not_set(source: Source, catalogue: Catalogue) -> Iterator[EnvDefinition]:
    """``set NAME=…`` and ``export NAME=…`` of other shells; ``$NAME = …``, which programs do not see."""
    for match in _OTHERS.finditer(source.data) if source.role is not Role.DOCUMENTATION else ():
        name = match.group("name").decode()
        known = catalogue.variable(name)
        if known is None or not known[1].is_secret:
            continue
        value = Span(*match.span("value"))
        at = Span(match.start("sigil") if match.group("sigil") else match.start("name"), match.end("name"))
        if match.group("sigil"):
            yield EnvDefinition(name, at, Opaque("the output of a command", value), value, "shell-local", *known)
            continue
        sign = Span(match.start("shell"), match.end("sign"))
        quoted = match.group("value")[:1] in b"\"'$"
        text = f"$env:{name} = "
        damage = Damage(
            "powershell",
            Span(match.start("shell"), match.end("shell")),
            "PowerShell's `set` makes a variable of its own"
            if match.group("shell").lower() == b"set"
            else "PowerShell has no `export`",
            (Edit(sign, text),) if quoted else (),
        )
        yield EnvDefinition(name, at, Opaque("not assigned", value), value, "powershell", *known, (damage,))


ADAPTER = PowerShellAdapter()
