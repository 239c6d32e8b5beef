"""The documents say what is so: outputs are real, commands and warnings are documented."""

from __future__ import annotations

import doctest
import importlib.util
import re
from pathlib import Path

import pytest
from conftest import Cli

import costplan

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text("utf-8")


def test_readme_shows_real_output(capsys: pytest.CaptureFixture[str]) -> None:
    """Every block is what its command prints; `python scripts/readme.py` writes them anew."""
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert module.refreshed(README) == README


def test_readme_python_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """The session in the README runs as shown."""
    monkeypatch.chdir(ROOT)
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried) == (0, 4)


def test_ci_runs_the_readmes_second_command() -> None:
    """What the README promises passes is what CI runs."""
    commands = re.findall(r"^    (python3 -m venv .*)$", README, re.MULTILINE)
    assert len(commands) == 2
    assert commands[1] in (ROOT / ".ci" / "run").read_text("utf-8")


def test_every_command_is_in_the_readme_or_the_docs(cli: Cli) -> None:
    """A verb nobody documents is a verb nobody finds."""
    listed = re.findall(r"^    (\w+) {2,}\S", cli("--help").out, re.MULTILINE)
    texts = README + "".join(file.read_text("utf-8") for file in (ROOT / "docs").glob("*.md"))
    assert {"plan", "compare", "tokens", "rate", "prices", "check", "new", "open"} <= set(listed)
    for verb in listed:
        assert f"costplan {verb}" in texts, verb


def test_every_warning_code_is_documented() -> None:
    """A code is an interface: programs test for it, so readers must find it."""
    table = (ROOT / "docs" / "scenario.md").read_text("utf-8")
    sources = "".join(file.read_text("utf-8") for file in (ROOT / "costplan/planning").glob("*.py"))
    codes = set(re.findall(r'(?:warn|PlanWarning)\(\s*"([a-z-]+)"', sources))
    assert len(codes) >= 10
    for code in codes:
        assert f"`{code}`" in table, code


def test_changelog_names_the_version() -> None:
    """The version in the package is the newest in the changelog."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == costplan.__version__
