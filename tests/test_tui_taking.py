"""Taking along what is on the screen, the tour, and what is remembered of the user."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path

import pytest
from builders_tui import VOLUME, FakeDesk, change, drive, press, settled, shown
from textual.pilot import Pilot

from costplan.debug import LOG, log_to
from costplan.desk.preferences import FILE, Chosen, Preferences
from costplan.tui.app import CostplanApp
from costplan.tui.tour import STEPS, Tour
from costplan.tui.workbench import Workbench


@pytest.fixture(autouse=True)
def folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Whatever is written without a path is written here."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_table_is_copied_for_a_spreadsheet() -> None:
    """Tabs between cells, rows as shown, the totals too."""

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "y")
        lines = pilot.app.clipboard.splitlines()
        assert lines[0].split("\t")[:2] == ["Month", "Expected"]
        assert lines[1].split("\t")[:2] == ["2026-12", "$9,000"]
        assert lines[13].split("\t")[:2] == ["Total", "$180,395"]
        assert "copied" in shown(pilot)

    drive(FakeDesk(), steps)


@pytest.mark.parametrize(
    ("keys", "name", "words"),
    [
        (("e", "enter"), "support-assistant-what-if.csv", "month,workload,owner"),
        (("e", *"json", "enter"), "support-assistant-what-if.json", '"scenario"'),
        (("e", *"as markdown", "enter"), "support-assistant-what-if.md", "| Month | Expected |"),
        (("p",), "support-assistant-what-if.svg", "<svg"),
    ],
)
def test_exports_ask_for_a_name_and_say_where_they_went(
    keys: tuple[str, ...], name: str, words: str, folder: Path
) -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await change(pilot, VOLUME, "1.5")
        await press(pilot, *keys)
        assert name in shown(pilot)
        await press(pilot, "enter")
        await settled(pilot)
        assert words in (folder / name).read_text("utf-8")
        assert f"wrote {name}" in shown(pilot)

    drive(FakeDesk(), steps)


def test_the_command_line_is_shown_and_copied() -> None:
    """Quoted as a shell takes it, with what was said when the interface was opened."""
    desk = FakeDesk(settings=(("months", "6"),), options=("--draws=64",))

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "v")
        await change(pilot, VOLUME, "1.5")
        await press(pilot, "c")
        assert "This screen as a command" in shown(pilot)
        await press(pilot, "y")
        assert pilot.app.clipboard == (
            "costplan plan scenarios/support-assistant.yaml --variant=all-haiku "
            "--set months=6 --set assumptions.volume=1.5 --draws=64"
        )
        assert "This screen as a command" not in shown(pilot)

    drive(desk, steps)


def test_an_export_that_fails_is_told(folder: Path) -> None:
    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "e", "enter", "ctrl+u", *"gone/a.csv", "enter")
        await settled(pilot)
        assert "gone/a.csv was not saved: the folder gone is gone" in shown(pilot)

    drive(FakeDesk(), steps)


def test_the_tour_is_shown_once(folder: Path) -> None:
    """Four steps, forth and back; the next run begins without."""

    async def first(app: CostplanApp) -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            for k, step in enumerate(STEPS, start=1):
                assert f"{k} of 4  {step.title}" in shown(pilot)
                await press(pilot, "enter", "left", "enter")
            assert not isinstance(app.screen, Tour)
            await pilot.pause()

    async def second(app: CostplanApp) -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            assert not isinstance(app.screen, Tour)

    asyncio.run(first(CostplanApp(FakeDesk(), preferences=Preferences.kept(folder))))
    asyncio.run(second(CostplanApp(FakeDesk(), preferences=Preferences.kept(folder))))


def test_the_theme_that_was_chosen_comes_back(folder: Path) -> None:
    async def choose(app: CostplanApp) -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            app.theme = "costplan-light"
            await pilot.pause()

    app = CostplanApp(FakeDesk(), preferences=Preferences.kept(folder))
    asyncio.run(choose(app))
    assert json.loads((folder / FILE).read_bytes())["theme"] == "costplan-light"
    assert CostplanApp(FakeDesk(), preferences=Preferences.kept(folder)).theme == "costplan-light"


@pytest.mark.parametrize("text", ["", "[]", '{"theme": 3, "tour_seen": "no"}', "\x00"])
def test_what_cannot_be_read_is_not_remembered(text: str, folder: Path) -> None:
    (folder / FILE).write_text(text, encoding="utf-8")
    assert Preferences.kept(folder).chosen == Chosen()


def test_a_folder_that_cannot_be_written_is_no_error(folder: Path) -> None:
    (folder / "file").write_text("", encoding="utf-8")
    preferences = Preferences.kept(folder / "file")
    preferences.choose(theme="costplan-light")
    assert preferences.chosen.theme == "costplan-light"


def test_a_theme_that_is_no_more_is_not_missed() -> None:
    preferences = Preferences(chosen=Chosen("gone", tour_seen=True))
    assert CostplanApp(FakeDesk(), preferences=preferences).theme == "costplan-dark"


def test_a_log_tells_what_was_asked_and_what_came_back(folder: Path) -> None:
    """And the screen shows none of it."""
    log_to(folder / "log.txt")

    async def steps(pilot: Pilot[None], _: Workbench) -> None:
        await press(pilot, "v")
        assert "asked by" not in shown(pilot)

    try:
        drive(FakeDesk(), steps)
    finally:
        for handler in LOG.handlers[:]:
            if isinstance(handler, logging.FileHandler):
                handler.close()
                LOG.removeHandler(handler)
    text = (folder / "log.txt").read_text("utf-8")
    assert "asked by planning: Planning(what_if=WhatIf(variant='all-haiku'" in text
    assert "answered planning" in text


def test_a_fault_of_ours_ends_in_a_sentence(capfd: pytest.CaptureFixture[str]) -> None:
    """Not in a traceback; the log has that."""

    async def run(app: CostplanApp) -> None:
        async with app.run_test(size=(80, 24)) as pilot:
            await settled(pilot)
            app._handle_exception(ZeroDivisionError("division by zero"))

    app = CostplanApp(FakeDesk())
    with pytest.raises(ZeroDivisionError):
        asyncio.run(run(app))
    said = capfd.readouterr().err
    assert "the interface stopped: ZeroDivisionError: division by zero" in said
    assert "Traceback" not in said
