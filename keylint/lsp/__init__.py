"""The language server: what `keylint check` says, in an editor, while somebody types.

Needs pygls, which `pip install 'keylint[lsp]'` brings.
"""

from __future__ import annotations

from importlib.util import find_spec

MISSING = "the language server needs pygls: pip install 'keylint[lsp]'"


def available() -> bool:
    """Whether pygls is installed."""
    return find_spec("pygls") is not None


def serve() -> int:
    """Speak the protocol over standard input and output until the editor ends it. Returns the exit code."""
    from keylint.lsp.server import run

    return run()
