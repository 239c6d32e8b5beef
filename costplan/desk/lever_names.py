"""What levers are called, and in which order they are shown."""

from __future__ import annotations

from functools import cache

from costplan.schema import KeyPath

ASSUMPTIONS, WHOLE = "Assumptions", "Whole plan"
BUDGET, CONTRACTS, QUALITY = "Budget", "Contracts", "Quality"
"""Groups that are no workload."""
_ORDER = (
    "demand.requests", "demand.users", "demand.growth",
    "routing.mix", "routing.cascade", "failures.escalate", "failures.retry",
    "request.cache", "request.system.cache", "request.system.hits", "request.tools.cache",
    "batch", "request.turns", "request.steps", "request.scale",
    "request.output", "request.reasoning", "request.input", "request.system", "request.tools",
    "request", "failures", "demand", "seat", "people", "uncertainty",
)  # fmt: skip
"""Keys of a workload, the most telling first; others follow as the file has them."""
_NAMES = {
    "demand.requests": "requests",
    "demand.users": "users",
    "demand.growth": "growth",
    "demand.growth.rate": "growth",
    "demand.growth.from": "growth from",
    "demand.launch": "launch",
    "demand.retire": "retirement",
    "demand.ramp": "ramp",
    "demand.peak": "busiest minute",
    "routing.mix.from": "mix from",
    "routing.cascade.rate": "goes on",
    "routing.cascade.success": "success",
    "routing.judge.caught": "failures caught",
    "routing.judge.false_alarms": "false alarms",
    "failures.escalate": "escalation",
    "failures.retry": "retries",
    "failures.attempts": "attempts",
    "failures.refused": "refused calls",
    "failures.timeouts.rate": "timeouts",
    "failures.timeouts.partial": "paid of timeouts",
    "failures.repair.rate": "repairs",
    "request.cache.read": "cache read share",
    "request.cache.write": "cache write share",
    "request.cache.hits": "cache hits",
    "request.cache.lifetime": "cache lifetime",
    "request.system.cache": "system cache lifetime",
    "request.system.hits": "system cache hits",
    "request.tools.cache": "tools cache lifetime",
    "request.tools.hits": "tools cache hits",
    "request.scale": "length of texts",
    "request.system": "system prompt",
    "request.tools": "tool schemas",
    "request.gap": "time between turns",
    "request.fan_out": "tools at once",
    "request.agents.count": "sub-agents",
    "batch": "batch share",
    "seat": "price of a seat",
    "people.review.share": "reviewed",
    "people.review.cost": "cost of review",
    "people.rework.share": "done over",
    "people.rework.cost": "cost of rework",
    "known_at": "prices known on",
    "start": "first month",
    "months": "months",
    "uncertainty": "uncertainty",
}  # fmt: skip
_SKIPPED = {"request", "demand", "failures", "routing", "seasonality"}
"""Keys that say nothing beside the one below them."""
_MOST_WORDS = 4


@cache
def order_of(below: KeyPath) -> int:
    """Where a key of a workload comes among the others, by the path below the workload."""
    name = _dotted(below)
    placed = (k for k, key in enumerate(_ORDER) if name == key or name.startswith(f"{key}."))
    return next(placed, len(_ORDER))


@cache
def label_of(below: KeyPath) -> str:
    """One to four words for what stands at a path, which begins below its group."""
    told = _NAMES.get(_dotted(below))
    if told is None:
        words = [part for part in below if part not in _SKIPPED]
        words = [f"{int(part) + 1}" if part.isdecimal() else part for part in words]
        told = " ".join([*words[:-2][:1], *words[-2:]]).replace("_", " ")
    return " ".join(told.split()[:_MOST_WORDS])


def _dotted(path: KeyPath) -> str:
    return ".".join(part for part in path if not part.isdecimal())
