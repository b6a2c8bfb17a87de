"""Dockerfiles: what an image is built with and what stays in it.

An instruction is a line, with what follows a backslash at its end; comments between continued lines do not count. The one
grammar that has wheels is made for an older interface of tree-sitter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.embedding import HostAdapter, Part, whole
from keylint.languages.variables import defined, literal, with_references
from keylint.lazy import regex
from keylint.model import Copied, EnvDefinition, Fact, Opaque, Span, Value
from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.providers.catalogue import Catalogue
    from keylint.source import Source

_INSTRUCTION = regex(
    rb"^[ \t]*(?P<word>[A-Za-z]+)[ \t]+(?P<body>(?:[^\\\n]|\\\r?\n(?:[ \t]*#[^\n]*\n)*|\\.)*)", re.MULTILINE
)
_HEREDOC = regex(rb"<<-?[ \t]*[\"']?(\w+)[\"']?")
_PAIR = regex(r"(?P<name>[A-Za-z_][\w.-]*)=(?P<value>\"(?:[^\"\\]|\\.)*\"|'[^']*'|(?:[^\s\\]|\\.)*)")
_SPACED = regex(r"(?P<name>[A-Za-z_]\w*)[ \t]+(?P<value>[^\n]*?)\s*$")
_OPTION = regex(r"(?:--\w[\w-]*(?:=\S+)?[ \t]+)*")
_REFERENCE = regex(r"(?<!\\)\$(?:\{([A-Za-z_]\w*)[^}]*\}|([A-Za-z_]\w*))")


class Instruction(Record):
    """One instruction: its word in capitals, and where what follows it stands."""

    word: str
    body: Span


class DockerfileAdapter(HostAdapter):
    """Lowers ENV and ARG to definitions and the commands of RUN to shell."""

    name = "dockerfile"
    comments = ("#",)
    settings = True

    def own_facts(self, source: Source, catalogue: Catalogue) -> list[Fact]:
        """ENV and ARG."""
        instructions = _instructions(source)
        defined = [
            fact for made in instructions if made.word in ("ENV", "ARG") for fact in _defined(source, catalogue, made)
        ]
        return [*defined, *_copied(source, instructions)]

    def parts(self, source: Source) -> list[Part]:
        """The commands of RUN, and of CMD and ENTRYPOINT in their shell form."""
        made = []
        for instruction in _instructions(source):
            if instruction.word not in ("RUN", "CMD", "ENTRYPOINT"):
                continue
            text = source.slice(instruction.body)
            options = _OPTION.match(text)
            start = instruction.body.start + (len(options.group().encode()) if options else 0)
            if not text[options.end() if options else 0 :].lstrip().startswith("["):
                made.append(whole(source, "shell", Span(start, instruction.body.end)))
        return made

    def is_own_comment(self, source: Source, offset: int) -> bool:
        """A line that begins with #."""
        return source.slice(source.line(source.row(offset))).lstrip().startswith("#")

    def is_comment(self, source: Source, offset: int) -> bool:
        """Comments between continued lines are the file's, not the shell's."""
        return self.is_own_comment(source, offset) or super().is_comment(source, offset)

    def broken(self, data: bytes) -> bool:
        """Nothing that a fix writes can break a line."""
        return False


def _instructions(source: Source) -> list[Instruction]:
    found = []
    at = 0
    for match in _INSTRUCTION.finditer(source.data):
        if match.start() < at:
            continue
        end = match.end()
        heredoc = _HEREDOC.search(match.group("body")) if match.group("word").upper() in (b"RUN", b"COPY") else None
        if heredoc:
            close = re.compile(rb"^[ \t]*" + heredoc.group(1) + rb"[ \t]*\r?$", re.MULTILINE).search(source.data, end)
            end = close.end() if close else len(source.data)
        at = end
        found.append(Instruction(match.group("word").decode().upper(), Span(match.start("body"), end)))
    return found


def _defined(source: Source, catalogue: Catalogue, made: Instruction) -> Iterator[Fact]:
    text = source.slice(made.body)
    if made.word == "ARG":
        yield from _argument(source, catalogue, made, text)
    pairs = list(_PAIR.finditer(text))
    if made.word == "ENV" and (not pairs or not re.match(r"\s*[\w.-]+=", text)):
        pairs = [match for match in [_SPACED.match(text)] if match]
    for pair in pairs:
        start = made.body.start + len(text[: pair.start("name")].encode())
        name = Span(start, start + len(pair.group("name")))
        start = made.body.start + len(text[: pair.start("value")].encode())
        where = Span(start, start + len(pair.group("value").encode()))
        yield from defined(source, catalogue, pair.group("name"), name, _value(source, where), where, "docker")


def _argument(source: Source, catalogue: Catalogue, made: Instruction, text: str) -> Iterator[EnvDefinition]:
    """``ARG NAME``: what the build is given for it stays in the image's history."""
    for match in re.finditer(r"(?<!\S)([A-Za-z_]\w*)(?==?(?:\s|$))", text):
        provider, slot = catalogue.variable(match.group(1)) or ("", None)
        start = made.body.start + len(text[: match.start()].encode())
        name = Span(start, start + len(match.group(1)))
        if slot is not None:
            value = Opaque("given to the build", name)
            yield EnvDefinition(match.group(1), name, value, name, "build-argument", provider, slot)


def _copied(source: Source, instructions: list[Instruction]) -> Iterator[Copied]:
    """COPY and ADD from the project, told apart by whether their stage is a part of the image."""
    stages = [number for number, made in enumerate(instructions) if made.word == "FROM"]
    bases: set[int] = set()
    last = len(stages) - 1
    while last >= 0 and last not in bases:  # a stage that the last one is built on is in the image, too
        bases.add(last)
        base = source.slice(instructions[stages[last]].body).split()
        named = [source.slice(instructions[at].body).split() for at in stages[:last]]
        last = next((at for at, words in enumerate(named) if len(words) == 3 and words[2:] == base[:1]), -1)
    for number, made in enumerate(instructions):
        if made.word not in ("COPY", "ADD"):
            continue
        text = source.slice(made.body)
        if "--from=" in text or "<<" in text:
            continue
        words = (
            re.findall(r'"([^"]*)"', text) if text.lstrip().startswith("[") else _OPTION.sub("", text, count=1).split()
        )
        stage = sum(at < number for at in stages) - 1
        if len(words) > 1:
            yield Copied(tuple(words[:-1]), made.body, not stages or stage in bases)


def _value(source: Source, where: Span) -> Value:
    text = source.slice(where)
    if len(text) > 1 and text[0] in "\"'" and text[-1] == text[0]:
        inner = Span(where.start + 1, where.end - 1)
        if text[0] == "'":
            return literal(text[1:-1], inner, text[0], where)
        return with_references(text[1:-1], inner, _REFERENCE, where)
    return with_references(text, where, _REFERENCE)


ADAPTER = DockerfileAdapter()
