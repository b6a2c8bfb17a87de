"""What the doctor makes of each error that a vendor documents."""

from __future__ import annotations

import pathlib

import pytest

from tests.doctor.patient import doctor
from tests.fake_api.documented import DOCUMENTED, Documented
from tests.proof.machine import ORGANIZATION, Machine, live, variables
from tests.test_secrecy import clean
from tests.tool import write

PROGRAMS = {
    "openai": "from openai import OpenAI\nclient = OpenAI()\n",
    "azure": 'from openai import AzureOpenAI\nclient = AzureOpenAI(azure_endpoint="https://mine.openai.azure.com", api_version="2024-10-21")\n',
    "anthropic": "from anthropic import Anthropic\nclient = Anthropic()\n",
    "gemini": 'import os\nfrom google import genai\nclient = genai.Client(api_key=os.environ["GEMINI_API_KEY"])\n',
}


@pytest.mark.parametrize("error", DOCUMENTED, ids=lambda error: error.id)
def test_a_documented_error(machine: Machine, tmp_path: pathlib.Path, error: Documented) -> None:
    write(tmp_path, {"ask.py": PROGRAMS[error.vendor]})
    machine.api.forget()
    machine.api.says = error.answer
    visit = doctor(machine, tmp_path, "--online", "--yes", **variables(error.vendor))
    assert visit.code == 1, visit.err
    assert machine.api.seen
    lines = [line.strip() for line in visit.out.splitlines()]
    first = next(number for number, line in enumerate(lines) if line.startswith("error: "))
    assert lines[first].startswith(f"error: {error.status}")
    assert error.cause.lower() in lines[first].lower()
    assert lines[first + 1].startswith("help: ")
    assert error.step.lower() in lines[first + 1].lower()
    clean(live(error.vendor), visit.out, visit.err)


@pytest.mark.parametrize("vendor", PROGRAMS)
def test_a_key_that_works(machine: Machine, tmp_path: pathlib.Path, vendor: str) -> None:
    write(tmp_path, {"ask.py": PROGRAMS[vendor]})
    machine.api.forget()
    visit = doctor(machine, tmp_path, "--online", "--yes", **variables(vendor))
    assert (visit.code, machine.api.answers) == (0, [200]), visit.out + visit.err
    assert "accepts the key (200)" in visit.out
    clean(live(vendor), visit.out, visit.err)


def test_an_organization_that_is_not_the_keys(machine: Machine, tmp_path: pathlib.Path) -> None:
    other = ORGANIZATION[:-4] + "AbCd"
    write(tmp_path, {"ask.py": PROGRAMS["openai"]})
    machine.api.forget()
    visit = doctor(machine, tmp_path, "--online", "--yes", OPENAI_ORG_ID=other, **variables("openai"))
    assert (visit.code, machine.api.answers) == (1, [401, 200])
    assert "the key is right, and it does not belong to the organization" in visit.out
    assert [request.headers.get("openai-organization") for request in machine.api.seen] == [other, None]


def test_limits_in_words(machine: Machine, tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"ask.py": PROGRAMS["openai"]})
    machine.api.forget()
    machine.api.limits[:] = ["rate_limit_exceeded"] * 3
    visit = doctor(machine, tmp_path, "--online", "--yes", **variables("openai"))
    assert machine.api.answers == [429, 429, 429]  # as many attempts as the vendor's own client
    assert "0 of 3 requests are left, full again in 20s" in visit.out
    machine.api.limits.clear()


def test_what_passes_is_tried_again(machine: Machine, tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"ask.py": PROGRAMS["openai"]})
    machine.api.forget()
    machine.api.limits[:] = ["rate_limit_exceeded"]
    visit = doctor(machine, tmp_path, "--online", "--yes", **variables("openai"))
    assert (visit.code, machine.api.answers) == (0, [429, 200])


def test_a_quota_is_not_tried_again(machine: Machine, tmp_path: pathlib.Path) -> None:
    write(tmp_path, {"ask.py": PROGRAMS["openai"]})
    machine.api.forget()
    machine.api.limits[:] = ["insufficient_quota"] * 3
    doctor(machine, tmp_path, "--online", "--yes", **variables("openai"))
    assert machine.api.answers == [429]
    machine.api.limits.clear()
