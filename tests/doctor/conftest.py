"""The machine with the fakes, and a call of the doctor on it."""

from __future__ import annotations

from tests.proof.conftest import machine

__all__ = ["machine"]
