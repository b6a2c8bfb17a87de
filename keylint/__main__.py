"""``python -m keylint``."""

from keylint.cli import entry

entry()
