"""The keys at the bottom: whole ones, and those that matter."""

from __future__ import annotations

import pytest
from builders_tui import FakeDesk, drive, press, shown
from textual.pilot import Pilot

from costplan.tui.workbench import Workbench


@pytest.mark.parametrize("view", "123456")
@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_no_key_is_cut(view: str, width: int) -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, view)
        await pilot.pause()
        keys = shown(pilot).splitlines()[-1]
        assert "? Help q Quit" in keys
        assert ("What if" in keys) or width < 80

    drive(FakeDesk(), steps, size=(width, 24))


def test_a_wider_screen_shows_more_of_them() -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        assert "Open" not in shown(pilot).splitlines()[-1]
        await pilot.resize_terminal(120, 24)
        await pilot.pause()
        assert "Open" in shown(pilot).splitlines()[-1]

    drive(FakeDesk(), steps, size=(60, 24))
