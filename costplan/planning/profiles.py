"""One conversation as a model sees it: its sizes on that tokenizer, and what its cache does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from costplan.documents import join_path
from costplan.engine.distributions import Floats
from costplan.engine.model import CacheSplit, CacheUse, Profile, Size, Term, means
from costplan.errors import CostplanError
from costplan.meters import CACHE_WRITES, Meter
from costplan.planning.amounts import Amounts, meter_places
from costplan.planning.caching import LIFETIMES
from costplan.planning.fees import Fees
from costplan.planning.findings import Findings
from costplan.planning.sizes import Sizes
from costplan.prices import Model, Price
from costplan.quantity import Quantity
from costplan.scenario.by_model import TokensByModel
from costplan.scenario.schema import Request
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Caching:
    """How a model caches what a scenario asks it to."""

    meter: str
    """What writing is billed on; `input` where the provider bills no writes."""
    seconds: int
    """How long it is kept."""
    hits: Quantity | None
    """The share of calls that find it, where the scenario states it."""


@dataclass(frozen=True, slots=True)
class Served:
    """A model that answers, at the price and the fees in force."""

    named: str
    """As the scenario names it: an alias stays an alias."""
    model: Model
    price: Price
    fees: Fees = MappingProxyType({})

    @property
    def key(self) -> tuple[object, ...]:
        """What of it decides what a conversation uses."""
        priced = frozenset(self.price.rates), frozenset(self.fees)
        return self.named, self.model.name, priced, tuple(self.price.minimum.items())


@dataclass(frozen=True, slots=True)
class Profiler:
    """Builds the profiles of one workload, each once."""

    request: Request
    path: KeyPath
    """The workload's path in the scenario."""
    sizes: Sizes
    findings: Findings
    longer: float
    """The lever: outputs times this."""
    made: dict[tuple[object, ...], Profile] = field(default_factory=dict)
    first_hits: dict[str, Floats] = field(default_factory=dict)
    """By model: conversations whose first turn finds its prompt, and all of them."""

    @property
    def places(self) -> dict[str, KeyPath]:
        """The key of the request that uses a meter."""
        return meter_places(self.request, (*self.path, "request"))

    def caching(self, model: Model, mode: str, price: Price) -> Caching | None:
        """How the prompt is cached on this model at this price; None where it is not."""
        prompts = [p for p in (self.request.system, self.request.tools) if p and p.cache]
        asked = prompts[0].cache if prompts else None
        if self.request.cache is not None:
            asked = self.request.cache.lifetime
        if asked is None:
            return None
        if Meter.CACHE_READ not in price.rates:
            self._warn(
                "no-cache-price",
                f"{model.name} has no price for cached input in {mode} mode: "
                "all of it is billed as input",
                model,
            )
            return None
        hits = prompts[0].hits if prompts else None
        offered = [m.removeprefix("cache_write_") for m in CACHE_WRITES if m in price.rates]
        if not offered:
            return Caching(Meter.INPUT, LIFETIMES[asked], hits)
        fitting = [life for life in offered if LIFETIMES[life] <= LIFETIMES[asked]]
        used = fitting[-1] if fitting else offered[0]
        if used != asked:
            self.findings.note(
                f"{self.path[1]}: {model.name} caches no prompt for {asked}; {used} is used"
            )
        return Caching(f"cache_write_{used}", LIFETIMES[used], hits)

    def note_hits(self, model: str, found: Floats, weight: Floats) -> None:
        """Remember how many first turns of a model find their prompt, by month."""
        hits = self.first_hits.setdefault(model, np.zeros(2))
        hits += [(found * weight).sum(), weight.sum()]

    def tell_hits(self) -> None:
        """One sentence on what was worked out, for the models it came out alike on."""
        by_share: dict[str, list[str]] = {}
        for model, (found, everything) in self.first_hits.items():
            if everything:
                by_share.setdefault(f"{found / everything:.0%}", []).append(model)
        for share, models in by_share.items():
            self.findings.note(
                f"{self.path[1]}: {share} of conversations find their prompt cached at the first "
                f"turn on {', '.join(models)} (worked out from demand; `hits:` states it)"
            )

    def profile(
        self, served: Served, caching: Caching | None, *, first_hit: bool = False
    ) -> Profile:
        """The profile of one conversation.

        Args:
            served: the model it runs on, and the price in force.
            caching: from `caching`.
            first_hit: whether the first turn finds its prompt in the cache.
        """
        key = (served.key, caching, first_hit)
        if key not in self.made:
            self.made[key] = self._build(served, caching, first_hit=first_hit)
        return self.made[key]

    def _build(self, served: Served, caching: Caching | None, *, first_hit: bool) -> Profile:
        at = (*self.path, "request")
        model = served.model
        fresh = self._scaled(self.sizes.size(self.request.input, model.name, (*at, "input")))
        images = self._images(model, (*at, "images"))
        self._check_stated(served, at)
        making = Amounts(
            self.request,
            model,
            served.price,
            served.fees,
            self.sizes,
            self.findings,
            at,
            self._scale,
        )
        amounts = making.all()
        apart = Meter.IMAGE_INPUT in served.price.rates
        if images.terms and (self.request.cache if apart else fresh.scale):
            images, amounts = Size(), (making.of(Meter.IMAGE_INPUT, images), *amounts)
        elif not apart:
            fresh, images = replace(fresh, terms=fresh.terms + images.terms), Size()
        reasoning = self._reasoning(served, (*at, "reasoning"))
        if Meter.REASONING in served.price.rates and reasoning.every:
            amounts, reasoning = (*amounts, making.of(Meter.REASONING, reasoning)), Size()
        prefix, cached = self._prompts(model, at, caching)
        use = None
        if caching and cached.terms:
            use = CacheUse(caching.meter, self._hits(caching, at), first_hit)
        size = self.sizes.size
        return Profile(
            prefix=prefix,
            cached=cached,
            input=fresh,
            images=images,
            output=self._scaled(
                size(self.request.output, model.name, (*at, "output"), self.longer)
            ),
            reasoning=reasoning,
            amounts=amounts,
            turns=self.sizes.variables.term(self.request.turns, (*at, "turns"), "positive"),
            cache=use,
            split=self._split(caching, at),
        )

    def _check_stated(self, served: Served, at: KeyPath) -> None:
        """What has a price is stated, even where it is nothing."""
        for key in (Meter.INPUT, Meter.OUTPUT):
            if key in served.price.rates and getattr(self.request, key) is None:
                self.findings.problem(
                    at,
                    f"the key {str(key)!r} is missing: {served.model.name} has a price for it; "
                    f"write {key}: 0 where there is none",
                )

    @property
    def _scale(self) -> tuple[Term, ...]:
        """What sizes are multiplied by, which other sizes and workloads may share."""
        if self.request.scale is None:
            return ()
        path = (*self.path, "request", "scale")
        return (self.sizes.variables.term(self.request.scale, path, "positive"),)

    def _scaled(self, size: Size) -> Size:
        return replace(size, scale=self._scale) if self.request.scale else size

    def _reasoning(self, served: Served, at: KeyPath) -> Size:
        """Of the model itself where each has its own."""
        stated, name = self.request.reasoning, served.model.name
        if isinstance(stated, TokensByModel):
            key = next((key for key in (served.named, name) if key in stated.models), None)
            if key is None:
                message = (
                    f"{served.named!r} is routed to and has none here; write "
                    f"{served.named}: 0 where it does not reason"
                )
                self.findings.problem(at, message)
                return Size()
            at = (*at, key)
            stated = stated.models[key]
        return self._scaled(self.sizes.size(stated, name, at, self.longer))

    def _prompts(self, model: Model, at: KeyPath, caching: Caching | None) -> tuple[Size, Size]:
        """What is sent with every turn: not cached, and cached."""
        system = self.sizes.size(self.request.system, model.name, (*at, "system"))
        tools = self._tools(model, (*at, "tools"))
        both = Size(system.terms + tools.terms)
        if caching is None or self.request.cache is not None:
            return both, Size()
        # Tools stand before the system prompt, so a cached system prompt holds both.
        whole = self.request.system is not None and self.request.system.cache is not None
        prefix, cached = (Size(), both) if whole else (system, tools)
        tokens = float(cached.at(means(self.sizes.variables.known)))
        if model.cache_minimum is None or tokens >= model.cache_minimum:
            return prefix, cached
        self._warn(
            "below-cache-minimum",
            f"{tokens:,.0f} tokens are too few to be cached on {model.name} "
            f"(at least {model.cache_minimum:,}): all of them are billed as input",
            model,
        )
        return both, Size()

    def _hits(self, caching: Caching, at: KeyPath) -> Term | None:
        if caching.hits is None:
            return None
        system = self.request.system is not None and self.request.system.cache is not None
        prompt = "system" if system else "tools"
        return self.sizes.variables.term(caching.hits, (*at, prompt, "hits"), "share")

    def _split(self, caching: Caching | None, at: KeyPath) -> CacheSplit | None:
        shares = self.request.cache
        if shares is None or caching is None:
            return None
        term = self.sizes.variables.term
        return CacheSplit(
            term(shares.read, (*at, "cache", "read"), "share"),
            term(shares.write, (*at, "cache", "write"), "share"),
            caching.meter,
        )

    def _tools(self, model: Model, at: KeyPath) -> Size:
        try:
            return self.sizes.tools(self.request, model.name, at)
        except CostplanError as error:
            self.findings.problem((*at, "declared"), str(error), error.exit_code)
            return Size()

    def _images(self, model: Model, at: KeyPath) -> Size:
        try:
            return self.sizes.images(self.request.images, model.name, at)
        except CostplanError as error:
            self.findings.problem(at, str(error), error.exit_code)
            return Size()

    def _warn(self, code: str, message: str, model: Model) -> None:
        self.findings.warn(code, message, f"{join_path(self.path[1:])} on {model.name}")
