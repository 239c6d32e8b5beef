"""From what a scenario says about turns, steps and history to the engine's terms."""

from __future__ import annotations

from dataclasses import dataclass, replace

from costplan.engine.amounts import amounts_sent
from costplan.engine.distributions import from_range, lognormal_spread
from costplan.engine.gaps import Gaps
from costplan.engine.loop import History, Loop
from costplan.engine.model import Size, Term, means
from costplan.engine.profile import Profile
from costplan.engine.turns import observed_turns, spread_turns
from costplan.planning.findings import Findings
from costplan.planning.sizes import Sizes
from costplan.quantity import Quantity
from costplan.scenario.conversation import TurnSpread
from costplan.scenario.schema import Agent, Request
from costplan.schema import KeyPath

type Number = tuple[Term, tuple[float, ...]]
"""How many turns or steps: the mean, and where they differ, the part that has each."""


@dataclass(frozen=True, slots=True)
class Looping:
    """Reads how the conversations of one request go on."""

    request: Request
    at: KeyPath
    sizes: Sizes

    @property
    def findings(self) -> Findings:
        """Where problems collect."""
        return self.sizes.findings

    @property
    def turns(self) -> Number:
        """Turns of a conversation."""
        return self._number("turns")

    @property
    def steps(self) -> Number:
        """Calls in a turn."""
        return self._number("steps")

    def _number(self, name: str) -> Number:
        stated: Quantity | TurnSpread = getattr(self.request, name)
        if isinstance(stated, Quantity):
            return self.sizes.variables.term(stated, (*self.at, name), "positive"), ()
        if stated.sample is not None:
            values = [float(n) for n in self.sizes.scenario.samples[stated.records]]
            return Term(sum(values) / len(values)), observed_turns(values)
        mean, p90 = float(stated.mean or 1), float(stated.p90 or 1)
        try:
            return Term(mean), spread_turns(mean, p90)
        except ValueError as error:
            self.findings.problem((*self.at, name), str(error))
            return Term(mean), ()

    def loop(self, model: str) -> Loop | None:
        """The calls of one turn on that model; None for one call."""
        request, size = self.request, self.sizes.size
        steps, survival = self.steps
        if steps == Term(1.0) and not survival:
            return None
        return Loop(
            steps=steps,
            survival=survival,
            fan_out=self.sizes.variables.term(request.fan_out, (*self.at, "fan_out"), "positive"),
            calls=size(request.tool_calls, model, (*self.at, "tool_calls")),
            results=size(request.tool_results, model, (*self.at, "tool_results")),
            returned=tuple(
                self._returned(agent, k, model) for k, agent in enumerate(request.agents)
            ),
        )

    def count(self, agent: Agent, k: int) -> Term:
        """How many of these sub-agents a turn starts."""
        at = (*self.at, "agents", str(k), "count")
        return self.sizes.variables.term(agent.count, at, "positive")

    def _returned(self, agent: Agent, k: int, model: str) -> tuple[Term, Size]:
        at = (*self.at, "agents", str(k))
        if agent.result is not None:
            given = self.sizes.size(agent.result, model, (*at, "result"))
        else:
            output = (*at, "request", "output")
            given = self.sizes.size(agent.request.output, model, output)
            if agent.request.scale is not None:
                scale = (*at, "request", "scale")
                by = self.sizes.variables.term(agent.request.scale, scale, "positive")
                given = replace(given, scale=(by,))
        return self.count(agent, k), given

    def history(self) -> History | None:
        """How much is sent again; None for all of it."""
        limit, term = self.request.history, self.sizes.variables.term
        if limit is None:
            return None
        at = (*self.at, "history")
        if limit.window is not None:
            return History(window=term(limit.window, (*at, "window"), "positive"))
        if limit.summarise is not None:
            at = (*at, "summarise")
            return History(
                above=term(limit.summarise.above, (*at, "above"), "positive"),
                summary=term(limit.summarise.to, (*at, "to"), "positive"),
            )
        return History(turns=limit.turns)

    def gaps(self) -> Gaps | None:
        """The time between turns; None where it does not matter."""
        gap = self.request.gap
        if gap is None:
            return None
        if gap.mean is None:
            records = self.sizes.scenario.samples[gap.records]
            return Gaps(Term(), values=tuple(float(seconds) for seconds in records))
        term = self.sizes.variables.term(gap.mean, (*self.at, "gap"), "positive")
        if gap.p90 is None:
            return Gaps(term)
        low, high = float(gap.mean.low), float(gap.mean.high)
        mean = from_range(low, high, "positive").mean if gap.mean.is_range else low
        return Gaps(term, lognormal_spread(mean, max(mean, float(gap.p90.low))).sigma)

    def check_summary(self, profile: Profile) -> None:
        """A summary leaves room for what comes after it."""
        history = profile.history
        if history is None or history.above is None:
            return
        middle = means(self.sizes.variables.known)
        parts = (profile.prefix, profile.cached, profile.input, profile.images)
        after = history.summary.at(middle) + amounts_sent(profile, middle, 1.0)
        least = float(sum((part.at(middle) for part in parts), after))
        if least > float(history.above.at(middle)):
            self.findings.problem(
                (*self.at, "history", "summarise"),
                f"right after a summary a prompt has {least:,.0f} tokens already: more than "
                f"{float(history.above.at(middle)):,.0f}, above which it is summarised again",
            )


def at_mean_turns(profile: Profile, share: float | None = None) -> Profile:
    """The profile with its mean number of turns, or that which only `share` of them pass."""
    if not profile.survival:
        return profile
    turns = profile.turns
    if share is not None:
        turns = Term(float(sum(part > share for part in profile.survival)))
    return replace(profile, turns=turns, survival=())
