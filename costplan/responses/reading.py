"""Read a provider's fields so that none is used twice, and none with a number is overlooked.

`Fields` hands out the fields of a mapping by name. What was never asked for is looked at in the
end: if it holds a number other than zero it may be money that nobody would bill, and is an error.
A `Count` remembers the path it was read at, so that every complaint names the field.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from costplan.errors import UsageError, suggestion
from costplan.meters import Meter, Usage


@dataclass(frozen=True, slots=True)
class Count:
    """A quantity as a provider reported it, and the path of the field that says so."""

    value: Decimal
    path: str

    def __bool__(self) -> bool:
        return self.value != 0

    def without(self, *parts: Count) -> Count:
        """What is left of a total when its subsets are taken out.

        Raises:
            UsageError: a subset, or all of them together, is larger than the total.
        """
        for part in parts:
            if part.value > self.value:
                message = f"{part} is more than {self}, which includes it"
                raise UsageError(message)
        taken = added(*parts)
        if taken.value > self.value:
            named = " + ".join(str(part) for part in parts if part)
            raise UsageError(f"{named} are {taken.value} together, more than {self}")
        return Count(self.value - taken.value, self.path)

    def __str__(self) -> str:
        return f"{self.path or 'what is reported'} ({self.value:f})"


NOTHING = Count(Decimal(0), "")


def count_of(number: int, path: str) -> Count:
    """A number of things found at a path."""
    return Count(Decimal(number), path)


def added(*counts: Count) -> Count:
    """The sum; its path names all that are not zero."""
    paths = " + ".join(count.path for count in counts if count)
    return Count(sum((count.value for count in counts), Decimal(0)), paths)


def agreed(*counts: Count | None) -> Count:
    """The one number several fields report; zero where none does.

    Raises:
        UsageError: they report different numbers.
    """
    reported = [count for count in counts if count is not None]
    for other in reported[1:]:
        if other.value != reported[0].value:
            raise UsageError(f"{reported[0]} and {other} should be the same number")
    return reported[0] if reported else NOTHING


def usage_from(
    counts: Mapping[Meter, Count], *, mode: str | None = None, region: str | None = None
) -> Usage:
    """A `Usage` of those counts that are not zero."""
    found = {meter: count.value for meter, count in counts.items() if count}
    return Usage(found, mode=mode, region=region)


def plain(value: Any) -> Any:
    """A response object of an SDK as the mapping it stands for; anything else as it is."""
    dump = getattr(value, "model_dump", None)
    return dump() if callable(dump) and not isinstance(value, type) else value


class Fields:
    """The fields of one object in a response, each to be asked for by its name or names.

    Several names are spellings of one field; where more than one is there, they must agree.
    """

    def __init__(self, data: Mapping[str, Any], path: str) -> None:
        self.path = path
        self._data = data
        self._known: set[str] = set()
        self._parts: list[Fields] = []

    def __contains__(self, name: str) -> bool:
        return self._data.get(name) is not None

    def __len__(self) -> int:
        return len(self._data)

    def at(self, name: str) -> str:
        """The full path of a field."""
        return f"{self.path}.{name}" if self.path else name

    def value(self, *names: str) -> Any:
        """Whatever is there, or None."""
        self._known.update(names)
        return next((plain(self._data[name]) for name in names if name in self), None)

    def text(self, *names: str) -> str | None:
        """A word, such as a service tier; None where there is none or it is empty.

        Raises:
            UsageError: it is something else.
        """
        found = self.value(*names)
        found = getattr(found, "value", found)  # an SDK's enumeration
        if found is not None and not isinstance(found, str):
            raise UsageError(f"{self.at(names[0])} is {found!r}; expected a word")
        return found or None

    def reported(self, *names: str, whole: bool = True) -> Count | None:
        """A number, or None where it is absent or null.

        Raises:
            UsageError: it is no number, negative, infinite, or a fraction where `whole`.
        """
        self._known.update(names)
        found = [_number(self._data[n], self.at(n), whole=whole) for n in names if n in self]
        return agreed(*found) if found else None

    def count(self, *names: str, whole: bool = True) -> Count:
        """A number; zero where it is absent or null.

        Raises:
            UsageError: as `reported`.
        """
        return self.reported(*names, whole=whole) or Count(Decimal(0), self.at(names[0]))

    def required(self, *names: str, whole: bool = True) -> Count:
        """A number that has to be there.

        Raises:
            UsageError: it is absent, or as `reported`.
        """
        found = self.reported(*names, whole=whole)
        if found is None:
            raise UsageError(f"{self.at(names[0])} is missing")
        return found

    def part(self, *names: str) -> Fields:
        """An object inside this one; an empty one where it is absent or null.

        Raises:
            UsageError: it is no object, or two spellings of it differ.
        """
        self._known.update(names)
        found = [(name, plain(self._data[name])) for name in names if self._data.get(name)]
        for name, data in found:
            if not isinstance(data, Mapping):
                raise UsageError(f"{self.at(name)} is {data!r}; expected an object")
            if data != found[0][1]:
                raise UsageError(f"{self.at(found[0][0])} and {self.at(name)} differ")
        name, data = found[0] if found else (names[0], {})
        return self._keep(Fields(data, self.at(name)))

    def parts(self, *names: str) -> list[Fields]:
        """The objects of a list; none where it is absent or null.

        Raises:
            UsageError: it is no list of objects.
        """
        name = next((name for name in names if name in self), names[0])
        listed = self.value(*names) or []
        if not isinstance(listed, Sequence) or isinstance(listed, str | bytes):
            raise UsageError(f"{self.at(name)} is {listed!r}; expected a list")
        found = []
        for position, item in enumerate(map(plain, listed)):
            path = f"{self.at(name)}[{position}]"
            if not isinstance(item, Mapping):
                raise UsageError(f"{path} is {item!r}; expected an object")
            found.append(self._keep(Fields(item, path)))
        return found

    def ignore(self, *names: str) -> None:
        """Fields that are known to carry no quantity that is billed."""
        self._known.update(names)

    def finish(self) -> None:
        """Complain about what nobody asked for, here and in the parts.

        Raises:
            UsageError: an unknown field holds a number other than zero.
        """
        for name, value in self._data.items():
            if name in self._known:
                continue
            for path, number in _numbers(value, self.at(name)):
                near = suggestion(name, self._known, all_below=0)
                raise UsageError(f"{path} is {number}, and what it counts is not known{near}")
        for part in self._parts:
            part.finish()

    def _keep(self, part: Fields) -> Fields:
        self._parts.append(part)
        return part


_MOST_BITS = 100


def _number(value: Any, path: str, *, whole: bool) -> Count:
    number = _decimal(value)
    if number is None or number < 0 or (whole and number != number.to_integral_value()):
        kind = "a whole number" if whole else "a number"
        shown = "too large" if isinstance(value, int) and value > 10**30 else repr(value)
        raise UsageError(f"{path} is {shown}; expected {kind}, 0 or more")
    return Count(number, path)


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    # Beyond 10^30 nothing is a count; an integer of thousands of digits cannot even be printed.
    if isinstance(value, int) and value.bit_length() > _MOST_BITS:
        return None
    number = Decimal(str(value))
    return number if number.is_finite() and number.adjusted() <= 30 else None


def _numbers(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every number other than zero anywhere in a value, with its path."""
    value = plain(value)
    if isinstance(value, bool):
        return
    if isinstance(value, int | float | Decimal):
        if value != 0:
            yield path, value
    elif isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value) and float(value):
        yield path, value  # a number in quotes counts as much
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _numbers(inner, f"{path}.{name}")
    elif isinstance(value, Sequence) and not isinstance(value, str | bytes):
        for position, inner in enumerate(value):
            yield from _numbers(inner, f"{path}[{position}]")
