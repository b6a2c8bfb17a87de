"""The machine that all proofs run on."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest

from tests.fake_api import running
from tests.proof.machine import ORGANIZATION, Authority, Machine, accounts, live


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    authority = Authority(tmp_path_factory.mktemp("ca"))
    with running(live("openai"), ORGANIZATION, accounts(), authority.context()) as api:
        yield Machine(api, authority, pathlib.Path(__file__).with_name("preload.cjs"))
