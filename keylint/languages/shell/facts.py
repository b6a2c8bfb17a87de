"""Shell: what commands and assignments say about credentials."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from keylint.languages import encoded
from keylint.languages.code import field, span
from keylint.languages.shell import requests
from keylint.languages.shell.requests import ShellRequests
from keylint.lazy import regex
from keylint.model import (
    Damage,
    Edit,
    Endpoint,
    Env,
    EnvDefinition,
    EnvLoad,
    EnvRead,
    Fact,
    Join,
    Literal,
    Log,
    Missing,
    Opaque,
    Slot,
    Span,
    Use,
)
from keylint.wiring import anchors, hosts, split_keys
from keylint.wiring.hosts import Destination
from keylint.wiring.names import SECRET_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

    from keylint.languages.shell.file import Command, ShellFile
    from keylint.providers.catalogue import Catalogue

_CARRIES_ON = {
    "pipeline",
    "redirected_statement",
    "command_substitution",
    "process_substitution",
    "herestring_redirect",
}
# Commands that put what they read from their input into a store of secrets as it is.
_STORES = {
    "gcloud": regex(r"\bsecrets\b.*--data-file=-(?!\S)"),
    "docker": regex(r"\b(?:secret|config) create .*(?<!\S)-$"),
    "podman": regex(r"\bsecret create .*(?<!\S)-$"),
    "kubectl": regex(r"\bsecret\b.*--from-file=\S*/dev/stdin"),
    "oc": regex(r"\bsecret\b.*--from-file=\S*/dev/stdin"),
}
# A variable that is given its own name's value: nobody who reads the file has another one to put in.
_KEPT_LINE = regex(rb"^(?:export )?([A-Z][A-Z0-9_]*)=[\"']?(\$\{?\1\}?)[\"']?[ \t\r]*$", re.MULTILINE)
_NEVER = regex(r"(?!)")
_UNMASKS = {"base64", "rev", "xxd", "od", "hexdump", "sed", "fold"}
_PROGRAMS = regex(
    r"^(?:python[\d.]*|node|npm|npx|yarn|pnpm|bun|deno|uvicorn|gunicorn|flask|streamlit|ruby|php|java|go|cargo|dotnet|uv|poetry|pipenv|pytest|tsx|ts-node|make|docker|docker-compose)$"
)


class ShellWiring:
    """Makes the facts of one script."""

    def __init__(self, file: ShellFile, catalogue: Catalogue) -> None:
        self.file = file
        self.catalogue = catalogue
        self.requests = ShellRequests(file, catalogue)
        self._endpoint: Endpoint | None = None

    def facts(self) -> list[Fact]:
        """All facts of the script, in the order they stand there."""
        file = self.file
        seen: set[int] = set()
        facts: list[Fact] = []
        for offset in anchors.of(file.data, self.catalogue).words:
            node = file.leaf(offset)
            while node is not None and node.id not in seen:
                seen.add(node.id)
                facts += self._of(node)
                node = node.parent
        return [*facts, *encoded.in_commands(file.source, self.catalogue), *split_keys(file, self.catalogue)]

    def _of(self, node: Node) -> Iterator[Fact]:
        kind = node.type
        if kind == "variable_assignment":
            yield from self._assignment(node)
        elif kind == "declaration_command":
            yield from self._spaced_export(node)
        elif kind in ("simple_expansion", "expansion"):
            yield from self._read(node)
        elif kind == "command":
            command = self.file.command(node)
            if command is not None:
                yield from self._command(command)
                yield from self._build_arguments(command)
        elif kind == "redirected_statement":
            yield from self.requests.given(node)
            yield from self._kept(node)
        elif kind == "array":
            yield from self.requests.headers_among(node.named_children, Destination())
        elif kind == "pipeline":
            yield from self._encoded(node)

    # ------------------------------------------------------------------------------------------------ assignments

    def _assignment(self, node: Node) -> Iterator[Fact]:
        file = self.file
        name_node = field(node, "name")
        name = file.text(name_node) if name_node is not None else ""
        known = self.catalogue.variable(name)
        if known is None and not SECRET_NAME.search(name):
            return
        value_node = field(node, "value")
        value = file.value(value_node) if value_node is not None else Missing("empty", span(node))
        where = span(value_node) if value_node is not None else span(node)
        provider, slot = known or ("", None)
        parent = node.parent
        spaced = (
            parent is not None
            and parent.type == "declaration_command"
            and value_node is None
            and self._next_is_word(node)
        )
        yield EnvDefinition(
            name, span(name_node), value, where, self._scope(node, name), provider, slot, endpoint=self.endpoint()
        )
        if slot is not None and slot is not Slot.BASE_URL and not spaced:
            tested = file.is_tested(value) or file.name_is_tested(name)
            yield Use(provider, slot, value, where, name, "definition", self.endpoint(), "", tested)

    def _scope(self, node: Node, name: str) -> str:
        """Whether programs that the script runs see the variable: "shell" if they do, "shell-local" if not."""
        parent = node.parent
        if parent is not None and parent.type == "command":
            return "shell"
        if parent is not None and parent.type == "declaration_command":
            return (
                "shell" if self.file.text(parent).startswith(("export", "declare -x", "typeset -x")) else "shell-local"
            )
        exported = re.search(
            rb"\bexport\s[^\n]*\b" + re.escape(name.encode()) + rb"\b|set\s+-a|allexport|declare\s+-x", self.file.data
        )
        return "shell" if exported or self._is_fragment() else "shell-local"

    def _is_fragment(self) -> bool:
        """A script that runs nothing is read by another one."""
        data = self.file.data
        return not any(
            _PROGRAMS.match(match.group(1).decode())
            for match in re.finditer(
                rb"(?:^|;|&&)\s*(?:exec\s+)?(?:[\w.~${}\"/-]*/)?([A-Za-z][\w.-]*)", data, re.MULTILINE
            )
        )

    def _next_is_word(self, node: Node) -> bool:
        after = node.next_sibling
        return after is not None and after.type in (
            "word",
            "variable_name",
            "string",
            "raw_string",
            "simple_expansion",
            "expansion",
            "concatenation",
        )

    def _spaced_export(self, node: Node) -> Iterator[Fact]:
        """``export NAME = value``: three words, of which the shell makes three names."""
        file = self.file
        children = node.children
        for index, child in enumerate(children):
            name = ""
            if (
                child.type == "variable_name"
                and index + 1 < len(children)
                and file.text(children[index + 1]).startswith("=")
            ):
                name, start, sign = file.text(child), child.end_byte, children[index + 1]
                rest = sign if file.text(sign) != "=" else children[index + 2] if index + 2 < len(children) else None
            elif child.type == "variable_assignment" and field(child, "value") is None and self._next_is_word(child):
                name, start, rest = file.text(field(child, "name")), field(child, "name").end_byte, child.next_sibling
            if not name or rest is None or (self.catalogue.variable(name) is None and not SECRET_NAME.search(name)):
                continue
            end = (
                rest.start_byte + 1 if file.text(rest).startswith("=") and rest.start_byte != start else rest.start_byte
            )
            gap = Span(start, end)
            known = self.catalogue.variable(name) or ("", None)
            damage = Damage("spaces", gap, "the shell reads the = and the value as further names", (Edit(gap, "="),))
            yield EnvDefinition(
                name, span(child), Opaque("not assigned", gap), span(node), "shell", known[0], known[1], (damage,)
            )

    # ---------------------------------------------------------------------------------------------------- reading

    def _read(self, node: Node) -> Iterator[Fact]:
        value = self.file.value(node)
        if not isinstance(value, Env) or value.span != span(node):
            return
        known = self.catalogue.variable(value.name)
        if known is None:
            return
        tested = self.file.name_is_tested(value.name)
        yield EnvRead(
            value.name,
            value.name_span,
            span(node),
            "$",
            value,
            known[0],
            known[1],
            guarded=tested,
            lazy=self.file.is_lazy(node),
        )

    def _kept(self, node: Node) -> Iterator[Fact]:
        """``cat > .env <<'EOF'``: lines that are written into a file of variables as they stand."""
        parts = {child.type: child for child in node.named_children}
        redirect, here = parts.get("file_redirect"), parts.get("heredoc_redirect")
        mark = self.file.first(here, "heredoc_start") if here is not None else None
        body = self.file.first(here, "heredoc_body") if here is not None else None
        kept = redirect is not None and re.search(r"(?:\.env(?:\.\w+)?|/env)[\"']?$", self.file.text(redirect))
        if not kept or mark is None or body is None or not re.search(r"[\"'\\]", self.file.text(mark)):
            return
        for match in _KEPT_LINE.finditer(self.file.data, body.start_byte, body.end_byte):
            known = self.catalogue.variable(match.group(1).decode())
            if known is not None and known[1].is_secret:
                where = Span(*match.span(2))
                value = Literal(match.group(2).decode(), where, where)
                yield Use(*known, value, where, match.group(1).decode(), "definition", self.endpoint())

    # --------------------------------------------------------------------------------------------------- commands

    def _build_arguments(self, command: Command) -> Iterator[Fact]:
        """``docker build --build-arg NAME=value``."""
        if command.name not in ("docker", "podman", "buildah", "nerdctl", "docker-compose"):
            return
        texts = [self.file.text(node) for node in command.arguments]
        for before, node in zip(texts, command.arguments[1:], strict=False):
            match = re.match(r"[\"']?([A-Za-z_]\w*)", self.file.text(node)) if before == "--build-arg" else None
            known = self.catalogue.variable(match.group(1)) if match else None
            if match is not None and known is not None:
                start = node.start_byte + match.start(1)
                where = Span(start, start + len(match.group(1)))
                yield EnvDefinition(
                    match.group(1), where, Opaque("given to the build", where), where, "build-argument", *known
                )

    def _command(self, command: Command) -> Iterator[Fact]:
        if command.name in ("source", ".") and command.arguments and ".env" in self.file.text(command.arguments[0]):
            yield EnvLoad("source", span(command.node))
        elif command.name == "setenv" and command.arguments:
            yield from self._setenv(command)
        elif command.name in requests.CLIENTS:
            yield from self.requests.sent(command)
        elif command.name in ("echo", "printf"):
            yield from self._printed(command)
        elif command.name in ("export", "set") and command.arguments and "=" in self.file.text(command.arguments[0]):
            pass

    def _printed(self, command: Command) -> Iterator[Fact]:
        """``echo "$KEY"``, where what it writes goes to the terminal or the job's log, and nobody masks it there."""
        parent = command.node.parent
        if parent is None or parent.type in _CARRIES_ON or requests.MASKED.search(self.file.source.path):
            return
        for argument in command.arguments:
            value = self.file.value(argument)
            parts = value.parts if isinstance(value, Join) else (value,)
            for part in parts:
                known = self.catalogue.variable(part.name) if isinstance(part, Env) and part.default is None else None
                if known and known[1].is_secret:
                    yield Log(span(argument), span(command.node), "the key", command.name, known[0])

    def _setenv(self, command: Command) -> Iterator[Fact]:
        """csh: ``setenv NAME value``; with = the whole becomes a name."""
        first = command.arguments[0]
        match = re.match(r"([A-Za-z_]\w*)=", self.file.text(first))
        if not match or len(command.arguments) > 1:
            return
        name = match.group(1)
        known = self.catalogue.variable(name) or ("", None)
        sign = Span(first.start_byte + match.end() - 1, first.start_byte + match.end())
        if known[0] or SECRET_NAME.search(name):
            damage = Damage("setenv", sign, "csh takes NAME=value as a name and sets nothing", (Edit(sign, " "),))
            yield EnvDefinition(
                name,
                Span(first.start_byte, sign.start),
                Opaque("not assigned", sign),
                span(first),
                "csh",
                known[0],
                known[1],
                (damage,),
            )

    def _encoded(self, node: Node) -> Iterator[Fact]:
        """``echo "$KEY" | base64``: echo adds a line end, which is encoded too."""
        commands = [made for child in node.named_children if (made := self.file.command(child)) is not None]
        for first, second in itertools.pairwise(commands):
            if first.name == "echo" and second.name in _UNMASKS and requests.MASKED.search(self.file.source.path):
                yield from self._unmasked(first, second, node)
            if first.name != "echo" or not first.arguments or not self._keeps_line_end(second):
                continue
            if any(re.fullmatch(r"-[neE]*n[neE]*", self.file.text(argument)) for argument in first.arguments):
                continue
            value = self.file.value(first.arguments[-1])
            known = self.catalogue.variable(value.name) if isinstance(value, Env) else None
            if known and known[1].is_secret:
                end = Literal("\n", span(first.node), span(first.node), escaped=True)
                yield Use(
                    known[0],
                    known[1],
                    Join((value, end), span(first.node)),
                    span(first.node),
                    f"echo … | {second.name}",
                    "pipe",
                )

    def _keeps_line_end(self, command: Command) -> bool:
        """Whether a command takes what it is given with its last line end."""
        if command.name == "base64":
            return True
        words = " ".join(self.file.text(argument) for argument in command.arguments)
        return bool(_STORES.get(command.name, _NEVER).search(words))

    def _unmasked(self, first: Command, second: Command, node: Node) -> Iterator[Fact]:
        """``echo "$KEY" | base64`` in a job whose log is masked: the mask does not know the encoded key."""
        for argument in first.arguments:
            value = self.file.value(argument)
            known = self.catalogue.variable(value.name) if isinstance(value, Env) else None
            last = [child for child in node.named_children if child.type == "command"][-1]
            if known and known[1].is_secret and self.file.text(last).split()[0] == second.name:
                yield Log(span(argument), span(node), "the key", f"{first.name} … | {second.name}", known[0])

    def endpoint(self) -> Endpoint:
        """Where the programs that the script runs will send their requests: a base URL that it sets."""
        if self._endpoint is None:
            found = Endpoint.DEFAULT
            for match in re.finditer(rb"\b([A-Z_]*BASE_URL|[A-Z_]*API_BASE)=(\S*)", self.file.data):
                known = self.catalogue.variable(match.group(1).decode())
                if known and known[1] is Slot.BASE_URL:
                    text = match.group(2).decode("utf-8", "replace").strip("\"'")
                    found = (
                        hosts.endpoint(Literal(text, Span(0, 0), Span(0, 0)), self.catalogue)[0]
                        if "$" not in text
                        else Endpoint.UNKNOWN
                    )
            self._endpoint = found
        return self._endpoint
