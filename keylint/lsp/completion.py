"""The codes of rules, inside a comment that accepts findings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lsprotocol import types

from keylint.lazy import regex
from keylint.rules import all_rules, page_address

if TYPE_CHECKING:
    from collections.abc import Collection

_INSIDE = regex(r"keylint:[ \t]*ignore\[([^\]]*)$")
TRIGGERS = ["[", ","]


def completions(before: str, here: Collection[str]) -> list[types.CompletionItem]:
    """The codes that can follow a line's text up to the cursor; those reported `here` come first."""
    inside = _INSIDE.search(before)
    if inside is None:
        return []
    written = {word.strip() for word in inside.group(1).split(",")}
    space = " " if inside.group(1).endswith(",") else ""
    return [
        types.CompletionItem(
            label=rule.code,
            kind=types.CompletionItemKind.EnumMember,
            label_details=types.CompletionItemLabelDetails(description=rule.name),
            detail=rule.summary,
            documentation=types.MarkupContent(
                types.MarkupKind.Markdown,
                f"{rule.doc.strip()}\n\n[{rule.name}]({page_address(rule.code)})",
            ),
            sort_text=f"{'0' if rule.code in here else '1'}{rule.code}",
            filter_text=f"{space}{rule.code} {rule.name}",
            insert_text=f"{space}{rule.code}",
            preselect=rule.code in here,
        )
        for rule in all_rules()
        if rule.code not in written
    ]
