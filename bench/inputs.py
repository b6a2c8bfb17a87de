"""The input of the benchmarks: public packages, unpacked; mistakes in five languages; sizes that grow; texts that hurt."""

from __future__ import annotations

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tarfile
import time
import zipfile

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent))
from tests.samples import body

# Code, data and pages in many languages, which hardly name a vendor of models.
MIXED = (
    ("pip", "django==5.2"), ("pip", "sympy==1.13.3"), ("pip", "wagtail==6.3.1"), ("pip", "apache-airflow==2.10.4"),
    ("pip", "botocore==1.35.90"), ("npm", "date-fns@4.1.0"), ("npm", "element-plus@2.9.3"),
    ("npm", "@fluentui/react@8.122.6"), ("npm", "rxjs@7.8.1"), ("npm", "three@0.172.0"),
)  # fmt: skip
MIXED_FILES = 30_000
# The vendors' SDKs, and what is built upon them.
SDKS = (
    ("pip", "openai==1.60.0"), ("pip", "anthropic==0.45.0"), ("pip", "mistralai==1.4.0"), ("pip", "groq==0.15.0"),
    ("pip", "cohere==5.13.11"), ("pip", "google-genai==1.0.0"), ("pip", "litellm==1.60.0"),
    ("pip", "langchain==0.3.15"), ("pip", "langchain-community==0.3.15"), ("pip", "llama-index-core==0.12.12"),
    ("pip", "instructor==1.7.2"), ("pip", "pydantic-ai-slim==0.0.20"), ("npm", "openai@4.80.0"),
    ("npm", "@anthropic-ai/sdk@0.33.1"), ("npm", "langchain@0.3.12"), ("npm", "@langchain/community@0.3.26"),
    ("npm", "ai@4.1.0"), ("npm", "llamaindex@0.8.37"),
)  # fmt: skip
ONE_OF_MANY = "litellm-1.60.0/litellm/main.py"
CLEAN = '"""A small module."""\n\n\ndef double(number: int) -> int:\n    """Twice a number."""\n    return 2 * number\n'
MISTAKES = {
    "ask.py": 'from openai import OpenAI\nclient = OpenAI(api_key="API_KEY_OPENAI")\n',
    "send.py": 'import os, requests\nkey = os.getenv("OPENAI_API_KEY")\n'
    'requests.post("https://api.openai.com/v1/responses", headers={"Authorization": key})\n',
    "ask.mjs": "import OpenAI from 'openai';\nconst client = new OpenAI({ apiKey: 'YOUR_API_KEY' });\n",
    "send.mjs": "fetch('https://api.openai.com/v1/models', { headers: { Authorization: process.env.OPENAI_API_KEY } });\n",
    "ask.sh": "#!/bin/sh\ncurl https://api.openai.com/v1/models -H 'Authorization: Bearer $OPENAI_API_KEY'\n",
    "more.sh": '#!/bin/sh\ncurl https://api.openai.com/v1/models -H "Authorization: Bearer"\n',
    "ask.go": 'package main\n\nimport "github.com/openai/openai-go/option"\n\n'
    'var key = option.WithAPIKey("YOUR_OPENAI_API_KEY")\n',
    "more.go": 'package main\n\nimport openai "github.com/sashabaranov/go-openai"\n\n'
    'var client = openai.NewClient("your-api-key")\n',
    "settings.yaml": "openai_api_key: YOUR_OPENAI_API_KEY\n",
    "ci.yaml": "env:\n  OPENAI_API_KEY: your_api_key_here\n",
}


def fetched(packages: tuple[tuple[str, str], ...], into: pathlib.Path, files: int = 0) -> pathlib.Path:
    """Packages of the registries, unpacked and committed; `files` of them, chosen by lot, if it is given."""
    if (into / ".git").exists():
        return into
    shutil.rmtree(into, ignore_errors=True)
    archives = into.with_name(into.name + "-archives")
    archives.mkdir(parents=True, exist_ok=True)
    wheels = [name for kind, name in packages if kind == "pip"]
    run([sys.executable, "-m", "pip", "download", "-q", "--no-deps", "--only-binary", ":all:", *wheels], archives)
    for kind, name in packages:
        if kind == "npm":
            run(["npm", "pack", "--silent", name], archives)
    for archive in sorted(archives.iterdir()):
        target = into / archive.name.removesuffix(".tgz").partition("-py")[0]
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                wheel.extractall(target)
        else:
            with tarfile.open(archive) as tarball:
                tarball.extractall(target, filter="data")
    found = sorted(path for path in into.rglob("*") if path.is_file())
    random.Random(1).shuffle(found)
    for path in found[files:] if files else ():
        path.unlink()
    return committed(into)


def committed(folder: pathlib.Path) -> pathlib.Path:
    """A folder as a repository whose files are all tracked."""
    run(["git", "init", "-q"], folder)
    run(["git", "add", "-A", "-f"], folder)
    run(["git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-q", "-m", "x"], folder)
    return folder


def run(command: list[str], folder: pathlib.Path) -> None:
    """A step of the preparation, which must succeed."""
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)


def written(folder: pathlib.Path, files: dict[str, str]) -> pathlib.Path:
    """A new folder with these files."""
    shutil.rmtree(folder, ignore_errors=True)
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def left_alone(folder: pathlib.Path) -> pathlib.Path:
    """A repository that was made more than a minute ago: what is newer, keylint reads each time."""
    time.sleep(max(0.0, 62 - (time.time() - (folder / ".git" / "HEAD").stat().st_ctime)))
    return folder


def part(of: pathlib.Path, into: pathlib.Path, share: float) -> pathlib.Path:
    """A share of a tree's files, chosen by lot: hard links, in a repository of their own."""
    if (into / ".git").exists():
        return into
    shutil.rmtree(into, ignore_errors=True)
    found = sorted(path for path in of.rglob("*") if path.is_file() and ".git" not in path.parts)
    for path in random.Random(2).sample(found, int(len(found) * share)):
        target = into / path.relative_to(of)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.hardlink_to(path)
    return committed(into)


def repeated(folder: pathlib.Path, times: int) -> pathlib.Path:
    """The mistakes, so many times over: what grows with the hits."""
    files = {f"part{number}/{name}": text for number in range(times) for name, text in MISTAKES.items()}
    return committed(written(folder, files))


def key(number: int) -> str:
    """A text of a key's shape, which is none."""
    return "sk-" + body(f"head {number}", 20) + "T3BlbkFJ" + body(f"tail {number}", 20)


def hostile(folder: pathlib.Path, scale: float) -> dict[str, pathlib.Path]:
    """Files that make scanners slow, each by its name, at a share of their full size."""
    statement = 'var a=function(e,t){return e&&t.headers.set("Authorization","Bearer "+t.apiKey)};'
    texts = {
        "a bundle of 50 MB": (
            "bundle.js",
            "import OpenAI from 'openai';\n" + statement * int(50e6 * scale / len(statement)),
        ),
        "a line of 20 MB": ("line.py", "from openai import OpenAI\nx = '" + "a" * int(20e6 * scale) + "'\n"),
        "a million anchors": ("anchors.py", "from openai import OpenAI\n" + "api_key = auth\n" * int(5e5 * scale)),
        "as many as are parsed": ("parsed.py", "from openai import OpenAI\n" + "api_key = auth\n" * int(43e3 * scale)),
        "JSON nested 100,000 deep": (
            "deep.json",
            '{"openai_api_key": ' * int(1e5 * scale) + "1" + "}" * int(1e5 * scale),
        ),
        "as deep as is parsed": (
            "parsed.json",
            '{"openai_api_key": ' * int(32e3 * scale) + "1" + "}" * int(32e3 * scale),
        ),
        "100,000 keys": ("keys.txt", "\n".join(key(number) for number in range(int(1e5 * scale))) + "\n"),
        "10,000 keys in a line": (
            "keys.json",
            json.dumps({"openai_api_keys": [key(number) for number in range(int(1e4 * scale))]}),
        ),
    }
    return {name: committed(written(folder / file / f"{scale}", {file: text})) for name, (file, text) in texts.items()}
