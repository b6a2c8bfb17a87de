"""The same findings, byte for byte: with keylint's cache and without, whatever the order of files, by one process or many."""

from __future__ import annotations

import json
import pathlib
import random
from typing import Any

import pytest

from tests.examples import path_of, plain
from tests.test_rules import BAD
from tests.tool import check, write


@pytest.fixture
def tree(project: pathlib.Path) -> list[str]:
    """Mistakes of all rules, each in a folder of its own; their names."""
    files: dict[str, str | bytes] = {}
    for rule, number, example in BAD:
        files[f"{rule.code}-{number}/{path_of(example)}"] = plain(example.code)
    write(project, files)
    return list(files)


def found(project: pathlib.Path, *arguments: str) -> list[dict[str, Any]]:
    """The findings of a run, as they are reported."""
    return check(project, "--isolated", *arguments).findings


def test_cache(project: pathlib.Path, tree: list[str]) -> None:
    """With a warm cache, and with none."""
    warm = found(project)
    assert len(warm) > 20
    assert found(project) == warm
    assert found(project, "--no-cache") == warm


def test_order(project: pathlib.Path, tree: list[str]) -> None:
    """Files that are named in another order."""
    assert len(tree) > 20
    first = found(project, *tree)
    random.Random(1).shuffle(tree)
    assert found(project, *tree) == first


def test_processes(project: pathlib.Path, tree: list[str]) -> None:
    """Three shares of the files, put together, for rules that see one file."""
    whole = found(project, "--ignore", "PROJECT")
    shares = [found(project, "--ignore", "PROJECT", "--shard", f"{number}/3") for number in (1, 2, 3)]
    assert all(shares)
    made = sorted(json.dumps(one, sort_keys=True) for share in shares for one in share)
    assert made == sorted(json.dumps(one, sort_keys=True) for one in whole)
