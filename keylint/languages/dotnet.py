"""What the languages of .NET have in common: its base library."""

from __future__ import annotations

from keylint.languages.family import Getter
from keylint.lazy import regex
from keylint.model import Unset

DOTNET_FILLERS = regex(rb"(?i:string)\.Format\(\s*[A-Za-z_]|\.Replace\(")
DOTNET_GETTERS = {
    "Environment.GetEnvironmentVariable": Getter(Unset.NULL),
    "Env.GetString": Getter(Unset.NULL, 0, 1),
}
DOTNET_CREDENTIALS = frozenset({"AuthenticationHeaderValue"})
DOTNET_BEARERS = frozenset({"WithOAuthBearerToken", "SetBearerToken"})
DOTNET_LOADERS = {
    "DotNetEnv.Env.Load": "dotenv",
    "Env.Load": "dotenv",
    "DotEnv.Load": "dotenv",
    "Env.TraversePath.Load": "dotenv",
}
DOTNET_WRITERS = {"Environment.SetEnvironmentVariable": "process"}
DOTNET_SINKS = regex(
    r"^(?:Console\.(?:Error\.)?Write(?:Line)?|Debug\.Write(?:Line)?|Debug\.Log\w*|Trace\.Write(?:Line)?|_?[lL]og(?:ger)?\.\w+)$"
)
