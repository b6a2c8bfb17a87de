"""What the languages of the Java virtual machine have in common: its library."""

from __future__ import annotations

from keylint.languages.family import Getter
from keylint.lazy import regex
from keylint.model import Unset

JVM_SINKS = regex(
    r"^(?:out|err)\.print(?:ln|f)?$|^print(?:ln)?$|^_?[lL]og(?:ger)?\.(?:trace|debug|info|warn|error|severe|fine|finest|log)$"
    r"|^LOG(?:GER)?\.(?:trace|debug|info|warn|error|severe|fine|log)$|^(?:Log|Timber)\.[dievw]$"
)
JVM_GETTERS = {
    "System.getenv": Getter(Unset.NULL),
    "System.getenv.get": Getter(Unset.NULL),
    "System.getenv.getOrDefault": Getter(Unset.NULL, 0, 1),
    "getenv.getOrDefault": Getter(Unset.NULL, 0, 1),
    "getenv.get": Getter(Unset.NULL),
    "dotenv.get": Getter(Unset.NULL, 0, 1),
}
# dotenv-java keeps what it loads to itself: no loader writes the environment of a running JVM.
JVM_LOADERS: dict[str, str] = {}
JVM_BEARERS = frozenset({"setBearerAuth", "bearerAuth", "bearer"})
