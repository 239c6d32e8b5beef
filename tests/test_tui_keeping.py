"""Keeping a what-if from the screen, and files that change while one stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from builders_tui import SCENARIO, drive, press, settled, shown
from textual.pilot import Pilot

from costplan.desk import Desk, WhatIf
from costplan.scenario import load_scenario
from costplan.tui.messages import WhatIfMade
from costplan.tui.workbench import Workbench
from costplan.versions import Versions

REQUESTS = "workloads.support-chat.demand.requests"
WHAT_IF = WhatIf(None, ((REQUESTS, "15k/day"),))


FILE = Path("plan.yaml")


def read() -> str:
    return FILE.read_text()


def write(text: str) -> None:
    FILE.write_text(text)


def forbid() -> None:
    FILE.chmod(0o444)


def delete() -> None:
    FILE.unlink()


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Desk:
    """A desk on a plan of two months in the current folder."""
    monkeypatch.chdir(tmp_path)
    write(SCENARIO.format(months=2))
    return Desk("plan.yaml", draws=64, versions=Versions(tmp_path / "state"))


async def ask(pilot: Pilot[None], bench: Workbench, what_if: WhatIf) -> None:
    bench.post_message(WhatIfMade(what_if))
    await settled(pilot)


async def poll(pilot: Pilot[None], bench: Workbench) -> None:
    """What a timer does each second."""
    bench._poll()
    await settled(pilot)


def test_S_keeps_the_what_if_as_a_variant(desk: Desk) -> None:  # noqa: N802 - the key
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WHAT_IF)
        total = bench.figures.total if bench.figures else None
        await press(pilot, "S", "enter")
        assert "Name of the variant" in shown(pilot)
        await press(pilot, "enter")
        assert bench.what_if == WhatIf("what-if")
        assert bench.figures is not None
        assert bench.figures.total == total
        assert "kept as variant what-if of plan.yaml" in shown(pilot)
        await press(pilot, "u")
        assert bench.what_if == WHAT_IF

    drive(desk, steps)
    assert "what-if" in load_scenario("plan.yaml").variants


def test_a_name_that_is_taken_is_asked_about(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WHAT_IF)
        await press(pilot, "S", "enter", *["backspace"] * 7, *"cheapest", "enter")
        assert "There is a variant cheapest" in shown(pilot)
        await press(pilot, "enter")
        assert bench.what_if == WhatIf("cheapest")

    drive(desk, steps)
    assert "cheapest:" in read()


@pytest.mark.parametrize(
    ("variant", "typed", "file", "standing"),
    [
        (None, "itself", "plan.yaml", WhatIf()),
        ("cheapest", "into the variant", "plan.yaml", WhatIf("cheapest")),
        (None, "new file", "plan-what-if.yaml", WhatIf()),
    ],
)
def test_S_writes_it_elsewhere(  # noqa: N802 - the key
    desk: Desk, variant: str | None, typed: str, file: str, standing: WhatIf
) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WhatIf(variant, WHAT_IF.settings))
        total = bench.figures.total if bench.figures else None
        await press(pilot, "S", *typed, "enter")
        if "Name of" in shown(pilot):
            await press(pilot, "enter")
        await settled(pilot)
        assert bench.title_shown == file
        assert bench.what_if == standing
        assert bench.figures is not None
        assert bench.figures.total == total

    drive(desk, steps)


def test_the_version_before_is_brought_back(desk: Desk) -> None:
    before = read()

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WHAT_IF)
        await press(pilot, "S", *"itself", "enter")
        assert read() != before
        await press(pilot, "S", *"bring", "enter")
        assert "brought back" in shown(pilot)

    drive(desk, steps)
    assert read() == before


def test_a_file_that_cannot_be_written_is_told_and_the_what_if_stays(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WHAT_IF)
        forbid()
        await press(pilot, "S", "enter", "enter")
        assert "plan.yaml is read-only" in shown(pilot)
        assert bench.what_if == WHAT_IF

    drive(desk, steps)


def test_a_what_if_stays_over_a_changed_file_as_far_as_it_fits(desk: Desk) -> None:
    """What does not is told, and undo brings it back."""

    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        whole = WhatIf("cheapest", WHAT_IF.settings)
        await ask(pilot, bench, whole)
        text = read()
        write(text.replace("12k/day", "20k/day"))
        await poll(pilot, bench)
        assert bench.what_if == whole
        write(text.replace("cheapest:", "dearest:"))
        await poll(pilot, bench)
        assert bench.what_if == WHAT_IF
        assert "variant cheapest does not fit" in bench.said
        assert not bench.problems
        write(text)
        await poll(pilot, bench)
        await press(pilot, "u")
        assert bench.what_if == whole
        assert not bench.problems

    drive(desk, steps)


def test_a_deleted_file_is_told_and_the_last_plan_stays(desk: Desk) -> None:
    async def steps(pilot: Pilot[None], bench: Workbench) -> None:
        await ask(pilot, bench, WHAT_IF)
        before, text = bench.figures, read()
        delete()
        await poll(pilot, bench)
        assert "plan.yaml: the file was deleted" in shown(pilot)
        assert bench.figures is before
        write(text)
        await poll(pilot, bench)
        assert not bench.problems
        assert bench.what_if == WHAT_IF

    drive(desk, steps)
