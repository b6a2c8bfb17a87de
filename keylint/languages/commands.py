"""Commands that programs run: ``os.system("curl …")``, ``execSync(`curl …`)``, ``["curl", "-H", …]``.

A command line is shell inside a text; a list of words reaches the command as it is, with no shell between them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import Part
from keylint.languages.escapes import spelled
from keylint.languages.syntax import Call, Expr
from keylint.lazy import regex
from keylint.model import Join, Literal, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.code import CodeFile
    from keylint.source import Source

CURL = regex(rb"\bcurl\b")
_CURL = regex(r"(?:^|[;&|(`\s/])curl\s")
MAX_COMMANDS = 200
# What hands its first argument to a shell, by its last name or names.
_RUNNERS = regex(
    r"(?:^|\.)(?:os\.(?:system|popen|execute|cmd)|io\.popen|IO\.popen|Open3\.\w+|getoutput|getstatusoutput|System\.shell"
    r"|\w*_shell|execSync|shell_exec|passthru|execAsync|shell\.exec)$|^(?:child_process\.exec|exec|system|popen|sh)$"
)
_WITH_SHELL = regex(r"(?:^|\.)(?:run|call|check_call|check_output|Popen|spawn|spawnSync)$")
_PLAIN = regex(r"[\w./:=@,+-]+")  # a word that is the same without quotes
_SHELLS = frozenset({"sh", "bash", "zsh", "/bin/sh", "/bin/bash"})
_QUOTES = regex(r"(?s)(\w{0,2}(\"{3}|'{3}|[\"'`])).*\2\Z")
# What a value becomes that the program puts in: something that is expanded elsewhere.
_FILLED = "ref+program://value"


def parts(file: CodeFile) -> list[Part]:
    """The commands of a program."""
    data = file.source.data
    calls = file.shapes([match.start() for match in CURL.finditer(data)][:MAX_COMMANDS])
    made = [part for call in calls if isinstance(call, Call) for part in _of_call(call, file)]
    return sorted({part.span: part for part in made}.values(), key=lambda part: part.span)


def _of_call(call: Call, file: CodeFile) -> Iterator[Part]:
    words = [expr for argument in call.args[:2] if not argument.name for expr in _words(argument.expr, file)]
    first = words[0].value if words else None
    script = call.named("script", "cmd", "args", "command")
    if isinstance(first, Literal) and first.text.rpartition("/")[2] == "curl":
        rest = [expr for argument in call.args[2:] if not argument.name for expr in _words(argument.expr, file)]
        yield from _argv([*words, *rest], file.source)
    elif words and len(call.args) > 2 and _says(words[0], _SHELLS) and _says(call.args[1].expr, frozenset({"-c"})):
        yield from _line(call.args[2].expr, file.source)
    elif len(words) > 2 and _says(words[0], _SHELLS) and _says(words[1], frozenset({"-c"})):
        yield from _line(words[2], file.source)
    elif words and (
        _RUNNERS.search(call.name or call.written) or (_WITH_SHELL.search(call.name) and _in_shell(call, file))
    ):
        yield from _line(words[0], file.source)
    elif script is not None and _RUNNERS.search(call.name or call.written):
        yield from _line(script.expr, file.source)


def _in_shell(call: Call, file: CodeFile) -> bool:
    """``shell=True``, ``{ shell: true }``."""
    return bool(re.search(r"\bshell\s*[=:]\s*[Tt]rue\b", file.source.slice(call.span)))


def _says(expr: Expr, words: frozenset[str]) -> bool:
    return isinstance(expr.value, Literal) and expr.value.text in words


def _words(expr: Expr, file: CodeFile) -> Iterator[Expr]:
    """An argument, or the items of a list."""
    node = expr.node
    if isinstance(expr.value, Literal | Join) or not node.type.startswith(("list", "array")):
        yield expr
        return
    for item in node.named_children[:200]:
        inner = item.named_children[0] if item.type.endswith("element_initializer") and item.named_children else item
        yield file.expr(inner)


def _stretches(expr: Expr, source: Source) -> list[tuple[str, int, int]] | None:
    """(text, offset, width) of what a text is made of, escapes read; None if it cannot be told."""
    value = expr.value
    found: list[tuple[str, int, int]] = []
    for item in value.parts if isinstance(value, Join) else (value,):
        if not expr.span.holds(item.span):
            return None  # it is written somewhere else
        if not isinstance(item, Literal) or item.hops:
            found.append((_FILLED, item.span.start, item.span.end - item.span.start))
            continue
        for stretch in _contents(item, source):
            found += spelled(source.slice(stretch), stretch.start)
    return found


def _contents(literal: Literal, source: Source) -> Iterator[Span]:
    """What stands between the quotes, of each of the literals that a text was put together from."""
    if not literal.parts:
        yield literal.content
    for part in literal.parts:
        quoted = _QUOTES.match(source.slice(part))
        if quoted:
            before = len(quoted.group(1).encode())
            yield Span(part.start + before, part.end - len(quoted.group(2)))


def _part(stretches: list[tuple[str, int, int]]) -> Part:
    text, pieces = "", []
    for said, outer, width in stretches:
        pieces.append((len(text.encode()), outer, len(said.encode()), width))
        text += said
    return Part("command", text, tuple(pieces))


def _line(expr: Expr, source: Source) -> Iterator[Part]:
    """A text that a shell reads."""
    if not isinstance(expr.value, Literal | Join) or expr.value.hops:
        return
    found = _stretches(expr, source)
    if found and _CURL.search("".join(said for said, _, _ in found)):
        yield _part(found)


def _argv(words: list[Expr], source: Source) -> Iterator[Part]:
    """Words that no shell reads: each between single quotes."""
    stretches: list[tuple[str, int, int]] = []
    for word in words:
        found = _stretches(word, source) if isinstance(word.value, Literal | Join) else None
        if found is None or any("'" in said for said, _, _ in found):
            found = [(_FILLED, word.span.start, word.span.end - word.span.start)]
        start, end = (found[0][1], found[-1][1] + found[-1][2]) if found else word.span
        quote = "" if found and all(_PLAIN.fullmatch(said) for said, _, _ in found) else "'"
        stretches += [(quote, start, 0), *found, (f"{quote} ", end, 0)]
    yield _part(stretches)
