"""When a model was used: a day, or a moment, which is another day in another time zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import lru_cache

from costplan.errors import UsageError
from costplan.periods import parse_date


def moment_of(at: date | datetime | str) -> date | datetime:
    """A day or a moment, given as itself or as ISO 8601 text.

    Raises:
        UsageError: it is neither, or lies before 1990 or after 2199.
    """
    if isinstance(at, str):
        at = _read_moment(at)
    if not isinstance(at, date):
        raise UsageError(f"expected a day such as 2026-12-31, found {at!r}")
    if not 1990 <= at.year <= 2199:
        raise UsageError(f"expected a year from 1990 to 2199, found {at.year}")
    if isinstance(at, datetime) and at.tzinfo is None:
        return at.replace(tzinfo=UTC)
    return at


@lru_cache(maxsize=1024)
def _read_moment(text: str) -> date | datetime:
    """Usages of a log often share their day, and reading it takes longer than a product."""
    try:
        return datetime.fromisoformat(text.strip()) if "T" in text else parse_date(text)
    except ValueError as error:
        raise UsageError(str(error)) from None


def day_in(use: date | datetime, zone: str) -> date:
    """The day of a moment in a time zone; a day is itself."""
    if not isinstance(use, datetime):
        return use
    if zone == "UTC":
        return use.astimezone(UTC).date()
    from zoneinfo import ZoneInfo

    return use.astimezone(ZoneInfo(zone)).date()
