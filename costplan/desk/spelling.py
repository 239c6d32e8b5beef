"""Amounts as a file spells them, moved by steps: `8k to 12k/day`, `$2,500`, `4 to 7%/month`.

What is not the number itself stays as it was written: the unit, the period, the currency, commas
between thousands. A range moves as a whole and keeps its width.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

_SCALES = {"k": Decimal(1000), "K": Decimal(1000), "M": Decimal(10**6), "B": Decimal(10**9)}
_DIGITS = r"[+-]?(?:\d[\d_,]*(?:\.\d+)?(?:[eE][+-]?\d+)?|\.\d+)"
_LETTER = r"(?:[kKMB](?![A-Za-z])|\s*%)?"
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?")
_AMOUNT = re.compile(
    rf"(?P<head>\s*\$?\s*)(?P<low>{_DIGITS})(?P<low_letter>{_LETTER})"
    rf"(?:(?P<to>\s+to\s+)(?P<high>{_DIGITS})(?P<high_letter>{_LETTER}))?"
    r"(?P<tail>\s*[A-Za-z]*(?:\s*(?:/|per\b)[\w\s/]*)?)"
)


@dataclass(frozen=True, slots=True)
class Spelled:
    """One number in its own spelling."""

    value: Decimal
    """What it is; of a percentage the points: 85 for `85%`."""
    letter: str = ""
    """`k`, `M`, `B` or `%` as written."""
    comma: str = ""
    """What parts its thousands."""
    places: int = 0
    """Decimals it keeps: those of `1.50`, which says so with its zero."""

    @classmethod
    def read(cls, digits: str, letter: str) -> Spelled:
        """The number of these digits and this letter.

        Raises:
            ValueError: its commas do not part thousands.
        """
        if "," in digits and not _THOUSANDS.fullmatch(digits):
            raise ValueError(f"{digits}: a comma parts thousands")
        comma = next((sign for sign in ",_" if sign in digits), "")
        number = Decimal(digits.replace(",", "").replace("_", ""))
        decimals = digits.partition(".")[2]
        places = len(decimals) if decimals.endswith("0") else 0
        return cls(number * _SCALES.get(letter, Decimal(1)), letter, comma, places)

    def __str__(self) -> str:
        number = self.value / _SCALES.get(self.letter, Decimal(1))
        whole, _, part = f"{number:,f}".partition(".")
        part = part.rstrip("0").ljust(self.places, "0")
        return f"{whole.replace(',', self.comma)}{'.' if part else ''}{part}{self.letter}"


@dataclass(frozen=True, slots=True)
class Spelling:
    """A number or a range, and what stands around it."""

    low: Spelled
    high: Spelled | None = None
    head: str = ""
    to: str = ""
    tail: str = ""

    @classmethod
    @lru_cache(maxsize=1024)
    def read(cls, text: str) -> Spelling | None:
        """What a text says; None where it is no amount."""
        found = _AMOUNT.fullmatch(text)
        if found is None:
            return None
        try:
            low = Spelled.read(found["low"], found["low_letter"])
            high = Spelled.read(found["high"], found["high_letter"]) if found["to"] else None
        except (ArithmeticError, ValueError):
            return None
        return cls(low, high, found["head"], found["to"] or "", found["tail"])

    def __str__(self) -> str:
        return f"{self.head}{self.low}{self.to}{self.high or ''}{self.tail}"

    @property
    def is_percent(self) -> bool:
        """Whether it is in percent; `4 to 7%` says so once."""
        return "%" in (self.high or self.low).letter

    @property
    def is_whole(self) -> bool:
        """Whether it is written as plain whole numbers: 4 turns, 25 people."""
        ends = (self.low, self.high or self.low)
        return all(not end.letter and end.value % 1 == 0 for end in ends)

    @property
    def middle(self) -> Decimal:
        """The number; of a range the middle."""
        return (self.low.value + (self.high or self.low).value) / 2

    def same(self, other: Spelling) -> bool:
        """Whether it says the same, however it is spelled."""
        ends = [[end and end.value for end in (one.low, one.high)] for one in (self, other)]
        return ends[0] == ends[1] and self.tail == other.tail

    def plus(self, change: Decimal) -> Spelling:
        """Moved by so much, with its width."""
        high = self.high and replace(self.high, value=self.high.value + change)
        return replace(self, low=replace(self.low, value=self.low.value + change), high=high)

    def at(self, value: Decimal) -> Spelling:
        """With its middle at a value."""
        return self.plus(value - self.middle)

    def times(self, factor: Decimal) -> Spelling:
        """Multiplied, to three digits."""
        ends = (self.low, self.high)
        low, high = (end and replace(end, value=_short(end.value * factor)) for end in ends)
        return replace(self, low=low or self.low, high=high)


def step_of(amount: Spelling, *, is_share: bool = False, is_count: bool = True) -> Decimal:
    """How far one key press moves an amount.

    A point of a percentage, half a point under 10 %; of other amounts about 5 %, as 1, 2 or 5 times
    a power of ten.

    Args:
        amount: where it stands.
        is_share: whether it is a part of a whole, written as 0.15.
        is_count: whether what is written as a whole number is a number of things.
    """
    middle = abs(amount.middle)
    if amount.is_percent:
        return _points(middle)
    if is_share:
        return _points(middle * 100) / 100
    if not middle:
        return Decimal(1)
    step = tidy(middle / 20)
    return max(step, Decimal(1)) if is_count and amount.is_whole else step


def _points(middle: Decimal) -> Decimal:
    if 0 < middle < 1:
        return Decimal("0.1")
    return Decimal("0.5") if 0 < middle < 10 else Decimal(1)


def tidy(size: Decimal) -> Decimal:
    """The nearest of 1, 2 and 5 times a power of ten; nearest by ratio."""
    power = Decimal(1).scaleb(size.adjusted())
    first = size / power
    ends = ((Decimal("1.4142"), 1), (Decimal("3.1623"), 2), (Decimal("7.0711"), 5))
    return next((times for end, times in ends if first < end), 10) * power


def _short(value: Decimal) -> Decimal:
    """To three digits, whole from a hundred up."""
    if not value:
        return value
    return value.quantize(Decimal(1).scaleb(value.adjusted() - 2)).normalize()
