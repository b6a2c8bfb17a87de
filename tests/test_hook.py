"""The hook in real pre-commit, in a real repository, with this checkout as its source."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest
import tomli
import yaml

from tests.samples import sample
from tests.tool import git, write

ROOT = pathlib.Path(__file__).parent.parent
BAD = 'from openai import OpenAI\n\nclient = OpenAI(api_key="API_KEY_OPENAI")\n'
GOOD = 'import os\nfrom openai import OpenAI\n\nclient = OpenAI(api_key=os.environ["OPENAI_API_KEY"])\n'

pytestmark = pytest.mark.xdist_group("hook")


@pytest.fixture(scope="session")
def source(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """This checkout, uncommitted changes and all, as a repository that pre-commit can clone."""
    folder = tmp_path_factory.mktemp("hook") / "keylint"
    listed = git(ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard").split("\0")
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(ROOT / name, folder / name)
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "keylint")
    return folder


@pytest.fixture(scope="session")
def home(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    """Where pre-commit keeps the environments it makes."""
    return tmp_path_factory.mktemp("pre-commit")


class Repository:
    """A repository with a hook installed."""

    def __init__(self, folder: pathlib.Path, home: pathlib.Path) -> None:
        self.folder = folder
        self.env = {
            **os.environ,
            "PRE_COMMIT_HOME": str(home),
            "PATH": os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"])),
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=self.folder, env=self.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )

    def commit(self) -> tuple[bool, str]:
        """Whether a commit of what is staged was made, and what was printed."""
        before = self.commits()
        done = self.run("git", "-c", "user.name=t", "-c", "user.email=t@example.invalid", "commit", "-m", "work")
        assert (done.returncode == 0) is (self.commits() > before), done.stdout
        return done.returncode == 0, done.stdout

    def commits(self) -> int:
        done = self.run("git", "rev-list", "--count", "--all")
        return int(done.stdout)

    def stage(self, files: dict[str, str | bytes]) -> None:
        write(self.folder, files)
        git(self.folder, "add", *files)


@pytest.fixture
def repository(
    request: pytest.FixtureRequest, project: pathlib.Path, source: pathlib.Path, home: pathlib.Path
) -> Repository:
    hook = getattr(request, "param", "keylint")
    git(project, "init", "-q")
    rev = git(source, "rev-parse", "HEAD").strip()
    write(
        project,
        {
            ".pre-commit-config.yaml": f"repos:\n  - repo: {source.as_uri()}\n    rev: {rev}\n    hooks:\n      - id: {hook}\n"
        },
    )
    made = Repository(project, home)
    done = made.run("pre-commit", "install", "--install-hooks")
    assert done.returncode == 0, done.stdout
    git(project, "add", "-A")
    assert made.commit()[0]
    return made


def test_a_bad_line_is_refused_and_the_fixed_one_passes(repository: Repository) -> None:
    repository.stage({"ask.py": BAD, "src/index.ts": "export {};\n", "logo.png": b"\x89PNG\0"})
    made, said = repository.commit()
    assert not made
    assert "KL202" in said
    assert "ask.py:3:25" in said
    assert 'client = OpenAI(api_key="API_KEY_OPENAI")' in said
    assert 'os.environ["OPENAI_API_KEY"]' in said
    assert "Traceback" not in said
    repository.stage({"ask.py": GOOD})
    assert repository.commit()[0]


def test_a_key_is_refused_and_never_printed(repository: Repository) -> None:
    key = sample("openai")
    repository.stage({"a b/config é.yaml": f"openai:\n  api_key: {key}\n"})
    made, said = repository.commit()
    assert not made
    assert "KL101" in said
    assert key not in said
    assert key[10:-10] not in said


def test_what_is_not_staged_does_not_count(repository: Repository) -> None:
    repository.stage({"ask.py": GOOD})
    write(repository.folder, {"ask.py": BAD, "other.py": BAD})
    assert repository.commit()[0]
    assert (repository.folder / "ask.py").read_text() == BAD
    assert git(repository.folder, "show", "HEAD:ask.py") == GOOD


def test_what_is_staged_counts_though_it_is_mended_since(repository: Repository) -> None:
    repository.stage({"ask.py": BAD})
    write(repository.folder, {"ask.py": GOOD})
    made, said = repository.commit()
    assert not made
    assert "KL202" in said
    assert (repository.folder / "ask.py").read_text() == GOOD
    git(repository.folder, "add", "ask.py")
    assert repository.commit()[0]


def test_a_file_that_was_removed_or_renamed(repository: Repository) -> None:
    repository.stage({"ask.py": GOOD, "gone.py": GOOD + "# more of it\n" * 9})
    assert repository.commit()[0]
    git(repository.folder, "rm", "-q", "gone.py")
    git(repository.folder, "mv", "ask.py", "asks.py")
    assert repository.commit()[0]


def test_only_files_that_cannot_be_read_as_text(repository: Repository) -> None:
    repository.stage({"logo.png": b"\x89PNG\0" + bytes(range(256))})
    assert repository.commit()[0]


def test_the_configuration_of_the_repository_counts(repository: Repository) -> None:
    repository.stage({"keylint.toml": 'exclude = ["legacy"]\n', "legacy/ask.py": BAD})
    assert repository.commit()[0]


@pytest.mark.parametrize("repository", ["keylint-fix"], indirect=True)
def test_the_fixing_hook_mends_and_asks_for_another_look(repository: Repository) -> None:
    repository.stage({"ask.py": BAD})
    made, said = repository.commit()
    assert not made
    assert "files were modified by this hook" in said
    mended = (repository.folder / "ask.py").read_text()
    assert mended == GOOD
    git(repository.folder, "add", "ask.py")
    assert repository.commit()[0]


@pytest.mark.parametrize("repository", ["keylint-project"], indirect=True)
def test_the_project_hook_sees_what_the_files_say_together(repository: Repository) -> None:
    repository.stage(
        {
            "ask.py": 'import os\n\nkey = os.environ["OPENAI_KEY"]\n',
            ".env.example": "OPENAI_API_KEY=\n",
            ".gitignore": ".env\n",
        }
    )
    made, said = repository.commit()
    assert not made
    assert "KL503" in said
    repository.stage(
        {"ask.py": 'import os\nfrom dotenv import load_dotenv\n\nload_dotenv()\nkey = os.environ["OPENAI_API_KEY"]\n'}
    )
    assert repository.commit()[0]


@pytest.mark.parametrize("hook", ["keylint", "keylint-fix", "keylint-project"])
def test_prek_runs_the_hooks_too(project: pathlib.Path, source: pathlib.Path, home: pathlib.Path, hook: str) -> None:
    prek = shutil.which("prek", path=os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"])))
    if prek is None:
        pytest.skip("prek is not installed")
    git(project, "init", "-q")
    rev = git(source, "rev-parse", "HEAD").strip()
    repo = f"repos:\n  - repo: {source.as_uri()}\n    rev: {rev}\n    hooks:\n      - id: {hook}\n"
    loads = 'import os\n\nkey = os.environ["OPENAI_KEY"]\n'
    files = {"ask.py": BAD, "read.py": loads, ".env.example": "OPENAI_API_KEY=\n", ".gitignore": ".env\n"}
    write(project, {".pre-commit-config.yaml": repo, **files})
    git(project, "add", "-A")
    env = {**os.environ, "PREK_HOME": str(home / "prek")}
    done = subprocess.run([prek, "run"], cwd=project, env=env, capture_output=True, text=True)
    said = done.stdout + done.stderr
    assert done.returncode == 1, said
    assert {"keylint": "KL202", "keylint-fix": "files were modified", "keylint-project": "KL503"}[hook] in said, said
    assert (project / "ask.py").read_text() == (GOOD if hook == "keylint-fix" else BAD)


@pytest.mark.parametrize("tool", ["pre-commit", "prek"])
def test_the_hooks_can_be_tried_without_a_configuration(
    project: pathlib.Path, source: pathlib.Path, home: pathlib.Path, tool: str
) -> None:
    program = shutil.which(tool, path=os.pathsep.join((str(pathlib.Path(sys.executable).parent), os.environ["PATH"])))
    if program is None:
        pytest.skip(f"{tool} is not installed")
    git(project, "init", "-q")
    write(project, {"ask.py": BAD})
    git(project, "add", "-A")
    env = {**os.environ, "PRE_COMMIT_HOME": str(home), "PREK_HOME": str(home / "prek")}
    command = [program, "try-repo", str(source), "keylint", "--all-files"]
    done = subprocess.run(command, cwd=project, env=env, capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    assert "KL202" in done.stdout + done.stderr


def test_the_repository_passes_its_own_hooks(source: pathlib.Path, home: pathlib.Path) -> None:
    done = Repository(source, home).run("pre-commit", "run", "--all-files")
    assert done.returncode == 0, done.stdout
    for name in ("ruff check", "ruff format", "keylint"):
        assert re.search(rf"^{name}\.+Passed$", done.stdout, re.MULTILINE)


def test_the_repository_s_hook_needs_what_the_package_needs() -> None:
    configured = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    (hook,) = [hook for repo in configured["repos"] for hook in repo["hooks"] if hook["id"] == "keylint"]
    needed = tomli.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    assert hook["additional_dependencies"] == needed
