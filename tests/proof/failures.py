"""Programs that meet a 429, or an address that is none."""

from __future__ import annotations

from tests.proof.case import UNSAFE, Proof, one

REQUEST = 'model="gpt-5-mini", messages=[{"role": "user", "content": "Say hello"}]'
AGAIN = """import time
import openai

client = openai.OpenAI(max_retries=1)
for attempt in range(3):
    try:
        response = client.chat.completions.create(@)
        break
    except openai.RateLimitError as error:
        print(error)
{}        time.sleep(0.1 * 2**attempt)
print(response.choices[0].message.content)
"""
RAW = """import os
import time
import requests

headers = {"Authorization": f"Bearer {os.environ['OPENAI_API_KEY']}"}


def ask(text):
    body = {"model": "gpt-5-mini", "messages": [{"role": "user", "content": text}]}
    response = requests.post("https://api.openai.com/v1/chat/completions", headers=headers, json=body)
%    return response.json()["choices"][0]["message"]["content"]


for text in ["Say hello"]:
    print(ask(text))
"""
LOOKS = """    if response.status_code == 429:
        time.sleep(0.1)
        return ask(text)
    response.raise_for_status()
"""
EMPTY = """import openai

client = openai.OpenAI(max_retries=0)


def ask():
    try:
        return client.chat.completions.create(@).choices[0].message.content
    except openai.RateLimitError:
        return None


print(ask().upper())
"""
TOLD = EMPTY.replace("max_retries=0", "max_retries=2").replace("        return None\n", "        raise\n")
REMOVED = """import openai
from openai import OpenAI

client = OpenAI(max_retries=0)
request = dict(@)
try:
    answer = client.chat.completions.create(**request)
except openai.error.RateLimitError:
    answer = client.chat.completions.create(**request)
print(answer.choices[0].message.content)
"""
ADDRESS = """from openai import OpenAI

client = OpenAI(base_url="https://api.openai.com/v1/chat/completions")
print(client.chat.completions.create(@).choices[0].message.content)
"""
OFF = """from openai import OpenAI

client = OpenAI(max_retries=0)
print(client.chat.completions.create(@).choices[0].message.content)
"""
FETCH = """const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" };

async function ask(content) {
  const body = JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] });
  const response = await fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers, body });
%  return (await response.json()).choices[0].message.content;
}

for (const text of ["Say hello"]) console.log(await ask(text));
"""
QUOTA = ("insufficient_quota",) * 9
RATE = ("rate_limit_exceeded",) * 9
SDK = "python openai"


def python(rule: str, text: str, status: int, shows: str, *, mended: str = "", **more: object) -> Proof:
    """A proof of one Python program with the vendor's SDK."""
    return one(
        rule, SDK, "ask.py", text.replace("@", REQUEST), status, shows, mended=mended.replace("@", REQUEST), **more
    )


RESPONSE = """import OpenAI from "openai";

const client = new OpenAI({ maxRetries: 0 });

async function ask(tries = 2) {
  try {
    const answer = await client.chat.completions.create({ model: "gpt-5-mini", messages: [{ role: "user", content: "Say hello" }] });
    return answer.choices[0].message.content;
  } catch (error) {
    if (error.response.status === 429 && tries > 0) {
      await new Promise((resolve) => setTimeout(resolve, 100 * 2 ** -tries));
      return ask(tries - 1);
    }
    throw error;
  }
}

console.log(await ask());
"""
SWALLOWED = """const headers = { Authorization: `Bearer ${process.env.OPENAI_API_KEY}`, "Content-Type": "application/json" };

async function ask(content) {
  const body = JSON.stringify({ model: "gpt-5-mini", messages: [{ role: "user", content }] });
  const response = await fetch("https://api.openai.com/v1/chat/completions", { method: "POST", headers, body });
  if (response.status === 429) return null;
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()).choices[0].message.content;
}

console.log((await ask("Say hello")).toUpperCase());
"""

PROOFS = (
    one(
        "KL707",
        "node openai",
        "ask.mjs",
        RESPONSE,
        429,
        "Cannot read properties of undefined",
        limits=RATE[:1],
        survives=1,
        quiet=True,
    ),
    one(
        "KL705",
        "node fetch",
        "ask.mjs",
        SWALLOWED,
        429,
        "TypeError",
        mended=SWALLOWED.replace("return null", "return ask(content)"),
        limits=RATE[:1],
        survives=1,
        quiet=True,
    ),
    python("KL212", ADDRESS, 404, "404", quiet=True),
    python("KL701", OFF, 429, "Rate limit reached", fix=UNSAFE, limits=RATE[:1], survives=1),
    python(
        "KL704",
        AGAIN.replace("{}", ""),
        429,
        "NameError",
        mended=AGAIN.replace("{}", "        if attempt == 2:\n            raise\n"),
        limits=QUOTA,
    ),
    python("KL705", EMPTY, 429, "AttributeError", mended=TOLD, limits=RATE[:1], survives=1, quiet=True),
    python("KL707", REMOVED, 429, "AttributeError", limits=RATE[:1], survives=1, quiet=True),
    one(
        "KL708",
        "python requests",
        "ask.py",
        RAW.replace("%", ""),
        429,
        "KeyError",
        mended=RAW.replace("%", LOOKS),
        limits=RATE[:1],
        survives=1,
        quiet=True,
    ),
    one(
        "KL708",
        "node fetch",
        "ask.mjs",
        FETCH.replace("%", ""),
        429,
        "undefined",
        mended=FETCH.replace("%", "  if (response.status === 429) return ask(content);\n"),
        limits=RATE[:1],
        survives=1,
        quiet=True,
    ),
)
