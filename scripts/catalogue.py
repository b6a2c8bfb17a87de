"""Writes docs/catalogue.md: the mistakes that people make, which rule finds each, and how that is proved.

    python scripts/catalogue.py [--check]

What a rule's fixes are is found out by running it on its examples; what proves it, from the table in tests/proof. With --check
nothing is written: the exit code tells whether the page is right.
"""

from __future__ import annotations

import pathlib
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from keylint.model import Confidence  # noqa: E402
from keylint.rules import FAMILIES, all_rules, find  # noqa: E402
from tests.examples import findings  # noqa: E402
from tests.proof.table import UNPROVED, proved  # noqa: E402

PAGE = ROOT / "docs" / "catalogue.md"
# Entry, the rules that find it (the first is the one that is meant), what is out of reach and why.
ENTRIES: dict[str, list[tuple[str, str, str]]] = {
    "Hardcoded credentials": [
        ("key in source code, configuration, a notebook or documentation", "KL101", ""),
        ("key split over several texts, or in base64", "KL101", ""),
        ("key as the fallback of a read", "KL103", ""),
        ("key as the name of a variable", "KL102", ""),
        ("key in a comment", "KL101", ""),
        ("key in a template of variables", "KL101", ""),
        ("another service's secret", "KL110", ""),
        ("key that was revoked, or belongs to nobody", "", "no text tells: `keylint doctor --online` asks the API"),
    ],
    "Placeholders and damaged values": [
        ("placeholder or made-up key", "KL201", ""),
        ("name of the variable instead of its value", "KL202", ""),
        ("template that nothing fills in", "KL203", ""),
        ("code in quotes", "KL204", ""),
        ("empty key, empty fallback", "KL205", ""),
        ("missing value turned into a text", "KL206", ""),
        ("brackets, quotes, white space, line ends or curly quotes around a key", "KL207", ""),
        ("another vendor's key", "KL208", ""),
        ("URL in the key's place", "KL201 KL208", ""),
        ("option of another name; key as a positional argument", "KL210 KL211", ""),
        ("reference to a store's secret where nothing resolves it", "KL213", ""),
        ("base URL with a part too much or too little", "KL212", ""),
    ],
    "Headers": [
        ("no scheme", "KL301", ""),
        ("damaged, doubled or wrong scheme", "KL302", ""),
        ("nothing after the scheme", "KL303", ""),
        ("misspelt header", "KL304", ""),
        ("header of another vendor", "KL305", ""),
        ("headers in the wrong argument, in the body, as basic authentication", "KL306", ""),
        ("credential sent twice", "KL307", ""),
        ("two spaces after the scheme, scheme in lower case", "", "servers accept both"),
    ],
    "Organization and project IDs": [
        ("text that is no ID", "KL401", ""),
        ("key, project or organization in another one's place", "KL402", ""),
        ("empty ID", "KL403", ""),
        ("different IDs in one project", "KL404", ""),
        ("somebody else's organization, in one place only", "", "an ID does not say whose it is"),
    ],
    "Environment": [
        ("file of variables that nothing loads, loader that is not called or only returns", "KL501", ""),
        ("key that is commented out in the file of variables", "KL501", ""),
        ("loaded after the first read, also through imports and in functions", "KL502", ""),
        ("read under another name than it is defined", "KL503", ""),
        ("read that cannot work", "KL504", ""),
        ("line that its reader takes otherwise than it was meant", "KL505 KL508", ""),
        ("variable that a notebook's shell, or another shell's command, sets for nobody", "KL505", ""),
        ("key in base64 that is encoded again", "KL505", ""),
        ("variable set to a read that may give nothing", "KL506", ""),
        ("shell variable that is not exported", "KL507", ""),
        ("variable that the installed version ignores", "KL509", ""),
        ("key left in a template that nothing copies", "KL101", ""),
        ("loader that looks for another file, file under another name or in another folder", "KL516", ""),
        ("unprefixed variable in browser code, `process.env` in a Worker", "KL517 KL605", ""),
        ("secret that a workflow does not hand over to a program, or to a workflow that it calls", "KL512", ""),
        ("`vars` where `secrets` is meant", "KL513", ""),
        ("compose service without the variable", "KL514", ""),
        ("reference to a key that the Secret has not", "KL515", ""),
        ("shell's variable in a manifest that nothing fills in", "KL518", ""),
        ("loader that does not override a stale variable", "", "which variables a shell exports is not in the project"),
        ("secrets that forks do not get", "", "who opens a pull request is not in the project"),
        ("framework's environment outside of its configuration files", "KL517", ""),
    ],
    "Exposure": [
        ("file of variables that git does not ignore", "KL601", ""),
        ("public prefix before a secret's name", "KL602", ""),
        ("key printed or logged", "KL603", ""),
        ("value that a bundler or an app's build writes out", "KL604", ""),
        ("client in the browser with the program's key", "KL605", ""),
        ("file of variables in an image", "KL606", ""),
        ("key as a build argument", "KL607", ""),
        ("key in ENV or ARG of a Dockerfile, in a URL, in a notebook's output", "KL101", ""),
        (
            "variable with a key put into a URL",
            "",
            "some vendors document it; the others refuse it, which shows at the first call",
        ),
    ],
    "Rate limits and quota": [
        ("SDK's retries turned off", "KL701", ""),
        ("repeated without end", "KL702", ""),
        ("repeated without a pause", "KL703", ""),
        ("no answer after the last attempt", "KL704", ""),
        ("rate limit taken for an empty answer", "KL705", ""),
        ("all requests at once", "KL706", ""),
        ("exception class that the SDK has no more", "KL707", ""),
        ("raw answer taken apart unchecked, its status and request ID dropped", "KL708", ""),
        ("exhausted quota retried a few times", "KL702 KL704", ""),
    ],
    "Environments": [
        ("one key in two environments", "KL801", ""),
        ("secret of another environment", "KL802", ""),
        ("key older than it should be", "", "a file does not say when a key was made"),
    ],
}


def fixes() -> dict[str, set[str]]:
    """The kinds of fixes that a rule offers on its own examples."""
    kinds: dict[str, set[str]] = {rule.code: set() for rule in all_rules()}
    for rule in all_rules():
        for example in rule.examples:
            if example.bad:
                found = findings(rule, example)
                kinds[rule.code] |= {finding.fix.applicability.value for finding in found if finding.fix is not None}
    return kinds


def page() -> str:
    """The page's text."""
    kinds, proofs = fixes(), proved()
    lines = [
        "# The mistakes, and what finds them",
        "",
        "Written by `python scripts/catalogue.py`. A fix is *safe* if it cannot change what a working program does; the",
        "others are applied only with `--unsafe-fixes`. *Proved by* names the programs that were run against a fake of the",
        "vendor's API with the mistake, failed as predicted, and worked after the fix (`tests/proof`), or says why there",
        "are none.",
    ]
    named: set[str] = set()
    for family, entries in ENTRIES.items():
        lines += ["", f"## {family}", "", "| mistake | rule | default | fix | proved by |", "|---|---|---|---|---|"]
        for what, codes, reason in entries:
            rules = [rule for code in codes.split() if (rule := find(code)) is not None]
            named |= {rule.code for rule in rules}
            if not rules:
                lines.append(f"| {what} | out of reach: {reason} | | | |")
                continue
            shown = ", ".join(f"{rule.code} {rule.name}" for rule in rules)
            default = "on" if all(rule.default for rule in rules) else "off"
            if rules[0].confidence is Confidence.POSSIBLE:
                default = "with `--min-confidence possible`"
            offered = sorted({kind for rule in rules for kind in kinds[rule.code]})
            runs = sorted({run for rule in rules for run in proofs.get(rule.code, ())})
            proof = ", ".join(runs) or f"no run: {UNPROVED[rules[0].code]}"
            lines.append(f"| {what} | {shown} | {default} | {', '.join(offered) or 'advice'} | {proof} |")
    missing = {rule.code for rule in all_rules()} - named - {"KL001"}
    if missing:
        raise SystemExit(f"no entry names {', '.join(sorted(missing))}")
    assert set(FAMILIES) >= {code[:3] for code in named}
    return "\n".join(lines) + "\n"


def main() -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in sys.argv[1:]:
        return int(not PAGE.exists() or PAGE.read_text(encoding="utf-8") != text)
    PAGE.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
