"""Go."""

from __future__ import annotations

from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

_IMPORT = regex(r'(?:(\w+|\.|_)\s+)?["`]([^"`]+)["`]')
_VERSION = regex(r"/v\d+$")


class GoFile(FamilyFile):
    """One file of Go."""

    names = frozenset({"identifier", "field_identifier", "package_identifier", "type_identifier"})
    strings = frozenset({"interpreted_string_literal", "raw_string_literal"})
    raw = frozenset({"raw_string_literal"})
    calls = frozenset({"call_expression", "composite_literal"})
    argument_lists = frozenset({"argument_list", "literal_value"})
    argument_types = frozenset({"keyed_element", "literal_element"})
    spreads = frozenset({"variadic_argument"})
    members = frozenset({"selector_expression", "qualified_type"})
    subscripts = frozenset({"index_expression"})
    assignments = frozenset({"short_var_declaration", "assignment_statement", "var_spec", "const_spec"})
    parameters = frozenset({"parameter_declaration", "variadic_parameter_declaration"})
    holders = frozenset({"expression_list"})
    pairs = frozenset({"keyed_element"})
    maps = frozenset({"literal_value"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset({"parenthesized_expression", "literal_element", "expression_list", "unary_expression"})
    functions = frozenset({"function_declaration", "method_declaration", "func_literal"})
    scopes = functions | frozenset({"source_file"})
    branches = frozenset({"if_statement", "for_statement", "expression_case", "select_statement", "communication_case"})
    conditions = frozenset({"if_statement", "expression_switch_statement"})
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "argument_list",
            "call_expression",
            "selector_expression",
            "unary_expression",
            "binary_expression",
        }
    )
    statements = frozenset(
        {
            "short_var_declaration",
            "assignment_statement",
            "expression_statement",
            "return_statement",
            "var_declaration",
            "const_declaration",
            "if_statement",
        }
    )
    import_types = frozenset({"import_declaration"})
    constants = regex(r"const\b")
    gives = frozenset({"=", ":="})
    fallbacks = frozenset()
    nothing = {"nil": "<nil>"}
    fillers = regex(rb"strings\.Replace|template\.|\bSprintf\(\s*[A-Za-z_]")
    getters = {"os.Getenv": Getter(Unset.EMPTY), "os.LookupEnv": Getter(Unset.ERROR)}
    cutters = frozenset({"strings.TrimSpace", "strings.TrimRight", "strings.Trim", "bytes.TrimSpace"})
    file_readers = frozenset({"os.ReadFile", "ioutil.ReadFile", "io/ioutil.ReadFile"})
    converters = frozenset(
        {
            "azcore.NewKeyCredential",
            "string",
            "openai.String",
            "openai.F",
            "aws.String",
            "param.NewOpt",
        }
    )
    glue = {"strings.Join": ""}
    formatters = {"fmt.Sprintf": "%"}
    bearers = frozenset({"SetAuthToken", "SetBearerAuthToken"})

    def mapping(self, node: Node) -> list | None:  # type: ignore[type-arg]
        """Also ``map[string]string{…}``, which is a composite literal."""
        node = self.inner(node)
        if node.type == "composite_literal":
            body = node.child_by_field_name("body")
            kind = node.child_by_field_name("type")
            is_map = kind is not None and (kind.type == "map_type" or self.text(kind).endswith("Header"))
            return super().mapping(body) if body is not None and is_map else None
        return super().mapping(node)

    def is_member(self, node: Node) -> bool:
        """Whether what the braces belong to is no map."""
        above = self.parent(self.parent(node) or node)
        kind = above.child_by_field_name("type") if above is not None else None
        return kind is not None and kind.type != "map_type" and not self.text(kind).endswith("Header")

    def is_fragment(self) -> bool:
        """No program is without imports."""
        return not any(node.type == "import_declaration" for node in self.root.children)

    def loaded(self) -> frozenset[str]:
        """Names are used with their package's, but for what a dot imports."""
        return frozenset(path for name, path in self.imported().items() if name == ".")

    def path(self, node: Node) -> tuple[str, ...]:
        """A map's type is no name."""
        if node.type in ("map_type", "slice_type", "array_type", "pointer_type"):
            return ()
        return super().path(node)

    def imports(self) -> list[Import]:
        """The import declarations."""
        return [
            Import(match.group(2), span(node))
            for node in self.root.children
            if node.type == "import_declaration"
            for match in _IMPORT.finditer(self.text(node).partition("import")[2])
        ]

    def imported(self) -> dict[str, str]:
        """Packages by their alias, or by the last part of their path."""
        found = {}
        for node in self.root.children:
            if node.type == "import_declaration":
                for match in _IMPORT.finditer(self.text(node).partition("import")[2]):
                    path = match.group(2)
                    last = _VERSION.sub("", path).rpartition("/")[2]
                    names = (
                        (match.group(1),) if match.group(1) else (last, last.removeprefix("go-").removesuffix("-go"))
                    )
                    found.update(dict.fromkeys(names, path))
        return {name: path for name, path in found.items() if name != path}


class GoAdapter(FamilyAdapter):
    """Lowers Go to facts."""

    name = "go"
    file_class = GoFile
    grammar = ("tree_sitter_go", "language")
    wrappers = ((b"package _\nfunc _() {\n", b"\n}"), (b"package _\n", b""))
    words = Words(read='os.Getenv("{}")', needs=("os",), module='import "{}"')
    idiom = Idiom(
        language="go",
        loaders={
            "github.com/joho/godotenv.Load": "dotenv",
            "github.com/joho/godotenv.Overload": "dotenv",
            "godotenv.Load": "dotenv",
            "godotenv.Overload": "dotenv",
        },
        writers={"os.Setenv": "process"},
        sinks=regex(
            r"^(?:fmt\.(?:Print(?:ln|f)?|Fprint(?:ln|f)?)|log\.(?:Print(?:ln|f)?|Fatal(?:f|ln)?)|(?:slog|logger|log|sugar|zap)\.(?:Debug|Info|Warn|Error)[fw]?)$"
        ),
    )


ADAPTER = GoAdapter()
