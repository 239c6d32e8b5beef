"""What is sent again: retries, calls that break off, repairs of answers.

A send fails with the chance f = r + t: r is paid whole, t breaks off. A call is sent up to a times,
so 1 + f + ... + f^(a-1) = 1 + f G times with G = 1 + f + ... + f^(a-2). Paid whole are
1 + r G + w t G sends, where w is the part of the output that is paid when a call breaks off; paid
for their input alone, (1 - w) t G. The last send counts as paid whole, whether it succeeds or not.
An answer is sent back with the chance k, and so is its repair: k + ... + k^(a-1) repairs, each of
which may fail as any call does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal

from costplan.engine.model import Size, Term, means
from costplan.engine.profile import Profile
from costplan.engine.shares import NONE, ONE, Sum, geometric, less, plus, share, times
from costplan.planning.routing import Route
from costplan.planning.sizes import Sizes
from costplan.planning.together import alike, together
from costplan.quantity import Quantity
from costplan.scenario.schema import Workload
from costplan.schema import KeyPath

type Kind = Literal["whole", "again", "broken", "repair", "broken repair"]
type Prompt = Literal["usual", "warm", "cold"]


@dataclass(frozen=True, slots=True)
class Send:
    """A share of conversations that is sent to a model in one way."""

    route: Route
    change: Callable[[Profile, str], Profile] | None = None
    """Makes what it sends and receives of what a conversation does on a model; None is the same."""
    prompt: Prompt = "usual"
    """Warm where the same was sent moments before, so that a cache that keeps it has it; cold
    where a model is sent it too seldom to keep it."""
    beside: bool = False
    """Whether it is a call of a router or judge: in standard mode, whatever the workload's."""


@dataclass(frozen=True, slots=True)
class Failing:
    """The sends of one workload."""

    workload: Workload
    path: KeyPath
    sizes: Sizes
    made: dict[tuple[Kind, int, str], tuple[Profile, Profile]] = field(default_factory=dict)

    def sends(self, route: Route) -> Iterator[Send]:
        """Everything a share of conversations on one model is sent and paid for."""
        whole, broken = self.paid
        if self.finds_itself:
            # A send that is repeated is no arrival of its own: it finds what the first one left.
            yield from self._of("whole", route, ONE)
            yield from self._of("again", route, plus(*self._failed[:2]))
        else:
            yield from self._of("whole", route, whole)
        yield from self._of("broken", route, broken)
        repair = self.workload.failures.repair
        if repair is None or not self.repairs:
            return
        cold = repair.model not in {None, route.model}
        if repair.model is not None:
            route = replace(
                route, model=repair.model, at=(*self.path, "failures", "repair", "model")
            )
        yield from self._of("repair", route, times(self.repairs, whole), cold=cold)
        yield from self._of("broken repair", route, times(self.repairs, broken), cold=cold)

    def _of(self, kind: Kind, route: Route, shares: Sum, *, cold: bool = False) -> Iterator[Send]:
        for k, product in enumerate(shares):
            factors = route.factors if product == (Term(1.0),) else (*route.factors, *product)
            prompt: Prompt = "warm" if k or kind != "whole" else "usual"
            change = None if kind in {"whole", "again"} else partial(self.profile, kind)
            yield Send(replace(route, factors=factors), change, "cold" if cold else prompt)

    @property
    def finds_itself(self) -> bool:
        """Whether the first turn finds its prompt as often as conversations come."""
        request = self.workload.request
        prompts = (request.system, request.tools) if request else ()
        return any(prompt and prompt.cache and prompt.hits is None for prompt in prompts)

    @property
    def paid(self) -> tuple[Sum, Sum]:
        """Sends per call that are paid whole, and those paid for their input alone."""
        *repeats, broken = self._failed
        return plus(ONE, *repeats), broken

    @property
    def _failed(self) -> tuple[Sum, Sum, Sum]:
        """Sends per call that fail: paid whole, paid like whole ones, paid for input alone."""
        failures = self.workload.failures
        retry = self._rate(failures.retry, "retry")
        timeouts, timed_out, part = failures.timeouts, NONE, NONE
        if timeouts is not None:
            timed_out = self._rate(timeouts.rate, "timeouts", "rate")
            part = self._rate(timeouts.partial, "timeouts", "partial")
        followed = geometric(plus(retry, timed_out), failures.attempts - 2)
        broken = times(timed_out, followed)
        return times(retry, followed), times(broken, part), times(broken, less(ONE, part))

    @property
    def repairs(self) -> Sum:
        """Repairs per answer."""
        repair = self.workload.failures.repair
        return NONE if repair is None else self._repeated(repair.rate, "repair", "rate")

    @property
    def calls(self) -> Sum:
        """Paid calls for each turn of a conversation."""
        sent = plus(*self.paid)
        return plus(sent, times(sent, self.repairs))

    @property
    def refused(self) -> Sum:
        """Sends refused at a rate limit for each paid call: `x + ... + x^(a-1)`."""
        return self._repeated(self.workload.failures.refused, "refused")

    def _repeated(self, quantity: Quantity, *at: str) -> Sum:
        """A rate and its repetitions: `k + ... + k^(a-1)`."""
        rate = self._rate(quantity, *at)
        return times(rate, geometric(rate, self.workload.failures.attempts - 2))

    def _rate(self, quantity: Quantity, *at: str) -> Sum:
        term = self.sizes.variables.term(quantity, (*self.path, "failures", *at), "share")
        return share(term)

    def profile(self, kind: Kind, profile: Profile, model: str) -> Profile:
        """What such a send sends and receives, from what a conversation does; made once."""
        key = kind, id(profile), model
        if key not in self.made:
            made = self._repaired(profile, model) if "repair" in kind else profile
            # The profile it is made of is kept with it, so that no other gets its identity.
            self.made[key] = profile, replace(made, unanswered="broken" in kind)
        return self.made[key][1]

    def _repaired(self, profile: Profile, model: str) -> Profile:
        """Each turn once more, with the answer it got and what is wrong with it.

        The faulty answer is sent and a better one written, which replaces it in later turns: so
        outputs are sent as often as inputs are.
        """
        repair = self.workload.failures.repair
        instruction = repair.instruction if repair else None
        at = (*self.path, "failures", "repair", "instruction")
        said = self.sizes.size(instruction, model, at)
        middle = means(self.sizes.variables.known)
        return replace(
            profile,
            prefix=Size((*profile.prefix.every, *said.every)),
            input=together((profile.input, profile.output), middle),
            output=Size(),
            reasoning=alike(profile.output, profile.reasoning),
        )
