"""Keys in base64, as Kubernetes keeps them: found however the letters are broken into lines, and nothing else found."""

from __future__ import annotations

import base64
import textwrap
from typing import TYPE_CHECKING

import pytest
import yaml

from tests.samples import catalogue, openai_shapes, sample
from tests.tool import check, write

if TYPE_CHECKING:
    import pathlib
    from collections.abc import Callable

KEYS = {
    **{f"{form.provider}.{form.name}": sample(form.provider, form.name) for form in catalogue().formats if form.standalone and form.prefix},
    **openai_shapes(),
}  # fmt: skip


def secret(encoded: str, style: str = "") -> str:
    """A Secret of Kubernetes that holds a value; `genai` is a word that some keys count only beside."""
    value = f"{style}\n{textwrap.indent(encoded, '    ')}" if style else encoded
    return f"apiVersion: v1\nkind: Secret\nmetadata:\n  name: genai\ndata:\n  KEY: {value}\n"


def go_decodes(text: str) -> bytes:
    """As kubectl decodes: the standard alphabet, line ends left out."""
    return base64.b64decode("".join(yaml.load(text, yaml.BaseLoader)["data"]["KEY"].splitlines()), validate=True)


@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
@pytest.mark.parametrize("width", [0, 48, 60, 64, 76])
def test_a_key_in_base64_is_found(project: pathlib.Path, width: int, end: str) -> None:
    for number, key in enumerate(KEYS.values()):
        encoded = base64.b64encode((key + end).encode()).decode()
        style = ("|", "|-", ">-")[number % 3] if width else ("", "|")[number % 2]
        text = secret("\n".join(textwrap.wrap(encoded, width)) if width else encoded, style)
        assert go_decodes(text.replace(">-", "|-")).decode() == key + end
        write(project, {f"{number}.yaml": text})
    found = {finding["filename"] for finding in check(project, "--select", "KL101").findings}
    assert [name for number, name in enumerate(KEYS) if f"{number}.yaml" not in found] == []


# What is in base64 and no key, or not the value itself; the last three are keys inside of something else, which are not seen.
OTHERS: dict[str, Callable[[str], str]] = {
    "its letters turned": lambda key: base64.b64encode(key[::-1].encode()).decode(),
    "its beginning": lambda key: base64.b64encode(key[:19].encode()).decode() + "AAAAAAAAAAAAAAAA",
    "no text": lambda key: base64.b64encode(key.encode() + bytes(range(128, 160))).decode(),
    "of one letter": lambda key: base64.b64encode((key[:8] + "x" * (len(key) - 8)).encode()).decode(),
    "encoded twice": lambda key: base64.b64encode(base64.b64encode(key.encode())).decode(),
    "an assignment": lambda key: base64.b64encode(f"KEY={key}".encode()).decode(),
    "a user's password": lambda key: base64.b64encode(f"user:{key}".encode()).decode(),
}  # fmt: skip


@pytest.mark.parametrize("kind", OTHERS)
def test_what_is_no_key_in_base64_is_none(project: pathlib.Path, kind: str) -> None:
    write(project, {f"{number}.yaml": secret(OTHERS[kind](key)) for number, key in enumerate(KEYS.values())})
    assert check(project, "--select", "KL101").codes == []


def test_what_follows_a_key_in_base64_is_not_taken_with_it(project: pathlib.Path) -> None:
    keys = [base64.b64encode(KEYS[name].encode()).decode() for name in ("legacy", "anthropic.key", "groq.key")]
    write(
        project,
        {
            "a.txt": "genai\n"
            + "\n".join([keys[0], "end", keys[1], "aWYgdGhpcyBpcyBhIGxpbmUgb2YgdGV4dA==", keys[2]])
            + "\n"
        },
    )
    rows = [finding["location"]["row"] for finding in check(project, "--select", "KL101").findings]
    assert rows == [2, 4, 6]
