"""What two books say differently besides rates, in words: of a row, of a model, of a name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from costplan.prices.model import FACTS, Model
from costplan.prices.price import Price


def row_facts(before: Price, after: Price) -> str:
    """What differs between two rows besides their rates: `basis: observed -> announced`."""
    return _moves(
        {
            "basis": (before.basis, after.basis),
            "known by": (before.known_by, after.known_by),
            "currency": (before.currency, after.currency),
            "guaranteed through": (before.through, after.through),
            "for prompts up to": (before.up_to, after.up_to),
            "sources": (" ".join(before.source_keys), " ".join(after.source_keys)),
            "models": (" ".join(before.models), " ".join(after.models)),
        }
    )


def model_facts(before: Model, after: Model) -> str:
    """What differs between two descriptions of a model: `retirement: none -> 2026-12-01`."""
    told: dict[str, tuple[object, object]] = {
        name.replace("_", " "): (getattr(before, name), getattr(after, name)) for name in FACTS
    }
    return _moves(told | {"aliases": (" ".join(before.aliases), " ".join(after.aliases))})


def alias_facts(before: Iterable[tuple[date, str]], after: Iterable[tuple[date, str]]) -> str:
    """What a name meant from when, where two books say it differently; empty where they agree."""
    was, now = (
        ", ".join(f"{target} from {start}" for start, target in targets)
        for targets in (before, after)
    )
    return "" if was == now else f"{_word(was)} -> {_word(now)}"


def _moves(told: Mapping[str, tuple[object, object]]) -> str:
    moved = ((name, old, new) for name, (old, new) in told.items() if old != new)
    return "; ".join(f"{name}: {_word(old)} -> {_word(new)}" for name, old, new in moved)


def _word(value: object) -> str:
    return "none" if value in {None, ""} else str(value)
