"""Made-up keys for examples and tests, built at run time so that no key-shaped text is ever committed.

``«openai.key»`` is a key of a provider's format of that name, ``«openai.organization»`` one of its IDs, ``«openai.tail»``
the part behind a prefix; ``«aws»`` and the like are other vendors' secrets. The values carry the letters KLFX.
"""

from __future__ import annotations

import random
import re
import string
from functools import cache

from keylint.model import Slot
from keylint.providers.catalogue import Catalogue, load

MARK = re.compile(r"«([a-z]+)(?:\.([^»]*))?»")
ALNUM = string.ascii_letters + string.digits


@cache
def catalogue() -> Catalogue:
    return load()


def body(seed: str, length: int, alphabet: str = ALNUM) -> str:
    """Letters and digits that look random and are always the same."""
    generator = random.Random(seed)
    return "".join(generator.choice(alphabet) for _ in range(length))


def from_pattern(pattern: str, seed: str) -> str:
    """A text that a key format's pattern matches: literals, classes, counts, one of the alternatives."""
    made = ""
    for piece in re.finditer(r"\(\?:([^)]*)\)(\??)|\[([^\]]+)\](?:\{(\d+)(?:,(\d+))?\})?|\\(.)|(.)", pattern):
        alternatives, optional, group, low, high, escaped, plain = piece.groups()
        if alternatives is not None:
            made += "" if optional else alternatives.split("|")[0]
        elif group is not None:
            alphabet = "".join(
                {
                    "A-Z": string.ascii_uppercase,
                    "a-z": string.ascii_lowercase,
                    "0-9": string.digits,
                    "a-f": "abcdef",
                }.get(part, part)
                for part in re.findall(r"[A-Za-z0-9]-[A-Za-z0-9]|.", group)
            )
            count = int(low or 1) if not high else min(int(high), max(int(low or 1), 48))
            made += body(f"{seed}{len(made)}", count, "".join(sorted(set(alphabet) - set("-_"))) or alphabet)
        else:
            made += escaped or plain
    return made


def sample(provider: str, name: str = "") -> str:
    """One made-up value."""
    if provider == "aws":
        return "AKIA" + body("aws", 16, string.ascii_uppercase + "234567")
    if provider == "github":
        return "ghp_" + body("github", 36)
    known = catalogue().providers[provider]
    for slot, format in known.ids.items():
        if name in (slot.value, f"other {slot.value}"):
            return format.prefix + body(name, format.length)
    if name == "tail":
        return body("tail-a", 20) + "T3BlbkFJ" + body("tail-b", 20)
    key = next(key for key in known.keys if key.name == (name or "key"))
    return from_pattern(key.pattern, f"{provider}{name}")


def expand(text: str) -> str:
    """Put made-up values in the place of the marks."""
    return MARK.sub(lambda match: sample(match.group(1), match.group(2) or ""), text)


def all_samples() -> dict[str, str]:
    """A value of every key format there is."""
    return {f"{key.provider}.{key.name}": sample(key.provider, key.name) for key in catalogue().formats}


def openai_shapes() -> dict[str, str]:
    """Every shape that OpenAI's keys were ever issued in (see providers/openai.toml)."""
    t = "T3BlbkFJ"
    safe = ALNUM + "-_"
    return {
        "legacy": f"sk-{body('l1', 20)}{t}{body('l2', 20)}",
        "project 74": f"sk-proj-{body('p1', 74, safe)}{t}{body('p2', 74, safe)}",
        "project 58": f"sk-proj-{body('p3', 58, safe)}{t}{body('p4', 58, safe)}",
        "project 20": f"sk-proj-{body('p5', 20)}{t}{body('p6', 20)}",
        "service account 74": f"sk-svcacct-{body('s1', 74, safe)}{t}{body('s2', 74, safe)}",
        "service account 58": f"sk-svcacct-{body('s3', 58, safe)}{t}{body('s4', 58, safe)}",
        "admin 58": f"sk-admin-{body('a1', 58, safe)}{t}{body('a2', 58, safe)}",
        "named service": f"sk-service-billing-{body('n1', 20)}{t}{body('n2', 20)}",
        "None 20": f"sk-None-{body('o1', 20)}{t}{body('o2', 20)}",
        "None 58": f"sk-None-{body('o3', 58, safe)}{t}{body('o4', 58, safe)}",
        "48 without marker": f"sk-{body('w1', 48)}",
        "None without marker": f"sk-None-{body('w2', 48)}",
        "ends in a hyphen": f"sk-proj-{body('h1', 58, safe)}{t}{body('h2', 57, safe)}-",
    }


SECRET_SLOTS = [slot for slot in Slot if slot.is_secret]
