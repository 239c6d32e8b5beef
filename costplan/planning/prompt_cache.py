"""How a model caches what a scenario asks it to: on which meter writes are billed, how long."""

from __future__ import annotations

from dataclasses import dataclass

from costplan.documents import join_path
from costplan.meters import CACHE_WRITES, Meter
from costplan.planning.caching import LIFETIMES
from costplan.planning.findings import Findings
from costplan.prices import Model, Price
from costplan.quantity import Quantity
from costplan.scenario.schema import Request
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Kept:
    """How long something is kept, and what writing it is billed on."""

    meter: str
    """`input` where the provider bills no writes."""
    seconds: int


@dataclass(frozen=True, slots=True)
class Caching:
    """How a model caches what a scenario asks it to."""

    prefix: Kept
    """Tools and system prompt; also what shares of usage logs are written on."""
    hits: Quantity | None
    """The share of calls that find the prefix, where the scenario states it."""
    history: Kept | None = None
    """The growing conversation; None where it is not cached."""


@dataclass(frozen=True, slots=True)
class Cacher:
    """Finds out how models cache one request."""

    request: Request
    label: KeyPath
    """The workload, and what of it, for messages."""
    findings: Findings

    def caching(self, model: Model, mode: str, price: Price) -> Caching | None:
        """How the prompt is cached on this model at this price; None where it is not."""
        prompts = [p for p in (self.request.system, self.request.tools) if p and p.cache]
        whole = self.request.cache
        asked = prompts[0].cache if prompts else whole.lifetime if whole else None
        if asked is None:
            return None
        if Meter.CACHE_READ not in price.rates:
            self.findings.warn(
                "no-cache-price",
                f"{model.name} has no price for cached input in {mode} mode: "
                "all of it is billed as input",
                f"{join_path(self.label)} on {model.name}",
            )
            return None
        grows = whole is not None and whole.read is None
        return Caching(
            self._kept(asked, model, price),
            prompts[0].hits if prompts else None,
            self._kept(whole.lifetime, model, price) if whole and grows else None,
        )

    def _kept(self, asked: str, model: Model, price: Price) -> Kept:
        """The longest lifetime offered up to the one asked for; the shortest if automatic."""
        offered = [m.removeprefix("cache_write_") for m in CACHE_WRITES if m in price.rates]
        if not offered:
            return Kept(Meter.INPUT, LIFETIMES["5m" if asked == "automatic" else asked])
        if asked == "automatic":
            return Kept(f"cache_write_{offered[0]}", LIFETIMES[offered[0]])
        fitting = [life for life in offered if LIFETIMES[life] <= LIFETIMES[asked]]
        used = fitting[-1] if fitting else offered[0]
        if used != asked:
            self.findings.note(
                f"{self.label[0]}: {model.name} caches no prompt for {asked}; {used} is used"
            )
        return Kept(f"cache_write_{used}", LIFETIMES[used])
