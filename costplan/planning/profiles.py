"""One conversation as a model sees it: its sizes on that tokenizer, and what its cache does."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from costplan.documents import join_path
from costplan.engine.conversation import largest_prompt
from costplan.engine.distributions import Floats
from costplan.engine.gaps import Gaps, Reuse
from costplan.engine.loop import HistoryCache
from costplan.engine.model import Size, Term, means
from costplan.engine.profile import CacheSplit, CacheUse, Profile
from costplan.errors import CostplanError
from costplan.meters import Meter
from costplan.planning.amounts import Amounts, meter_places
from costplan.planning.fees import Fees
from costplan.planning.findings import Findings
from costplan.planning.loops import Looping, at_mean_turns
from costplan.planning.prompt_cache import Cacher, Caching
from costplan.planning.sizes import Sizes
from costplan.prices import Model, Price
from costplan.scenario.by_model import TokensByModel
from costplan.scenario.schema import Request
from costplan.schema import KeyPath


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
    below: KeyPath = ()
    """Where the request is below that of the workload: a sub-agent's."""
    made: dict[tuple[object, ...], Profile] = field(default_factory=dict)
    first_hits: dict[str, Floats] = field(default_factory=dict)
    """By model: conversations whose first turn finds its prompt, and all of them."""

    @property
    def at(self) -> KeyPath:
        """Where the request is in the scenario."""
        return (*self.path, "request", *self.below)

    @property
    def places(self) -> dict[str, KeyPath]:
        """The key of the request that uses a meter."""
        return meter_places(self.request, self.at)

    def caching(self, model: Model, mode: str, price: Price) -> Caching | None:
        """How the prompt is cached on this model at this price; None where it is not."""
        cacher = Cacher(self.request, (*self.path[1:], *self.below), self.findings)
        return cacher.caching(model, mode, price)

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
        name = ".".join((self.path[1], *self.below[:2]))
        for share, models in by_share.items():
            self.findings.note(
                f"{name}: {share} of conversations find their prompt cached at the first "
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
        at, model = self.at, served.model
        going = Looping(self.request, at, self.sizes)
        sent = self._sent(served, caching)
        prefix, cached = self._prompts(model, at, caching)
        gaps = going.gaps() if caching else None
        grown = self._grown(model, caching, gaps, at)
        use = self._use(caching, gaps, grown, first_hit=first_hit) if cached.terms else None
        output = self.sizes.size(self.request.output, model.name, (*at, "output"))
        turns, survival = going.turns
        made = replace(
            sent,
            prefix=prefix,
            cached=cached,
            output=self._scaled(output),
            turns=turns,
            survival=survival,
            loop=going.loop(model.name),
            history=going.history(),
            cache=use,
            grown=grown,
            split=self._split(caching, at),
        )
        going.check_summary(made)
        if made.grown and not use:
            self._check_minimum(made, model)
        return made

    def _sent(self, served: Served, caching: Caching | None) -> Profile:
        """What is new with each turn, and reasoning; on their own meters where these are priced."""
        at, model, rates = self.at, served.model, served.price.rates
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
        apart, shares = Meter.IMAGE_INPUT in rates, self.request.cache
        is_cached = shares is not None and (shares.read is not None or caching is not None)
        if images.terms and (is_cached if apart else fresh.scale):
            images, amounts = Size(), (making.pictures(images), *amounts)
        elif not apart:
            fresh, images = replace(fresh, terms=fresh.terms + images.terms), Size()
        reasoning = self._reasoning(served, (*at, "reasoning"))
        kept = reasoning if self.request.reasoning_kept else Size()
        if Meter.REASONING in rates and reasoning.every:
            thought = making.of(Meter.REASONING, reasoning, each_call=True)
            amounts, reasoning = (*amounts, thought), Size()
        return Profile(input=fresh, images=images, reasoning=reasoning, kept=kept, amounts=amounts)

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
        path = (*self.at, "scale")
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
        return self._scaled(self.sizes.size(stated, name, at))

    def _use(
        self,
        caching: Caching | None,
        gaps: Gaps | None,
        grown: HistoryCache | None,
        *,
        first_hit: bool,
    ) -> CacheUse | None:
        """How the shared prefix is cached."""
        if caching is None:
            return None
        later = Reuse(gaps=gaps, seconds=caching.prefix.seconds) if gaps else None
        if grown and caching.prefix == caching.history:  # they are lost together
            later = grown.later
        return CacheUse(caching.prefix.meter, self._hits(caching, self.at), first_hit, later)

    def _grown(
        self, model: Model, caching: Caching | None, gaps: Gaps | None, at: KeyPath
    ) -> HistoryCache | None:
        """How the growing conversation is cached."""
        if caching is None or caching.history is None or self.request.cache is None:
            return None
        hits = self.request.cache.hits
        found = self.sizes.variables.term(hits, (*at, "cache", "hits"), "share") if hits else None
        later = Reuse(found, gaps, caching.history.seconds)
        return HistoryCache(caching.history.meter, later, float(model.cache_minimum or 0))

    def _check_minimum(self, profile: Profile, model: Model) -> None:
        """No prompt of a conversation is ever long enough to be cached."""
        middle = means(self.sizes.variables.known)
        longest = largest_prompt(at_mean_turns(profile), middle)
        if model.cache_minimum is not None and longest < model.cache_minimum:
            self._warn_short(longest, model)

    def _prompts(self, model: Model, at: KeyPath, caching: Caching | None) -> tuple[Size, Size]:
        """What is sent with every turn: not cached, and cached."""
        system = self.sizes.size(self.request.system, model.name, (*at, "system"))
        tools = self._tools(model, (*at, "tools"))
        both = Size(system.terms + tools.terms)
        if caching is None or (self.request.cache is not None and caching.history is None):
            return both, Size()
        # Tools stand before the system prompt, so a cached system prompt holds both.
        whole = caching.history is not None or (
            self.request.system is not None and self.request.system.cache is not None
        )
        prefix, cached = (Size(), both) if whole else (system, tools)
        tokens = float(cached.at(means(self.sizes.variables.known)))
        if model.cache_minimum is None or tokens >= model.cache_minimum:
            return prefix, cached
        if caching.history is None:  # else it is cached with the conversation, once that is longer
            self._warn_short(tokens, model)
        return both, Size()

    def _warn_short(self, tokens: float, model: Model) -> None:
        self.findings.warn(
            "below-cache-minimum",
            f"{tokens:,.0f} tokens are too few to be cached on {model.name} "
            f"(at least {model.cache_minimum:,}): all of them are billed as input",
            f"{join_path((*self.path[1:], *self.below))} on {model.name}",
        )

    def _hits(self, caching: Caching, at: KeyPath) -> Term | None:
        if caching.hits is None:
            return None
        system = self.request.system is not None and self.request.system.cache is not None
        prompt = "system" if system else "tools"
        return self.sizes.variables.term(caching.hits, (*at, prompt, "hits"), "share")

    def _split(self, caching: Caching | None, at: KeyPath) -> CacheSplit | None:
        shares = self.request.cache
        if shares is None or shares.read is None or caching is None:
            return None
        term = self.sizes.variables.term
        return CacheSplit(
            term(shares.read, (*at, "cache", "read"), "share"),
            term(shares.write, (*at, "cache", "write"), "share"),
            caching.prefix.meter,
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
