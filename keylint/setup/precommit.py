"""The hook in a configuration of pre-commit or prek: a text edit at the places that the YAML gives.

https://pre-commit.com/#pre-commit-configyaml---top-level; prek reads the same file.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from keylint import __version__
from keylint.record import Record
from keylint.setup.placing import (
    Unplaceable,
    begins_line,
    column,
    document,
    end_of,
    end_of_block,
    inserted,
    plain,
    reread,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from keylint.manifests import Item
    from keylint.source import Source

URL = "https://github.com/keylint/keylint"
REV = f"v{__version__}"
HOOKS = ("keylint", "keylint-fix", "keylint-project")


class Style(Record):
    """How a file is written: the column of its list of repositories, what is between a dash and its key, nested lists."""

    indent: int = 2
    dash: str = "- "
    nested: int = 2  # columns between `hooks` and the dashes below it
    quote: str = ""


def new(hooks: Sequence[str]) -> str:
    """A whole configuration."""
    return "".join(f"{line}\n" for line in ("repos:", *_block(hooks, Style())))


def as_toml(hooks: Sequence[str]) -> list[str]:
    """The same for prek's own format."""
    listed = ", ".join(f'{{ id = "{hook}" }}' for hook in hooks)
    return ["[[repos]]", f'repo = "{URL}"', f'rev = "{REV}"', f"hooks = [{listed}]"]


def with_hooks(source: Source, hooks: Sequence[str]) -> tuple[bytes, str]:
    """The content with the hooks in it, and what to say. Raises Unplaceable; never gives a content with any other change."""
    by_hand = _block(hooks, Style())
    root = document(source, ["repos:", *by_hand])
    repos = root.get("repos")
    ours = [repo for repo in repos.items if _is_ours(repo)]
    there = {hook.get("id").text for repo in repos.items for hook in repo.get("hooks").items}
    missing = [hook for hook in hooks if hook not in there]
    if not missing:
        revs = {repo.get("rev").text for repo in ours}
        if revs and revs != {REV}:
            return source.data, f"has the hook already, at {_listed(revs)}; this is {REV} (`pre-commit autoupdate`)"
        return source.data, "has the hook already"
    if ours:
        raise Unplaceable("has keylint already; add to its hooks:", [f"- id: {hook}" for hook in missing])
    after = _placed(source, root, repos, missing)
    _prove(source, root, after, missing, by_hand)
    return after, ""


def _is_ours(repo: Item) -> bool:
    return bool(re.search(r"(?:^|[/:])keylint/keylint(?:\.git)?/?$", repo.get("repo").text or ""))


def _listed(revs: set[str | None]) -> str:
    return ", ".join(sorted(rev or "no rev" for rev in revs))


def _placed(source: Source, root: Item, repos: Item, hooks: Sequence[str]) -> bytes:
    if "repos" not in root.entries:
        return inserted(source, len(source.data), ["repos:", *_block(hooks, Style())])
    written = source.slice(repos.span).strip()
    if not repos.items and written.startswith("[") and source.slice(root.span).startswith("{"):
        quoted = source.slice(repos.key_span).startswith('"')
        end = repos.span.end - 1
        return source.data[:end] + _entry(hooks, '"' * quoted, quoted=quoted).encode() + source.data[end:]
    if not repos.items:
        if written not in ("", "~", "null") and (not written.startswith("[") or "#" in written):
            raise Unplaceable(
                "is not edited: its `repos` is no list; add this to it:", ["repos:", *_block(hooks, Style())]
            )
        return _filled(source, repos, hooks)
    if written.startswith("["):
        return _flow(source, repos, hooks)
    style = _style(source, root, repos)
    return inserted(source, end_of_block(source, end_of(source, repos.items[-1]), style.indent), _block(hooks, style))


def _filled(source: Source, repos: Item, hooks: Sequence[str]) -> bytes:
    """A list without items: `[]`, or nothing at all, gives way to a list below the key."""
    start = repos.key_span.end + source.data[repos.key_span.end :].index(b":") + 1
    end = repos.span.end if source.slice(repos.span).strip() else start
    line = source.line(source.row(end))
    rest = source.data[end : line.end]
    data = source.data[:start] + (rest if rest.strip() else b"") + source.data[line.end :]
    at = data.find(b"\n", start)
    cut = type(source)(source.path, data, language="yaml")
    return inserted(cut, len(data) if at < 0 else at + 1, _block(hooks, Style()))


def _flow(source: Source, repos: Item, hooks: Sequence[str]) -> bytes:
    """One more item of a list in brackets, on a line of its own if the last one has one."""
    last = repos.items[-1].span
    text = source.slice(last)
    entry = _entry(
        hooks, '"' if text.startswith("{") and text.count('"') > 1 else "", quoted=text[1:].lstrip()[:1] == '"'
    )
    line = source.line(source.row(last.start))
    alone = not source.data[line.start : last.start].strip()
    gap = source.newline + " " * (last.start - line.start) if alone else " "
    return source.data[: last.end] + f",{gap}{entry}".encode() + source.data[last.end :]


def _entry(hooks: Sequence[str], quote: str, *, quoted: bool) -> str:
    """The repository in braces; `quoted` if its keys are in quotes as well."""
    repo, rev, inner, identity = (f'"{name}"' if quoted else name for name in ("repo", "rev", "hooks", "id"))
    listed = ", ".join(f"{{{identity}: {quote}{hook}{quote}}}" for hook in hooks)
    return f"{{{repo}: {quote}{URL}{quote}, {rev}: {quote}{REV}{quote}, {inner}: [{listed}]}}"


def _style(source: Source, root: Item, repos: Item) -> Style:
    """The style of the repositories that are there; the last one that tells counts."""
    style = Style(indent=column(source, repos.span.start))
    for repo in repos.items:
        line = source.line(source.row(repo.span.start))
        before = source.slice(type(line)(line.start, repo.span.start))
        found = re.search(r"-( +)$", before)
        if found and begins_line(source, repo.span.start):
            style = style._replace(indent=len(before) - len(found.group()), dash=f"-{found.group(1)}")
        hooks = repo.get("hooks")
        if (
            hooks.items
            and not source.slice(hooks.span).startswith("[")
            and begins_line(source, hooks.items[0].span.start)
        ):
            dash = source.line(source.row(hooks.items[0].span.start))
            at = source.slice(dash).index("-")
            style = style._replace(nested=max(at - column(source, hooks.key_span.start), 0))
        name = repo.get("repo")
        if name.text is not None:
            first = source.slice(name.span)[:1]
            style = style._replace(quote=first if first in ("'", '"') else "")
    return style


def _block(hooks: Sequence[str], style: Style) -> list[str]:
    left, quote = " " * style.indent, style.quote
    keys = left + " " * len(style.dash)
    below = keys + " " * style.nested
    return [
        f"{left}{style.dash}repo: {quote}{URL}{quote}",
        f"{keys}rev: {quote}{REV}{quote}",
        f"{keys}hooks:",
        *(f"{below}{style.dash}id: {quote}{hook}{quote}" for hook in hooks),
    ]


def _prove(source: Source, root: Item, after: bytes, hooks: Sequence[str], by_hand: Sequence[str]) -> None:
    """That the new content says what the old one said, and the hooks. Raises Unplaceable."""
    read = reread(source, after)
    wanted = _data(source, root)
    wanted["repos"] = [*wanted["repos"], {"repo": URL, "rev": REV, "hooks": [{"id": hook} for hook in hooks]}]
    made = type(source)(source.path, after)
    if read is None or _data(made, read) != wanted:
        raise Unplaceable("is written in a way that keylint does not edit; add this to it:", ["repos:", *by_hand])


def _data(source: Source, root: Item) -> dict[str, Any]:
    found = {key: plain(source, value) for key, value in root.entries.items()}
    found["repos"] = [plain(source, repo) for repo in root.get("repos").items]
    return found
