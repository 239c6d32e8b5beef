"""Plan what LLM workloads will cost before they run.

The names below are all there is to import; each is loaded when first used, so that
`import costplan` costs next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from costplan.version import __version__ as __version__

_HOMES = {
    "CostplanError": "costplan.errors",
    "Meter": "costplan.meters",
    "Usage": "costplan.meters",
    "count_request": "costplan.tokens.requests",
    "count_tokens": "costplan.tokens",
    "load_price_book": "costplan.prices",
    "load_scenario": "costplan.scenario",
    "project": "costplan.planning",
    "rate": "costplan.prices",
    "usage_from_response": "costplan.responses",
    "usage_of": "costplan.meters",
}

__all__ = [
    "CostplanError",
    "Meter",
    "Usage",
    "count_request",
    "count_tokens",
    "load_price_book",
    "load_scenario",
    "project",
    "rate",
    "usage_from_response",
    "usage_of",
]

if TYPE_CHECKING:
    from costplan.errors import CostplanError
    from costplan.meters import Meter, Usage, usage_of
    from costplan.planning import project
    from costplan.prices import load_price_book, rate
    from costplan.responses import usage_from_response
    from costplan.scenario import load_scenario
    from costplan.tokens import count_tokens
    from costplan.tokens.requests import count_request


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'costplan' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    return [*globals(), *_HOMES]
