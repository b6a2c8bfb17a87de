"""All targets by name: what the fuzzer, Hypothesis and the replay of the corpus call with bytes."""

from __future__ import annotations

import contextlib
import functools
import io
import json
from typing import TYPE_CHECKING, Any

import yaml

from keylint import patterns
from keylint.baseline import foreign, own
from keylint.configuration import parse
from keylint.diagnosis import diagnose, shown
from keylint.dockerignore import is_left_out
from keylint.envfile import spelled
from keylint.languages import dotenv
from keylint.mask import hide, quote
from keylint.providers.catalogue import load
from keylint.providers.schema import ProviderError
from keylint.settings import ConfigError, matches
from keylint.setup import pipelines, placing, precommit
from keylint.source import Source, Undecodable
from tests.fuzz import checking, editing, plumbing, projects
from tests.fuzz.pieces import LANGUAGES, expanded, probes

if TYPE_CHECKING:
    from collections.abc import Callable


def decoding(data: bytes) -> None:
    """What was decoded is encoded again, byte for byte."""
    with contextlib.suppress(Undecodable):
        source = Source.from_bytes("a", data)
        assert source.encode(source.data) == data
        for offset in range(0, len(source.data), 7):
            place = source.position(offset)
            assert place.row >= 1
            assert place.column >= 1


def configuration(data: bytes) -> None:
    """A configuration is read, or refused with a line of text; what was read can be used."""
    data, planted = expanded(data)
    try:
        settings = parse("keylint.toml", data, project=False)
        if settings is None:
            return
        matches(settings.exclude, "/a/b/c.py", "/a")
        patterns.load(settings.providers or None, cache=False)
        load(settings.providers or None, settings.base_urls)
    except (ConfigError, ProviderError) as error:
        text = str(error)
        assert text
        assert not any(probe in hide(text) for key in planted for probe in probes(key))


def file_patterns(data: bytes) -> None:
    """No pattern of files raises, nor one of `.dockerignore`."""
    text = data.decode("utf-8", "surrogateescape")
    pattern, _, path = text.partition("\n")
    matches((pattern,), path or "a", "/")
    is_left_out(path or "a", pattern)
    is_left_out("a/b/.env", text)


def dotenv_lines(data: bytes) -> None:
    """Lines are in order, do not overlap, and their parts stand where they are said to."""
    data, _ = expanded(data)
    end = 0
    for line in dotenv.lines(data):
        assert end <= line.whole.start <= line.name_span.start < line.name_span.end <= line.content.start
        assert line.content.end <= line.behind.start <= line.behind.end <= len(data)
        assert data[line.name_span.start : line.name_span.end].decode() == line.name
        assert data[line.content.start : line.content.end].decode("utf-8", "replace") == line.text
        end = max(line.whole.end, end)


def dotenv_values(data: bytes) -> None:
    """A value that can be written to `.env` is read back by python-dotenv, and by keylint."""
    from dotenv import dotenv_values as read

    value = expanded(data)[0].decode("utf-8", "replace")
    written = spelled(value)
    if written is None:
        return
    text = f"BEFORE=1\nNAME={written}\nAFTER=2\n"
    assert read(stream=io.StringIO(text), interpolate=True) == {"BEFORE": "1", "NAME": value, "AFTER": "2"}
    assert [(line.name, line.text) for line in dotenv.lines(text.encode())][1] == ("NAME", value)


def masks(data: bytes) -> None:
    """No text around it brings a key to light, and a quoted text is one line."""
    data, planted = expanded(data)
    text = data.decode("utf-8", "replace")
    assert "\n" not in quote(text)
    for shown_text in (hide(text), quote(text, 10_000)):
        assert not any(probe in shown_text for key in planted for probe in probes(key))


def errors(data: bytes) -> None:
    """Any text may be asked about; the answer shows no key."""
    data, planted = expanded(data)
    found = diagnose(data.decode("utf-8", "replace"), load())
    text = shown.as_json(found, None) + ("\n".join(shown.lines(found, None)) if found else "")
    assert not any(probe in text for key in planted for probe in probes(key))


def baselines(data: bytes) -> None:
    """A list of accepted findings is read, refused with a line of text, or none."""
    for read in (own.parse, foreign.parse_detect_secrets, foreign.parse_gitleaks):
        made, reason = None, ""
        try:
            made = read("baseline.json", data)
        except ConfigError as error:
            reason = str(error)
        assert "\n" not in reason
        if isinstance(made, own.Baseline):
            again = own.parse("baseline.json", made.text().encode())
            assert again is not None
            assert again.entries == made.entries


def hooks(data: bytes) -> None:
    """A hook is put into a configuration of pre-commit so that PyYAML reads the same as before, and the hook; or not at all."""
    _placed(
        data, ".pre-commit-config.yaml", lambda source: precommit.with_hooks(source, ["keylint"])[0], precommit.HOOKS
    )


def jobs(data: bytes) -> None:
    """The same for the job in a pipeline of GitLab."""
    _placed(data, ".gitlab-ci.yml", lambda source: pipelines.with_job(source)[0], ("keylint",))


def _placed(data: bytes, name: str, place: Callable[[Source], bytes], wanted: tuple[str, ...]) -> None:
    try:
        source = Source.from_bytes(name, expanded(data)[0])
    except Undecodable:
        return
    source.language = "yaml"
    try:
        after = place(source)
    except placing.Unplaceable:
        return
    if after == source.data:
        return
    before, now = _yaml(source.data), _yaml(after)
    if before is None:
        return  # what PyYAML refuses (YAML 1.1) tells nothing
    assert now is not None
    assert any(word in json.dumps(now, default=str) for word in wanted)
    assert _contains(now, before)


def _yaml(data: bytes) -> Any:
    try:
        return yaml.load(data, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError, ValueError, TypeError, AttributeError):
        return None


def _contains(whole: Any, part: Any) -> bool:
    """Whether all of a mapping is still there; lists may have grown at their end."""
    if isinstance(part, dict):
        return isinstance(whole, dict) and all(key in whole and _contains(whole[key], part[key]) for key in part)
    if isinstance(part, list):
        return isinstance(whole, list) and whole[: len(part)] == part
    return part in (None, "") or bool(whole == part)


TARGETS: dict[str, Callable[[bytes], None]] = {
    **{f"check-{name}": functools.partial(checking.language, name, path) for name, path in LANGUAGES.items()},
    "check-project": projects.project,
    "baselines": baselines,
    "configuration": configuration,
    "decoding": decoding,
    "dotenv-lines": dotenv_lines,
    "dotenv-values": dotenv_values,
    "editor-changes": editing.changes,
    "editor-places": editing.places,
    "errors": errors,
    "file-names": projects.names,
    "file-patterns": file_patterns,
    "git-blobs": plumbing.blobs,
    "git-changes": plumbing.changes,
    "git-index": plumbing.index,
    "git-log": plumbing.log,
    "hooks": hooks,
    "jobs": jobs,
    "masks": masks,
    "remembered": plumbing.remembered,
}
