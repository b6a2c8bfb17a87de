"""Names that a later major version of an SDK has no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.lazy import regex
from keylint.model import Edit, Removed, Span
from keylint.wiring import attempts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import RemovedSpec
    from keylint.wiring.sending import Sending


_CLIENT = regex(rb"\b(?:Async)?(?:Azure)?OpenAI\s*\(")  # the client that came with the version
_CAUGHT = regex(r"^\s*catch\s*\(\s*([A-Za-z_$][\w$]*)")


def found(file: CodeFile, language: str, catalogue: Catalogue) -> Iterator[Removed]:
    """The removed names of a file."""
    spoken = "javascript" if language in ("typescript", "tsx") else language
    for provider in catalogue.providers.values():
        for spec in provider.removed:
            if spec.language == spoken and spec.names:
                yield from _names(file, provider.id, spec)


def _names(file: CodeFile, provider: str, spec: RemovedSpec) -> Iterator[Removed]:
    modules = {name.rpartition(".")[0] for name in spec.names}
    certain = bool(_CLIENT.search(file.data))
    for module in sorted(module for module in modules if module.encode() in file.data):
        for match in re.finditer(rf"\b{re.escape(module)}\.(\w+)".encode(), file.data):
            name = match.group().decode()
            now = spec.names.get(name)
            leaf = file.leaf(match.end() - 1)
            if now is None or leaf is None or leaf.type not in file.names or file.is_comment(match.start()):
                continue
            where = Span(*match.span())
            yield Removed(provider, spec.package, spec.since, name, now, where, certain, (Edit(where, now),))
        pattern = rf"^[ \t]*from[ \t]+{re.escape(module)}[ \t]+import[ \t]+([\w, \t]+?)[ \t\r]*$".encode()
        for match in re.finditer(pattern, file.data, re.MULTILINE):
            names = [part.split()[0] for part in match.group(1).decode().split(",") if part.split()]
            known = [spec.names.get(f"{module}.{name}", "") for name in names]
            if not names or not all(known) or file.is_comment(match.start(1)):
                continue
            same = all(name == new.rpartition(".")[2] for name, new in zip(names, known, strict=True))
            start = match.start() + file.data[match.start() : match.end()].index(module.encode())
            where = Span(start, start + len(module))
            repair = (Edit(where, module.rpartition(".")[0]),) if same else ()
            yield Removed(provider, spec.package, spec.since, f"{module}.{names[0]}", known[0], where, certain, repair)


def of_failures(file: CodeFile, language: str, sending: Sending) -> Iterator[Removed]:
    """``error.response.status`` where the SDK's own requests are tried, and nothing asks first whether there is a response."""
    if language not in ("javascript", "typescript", "tsx") or b".response." not in file.data or b"axios" in file.data:
        return
    for attempt in attempts.attempts(file):
        request = sending.within(attempt.tried)
        name = _CAUGHT.match(attempt.header)
        if request is None or request.raw or name is None or not _CLIENT.search(file.data):
            continue
        caught = re.escape(name.group(1))
        if re.search(rf"\b{caught}\??\.response\s*(?:\?|&&|\|\||\)|[!=]=)", attempt.body):
            continue
        for spec in sending.catalogue.providers[request.provider].removed:
            names = sorted(spec.failures, key=len, reverse=True)
            pattern = rf"\b{caught}\.({'|'.join(map(re.escape, names))})\b" if names else r"(?!)"
            match = re.search(pattern.encode(), file.data[attempt.handler.start_byte : attempt.handler.end_byte])
            if match is not None:
                start, name_of = attempt.handler.start_byte, match.group(1).decode()
                where = Span(start + match.start(1), start + match.end(1))
                now = spec.failures[name_of]
                repair = (Edit(where, now),)
                yield Removed(
                    request.provider,
                    spec.package,
                    spec.since,
                    f"error.{name_of}",
                    now,
                    where,
                    certain=True,
                    repair=repair,
                )
