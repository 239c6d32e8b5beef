"""How unsure volumes are: a word for what real applications do, or a number."""

from __future__ import annotations

from dataclasses import dataclass

from costplan.errors import suggestion
from costplan.schema import Parsed


@dataclass(frozen=True, slots=True)
class Uncertainty:
    """How unsure the volume is: standard deviations of its logarithm, mean-one shocks."""

    workload: float
    """Of each workload's own level."""
    common: float
    """Of the level of all workloads together."""


TYPICAL = Uncertainty(workload=0.45, common=0.18)
"""One application of which nothing else is known. See docs/uncertainty.md: the clients of one
platform have a log deviation of 0.484 from one week to the next, of which 0.18 is common."""
STEADY = Uncertainty(workload=0.34, common=0.18)
"""Days that differ little: a coefficient of variation below 0.3."""
VOLATILE = Uncertainty(workload=1.16, common=0.18)
"""Days that differ much: a coefficient of variation from 0.7 to 1.3."""
NONE = Uncertainty(0.0, 0.0)
WORDS = {"typical": TYPICAL, "steady": STEADY, "volatile": VOLATILE, "none": NONE}
_LARGEST = 2


def parse_uncertainty(text: str) -> Uncertainty:
    """Read `typical`, `steady`, `volatile`, `none`, or a log deviation such as `0.3`.

    A number keeps the proportion of the common shock that `typical` has.

    Raises:
        ValueError: neither a word nor a number from 0 to 2.
    """
    if text in WORDS:
        return WORDS[text]
    try:
        deviation = float(text)
    except ValueError:
        deviation = -1.0
    if not 0 <= deviation <= _LARGEST:
        hint = suggestion(text, WORDS, all_below=0)
        raise ValueError(
            f"expected {', '.join(WORDS)} or a number from 0 to {_LARGEST}, found {text!r}{hint}"
        )
    return Uncertainty(deviation, deviation * TYPICAL.common / TYPICAL.workload)


UNCERTAINTY = Parsed(
    parse_uncertainty,
    {
        "anyOf": [
            {"enum": list(WORDS)},
            {"type": "number", "minimum": 0, "maximum": _LARGEST},
        ]
    },
)
