"""What holds for every history: compared with the plain way to find out, which is to check files out."""

from __future__ import annotations

import pathlib
import random
from typing import Any

import pytest

from tests.test_history import code, history, key
from tests.test_staged import FILLED, LOADED, OTHER_PARTS, RIGHT, WRONG, commit
from tests.tool import check, git, write

TEXTS = [*OTHER_PARTS.values(), RIGHT, WRONG, LOADED, FILLED, "x = 1\n", ""]
NAMES = ["a.py", "b.py", "src/c.py", "src/d.js", "src/deep/e.sh", "f.tf", ".env.example", "src/.env"]


def scramble(folder: pathlib.Path, chance: random.Random) -> None:
    """Write, change, rename and delete some files."""
    for name in chance.sample(NAMES, 4):
        path = folder / name
        what = chance.randrange(5)
        if what == 0 and path.exists():
            path.unlink()
        elif what == 1 and path.exists():
            path.write_text("# moved\n\n" + path.read_text())
        elif what == 2 and path.exists():
            target = folder / chance.choice(NAMES)
            target.parent.mkdir(parents=True, exist_ok=True)
            path.replace(target)
        else:
            write(folder, {name: chance.choice(TEXTS) + chance.choice(["", "\n# end\n", WRONG.splitlines()[2] + "\n"])})


def short(findings: list[dict[str, Any]]) -> list[tuple[str, int, str, str]]:
    return sorted((f["filename"], f["location"]["row"], f["code"], f["message"]) for f in findings)


@pytest.mark.parametrize("seed", range(8))
def test_the_index_is_checked_as_if_it_were_checked_out(
    repository: pathlib.Path, tmp_path: pathlib.Path, seed: int
) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        scramble(repository, chance)
    git(repository, "add", "-A")
    copy = tmp_path / "copy"
    git(repository, "checkout-index", "--all", f"--prefix={copy}/")
    git(tmp_path, "init", "-q", "copy")
    git(copy, "add", "-A")
    expected = short(check(copy).findings)
    for name in NAMES:
        (repository / name).unlink(missing_ok=True)
    write(repository, {"a.py": WRONG, "new.py": RIGHT})
    assert short(check(repository, "--staged").findings) == expected


@pytest.mark.parametrize("seed", range(8))
def test_a_change_is_blamed_for_what_it_brought_and_no_more(repository: pathlib.Path, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(3):
        scramble(repository, chance)
    first = commit(repository)
    before = short(check(repository).findings)
    scramble(repository, chance)
    plain = short(check(repository).findings)
    blamed = short(check(repository, "--since", first).findings)
    assert set(blamed) <= set(plain)
    kinds = [(what, message) for _, _, what, message in before]
    for _, _, what, message in (item for item in plain if item not in blamed):
        kinds.remove((what, message))  # every finding that is left out was there before
    git(repository, "add", "-A")
    told = short(check(repository, "--since", first).findings)
    # git knows now which files were renamed; that a file is tracked is something to tell itself
    assert {item for item in told if item[2] != "KL601"} <= set(blamed)
    assert short(check(repository, "--since", first, "--staged").findings) == told
    git(repository, "reset", "-q", "--hard")
    assert check(repository, "--since", first).findings == []


@pytest.mark.parametrize("seed", range(5))
def test_history_has_every_secret_that_a_commit_has(repository: pathlib.Path, seed: int) -> None:
    chance = random.Random(seed)
    first_with: dict[str, str] = {}
    commit(repository, {"start.py": "x = 1\n"})
    branches = [git(repository, "branch", "--show-current").strip(), "one", "two"]
    for name in branches[1:]:
        git(repository, "branch", name)
    for number in range(14):
        git(repository, "switch", "-q", chance.choice(branches))
        if number % 4 == 3:
            git(repository, "merge", "-q", "-m", "merge", "-X", "ours", chance.choice(branches))
            continue
        name = f"{chance.choice('abc')}{number}.py"
        if chance.random() < 0.3:
            old = [path for path in repository.glob("*.py") if path.name != "start.py"]
            if old:
                chance.choice(old).unlink()
        made = commit(repository, {name: code(f"{seed} {number}")})
        first_with[key(f"{seed} {number}")[-4:]] = made
    found = history(repository)
    assert {finding["commit"] for finding in found} == set(first_with.values())
    assert len(found) == len(first_with)
