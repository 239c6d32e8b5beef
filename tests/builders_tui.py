"""A desk made by hand, whose numbers follow from what is changed, and how to drive a screen."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
from builders import Sampled
from textual.pilot import Pilot
from textual.widgets import DataTable

from costplan.desk import Desk, WhatIf
from costplan.engine.ledger import Ledger, LineItem
from costplan.engine.projection import BookStamp, Limits, Projection
from costplan.errors import PlanWarning
from costplan.periods import Month, month_range
from costplan.scenario import Scenario, read_scenario
from costplan.tui.app import CostplanApp
from costplan.tui.charts import canvas
from costplan.tui.messages import WhatIfMade
from costplan.tui.workbench import Workbench

SCENARIO = """\
name: Support assistant
start: 2026-12
months: {months}
workloads:
  support-chat:
    owner: customer-care
    demand: {{requests: 12k/day}}
    request: {{input: 600, output: 220}}
    routing: {{mix: {{openai/gpt-6-luna: 85%, anthropic/claude-haiku-5-5: 15%}}}}
  mail-triage:
    owner: operations
    demand: {{requests: 3k/day}}
    request: {{input: 900, output: 60}}
    routing: {{mix: {{google/gemini-3.8-flash: 100%}}}}
variants:
  all-haiku: {{workloads.support-chat.routing.mix: {{anthropic/claude-haiku-5-5: 100%}}}}
  cheapest: {{workloads.support-chat.routing.mix: {{openai/gpt-6-luna: 100%}}}}
"""
SPLIT = {
    ("support-chat", "openai/gpt-6-luna"): 0.47,
    ("support-chat", "anthropic/claude-haiku-5-5"): 0.33,
    ("mail-triage", "google/gemini-3.8-flash"): 0.20,
}


def scenario(months: int = 12) -> Scenario:
    """Two workloads on three models, with two variants."""
    text = SCENARIO.format(months=months)
    return read_scenario(text, "scenarios/support-assistant.yaml", Path())


def projection(
    scale: float = 1.0,
    *,
    months: int = 12,
    budget: str | None = "15000",
    variant: str | None = None,
    warnings: tuple[PlanWarning, ...] = (),
) -> Projection:
    """Spend that starts at 9,000 times `scale`, grows 6 % a month and steps up in January."""
    span = month_range(Month(2026, 12), months)
    costs = [9000 * scale * 1.06**k * (1.2 if k else 1.0) for k in range(months)]
    items = [
        LineItem(
            month=month, workload=workload, owner="", provider=model.partition("/")[0], model=model,
            mode="standard", meter="input", quantity=cost * part * 1e6, unit="tokens",
            rate=Decimal(1), per=1_000_000, cost=Decimal(f"{cost * part:.6f}"),
            price_from=date(2026, 10, 1), known=date(2026, 9, 15), source="https://example.com",
        )
        for month, cost in zip(span, costs, strict=True)
        for (workload, model), part in SPLIT.items()
    ]  # fmt: skip
    spread = np.exp(np.linspace(-0.45, 0.4, 101))[:, None, None]
    shares = np.array([0.8, 0.2])[None, :, None]
    limit = Decimal(budget) if budget else None
    return Projection(
        scenario="Support assistant", variant=variant, months=span, currency="USD", seed=0,
        draws=101, price_book=BookStamp("2026-11-20", None, "0123456789abcdef", "pricing"),
        workloads=("support-chat", "mail-triage"),
        ledger=Ledger.of(span, items),
        simulated=Sampled(
            ("support-chat", "mail-triage"), spread * shares * np.array(costs)[None, None, :]
        ),
        limits=Limits((limit,) * months, None, {}), warnings=warnings,
        notes=("Seats and tokens cross at 40 conversations a day.",),
    )  # fmt: skip


@dataclass(slots=True)
class FakeDesk(Desk):
    """Remembers what it was asked; `on_load` and `on_project` may raise."""

    path: str = "scenarios/support-assistant.yaml"
    others: tuple[str, ...] = ("coding-agent.yaml", "fast-tier.yaml", "nightly-batch.yaml")
    months: int = 12
    budget: str | None = "15000"
    warnings: tuple[PlanWarning, ...] = ()
    on_load: Callable[[], None] = lambda: None
    on_project: Callable[[WhatIf], None] = lambda what_if: None
    is_changed: bool = False
    loads: int = 0
    asked: list[WhatIf] = field(default_factory=list)
    """What was projected, in order; the base beside it only the first time."""

    def load(self, text: str | None = None) -> Scenario:
        """Count it, and give two workloads, whatever the text."""
        self.is_changed = False
        self.loads += 1
        self.on_load()
        self._scenario = scenario(self.months)
        return self._scenario

    def changed(self) -> bool:
        """As the test set it."""
        return self.is_changed

    def project(self, what_if: WhatIf) -> Projection:
        """Scale the plan by the variant, and by whatever the settings are."""
        if what_if != WhatIf() or not self.asked:
            self.asked.append(what_if)
        self.on_project(what_if)
        scale = {"all-haiku": 1.4, "cheapest": 0.6}.get(what_if.variant or "", 1.0)
        for _, text in what_if.settings:
            scale *= float(text)
        return projection(
            scale,
            months=self.months,
            budget=self.budget,
            variant=what_if.variant,
            warnings=self.warnings,
        )

    def open(self, name: str) -> FakeDesk:
        """Another desk, shorter and without a budget."""
        return FakeDesk(f"scenarios/{name}", months=6, budget=None)


canvas.load()  # every drawing but the first of a process is made at once
VOLUME, OUTPUT = "assumptions.volume", "assumptions.output"
"""Paths that tests change; a `FakeDesk` reads their values as factors."""

type Steps = Callable[[Pilot[None], Workbench], Awaitable[None]]


def drive(
    desk: Desk, steps: Steps, *, size: tuple[int, int] = (120, 40), variant: str | None = None
) -> CostplanApp:
    """Open the interface, wait for the first answer, take the steps."""
    app = CostplanApp(desk, variant=variant)

    async def run() -> None:
        async with app.run_test(size=size, notifications=True) as pilot:
            await settled(pilot)
            await steps(pilot, app.workbench)

    asyncio.run(run())
    return app


async def settled(pilot: Pilot[None]) -> None:
    """Wait until no question is open and the answer has been painted."""
    app = pilot.app
    assert isinstance(app, CostplanApp)
    for _ in range(2000):
        await pilot.pause()
        bench = app.workbench
        if not bench.is_busy and (bench.figures or bench.problems):
            break
        await asyncio.sleep(0.005)
    else:
        raise AssertionError("no answer within 10 s")
    # Tables lay themselves out when all else is done.
    while any(table._require_update_dimensions for table in app.screen.query(DataTable)):
        await pilot.pause(0.005)
    await pilot.pause()


async def press(pilot: Pilot[None], *keys: str) -> None:
    """Press keys and wait for what they ask."""
    await pilot.press(*keys)
    await settled(pilot)


async def change(pilot: Pilot[None], path: str, text: str) -> None:
    """Change a value as the what-if panel does, and wait for the plan."""
    app = pilot.app
    assert isinstance(app, CostplanApp)
    app.workbench.post_message(WhatIfMade(app.workbench.what_if.setting(path, text)))
    await settled(pilot)


def shown(pilot: Pilot[None]) -> str:
    """The screen as lines of text."""
    strips = pilot.app.screen._compositor.render_strips()
    return "".join(f"{strip.text.rstrip()}\n" for strip in strips)


def shown_view(pilot: Pilot[None]) -> str:
    """The view in front: not the plan above it, the panel beside it, or the keys below."""
    region = pilot.app.screen.query_one("#views").region
    strips = pilot.app.screen._compositor.render_strips()[region.y : region.bottom]
    return "".join(f"{strip.crop(region.x, region.right).text.rstrip()}\n" for strip in strips)
