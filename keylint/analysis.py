"""One candidate file: bytes to facts to findings. Loaded with the first candidate, not before."""

from __future__ import annotations

import hashlib
import os
from bisect import bisect_right
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING

from keylint import detectors, languages, roles, secrets_in, texts, triage
from keylint.context import Context
from keylint.languages.syntax import TooCostly
from keylint.lazy import regex
from keylint.mask import hide, mask
from keylint.model import Confidence, Fact, Finding, Foreign, Problem, Role, Span, moved
from keylint.rules import all_rules, matches
from keylint.settings import Settings
from keylint.settings import matches as path_matches
from keylint.suppress import Suppressions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from keylint.languages.syntax import Adapter, Import
    from keylint.providers.catalogue import Catalogue
    from keylint.remembered import Remembered
    from keylint.rules.rule import Rule
    from keylint.source import Source

# Bytes; a larger file is a bundle or a dump: only key shapes are looked for. The syntax tree of a dense one takes two hundred
# times as many. A notebook has pictures in it, which are a few long texts.
MAX_PARSED = 640 << 10
MAX_NOTEBOOK = 8 << 20
UNREAD = (Role.VENDORED, Role.GENERATED)  # roles of files that nobody mends: only key shapes are looked for
_QUOTED = regex(r"[^\s`\"']{12,}")  # what a message may quote of a file; a shorter text is a word
MANY = 1000  # secrets of a file whose texts are not kept, and texts that are
MAX_DETECTOR_LINE = 20_000  # characters around a detector's hit, where a line is longer


class Checked:
    """A file that was looked into.

    `reported` is False for a file that was only read for what it tells about others.
    """

    def __init__(
        self, context: Context, *, reported: bool, notes: frozenset[str], remembered: Remembered | None = None
    ) -> None:
        self.source = context.source
        self.facts = context.facts
        self.context = context
        self.adapter = context.adapter
        self.suppressions = Suppressions(context.source, context.adapter)
        self.secrets = secrets_in.spans(context.facts, context)
        self.findings: list[Finding] = []
        self.suppressed = 0
        self.left_out = 0  # findings that `per-file-ignores` takes out
        self.accepted: list[tuple[Rule, Problem, Confidence]] = []  # what `suppressed` counts
        self.reported = reported
        self.notes = notes
        self.remembered = remembered
        self.is_quiet = False  # it says nothing, and is only read if somebody looks for a word in it
        # The row and the rule of the last finding, and what its mark begins with: a line may be long, and have thousands.
        self.last: tuple[int, str, hashlib._Hash] | None = None
        self.shown: dict[str, str] = {}  # texts of problems as findings have them: most are those of many
        self.alike: dict[bytes, int] = {}  # findings of a rule on lines of one text, by what their marks begin with

    @cached_property
    def imports(self) -> list[Import]:
        """The modules that it loads, see ``Adapter.imports``."""
        known = self.remembered.imports(self.source) if self.remembered is not None else None
        if known is None:
            known = self.adapter.imports(self.source)
            if self.remembered is not None:
                self.remembered.keep_imports(self.source, known, self.secrets)
        return known

    @cached_property
    def secret_texts(self) -> frozenset[str]:
        """The secrets themselves."""
        return frozenset(self.source.slice(span) for span in self.secrets)


def selected(settings: Settings) -> tuple[Rule, ...]:
    """The rules that a configuration asks for."""
    chosen = []
    for rule in all_rules():
        asked = any(matches(word, rule) for word in settings.select) if settings.select else rule.default
        asked = asked or any(matches(word, rule) for word in settings.extend_select)
        if asked and not any(matches(word, rule) for word in settings.ignore):
            chosen.append(rule)
    return tuple(chosen)


def lower(
    source: Source,
    hits: triage.Hits,
    tri: triage.Triage,
    catalogue: Catalogue,
    *,
    detect: bool = True,
    remembered: Remembered | None = None,
) -> tuple[list[Fact], Adapter, int]:
    """The facts of a source, and how many of them, the first ones, its syntax says; -1 if that is not worth reading."""
    adapter, is_parsed = _prepared(source)
    facts: list[Fact] = []
    known = remembered.facts(source) if remembered is not None and is_parsed else None
    if known is not None:
        facts += known
    elif is_parsed:
        try:
            facts += adapter.facts(source, catalogue)
        except TooCostly as error:
            source.unparsed = str(error)
            adapter = languages.adapter(languages.TEXT)
    said = len(facts) if is_parsed else -1
    facts += texts.find(
        source.data, [end for identity, end in hits.found if tri.kinds[identity] == triage.KEY], catalogue
    )
    facts += texts.find_encoded(
        source.data, [end for identity, end in hits.found if tri.kinds[identity] == triage.ENCODED], catalogue
    )
    if detect and hits.has(triage.FOREIGN):
        facts += _foreign(source, hits, tri)
    return facts, adapter, said


def ahead(source: Source, catalogue: Catalogue, remembered: Remembered) -> tuple[str, str] | None:
    """What reading the syntax of a source gives, to be lent to another process; None if it is known, or cannot be lent."""
    adapter, is_parsed = _prepared(source)
    if not is_parsed:
        return None
    try:
        return remembered.loan(source, adapter.facts(source, catalogue))
    except TooCostly:
        return None


def _prepared(source: Source) -> tuple[Adapter, bool]:
    """Work out the language and the role of a source: its adapter, and whether its syntax is worth reading."""
    source.language = source.language or languages.of(source.path, source.data)
    source.role = roles.of(source.path, source.data, source.root) if source.role is Role.PRODUCTION else source.role
    most = MAX_NOTEBOOK if source.language == "notebook" else MAX_PARSED
    return languages.adapter(source.language), len(source.data) <= most and source.role not in UNREAD


def _foreign(source: Source, hits: triage.Hits, tri: triage.Triage) -> Iterable[Foreign]:
    """detect-secrets' detectors on the lines that they hit."""
    text = source.data.decode("latin-1")  # one character a byte
    by_detector: dict[str, set[tuple[int, int]]] = {}
    for identity, end in hits.found:
        if tri.kinds[identity] == triage.FOREIGN:
            start = max(text.rfind("\n", 0, max(end - 1, 0)) + 1, end - MAX_DETECTOR_LINE)
            stop = text.find("\n", end)
            stop = min(len(text) if stop < 0 else stop, end + MAX_DETECTOR_LINE)
            if tri.labels[identity] in detectors.CHEAPER:  # a word that is seen once a file: all lines that have it
                by_detector.setdefault(tri.labels[identity], set()).update(
                    detectors.lines_with(tri.labels[identity], text)
                )
            else:
                by_detector.setdefault(tri.labels[identity], set()).add((start, stop))
    known = detectors.detectors(tri.detectors)
    for name, lines in sorted(by_detector.items()):
        yield from detectors.examine(name, known[name], text, sorted(lines), source.role)


def check(
    source: Source,
    hits: triage.Hits,
    tri: triage.Triage,
    catalogue: Catalogue,
    settings: Settings,
    rules: Sequence[Rule],
    *,
    reported: bool = True,
    remembered: Remembered | None = None,
) -> Checked:
    """All findings of the rules that see one file. The places of the hits are used up: there may be very many."""
    facts, adapter, said = lower(source, hits, tri, catalogue, detect=reported, remembered=remembered)
    context = Context(source, facts, adapter, catalogue, settings)
    notes = frozenset(tri.labels[identity] for identity, _ in hits.found if tri.kinds[identity] == triage.NOTE)
    hits.found.clear()
    checked = Checked(context, reported=reported, notes=notes, remembered=remembered)
    if remembered is not None and said >= 0 and not source.unparsed:
        remembered.keep(source, facts[:said], checked.secrets)
    if reported:
        by_type = _by_type(rules)
        found = (
            (rule, problem)
            for fact in facts
            for rule in by_type.get(type(fact), ())
            for problem in rule.check(fact, context)
        )
        accept(checked, found, settings)
    return checked


def quiet(
    source: Source, catalogue: Catalogue, settings: Settings, remembered: Remembered | None, *, reported: bool
) -> Checked:
    """A file that was found to say nothing when it was looked into, and is the same."""
    context = Context(source, (), languages.adapter(source.language), catalogue, settings)
    checked = Checked(context, reported=reported, notes=frozenset(), remembered=remembered)
    checked.suppressions.own = []
    checked.is_quiet = True
    return checked


def is_quiet(checked: Checked, hits: triage.Hits) -> bool:
    """Whether a file says nothing, so that the next time it need not be looked into: see ``quiet``."""
    known = hits.kinds & ~(1 << triage.WORD | 1 << triage.CREDENTIAL)
    return not (known or checked.facts or checked.secrets or checked.source.unparsed)


class _Last:
    """The rules that were asked for last, and by the kinds of facts that they see: the next file is checked with the same."""

    rules: Sequence[Rule] = ()
    by_type: Mapping[type, list[Rule]] = MappingProxyType({})


def _by_type(rules: Sequence[Rule]) -> Mapping[type, list[Rule]]:
    if rules is not _Last.rules:
        by_type: dict[type, list[Rule]] = {}
        for rule in rules:
            for kind in rule.sees:
                if isinstance(kind, type):
                    by_type.setdefault(kind, []).append(rule)
        _Last.rules, _Last.by_type = rules, by_type
    return _Last.by_type


def accept(checked: Checked, found: Iterable[tuple[Rule, Problem]], settings: Settings) -> None:
    """Make findings of problems: graded, not suppressed, one for each cause."""
    kept: list[tuple[Rule, Problem, Confidence]] = []
    least = Confidence(settings.min_confidence).rank
    texts: dict[str, str] = {}
    for rule, problem in found:
        confidence = problem.confidence or rule.confidence
        if confidence.rank < least:
            continue
        if _ignored_here(rule, checked.source, settings):
            checked.left_out += 1
            continue
        if checked.suppressions.silences(rule, problem.span):
            checked.suppressed += 1
            checked.accepted.append((rule, problem, confidence))
            continue
        same = texts.setdefault(problem.outcome, problem.outcome), texts.setdefault(problem.help, problem.help)
        if same[0] is not problem.outcome:  # a list of keys: what is said of them is kept once
            problem = problem._replace(outcome=same[0], help=same[1])  # noqa: PLW2901
        kept.append((rule, problem, confidence))
    checked.findings += _one_a_cause(kept, checked)
    checked.findings.sort(key=lambda finding: (finding.span, finding.code))
    if len(checked.secrets) > MANY:
        checked.shown.clear()
        vars(checked).pop("secret_texts", None)


def silenced(checked: Checked) -> list[Finding]:
    """What comments have accepted, as findings: made for those who ask, after all that is reported."""
    return _one_a_cause([*checked.accepted], checked)


def _one_a_cause(found: list[tuple[Rule, Problem, Confidence]], checked: Checked) -> list[Finding]:
    """The findings whose causes overlap none of the file's yet, nor each other; the rule with the higher rank wins.

    What was found is taken out of its list, so that there are never both of all of them.
    """
    made: list[Finding] = []
    taken = sorted(finding.cause for finding in checked.findings)  # none overlaps another: the neighbours decide
    found.sort(key=lambda item: (-item[0].rank, item[1].fix is None, item[1].span))
    found.reverse()
    while found:
        rule, problem, confidence = found.pop()
        cause = problem.cause or problem.span
        at = bisect_right(taken, cause)
        if any(cause.overlaps(other) for other in taken[max(at - 1, 0) : at + 1]):
            continue
        taken.insert(at, cause)
        made.append(_finding(rule, problem, confidence, cause, checked))
    return made


def _ignored_here(rule: Rule, source: Source, settings: Settings) -> bool:
    return any(
        any(matches(word, rule) for word in codes)
        and path_matches((pattern,), os.path.abspath(source.path), settings.root)
        for pattern, codes in settings.per_file_ignores.items()
    )


def _finding(rule: Rule, problem: Problem, confidence: Confidence, cause: Span, checked: Checked) -> Finding:
    """A problem as it leaves the engine: no word of it shows a secret of the file, whatever a rule has quoted."""
    source = checked.source
    fix = problem.fix if checked.adapter.near(source, problem.span).edits else None
    if fix is not None:
        written = [*(edit.text for edit in fix.edits), *((fix.move.variable,) if fix.move else ())]
        whole = all(_shown(text, checked) == text for text in written)  # a secret stays where it stands
        fix = fix._replace(title=_shown(fix.title, checked)) if whole else None
    return Finding(
        rule.code,
        rule.name,
        source.path,
        problem.span,
        _shown(problem.message, checked),
        _shown(problem.outcome, checked),
        _shown(problem.help, checked),
        problem.severity or rule.severity,
        confidence,
        fingerprint(rule, source, problem.span, checked),
        problem.label,
        fix,
        problem.notes,
        cause,
        checked.adapter.place(source, problem.span.start),
    )


def _shown(text: str, checked: Checked) -> str:
    known = checked.shown.get(text)
    if known is None:
        if len(checked.shown) > MANY:
            checked.shown.clear()
        secrets = checked.secret_texts
        known = checked.shown[text] = hide(
            _QUOTED.sub(lambda word: mask(word.group()) if word.group() in secrets else word.group(), text)
        )
    return known


def fingerprint(rule: Rule, source: Source, span: Span, checked: Checked) -> str:
    """A mark that stays when lines move: of the rule, the file and the line's text without its secrets."""
    row = source.row(span.start)
    if checked.last is None or checked.last[:2] != (row, rule.code):
        said = f"{rule.code}\0{source.path}\0{content(source, span, checked.secrets)}\0"
        checked.last = (row, rule.code, hashlib.sha256(said.encode("utf-8", "backslashreplace")))
    whole = checked.last[2].copy()
    begun = whole.digest()[:16]
    number = checked.alike[begun] = checked.alike.get(begun, -1) + 1
    whole.update(str(number).encode())
    return whole.hexdigest()[:16]


def content(source: Source, span: Span, secrets: Sequence[Span]) -> str:
    """What a finding is known by wherever its line goes: the text of the line that it begins on, without its secrets."""
    return hide(masked(source, source.line(source.row(span.start)), secrets)).strip()


def masked(source: Source, within: Span, secrets: Sequence[Span]) -> str:
    """The text of a span, its secrets masked."""
    return "".join(
        mask(source.slice(piece)) if secret else source.slice(piece)
        for piece, secret in secrets_in.cut(within, secrets)
    )


__all__ = ["Checked", "accept", "check", "content", "lower", "masked", "moved", "selected"]
