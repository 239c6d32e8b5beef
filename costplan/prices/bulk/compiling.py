"""Compile a price book into a `RateTable`: every rule of `rate` is asked here, once a price."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

import numpy as np

from costplan.errors import MissingPriceError, UnknownNameError, UsageError
from costplan.meters import MODES, Meter
from costplan.prices.book import PriceBook
from costplan.prices.bulk.table import EXACT, NO_RATE, REFUSED, Floats, Places, RateTable, State
from costplan.prices.hours import Window
from costplan.prices.model import Model
from costplan.prices.price import GLOBAL, Price

_EPOCH = date(1970, 1, 1)


def compile_rates(
    book: PriceBook,
    names: Iterable[str] | None = None,
    *,
    modes: Sequence[str] = MODES,
    regions: Sequence[str] = (GLOBAL,),
) -> RateTable:
    """Work out every price that usages of some models can meet.

    Args:
        book: the prices, as known and released on the days it is pinned to.
        names: `provider/id` or aliases; None for every one of the book.
        modes: the modes usages may be in; a model need not have them all.
        regions: the regions usages may be in; `global` is the list price.

    Raises:
        UnknownModelError: nothing has one of the names.
        UsageError: the models are billed in several currencies: compile a table for each.
    """
    asked = tuple(dict.fromkeys([*book.names, *book.aliases] if names is None else names))
    work = _Compiler(book)
    runs: list[_Runs] = [[]]
    owners = [""]
    lanes = []
    for name in asked:
        meant = work.meant_by(name)
        for mode in modes:
            for region in regions:
                found = work.runs(name, meant, mode, region)
                lanes.append(len(runs) if found else 0)
                if found:
                    runs.append(found)
                    owners.append(name)
    if len(work.currencies) > 1:
        listed = ", ".join(sorted(work.currencies))
        raise UsageError(f"these models are billed in {listed}; compile a table for each currency")
    first_day, epochs, cells = _calendar(runs)
    rates, scales, least = _whole_rates(work.states)
    return RateTable(
        book=book,
        names=asked,
        modes=tuple(modes),
        regions=tuple(regions),
        currency=next(iter(work.currencies), ""),
        lanes=np.array(lanes, np.int32).reshape(len(asked), len(modes), len(regions)),
        owners=tuple(owners),
        timed=np.array([work.is_timed(name, run) for name, run in zip(owners, runs, strict=True)]),
        first_day=first_day,
        epochs=epochs,
        cells=cells,
        states=tuple(work.states),
        windows=work.windows,
        rates=rates,
        scales=scales,
        edges=_padded(work.edges),
        least=least,
    )


type _Runs = list[tuple[date, int]]
"""The days from which a lane is in a state, oldest first."""


class _Compiler:
    """Collects the states of a book as lanes ask for them."""

    def __init__(self, book: PriceBook) -> None:
        self.book = book
        self.states: list[State | None] = [None]
        self.edges: list[tuple[float, ...]] = [()]
        self.windows: dict[int, tuple[tuple[Window, int], ...]] = {}
        self.currencies: set[str] = set()
        self._made: dict[tuple[object, ...], tuple[Price, int]] = {}

    def meant_by(self, name: str) -> list[Model]:
        """Every model a name ever means."""
        if name not in self.book.names and name in self.book.aliases:
            return [self.book.names[target] for _, target in self.book.aliases[name]]
        return [self.book.model(name)]

    def is_timed(self, name: str, runs: _Runs) -> bool:
        """Whether a lane depends on more than the day in UTC."""
        away = name and any(model.zone != "UTC" for model in self.meant_by(name))
        return bool(away) or any(state in self.windows for _, state in runs)

    def runs(self, name: str, meant: list[Model], mode: str, region: str) -> _Runs:
        """The states of a lane from the first day it has one; none where it never has."""
        starts: set[date] = set()
        for model in meant:
            own = mode if mode in model.prices else model.mode_names.get(mode, "")
            if own in model.prices:
                starts.update(row.from_ for row in model.prices[own])
                starts.update(row.from_ for row in self.book.fee_rows(model))
        if starts and len(meant) > 1:
            starts.update(start for start, _ in self.book.aliases[name])
        found: _Runs = []
        for start in sorted(starts):
            state = self._state(name, mode, region, start)
            if state != (found[-1][1] if found else REFUSED):
                found.append((start, state))
        return found

    def _state(self, name: str, mode: str, region: str, day: date) -> int:
        try:
            model = self.book.model(name, at=day)
            price = self.book.price(model, at=day, mode=mode)
        except (MissingPriceError, UnknownNameError):
            return REFUSED
        if region not in {GLOBAL, price.region, *price.regions}:
            return REFUSED
        charged = dict.fromkeys(meter for row in self.book.fee_rows(model) for meter in row.rates)
        found = {meter: self.book.fee(model, meter, at=day) for meter in charged}
        fees = {meter: fee for meter, fee in found.items() if fee is not None}
        key = (id(price), region, *(id(fee) for fee in fees.values()))
        if key not in self._made:
            there = price if region == GLOBAL else price.in_region(region)
            # The price is kept beside its state, so that no other one ever gets its id.
            self._made[key] = price, self._add(model, there, fees)
        return self._made[key][1]

    def _add(self, model: Model, price: Price, fees: dict[Meter, Price]) -> int:
        """The first state of a price; those of longer prompts and of windows follow it."""
        self.currencies |= {price.currency, *(fee.currency for fee in fees.values())}
        edges = sorted(
            {np.nextafter(t.above, -1) if t.inclusive else float(t.above) for t in price.tiers}
            | ({float(price.up_to)} if price.up_to is not None else set())
        )
        first = len(self.states)
        for size in (-1.0, *(float(np.nextafter(edge, np.inf)) for edge in edges)):
            over = price.up_to is not None and size > price.up_to
            rates = {} if over else price.at_prompt(size)
            self.states.append(_state_of(model, price, rates, {} if over else fees))
        held = []
        for window in price.windows:
            held.append((window, len(self.states)))
            rates = {**price.rates, **window.rates}  # for prompts of all sizes, as in `rate`
            self.states.append(_state_of(model, price, rates, fees))
        if held:
            self.windows[first] = tuple(held)
        self.edges += [tuple(edges), *([()] * (len(self.states) - first - 1))]
        return first


def _state_of(
    model: Model, price: Price, rates: Mapping[Meter, Decimal], fees: Mapping[Meter, Price]
) -> State:
    """What each meter pays: its rate, else that of the meter it is billed as, else a fee."""
    paid: dict[Meter, Decimal] = {}
    least: dict[Meter, Decimal] = {}
    free = set()
    for meter in Meter:
        reads_as = meter if meter in rates else model.billed_as.get(meter, meter)
        row = price if reads_as in rates else fees.get(meter)
        if row is None:
            continue
        paid[meter] = rates[reads_as] if row is price else row.rates[meter]
        if reads_as in row.minimum:
            least[meter] = row.minimum[reads_as]
        if meter in row.free:
            free.add(meter)
    return State(model=model, price=price, rates=paid, least=least, free=frozenset(free))


def _whole_rates(
    states: Sequence[State | None],
) -> tuple[dict[Meter, Floats], Floats, dict[Meter, Floats]]:
    """The rates as whole numbers, what each state's are multiplied by, and least quantities."""
    rates = {meter: np.full(len(states), NO_RATE) for meter in Meter}
    scales = np.ones(len(states))
    least: dict[Meter, Floats] = {}
    for place, state in enumerate(states):
        if state is None:
            continue
        each = {meter: Fraction(rate) / meter.per for meter, rate in state.rates.items()}
        scale = math.lcm(*(rate.denominator for rate in each.values()))
        if scale >= EXACT:
            continue  # without whole rates every usage of it is rated on its own, exactly
        scales[place] = scale
        for meter, rate in each.items():
            rates[meter][place] = rate * scale
        for meter, quantity in state.least.items():
            least.setdefault(meter, np.zeros(len(states)))[place] = quantity
    return rates, scales, least


def _calendar(runs: Sequence[_Runs]) -> tuple[int, Places, Places]:
    """First day, epoch of each day, and the state of each lane in each epoch."""
    starts = sorted({start for run in runs for start, _ in run}) or [_EPOCH]
    first_day = (starts[0] - _EPOCH).days - 1
    cells = np.full((len(runs), len(starts) + 1), REFUSED, np.int32)
    epochs = np.zeros((starts[-1] - starts[0]).days + 2, np.int32)
    place = {}
    for epoch, start in enumerate(starts, start=1):
        epochs[(start - _EPOCH).days - first_day :] = epoch
        place[start] = epoch
    for lane, run in enumerate(runs):
        for start, state in run:
            cells[lane, place[start] :] = state
    return first_day, epochs, cells


def _padded(edges: list[tuple[float, ...]]) -> Floats:
    """Thresholds as an array; infinity where a state has fewer than others."""
    most = max(map(len, edges))
    rows = [(*passed, *[math.inf] * (most - len(passed))) for passed in edges]
    return np.array(rows, np.float64).reshape(len(edges), most).T.copy()
