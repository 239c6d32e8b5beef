"""The views as pictures: what colours, weights and glyphs come to, on the shipped scenarios.

    pytest tests/test_tui_pictures.py --update-golden

writes them anew into `tests/golden/pictures/`; look at them before they are kept.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from builders_tui import drive, press, settled
from conftest import Golden
from plans import book
from textual.pilot import Pilot
from textual.widgets import TextArea

from costplan.desk import Desk
from costplan.tui.workbench import Workbench

SIX = "scenarios/six-workloads.yaml"
WIDE, NARROW = (120, 40), (80, 24)
BROKEN = """\
name: Support
start: 2026-12
workloads:
  chat:
    demand: {requests: 12k/day}
    request: {input: 600, output: 220}
    rooting: {mix: {openai/gpt-6-luna: 100%}}
"""


@dataclass(frozen=True)
class Picture:
    """One view: the keys that lead to it, and how large and in which colours the terminal is."""

    name: str
    keys: tuple[str, ...] = ()
    size: tuple[int, int] = WIDE
    theme: str = "costplan-dark"
    scenario: str = SIX


PICTURES = (
    Picture("plan"),
    Picture("plan-light", theme="costplan-light"),
    Picture("plan-80x24", size=NARROW),
    Picture("what-if", ("w", "right", "right")),
    Picture("explanation", ("down", "enter"), NARROW),
    Picture("compare", ("2",)),
    Picture("drivers", ("3",), NARROW),
    Picture("mix", ("4",), theme="costplan-light", scenario="scenarios/cheapest-mix.yaml"),
    Picture("prices", ("5", "enter")),
    Picture("tokens", ("6",), NARROW),
    Picture("edit", ("7",), NARROW),
    Picture("error", scenario="broken.yaml", size=NARROW),
    Picture("empty-folder", scenario="support-assistant.yaml", size=NARROW),
)


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.name)
def test_the_picture(
    picture: Picture, golden: Golden, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not picture.scenario.startswith("scenarios/"):
        (tmp_path / "broken.yaml").write_text(BROKEN, encoding="utf-8")
        monkeypatch.chdir(tmp_path)

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        pilot.app.theme = picture.theme
        await press(pilot, *picture.keys)
        drawn: list[str] = []
        while len(drawn) < 4 or len(set(drawn[-4:])) > 1:  # an answer may lead to a question
            await pilot.pause(0.1)
            await settled(pilot)
            drawn.append(steady(pilot))
        golden(f"pictures/{picture.name}.svg", drawn[-1])

    desk = Desk(picture.scenario, book(), day=date(2026, 12, 1))
    drive(desk, steps, size=picture.size)


def steady(pilot: Pilot[None]) -> str:
    """The picture, with a cursor that does not blink."""
    for area in pilot.app.screen.query(TextArea):
        area.cursor_blink = False
        area._cursor_visible = True
        area._line_cache.clear()
        area.refresh()
    return portable(pilot.app.export_screenshot(title=""))


def portable(svg: str) -> str:
    """Without the name that each picture is given at random, and without fonts from elsewhere."""
    found = re.search(r"terminal-(\d+)-", svg)
    assert found
    svg = svg.replace(f"terminal-{found[1]}-", "costplan-")
    return re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL)
