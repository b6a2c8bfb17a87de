"""Shell scripts: curl, and scripts that start other programs."""

from __future__ import annotations

from tests.proof.case import SAFE, Proof, one
from tests.proof.python_sdks import CLIENT, UNSET

CURL = """#!/usr/bin/env bash
set -e
{}curl -sS --fail-with-body https://api.openai.com/v1/models \\
  -H {}
"""
WRONG_KEY, NO_KEY = "invalid_api_key", "You didn't provide an API key"


def curl(
    rule: str,
    header: str,
    status: int,
    shows: str,
    *,
    before: str = "",
    after: str = "",
    mended: str = "",
    **more: object,
) -> Proof:
    filled = {"mended": CURL.format(after, mended)} if mended else {}
    return one(rule, "bash curl", "ask.sh", CURL.format(before, header), status, shows, **filled, **more)  # type: ignore[arg-type]


HERE = """curl -sS --fail-with-body --config - <<EOF
url = "https://api.openai.com/v1/models"
header = "Authorization: Bearer $OPENAI_API_KEY"
EOF
"""
RIGHT = '"Authorization: Bearer $OPENAI_API_KEY"'

PROOFS = (
    curl("KL101", '"Authorization: Bearer «openai.key»"', 401, WRONG_KEY, mended=RIGHT, revoked=True),
    curl(
        "KL103",
        RIGHT,
        401,
        WRONG_KEY,
        before='OPENAI_API_KEY="${OPENAI_API_KEY:-«openai.key»}"\n',
        after='OPENAI_API_KEY="${OPENAI_API_KEY:?set it first}"\n',
        mended=RIGHT,
        absent=("OPENAI_API_KEY",),
    ),
    curl("KL201", '"Authorization: Bearer YOUR_API_KEY"', 401, WRONG_KEY),
    curl("KL202", '"Authorization: Bearer OPENAI_API_KEY"', 401, WRONG_KEY),
    curl("KL203", "'Authorization: Bearer $OPENAI_API_KEY'", 401, WRONG_KEY),
    one(
        "KL203",
        "bash curl",
        "ask.sh",
        HERE.replace("EOF", "'EOF'", 1),
        401,
        WRONG_KEY,
        mended=HERE,
        variant="here-document",
    ),
    curl("KL301", '"Authorization: $OPENAI_API_KEY"', 401, NO_KEY),
    curl("KL302", '"Authorization: Bearer$OPENAI_API_KEY"', 401, NO_KEY),
    curl("KL303", '"Authorization: Bearer"', 401, NO_KEY, mended=RIGHT),
    curl("KL304", '"Authorisation: Bearer $OPENAI_API_KEY"', 401, NO_KEY),
    curl("KL305", '"api-key: $OPENAI_API_KEY"', 401, NO_KEY, mended=RIGHT),
    Proof(
        "KL505",
        "bash python openai",
        "run.sh",
        {"run.sh": 'export OPENAI_API_KEY = "$KEY_FROM_VAULT"\npython ask.py\n', "ask.py": CLIENT.replace("{}", "")},
        None,
        UNSET,
        SAFE,
        absent=("OPENAI_API_KEY",),
        provided={"KEY_FROM_VAULT": "«live.openai»"},
    ),
    Proof(
        "KL507",
        "bash python openai",
        "run.sh",
        {"run.sh": 'OPENAI_API_KEY="$KEY_FROM_VAULT"\npython ask.py\n', "ask.py": CLIENT.replace("{}", "")},
        None,
        UNSET,
        SAFE,
        absent=("OPENAI_API_KEY",),
        provided={"KEY_FROM_VAULT": "«live.openai»"},
    ),
)
