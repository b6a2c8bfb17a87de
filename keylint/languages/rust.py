"""Rust."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from keylint.languages.code import span
from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.languages.syntax import Import
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom

if TYPE_CHECKING:
    from tree_sitter import Node

    from keylint.languages.syntax import Argument

_USED = regex(r"[\w:]+(?:\s+as\s+\w+)?")


class RustFile(FamilyFile):
    """One file of Rust."""

    names = frozenset({"identifier", "field_identifier", "type_identifier", "shorthand_field_identifier"})
    strings = frozenset({"string_literal", "raw_string_literal"})
    raw = frozenset({"raw_string_literal"})
    calls = frozenset({"call_expression", "macro_invocation", "struct_expression"})
    argument_lists = frozenset({"arguments", "token_tree", "field_initializer_list"})
    argument_types = frozenset({"field_initializer"})
    spreads = frozenset({"base_field_initializer"})
    members = frozenset({"field_expression", "scoped_identifier", "scoped_type_identifier", "generic_function"})
    subscripts = frozenset({"index_expression"})
    assignments = frozenset(
        {"let_declaration", "assignment_expression", "const_item", "static_item", "compound_assignment_expr"}
    )
    parameters = frozenset({"parameter", "closure_parameters"})
    holders = frozenset({"mut_pattern"})
    pairs = frozenset({"field_initializer"})
    tuples = frozenset({"tuple_expression"})
    lists = frozenset({"array_expression"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset(
        {"parenthesized_expression", "reference_expression", "try_expression", "await_expression", "unary_expression"}
    )
    conditionals = frozenset({"if_expression", "match_expression"})
    functions = frozenset({"function_item", "closure_expression"})
    scopes = functions | frozenset({"source_file", "impl_item", "mod_item"})
    branches = frozenset({"if_expression", "match_arm", "for_expression", "while_expression", "loop_expression"})
    conditions = frozenset({"if_expression", "while_expression", "match_expression"})
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "arguments",
            "call_expression",
            "field_expression",
            "unary_expression",
            "reference_expression",
            "binary_expression",
        }
    )
    statements = frozenset(
        {"let_declaration", "expression_statement", "return_expression", "const_item", "static_item", "use_declaration"}
    )
    import_types = frozenset({"use_declaration"})
    constants = regex(r"(?:pub(?:\([^)]*\))?\s+)?(?:const|static)\b")
    fallbacks = frozenset()
    nothing = {"None": ""}
    fillers = regex(rb"\.replace\(|format!\s*\(\s*[A-Z_]+\s*,")
    getters = {
        "std.env.var": Getter(Unset.ERROR),
        "env.var": Getter(Unset.ERROR),
        "env.var_os": Getter(Unset.NULL),
        "std.env.var_os": Getter(Unset.NULL),
        "dotenvy.var": Getter(Unset.ERROR),
        "dotenv.var": Getter(Unset.ERROR),
        "env": Getter(Unset.ERROR),
        "option_env": Getter(Unset.NULL),
    }
    passers = frozenset(
        {
            "unwrap",
            "expect",
            "to_string",
            "to_owned",
            "into",
            "clone",
            "as_str",
            "as_ref",
            "parse",
            "ok",
            "into_bytes",
            "as_bytes",
            "await",
            "context",
            "map_err",
            "to_str",
            "as_deref",
        }
    )
    converters = frozenset(
        {
            "String.from",
            "Some",
            "Ok",
            "HeaderValue.from_str",
            "HeaderValue.from_static",
            "Cow.from",
            "Secret.new",
            "SecretString.from",
            "SecretString.new",
            "Arc.new",
            "Url.parse",
            "to_string",
        }
    )
    defaulters = frozenset({"unwrap_or", "unwrap_or_else"})
    emptiers = frozenset({"unwrap_or_default"})
    file_readers = frozenset({"fs.read_to_string", "read_to_string"})
    formatters = {"format": "{"}
    glue = {"concat": ""}
    bearers = frozenset({"bearer_auth"})

    def unset_after(self, method: str, unset: Unset) -> Unset:
        """What `Result`'s methods make of a variable that is not set."""
        return Unset.NULL if method == "ok" else unset

    def arguments(self, node: Node) -> tuple[list[Argument], bool]:
        """A macro's arguments are a list of tokens: each expression that stands alone between commas counts."""
        if node.type != "macro_invocation":
            return super().arguments(node)
        made: list[Argument] = []
        tree = next((child for child in node.children if child.type == "token_tree"), None)
        run: list[Node] = []
        for child in [*tree.children[1:-1], tree.children[-1]] if tree is not None and tree.child_count > 1 else []:
            last = tree is not None and child.id == tree.children[-1].id
            if child.type == "," or last:
                if len(run) == 1 and run[0].is_named:
                    made.append(self.argument(run[0]))
                elif len(run) == 3 and run[1].type == "=":
                    made.append(self.argument(run[2], self.text(run[0]), run[0]))
                elif run:
                    made.append(self.argument(run[-1] if run[-1].is_named else run[0]))
                run = []
            else:
                run.append(child)
        return made, False

    def is_member(self, node: Node) -> bool:
        """Pairs are fields here."""
        return True

    def imports(self) -> list[Import]:
        """``use a::b::{c, d};``: the crate and what is below it."""
        found = []
        for node in self.root.children:
            if node.type == "use_declaration":
                found.append(
                    Import(self.text(node)[4:].strip(" ;").replace("::", ".").partition("{")[0].strip(". "), span(node))
                )
        return found

    def imported(self) -> dict[str, str]:
        """Names by their last part or alias."""
        found: dict[str, str] = {}
        for node in self.root.children:
            if node.type != "use_declaration":
                continue
            text = re.sub(r"^(?:pub\s+)?use\s+|;$", "", self.text(node).strip())
            base, _, rest = text.partition("{")
            for item in _USED.findall(rest) if rest else [text]:
                whole = f"{base}{item}" if rest else item
                path, _, alias = whole.partition(" as ")
                dotted = path.strip().replace("::", ".")
                name = alias.strip() or dotted.rpartition(".")[2]
                if "." in dotted:
                    found.setdefault(name, dotted)
        return found


class RustAdapter(FamilyAdapter):
    """Lowers Rust to facts."""

    name = "rust"
    file_class = RustFile
    grammar = ("tree_sitter_rust", "language")
    wrappers = ((b"fn _() {", b"}"), (b"fn _() { _", b"}"))
    words = Words(
        read='std::env::var("{0}").expect("set {0}")',
        optional='std::env::var("{0}").unwrap_or_default()',
        join='format!("{0}{{}}", {1})',
        interpolated=lambda text: f"format!({text})" if text.startswith('"') else "",
        reference="{{{}}}",
    )
    idiom = Idiom(
        language="rust",
        loaders={
            "dotenvy.dotenv": "dotenv",
            "dotenv.dotenv": "dotenv",
            "dotenv.dotenv.dotenv": "dotenv",
            "dotenvy.dotenv_override": "dotenv",
            "dotenvy.from_filename": "dotenv",
            "dotenvy.from_path": "dotenv",
            "dotenv.from_filename": "dotenv",
            "dotenv.from_path": "dotenv",
        },
        writers={"std.env.set_var": "process", "env.set_var": "process"},
        sinks=regex(r"^(?:println|eprintln|print|eprint|dbg|(?:log\.|tracing\.)?(?:trace|debug|info|warn|error))$"),
    )


ADAPTER = RustAdapter()
