"""Lays labelled cases out as files, runs keylint on them and prints what was found, by family.

    python scripts/cases.py CASES.jsonl [--lang python,shell] [--show]

One JSON object a line: `expect` is "bad" (at least one finding) or "ok" (none), `filename_hint` the file's name,
`snippet` its text; a case of scope "project" has `files` and becomes a git repository with nothing committed. A module
`tokens.py` beside the cases puts made-up keys in the place of @@TOKENS@@.
"""

from __future__ import annotations

import argparse
import collections
import importlib.util
import json
import os
import pathlib
import subprocess
import sys
import tempfile
from typing import Any

SUPPORTED = {
    "python",
    "javascript",
    "typescript",
    "shell",
    "vba",
    "dotenv",
    "yaml",
    "json",
    "toml",
    "compose",
    "github-actions",
    "kubernetes",
    "multi",
}


def expander(cases: pathlib.Path) -> Any:
    """`expand` of the tokens module beside the cases; the identity if there is none."""
    path = cases.with_name("tokens.py")
    if not path.exists():
        return lambda text: text
    spec = importlib.util.spec_from_file_location("case_tokens", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.expand


def lay_out(case: dict[str, Any], folder: pathlib.Path, expand: Any) -> None:
    """Write a case's files."""
    project = case["scope"] == "project"
    files = case["files"] if project else {case["filename_hint"]: case["snippet"]}
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(expand(text), encoding="utf-8", newline="")
    if project:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)


def check(folder: pathlib.Path) -> list[dict[str, Any]]:
    """keylint's findings in a folder, with default settings."""
    done = subprocess.run(
        [sys.executable, "-m", "keylint", "check", "--isolated", "--output-format", "json", "."],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, "KEYLINT_TRACEBACK": "1"},
    )
    if done.returncode not in (0, 1, 3) or not done.stdout:
        raise SystemExit(f"keylint failed in {folder}: {done.stderr}")
    return json.loads(done.stdout)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", type=pathlib.Path)
    parser.add_argument("--lang", default=",".join(sorted(SUPPORTED)), help="languages to count, or ALL")
    parser.add_argument("--show", action="store_true", help="print the cases that came out wrong")
    options = parser.parse_args()
    expand = expander(options.cases)
    wanted = set(options.lang.split(","))
    rows = [json.loads(line) for line in options.cases.read_text(encoding="utf-8").splitlines() if line.strip()]
    rows = [row for row in rows if options.lang == "ALL" or row["lang"] in wanted]
    table: dict[str, collections.Counter[str]] = collections.defaultdict(collections.Counter)
    wrong: list[str] = []
    with tempfile.TemporaryDirectory() as base:
        for row in rows:
            folder = pathlib.Path(base) / row["id"]
            folder.mkdir()
            lay_out(row, folder, expand)
            found = check(folder)
            table[row["family"]][row["expect"]] += 1
            table[row["family"]][f"{row['expect']} reported"] += bool(found)
            if bool(found) is not (row["expect"] == "bad"):
                codes = ", ".join(f"{item['code']} {item['filename']}:{item['location']['row']}" for item in found)
                wrong.append(
                    f"{row['id']:<12} {row['lang']:<14} {row['expect']:<4} {row['why']}{f'  [{codes}]' if codes else ''}"
                )
    print(f"{'family':<20}{'bad':>6}{'reported':>10}{'':>6}{'ok':>6}{'reported':>10}")
    total: collections.Counter[str] = collections.Counter()
    for family, counts in [*sorted(table.items()), ("all", total)]:
        share = f"{counts['bad reported'] / counts['bad']:.0%}" if counts["bad"] else ""
        print(
            f"{family:<20}{counts['bad']:>6}{counts['bad reported']:>10}{share:>6}{counts['ok']:>6}{counts['ok reported']:>10}"
        )
        if family != "all":
            total.update(counts)
    if total["ok"]:
        print(f"wrongly reported: {total['ok reported'] / total['ok']:.1%} of {total['ok']}")
    if options.show:
        print("\n".join(["", *wrong]))
    return 0


if __name__ == "__main__":
    sys.exit(main())
