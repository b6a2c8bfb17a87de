"""Runs programs unchanged: their requests to the vendors' addresses arrive at the fakes, by way of a proxy and a CA of our own."""

from __future__ import annotations

import os
import pathlib
import shutil
import ssl
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import trustme
from cryptography import x509
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore

from tests import nodejs
from tests.fake_api.exchange import Account
from tests.fake_api.server import NAMES
from tests.samples import openai_shapes, sample

if TYPE_CHECKING:
    from tests.fake_api import Api

ORGANIZATION, PROJECT = sample("openai", "organization"), sample("openai", "project")
VENDORS = ("openai", "azure", "anthropic", "gemini")
TOOLS = {
    ".py": "python",
    ".mjs": "node",
    ".cjs": "node",
    ".sh": "bash",
    ".php": "php",
    ".rb": "ruby",
    ".go": "go",
    ".java": "java",
}
_PASSWORD = "changeit"
_INHERITED = ("HOME", "LANG", "LC_ALL", "SYSTEMROOT", "TEMP", "TMP", "GOCACHE", "GOROOT", "JAVA_HOME")


def live(vendor: str) -> str:
    """The key that a vendor knows; ``«vendor.key»`` is another one of the same form, which it does not."""
    if vendor == "openai":
        return openai_shapes()["project 74"]
    return sample(vendor, "key")[:-4] + "0123"


def accounts() -> dict[str, Account]:
    """What is right at each vendor."""
    return {vendor: Account({live(vendor)}, ORGANIZATION, PROJECT) for vendor in VENDORS}


def variables(vendor: str) -> dict[str, str]:
    """The environment of a person who has set everything up as the vendor's documentation says."""
    key = live(vendor)
    return {
        "openai": {"OPENAI_API_KEY": key},
        "azure": {"AZURE_OPENAI_API_KEY": key},
        "anthropic": {"ANTHROPIC_API_KEY": key},
        "gemini": {"GEMINI_API_KEY": key},
    }[vendor]


class Authority:
    """A certificate authority for one session, in the forms that the languages want it in."""

    def __init__(self, folder: pathlib.Path) -> None:
        self.ca = trustme.CA()
        self.pem = folder / "ca.pem"
        self.ca.cert_pem.write_to_path(str(self.pem))
        self.java = folder / "ca.p12"
        certificate = x509.load_pem_x509_certificate(self.ca.cert_pem.bytes())
        entry = PKCS12Certificate(certificate, b"ca")
        self.java.write_bytes(serialize_java_truststore([entry], BestAvailableEncryption(_PASSWORD.encode())))

    def context(self) -> ssl.SSLContext:
        """What a server needs to pass for all the vendors."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.ca.issue_cert(*NAMES).configure_cert(context)
        return context


@dataclass(frozen=True)
class Outcome:
    """How a run ended and what it printed."""

    code: int
    printed: str


@dataclass(frozen=True)
class Machine:
    """The fakes, the CA that vouches for them, Node.js and what it needs to reach them."""

    api: Api
    authority: Authority
    preload: pathlib.Path

    def environment(self, **more: str) -> dict[str, str]:
        """Variables that lead to the fakes; none of them is a vendor's."""
        proxy, pem = self.api.origin, str(self.authority.pem)
        port = proxy.rpartition(":")[2]
        tools = [str(pathlib.Path(tool).parent) for tool in (sys.executable, nodejs.node()) if tool]
        path = os.pathsep.join([*tools, os.environ.get("PATH", "")])
        return {
            **{name: os.environ[name] for name in _INHERITED if name in os.environ},
            "PATH": path,
            **dict.fromkeys(("HTTPS_PROXY", "https_proxy", "http_proxy"), proxy),
            **dict.fromkeys(
                ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS", "FAKE_API_CA"), pem
            ),
            "FAKE_API_PORT": port,
            "NODE_OPTIONS": f"--require {self.preload}",
            "JDK_JAVA_OPTIONS": f"-Djavax.net.ssl.trustStore={self.authority.java} "
            f"-Djavax.net.ssl.trustStorePassword={_PASSWORD} -Dhttps.proxyHost=127.0.0.1 -Dhttps.proxyPort={port} "
            "-XX:TieredStopAtLevel=1",
            "GOTOOLCHAIN": "local",
            **more,
        }

    def run(self, program: str, folder: pathlib.Path, variables: dict[str, str]) -> Outcome:
        """Run a program in its folder."""
        self.api.forget()
        done = subprocess.run(
            self.command(program),
            cwd=folder,
            env=self.environment(**variables),
            capture_output=True,
            text=True,
            timeout=120,
        )
        return Outcome(done.returncode, done.stdout + done.stderr)

    def command(self, program: str) -> list[str]:
        """How a person runs it."""
        tool = TOOLS[pathlib.PurePath(program).suffix]
        if tool == "python":
            return [sys.executable, program]
        if tool == "php":
            return ["php", "-d", f"curl.cainfo={self.authority.pem}", program]
        if tool == "node":
            return [nodejs.node(), program]
        return [tool, "run", program] if tool == "go" else [tool, program]


def missing(program: str) -> str:
    """Why a program cannot be run on this machine, "" if it can."""
    tool = TOOLS[pathlib.PurePath(program).suffix]
    if tool not in ("python", "node") and shutil.which(tool) is None:
        return f"no {tool} here"
    if tool == "php" and b"curl" not in subprocess.run(["php", "-m"], capture_output=True).stdout:
        return "this php has no curl"
    return ""
