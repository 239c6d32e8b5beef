"""The two lines below the drawing: months (with ▲ where they are over budget), and years."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from costplan.tui.plot import Line, Mark, Run

_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
OVER = "▲"


def period_labels(labels: Sequence[str], over: Collection[int], slot: int) -> tuple[Line, Line]:
    """Names of the periods below their columns, thinned out where columns are narrow.

    Args:
        labels: `2026-12`, or `2026-Q4` and the like.
        over: positions of the periods over their budget.
        slot: cells each period has.
    """
    parts = [_parts(label) for label in labels]
    every = _every(parts, slot)
    upper = tuple(
        _cell(name if k in every else "", slot, is_over=k in over)
        for k, (name, _) in enumerate(parts)
    )
    years = [year if k == 0 or parts[k - 1][1] != year else "" for k, (_, year) in enumerate(parts)]
    return upper, _years(years, slot)


def _parts(label: str) -> tuple[str, str]:
    year, _, part = label.partition("-")
    return (_NAMES[int(part) - 1] if part.isdigit() else part), year


def _every(parts: Sequence[tuple[str, str]], slot: int) -> set[int]:
    """Which periods get their name: all, each third from a January, or only Januaries."""
    if slot >= 4:
        return set(range(len(parts)))
    steps = 3 if slot * 3 >= 4 else 12
    january = next((k for k, (name, _) in enumerate(parts) if name in {"Jan", "Q1"}), 0)
    return {k for k in range(len(parts)) if (k - january) % steps == 0}


def _cell(name: str, slot: int, *, is_over: bool) -> Run:
    mark = Mark.SURE_OVER if is_over else Mark.AXIS
    if slot < 4:
        return mark, (OVER if is_over else name[:slot]).ljust(slot)
    text = f"{OVER}{name}" if is_over else name
    return mark, text[: slot - 1].center(slot)


def _years(years: Sequence[str], slot: int) -> Line:
    """A year below its first period, unless the next one begins before there is room for it."""
    line = " " * (slot * len(years))
    starts = [k for k, year in enumerate(years) if year]
    for k, after in zip(starts, [*starts[1:], len(years)], strict=True):
        at = k * slot + (1 if slot >= 4 else 0)
        if len(years[k]) < (after - k) * slot:
            line = line[:at] + years[k] + line[at + len(years[k]) :]
    return ((Mark.AXIS, line),)
