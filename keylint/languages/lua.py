"""Lua."""

from __future__ import annotations

from keylint.languages.family import FamilyAdapter, FamilyFile, Getter, Words
from keylint.lazy import regex
from keylint.model import Unset
from keylint.wiring import Idiom


class LuaFile(FamilyFile):
    """One file of Lua."""

    names = frozenset({"identifier"})
    strings = frozenset({"string"})
    calls = frozenset({"function_call"})
    argument_lists = frozenset({"arguments"})
    members = frozenset({"dot_index_expression", "method_index_expression"})
    subscripts = frozenset({"bracket_index_expression"})
    assignments = frozenset({"assignment_statement"})
    parameters = frozenset({"parameters"})
    holders = frozenset({"variable_list"})
    pairs = frozenset({"field"})
    maps = frozenset({"table_constructor"})
    lists = frozenset({"table_constructor"})
    binaries = frozenset({"binary_expression"})
    concatenations = frozenset({"binary_expression"})
    wrappers = frozenset({"parenthesized_expression", "expression_list", "variable_list"})
    functions = frozenset({"function_declaration", "function_definition"})
    scopes = functions | frozenset({"chunk"})
    branches = frozenset(
        {"if_statement", "for_statement", "while_statement", "repeat_statement", "elseif_statement", "else_statement"}
    )
    conditions = frozenset({"if_statement", "while_statement", "elseif_statement"})
    tests = frozenset({"binary_expression", "unary_expression"})
    transparent = frozenset(
        {
            "parenthesized_expression",
            "arguments",
            "function_call",
            "dot_index_expression",
            "unary_expression",
            "binary_expression",
        }
    )
    statements = frozenset({"assignment_statement", "variable_declaration", "return_statement"})
    arrows = frozenset({"="})
    joins = frozenset({".."})
    fallbacks = frozenset({"or"})
    nothing = {"nil": "nil"}
    fillers = regex(rb"gsub|string\.format\(\s*[A-Za-z_]")
    getters = {"os.getenv": Getter(Unset.NULL), "vim.env": Getter(Unset.NULL), "vim.fn.getenv": Getter(Unset.NULL)}
    formatters = {"string.format": "%"}
    converters = frozenset({"tostring", "vim.trim"})


class LuaAdapter(FamilyAdapter):
    """Lowers Lua to facts."""

    name = "lua"
    comments = ("--",)
    file_class = LuaFile
    grammar = ("tree_sitter_lua", "language")
    words = Words(read='os.getenv("{}")', join='"{0}" .. {1}')
    idiom = Idiom(
        language="lua",
        writers={"vim.fn.setenv": "process"},
        sinks=regex(r"^(?:print|io\.write|vim\.print|vim\.notify|log\.\w+|ngx\.(?:say|log|print))$"),
    )


ADAPTER = LuaAdapter()
