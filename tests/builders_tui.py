"""A bench made by hand: a plan whose numbers follow from the levers, without files or prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
from builders import Sampled

from costplan.engine.ledger import Ledger, LineItem
from costplan.engine.projection import BookStamp, Limits, Projection
from costplan.errors import PlanWarning
from costplan.periods import Month, month_range
from costplan.planning.levers import Lever
from costplan.scenario import Scenario, read_scenario

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


LEVERS = (
    Lever("volume", "volume", 1.0, 0.05, 0.0, 3.0, "×{:.2f}"),
    Lever("output", "output tokens", 1.0, 0.05, 0.0, 3.0, "×{:.2f}"),
    Lever("cheapest", "to the cheapest", 0.0, 0.05, 0.0, 1.0, "{:.0%}"),
)


@dataclass
class FakeBench:
    """Remembers what it was asked; `on_load` and `on_project` may raise."""

    title: str = "scenarios/support-assistant.yaml"
    months: int = 12
    budget: str | None = "15000"
    warnings: tuple[PlanWarning, ...] = ()
    on_load: Callable[[], None] = lambda: None
    on_project: Callable[[Mapping[str, float]], None] = lambda levers: None
    is_changed: bool = False
    loads: int = 0
    asked: list[tuple[str | None, dict[str, float]]] = field(default_factory=list)

    def load(self) -> Scenario:
        """Count it, and give two workloads."""
        self.is_changed = False
        self.loads += 1
        self.on_load()
        return scenario(self.months)

    def changed(self) -> bool:
        """As the test set it."""
        return self.is_changed

    def levers(self, scenario: Scenario) -> tuple[Lever, ...]:
        """The same three."""
        return LEVERS

    def project(
        self, scenario: Scenario, *, variant: str | None, levers: Mapping[str, float]
    ) -> Projection:
        """Scale the plan by the levers and the variant."""
        self.asked.append((variant, dict(levers)))
        self.on_project(levers)
        scale = levers.get("volume", 1) * (0.4 + 0.6 * levers.get("output", 1))
        scale *= 1 - 0.3 * levers.get("cheapest", 0)
        scale *= {"all-haiku": 1.4, "cheapest": 0.6}.get(variant or "", 1.0)
        return projection(
            scale, months=self.months, budget=self.budget, variant=variant, warnings=self.warnings
        )

    def examples(self) -> tuple[str, ...]:
        """Three names."""
        return ("coding-agent.yaml", "fast-tier.yaml", "nightly-batch.yaml")

    def open(self, name: str) -> FakeBench:
        """Another bench, shorter and without a budget."""
        return FakeBench(title=f"scenarios/{name}", months=6, budget=None)
