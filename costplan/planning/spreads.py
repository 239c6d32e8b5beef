"""From what a scenario says about the spread between requests to a shape with the stated mean."""

from __future__ import annotations

from costplan.engine.distributions import from_range, lognormal_spread
from costplan.engine.shapes import Shape, fitted
from costplan.scenario.tokens import Spreading


def spread_of(tokens: Spreading) -> Shape | None:
    """The shape of a stated spread; None where all requests are alike.

    Where the mean is a range, the percentile and the largest size are those of requests at its
    mean; at other means they move along in proportion.

    Raises:
        ValueError: no shape of that family has such a percentile, deviation or largest size.
    """
    if tokens.mean is None:
        return None
    low, high = float(tokens.mean.low), float(tokens.mean.high)
    mean = from_range(low, high, "positive").mean if tokens.mean.is_range else low
    if tokens.shape != "gamma" and tokens.max is None and tokens.p90 is not None:
        shape = lognormal_spread(mean, max(mean, float(tokens.p90)))
        return shape if shape.sigma else None
    return fitted(
        "gamma" if tokens.shape == "gamma" else "lognormal",
        p90=None if tokens.p90 is None else max(1.0, float(tokens.p90) / mean),
        cv=None if tokens.cv is None else float(tokens.cv),
        cap=None if tokens.max is None else float(tokens.max) / mean,
    )
