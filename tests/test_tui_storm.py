"""Whatever is pressed, clicked, resized or written over at any time, nothing breaks or is lost.

`COSTPLAN_STORMS=20 pytest tests/test_tui_storm.py` tries as many sequences instead of two short
ones; each is the same every time.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

import pytest
from builders_tui import SCENARIO, settled
from textual.app import App, ComposeResult
from textual.message import Message
from textual.pilot import OutOfBounds, Pilot

from costplan import writing
from costplan.cli import main
from costplan.desk import Desk
from costplan.report.document import json_text, plan_document
from costplan.tui.app import CostplanApp
from costplan.tui.deciding import Deciding
from costplan.tui.listed import Listed
from costplan.tui.messages import Failed
from costplan.versions import Versions

STORMS = int(os.environ.get("COSTPLAN_STORMS", "0"))
SEQUENCES = [(seed, 500) for seed in range(STORMS)] or [(101, 120), (102, 120)]

KEYS = (
    *"123456789", *"123456789", *"vVuU0nroycepS?whjkl[]/x",
    *"vuS", "escape", "escape", "escape", "escape", "enter", "enter", "enter", "tab", "shift+tab",
    "up", "down", "left", "right", "up", "down", "left", "right", "plus", "minus", "space",
    "backspace", "delete", "home", "end", "pageup", "pagedown", "ctrl+s", "ctrl+s", "ctrl+z",
    "ctrl+y", "ctrl+p", "ctrl+f", "f1", "f3", "f8", "ctrl+space", "a", "5", "8", ":", "%",
)  # fmt: skip
"""All that means something; leaving (`q`) is not tried."""
OUT = ("escape", "escape", "escape")
DEEDS = (
    (*OUT, "1", "S", "enter", "enter"),
    (*OUT, "1", "S", *"itself", "enter"),
    (*OUT, "1", "S", *"bring", "enter"),
    (*OUT, "1", "w", "down", "right", "right"),
    (*OUT, "1", "w", "down", "down", "left", "u"),
    (*OUT, "7", "end", "#", *"note", "ctrl+s"),
    (*OUT, "7", "end", "x", "escape", "u", "U", "v"),
)
"""Keys that do something together; few would come about by chance."""
SIZES = ((120, 40), (80, 24), (200, 60), (60, 20), (40, 12), (100, 30))
FILE = Path("plan.yaml")
VALID = SCENARIO.format(months=2)
CHANGES: dict[str, Callable[[Random], None]] = {
    "valid": lambda r: write(VALID.replace("12k/day", f"{r.randint(5, 20)}k/day")),
    "variant gone": lambda _: write(VALID.replace("cheapest:", "dearest:")),
    "workload gone": lambda _: write(VALID.replace("mail-triage:", "mail:")),
    "commented": lambda r: write(f"# note {r.random()}\n{VALID}"),
    "broken": lambda _: write(VALID.replace("months: 2", "months: [2")),
    "wrong": lambda _: write(VALID.replace("months: 2", "months: none at all")),
    "empty": lambda _: write(""),
    "no text": lambda _: write("\0"),
    "deleted": lambda _: FILE.unlink(missing_ok=True),
    "restored": lambda _: write(VALID),
}


def write(text: str) -> None:
    """As another program does."""
    FILE.write_text(text)


@dataclass
class Storm:
    """One sequence: what happens, and what was saved on the way."""

    r: Random
    steps: list[str] = field(default_factory=list)
    saved: list[tuple[Path, bytes]] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)

    def hear(self, message: Message) -> None:
        """An error that nobody foresaw comes back as a problem."""
        if isinstance(message, Failed):
            self.unexpected += [line for line in message.problems if "unexpected" in line]

    async def step(self, pilot: Pilot[None]) -> None:
        """One thing that somebody does."""
        roll = self.r.random()
        app = pilot.app
        assert isinstance(app, CostplanApp)
        if roll < 0.08:
            deed = self.r.choice(DEEDS)
            self.steps += deed
            await pilot.press(*deed)
        elif roll < 0.80:
            key = self.r.choice(KEYS)
            self.steps.append(key)
            await pilot.press(key)
        elif roll < 0.90:
            x, y = self.r.randrange(app.size.width), self.r.randrange(app.size.height)
            self.steps.append(f"click {x},{y}")
            with suppress(OutOfBounds):  # it was resized meanwhile
                await pilot.click(offset=(x, y))
        elif roll < 0.93:
            width, height = self.r.choice(SIZES)
            self.steps.append(f"{width}x{height}")
            await self.undisturbed(app, pilot.resize_terminal(width, height))
        elif roll < 0.97:
            change = self.r.choice(list(CHANGES))
            self.steps.append(change)
            CHANGES[change](self.r)
        else:
            self.steps.append("poll")
            app.workbench._poll()
            await self.undisturbed(app, pilot.pause())

    async def undisturbed(self, app: CostplanApp, happening: object) -> None:
        """What is typed and not saved stays, unless it is decided otherwise."""
        before = app.workbench.draft
        await happening  # type: ignore[misc]
        if before is not None and not isinstance(app.screen, Deciding):
            assert app.workbench.draft == before, self.steps[-40:]

    async def calm(self, pilot: Pilot[None]) -> None:
        """Close what is open, and leave a file that can be planned."""
        app = pilot.app
        assert isinstance(app, CostplanApp)
        await pilot.resize_terminal(120, 40)
        for _ in range(4):
            for _ in range(12):
                if app.screen is app.workbench:
                    break
                await pilot.press("escape")
            write(VALID)
            app.workbench._poll()
            await settled(pilot)
            if isinstance(app.screen, Deciding):
                await pilot.press("r")  # reload
            elif app.workbench.draft is not None:
                await pilot.press("7", "ctrl+s")
            await settled(pilot)
        app.workbench.action_reload()
        await settled(pilot)


@pytest.mark.parametrize(("seed", "length"), SEQUENCES)
def test_nothing_breaks_or_is_lost(
    seed: int,
    length: int,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """And in the end the plan on the screen is that of the command line."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("VISUAL", "true")  # an editor that closes at once
    write(VALID)
    storm = Storm(Random(seed))  # noqa: S311 - what happens, not secrets
    versions = Versions(tmp_path / "state")
    replace = writing._replace

    def watched(target: Path, data: bytes, **how: object) -> None:
        replace(target, data, **how)  # type: ignore[arg-type]
        if target.parent == tmp_path:
            storm.saved.append((target, data))

    monkeypatch.setattr(writing, "_replace", watched)
    app = CostplanApp(Desk("plan.yaml", draws=64, versions=versions))
    app.animation_level = "none"

    async def run() -> None:
        async with app.run_test(size=(120, 40), message_hook=storm.hear) as pilot:
            await settled(pilot)
            for _ in range(length):
                await storm.step(pilot)
            await storm.calm(pilot)

    asyncio.run(run())
    bench = app.workbench
    assert not storm.unexpected, (storm.unexpected, storm.steps)
    for path, data in storm.saved:
        assert data in versions.of(path) or path.read_bytes() == data, storm.steps
    assert not bench.problems, (bench.problems, storm.steps)
    assert bench.figures is not None
    wanted = json_text(plan_document(bench.figures.projection))
    command = ["plan", bench.title_shown, "--format", "json", "--draws", "64"]
    command += [f"--variant={bench.what_if.variant}"] if bench.what_if.variant else []
    command += [f"--set={path}={text}" for path, text in bench.what_if.settings]
    capsys.readouterr()
    assert main(command) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(wanted), storm.steps
    shutil.rmtree(tmp_path / "state", ignore_errors=True)


def test_a_list_that_is_left_no_width_is_no_fault() -> None:
    """As the problems of a text are, below a what-if panel as wide as the screen."""

    class Bare(App[None]):
        CSS = "Listed { width: 0; height: auto; }"

        def compose(self) -> ComposeResult:
            yield Listed("a line of some words")

    async def run() -> int:
        async with Bare().run_test() as pilot:
            return pilot.app.query_one(Listed).option_count

    assert asyncio.run(run()) == 1
