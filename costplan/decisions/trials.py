"""A plan with one value varied: projected for each value that is asked for, and only once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from costplan.decisions.rates import VariedRate
from costplan.decisions.varying import Varied
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import Projection
from costplan.errors import CostplanError
from costplan.scenario import Scenario

type Projecting = Callable[..., Projection]
"""Projects a scenario with as many draws as `draws` says: `costplan.project`."""

_BILLED = 4096
"""Draws where a contract bills by steps: its expected bill is their mean, even where no percentile
is asked for."""


@dataclass(slots=True)
class Trials:
    """One plan at many values of what is varied."""

    scenario: Scenario
    project: Projecting
    varied: Varied | VariedRate | None
    """None for a plan that does not have it, and costs the same whatever the value."""
    draws: int = 1
    _made: dict[Decimal | None, Projection | None] = field(default_factory=dict)
    failure: CostplanError | None = None
    """Why it could not be planned at the last value where it could not."""

    @property
    def now(self) -> Projection:
        """The plan as it stands.

        Raises:
            CostplanError: it cannot be planned.
        """
        made = self._made.get(None)
        if made is None:
            made = self._made[None] = self._projected(())
        return made

    def at(self, value: float | Decimal) -> Projection | None:
        """The plan at a value; None where it cannot be planned: a prompt does not fit, ..."""
        if self.varied is None:
            return self.now
        exact = value if isinstance(value, Decimal) else as_decimal(value)
        if exact not in self._made:
            try:
                self._made[exact] = self._varied(exact, self.varied)
            except CostplanError as error:
                self.failure = error
                self._made[exact] = None
        return self._made[exact]

    def _varied(self, value: Decimal, varied: Varied | VariedRate) -> Projection:
        if isinstance(varied, VariedRate):
            return varied.over(self.now, value)
        return self._projected((varied.setting(value),))

    def _projected(self, settings: tuple[tuple[str, str], ...]) -> Projection:
        scenario = self.scenario.apply(settings=settings) if settings else self.scenario
        plan = self.project(scenario, draws=self.draws)
        if plan.billing is not None and plan.billing.is_mean and self.draws < _BILLED:
            return self.project(scenario, draws=_BILLED)
        return plan
