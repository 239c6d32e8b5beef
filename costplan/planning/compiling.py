"""From a scenario and a price book to the engine's streams, each model checked at its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import numpy as np

from costplan.documents import join_path
from costplan.engine.demand import Calendar, calendar, growth_steps
from costplan.engine.distributions import Floats
from costplan.engine.expectation import expected_share
from costplan.engine.model import Cell, FirstTurn, Growth, Profile, Stream, Term
from costplan.errors import CostplanError, ExitCode
from costplan.periods import DayRange, Days, Month, month_range
from costplan.planning.caching import lifetime_in_gaps
from costplan.planning.cascading import Answers
from costplan.planning.cells import PricedCell, Rates, bare_cell, price_rates
from costplan.planning.failing import Failing, Send
from costplan.planning.findings import Findings
from costplan.planning.fit import check_fit, is_priced
from costplan.planning.holidays import Holidays
from costplan.planning.hours import by_hours
from costplan.planning.levers import Levers
from costplan.planning.overheads import Overheads
from costplan.planning.profiles import Profiler
from costplan.planning.routing import Router, routes
from costplan.planning.sizes import Sizes
from costplan.planning.uncertainty import volume_uncertainty
from costplan.prices import Model, Price, PriceBook
from costplan.scenario.schema import Scenario, Workload
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True, eq=False)
class PricedStream:
    """A workload for the engine, when it runs, and its cells with their prices."""

    stream: Stream
    calendar: Calendar
    weight: Floats
    """Conversations in each month at a level of 1 and no growth: shape (months,)."""
    cells: tuple[PricedCell, ...]
    answers: tuple[Answers, ...] = ()
    """Who tries what, for each mix in turn; none for seats."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """When a workload runs, and its stream before it has cells."""

    days: Calendar
    bare: Stream


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles every workload of a scenario; what is wrong collects in `findings`."""

    scenario: Scenario
    book: PriceBook
    sizes: Sizes
    levers: Levers
    findings: Findings
    holidays: Holidays

    @property
    def months(self) -> tuple[Month, ...]:
        """The horizon."""
        return month_range(self.scenario.start, self.scenario.months)

    def compile(self) -> tuple[PricedStream, ...]:
        """Every workload, in the order of the file."""
        return tuple(
            WorkloadCompiler(self, name, workload).compile()
            for name, workload in self.scenario.workloads.items()
        )


@dataclass(frozen=True, slots=True)
class WorkloadCompiler:
    """Compiles one workload."""

    plan: Compiler
    name: str
    workload: Workload

    @property
    def path(self) -> KeyPath:
        """Where it is in the scenario."""
        return ("workloads", self.name)

    def compile(self) -> PricedStream:
        """Its stream and cells."""
        days = self._calendar()
        if days.active is None:
            months = self.plan.months
            self.plan.findings.warn(
                "no-demand",
                f"no day of {months[0]} to {months[-1]} has demand (see demand.launch and days)",
                join_path(self.path),
            )
        unsure = volume_uncertainty(self.plan.scenario, self.name)
        bare = Stream(self.name, self._level(), self._growth(), (), unsure.workload, unsure.common)
        cells: tuple[PricedCell, ...]
        answers = self._answers(days)
        if self.workload.seat is not None:
            cells = (self._seats(days, self.workload.seat.amount),)
        else:
            cells = tuple(self._routed(answers, Traffic(days, bare)))
        stream = replace(bare, cells=tuple(cell.cell for cell in cells))
        return PricedStream(stream, days, days.by_month(days.range), cells, answers)

    @property
    def _per(self) -> str:
        """The period its demand is stated for; seats are per month."""
        requests = self.workload.demand.requests
        if self.workload.seat is not None or requests is None:
            return "month"
        return next(word for word in requests.per if word not in {"user", "seat"})

    def _calendar(self) -> Calendar:
        demand = self.workload.demand
        end = demand.ramp.after(demand.launch) if demand.ramp and demand.launch else None
        try:
            return self._spread_over(demand.days, end)
        except ValueError as error:
            self.plan.findings.problem((*self.path, "demand", "days"), str(error))
            return self._spread_over(Days("weekdays"), end)

    def _spread_over(self, days: Days, ramp_end: date | None) -> Calendar:
        return calendar(
            self.plan.months,
            per=self._per,
            days=days,
            launch=self.workload.demand.launch,
            ramp_end=ramp_end,
            holidays=self.plan.holidays,
        )

    def _growth(self) -> tuple[Growth, ...]:
        growth = self.workload.demand.growth
        if self._per == "once" or not (growth.low or growth.high):
            return ()
        rate = self.plan.sizes.variables.term(growth, (*self.path, "demand", "growth"), "growth")
        steps = growth_steps(len(self.plan.months), (growth.per or ("month",))[0])
        return (Growth(rate, steps),)

    def _level(self) -> tuple[Term, ...]:
        demand, volume = self.workload.demand, self.plan.levers.volume
        term, at = self.plan.sizes.variables.term, (*self.path, "demand")
        level = [Term(volume)] if volume != 1 else []
        if demand.requests is not None and self.workload.seat is None:
            level.append(term(demand.requests, (*at, "requests"), "positive"))
        if demand.users is not None:
            level.append(term(demand.users, (*at, "users"), "positive"))
        return tuple(level)

    def _seats(self, days: Calendar, price: Decimal) -> PricedCell:
        weight = days.by_month(days.range)
        cell = Cell(Profile(flat="seat"), weight, (), (), ({"seat": float(price)},))
        source = f"stated in the scenario: {join_path((*self.path, 'seat'))}"
        rates: Rates = ({"seat": price},)
        return PricedCell(
            model=f"seats/{self.name}",
            provider="seats",
            mode="standard",
            rates=rates,
            price=None,
            source=source,
            days=days.range,
            cell=cell,
        )

    def _answers(self, days: Calendar) -> tuple[Answers, ...]:
        """Who tries what over the days with demand."""
        if days.active is None or self.workload.request is None:
            return ()
        plan = self.plan
        router = Router(
            self.workload,
            self.path,
            plan.book,
            plan.sizes.variables,
            plan.findings,
            plan.levers.cheapest,
        )
        return tuple(router.answers(days.active))

    def _routed(self, answers: tuple[Answers, ...], traffic: Traffic) -> Iterator[PricedCell]:
        """The cells of the models that answer, then of what is paid beside them."""
        plan, request = self.plan, self.workload.request
        if not answers or request is None:
            return
        profiler = Profiler(request, self.path, plan.sizes, plan.findings, plan.levers.output)
        failing = Failing(self.workload, self.path, plan.sizes)
        for each in answers:
            for route in routes(each):
                for send in failing.sends(route):
                    yield from self._on_model(send, profiler, traffic)
        profiler.tell_hits()
        overheads = Overheads(self.workload, self.path, plan.sizes.variables, answers, traffic.days)
        for asked in overheads.asked():
            profiler = Profiler(asked.request, asked.at, plan.sizes, plan.findings, 1.0)
            for send in asked.sends:
                yield from self._on_model(send, profiler, traffic)
        yield from overheads.cells()

    def _on_model(self, send: Send, profiler: Profiler, traffic: Traffic) -> Iterator[PricedCell]:
        """The cells of one send: each meaning of its model's name, each mode, each price."""
        route = send.route
        try:
            meanings = self.plan.book.meanings(route.model, route.days)
        except CostplanError as error:
            self.plan.findings.problem(route.at, str(error), error.exit_code)
            return
        for part, model in meanings:
            for mode, factors, mode_at in self._modes(send):
                for segment, price in self._schedule(model, mode, part, route.at, mode_at):
                    exchange = self._exchange(price, route.at)
                    rates = price_rates(price, exchange)
                    weight = traffic.days.by_month(segment)
                    priced = PricedCell(
                        model=route.model,
                        provider=model.provider,
                        mode=mode,
                        rates=rates,
                        price=price,
                        source=price.source,
                        days=segment,
                        cell=bare_cell(weight, factors, price, rates),
                        exchange=exchange,
                        release=model.release,
                        retirement=model.retirement,
                    )
                    parts = self._parts(profiler, model, priced, traffic, send)
                    plan = self.plan
                    for hours in by_hours(priced, traffic.days, plan.holidays, plan.findings):
                        yield from self._priced(hours, parts, model, route.at)

    def _parts(
        self,
        profiler: Profiler,
        model: Model,
        priced: PricedCell,
        traffic: Traffic,
        send: Send,
    ) -> list[tuple[Profile, FirstTurn | None]]:
        """The profile of a conversation; two where its first turn may find its prompt cached."""
        if priced.price is None:
            return []
        weight = priced.cell.weight
        cold = send.prompt == "cold"
        caching = None if cold else profiler.caching(model, priced.mode, priced.price)
        warm = send.prompt == "warm"
        profile = profiler.profile(model, priced.price, caching, first_hit=warm)
        if send.change is not None:
            profile = send.change(profile, model.name)
        if warm or cold:
            return [(profile, None)]
        if not caching or not profile.cache or caching.hits is not None:
            return [(profile, None)]
        active = np.maximum(traffic.days.active_days(priced.days), 1)
        rate = lifetime_in_gaps(weight / active, caching.seconds)
        hit, miss = FirstTurn(rate, found=True), FirstTurn(rate, found=False)
        known = self.plan.sizes.variables.known
        found = expected_share(traffic.bare, priced.cell.share, known, hit.share)
        profiler.note_hits(priced.model, found, weight)
        hit_profile = profiler.profile(model, priced.price, caching, first_hit=True)
        return [(profile, miss), (hit_profile, hit)]

    def _priced(
        self,
        priced: PricedCell,
        parts: list[tuple[Profile, FirstTurn | None]],
        model: Model,
        at: KeyPath,
    ) -> Iterator[PricedCell]:
        """The cells that can be billed; what keeps one from it is a problem."""
        if priced.price is None:
            return
        variables, findings = self.plan.sizes.variables.known, self.plan.findings
        for profile, first_turn in parts:
            cell = replace(priced.cell, profile=profile, first_turn=first_turn)
            if not is_priced(cell, priced.price, variables, at, findings):
                return
            yield replace(priced, cell=cell)
        check_fit(parts[0][0], model, variables, at, findings)

    def _modes(self, send: Send) -> Iterator[tuple[str, tuple[Term, ...], KeyPath]]:
        """Each mode with the factors of its share, and where the scenario asks for it."""
        factors = send.route.factors
        if send.beside:
            yield "standard", factors, send.route.at
            return
        term = self.plan.sizes.variables.term
        batch = term(self.workload.batch, (*self.path, "batch"), "share")
        for mode, share, key in (
            (self.workload.mode, batch.complement, "mode"),
            ("batch", batch, "batch"),
        ):
            if not share.is_zero:
                one = share == Term(1.0)
                yield mode, factors if one else (*factors, share), (*self.path, key)

    def _schedule(
        self, model: Model, mode: str, days: DayRange, at: KeyPath, mode_at: KeyPath
    ) -> Iterator[tuple[DayRange, Price]]:
        """The prices in force, split where the model retires."""
        try:
            segments = self.plan.book.schedule(model, days, mode=mode, region=self.workload.region)
        except CostplanError as error:
            if error.exit_code != ExitCode.UNPRICED and mode_at in self.plan.scenario.places:
                at = mode_at
            self.plan.findings.problem(at, str(error), error.exit_code)
            return
        for segment, price in segments:
            end = model.retirement
            if end is not None and end in segment and end != segment.start:
                yield DayRange(segment.start, end), price
                yield DayRange(end, segment.end), price
            else:
                yield segment, price

    def _exchange(self, price: Price, at: KeyPath) -> Decimal:
        """What a rate is multiplied by to be in the plan's currency."""
        scenario = self.plan.scenario
        if price.currency == scenario.currency:
            return Decimal(1)
        factor = scenario.exchange.get(price.currency, Decimal(0))
        if not factor:
            self.plan.findings.problem(
                at,
                f"{price.provider} is priced in {price.currency}, the plan in "
                f"{scenario.currency}; state exchange: {{{price.currency}: ...}}",
            )
        return factor
