"""Regular expressions that are compiled when they are first used.

Rules and adapters have some four hundred of them. Compiling all takes longer than checking a file does, and a run needs few.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from re import compile as regex
else:

    class regex:  # noqa: N801 it is called where re.compile would be
        """What ``re.compile`` gives, with the same arguments, made at the first use of one of its methods."""

        def __init__(self, pattern: str | bytes, flags: int = 0) -> None:
            self.pattern = pattern
            self._flags = flags

        def __getattr__(self, name: str) -> Any:
            if name.startswith("__"):
                raise AttributeError(name)
            compiled = re.compile(self.pattern, self._flags)
            for method in ("search", "match", "fullmatch", "finditer", "findall", "sub", "split"):
                setattr(self, method, getattr(compiled, method))  # found in the instance from now on
            return getattr(compiled, name)


__all__ = ["regex"]
