"""Names that a later major version of an SDK has no more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.model import Edit, Removed, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from keylint.languages.code import CodeFile
    from keylint.providers.catalogue import Catalogue
    from keylint.providers.schema import RemovedSpec


def found(file: CodeFile, language: str, catalogue: Catalogue) -> Iterator[Removed]:
    """The removed names of a file."""
    for provider in catalogue.providers.values():
        for spec in provider.removed:
            if spec.language == language and spec.names:
                yield from _names(file, provider.id, spec)


def _names(file: CodeFile, provider: str, spec: RemovedSpec) -> Iterator[Removed]:
    modules = {name.rpartition(".")[0] for name in spec.names}
    certain = bool(re.search(rb"\b(?:Async)?(?:Azure)?OpenAI\s*\(", file.data))
    for module in modules:
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
            names = [part.strip() for part in match.group(1).decode().split(",")]
            known = [spec.names.get(f"{module}.{name.split(' ')[0]}", "") for name in names]
            if not all(known) or file.is_comment(match.start(1)):
                continue
            same = all(name.split(" ")[0] == new.rpartition(".")[2] for name, new in zip(names, known, strict=True))
            start = match.start() + file.data[match.start() : match.end()].index(module.encode())
            where = Span(start, start + len(module))
            repair = (Edit(where, module.rpartition(".")[0]),) if same else ()
            yield Removed(provider, spec.package, spec.since, f"{module}.{names[0]}", known[0], where, certain, repair)
