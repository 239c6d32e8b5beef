"""Draw the interface into `docs/images/` as SVG, as the README shows it.

    python scripts/screenshots.py [FOLDER]

Run it from the root of the checkout; it works on the shipped scenarios and needs no terminal.
"""

from __future__ import annotations

import asyncio
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from textual.pilot import Pilot

from costplan.desk import Desk
from costplan.prices import load_price_book
from costplan.scenario import shipped_scenarios
from costplan.tui.app import CostplanApp

WIDE, NARROW = (120, 40), (80, 24)
TODAY = date(2026, 12, 1)


@dataclass(frozen=True)
class Picture:
    """One view: the keys that lead to it, and how large the terminal is."""

    name: str
    scenario: str
    size: tuple[int, int]
    keys: tuple[str, ...] = ()


SIX, MIX = "scenarios/six-workloads.yaml", "scenarios/cheapest-mix.yaml"
PICTURES = (
    Picture("interface", SIX, WIDE),
    Picture("what-if", SIX, WIDE, ("w", *["right"] * 3)),
    Picture("interface-80x24", SIX, NARROW),
    Picture("explanation", SIX, WIDE, ("down", "enter")),
    Picture("compare", SIX, WIDE, ("2",)),
    Picture("mix", MIX, WIDE, ("4",)),
)


async def draw(picture: Picture, folder: Path) -> Path:
    """Open the interface, press the keys, write the picture."""
    examples = tuple(entry.name for entry in shipped_scenarios())
    app = CostplanApp(Desk(picture.scenario, load_price_book(), day=TODAY, others=examples))
    async with app.run_test(size=picture.size) as pilot:
        await answered(pilot)
        for key in picture.keys:
            await pilot.press(key)
            await answered(pilot)
        path = folder / f"{picture.name}.svg"
        path.write_text(app.export_screenshot(title="costplan"), encoding="utf-8")
    return path


async def answered(pilot: Pilot[None]) -> None:
    """Wait until the plan on the screen is the one that was asked for."""
    app = pilot.app
    assert isinstance(app, CostplanApp)  # noqa: S101 - tells the type checker
    await pilot.pause()
    while app.workbench.is_busy or not app.workbench.figures:
        if app.workbench.problems:
            raise SystemExit("\n".join(app.workbench.problems))
        await pilot.pause(0.05)
    await app.workers.wait_for_complete()  # the very first chart
    await pilot.pause()


def main(folder: Path) -> None:
    """Draw all of them."""
    folder.mkdir(parents=True, exist_ok=True)
    for picture in PICTURES:
        print(asyncio.run(draw(picture, folder)))


if __name__ == "__main__":
    main(Path(sys.argv[1] if sys.argv[1:] else "docs/images"))
