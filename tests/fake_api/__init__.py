"""Fakes of the vendors' APIs on loopback, which check credentials as the real ones document.

Each module says where its answers are from. A program reaches them unchanged, under the vendor's own address, through the
proxy that `server.py` is; or under a base URL.
"""

from __future__ import annotations

from tests.fake_api.server import Api, running

__all__ = ["Api", "running"]
