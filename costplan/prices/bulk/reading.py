"""What callers give for many usages, read into arrays: a number for all of them, or one each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from costplan.errors import CostplanError, UnknownModelError, UnknownNameError, UsageError
from costplan.meters import Meter
from costplan.prices.bulk.table import RateTable
from costplan.prices.moments import moment_of

type Numbers = NDArray[Any]
type Names = str | int | Iterable[str] | Iterable[int] | NDArray[Any]
type Day = date | datetime | str | np.datetime64
type Days = Day | Iterable[date | datetime | str] | NDArray[np.datetime64]

_UNITS = ("D", "h", "m", "s", "ms", "us", "ns")
_YEARS = (np.datetime64("1990-01-01"), np.datetime64("2200-01-01"))


def located(error: CostplanError, index: int, *, others: int = 0) -> CostplanError:
    """The same error, saying which usage it is about and how many more are refused."""
    more = f" (and {others:,} more)" if others else ""
    error.args = (f"usage {index}: {error}{more}",)
    return error


def _first(error: CostplanError, wrong: NDArray[np.bool_]) -> CostplanError:
    """An error about the first of what is wrong; one value is for all usages and has no place."""
    places = np.flatnonzero(wrong)
    return located(error, int(places[0]), others=len(places) - 1) if wrong.ndim else error


def read_quantities(quantities: Mapping[Any, ArrayLike]) -> dict[Meter, Numbers]:
    """Quantities by meter, each one number or one for each usage.

    Raises:
        UnknownNameError: a key is not a meter; names the nearest.
        UsageError: something is no number.
    """
    found = {}
    for name, given in quantities.items():
        if name not in Meter:
            raise UnknownNameError("meter", name, map(str, Meter))
        found[Meter(name)] = _numbers(str(name), given)
    return found


def read_requests(given: ArrayLike) -> Numbers:
    """Numbers of requests.

    Raises:
        UsageError: one is negative or not whole.
    """
    numbers = _numbers("requests", given)
    wrong = ~((numbers >= 0) & (np.floor(numbers) == numbers) & np.isfinite(numbers))
    if wrong.any():
        message = f"requests is {numbers[wrong][0]}; expected a whole number, 0 or more"
        raise _first(UsageError(message), wrong)
    return numbers


def read_models(given: Names, table: RateTable) -> Numbers:
    """Places in `table.names` of models given by name or by that place.

    Raises:
        UnknownModelError: nothing has such a name; says the nearest that exists.
        UsageError: there is no such place.
    """

    def unknown(name: str) -> UnknownNameError:
        try:
            table.book.model(name)
        except UnknownModelError as error:
            return error
        left_out = UnknownModelError(name, ())
        left_out.args = (f"model {name!r} is not in this table; compile the table with it",)
        return left_out

    return _places(given, table.names, "models", unknown)


def read_names(given: Names, known: Sequence[str], kind: str) -> Numbers:
    """Places among the known of modes or regions given by name or by that place.

    Raises:
        UnknownNameError: the table was not compiled with such a name.
        UsageError: there is no such place.
    """

    def unknown(name: str) -> UnknownNameError:
        return UnknownNameError(f"{kind} of this table", name, known)

    return _places(given, known, f"{kind}s", unknown)


def read_days(given: Days) -> NDArray[np.datetime64]:
    """Days, or moments in UTC.

    Raises:
        UsageError: something is neither, or some are days and others moments.
    """
    if isinstance(given, (date, str)):
        found = _days_of([moment_of(given)]).reshape(())
    elif isinstance(given, np.datetime64) or (
        isinstance(given, np.ndarray) and given.dtype.kind == "M"
    ):
        found = np.asarray(given)
    else:
        found = _days_of([_moment(index, each) for index, each in enumerate(given)])
    unit, step = np.datetime_data(found.dtype)
    if unit not in _UNITS or step != 1:
        raise UsageError(f"expected days or moments, found datetime64[{step}{unit}]")
    wrong = ~((found >= _YEARS[0]) & (found < _YEARS[1]))
    if wrong.any():
        message = f"expected a day in the years 1990 to 2199, found {found[wrong][0]}"
        raise _first(UsageError(message), wrong)
    return found


def _moment(index: int, given: date | datetime | str) -> date | datetime:
    try:
        return moment_of(given)
    except UsageError as error:
        raise located(error, index) from None


def _days_of(moments: list[date | datetime]) -> NDArray[np.datetime64]:
    exact = [
        moment.astimezone(UTC).replace(tzinfo=None)
        for moment in moments
        if isinstance(moment, datetime)
    ]
    if exact and len(exact) < len(moments):
        raise UsageError("some usages give a day and others a moment; give all the same")
    return np.array(exact, "datetime64[us]") if exact else np.array(moments, "datetime64[D]")


def _numbers(name: str, given: ArrayLike) -> Numbers:
    numbers = np.asarray(given)
    if not numbers.size and numbers.dtype.kind == "f":
        return numbers  # what NumPy makes of an empty list
    if numbers.dtype.kind not in "iuf":
        raise UsageError(f"{name} is {numbers.dtype} data; a quantity is a number, 0 or more")
    return numbers


def _places(
    given: Names, known: Sequence[str], kind: str, unknown: Callable[[str], CostplanError]
) -> Numbers:
    index = {name: place for place, name in enumerate(known)}
    if isinstance(given, str):
        if given not in index:
            raise unknown(given)
        return np.array(index[given])
    if isinstance(given, (int, np.integer)):
        return _within(np.array(given), len(known), kind)
    if isinstance(given, np.ndarray) and given.dtype.kind in "iu":
        return _within(given, len(known), kind)
    names: list[Any] = given.tolist() if isinstance(given, np.ndarray) else list(given)
    if names and isinstance(names[0], int):
        return _within(_numbers(kind, names), len(known), kind)
    try:
        return np.fromiter(map(index.__getitem__, names), np.intp, len(names))
    except KeyError:
        wrong = np.array([name not in index for name in names])
        raise _first(unknown(str(names[wrong.argmax()])), wrong) from None


def _within(places: Numbers, size: int, kind: str) -> Numbers:
    wrong = (places < 0) | (places >= size)
    if wrong.any():
        message = f"{places[wrong][0]} is no place among the {size} {kind} of the table"
        raise _first(UsageError(message), wrong)
    return places
