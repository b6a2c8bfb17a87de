"""What the stages hand to each other: spans, values, facts, edits, findings.

Everything here is immutable and knows no language, no vendor and no rule. A secret's text lives in a ``Literal`` (and in
the ``Source`` it came from) and nowhere else: a ``Finding`` holds spans and masked words only.
"""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, TypeVar

from keylint.record import Record

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


class Span(NamedTuple):
    """Byte offsets into ``Source.data``, end exclusive."""

    start: int
    end: int

    def overlaps(self, other: Span) -> bool:
        """Whether the two share a byte (an empty span shares the place it stands at)."""
        return self.start < max(other.end, other.start + 1) and other.start < max(self.end, self.start + 1)

    def holds(self, other: Span) -> bool:
        """Whether `other` lies within this span."""
        return self.start <= other.start and other.end <= self.end


def _without(hidden: str, item: Any) -> str:
    """What to show of a value or fact whose one field may be a secret."""
    shown = (f"{name}={getattr(item, name)!r}" for name in item._fields if name != hidden)
    return f"{type(item).__name__}({', '.join(shown)})"


class Severity(str, Enum):
    """How bad the outcome is: the call fails or a key leaks (error), it may (warning), good to know (info)."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class Confidence(str, Enum):
    """How sure a finding is; the default shows LIKELY and above."""

    CERTAIN = "certain"  # fails or leaks whatever else is true
    LIKELY = "likely"
    POSSIBLE = "possible"

    @property
    def rank(self) -> int:
        """0 for possible, 2 for certain."""
        return ("possible", "likely", "certain").index(self.value)


class Role(str, Enum):
    """What kind of place a file is: it decides what is tolerable there."""

    PRODUCTION = "production"
    TEST = "test"
    DOCUMENTATION = "documentation"
    TEMPLATE = "template"  # .env.example, *.tmpl: filled in before use
    GENERATED = "generated"
    VENDORED = "vendored"


class Slot(str, Enum):
    """The place a value is used for."""

    API_KEY = "api_key"
    ADMIN_API_KEY = "admin_api_key"
    AUTH_TOKEN = "auth_token"  # noqa: S105 the name of a slot
    ORGANIZATION = "organization"
    PROJECT = "project"
    BASE_URL = "base_url"
    ENDPOINT = "endpoint"  # an address the vendor demands (Azure): no proxy, unlike BASE_URL
    API_TYPE = "api_type"
    HEADERS = "headers"

    @property
    def is_secret(self) -> bool:
        """Whether a value in this slot must never be seen by others."""
        return self in (Slot.API_KEY, Slot.ADMIN_API_KEY, Slot.AUTH_TOKEN)


# ------------------------------------------------------------------------------------------------------------- values


class Hop(Record):
    """A name that a value was reached through, and where that name stands."""

    name: str
    span: Span


class Unset(str, Enum):
    """What reading an environment variable that is not set gives."""

    NULL = "null"  # None, undefined, nil: becomes a word when it is put into a string
    EMPTY = "empty"
    ERROR = "error"  # the read itself fails, loudly


class Literal(Record):
    """A text written down in the source.

    `span` is the whole expression, quotes included; `content` what stands between the quotes. `parts` are the literals it
    was put together from when it was split over several.
    """

    text: str  # may be a secret
    span: Span
    content: Span
    hops: tuple[Hop, ...] = ()
    quote: str = ""
    parts: tuple[Span, ...] = ()
    escaped: bool = False  # the source spells it with escapes, so offsets in `text` are not offsets in the source

    def __repr__(self) -> str:
        return _without("text", self)


class Env(Record):
    """A read of an environment variable; `default` is what stands in when it is not set."""

    name: str  # may be a secret: a key where the name belongs
    span: Span
    name_span: Span
    unset: Unset
    default: Value | None = None
    hops: tuple[Hop, ...] = ()
    call: str = ""  # how it is read, as written: "os.getenv"

    def __repr__(self) -> str:
        return _without("name", self)


class Join(Record):
    """A text put together at run time: concatenation, interpolation, or `str(x)` around a single part."""

    parts: tuple[Value, ...]
    span: Span
    hops: tuple[Hop, ...] = ()


class Missing(Record):
    """Nothing: None, null, undefined, an empty string, a variable nobody sets."""

    kind: str  # "null", "empty", "unassigned"
    span: Span
    hops: tuple[Hop, ...] = ()
    word: str = ""  # what it becomes inside a text: "None", "undefined", ""


class Opaque(Record):
    """Anything else; `reason` says why it cannot be known. `fallback` is what `x or y` gives when x is nothing."""

    reason: str
    span: Span
    hops: tuple[Hop, ...] = ()
    name: str = ""
    fallback: Value | None = None
    nullable: bool = False  # the expression is known to give nothing at times (a failed look-up)


Value: TypeAlias = Literal | Env | Join | Missing | Opaque

BYTES = "bytes, and no text"  # Opaque.reason of what is decoded or read as bytes
FILE_TEXT = "the text of a file, line end included"  # Opaque.reason of an unstripped read


def through(value: Value, hop: Hop) -> Value:
    """The value as seen from a name that leads to it."""
    return value._replace(hops=(hop, *value.hops))


# -------------------------------------------------------------------------------------------------------------- facts


class Endpoint(str, Enum):
    """Where a client sends its requests, as far as the source tells."""

    DEFAULT = "default"  # nothing says otherwise
    CLOUD = "cloud"  # a known vendor's host
    CUSTOM = "custom"  # a local server, a gateway, anything that is no known cloud host
    UNKNOWN = "unknown"  # it is set, to something that cannot be seen


class Use(Record):
    """A value flows into a provider's slot: argument, option, attribute, setting, the token of a header."""

    provider: str
    slot: Slot
    value: Value
    span: Span  # the expression at the place of use
    place: str  # how a person would name the place: "OpenAI(api_key=…)"
    via: str  # "argument", "attribute", "header", "setting", "parameter", "url"
    endpoint: Endpoint = Endpoint.DEFAULT
    host: str = ""  # id of the provider whose host the requests go to, when it is known
    guarded: bool = False  # the program tests the value before it uses it


class Header(Record):
    """A request header is set. `provider` is whose host or SDK it goes to, "" if that cannot be seen."""

    name: str
    name_span: Span
    value: Value
    span: Span  # the value at the place of use
    whole: Span  # name and value together
    provider: str = ""
    foreign: bool = False  # it goes to a host that is none of the known ones
    guarded: bool = False
    grown: bool = False  # something is appended to it later
    meant: str = ""  # the known header that `name` is, or was meant to be, in lower case
    compatible: bool = False  # the address speaks another vendor's protocol: its headers are that vendor's
    in_headers: bool = True  # it clearly stands in a set of headers


class EnvRead(Record):
    """The program reads an environment variable."""

    name: str  # may be a secret, as in ``Env``
    name_span: Span
    span: Span
    call: str
    value: Env
    provider: str = ""
    slot: Slot | None = None
    broken: str = ""  # how the read is broken: "called", "subscripted", "quoted", "bare-name"
    guarded: bool = False
    lazy: bool = False  # inside a function: it runs when that is called
    fallback: bool = False  # only tried after another read gave nothing
    within: Span | None = None  # the function that it stands in

    def __repr__(self) -> str:
        return _without("name", self)


class Damage(Record):
    """Something that its readers make of a line other than its author meant."""

    kind: str
    span: Span
    reads_as: str  # what the reader sees, without the value
    repair: tuple[Edit, ...] = ()


class EnvDefinition(Record):
    """A variable gets its value: dotenv line, export, compose, workflow, manifest, os.environ[...] = ..."""

    name: str
    name_span: Span
    value: Value
    span: Span
    reader: str  # "dotenv", "shell", "compose", "github-actions", "kubernetes", "process", "mcp", ...
    provider: str = ""
    slot: Slot | None = None
    damages: tuple[Damage, ...] = ()
    endpoint: Endpoint = Endpoint.DEFAULT
    live: bool = True  # False in a template: its values are examples
    commented: bool = False
    guarded: bool = False


class EnvLoad(Record):
    """A loader puts the definitions of a file into the environment here.

    `target` is the file that is named, "" if the loader looks for its usual one, None if that cannot be told. What is in the
    environment already stays there unless it `overrides`.
    """

    loader: str
    span: Span
    top_level: bool = True
    automatic: bool = False
    target: str | None = None
    within: Span | None = None  # the function that it stands in
    overrides: bool = False


class Client(Record):
    """A client is built here; slots that are not given are read from the environment if `reads_environment`."""

    provider: str
    name: str
    span: Span  # the callee
    whole: Span
    slots: tuple[Slot, ...]
    endpoint: Endpoint = Endpoint.DEFAULT
    reads_environment: bool = False
    lazy: bool = False
    spread: bool = False  # further options come from somewhere that cannot be seen
    misnamed: tuple[tuple[str, Span, str], ...] = ()  # options it ignores: written, where, meant
    in_browser: Span | None = None  # the option that lets it run in a browser
    positional: tuple[Span, Value] | None = None  # a value where the options object belongs


class Log(Record):
    """A key, or a header that carries one, is printed or logged."""

    span: Span  # the argument
    whole: Span
    what: str  # "the key", "the headers, Authorization among them"
    sink: str  # the call, as written
    provider: str


class Misplaced(Record):
    """Headers stand where the call takes something else for them."""

    span: Span
    call: str
    taken_for: str  # "the configuration", "the body"
    provider: str
    repair: tuple[Edit, ...] = ()
    what: str = "these headers"


class Retry(Record):
    """A request that failed is sent again: a loop, a function that calls itself, a decorator.

    `handler` is what catches the failure, `loop` what repeats. `ends` is how many times it can go round: "never" if nothing
    ends it, "" if that cannot be told. `waits`: "no", "fixed", "growing", "" if it cannot be told.
    """

    provider: str
    span: Span
    loop: Span
    how: str  # "loop", "recursion", "decorator", "library", "quota"
    ends: str = ""
    waits: str = ""
    limited: bool = False  # it says that it is for rate limits
    tells_quota: bool = False  # it looks at what kind of 429 it is
    lost: str = ""  # what the caller has after the last attempt failed: "None", "undefined", a name without a value


class RetriesOff(Record):
    """The SDK is told not to send a failed request again."""

    provider: str
    span: Span
    endpoint: Endpoint = Endpoint.DEFAULT


class Swallowed(Record):
    """A rate limit is caught, and something empty takes the place of the answer."""

    provider: str
    span: Span
    gives: str
    limited: bool = True  # False if the handler takes any failure


class FanOut(Record):
    """A request for each of many items, all at once."""

    provider: str
    span: Span
    call: str


class Unchecked(Record):
    """An answer is taken apart, and nothing looks at its status."""

    provider: str
    span: Span
    repeated: bool  # for each of many items


class Removed(Record):
    """A name, or a variable, that the SDK has no more since a major version."""

    provider: str
    package: str
    since: int
    name: str
    now: str
    span: Span
    certain: bool = False  # the file itself uses what came with that version
    repair: tuple[Edit, ...] = ()


class Bundled(Record):
    """A build writes the value of a secret's variable, or a file that holds some, into what users download."""

    provider: str
    name: str
    span: Span
    how: str
    setting: Span  # the whole of what says so


class Copied(Record):
    """An image is built with files of the project; `sources` are their patterns, as written."""

    sources: tuple[str, ...]
    span: Span
    shipped: bool = True  # False in a stage that only builds


class Address(Record):
    """The base URL that a client is given."""

    provider: str  # whose SDK it is
    value: Value
    span: Span
    slot: Slot = Slot.BASE_URL


class Text(Record):
    """A key-shaped text stands here, whatever the place is."""

    provider: str
    format: str
    span: Span
    slot: Slot
    encoding: str = ""  # "base64", "split" ...
    commented: bool = False
    newline: bool = False  # the decoded text ends with a line end


class Foreign(Record):
    """A secret of another vendor, reported by a detect-secrets detector."""

    kind: str
    detector: str
    span: Span
    confidence: Confidence


Fact: TypeAlias = (
    Use
    | Header
    | EnvRead
    | EnvDefinition
    | EnvLoad
    | Client
    | Log
    | Misplaced
    | Text
    | Foreign
    | Retry
    | RetriesOff
    | Swallowed
    | FanOut
    | Unchecked
    | Removed
    | Bundled
    | Copied
    | Address
)


def moved(item: T, by: int) -> T:
    """A fact, or anything in it, with all its spans moved: for code that stands inside another file."""
    return relocated(item, lambda offset, **_: offset + by)


def relocated(item: T, outward: Callable[..., int]) -> T:
    """A fact, or anything in it, with all its offsets put through a function; `end=True` is handed to it for ends."""
    if isinstance(item, Span):
        start = outward(item.start)
        return Span(start, outward(item.end, end=True) if item.end > item.start else start)  # type: ignore[return-value]
    if isinstance(item, tuple):
        parts = [relocated(part, outward) for part in item]
        return type(item)(*parts) if hasattr(item, "_fields") else tuple(parts)  # type: ignore[return-value]
    return item


# ----------------------------------------------------------------------------------------------------------- findings


class Edit(Record):
    """Replace `span` by `text`. `path` names another file of the project; "" is the finding's own."""

    span: Span
    text: str
    path: str = ""


class Applicability(str, Enum):
    """SAFE cannot change what a working program does; UNSAFE is applied only when asked for."""

    SAFE = "safe"
    UNSAFE = "unsafe"


class Move(Record):
    """A key that a fix takes out of the source, and the variable that it goes to.

    `span` is where the key stands, as the fact that it comes from says it (``Literal.content``, ``EnvRead.name_span``): the
    value is looked up there when it is written, and carried by nothing.
    """

    span: Span
    variable: str
    provider: str = ""


class Fix(Record):
    """Edits that mend a finding. `title` is a verb phrase. With a `move` the edits are only made if the key is kept."""

    title: str
    edits: tuple[Edit, ...]
    applicability: Applicability = Applicability.SAFE
    move: Move | None = None


class Note(Record):
    """A second place that belongs to a finding: "assigned here"."""

    span: Span
    label: str
    path: str = ""


class Problem(Record):
    """What a rule yields; the engine makes a Finding of it.

    `message` says what is wrong, `outcome` what the person will see at run time, `help` what to do. None of them holds a
    secret: quote a value only through ``mask.quote``.
    """

    span: Span
    message: str
    outcome: str
    help: str
    fix: Fix | None = None
    label: str = ""
    notes: tuple[Note, ...] = ()
    confidence: Confidence | None = None
    severity: Severity | None = None
    cause: Span | None = None  # the literal or name at fault, so that one cause is reported once
    path: str = ""  # for rules that see the whole project: the file the span lies in


class Finding(Record):
    """One mistake, ready to be reported. Holds no secret."""

    code: str
    name: str
    path: str
    span: Span
    message: str
    outcome: str
    help: str
    severity: Severity
    confidence: Confidence
    fingerprint: str
    label: str = ""
    fix: Fix | None = None
    notes: tuple[Note, ...] = ()
    cause: Span = Span(0, 0)
    place: str = ""  # where it is for a person, when the line does not say it: "cell 3, line 2"
