"""The shape of a provider's data, for the built-in files and for users' own in the configuration.

``parse`` turns a table as tomli gives it into a ``Provider`` or raises ``ProviderError`` with the key's path and the
nearest valid name, so that a typing mistake costs its author one look.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from keylint.model import Slot
from keylint.record import Record


class ProviderError(ValueError):
    """A provider's table is wrong; `key` is the dotted path of the key at fault."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


class KeyFormat(Record):
    """How a vendor's keys look.

    `pattern` is a regular expression without boundaries; `anchor` a short, cheap one that every key contains, for triage.
    A format that is not `standalone` says nothing without its context (32 hexadecimal digits). `random` formats have no
    marker, so that a text counts only if it looks random. `context` and `unless` are words that the file must and must
    not contain for the format to count outside the vendor's own slots. `foreign` formats come from a configuration.
    """

    provider: str
    name: str
    pattern: str
    anchor: str
    prefix: str
    slot: Slot
    standalone: bool = True
    random: bool = False
    context: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    foreign: bool = False

    def counts_in(self, lower: bytes) -> bool:
        """Whether the words of a file (given in lower case) let the format count there."""
        if self.context and not any(word.lower().encode() in lower for word in self.context):
            return False
        return not any(word.lower().encode() in lower for word in self.unless)


class IdFormat(Record):
    """An identifier: a prefix and the usual number of letters and digits after it."""

    prefix: str
    length: int


class HeaderSpec(Record):
    """A request header of the vendor: what it carries, the scheme before it, other schemes that are taken too."""

    name: str
    slot: Slot
    scheme: str = ""
    also: tuple[str, ...] = ()


class ClientSpec(Record):
    """An SDK's entry points in one language.

    `slots` maps parameter or option names to slots; `options` is the position of the options object, if the SDK takes
    one; `positional` names the slots of positional arguments, "" for one that is none.
    `environment`: slots that are not given are read from the
    provider's variables. `imported`: the names count only if the file imports them from one of `modules`. `default`: the
    modules' default export is the first of the names. `strict`: a named argument that it does not know is an error.
    `builder`: the names begin a chain of calls, and `slots` are the methods in it.
    """

    provider: str
    language: str
    modules: tuple[str, ...]
    names: tuple[str, ...]
    slots: Mapping[str, Slot]
    options: int | None = None
    positional: tuple[str, ...] = ()
    environment: bool = False
    imported: bool = False
    default: bool = False
    strict: bool = False
    builder: bool = False


class AttributeSpec(Record):
    """Module-level settings: `openai.api_key = …`."""

    provider: str
    language: str
    module: str
    slots: Mapping[str, Slot]


class RemovedSpec(Record):
    """What a major version of a package took away: names (with what stands for each now) and variables it reads no more.

    `failures` are such names of what a handler catches: ``error.response.status``.
    """

    package: str
    language: str
    since: int
    names: Mapping[str, str]
    variables: Mapping[str, str]
    failures: Mapping[str, str]


class ErrorSpec(Record):
    """An error's text: a regular expression, which of the meanings in `diagnosis/errors.toml` it has, an example.

    What was sent is its group `sent`. A `weak` text counts only if no other is recognized. `asked` is what to say (`says`, and
    what to `do`) if keylint itself got this answer, to a key that looks right. Patterns are compiled when an error is explained,
    not when a file is checked.
    """

    means: str
    pattern: str
    example: str
    weak: bool = False
    asked: Mapping[str, str] = MappingProxyType({})


class OnlineSpec(Record):
    """How a key is tried: by one request that costs nothing and needs it.

    `base` is the address that the vendor's clients use if none is given, "" where each customer has their own; `path` is what
    is asked for below it (or below the address that replaces it), `model` the same for one model;
    `headers` are sent beside those that carry the credentials. `generate` is where a model is asked for one word, with `body`:
    what that costs is the only way to see whether there is money; MODEL stands for the model's name in both.
    """

    base: str
    path: str
    model: str = ""
    headers: Mapping[str, str] = MappingProxyType({})
    generate: str = ""
    body: str = ""


class Provider(Record):
    """An API vendor, as data."""

    id: str
    name: str
    words: tuple[str, ...]
    key_page: str
    id_page: str
    answers: Mapping[str, str]
    keys: tuple[KeyFormat, ...]
    variables: Mapping[Slot, tuple[str, ...]]
    parameters: Mapping[Slot, tuple[str, ...]]
    hosts: tuple[str, ...]
    compatible: str  # below this path the hosts speak OpenAI's protocol, headers included
    headers: tuple[HeaderSpec, ...]
    ids: Mapping[Slot, IdFormat]
    clients: tuple[ClientSpec, ...]
    attributes: tuple[AttributeSpec, ...]
    requests: tuple[str, ...]  # methods of its SDKs that send a request, by their last names
    removed: tuple[RemovedSpec, ...]
    errors: tuple[ErrorSpec, ...]  # what its API answers and its SDKs raise
    online: OnlineSpec | None = None
    reads: tuple[
        str, ...
    ] = ()  # the variables that its SDKs look for a key in, if there is more than one; the first wins

    def answer(self, kind: str) -> str:
        """What the vendor answers, or its SDK raises; `kind` as in the [answers] table."""
        return self.answers.get(kind) or _ANSWERS[kind]

    def looked_for(self, slot: Slot) -> tuple[str, ...]:
        """The environment variables that its SDKs look at for a slot, in their order."""
        if slot is Slot.API_KEY and self.reads:
            return self.reads
        return self.variables.get(slot, ())[:1]

    def variable(self, slot: Slot) -> str:
        """The environment variable that its SDKs read for a slot; "" if there is none."""
        names = self.variables.get(slot, ())
        return names[0] if names else ""


_ANSWERS = {
    "invalid-key": "401 Unauthorized: the key is not valid",
    "no-key": "401 Unauthorized: no credentials in the request",
    "bearer": "401 Unauthorized: a bearer token is no key here",
    "unset": "an error about missing credentials, or 401 Unauthorized",
    "unsendable": "an error about an illegal header value; the request never leaves",
    "organization": "401: the organization does not match the key",
    "project": "401: the project does not match the key",
}

Reader = Callable[[str, Any], Any]


def nearest(word: str, known: object) -> str:
    """The known word that looks most like `word`; "" if none does."""
    import difflib

    found = difflib.get_close_matches(word, [str(name) for name in known], 1, 0.6)  # type: ignore[attr-defined]
    return found[0] if found else ""


def text(key: str, value: Any) -> str:
    """A string, or ProviderError."""
    if not isinstance(value, str):
        raise ProviderError(key, f"`{key}` must be a string")
    return value


def texts(key: str, value: Any) -> tuple[str, ...]:
    """A list of strings, or ProviderError."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ProviderError(key, f"`{key}` must be a list of strings")
    return tuple(value)


def _flag(key: str, value: Any) -> bool:
    if not isinstance(value, bool):
        raise ProviderError(key, f"`{key}` must be true or false")
    return value


def _number(key: str, value: Any) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ProviderError(key, f"`{key}` must be a whole number")
    return value


def _slot(key: str, value: Any) -> Slot:
    try:
        return Slot(text(key, value))
    except ValueError:
        hint = nearest(str(value), [slot.value for slot in Slot])
        raise ProviderError(
            key, f"`{key}`: unknown slot `{value}`" + (f", did you mean `{hint}`?" if hint else "")
        ) from None


def _expression(key: str, value: Any) -> str:
    try:
        re.compile(text(key, value))
    except re.error as error:
        raise ProviderError(key, f"`{key}` is no regular expression: {error}") from None
    return str(value)


def _linear(key: str, value: Any) -> str:
    """An expression for keys, which is searched for in whatever a repository holds."""
    from keylint.providers.linear import Linear, Refused

    try:
        Linear(_expression(key, value))
    except Refused as error:
        raise ProviderError(key, f"`{key}` cannot be matched in one pass: {error}") from None
    return str(value)


def _table(key: str, value: Any, readers: Mapping[str, Reader], required: tuple[str, ...] = ()) -> dict[str, Any]:
    """Read a table whose keys are known; anything else is an error that names the nearest valid key."""
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    result = {}
    for name, item in value.items():
        if name not in readers:
            hint = nearest(name, readers)
            raise ProviderError(
                f"{key}.{name}", f"unknown key `{name}` in `{key}`" + (f", did you mean `{hint}`?" if hint else "")
            )
        result[name.replace("-", "_")] = readers[name](f"{key}.{name}", item)
    for name in required:
        if name not in value:
            raise ProviderError(key, f"`{key}` needs the key `{name}`")
    return result


def _by_slot(key: str, value: Any) -> dict[Slot, tuple[str, ...]]:
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    return {_slot(f"{key}.{name}", name): texts(f"{key}.{name}", item) for name, item in value.items()}


def _slots(key: str, value: Any) -> dict[str, Slot]:
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    return {name: _slot(f"{key}.{name}", item) for name, item in value.items()}


def _answers(key: str, value: Any) -> dict[str, str]:
    return _table(key, value, dict.fromkeys(_ANSWERS, text)) and {k: text(f"{key}.{k}", v) for k, v in value.items()}


def _tables(key: str, value: Any) -> list[tuple[str, dict[str, Any]]]:
    if not isinstance(value, list):
        raise ProviderError(key, f"`{key}` must be a list of tables")
    return [(f"{key}[{index}]", item) for index, item in enumerate(value)]


def _keys(provider: str, key: str, value: Any, built_in: int) -> tuple[KeyFormat, ...]:
    """The formats of a table; the first `built_in` of them are keylint's own, whose expressions are known to be right."""
    readers: dict[str, Reader] = {
        "name": text,
        "prefix": text,
        "slot": _slot,
        "standalone": _flag,
        "random": _flag,
        "with": texts,
        "without": texts,
    }
    formats = []
    for number, (path, item) in enumerate(_tables(key, value)):
        foreign = number >= built_in
        readers["pattern"] = readers["anchor"] = _linear if foreign else text
        read = _table(path, item, readers, required=("name", "pattern"))
        read["context"], read["unless"], read["foreign"] = read.pop("with", ()), read.pop("without", ()), foreign
        formats.append(KeyFormat(provider, **{"anchor": read["pattern"], "prefix": "", "slot": Slot.API_KEY, **read}))
    return tuple(formats)


def _headers(key: str, value: Any) -> tuple[HeaderSpec, ...]:
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    readers: dict[str, Reader] = {"slot": _slot, "scheme": text, "also": texts}
    return tuple(
        HeaderSpec(name, **_table(f"{key}.{name}", item, readers, required=("slot",))) for name, item in value.items()
    )


def _ids(key: str, value: Any) -> dict[Slot, IdFormat]:
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    readers: dict[str, Reader] = {"prefix": text, "length": _number}
    return {
        _slot(f"{key}.{name}", name): IdFormat(**_table(f"{key}.{name}", item, readers, required=("prefix", "length")))
        for name, item in value.items()
    }


def _clients(provider: str, key: str, value: Any) -> tuple[ClientSpec, ...]:
    readers: dict[str, Reader] = {
        "language": text,
        "modules": texts,
        "names": texts,
        "slots": _slots,
        "options": _number,
        "positional": texts,
        "environment": _flag,
        "imported": _flag,
        "default": _flag,
        "strict": _flag,
        "builder": _flag,
    }
    return tuple(
        ClientSpec(
            provider, **{"modules": (), "slots": {}, **_table(path, item, readers, required=("language", "names"))}
        )
        for path, item in _tables(key, value)
    )


def _attributes(provider: str, key: str, value: Any) -> tuple[AttributeSpec, ...]:
    readers: dict[str, Reader] = {"language": text, "module": text, "slots": _slots}
    return tuple(
        AttributeSpec(provider, **_table(path, item, readers, required=("language", "module", "slots")))
        for path, item in _tables(key, value)
    )


def _names(key: str, value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise ProviderError(key, f"`{key}` must be a table")
    return {name: text(f"{key}.{name}", item) for name, item in value.items()}


def _removed(key: str, value: Any) -> tuple[RemovedSpec, ...]:
    readers: dict[str, Reader] = {
        "package": text,
        "language": text,
        "since": _number,
        "names": _names,
        "variables": _names,
        "failures": _names,
    }
    return tuple(
        RemovedSpec(
            **{
                "names": {},
                "variables": {},
                "failures": {},
                **_table(path, item, readers, ("package", "language", "since")),
            }
        )
        for path, item in _tables(key, value)
    )


def asked(key: str, value: Any) -> dict[str, str]:
    """What is said of an answer that keylint itself got, or ProviderError."""
    return _table(key, value, {"says": text, "do": text}, ("says", "do"))


def errors(key: str, value: Any) -> tuple[ErrorSpec, ...]:
    """A list of tables of error texts, or ProviderError."""
    readers: dict[str, Reader] = {"means": text, "pattern": text, "example": text, "weak": _flag, "asked": asked}
    return tuple(
        ErrorSpec(**_table(path, item, readers, ("means", "pattern", "example"))) for path, item in _tables(key, value)
    )


def _online(key: str, value: Any) -> OnlineSpec:
    readers: dict[str, Reader] = {
        "base": _address,
        "path": text,
        "model": text,
        "headers": _names,
        "generate": text,
        "body": text,
    }
    return OnlineSpec(**_table(key, value, readers, ("base", "path")))


def _address(key: str, value: Any) -> str:
    if not isinstance(value, str) or (value and not value.startswith("https://")):
        raise ProviderError(key, f"`{key}` must be an address that begins with https://")
    return value


def parse(identity: str, table: Mapping[str, Any], root: str = "", built_in: int = 0) -> Provider:
    """Read one provider's table. `root` is the path before its keys in error messages.

    `built_in` says how many of its key formats are keylint's own.
    """
    readers: dict[str, Reader] = {
        "name": text,
        "words": texts,
        "key-page": text,
        "id-page": text,
        "answers": _answers,
        "keys": lambda key, value: _keys(identity, key, value, built_in),
        "variables": _by_slot,
        "parameters": _by_slot,
        "hosts": texts,
        "compatible": text,
        "headers": _headers,
        "ids": _ids,
        "clients": lambda key, value: _clients(identity, key, value),
        "attributes": lambda key, value: _attributes(identity, key, value),
        "requests": texts,
        "removed": _removed,
        "errors": errors,
        "online": _online,
        "reads": texts,
    }
    read = _table(root or identity, dict(table), readers, required=("name",))
    empty: dict[str, Any] = {
        "words": (),
        "key_page": "the vendor's dashboard",
        "id_page": "the vendor's dashboard",
        "answers": {},
        "keys": (),
        "variables": {},
        "parameters": {},
        "hosts": (),
        "compatible": "",
        "headers": (),
        "ids": {},
        "clients": (),
        "attributes": (),
        "requests": (),
        "removed": (),
        "errors": (),
    }
    return Provider(identity, **{**empty, **read})
