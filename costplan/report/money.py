"""Amounts and shares as people read them, and as documents hold them.

Inside, money is never rounded. For display one `MoneyFormat` is chosen per result from the size of
its amounts, and every table of that result uses it, so that a total reads the same wherever it
stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

SYMBOLS = {"USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "CN¥", "INR": "₹"}
"""Currencies with a symbol; any other is shown by its code."""

ABSENT = "-"
"""What stands where there is no figure."""

_MOST_PLACES = 6
_WIDE = Context(prec=100)
"""Rounding a huge amount must not fail for want of digits."""


@dataclass(frozen=True, slots=True)
class MoneyFormat:
    """How the amounts of one result are written."""

    currency: str
    places: int

    @property
    def unit(self) -> Decimal:
        """The smallest amount shown: 0.01 for two places."""
        return Decimal(1).scaleb(-self.places)

    def rounded(self, amount: Decimal, rounding: str = ROUND_HALF_EVEN) -> Decimal:
        """To the places shown."""
        return amount.quantize(self.unit, rounding=rounding, context=_WIDE)

    def __call__(self, amount: Decimal | None, *, exact: Decimal | None = None) -> str:
        """An amount with its currency: `$1,234.50`, `-$3.00`, `<$0.01`.

        Args:
            amount: what to show; None is shown as absent.
            exact: the unrounded amount, where `amount` was rounded with others to add up.
        """
        if amount is None:
            return ABSENT
        shown = self.rounded(amount)
        truth = amount if exact is None else exact
        if not shown and truth:
            return f"{'>-' if truth < 0 else '<'}{self._signed(self.unit)}"
        return f"{'-' if shown < 0 else ''}{self._signed(abs(shown))}"

    def delta(self, amount: Decimal | None, *, exact: Decimal | None = None) -> str:
        """A difference, with its sign: `+$12.00`; the arguments are those of an amount."""
        text = self(amount, exact=exact)
        return f"+{text}" if amount is not None and self.rounded(amount) > 0 else text

    def _signed(self, amount: Decimal) -> str:
        symbol = SYMBOLS.get(self.currency, f"{self.currency} ")
        return f"{symbol}{amount:,.{self.places}f}"


def money_for(currency: str, amounts: Iterable[Decimal | None]) -> MoneyFormat:
    """The way to write these amounts: whole units when large, more places when small.

    From 10,000 up, cents are noise; below 10, the smallest amount keeps three digits ($0.255 must
    not become $0.26), or fewer where fewer are exact.
    """
    sizes = [abs(amount) for amount in amounts if amount]
    if not sizes:
        return MoneyFormat(currency, 2)
    largest, smallest = max(sizes), min(sizes)
    if largest >= 10_000:
        return MoneyFormat(currency, 0)
    if largest >= 10:
        return MoneyFormat(currency, 2)
    exact = max(_places(amount) for amount in sizes)
    telling = 2 - smallest.adjusted()
    return MoneyFormat(currency, max(2, min(exact, telling, _MOST_PLACES)))


def money_telling(currency: str, amount: Decimal, other: Decimal) -> MoneyFormat:
    """The way to write two amounts that differ so that they do not read alike, to 9 decimals."""
    usual = money_for(currency, (amount, other))
    finer = (MoneyFormat(currency, places) for places in range(max(2, usual.places), 10))
    ways = (usual, *finer)
    return next((way for way in ways if way.rounded(amount) != way.rounded(other)), ways[-1])


def _places(amount: Decimal) -> int:
    """Decimals needed to write an amount exactly."""
    exponent = amount.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def percent(share: float | None) -> str:
    """A share as whole percent; neither never nor always unless it is: `<1%`, `>99%`."""
    if share is None:
        return ABSENT
    if 0 < abs(share) < 0.01:
        return "<1%" if share > 0 else ">-1%"
    return ">99%" if 0.99 < share < 1 else f"{share * 100:.0f}%"


def signed_percent(share: float | None) -> str:
    """A change in percent with its sign: `+12%`, `-0.4%`."""
    if share is None:
        return ABSENT
    size = abs(share) * 100
    text = f"{size:,.0f}" if size >= 9.5 or not size else f"{size:.1f}"
    if not float(text.replace(",", "")):
        return "0%"
    return f"{'+' if share > 0 else '-'}{text}%"


def plain_text(amount: Decimal) -> str:
    """An exact number for documents: plain notation, 9 decimals at most, no trailing zeros."""
    text = f"{amount:.9f}"
    text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def plain_text_or_none(amount: Decimal | None) -> str | None:
    """The same, keeping an absent amount absent."""
    return None if amount is None else plain_text(amount)
