"""`keylint history`: the keys in all that git keeps, so that they can be revoked.

Taking a key out of the source leaves it in every commit before. Each content that git keeps is looked at once, whatever
number of commits has it; what is reported is each secret, with the commit that brought it in. Python keeps a few bytes for
each content that holds a secret, and a line for each of the others, of two hundred thousand at most: the next time they are
not looked at again.
"""

from __future__ import annotations

import hashlib
import json
import os
from typing import TYPE_CHECKING

from keylint import analysis, forks, git, languages, patterns, store, triage
from keylint.changes import Repository
from keylint.engine import Run
from keylint.harmless import Harmless
from keylint.model import Role
from keylint.providers.catalogue import load
from keylint.record import Record
from keylint.report import full_, json_
from keylint.report.entries import Entry, Files, unicode
from keylint.rules import all_rules, matches
from keylint.settings import ConfigError
from keylint.source import Source, Undecodable, decode
from keylint.workspace import LARGE, is_excluded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from keylint.analysis import Checked
    from keylint.baseline.subject import Accepted
    from keylint.model import Finding
    from keylint.rules.rule import Rule
    from keylint.settings import Finder, Settings

# Nothing of a configuration may change what is listed, or start a program: gpg to check signatures, a text conversion.
_LOG = (
    *("log", "-z", "--raw", "-c", "--root", "--no-abbrev", "--no-renames", "--date-order", "--reverse", "--no-color"),
    *(
        "--no-show-signature",
        "--no-notes",
        "--no-decorate",
        "--no-ext-diff",
        "--no-textconv",
        "--ignore-submodules=all",
    ),
    "--format=%x01{}%H %aI",
)
_LINK = b"120000"
_ASIDE = ("baseline", "excluded", "exclude", "own", "path")  # settings that do not decide what a content holds
ROUND = 1 << 14  # contents that are shared among processes at a time
KEPT, SMALL = 100, 1 << 14  # contents that are kept, and bytes of the largest of them
ENOUGH = 1000  # of fewer, a process of its own costs more than it saves


class Held(Record):
    """A content that holds secrets: a path that it had, and a keyed hash of each secret."""

    path: str
    secrets: tuple[bytes, ...]


class Origin(Record):
    """Where a content came from: the commit, its author's date and the path; empty if no commit of the range has it."""

    commit: str = ""
    date: str = ""
    path: str = ""


class History:
    """What is looked at, and with what.

    `revisions` are as for git log, all refs if there are none; `select` names the rules, those about secrets if it is empty;
    `accepted` are lists of secrets that are known.
    """

    def __init__(
        self,
        revisions: Sequence[str],
        finder: Finder,
        select: Sequence[str],
        *,
        accepted: Sequence[str] = (),
        cache: bool = True,
    ) -> None:
        """Raises ConfigError if there is no repository, or no such revision."""
        self._repository = Repository(os.getcwd())
        self._top = self._repository.top
        self._revisions = ["--end-of-options", *revisions, "--"] if revisions else ["--all", "--"]
        if git.run(["rev-list", "--max-count=1", *self._revisions], self._top) is None:
            raise ConfigError(f"git knows no such revision: {' '.join(revisions)}")
        self._finder = finder
        self._settings = finder.of(self._top)
        self._rules = _rules(self._settings, select)
        self._secrets_only = all(rule.secret for rule in self._rules)
        self._triage = patterns.load(self._settings.providers or None, cache=cache)
        self._catalogue = load(self._settings.providers or None, self._settings.base_urls)
        self._catalogue.cached = cache
        self._harmless = Harmless(self._top, self._depends(), cached=cache)
        self._salt = os.urandom(16)
        self._begin = os.urandom(8).hex()  # what git writes before each commit: no path has it in it
        self._log: git.Call | None = None
        self._kept: dict[str, Checked] = {}  # some contents that hold secrets, as they were looked at first
        self._lists = _lists(accepted)
        self._large = self._absent = self._known = self.blobs = 0
        self.remarks: list[str] = []  # what was not looked at; complete once all lines were asked for

    def lines(self, format: str, *, color: bool) -> Iterator[tuple[str, int]]:
        """The report in pieces, and the number of findings in each: "full" or "json"."""
        found = 0
        for finding, checked, origin, paths in self.findings():
            if format == "json":
                yield ("[\n" if not found else ",\n") + _object(finding, checked, origin, paths), 1
            else:
                yield _block(finding, checked, origin, paths, color), 1
            found += 1
        if format == "json":
            yield ("\n]\n" if found else "[]\n"), 0
        else:
            known = f" ({self._known} accepted by the baseline)" if self._known else ""
            yield f"{_count(found, 'secret')} in {_count(self.blobs, 'version')} of files{known}.\n", 0
        self._remark()

    def _remark(self) -> None:
        if self._repository.is_shallow:
            self.remarks.append("this clone is shallow: older commits are not in it")
        if self._large:
            self.remarks.append(f"{_count(self._large, 'version')} of more than {LARGE >> 20} MB left out")
        if self._absent:
            self.remarks.append(f"{_count(self._absent, 'version')} not in this clone, which is a partial one")

    # ------------------------------------------------------------------------------------------------- three passes

    def findings(self) -> Iterator[tuple[Finding, Checked, Origin, list[str]]]:
        """Each secret where it first appeared, with the paths of all contents that hold it."""
        try:
            held = self._held()
            order = self._origins(held)
            for identity, made in held.items():  # tags of files, and contents that only the edge of a range has
                if identity not in order and not is_excluded(os.path.join(self._top, made.path), self._finder):
                    order[identity] = Origin(path=made.path)
            places: dict[bytes, list[str]] = {}
            for identity, origin in order.items():
                for secret in set(held[identity].secrets):
                    places.setdefault(secret, []).append(origin.path)
            told: set[bytes] = set()
            for identity, origin in order.items():
                if not told.issuperset(held[identity].secrets):
                    for finding, checked, secret in self._again(identity, origin, held[identity]):
                        if secret not in told:
                            told.add(secret)
                            if self._is_accepted(finding, checked, origin):
                                self._known += 1
                            else:
                                yield finding, checked, origin, places.get(secret, [origin.path])
        except git.Failed as error:
            raise ConfigError(f"{error} (it has to be 2.32 or newer, and the repository whole)") from None
        finally:
            self._repository.blobs.close()
            if self._log is not None:
                self._log.close()

    def _depends(self) -> Iterator[object]:
        """All that decides what a content is found to hold, beside keylint itself."""
        yield os.path.relpath(self._top)
        yield [rule.code for rule in self._rules]
        yield from ((name, getattr(self._settings, name)) for name in self._settings.__slots__ if name not in _ASIDE)

    def _held(self) -> dict[str, Held]:
        """The contents that hold secrets. The path that git names first decides the language."""
        found: dict[str, Held] = {}
        left: list[bytes] = []
        if os.name == "posix" and not self._harmless.is_empty:  # little is to be looked at: git works on both at once
            self._log = self._logged()
            forks.widen(self._log.fileno())
        for names in git.blob_names(self._revisions, self._top, ROUND, self._log):
            new = self._harmless.left(names)
            left += new
            self.blobs += len(names) - len(new)
            if len(left) >= ROUND:
                found |= self._shared(left)
                left = []
        if left:
            found |= self._shared(left)
        self._harmless.save()
        return found

    def _logged(self) -> git.Call:
        return git.Call([*_LOG[:-1], _LOG[-1].format(self._begin), *self._revisions], self._top)

    def _shared(self, names: list[bytes]) -> dict[str, Held]:
        """The same for some contents, of which copies of this process take a part each."""
        room = forks.room() if len(names) >= ENOUGH else 0
        size = -(-len(names) // (room + 1))
        mine, *others = [names[at : at + size] for at in range(0, len(names), size)]
        copies = [forks.start(lambda send, part=part: self._tell(part, send)) for part in others]  # type: ignore[misc]
        try:
            found = self._holding(mine)
            for copy, part in zip(copies, others, strict=True):
                told = self._told(copy, part) if copy is not None else None
                found |= self._holding(part) if told is None else told
        finally:
            for copy in copies:
                if copy is not None:
                    copy.close()
        return found

    def _tell(self, names: list[bytes], send: forks.Send) -> None:
        """What a copy does with its part; it hands over no secret, and neither do the hashes without the key of this run."""
        store.read_only = True
        self._large = self._absent = self.blobs = 0
        found, others = self._look_at(names)
        held = {identity: (made.path, [secret.hex() for secret in made.secrets]) for identity, made in found.items()}
        send(json.dumps([held, sorted(others), self.blobs, self._large, self._absent]).encode("ascii") + b"\n")

    def _told(self, copy: forks.Fork, names: list[bytes]) -> dict[str, Held] | None:
        """What a copy has found in its part; None if it has not come to its end."""
        lines: list[bytes] = []
        while not copy.ended:
            lines += copy.lines(wait=True)
        if len(lines) != 1:
            return None
        held, others, blobs, large, absent = json.loads(lines[0])
        self.blobs += blobs
        self._large += large
        self._absent += absent
        self._harmless.add(names, {*held, *others})
        return {identity: Held(path, tuple(map(bytes.fromhex, secrets))) for identity, (path, secrets) in held.items()}

    def _holding(self, names: list[bytes]) -> dict[str, Held]:
        """Those of some contents that hold secrets."""
        found, others = self._look_at(names)
        self._harmless.add(names, {*found, *others})
        return found

    def _look_at(self, names: list[bytes]) -> tuple[dict[str, Held], set[str]]:
        """Those of some contents that hold secrets, and those that have to be looked at the next time all the same.

        These are what may hold a secret that the rules say nothing of, and what could not be read.
        """
        found: dict[str, Held] = {}
        others: set[str] = set()
        for identity, named, data in git.named_blobs(names, self._top, LARGE):
            if data is None:
                self._absent += identity.startswith("?")
                self._large += not identity.startswith("?")
                others.add(identity)
                continue
            self.blobs += 1
            path = named or identity  # a tag may stand for a content that no tree has
            checked = self._look(path, data)
            if checked is not None and checked.findings:
                found[identity] = Held(path, tuple(self._secret(finding, checked) for finding in checked.findings))
                if len(self._kept) < KEPT and len(data) <= SMALL:
                    self._kept[identity] = checked
            elif checked is not None and checked.secrets:
                others.add(identity)
        return found, others

    def _origins(self, held: dict[str, Held]) -> dict[str, Origin]:
        """The commits that brought the contents in, the oldest first.

        A merge has brought in what is in none of its parents.
        """
        found: dict[str, Origin] = {}
        if not held:
            return found
        names = {identity.encode() for identity in held}
        self._log = self._log or self._logged()
        for part in self._log.parts(b"\x01" + self._begin.encode()):
            if names.isdisjoint(part.split(b" ")):
                continue
            head, *words = part.split(b"\0")
            commit, _, date = head.decode("utf-8", "replace").partition(" ")
            for raw, path in self._changed(iter(words)):
                fields = raw.lstrip(b":").split(b" ")
                parents = len(raw) - len(raw.lstrip(b":"))
                if len(fields) < 2 * parents + 2:
                    raise git.Failed("git log ended in the middle")
                mode, identity = fields[parents], fields[2 * parents + 1].decode("utf-8", "replace")
                if identity in held and identity not in found and mode != _LINK:
                    if is_excluded(os.path.join(self._top, path), self._finder):
                        continue
                    found[identity] = Origin(commit, date, path)
        return found

    @staticmethod
    def _changed(words: Iterator[bytes]) -> Iterator[tuple[bytes, str]]:
        """What `git log --raw` says of each file of a commit, and the path."""
        for word in words:
            raw = word.lstrip(b"\n")
            if raw.startswith(b":"):
                path = os.fsdecode(next(words, b""))
                if not path:
                    raise git.Failed("git log ended in the middle")
                yield raw, path

    def _again(self, identity: str, origin: Origin, held: Held) -> Iterator[tuple[Finding, Checked, bytes]]:
        """The findings of a content, under the name it came with; under the other one if that hides them."""
        kept = self._kept.get(identity)
        data = b""
        if kept is None or origin.path != held.path:
            data = self._repository.blobs.read(identity) or b""
        for path in dict.fromkeys((origin.path, held.path)):
            checked = kept if kept is not None and path == held.path else self._look(path, data)
            if checked is not None and checked.findings:
                yield from ((finding, checked, self._secret(finding, checked)) for finding in checked.findings)
                return

    def _look(self, path: str, data: bytes) -> Checked | None:
        """One content. None if nothing in it is worth a look.

        The place of a file of variables is outside of git, so one that git keeps is no safe place for a key.
        """
        try:
            text = decode(data)[0].encode("utf-8", "surrogateescape") if data.find(b"\0", 0, 4096) >= 0 else data
            hits = self._triage.scan(text)
            if hits is None or not triage.is_candidate(hits):
                return None
            source = Source.from_bytes(os.path.relpath(os.path.join(self._top, path)).replace(os.sep, "/"), data)
        except Undecodable:
            return None
        if source.encoding != "utf-8" or source.mark:
            hits = self._triage.scan(source.data) or hits
        source.secrets_only = self._secrets_only
        source.language = languages.of(source.path, source.data)
        if source.language == "dotenv":
            source.role = Role.TEMPLATE
        return analysis.check(source, hits, self._triage, self._catalogue, self._settings, self._rules)

    def _is_accepted(self, finding: Finding, checked: Checked, origin: Origin) -> bool:
        if not self._lists:
            return False
        from keylint import baseline

        run = _run(finding, checked)
        return any(baseline.accepts(known, path, run, origin.commit) for path, known in self._lists)

    def _secret(self, finding: Finding, checked: Checked) -> bytes:
        """A secret is one, whichever rule has seen it; another finding is known by its rule and text."""
        rule = next(rule for rule in self._rules if rule.code == finding.code)
        said = f"{'' if rule.secret else rule.code}\0{checked.source.slice(finding.span)}"
        return hashlib.blake2b(said.encode("utf-8", "surrogateescape"), key=self._salt, digest_size=12).digest()


def _lists(paths: Sequence[str]) -> list[tuple[str, Accepted]]:
    if not paths:
        return []
    from keylint import baseline

    return [(path, baseline.read(path)) for path in paths]


def _rules(settings: Settings, select: Sequence[str]) -> list[Rule]:
    """The rules that see one file: those that are asked for on the command line, else those about secrets."""
    return [
        rule
        for rule in all_rules()
        if not rule.project
        and (any(matches(word, rule) for word in select) if select else rule.secret)
        and not any(matches(word, rule) for word in settings.ignore)
    ]


def _run(finding: Finding, checked: Checked) -> Run:
    run = Run()
    run.findings.append(finding)
    run.checked[finding.path] = checked
    return run


def _entry(finding: Finding, checked: Checked) -> tuple[Entry, Files]:
    """A finding as reports want it; there is nothing to fix in what git keeps."""
    return Entry(finding._replace(fix=None), checked), Files(_run(finding, checked))


def _block(finding: Finding, checked: Checked, origin: Origin, paths: list[str], color: bool) -> str:
    since = f"{origin.commit[:12]} of {origin.date[:10]}" if origin.commit else "no commit"
    more = f", in {len(paths)} versions" if len(paths) > 1 else ""
    return "\n".join((*full_.block(*_entry(finding, checked), color), f"  = since: {since}{more}", "", ""))


def _object(finding: Finding, checked: Checked, origin: Origin, paths: list[str]) -> str:
    made = json_.as_object(*_entry(finding, checked))
    made |= {"commit": origin.commit, "author_date": origin.date}
    made |= {"versions": len(paths), "filenames": sorted({unicode(path) for path in paths if path})}
    return json.dumps(made, indent=2, ensure_ascii=True)


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"
