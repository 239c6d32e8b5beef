"""How the values of a scenario are read: quantities, shares, money, durations, days."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from costplan.documents import Node, Scalar
from costplan.errors import suggestion
from costplan.periods import Month
from costplan.quantity import PERIODS, Quantity, parse_plain, parse_quantity
from costplan.schema import KeyPath, Kind, Parsed, Reader, Text, describe

NAME = Text(pattern=r"[A-Za-z0-9][\w .-]*", means="a name of letters, digits, dashes and dots")
MODEL = Text(pattern=r"\S+", means="a model, such as openai/gpt-6-luna")


@dataclass(frozen=True, slots=True)
class Amount:
    """A quantity: a number, a range, or `$name` for an assumption; checked for its use."""

    means: str
    """What it is, for messages: `a number of tokens, such as 800 or 350 to 900`."""
    minimum: Decimal | None = Decimal(0)
    maximum: Decimal | None = None
    share: bool = False
    """A part of a whole: 0 to 1, written `15%` or `0.15`."""
    growth: bool = False
    """A relative change, written with `%`."""
    periods: tuple[str, ...] = ()
    """What it must be per, one of these; empty where it may be per nothing."""
    words: str = ""
    """What to write where words stand instead of a number, for messages."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Quantity`; a reference carries the range of the assumption it names."""
        if not isinstance(node, Scalar) or node.is_null:
            found = describe(node)
            return reader.problem(node.place, path, f"expected {self.means}, found {found}")
        try:
            quantity = parse_quantity(node.text)
            if quantity.is_open:
                quantity = self._resolve(quantity, reader)
            self._check(quantity)
        except ValueError as error:
            hint = f"; {self.words}" if self.words and node.text[:1].isalpha() else ""
            return reader.problem(node.place, path, f"{error}{hint}")
        return quantity

    def _resolve(self, quantity: Quantity, reader: Reader) -> Quantity:
        assumption = reader.names.get(quantity.name)
        if assumption is None:
            hint = suggestion(quantity.name, reader.names)
            raise ValueError(f"no assumption named {quantity.name!r}{hint}")
        resolved: Quantity = quantity.resolved(assumption)
        return resolved

    def _check(self, quantity: Quantity) -> None:
        shown = str(quantity)
        if self.share and quantity.high > 1:
            percent = "" if quantity.unit == "%" else f"; write {quantity.low}%"
            raise ValueError(f"a share lies between 0% and 100%, found {shown}{percent}")
        if self.share and quantity.is_range and (quantity.low <= 0 or quantity.high >= 1):
            raise ValueError(
                f"the range {shown} of a share must lie inside 0% and 100%: its ends are the 5th "
                "and 95th percentile, so something lies beyond them; write 0.1% for almost nothing"
            )
        if not self.growth and quantity.is_range and quantity.low <= 0:
            raise ValueError(
                f"the range {shown} begins at {quantity.low}: its ends are the 5th and 95th "
                "percentile of what cannot be negative, so the lower one lies above 0"
            )
        if self.growth and quantity.unit != "%" and quantity.high:
            raise ValueError(f"growth is written in percent, such as 4%/month; found {shown}")
        if not self.share and not self.growth and quantity.unit == "%":
            raise ValueError(f"expected {self.means}, found {shown}")
        if self.minimum is not None and quantity.low < self.minimum:
            raise ValueError(f"expected {self.means}, {self.minimum} or more; found {shown}")
        if self.maximum is not None and quantity.high > self.maximum:
            raise ValueError(f"expected {self.means}, at most {self.maximum}; found {shown}")
        self._check_period(quantity)

    def _check_period(self, quantity: Quantity) -> None:
        if not self.periods:
            if quantity.per:
                raise ValueError(f"{self.means} is not per {' per '.join(quantity.per)}")
            return
        named = [word for word in quantity.per if word in PERIODS]
        if len(named) != 1 or named[0] not in self.periods:
            raise ValueError(
                f"expected {self.means}: per one of {', '.join(self.periods)}; found {quantity}"
            )

    def json_schema(self) -> dict[str, Any]:
        """A string in the grammar of quantities, or a plain number."""
        number: dict[str, Any] = {"type": "number"}
        if self.minimum is not None:
            number["minimum"] = float(self.minimum)
        return {"anyOf": [{"type": "string", "pattern": r"^\s*(\$[A-Za-z]|[-+.\d])"}, number]}


@dataclass(frozen=True, slots=True)
class AnyQuantity:
    """An assumption: any quantity; its use decides what it may be."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Quantity` that is not a reference."""
        if not isinstance(node, Scalar) or node.is_null:
            found = describe(node)
            return reader.problem(node.place, path, f"expected a quantity, found {found}")
        try:
            quantity = parse_quantity(node.text)
        except ValueError as error:
            return reader.problem(node.place, path, str(error))
        if quantity.is_open:
            return reader.problem(node.place, path, "an assumption cannot refer to another")
        return quantity

    def json_schema(self) -> dict[str, Any]:
        """A string or a number."""
        return {"anyOf": [{"type": "string"}, {"type": "number"}]}


PLAIN = Parsed(parse_plain, {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]})
TOKENS = Amount("a number of tokens, such as 800 or 350 to 900")
SIZED_TOKENS = replace(TOKENS, words="a text is written {text: ...}, a file {file: ...}")
COUNT = Amount("a number, such as 3 or 2 to 5")
SHARE = Amount("a share, such as 15% or 10% to 20%", share=True)
DEMAND = Amount("a rate of requests, such as 12k/day or 3 per user per weekday", periods=PERIODS)
GROWTH = Amount(
    "growth, such as 4%/month or 4% to 7%/month",
    minimum=Decimal("-0.9"),
    maximum=Decimal(10),
    growth=True,
    periods=("month", "year"),
)


@dataclass(frozen=True, slots=True)
class Share:
    """A share of a routing mix, or `rest`: what the others leave."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Quantity`, or None for `rest`."""
        if isinstance(node, Scalar) and node.text == "rest":
            return None
        return SHARE.read(node, path, reader)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """A share."""
        return (SHARE,)

    def json_schema(self) -> dict[str, Any]:
        """A share or the word `rest`."""
        return {"anyOf": [{"const": "rest"}, SHARE.json_schema()]}


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of money; without a currency it is in the plan's."""

    amount: Decimal
    currency: str = ""


def parse_money(text: str) -> Money:
    """Read `2500`, `2.5k`, `$2,500` or `2500 EUR`.

    Raises:
        ValueError: the text is not an amount of money.
    """
    match = re.fullmatch(r"\s*(\$)?\s*(.*?)\s*([A-Z]{3})?\s*", text)
    if not match or not match[2]:
        raise ValueError(f"expected an amount of money such as 2500, found {text!r}")
    try:
        quantity = parse_quantity(match[2])
    except ValueError:
        raise ValueError(
            f"expected an amount of money such as 2500, 2.5k or 2500 EUR, found {text!r}"
        ) from None
    plain = not (quantity.is_range or quantity.is_open or quantity.per or quantity.unit)
    if not plain or quantity.low < 0:
        raise ValueError(f"expected an amount of money such as 2500, found {text!r}")
    return Money(quantity.low, match[3] or ("USD" if match[1] else ""))


MONEY = Parsed(parse_money, {"anyOf": [{"type": "number", "minimum": 0}, {"type": "string"}]})


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in days, weeks or calendar months."""

    number: int
    unit: str
    """`day`, `week` or `month`."""

    def after(self, day: date) -> date:
        """The day this long after another; a month later is the same day of the next month."""
        if self.unit == "month":
            month = Month.of(day) + self.number
            return date(month.year, month.number, min(day.day, month.days))
        return day + timedelta(days=self.number * (7 if self.unit == "week" else 1))


def parse_duration(text: str) -> Duration:
    """Read `45 days`, `2 weeks` or `3 months`.

    Raises:
        ValueError: the text is not a length of time.
    """
    match = re.fullmatch(r"(\d{1,4})\s*(day|week|month)s?", text.strip())
    if not match:
        raise ValueError(f"expected a length of time such as 3 months or 2 weeks, found {text!r}")
    return Duration(int(match[1]), match[2])


DURATION = Parsed(parse_duration, {"type": "string", "pattern": r"^\d+ *(day|week|month)s?$"})


@dataclass(frozen=True, slots=True)
class ImageSize:
    """Width and height in pixels."""

    width: int
    height: int


def parse_size(text: str) -> ImageSize:
    """Read `1024x768`.

    Raises:
        ValueError: the text is not a size, or a side is 0 or over 65,535.
    """
    match = re.fullmatch(r"(\d{1,5})\s*[x×]\s*(\d{1,5})", text.strip())
    if not match or not all(1 <= int(side) <= 65535 for side in match.groups()):
        raise ValueError(f"expected a size in pixels such as 1024x768, found {text!r}")
    return ImageSize(int(match[1]), int(match[2]))


SIZE = Parsed(parse_size, {"type": "string", "pattern": r"^\d+ *[x×] *\d+$"})


@dataclass(frozen=True, slots=True)
class RawMapping:
    """A mapping kept as it stands: what a variant changes is read once it is laid over the base."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """The node itself."""
        if isinstance(node, Scalar) and node.is_null:
            return reader.problem(node.place, path, "a variant changes something; found nothing")
        if isinstance(node, Scalar) or not hasattr(node, "keys"):
            found = describe(node)
            return reader.problem(node.place, path, f"expected a mapping, found {found}")
        return node

    def json_schema(self) -> dict[str, Any]:
        """Any object."""
        return {"type": "object"}
