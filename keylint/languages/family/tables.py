"""What differs between the languages of the family: the names of node types, operators and library calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from keylint.languages.code import CodeFile
from keylint.record import Record

if TYPE_CHECKING:
    import re
    from collections.abc import Mapping

    from keylint.model import Unset


class Getter(Record):
    """A call that reads the environment: what an unset variable gives, and which arguments are the name and the default."""

    unset: Unset
    name: int = 0
    default: int = -1


class GrammarTables(CodeFile):
    """Node types and names of one language; a subclass says its own. "Type" means the type of a node of the grammar."""

    # ------------------------------------------------------------------------------------------------- node types
    strings: ClassVar[frozenset[str]]
    raw: ClassVar[frozenset[str]] = frozenset()  # strings in which a backslash is a backslash
    substitutions: ClassVar[frozenset[str]] = frozenset()  # parts of a string that an expression fills
    calls: ClassVar[frozenset[str]]
    argument_lists: ClassVar[frozenset[str]]
    argument_types: ClassVar[frozenset[str]] = frozenset()  # what stands around one argument
    spreads: ClassVar[frozenset[str]] = frozenset()  # arguments that stand for several unseen ones
    subscripts: ClassVar[frozenset[str]] = frozenset()
    binaries: ClassVar[frozenset[str]] = frozenset()
    assignments: ClassVar[frozenset[str]]
    parameters: ClassVar[frozenset[str]] = frozenset()
    holders: ClassVar[frozenset[str]] = frozenset()  # what may stand between a name and the assignment to it
    pairs: ClassVar[frozenset[str]] = frozenset()
    maps: ClassVar[frozenset[str]] = frozenset()
    lists: ClassVar[frozenset[str]] = frozenset()
    tuples: ClassVar[frozenset[str]] = frozenset()  # two of them in a list make a pair: {"name", value}
    conditionals: ClassVar[frozenset[str]] = frozenset()
    classes: ClassVar[frozenset[str]] = frozenset()  # bodies of classes
    wrappers: ClassVar[frozenset[str]] = frozenset({"parenthesized_expression"})
    marks: ClassVar[frozenset[str]] = frozenset()  # what may stand beside a wrapped expression: "key!"
    import_types: ClassVar[frozenset[str]] = frozenset()
    constants: ClassVar[re.Pattern[str] | None] = None  # how a declaration begins whose value must be known beforehand

    # -------------------------------------------------------------------------------------------------- operators
    gives: ClassVar[frozenset[str]] = frozenset({"="})  # between a name and its value
    changes: ClassVar[frozenset[str]] = frozenset({"+=", "-=", ".=", "||=", "??=", "&=", "?:=", "<>="})
    arrows: ClassVar[frozenset[str]] = frozenset({":", "=>"})  # between a key and its value
    joins: ClassVar[frozenset[str]] = frozenset({"+"})
    fallbacks: ClassVar[frozenset[str]] = frozenset({"??"})
    comparisons: ClassVar[frozenset[str]] = frozenset(
        {"==", "!=", "===", "!==", "<>", "~=", "eq", "ne", "=~", "is", "!"}
    )
    dots: ClassVar[frozenset[str]] = frozenset({".", "::", "->", "?.", "?->", "!.", "&.", ":"})

    # ------------------------------------------------------------------------------------------------------ words
    sigils: ClassVar[str] = ""  # what a variable's name begins with
    nothing: ClassVar[Mapping[str, str]] = {}  # a word that means nothing, and what it is inside a text
    own: ClassVar[frozenset[str]] = frozenset({"this", "self"})  # the object whose method this is
    getters: ClassVar[Mapping[str, Getter]] = {}  # callee → how it reads
    environments: ClassVar[Mapping[str, Unset]] = {}  # mapping that is the environment → what an unset variable gives
    trimmers: ClassVar[frozenset[str]] = frozenset({"trim", "strip", "trimmed", "Trim", "TrimEnd", "chomp", "rstrip"})
    passers: ClassVar[frozenset[str]] = frozenset()  # methods that hand on the text that they are called on
    converters: ClassVar[frozenset[str]] = frozenset()  # functions that hand on the text that they are given
    defaulters: ClassVar[frozenset[str]] = frozenset()  # methods whose argument stands in for nothing
    cutters: ClassVar[frozenset[str]] = frozenset()  # functions that take white space away from the text they are given
    stringifiers: ClassVar[frozenset[str]] = frozenset()  # functions that make a text of nothing, too: "null"
    empties: ClassVar[frozenset[str]] = frozenset()  # names that are an empty text
    emptiers: ClassVar[frozenset[str]] = frozenset()  # methods that make an empty text of nothing
    file_readers: ClassVar[frozenset[str]] = frozenset()  # calls that give the text of a file, as it is
    glue: ClassVar[Mapping[str, str]] = {}  # functions that put their arguments together → what stands between
    formatters: ClassVar[Mapping[str, str]] = {}  # functions that fill a template → "%" or "{"
    map_makers: ClassVar[frozenset[str]] = frozenset()  # functions that make a mapping of their arguments
    credentials: ClassVar[frozenset[str]] = frozenset()  # functions that are given a scheme and a token
    header_lines: ClassVar[bool] = False  # headers are written as one text, "Name: value"
    header_names: ClassVar[Mapping[str, str]] = {  # constants that are names of headers
        "HttpHeaders.AUTHORIZATION": "Authorization",
        "HeaderNames.Authorization": "Authorization",
        "HttpHeaders.Authorization": "Authorization",
        "header.AUTHORIZATION": "Authorization",
        "HttpHeaders.authorizationHeader": "Authorization",
        "AUTHORIZATION": "Authorization",
    }
