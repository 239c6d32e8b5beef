"""Calendar months, half-open day ranges, time zones, and which days a workload runs on."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from costplan.errors import suggestion


def parse_date(text: str) -> date:
    """Read a day such as `2026-12-31`.

    Raises:
        ValueError: the text is not one, or there is no such day.
    """
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text.strip()):
        raise ValueError(f"expected a day such as 2026-12-31, found {text!r}")
    _year(int(text.strip()[:4]))
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        raise ValueError(f"there is no day {text}") from None


def _year(year: int) -> int:
    if not 1990 <= year <= 2199:
        raise ValueError(f"expected a year from 1990 to 2199, found {year}")
    return year


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month."""

    year: int
    number: int
    """1 to 12."""

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `2026-12`.

        Raises:
            ValueError: the text is not a year and a month.
        """
        match = re.fullmatch(r"(\d{4})-(\d{2})", text.strip())
        if not match or not 1 <= int(match[2]) <= 12:
            raise ValueError(f"expected a month such as 2026-12, found {text!r}")
        return cls(_year(int(match[1])), int(match[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month a day is in."""
        return cls(day.year, day.month)

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return calendar.monthrange(self.year, self.number)[1]

    @property
    def range(self) -> DayRange:
        """Its days."""
        return DayRange(self.first, (self + 1).first)

    def __add__(self, months: int) -> Month:
        index = self.year * 12 + self.number - 1 + months
        return Month(index // 12, index % 12 + 1)

    def __sub__(self, other: Month) -> int:
        return (self.year - other.year) * 12 + self.number - other.number

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"


@dataclass(frozen=True, slots=True, order=True)
class DayRange:
    """Days from `start` up to, but not including, `end`."""

    start: date
    end: date

    @property
    def days(self) -> int:
        """How many days; 0 when `end` is not after `start`."""
        return max(0, (self.end - self.start).days)

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    def __and__(self, other: DayRange) -> DayRange:
        start = max(self.start, other.start)
        return DayRange(start, max(start, min(self.end, other.end)))

    @classmethod
    def parse(cls, text: str) -> DayRange:
        """Read a day, `2026-11-27`, or several, `2026-11-23 to 2026-11-30`.

        As in speech, the last day named is one of them; `end` is the day after it.

        Raises:
            ValueError: the text is neither, or the last day comes before the first.
        """
        first, to, last = (part.strip() for part in text.partition(" to "))
        start = parse_date(first)
        end = parse_date(last) if to else start
        if end < start:
            raise ValueError(f"days run from the first to the last; {text!r} runs backwards")
        return cls(start, end + timedelta(days=1))


def month_range(start: Month, months: int) -> tuple[Month, ...]:
    """`months` consecutive months from `start`."""
    return tuple(start + k for k in range(months))


def fiscal_label(month: Month, period: str, fiscal_year_start: int) -> str:
    """The quarter or year a month belongs to, named as finance names it.

    A fiscal year is named by the calendar year it ends in: with `fiscal_year_start=4`,
    2026-12 is in `FY2027` and `FY2027-Q3`. With 1, plain `2026` and `2026-Q4`.

    Args:
        month: the month.
        period: `month`, `quarter` or `year`.
        fiscal_year_start: the number of the month the fiscal year starts with, 1 to 12.
    """
    if period == "month":
        return str(month)
    offset = (month.number - fiscal_year_start) % 12
    year = (month + (11 - offset)).year
    name = f"{year}" if fiscal_year_start == 1 else f"FY{year}"
    return name if period == "year" else f"{name}-Q{offset // 3 + 1}"


def parse_zone(text: str) -> str:
    """The name of an IANA time zone, `Asia/Shanghai`.

    Raises:
        ValueError: there is no such zone; names the nearest.
    """
    if text not in _zones():
        raise ValueError(f"no time zone {text!r}{suggestion(text, _zones())}")
    return text


@cache
def _zones() -> frozenset[str]:
    from zoneinfo import available_timezones

    return frozenset(available_timezones())


@dataclass(frozen=True, slots=True)
class Days:
    """Which days of the week and year count as active."""

    kind: str = "all"
    """`all`, `weekdays` (Monday to Friday), `weekends`, or `working` (weekdays less holidays)."""
    country: str = ""
    """For `working`: ISO 3166 code, with a subdivision after a dash: `US`, `DE-BY`."""

    @classmethod
    def parse(cls, text: str) -> Days:
        """Read `all`, `weekdays`, `weekends`, `working(US)` or `working(DE-BY)`.

        Raises:
            ValueError: none of these, or no country code.
        """
        match = re.fullmatch(r"(\w+)(?:\(\s*([\w-]*)\s*\))?", text.strip())
        kind, country = (match[1].lower(), (match[2] or "").upper()) if match else ("", "")
        if kind not in {"all", "weekdays", "weekends", "working"}:
            raise ValueError(
                f"expected all, weekdays, weekends or working(COUNTRY), found {text!r}"
            )
        if (kind == "working") != bool(country):
            raise ValueError(
                "working days need a country: write working(US)"
                if kind == "working"
                else f"only working(...) takes a country, not {kind}"
            )
        if country and not re.fullmatch(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", country):
            raise ValueError(f"expected a country such as US or DE-BY, found {country!r}")
        return cls(kind, country)

    def active(
        self, days: DayRange, holidays: Callable[[str, int], frozenset[date]] | None = None
    ) -> tuple[bool, ...]:
        """For each day of the range, whether it is active.

        Args:
            days: the range.
            holidays: gives the public holidays of a country in a year; `public_holidays` if None.

        Raises:
            ValueError: there is no holiday calendar of that country.
        """
        if self.kind == "all":
            return (True,) * days.days
        first = days.start.toordinal()
        weekend = self.kind == "weekends"
        there = [((first + k - 1) % 7 >= 5) is weekend for k in range(days.days)]
        if self.kind == "working":
            years = range(days.start.year, days.end.year + 1)
            known = holidays or public_holidays
            for day in (day for year in years for day in known(self.country, year)):
                if day in days:
                    there[day.toordinal() - first] = False
        return tuple(there)

    def __str__(self) -> str:
        return f"{self.kind}({self.country})" if self.country else self.kind


def public_holidays(country: str, year: int) -> frozenset[date]:
    """Public holidays, from the `holidays` package (github.com/vacanza/holidays).

    Args:
        country: ISO 3166 code, with a subdivision after a dash where holidays differ: `DE-BY`.
        year: the year.

    Raises:
        ValueError: the package has no calendar of that country or subdivision.
    """
    import holidays

    code, _, subdivision = country.partition("-")
    try:
        found = holidays.country_holidays(code, subdiv=subdivision or None, years=year)
    except NotImplementedError:
        known = holidays.list_supported_countries()
        if code not in known:
            raise ValueError(
                f"no holiday calendar of {code!r}; expected an ISO 3166 code such as US or DE-BY"
            ) from None
        hint = suggestion(subdivision, known[code], all_below=20)
        raise ValueError(f"{code} has no subdivision {subdivision!r}{hint}") from None
    return frozenset(found.keys())
