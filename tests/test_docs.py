"""The documents say what is so: outputs are real, commands and warnings are documented."""

from __future__ import annotations

import doctest
import importlib.util
import json
import re
from pathlib import Path

import pytest
from conftest import Cli

import costplan
from costplan.tokens import message_frame
from costplan.tokens.content import Content
from costplan.tokens.density import FACTORS
from costplan.tokens.families import identify
from costplan.tokens.requests.claude.preambles import preamble

ROOT = Path(__file__).parent.parent
SPANS = re.DOTALL | re.MULTILINE
README = (ROOT / "README.md").read_text("utf-8")
REQUESTS = (ROOT / "docs" / "requests.md").read_text("utf-8")


@pytest.mark.parametrize("page", ["README.md", "docs/decisions.md"])
def test_pages_show_real_output(page: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every block is what its command prints; `python scripts/readme.py` writes them anew."""
    text = (ROOT / page).read_text("utf-8")
    spec = importlib.util.spec_from_file_location("readme", ROOT / "scripts" / "readme.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert page in module.PAGES
    assert module.refreshed(text) == text


def test_readme_python_is_true(monkeypatch: pytest.MonkeyPatch) -> None:
    """The session in the README runs as shown."""
    monkeypatch.chdir(ROOT / "scenarios")
    failed, tried = doctest.testfile(str(ROOT / "README.md"), module_relative=False)
    assert (failed, tried) == (0, 4)


def test_the_python_of_requests_is_true() -> None:
    """The session in docs/requests.md runs as shown."""
    failed, tried = doctest.testfile(str(ROOT / "docs" / "requests.md"), module_relative=False)
    assert (failed, tried) == (0, 5)


@pytest.mark.parametrize(
    ("row", "model"),
    [
        ("Claude 4, 4.1", "claude-opus-4-1"),
        ("Claude 4.5", "claude-haiku-4-5"),
        ("Claude 4.6", "claude-opus-4-6"),
        ("Opus 4.7", "claude-opus-4-7"),
        ("Opus 4.8", "claude-opus-4-8"),
        ("Sonnet 5", "claude-sonnet-5"),
        ("Opus 5", "claude-opus-5"),
        ("newer", "claude-haiku-5-5"),
    ],
)
def test_the_documented_preambles_are_those_in_use(row: str, model: str) -> None:
    """What introduces tools, by model."""
    found = preamble(model, identify(model))
    assert f"\n| {row} | {found.auto} | {found.forced} |" in REQUESTS


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
    sources = "".join(file.read_text("utf-8") for file in (ROOT / "costplan").rglob("*.py"))
    codes = set(re.findall(r'(?:warn|PlanWarning)\(\s*"([a-z-]+)"', sources))
    assert {"retiring", "over-context", "different-horizons"} < codes
    for code in codes:
        assert f"`{code}`" in table, code


def test_every_key_of_a_scenario_is_documented() -> None:
    """Each key that the JSON Schema knows stands in docs/scenario.md, as code."""
    text = (ROOT / "docs" / "scenario.md").read_text("utf-8")
    said = set(re.findall(r"\w+", " ".join(re.findall(r"^```.*?^```|`[^`]+`", text, SPANS))))
    known: set[str] = set()

    def gather(node: object) -> None:
        if isinstance(node, dict):
            known.update(node.get("properties", {}))
            node = list(node.values())
        for each in node if isinstance(node, list) else ():
            gather(each)

    gather(json.loads((ROOT / "scenarios" / "schema.json").read_text("utf-8")))
    assert {"growth", "shortfall_fee", "residency"} < known
    assert not known - said


TOKENS = (ROOT / "docs" / "tokens.md").read_text("utf-8")


def test_the_documented_factors_are_those_in_use() -> None:
    """Each family's row, with its bands."""
    rows = re.findall(r"^\| (\S+) \| (\d\.\d{3} \(.*) \|$", TOKENS, re.MULTILINE)
    documented = {family: cells.split(" | ") for family, cells in rows}
    used = {
        family: [f"{of.by_content[c]:.3f} ({of.spread[c]:.0%})".replace("%", " %") for c in Content]
        for family, of in FACTORS.items()
        if family != "o200k_base"
    }
    assert documented == used


@pytest.mark.parametrize(
    ("row", "model"),
    [
        ("OpenAI chat models", "openai/gpt-4o"),
        ("OpenAI since gpt-5, and o-series; GPT-6 is assumed", "openai/gpt-6-luna"),
        ("gpt-3.5-turbo-0301", "gpt-3.5-turbo-0301"),
        ("Claude 3 to 4.6", "anthropic/claude-opus-4-6"),
        ("Claude Opus 4.7", "anthropic/claude-opus-4-7"),
        ("Claude since Opus 4.8", "anthropic/claude-haiku-5-5"),
        ("Gemini since 2.5, on the Gemini API", "google/gemini-3.8-flash"),
        (
            "Gemini to 2.0 or on Vertex AI, embeddings, plain completions",
            "google/gemini-2.0-flash",
        ),
        ("others (`assumed`)", "acme/marvin"),
    ],
)
def test_the_documented_frames_are_those_in_use(row: str, model: str) -> None:
    """Once per request and once per message."""
    one, two = message_frame(model, 1), message_frame(model, 2)
    assert f"\n| {row} | {2 * one - two} | {two - one} |\n" in TOKENS


def test_no_document_or_source_cites_what_is_not_published() -> None:
    """A reader of the project can open every reference in it."""
    files = [*(ROOT / "docs").glob("*.md"), *(ROOT / "costplan").rglob("*.py"), ROOT / "README.md"]
    for file in files:
        assert not re.search(r"research/\w+\.md|peers\.md", file.read_text("utf-8")), file.name


PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def headings(page: Path) -> list[str]:
    """What a page's links may point at: its headings as forges write them in an address."""
    text = re.sub(r"^```.*?^```$", "", page.read_text("utf-8"), flags=SPANS)
    titles = re.findall(r"^#+ (.+)$", text, re.MULTILINE)
    return [re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """Every link to a file or a heading of the project finds it, and no two headings are alike."""
    assert len(set(headings(page))) == len(headings(page))
    for target in re.findall(r"\]\((?!https?:)([^)]+)\)", page.read_text("utf-8")):
        name, _, heading = target.partition("#")
        file = (page.parent / name) if name else page
        assert file.exists(), target
        assert not heading or heading in headings(file), target


def test_the_contents_of_modelling_are_its_sections() -> None:
    """In their order."""
    text = (ROOT / "docs" / "modelling.md").read_text("utf-8")
    sections = re.findall(r"^## (.+)$", text, re.MULTILINE)
    assert re.findall(r"^\d+\. \[([^]]+)\]\(#", text, re.MULTILINE) == sections


def test_changelog_names_the_version() -> None:
    """The version in the package is the newest in the changelog."""
    changelog = (ROOT / "CHANGELOG.md").read_text("utf-8")
    newest = re.search(r"^## (\S+)", changelog, re.MULTILINE)
    assert newest is not None
    assert newest[1] == costplan.__version__
