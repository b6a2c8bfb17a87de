"""Which files matter though triage sees nothing in them, and which say nothing that the rules of a whole project ask for.

On the path of every clean file, so it imports nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keylint.analysis import Checked
    from keylint.workspace import File


def is_always_read(path: str) -> bool:
    """Whether a file is of interest by its name, whatever it says."""
    return ".env" in path or "ockerfile" in path or path.endswith("pubspec.yaml")


def is_recipe(path: str) -> bool:
    """Whether a file says how programs are built, started or deployed."""
    if not path.endswith((".yml", ".yaml")):
        return "ockerfile" in path and "ockerfile" in path.rpartition("/")[2]
    name = path.rpartition("/")[2]
    known = "compose" in name or name.startswith((".gitlab-ci", "azure-pipelines", "bitbucket-pipelines"))
    known = known or "ockerfile" in name or name.startswith("action.")
    return known or ".github/workflows/" in path or ".circleci/" in path


def takes_env_file(file: File, data: bytes) -> bool:
    """Whether a file says that a file of variables is put into an image or an app."""
    return file.path.endswith("pubspec.yaml") or ("ockerfile" in file.path and (file.named or b".env" in data))


# What a YAML file that refers to secrets kept elsewhere has in it.
_REFERS = (
    b"KeyRef",
    b"existingSecret",
    b"value: $",
    b'value: "$',
    b"ssm:",
    b"secretsmanager",
    b"resolve:",
    b"op://",
    b"/secrets/",
    b"KeyVault(",
)


def matters(checked: Checked) -> bool:
    """Whether a file says anything that the rules of the whole project ask for."""
    from keylint.model import Bundled, Client, Copied, EnvDefinition, EnvLoad, EnvRead, Removed, Text, Use

    if checked.is_quiet:
        return False
    if checked.source.language == "yaml":
        return (
            is_recipe(checked.source.path)
            or any(word in checked.source.data for word in _REFERS)
            or any(isinstance(fact, Bundled | EnvRead) for fact in checked.facts)
        )
    if checked.source.language == "hcl" or (checked.source.language == "json" and b"valueFrom" in checked.source.data):
        return True
    return any(
        isinstance(fact, Bundled | Client | Copied | EnvRead | EnvLoad | Removed | Use)
        or (isinstance(fact, EnvDefinition | Text) and checked.source.language == "dotenv")
        for fact in checked.facts
    )
