"""What the languages of the Java virtual machine have in common: its library."""

from __future__ import annotations

import re

from keylint.languages.family import Getter
from keylint.model import Unset

JVM_SINKS = re.compile(
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
JVM_LOADERS = {
    "Dotenv.load": "dotenv",
    "Dotenv.configure.load": "dotenv",
    "Dotenv.configure.ignoreIfMissing.load": "dotenv",
}
JVM_BEARERS = frozenset({"setBearerAuth", "bearerAuth", "bearer"})
