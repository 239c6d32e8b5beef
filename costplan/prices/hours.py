"""Hours of the week with rates of their own, in the time zone that a provider names.

A window is judged where its zone is: DeepSeek's peak is Monday to Friday in Beijing, whatever day
it is elsewhere, and never on a Chinese public holiday.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache

from costplan.meters import Meter
from costplan.periods import public_holidays

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY = 24 * 60
_HOURS = re.compile(r"([01]\d|2[0-4]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)")

type HolidayCalendar = Callable[[str, int], frozenset[date]]
"""The public holidays of a country in a year."""


@cache
def holidays_of(country: str, year: int) -> frozenset[date]:
    """As `public_holidays`, asked once for each country and year.

    Raises:
        ValueError: there is no calendar of that country.
    """
    return public_holidays(country, year)


@dataclass(frozen=True, slots=True)
class Hours:
    """Half-open hours of a day, `09:00-12:00`; they end by midnight."""

    start: int
    """Minutes since midnight."""
    end: int

    @classmethod
    def parse(cls, text: str) -> Hours:
        """Read `09:00-12:00`; `24:00` is the end of the day.

        Raises:
            ValueError: the text is no hours, or they end before they begin.
        """
        match = _HOURS.fullmatch(text.strip())
        if not match:
            raise ValueError(f"expected hours such as 01:00-04:00, found {text!r}")
        start, end = (int(match[k]) * 60 + int(match[k + 1]) for k in (1, 3))
        if end > DAY:
            raise ValueError(f"a day ends at 24:00, found {text!r}")
        if end <= start:
            raise ValueError(
                f"{text!r} ends before it begins; hours past midnight are two: "
                f"{_clock(start)}-24:00 and 00:00-{_clock(end)}"
            )
        return cls(start, end)

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


@dataclass(frozen=True, slots=True)
class Window:
    """Hours of some days of the week, in a time zone, with rates of their own."""

    hours: tuple[Hours, ...]
    days: tuple[str, ...]
    """`mon` to `sun`."""
    zone: str
    holidays: str
    """The country whose public holidays are excepted; empty for none."""
    rates: Mapping[Meter, Decimal]

    def holds(self, moment: datetime) -> bool:
        """Whether a moment is inside; one without a time zone is in UTC."""
        from zoneinfo import ZoneInfo

        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        local = aware.astimezone(ZoneInfo(self.zone))
        # Whole seconds of the last minute belong to it, so minutes are enough.
        minute = local.hour * 60 + local.minute
        in_hours = any(part.start <= minute < part.end for part in self.hours)
        return in_hours and self.on(local.date())

    def on(self, day: date, holidays: HolidayCalendar = holidays_of) -> bool:
        """Whether a day of its own zone has such hours at all."""
        if WEEKDAYS[day.weekday()] not in self.days:
            return False
        return not self.holidays or day not in holidays(self.holidays, day.year)

    def touches(self, day: date) -> bool:
        """Whether any moment of a day in UTC is inside."""
        from zoneinfo import ZoneInfo

        begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
        end = begin + timedelta(days=1)
        # A day in UTC lies within three days of any zone.
        for local in (day - timedelta(1), day, day + timedelta(1)):
            midnight = datetime(local.year, local.month, local.day, tzinfo=ZoneInfo(self.zone))
            for part in self.hours:
                opens = (midnight + timedelta(minutes=part.start)).astimezone(UTC)
                closes = (midnight + timedelta(minutes=part.end)).astimezone(UTC)
                if opens < end and closes > begin and self.on(local):
                    return True
        return False

    @property
    def share(self) -> Decimal:
        """The part of a day it takes, on the days it is there."""
        return Decimal(sum(part.end - part.start for part in self.hours)) / DAY

    @property
    def name(self) -> str:
        """As a reader of a bill sees it: `mon-fri 09:00-12:00 14:00-18:00 Asia/Shanghai`."""
        first, last = WEEKDAYS.index(self.days[0]), WEEKDAYS.index(self.days[-1])
        run = self.days == WEEKDAYS[first : last + 1] and len(self.days) > 1
        days = f"{self.days[0]}-{self.days[-1]}" if run else " ".join(self.days)
        words = [days, *map(str, self.hours), self.zone]
        words += [f"except holidays of {self.holidays}"] if self.holidays else []
        return " ".join(words)
