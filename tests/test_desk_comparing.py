"""Plans side by side on the desk: what is offered, what is compared, and that it adds up."""

from __future__ import annotations

import shlex
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from conftest import Cli
from plans import book

from costplan.decisions.operands import Operand
from costplan.desk import Desk, WhatIf
from costplan.desk.comparing import STANDING, Compared, Comparing, Offering, compare_command
from costplan.errors import CostplanError, UsageError

TEXT = """\
name: Support
start: 2026-12
months: 3
uncertainty: none
workloads:
  chat:
    demand: {requests: 1000/day}
    request: {input: 800, output: 200}
    routing: {mix: {anthropic/claude-haiku-5-5: 60%, openai/gpt-6-luna: rest}}
variants:
  busy: {workloads.chat.demand.requests: 1300/day}
  terse: {workloads.chat.request.output: 100}
"""
BUSY = ("workloads.chat.demand.requests", "1300/day")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A scenario with two variants, another beside it, and a list of prices."""
    (tmp_path / "plan.yaml").write_text(TEXT, encoding="utf-8")
    other = TEXT.replace("1000/day", "500/day")
    (tmp_path / "half.yaml").write_text(other, encoding="utf-8")
    (tmp_path / "mine.yaml").write_text("provider: mine\n", encoding="utf-8")
    (tmp_path / "schema.json").write_text('{"properties": {"workloads": {}}}', encoding="utf-8")
    made = Desk(str(tmp_path / "plan.yaml"), book(), draws=16, others=("fast-tier.yaml",))
    made.load()
    return made


def compared(desk: Desk, *operands: Operand, what_if: WhatIf | None = None) -> Compared:
    """The answer."""
    return Comparing(what_if or WhatIf(), operands).answer(desk)


def totals(found: Compared) -> dict[str, str]:
    """Expected cost by plan."""
    return {row[0]: row[1] for row in found.page.tables[0].rows}


def written(desk: Desk) -> Operand:
    """The scenario as it is in the file."""
    return Operand(desk.path, is_base=True)


def test_what_can_be_compared(desk: Desk, cli: Cli) -> None:
    """As written, variants, scenarios and saved plans beside it, examples; no price lists."""
    folder = Path(desk.path).parent
    saved = cli("plan", desk.path, "--format", "json", "--draws", "16").out
    (folder / "march.json").write_text(saved, encoding="utf-8")
    names = [offer.name for offer in Offering(WhatIf()).answer(desk)]
    assert names == ["base", "busy", "terse", "half.yaml", "march.json", "fast-tier.yaml"]
    changed = Offering(WhatIf(None, (BUSY,))).answer(desk)
    assert (changed[1].operand, changed[1].name) == (STANDING, "what-if")


def test_unasked_the_variants_are_compared_then_what_was_changed(desk: Desk) -> None:
    """A what-if is held against the plan as written; it costs what the variant like it does."""
    plain = totals(compared(desk))
    assert list(plain) == ["base", "busy", "terse"]
    changed = totals(compared(desk, what_if=WhatIf(None, (BUSY,))))
    assert changed == {"base": plain["base"], "what-if": plain["busy"]}
    assert list(totals(compared(desk, what_if=WhatIf("busy")))) == ["base", "busy"]


def test_it_is_what_the_command_line_prints(desk: Desk, cli: Cli) -> None:
    """To the letter."""
    printed = cli("compare", desk.path, "--draws", "16", "--format", "markdown").out
    assert compared(desk).page.markdown() == printed


def test_files_dates_and_saved_plans_stand_side_by_side(desk: Desk, cli: Cli) -> None:
    """Each under a name of its own, the first what the others are held against."""
    folder = Path(desk.path).parent
    saved = cli("plan", desk.path, "--format", "json", "--draws", "16").out
    (folder / "march.json").write_text(saved, encoding="utf-8")
    found = compared(
        desk,
        Operand(str(folder / "march.json")),
        written(desk),
        Operand(str(folder / "half.yaml"), "busy"),
        Operand(desk.path, known_at=date(2026, 10, 20)),
    )
    assert found.labels == ("march.json", "plan", "half#busy", "plan@2026-10-20")
    assert found.bridges[0].change == "$0.00 0%"


@pytest.mark.parametrize("requests", ["1300/day", "7/day", "100k/day"])
def test_a_bridge_leads_from_total_to_total(desk: Desk, requests: str) -> None:
    """Its steps as shown add up to the difference of the totals as shown."""
    changes = ((BUSY[0], requests), ("workloads.chat.request.output", "333"))
    (bridge,) = compared(desk, what_if=WhatIf(None, changes)).bridges
    stepped = sum((step.amount for step in bridge.steps), Decimal(0))
    assert bridge.first.amount + stepped == bridge.last.amount
    assert {step.name for step in bridge.steps} == {"Volume", "Density"}


def test_a_file_that_changed_is_read_again(desk: Desk) -> None:
    """The other file as well; what did not change is not worked out again."""
    half = Path(desk.path).parent / "half.yaml"
    pair = (written(desk), Operand(str(half)))
    before = totals(compared(desk, *pair))
    half.write_text(TEXT.replace("1000/day", "250/day") + "\n", encoding="utf-8")
    after = totals(compared(desk, *pair))
    assert before["plan"] == after["plan"]
    assert before["half"] != after["half"]


@pytest.mark.parametrize(
    ("count", "says"), [(1, "choose another file or price date"), (5, "two to 4 plans")]
)
def test_two_to_four_plans(desk: Desk, count: int, says: str) -> None:
    """Fewer have no difference, more are not read."""
    with pytest.raises(UsageError, match=says):
        compared(desk, *[written(desk)] * count)


def test_a_price_date_before_any_price_says_when_the_first_became_known(desk: Desk) -> None:
    """Never a comparison with nothing."""
    with pytest.raises(CostplanError, match="the first became known on"):
        compared(desk, written(desk), Operand("", known_at=date(2020, 1, 1)))


def test_the_command_line_prints_the_same(
    desk: Desk, cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What only the desk knows is saved first; both lines are run as they are given."""
    monkeypatch.chdir(Path(desk.path).parent)
    desk.options = ("--draws", "16")
    what_if = WhatIf("terse", (BUSY,))
    found = compared(desk, what_if=what_if)
    line = compare_command(desk, what_if, found.operands)
    *_, printed = (cli(*shlex.split(part)[1:]).out for part in line.split(" && "))
    plans = [row.split()[1:] for row in printed.splitlines() if "$" in row][:2]
    told = [list(filter(None, row[1:])) for row in found.page.tables[0].rows]
    assert plans == told
