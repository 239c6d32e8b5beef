"""How a value is moved by a key press: by a step, a day, a month, a word."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Protocol

from costplan.desk.allowed import Allowed, scalar_kind
from costplan.desk.spelling import Spelling, step_of
from costplan.periods import Month
from costplan.scenario.uncertainty import UNCERTAINTY, WORDS
from costplan.schema import Kind, Text

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_DAYS = re.compile(rf"{_DAY.pattern}(?: to {_DAY.pattern})?")
_MONTH = re.compile(r"\d{4}-\d{2}")
_SPREAD = re.compile(r"\{\s*mean:\s*([^,{}]+?)\s*,\s*p90:\s*([^,{}]+?)\s*\}")


class Moving(Protocol):
    """One way of moving a value: made for the value at rest, it moves any value like it."""

    def fits(self, text: str) -> bool:
        """Whether it can move a value, which may be written in another form."""

    def moved(self, text: str, steps: int) -> str | None:
        """The value so many steps on, allowed or not; None where there is none."""

    def end(self, text: str, *, is_up: bool) -> str | None:
        """The last value in a direction, where there is one."""


def is_movable(text: str, kind: Kind) -> bool:
    """Whether a key press could move a value, however far."""
    kind = scalar_kind(kind)
    if isinstance(kind, Text):
        return text in kind.choices
    if kind is UNCERTAINTY and text in WORDS:
        return True
    ways = (Spelling.read, _DAYS.fullmatch, _MONTH.fullmatch, _SPREAD.fullmatch)
    return any(way(text) is not None for way in ways)


def moving_of(text: str, allowed: Allowed, stops: tuple[str, ...] = ()) -> Moving | None:
    """How a value is moved; None for what can only be typed.

    Args:
        text: where it rests.
        allowed: what may stand there.
        stops: the values it goes through, in their order, where only some make a difference.
    """
    if stops:
        return Stops(stops)
    if not is_movable(text, allowed.kind):
        return None
    if text in allowed.words:
        return Words(allowed.words)
    if _MONTH.fullmatch(text):
        return Months()
    if _DAYS.fullmatch(text):
        days = Dates()
        return Dates(is_monthly=True) if allowed.problem(days.moved(text, 1) or text) else days
    amount = Spelling.read(text)
    return Amounts.of(amount, text, allowed) if amount else Spread.read(text)


@dataclass(frozen=True, slots=True)
class Amounts:
    """A number or a range, by one step for all of its way: there and back is where it was."""

    rest: Spelling
    text: str
    step: Decimal
    low: Decimal | None
    high: Decimal | None

    @classmethod
    def of(cls, amount: Spelling, text: str, allowed: Allowed) -> Amounts:
        """How an amount that rests at a value moves."""
        is_count = allowed.is_count and not amount.high and not allowed.is_rate
        step = step_of(amount, is_share=allowed.is_share, is_count=is_count)
        scale = 100 if amount.is_percent else 1
        low, high = (None if end is None else end * scale for end in allowed.ends)
        return cls(amount, text, step, low, high)

    def fits(self, text: str) -> bool:
        """Percentages and other numbers are not moved alike."""
        amount = Spelling.read(text)
        return amount is not None and amount.is_percent == self.rest.is_percent

    def moved(self, text: str, steps: int) -> str | None:
        """By whole steps."""
        amount = Spelling.read(text)
        return self._told(amount.plus(self.step * steps)) if amount else None

    def end(self, text: str, *, is_up: bool) -> str | None:
        """The lowest or highest number; a range stops before."""
        amount, end = Spelling.read(text), self.high if is_up else self.low
        if amount is None or amount.high is not None or end is None:
            return None
        return self._told(amount.at(end))

    def _told(self, amount: Spelling) -> str:
        """With as many decimals as it has at rest, or as it needs."""
        if amount.same(self.rest):
            return self.text
        places = self.rest.low.places
        high = amount.high and replace(amount.high, places=places)
        return str(replace(amount, low=replace(amount.low, places=places), high=high))


@dataclass(frozen=True, slots=True)
class Spread:
    """A mean that moves with its 90th percentile: the spread between requests keeps its shape."""

    mean: Spelling
    p90: Spelling
    step: Decimal
    text: str

    @classmethod
    def read(cls, text: str) -> Spread | None:
        """What `{mean: 180, p90: 340}` says."""
        found = _SPREAD.fullmatch(text)
        mean, p90 = (Spelling.read(part) for part in found.groups()) if found else (None, None)
        if mean is None or p90 is None or not mean.middle:
            return None
        return cls(mean, p90, step_of(mean), text)

    def fits(self, text: str) -> bool:
        """One that was typed has its own proportion, and moves by it."""
        now = Spread.read(text)
        return now is not None and text == self._at(now.mean)

    def moved(self, text: str, steps: int) -> str | None:
        """The mean by whole steps, the other in proportion, to three digits."""
        now = Spread.read(text)
        return self._at(now.mean.plus(self.step * steps)) if now else None

    def _at(self, mean: Spelling) -> str:
        if mean.middle == self.mean.middle:
            return self.text
        p90 = self.p90.times(mean.middle / self.mean.middle)
        return f"{{mean: {mean}, p90: {p90}}}"

    def end(self, text: str, *, is_up: bool) -> str | None:  # noqa: ARG002 - it has none
        """It stops where the schema says."""
        return None


@dataclass(frozen=True, slots=True)
class Dates:
    """A day, or days from one to another, by a day; by a month where it must be the first."""

    is_monthly: bool = False

    def fits(self, text: str) -> bool:
        """Days."""
        return _DAYS.fullmatch(text) is not None

    def moved(self, text: str, steps: int) -> str | None:
        """So many days or months on."""
        try:
            return _DAY.sub(lambda found: str(self._day(found[0], steps)), text)
        except (ValueError, OverflowError):
            return None

    def _day(self, text: str, steps: int) -> date:
        day = date.fromisoformat(text)
        if not self.is_monthly:
            return day + timedelta(days=steps)
        month = Month.of(day) + steps
        return date(month.year, month.number, min(day.day, month.days))

    def end(self, text: str, *, is_up: bool) -> str | None:  # noqa: ARG002 - it has none
        """Days have no end."""
        return None


@dataclass(frozen=True, slots=True)
class Months:
    """A month by a month."""

    def fits(self, text: str) -> bool:
        """Months."""
        return _MONTH.fullmatch(text) is not None

    def moved(self, text: str, steps: int) -> str | None:
        """So many months on."""
        try:
            return str(Month.parse(text) + steps)
        except (ValueError, OverflowError):
            return None

    def end(self, text: str, *, is_up: bool) -> str | None:  # noqa: ARG002 - it has none
        """Months have no end."""
        return None


@dataclass(frozen=True, slots=True)
class Words:
    """A word to the next in their order: `steady` to `typical`, `5m` to `30m`."""

    words: tuple[str, ...]

    def fits(self, text: str) -> bool:
        """The words."""
        return text in self.words

    def moved(self, text: str, steps: int) -> str | None:
        """So many words on."""
        at = self.words.index(text) + steps
        return self.words[at] if 0 <= at < len(self.words) else None

    def end(self, text: str, *, is_up: bool) -> str | None:  # noqa: ARG002 - the same for all
        """The first or last word."""
        return self.words[-1 if is_up else 0]


@dataclass(frozen=True, slots=True)
class Stops:
    """A day to the next that makes a difference; nothing said comes after the last."""

    days: tuple[str, ...]
    """In their order."""

    def fits(self, text: str) -> bool:
        """Days, or nothing."""
        return not text or _DAY.fullmatch(text) is not None

    def moved(self, text: str, steps: int) -> str | None:
        """So many days that make a difference on."""
        if not text:
            at = len(self.days) + steps
        elif steps > 0:
            at = bisect_right(self.days, text) - 1 + steps
        else:
            at = bisect_left(self.days, text) + steps
        if at == len(self.days):
            return ""
        return self.days[at] if 0 <= at < len(self.days) else None

    def end(self, text: str, *, is_up: bool) -> str | None:  # noqa: ARG002 - the same for all
        """The first of the days, or nothing said."""
        return "" if is_up else self.days[0]
