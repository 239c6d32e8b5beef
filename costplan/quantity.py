"""Quantities as a planner writes them: `12k/day`, `800 to 1500`, `4% to 7%/month`, `$seats/month`.

The grammar:

    quantity := amount [unit] [rate]
    amount   := number | number "to" number | "$" name
    number   := digits with "_" or "," between thousands, a decimal point, an exponent,
                then k, K, M, B (thousand, million, billion) or %
    rate     := ("/" | "per") word, once or more: "/day", "per user per weekday", "once"

Numbers are read as `Decimal` from their text. What could be misread is refused with the two
readings it could have: `1,5k`, a lone `m`, `12:30`, a range that falls.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from costplan.errors import suggestion

_SCALES = {"k": 1_000, "K": 1_000, "M": 1_000_000, "B": 1_000_000_000}
_NUMBER = re.compile(r"[+-]?\d[\d_,]*(?:\.\d+)?(?:[eE][+-]?\d+)?|[+-]?\.\d+")
_NAME = re.compile(r"\$([A-Za-z][\w-]*)")

PERIODS = ("hour", "day", "weekday", "week", "month", "quarter", "year", "once")
"""What a rate of demand can be per. `weekday` is Monday to Friday; `once` is in all."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, or the range it will lie in, and what it is per.

    `low` and `high` are equal for a number. For a range they are its 5th and 95th percentile.
    """

    low: Decimal
    high: Decimal
    per: tuple[str, ...] = ()
    """What it is per, as written: `("user", "weekday")`."""
    unit: str = ""
    """`%` for a share or a growth, else the word that followed the number, if any."""
    name: str = ""
    """The assumption it refers to; its `low` and `high` are those of the assumption."""

    @property
    def is_range(self) -> bool:
        """Whether it stands for something we do not know exactly."""
        return self.low != self.high

    @property
    def is_open(self) -> bool:
        """Whether it names an assumption whose value has not been filled in yet."""
        return bool(self.name) and self.low.is_nan()

    def resolved(self, assumption: Quantity) -> Quantity:
        """This reference with the value of the assumption it names.

        Raises:
            ValueError: both say what they are per, and differ.
        """
        if self.per and assumption.per and self.per != assumption.per:
            raise ValueError(
                f"${self.name} is already per {' per '.join(assumption.per)}; "
                f"it cannot be per {' per '.join(self.per)} too"
            )
        return replace(assumption, per=self.per or assumption.per, name=self.name)

    def __str__(self) -> str:
        if self.name:
            return f"${self.name}"
        percent = 100 if self.unit == "%" else 1
        sign = "%" if self.unit == "%" else ""
        ends = [f"{(end * percent).normalize():f}{sign}" for end in (self.low, self.high)]
        amount = " to ".join(ends if self.is_range else ends[:1])
        return amount + "".join(f"/{word}" for word in self.per)


def parse_plain(text: str) -> Decimal:
    """Read one number, such as 420 or 11k.

    Raises:
        ValueError: the text is not a single number, 0 or more.
    """
    quantity = parse_quantity(text)
    if quantity.is_range or quantity.is_open or quantity.per or quantity.unit or quantity.low < 0:
        raise ValueError(f"expected one number, 0 or more, such as 420 or 11k; found {text!r}")
    return quantity.low


def parse_quantity(text: str) -> Quantity:
    """Read a quantity.

    Raises:
        ValueError: the text is not a quantity, or could be read in two ways; says what to write.
    """
    rest = text.strip()
    if name := _NAME.match(rest):
        low = high = Decimal("NaN")
        unit, rest = "", rest[name.end() :]
    else:
        low, unit, rest = _number(rest, text)
        high = low
        if ranged := re.match(r"\s+to\s+", rest):
            high, high_unit, rest = _number(rest[ranged.end() :], text)
            low, unit = _same_scale(low, unit, high_unit, text)
            if high < low:
                raise ValueError(f"a range runs from low to high; {text!r} falls")
        if unit and unit != "%":
            unit = ""
    word = ""
    if not name and (following := re.match(r"\s*([A-Za-z]+)(?!\w)", rest)):
        word = following[1].lower()
        if word not in {"per", "once"}:
            rest = rest[following.end() :]
        else:
            word = ""
    if word and word not in _UNITS:
        if word == "m":
            raise ValueError(
                f"{text!r}: m could be milli, million, minute or month; write M or /month"
            )
        raise ValueError(
            f"unknown unit {word!r} in {text!r}{suggestion(word, _UNITS, all_below=0)}"
        )
    return Quantity(
        low, high, _per(rest, text), unit or _UNITS.get(word, ""), name[1] if name else ""
    )


_UNITS = {
    word: singular
    for singular in ("token", "request", "conversation", "user", "seat", "image", "document")
    for word in (singular, singular + "s")
} | {"percent": "%"}
_PER_WORDS = (*PERIODS, "user", "seat")
_PER_ALIASES = {
    "hourly": "hour", "daily": "day", "weekly": "week", "monthly": "month", "yearly": "year",
    "annum": "year", "mo": "month", "hr": "hour", "workday": "weekday", "person": "user",
}  # fmt: skip


def _number(text: str, whole: str) -> tuple[Decimal, str, str]:
    """The number at the start: its value, `%` or its scale letter, and what follows."""
    match = _NUMBER.match(text)
    if not match:
        raise ValueError(f"expected a number such as 800, 12k or 800 to 1500, found {whole!r}")
    digits, rest = match[0], text[match.end() :]
    if rest[:1] == ":":
        raise ValueError(
            f"{whole!r} looks like a time of day; expected a number such as 800 or 12k"
        )
    if "," in digits and not re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d+)?", digits):
        raise ValueError(
            f"{whole!r}: a comma parts thousands (12,000); write the decimals with a point (1.5k)"
        )
    try:
        value = Decimal(digits.replace(",", "").replace("_", ""))
    except ArithmeticError:
        value = Decimal("1E+31")
    if abs(value.adjusted()) > 30:
        raise ValueError(f"{whole!r} is too large or too small to be meant")
    letter = re.match(r"([kKMB])(?![A-Za-z])|\s*(%)", rest)
    if not letter:
        return value, "", rest
    rest = rest[letter.end() :]
    if letter[2]:
        return value / 100, "%", rest
    return value * _SCALES[letter[1]], letter[1], rest


def _same_scale(low: Decimal, unit: str, high_unit: str, text: str) -> tuple[Decimal, str]:
    """`4 to 7%` is 4% to 7%; `8 to 15k` could be read in two ways."""
    if high_unit == "%" and not unit:
        return low / 100, "%"
    if "%" in (unit, high_unit) and unit != high_unit:
        raise ValueError(f"{text!r}: write % at both ends, or at the second")
    if high_unit and not unit and low:
        raise ValueError(f"{text!r}: write the {high_unit} at both ends, as in 8k to 15k")
    return low, high_unit


def _per(text: str, whole: str) -> tuple[str, ...]:
    words: list[str] = []
    rest = text.strip()
    while rest:
        match = re.match(r"(?:/|per\b)\s*([A-Za-z]+)\s*|(once)\b\s*", rest)
        if not match:
            raise ValueError(f"cannot read {rest!r} in {whole!r}; expected a rate such as /day")
        word = (match[1] or match[2]).lower()
        word = _PER_ALIASES.get(word, word)
        if word not in _PER_WORDS and word.removesuffix("s") in _PER_WORDS:
            word = word.removesuffix("s")
        if word not in _PER_WORDS:
            raise ValueError(f"unknown period {word!r} in {whole!r}{suggestion(word, _PER_WORDS)}")
        words.append(word)
        rest = rest[match.end() :]
    return tuple(words)
