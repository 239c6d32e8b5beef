"""`plan`, `compare`, `check`, `new` and `schema`, from file to output."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import Cli

from costplan.scenario import Scenario, read_scenario

SCENARIO = """\
name: Small
start: 2026-05
months: 2
uncertainty: none
workloads:
  mini:
    demand: {requests: 1000/month}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-4o-mini: 100%}}
budget: {monthly: 0.3}
variants:
  twice: {workloads.mini.demand.requests: 2000/month}
"""
OVER = SCENARIO.replace("monthly: 0.3", "monthly: 0.25")


@pytest.fixture
def scenario(tmp_path: Path) -> str:
    """A file with a scenario that costs $0.255 a month."""
    path = tmp_path / "small.yaml"
    path.write_text(SCENARIO)
    return str(path)


def test_the_plan_of_a_file(cli: Cli, scenario: str) -> None:
    """A table on standard output, nothing on standard error."""
    ran = cli("plan", scenario)
    assert (ran.code, ran.err) == (0, "")
    assert "$0.255" in ran.out
    assert "$0.510" in ran.out


def test_the_published_totals_come_out_exactly(cli: Cli) -> None:
    """`fast-tier.yaml`: $0.255, $0.50 and $1.60 by model."""
    ran = cli("plan", "scenarios/fast-tier.yaml", "--format", "json")
    costs = {row["model"]: row["expected"] for row in json.loads(ran.out)["by_model"]}
    assert sorted(costs.values()) == ["0.255", "0.5", "1.6"]


def test_an_example_is_found_anywhere(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From an empty folder, with a note on standard error."""
    monkeypatch.chdir(tmp_path)
    ran = cli("plan", "scenarios/fast-tier.yaml")
    assert ran.code == 0
    assert "is not on disk; using the example of that name" in ran.err


@pytest.mark.parametrize("form", ["table", "json", "csv", "markdown"])
def test_standard_input_is_a_scenario(cli: Cli, form: str) -> None:
    """`-` reads it, in every format."""
    assert cli("plan", "-", "--format", form, stdin=SCENARIO.encode()).code == 0


def test_line_items_as_csv(cli: Cli, scenario: str) -> None:
    """Months times meters, costs exact."""
    rows = list(csv.DictReader(io.StringIO(cli("plan", scenario, "--format", "csv").out)))
    assert [(row["month"], row["meter"], row["cost"]) for row in rows] == [
        ("2026-05", "input", "0.075"),
        ("2026-05", "output", "0.18"),
        ("2026-06", "input", "0.075"),
        ("2026-06", "output", "0.18"),
    ]


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        ((), "0.51"),
        (("--variant", "twice"), "1.02"),
        (("--set", "workloads.mini.request.input=0", "--months", "1"), "0.18"),
        (("--variant", "twice", "--set", "months=1"), "0.51"),
        (("--start", "2026-11", "--months", "3"), "0.765"),
    ],
)
def test_options_of_the_plan(
    cli: Cli, scenario: str, extra: tuple[str, ...], expected: str
) -> None:
    """Variants, settings and the horizon, alone and together."""
    plan = json.loads(cli("plan", scenario, "--format", "json", *extra).out)
    assert plan["horizon"]["expected"] == expected


@pytest.mark.parametrize(
    ("text", "extra", "code"),
    [
        (SCENARIO, (), 0),
        (OVER, (), 1),
        (OVER, ("--confidence", "0.9"), 1),
        (SCENARIO, ("--variant", "twice"), 1),
        (SCENARIO.replace("budget: {monthly: 0.3}\n", ""), (), 2),
        (SCENARIO.replace("monthly: 0.3", "monthly: 0"), (), 1),
        (SCENARIO.replace("monthly: 0.3", "months: {2026-06: 0}"), (), 1),
        (SCENARIO.replace("monthly: 0.3", "total: 0"), (), 1),
        (SCENARIO.replace("monthly: 0.3", "per: {mini: 0}"), (), 1),
    ],
)
def test_the_budget_is_checked_by_the_exit_code(
    cli: Cli, text: str, extra: tuple[str, ...], code: int
) -> None:
    """1 is over, 2 is no budget at all (0 is one); the plan is printed all the same."""
    ran = cli("plan", "-", "--check-budget", *extra, stdin=text.encode())
    assert ran.code == code
    assert ("over budget: " in ran.err) is (code == 1)
    assert "By model" in ran.out


def test_what_is_over_is_told_so_that_it_shows(cli: Cli) -> None:
    """$0.255 over $0.2549 is not `0.26 over 0.25`."""
    text = SCENARIO.replace("monthly: 0.3", "monthly: 0.2549")
    ran = cli("plan", "-", "--check-budget", stdin=text.encode())
    assert ran.err.splitlines()[0] == (
        "over budget: 2026-05: expected $0.2550 is over the budget of $0.2549"
    )


def test_over_budget_is_no_failure_unless_asked(cli: Cli) -> None:
    """Without --check-budget the code is 0, and the table says over."""
    ran = cli("plan", "-", stdin=OVER.encode())
    assert (ran.code, "▲ over" in ran.out) == (0, True)


def test_one_seed_gives_one_output(cli: Cli) -> None:
    """Byte for byte."""
    run = ("plan", "support-assistant.yaml", "--format", "json", "--draws", "64")
    assert cli(*run).out == cli(*run).out
    assert cli(*run).out != cli(*run, "--seed", "1").out


def test_the_chart_is_drawn_above_the_table(cli: Cli, scenario: str) -> None:
    """Without colour in a pipe."""
    out = cli("plan", scenario, "--chart").out
    assert "━ expected" in out
    assert "\x1b" not in out
    assert out.index("━ expected") < out.index("By model")


BROKEN = """\
name: Broken
start: 2026-12
workloads:
  a:
    demand: {requests: 1k/day}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-4o-mimi: 100%}}
"""


@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        ("name: x\n", 2, "<stdin>:1:1: "),
        (BROKEN, 3, "<stdin>:7:"),
        (BROKEN.replace("name:", "nmae:"), 2, "nmae"),
    ],
)
def test_problems_of_a_file_are_told_with_their_place(
    cli: Cli, text: str, code: int, said: str
) -> None:
    """2 for the file, 3 for an unknown model; both is 2."""
    ran = cli("plan", "-", stdin=text.encode())
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


@pytest.mark.parametrize("name", ["no-such.yaml", "."])
def test_a_file_that_is_none(cli: Cli, name: str) -> None:
    """Missing, or a folder: one sentence and exit code 2."""
    ran = cli("plan", name)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("costplan: ")


def test_variants_are_compared_with_their_base(cli: Cli, scenario: str) -> None:
    """With one file, all its variants."""
    result = json.loads(cli("compare", scenario, "--format", "json").out)
    assert [plan["label"] for plan in result["plans"]] == ["base", "twice"]
    assert result["horizon"]["expected"] == ["0.51", "1.02"]
    assert result["horizon"]["delta"] == ["0", "0.51"]


def test_a_saved_plan_is_defended_later(cli: Cli, scenario: str, tmp_path: Path) -> None:
    """Saved as JSON, compared with a variant of the file it came from."""
    saved = str(tmp_path / "march.json")
    cli("plan", scenario, "-o", saved)
    result = json.loads(cli("compare", saved, f"{scenario}#twice", "--format", "json").out)
    assert [plan["label"] for plan in result["plans"]] == ["march.json", "small#twice"]
    assert result["horizon"]["change"] == [0.0, 1.0]
    assert cli("compare", f"{saved}#x", scenario).code == 2


def test_the_same_plan_as_known_on_two_days(cli: Cli) -> None:
    """Later knowledge changes nothing; before any price was known, the price is missing."""
    later = SCENARIO.replace("2026-05", "2027-01")
    text = later.replace("openai/gpt-4o-mini", "google/gemini-3.8-flash").encode()
    now = cli("compare", "--format", "json", "--", "-", "-@2026-10-01", stdin=text)
    assert json.loads(now.out)["horizon"]["change"] == [0.0, 0.0]
    before = cli("compare", "--", "-", "-@2026-09-01", stdin=text)
    assert (before.code, before.out) == (3, "")


@pytest.mark.parametrize(
    ("form", "row"),
    [
        ("table", "twice     $1.02  +$0.51   +100%  $1.02  $1.02  ▲ over by $0.42"),
        ("csv", "horizon,Total,twice,1.02,0.51,1.0"),
        ("markdown", "| twice | $1.02 | +$0.51 | +100% | $1.02 | $1.02 | ▲ over by $0.42 |"),
        ("json", '"label": "twice",'),
    ],
)
def test_comparisons_in_every_format(cli: Cli, scenario: str, form: str, row: str) -> None:
    """The variant with its cost and what it costs more than the base."""
    ran = cli("compare", scenario, "--format", form)
    assert (ran.code, ran.err) == (0, "")
    assert row in [line.strip() for line in ran.out.splitlines()]


def test_a_file_is_read_and_checked_once(
    cli: Cli, scenario: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many of its variants are compared."""
    read: list[str] = []
    checked: list[str] = []

    def read_bytes(path: Path, real: Callable[[Path], bytes] = Path.read_bytes) -> bytes:
        read.append(str(path))
        return real(path)

    def read_once(data: bytes, file: str, folder: Path) -> Scenario:
        checked.append(file)
        return read_scenario(data, file, folder)

    monkeypatch.setattr(Path, "read_bytes", read_bytes)
    monkeypatch.setattr("costplan.scenario.read_scenario", read_once)
    assert cli("compare", scenario, f"{scenario}#twice", f"{scenario}@2026-11-01").code == 0
    assert (read.count(scenario), checked) == (1, [scenario])


def test_a_file_without_variants_needs_another(cli: Cli) -> None:
    """One plan is not a comparison."""
    text = SCENARIO[: SCENARIO.index("variants:")]
    ran = cli("compare", "-", stdin=text.encode())
    assert (ran.code, "has no variants" in ran.err) == (2, True)


def test_the_claim_of_two_hours_is_130_seconds(cli: Cli) -> None:
    """100 photos at 3.4 against 2.1 seconds: 38 % less time, 62 % more throughput."""
    ran = cli("compare", "product-images.yaml#slower", "product-images.yaml", "--format", "json")
    (saved,) = json.loads(ran.out)["processing"]
    assert saved["seconds_saved_per_day"] == pytest.approx(130)
    assert saved["less_time"] == pytest.approx(0.38, abs=0.005)
    assert saved["more_throughput"] == pytest.approx(0.62, abs=0.005)


def test_check_prints_every_problem_sorted(cli: Cli, tmp_path: Path) -> None:
    """Files of both kinds; problems on standard output, the count on standard error."""
    for name, text in {
        "b.yaml": "nmae: x\nstart: 2026-12\n",
        "a.yaml": "provider: x\ncurency: USD\n",
        "c.yaml": SCENARIO,
    }.items():
        (tmp_path / name).write_text(text)
    ran = cli("check", str(tmp_path))
    lines = ran.out.splitlines()
    assert ran.code == 2
    files = [Path(line.partition(":")[0]).name for line in lines]
    assert (files, set(files)) == (sorted(files), {"a.yaml", "b.yaml"})
    assert any(":1:1: nmae: unknown key" in line for line in lines)
    assert f"3 files checked, {len(lines)} problems" in ran.err


@pytest.mark.parametrize(
    ("text", "code"), [(SCENARIO, 0), (BROKEN, 3), (BROKEN.replace("start:", "strat:"), 2)]
)
def test_check_ends_with_the_code_of_the_worst(cli: Cli, text: str, code: int) -> None:
    """An unknown model is 3; a problem of the file wins."""
    assert cli("check", "-", stdin=text.encode()).code == code


def test_check_of_a_missing_file_is_a_problem_like_others(cli: Cli) -> None:
    """The other files are checked all the same; and as JSON it has its fields."""
    ran = cli("check", "no-such.yaml", "-", "--format", "json", stdin=SCENARIO.encode())
    (problem,) = json.loads(ran.out)
    assert (ran.code, problem["file"], problem["exit_code"]) == (2, "no-such.yaml", 2)


def test_a_name_is_repeated_as_it_was_written(cli: Cli) -> None:
    """Only what the system says is set into the sentence."""
    assert cli("check", "NoSuch.YAML").out.startswith(
        "NoSuch.YAML: unknown scenario file 'NoSuch.YAML'"
    )


def test_the_shipped_files_have_no_problems(cli: Cli) -> None:
    """Every example and every price file."""
    here = Path(__file__).parent.parent
    ran = cli("check", str(here / "scenarios"), str(here / "pricing"))
    assert (ran.code, ran.out) == (0, "")


@dataclass
class Template:
    """A template as the scenario room gives it."""

    name: str
    summary: str
    text: str


@pytest.fixture
def _templates(monkeypatch: pytest.MonkeyPatch) -> None:
    made = (Template("rag-search", "search", SCENARIO), Template("coding", "code", SCENARIO))
    monkeypatch.setattr("costplan.scenario.templates", lambda: made, raising=False)


@pytest.mark.usefixtures("_templates")
class TestNew:
    """`costplan new`."""

    def test_bare_it_lists(self, cli: Cli) -> None:
        """Names and what they are for; nothing is written."""
        ran = cli("new")
        assert ran.code == 0
        assert "rag-search" in ran.out
        assert "search" in ran.out

    def test_it_writes_and_never_overwrites(
        self, cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Once here, once into a folder, once refused."""
        monkeypatch.chdir(tmp_path)
        assert cli("new", "coding").code == 0
        assert Path("coding.yaml").read_text() == SCENARIO
        assert json.loads(Path("costplan.schema.json").read_text())["type"] == "object"
        Path("coding.yaml").write_text("mine")
        ran = cli("new", "coding")
        assert (ran.code, "exists already" in ran.err) == (2, True)
        assert Path("coding.yaml").read_text() == "mine"
        Path("folder").mkdir()
        assert cli("new", "coding", "folder").code == 0
        assert Path("folder/coding.yaml").exists()

    def test_a_schema_that_is_there_stays(self, cli: Cli, tmp_path: Path) -> None:
        """It may be newer, or the user's own."""
        (tmp_path / "costplan.schema.json").write_text("{}")
        cli("new", "coding", str(tmp_path / "x.yaml"))
        assert (tmp_path / "costplan.schema.json").read_text() == "{}"

    def test_it_prints_to_a_dash(self, cli: Cli) -> None:
        """For pipes."""
        assert cli("new", "coding", "-").out == SCENARIO

    def test_an_unknown_template_names_the_nearest(self, cli: Cli) -> None:
        """Exit code 2."""
        ran = cli("new", "codng")
        assert (ran.code, "did you mean 'coding'?" in ran.err) == (2, True)


@pytest.mark.parametrize("kind", ["scenario", "prices"])
def test_a_schema_is_json_schema(cli: Cli, kind: str) -> None:
    """For editors that want it on disk."""
    assert json.loads(cli("schema", kind).out)["type"] == "object"
