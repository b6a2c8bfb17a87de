"""The page as a person has it: opened from disk in a real browser, filtered, grouped, looked at in light and dark."""

from __future__ import annotations

import os
import pathlib
import re
from collections.abc import Iterator

import pytest

from tests import browser
from tests.reports import needs_posix_names, reports
from tests.samples import expand
from tests.tool import write

EVIL = "<img src=x onerror=\"document.title='owned'\">"
FILES = {
    "src/a.py": "from openai import OpenAI\n\nKEY = 'YOUR_API_KEY'\nclient = OpenAI(api_key=KEY)\nprint('你好', client.api_key)\n",
    "src/b.py": expand('from openai import OpenAI\nc = OpenAI(api_key="«openai.key»", organization="org_1")\n'),
    "web/c.ts": f"const o = new OpenAI({{ apiKey: `YOUR{EVIL}KEY` }});\n",
    "d.py": 'from openai import OpenAI\nc = OpenAI(api_key="not-needed")  # keylint: ignore\n',
}
pytestmark = [
    pytest.mark.skipif(not browser.program(), reason="no Chromium here"),
    pytest.mark.xdist_group("browser"),
]
SHOWN = "[...document.querySelectorAll('article')].filter(a => a.offsetParent).map(a => a.dataset.file + ' ' + a.dataset.rule)"
INDEX = "[...document.querySelectorAll('#index a')].map(a => a.textContent + ' ' + a.nextSibling.textContent)"


@pytest.fixture(scope="module")
def page() -> Iterator[browser.Browser]:
    with browser.Browser() as opened:
        yield opened


@pytest.fixture
def opened(page: browser.Browser, repository: pathlib.Path) -> browser.Browser:
    write(repository, FILES)
    _show(page, repository)
    return page


def _show(page: browser.Browser, folder: pathlib.Path) -> None:
    made = reports(folder, "--show-suppressed", formats=("html",))
    file = folder.parent / "page.html"
    file.write_text(made.texts["html"], "ascii")
    page.events.clear()
    page.open(file)


def _type(page: browser.Browser, text: str) -> None:
    page.ask("document.getElementById('filter').focus(); document.getElementById('filter').value = ''")
    page.call("Input.insertText", text=text)


def _asked_for(page: browser.Browser) -> list[str]:
    return [
        event["params"]["request"]["url"] for event in page.events if event.get("method") == "Network.requestWillBeSent"
    ]


def test_loads_nothing_and_has_no_error(opened: browser.Browser) -> None:
    assert len(opened.ask(SHOWN)) == 6
    (url,) = _asked_for(opened)
    assert url.startswith("file:///")
    assert not [
        event for event in opened.events if event.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}
    ]
    assert opened.ask("document.images.length") == 0
    assert "owned" not in opened.ask("document.title")


def test_its_policy_stops_what_should_slip_through(opened: browser.Browser) -> None:
    opened.ask(
        "const d = document.createElement('div'); document.body.append(d); d.innerHTML = "
        "`<img src='file:///etc/hostname' onerror='document.title=1'><iframe srcdoc='<script>parent.document.title=1</script>'></iframe>`;"
        "const s = document.createElement('script'); s.textContent = 'document.title=1'; document.body.append(s);"
        "fetch('http://127.0.0.1:9/').catch(() => 0)"
    )
    opened.ask("new Promise(done => setTimeout(done, 50))")
    assert opened.ask("document.title").startswith("keylint: ")
    told = [event["params"]["entry"]["text"] for event in opened.events if event.get("method") == "Log.entryAdded"]
    assert sum("Content Security Policy" in text for text in told) >= 3


def test_filter(opened: browser.Browser) -> None:
    _type(opened, "SRC/ kl201")
    assert opened.ask(SHOWN) == ["src/a.py KL201"]
    assert opened.ask(INDEX) == ["KL201 placeholder-as-key 1"]
    _type(opened, "no such word")
    assert opened.ask(SHOWN) == []
    assert opened.ask("document.getElementById('none').offsetParent !== null")
    opened.call("Input.dispatchKeyEvent", type="keyDown", key="Escape")
    assert len(opened.ask(SHOWN)) == 6
    opened.ask("document.activeElement.blur()")
    opened.call("Input.dispatchKeyEvent", type="keyDown", key="/", text="/")
    assert opened.ask("document.activeElement.id + document.activeElement.value") == "filter"


def test_severities(opened: browser.Browser) -> None:
    opened.ask("document.querySelector('[value=error]').click()")
    assert {entry.split()[0] for entry in opened.ask(SHOWN)} == {"src/a.py", "d.py"}
    opened.ask("document.querySelector('[value=warning]').click()")
    assert opened.ask(SHOWN) == ["d.py KL201"]


def test_by_file_and_back(opened: browser.Browser) -> None:
    by_rule, index = opened.ask(SHOWN), opened.ask(INDEX)
    assert [entry.split()[1] for entry in by_rule] == sorted(entry.split()[1] for entry in by_rule)
    opened.ask("document.querySelector('[value=file]').click()")
    assert opened.ask(INDEX) == ["d.py 1", "src/a.py 2", "src/b.py 2", "web/c.ts 1"]
    assert sorted(opened.ask(SHOWN)) == sorted(by_rule)
    opened.ask("document.querySelector('[value=rule]').click()")
    assert (opened.ask(SHOWN), opened.ask(INDEX)) == (by_rule, index)


def test_the_marks_stand_under_what_they_mean(opened: browser.Browser) -> None:
    """Wide characters before the place, in whatever font the browser has for them."""
    left = "[...document.querySelectorAll('pre.excerpt')].map(p => [p.querySelector('mark'), p.querySelector('.caret')].map(e => e.getBoundingClientRect().left))"
    places = opened.ask(left)
    assert len(places) > 6
    for marked, caret in places:
        assert abs(marked - caret) < 0.5


def test_the_fix_is_shown_as_a_difference(opened: browser.Browser) -> None:
    _type(opened, "src/b.py KL101")
    old, new = (
        opened.ask(
            f"[...document.querySelectorAll('article')].find(a => a.offsetParent).querySelectorAll('.{sign}')[{at}].textContent"
        )
        for sign, at in (("old", 0), ("new", 1))
    )
    assert re.fullmatch(r'- c = OpenAI\(api_key="sk-…\w{4}", organization="org_1"\)\n', old)
    assert new == '+ c = OpenAI(api_key=os.environ["OPENAI_API_KEY"], organization="org_1")\n'


def test_light_and_dark(opened: browser.Browser) -> None:
    """Text has the contrast that WCAG's AA asks for in both."""
    ratio = """(() => {
      const rgb = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4);
      const light = c => { const [r, g, b] = rgb(c); return .2126 * r + .7152 * g + .0722 * b; };
      const ground = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!c.endsWith(', 0)')) return c; } };
      const seen = e => e.offsetParent && [...e.childNodes].some(n => n.nodeType === 3 && n.textContent.trim()) && getComputedStyle(e).visibility !== 'hidden';
      return [...document.body.querySelectorAll('*')].filter(seen).map(e => {
        const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
        return [(a + .05) / (b + .05), e.tagName + '.' + e.className];
      }).sort((x, y) => x[0] - y[0])[0];
    })()"""
    grounds = set()
    for dark in (False, True):
        opened.dark(dark)
        grounds.add(opened.ask("getComputedStyle(document.body).backgroundColor"))
        worst, where = opened.ask(ratio)
        assert worst >= 4.5, (dark, where)
    opened.dark(False)
    assert len(grounds) == 2


@pytest.mark.parametrize("width", [320, 1280])
def test_the_page_is_no_wider_than_its_window(opened: browser.Browser, width: int) -> None:
    opened.call("Emulation.setDeviceMetricsOverride", width=width, height=800, deviceScaleFactor=1, mobile=False)
    assert opened.ask("document.documentElement.scrollWidth") <= width
    opened.call("Emulation.clearDeviceMetricsOverride")


@needs_posix_names
def test_a_hostile_name(page: browser.Browser, project: pathlib.Path) -> None:
    name = EVIL + "\x1b[31m\u202e" + os.fsdecode(b"\xff") + ".py"
    write(project, {name: 'import openai\nopenai.api_key = "YOUR_API_KEY"\n'})
    _show(page, project)
    page.ask("document.querySelector('[value=file]').click()")
    (entry,) = page.ask(INDEX)
    assert entry.startswith(EVIL + "\ufffd[31m")
    assert page.ask("document.title").startswith("keylint: 1 finding")
    assert page.ask("document.images.length") == 0


def test_reads_without_its_script(page: browser.Browser, repository: pathlib.Path) -> None:
    write(repository, FILES)
    page.call("Emulation.setScriptExecutionDisabled", value=True)
    try:
        _show(page, repository)
    finally:
        page.call("Emulation.setScriptExecutionDisabled", value=False)
    assert len(page.ask(SHOWN)) == 6
    assert page.ask("document.getElementById('bar').hidden")
