"""The five tasks of docs/interface.md, done with the keys that stand there."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from builders_tui import drive, settled, shown
from plans import book
from textual.pilot import Pilot

from costplan.desk import Desk
from costplan.scenario import load_scenario
from costplan.tui.workbench import Workbench

PAGE = Path(__file__).parent.parent / "docs" / "interface.md"
NAMES = {"Enter": "enter", "Esc": "escape", "↓": "down", "/": "slash"}


def keys_of_tasks() -> list[list[str]]:
    """What stands after `Keys:` in each task."""
    lines = re.findall(r"^   Keys: (.*)\.$", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    return [re.findall(r"`([^`]+)`", line) for line in lines]


async def do(pilot: Pilot[None], keys: list[str]) -> str:
    """Press them one after the other, words letter by letter."""
    for key in keys:
        letters = [NAMES[key]] if key in NAMES else [*key]
        await pilot.press(*({"%": "percent_sign", "-": "minus"}.get(x, x) for x in letters))
        await settled(pilot)
    return shown(pilot)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_five_tasks(
    size: tuple[int, int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On the example that `costplan` alone opens, in a large and in a small terminal."""
    monkeypatch.chdir(tmp_path)

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        first, second, third, fourth, fifth = keys_of_tasks()
        assert "▲ over from 2027-08 (" in await do(pilot, first)
        saving = re.search(r"(-\$[\d,]+) \(", await do(pilot, second))
        assert saving
        await do(pilot, third)
        assert "variant mostly-gemini" in shown(pilot)
        assert "Why 2027-06 differs from 2027-05" in await do(pilot, fourth)
        await do(pilot, fifth)

    drive(Desk("support-assistant.yaml", book()), steps, size=size)
    mix = (
        "  mostly-gemini:\n"
        "    workloads.call-summaries.routing.mix:\n"
        "      google/gemini-3.8-flash: 80%\n"
        "      openai/gpt-6-luna: 20%\n"
    )
    assert mix in Path("support-assistant.yaml").read_text("utf-8")
    load_scenario("support-assistant.yaml").apply("mostly-gemini")
    with Path("support-assistant-mostly-gemini.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["month"] for row in rows} >= {"2026-12", "2027-11"}
