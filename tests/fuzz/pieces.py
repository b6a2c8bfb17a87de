"""What inputs are made of: the words that keylint looks at, and keys, which are written as two bytes so that none is kept."""

from __future__ import annotations

from functools import cache

from tests.samples import all_samples

KEY_MARK = 2  # the byte before the number of a key, counted from
FIRST = 32

# A file name for each language.
LANGUAGES = {
    "python": "a.py",
    "javascript": "a.js",
    "typescript": "a.ts",
    "tsx": "a.tsx",
    "shell": "a.sh",
    "vba": "a.bas",
    "dotenv": ".env",
    "yaml": "a.yaml",
    "json": "a.json",
    "toml": "a.toml",
    "text": "a.txt",
    "csharp": "a.cs",
    "java": "a.java",
    "kotlin": "a.kt",
    "go": "a.go",
    "ruby": "a.rb",
    "php": "a.php",
    "rust": "a.rs",
    "swift": "a.swift",
    "dart": "a.dart",
    "scala": "a.scala",
    "elixir": "a.ex",
    "lua": "a.lua",
    "julia": "a.jl",
    "powershell": "a.ps1",
    "r": "a.R",
    "perl": "a.pl",
    "groovy": "a.groovy",
    "vbnet": "a.vb",
    "batch": "a.bat",
    "makefile": "Makefile",
    "dockerfile": "Dockerfile",
    "html": "a.vue",
    "markdown": "a.md",
    "notebook": "a.ipynb",
    "http": "a.http",
    "hcl": "a.tf",
    "xml": "a.xml",
    "ini": "a.ini",
}

WORDS = [
    "OpenAI(", "api_key=", "apiKey:", '"', "'", "`", "${", "}", "{", "(", ")", "[", "]", "Bearer ", "Authorization", ":", "=", "\n", " ", "#", "//", "'''", '"""',
    "OPENAI_API_KEY", "os.getenv(", "process.env.", "curl -H ", "\\x", "\\ud800", "\\u{11ffff}", "export ", "&", "+", "_\n", "\\", "\r\n", "\t", "é", "😀", "\ufeff", "%s", "f", "- ", ": |\n", "<<EOF\n", "EOF",
    "System.getenv(", "Environment.GetEnvironmentVariable(", "ENV[", "$ENV{", "#{", "\\(", "set ", "<script>", "</script>", "```python\n", "```\n", '{"cells":[{"cell_type":"code","source":["', "FROM x\nENV ", "RUN ", "<add key=", "<string>", 'variable "', "<<<EOT\n", '@"', '$"', "~s(", "[[", "=>", "->", "::", "new ", ".header(", ".apiKey(", "my $", "<-", "config :", "?>", "<?php ", "q{", "qq(", "@{", "%%bash\n", "%env ", "GET https://api.openai.com/\n", "$(", "^\n",
    "import os", "from x import y", "def f(a=", "class A:", "if ", "else", "None", "null", "https://api.openai.com/v1", "keylint: ignore[", "keylint: ignore", "KL201", "noqa", "pragma: allowlist secret", "YOUR_API_KEY", "org-", "organization=", "base_url=", "load_dotenv()", "x-api-key", "secrets.", "env:\n", "data:\n  ", "stringData:\n  ", "!!binary ", "&a ", "*a", "<<: ", "max_retries=0", "while True:", "except ", "for ", "await ", "return ", "const ", "let ", "var ",
]  # fmt: skip


@cache
def keys() -> tuple[str, ...]:
    """A made-up key of each format."""
    return tuple(all_samples().values())


def expanded(data: bytes) -> tuple[bytes, set[str]]:
    """An input with keys in the place of their two bytes, and these keys."""
    if KEY_MARK not in data:
        return data, set()
    first, *rest = data.split(bytes([KEY_MARK]))
    made, used = [first], set()
    for part in rest:
        if part:
            key = keys()[(part[0] - FIRST) % len(keys())]
            used.add(key)
            made.append(key.encode() + part[1:])
    return b"".join(made), used


def unexpanded(text: str) -> bytes:
    """An input that is expanded to a text."""
    data = text.encode("utf-8", "surrogateescape")
    for number, key in sorted(enumerate(keys()), key=lambda item: -len(item[1])):
        data = data.replace(key.encode(), bytes([KEY_MARK, FIRST + number]))
    return data


def probes(key: str) -> set[str]:
    """Three stretches of a key that no output may have."""
    start, end = 12, len(key) - 4
    size = min(12, end - start)
    return {key[at : at + size] for at in (start, (start + end - size) // 2, end - size)} if size >= 9 else set()
