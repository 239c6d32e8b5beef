"""Explanations: a figure is the sum of what is shown for it, and says where that is from."""

from __future__ import annotations

import csv
import io
import json
from decimal import Decimal
from functools import cache

import pytest
from builders import projection
from conftest import Cli
from plans import SCENARIOS, book, plan, scenario

from costplan.decisions.explanation import explain
from costplan.decisions.parts import WHOLE, Part, part_named
from costplan.decisions.price_steps import price_steps
from costplan.decisions.swings import swings
from costplan.engine.projection import Projection
from costplan.errors import UnknownNameError, UsageError
from costplan.planning import CompiledPlan, compile_plan, project
from costplan.report.explain import explanation_page, lines_table, part_text
from costplan.report.headline import breach_text, delta_text, total_text
from costplan.report.money import MoneyFormat
from costplan.scenario import load_scenario

D = Decimal
GEMINI = "google/gemini-3.8-flash"
CENTS = MoneyFormat("USD", 2)


@cache
def compiled(name: str = "support-assistant.yaml") -> CompiledPlan:
    """A shipped plan, compiled once."""
    return compile_plan(load_scenario(SCENARIOS / name), book())


@cache
def made(name: str = "support-assistant.yaml") -> Projection:
    """The same, projected with few draws."""
    return compiled(name).project(draws=256)


def amount(text: str) -> Decimal:
    """An amount of money as it is shown."""
    return D(text.replace("$", "").replace(",", ""))


PARTS = [
    WHOLE,
    Part("2027-01"),
    Part("2027-Q1"),
    Part("2027-01", (("model", GEMINI),)),
    Part("2026-12", (("workload", "support-chat"),)),
    Part("", (("meter", "output"),)),
    Part("", (("owner", "phone"),)),
    Part("", (("model", GEMINI), ("meter", "input"))),
]


@pytest.mark.parametrize("part", PARTS, ids=part_text)
def test_lines_add_up_to_the_figure(part: Part) -> None:
    """Exactly, and as they are shown; each is its quantity times its rate."""
    found = explain(made(), part)
    items = [item for item in made().line_items if part.holds(item) and item.month in found.months]
    assert found.expected == pytest.approx(sum((item.cost for item in items), D(0)))
    table = lines_table(found, CENTS)
    shown = [amount(row[3]) for row in table.rows if row[3] and "<" not in row[3]]
    assert sum(shown, D(0)) == amount(table.totals[0][3]) == round(found.expected, 2)
    for row in table.rows:
        if row[1] and amount(row[3]) > 10:
            rate, per = row[2].split(" / ")
            assert per == "1M"
            product = amount(row[1]) * D(rate) / 1_000_000
            assert product == pytest.approx(amount(row[3]), abs=D("0.011"))


def test_one_rate_is_told_by_month_and_workload() -> None:
    """Down to the line items themselves: a row for each, before and after its price doubled."""
    part = Part("", (("model", GEMINI), ("meter", "input")))
    found = explain(made(), part)
    items = [i for i in made().line_items if part.holds(i)]
    assert [line.cost for line in found.lines] == pytest.approx(
        [i.cost for i in sorted(items, key=lambda i: (i.month, -i.cost))]
    )
    assert {line.row.rate for line in found.lines} == {D("0.75"), D("0.375"), D("1.5")}


def test_every_line_has_a_price_with_days_and_a_source() -> None:
    """The numbers in the last column are those of the table of prices, and of the sources."""
    page = explanation_page(explain(made(), Part("2027-01")))
    tables = {table.title: table for table in page.tables}
    used = {row[4] for row in tables["Quantity x rate = cost"].rows if row[4]}
    prices = {row[0]: row for row in tables["Prices"].rows}
    assert used == set(prices)
    (gemini,) = [row for row in prices.values() if row[1:3] == (GEMINI, "standard")]
    assert gemini[3] == "2027-01-01"
    sources = [note for note in page.notes if note.startswith("[")]
    assert all(any(number in note for note in sources) for number in used)
    assert all("http" in note for note in sources)


def test_the_facts_of_a_month() -> None:
    """Budget, chance, range and the month before, as the plan itself has them."""
    found = explain(made(), Part("2027-01"))
    total = made().totals()[1]
    assert found.band is not None
    assert (found.band.p10, found.band.p90) == (total.p10, total.p90)
    assert found.against is not None
    assert (found.against.budget, found.against.chance) == (total.budget, total.p_over)
    assert found.change is not None
    assert found.change.before == "2026-12"
    text = explanation_page(found).text(80)
    assert f"budget {CENTS(D(1100))}" in text
    assert "costs $191.32 (+32%) more than 2026-12" in text
    assert "gemini-3.8-flash from 2027-01-01" in text
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_first_month_and_the_whole_plan_have_none_before() -> None:
    """And a part of a workload has no range of its own, for draws are kept by workload."""
    assert explain(made(), Part("2026-12")).change is None
    assert explain(made(), WHOLE).change is None
    assert explain(made(), Part("", (("model", GEMINI),))).band is None
    chat = explain(made(), Part("2026-12", (("workload", "support-chat"),)))
    assert chat.against is not None
    assert chat.against.budget == 600


def test_warnings_are_those_that_touch_it() -> None:
    """A warning about one workload is not told of another."""
    six = made("six-workloads.yaml")
    codes = {w.where for w in explain(six, Part("", (("workload", "photo-captions"),))).warnings}
    assert codes == set()
    every = explain(six, WHOLE).warnings
    assert every == six.warnings
    review = explain(six, Part("", (("workload", "contract-review"),))).warnings
    assert [w.code for w in review] == ["cache-loses"]


def test_what_makes_the_range() -> None:
    """By hand: demand of 80 to 120 a day at a tenth of a cent; nothing else is unknown."""
    text = """
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 80k to 120k per month}
            request: {input: 1000, output: 0}
            routing: {mix: {openai/gpt-6-luna: 100%}}
          fixed:
            demand: {requests: 1M/month}
            request: {input: 1000, output: 0}
            routing: {mix: {openai/gpt-6-luna: 100%}}
    """
    plan_of = compile_plan(scenario(text), book())
    (swing,) = swings(plan_of, Part("2027-01"))
    known = plan_of.unknowns["workloads.chat.demand.requests"]
    low, high = (float(known.quantile([q])[0]) for q in (0.1, 0.9))  # type: ignore[arg-type]
    assert [float(v) for v in swing.values] == pytest.approx([low, high])
    assert [float(c) for c in swing.cost] == pytest.approx([100 + low / 1e4, 100 + high / 1e4])
    (mine,) = swings(plan_of, Part("", (("workload", "chat"),)))
    assert float(mine.size) == pytest.approx(3 * (high - low) / 1e4)
    assert swings(plan_of, Part("", (("workload", "fixed"),))) == ()


def test_swings_of_the_whole_plan_are_the_tornado() -> None:
    """The same ends as `sensitivity` has."""
    from costplan.decisions.sensitivity import sensitivity

    tornado = {e.name: e.swing for e in sensitivity(compiled(), draws=16).effects}
    found = {s.name: s.size for s in swings(compiled(), WHOLE)}
    assert set(found) == {name for name, swing in tornado.items() if swing}
    assert [float(found[name]) for name in found] == pytest.approx(
        [float(tornado[name]) for name in found], rel=1e-6
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], WHOLE),
        (["2027-01"], Part("2027-01")),
        (["2027-Q1", "output"], Part("2027-Q1", (("meter", "output"),))),
        (["phone"], Part("", (("owner", "phone"),))),
        ([GEMINI, "2026-12"], Part("2026-12", (("model", GEMINI),))),
    ],
)
def test_words_name_a_part(words: list[str], expected: Part) -> None:
    """In any order."""
    assert part_named(made(), words) == expected


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        (["2027-31"], UnknownNameError, "did you mean"),
        (["google/gemini-3.8-flsh"], UnknownNameError, GEMINI),
        (["2027-01", "2027-02"], UsageError, "both months"),
        (["input", "output"], UsageError, "both a meter"),
        (["support-chat", GEMINI], UsageError, "nothing in the plan is"),
    ],
)
def test_words_that_name_nothing(words: list[str], error: type[Exception], said: str) -> None:
    """Are told with the nearest name."""
    with pytest.raises(error, match=said):
        part_named(made(), words)


def test_price_steps_are_the_changes_of_models_in_use() -> None:
    """Gemini doubles in both of its modes; a plan that leaves it that day has no change."""
    steps = price_steps(made())
    assert [(s.day.isoformat(), s.model, s.mode) for s in steps] == [
        ("2027-01-01", GEMINI, "batch"),
        ("2027-01-01", GEMINI, "standard"),
    ]
    assert all(rate.after == 2 * rate.before for step in steps for rate in step.rates)
    moved = project(load_scenario(SCENARIOS / "support-assistant.yaml"), book(),
                    variant="move-in-january", draws=1)  # fmt: skip
    assert price_steps(moved) == ()


def test_an_exchange_rate_is_no_price_change() -> None:
    """The rate in euros is another from February on; the price is not."""
    euros = plan(
        """
        currency: EUR
        exchange:
          USD: [{from: 2026-12-01, rate: 0.9}, {from: 2027-02-01, rate: 0.8}]
        uncertainty: none
        workloads:
          chat:
            demand: {requests: 1M/month}
            request: {input: 1000, output: 0}
            routing: {mix: {openai/gpt-6-luna: 100%}}
        """,
        draws=1,
    )
    assert len({item.rate for item in euros.line_items}) == 2
    assert price_steps(euros) == ()


def test_headline_texts() -> None:
    """850.10 + 900.20 + 1000.30 + 480.15 + 3 x 12.345 = 3,267.785; P10 is 0.6 of it, P90 1.4."""
    usual = projection(budget="1100")
    assert total_text(usual) == "$3,267.78 (P10 $1,960.67 to P90 $4,574.90)"
    # 1,182.695 is over 1,100, and so are 1, 1.25 and 1.5 times it: 3 of 5 draws.
    assert breach_text(usual) == "▲ over from 2027-02 (60% chance)"
    # 1.25 and 1.5 times 1,182.695 are over 1,400: 2 of 5; of 1,072.595 only the latter.
    assert breach_text(projection(budget="1400")) == "● within budget (2027-02: 40% chance of over)"
    assert breach_text(projection(budget="5000")) == "● within budget"
    assert breach_text(projection()) == "no budget"
    dearer = projection({("chat", "openai/gpt-6-luna"): ["1000", "1000", "2000"]})
    base = projection({("chat", "openai/gpt-6-luna"): ["1000", "1000", "1200"]})
    assert delta_text(dearer, base) == "+$800.00 (+25%)"
    assert delta_text(base, dearer) == "-$800.00 (-20%)"
    assert delta_text(base, base) == "$0.00 (0%)"


def test_the_command_line_prints_it(cli: Cli) -> None:
    """As a page, a document and records, which hold the same amounts."""
    text = cli("plan", "support-assistant.yaml", "--explain", "2027-01", GEMINI).out
    assert f"Support assistant: {GEMINI} in 2027-01" in text
    assert "What makes the range" in text
    ran = cli("plan", "support-assistant.yaml", "--explain", "2027-01", "--format", "json")
    document = json.loads(ran.out)
    costs = [D(item["cost"]) for item in document["line_items"]]
    assert sum(costs, D(0)) == pytest.approx(D(document["expected"]))
    for item in document["line_items"]:
        product = D(str(item["quantity"])) * D(item["rate"]) / item["per"]
        assert product == pytest.approx(D(item["cost"]), abs=D("1E-8"))
    change = document["change"]
    assert sum(D(cause["delta"]) for cause in change["causes"]) == D(change["delta"])
    rows = list(
        csv.DictReader(
            io.StringIO(
                cli("plan", "support-assistant.yaml", "--explain", "2027-01", "--format", "csv").out
            )
        )
    )
    assert [D(row["cost"]) for row in rows] == costs
    assert cli("plan", "support-assistant.yaml", "--explain").code == 0


def test_the_command_line_refuses_what_cannot_be(cli: Cli) -> None:
    """A name of nothing, and options that shape another page."""
    ran = cli("plan", "support-assistant.yaml", "--explain", "2027-001")
    assert ran.code == 2
    assert "did you mean '2027-01'" in ran.err
    ran = cli("plan", "support-assistant.yaml", "--explain", "2027-01", "--by", "model")
    assert ran.code == 2
    assert "--explain" in ran.err
