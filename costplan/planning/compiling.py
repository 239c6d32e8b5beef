"""From a scenario and a price book to the engine's streams, each model checked at its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial

import numpy as np

from costplan.documents import join_path
from costplan.engine.demand import Calendar
from costplan.engine.distributions import Floats
from costplan.engine.expectation import expected_share, expected_volume
from costplan.engine.hours import arrivals
from costplan.engine.model import Cell, FirstTurn, Stream, Term, means
from costplan.engine.profile import Profile
from costplan.engine.remembered import Remembered
from costplan.errors import CostplanError, ExitCode
from costplan.meters import Meter
from costplan.periods import DayRange, Month, month_range
from costplan.planning.agents import sub_agents
from costplan.planning.caching import lifetime_in_gaps
from costplan.planning.cascading import Answers
from costplan.planning.cells import PricedCell, Rates, bare_cell, price_rates
from costplan.planning.demand import DemandCompiler, Demanded
from costplan.planning.events import Part
from costplan.planning.exchange import exchanged
from costplan.planning.failing import Failing, Send
from costplan.planning.fees import Fees, fees_in_force, with_fees
from costplan.planning.findings import Findings
from costplan.planning.fit import check_fit, is_priced, served
from costplan.planning.hints import hint_workload
from costplan.planning.holidays import Holidays
from costplan.planning.hours import by_hours
from costplan.planning.overheads import Overheads
from costplan.planning.peaks import Peaks
from costplan.planning.profiles import Profiler, Served
from costplan.planning.routing import Router, routes
from costplan.planning.sizes import Sizes
from costplan.planning.uncertainty import volume_uncertainty
from costplan.planning.unchanged import CompiledWorkload, growth_place
from costplan.prices import Model, Price, PriceBook
from costplan.scenario.schema import Request, Scenario, Workload
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True, eq=False)
class PricedStream:
    """A workload for the engine, its demand, and its cells with their prices."""

    stream: Stream
    demand: Demanded
    cells: tuple[PricedCell, ...]
    answers: tuple[Answers, ...] = ()
    """Who tries what, for each mix in turn; none for seats."""

    @property
    def calendar(self) -> Calendar:
        """When it runs."""
        return self.demand.days


@dataclass(frozen=True, slots=True)
class Compiler:
    """Compiles every workload of a scenario; what is wrong collects in `findings`."""

    scenario: Scenario
    book: PriceBook
    sizes: Sizes
    volume: float
    """What all demand is multiplied by."""
    findings: Findings
    holidays: Holidays
    remembered: Remembered

    @property
    def months(self) -> tuple[Month, ...]:
        """The horizon."""
        return month_range(self.scenario.start, self.scenario.months)

    def compile(self, before: Mapping[str, CompiledWorkload]) -> tuple[CompiledWorkload, ...]:
        """Every workload, in the order of the file.

        Args:
            before: those of a plan on equal grounds; what is as it was is taken over.
        """
        return tuple(
            self._workload(name, workload, before.get(name))
            for name, workload in self.scenario.workloads.items()
        )

    def _workload(
        self, name: str, workload: Workload, before: CompiledWorkload | None
    ) -> CompiledWorkload:
        variables = self.sizes.variables
        if before is not None and before.holds(workload, self.findings.scenario, variables):
            for each, stated in before.stated.items():
                variables.state(each, stated)
            found = before
        else:
            found = self._compiled(name, workload)
        self.findings.include(found.findings)
        return found

    def _compiled(self, name: str, workload: Workload) -> CompiledWorkload:
        """A workload, with what it states and what is found written down apart."""
        variables = self.sizes.variables.apart()
        findings, hints = Findings(self.findings.scenario), Findings(self.findings.scenario)
        sizes = replace(self.sizes, variables=variables, findings=findings)
        demand = DemandCompiler(
            self.months,
            variables,
            findings,
            self.holidays,
            self.volume,
            partial(volume_uncertainty, self.scenario),
            self.remembered,
        ).compile(name, workload)
        own = replace(self, sizes=sizes, findings=findings)
        peaks = Peaks(self.holidays, self.remembered)
        priced = WorkloadCompiler(own, name, workload, peaks).compile(demand)
        hint_workload(name, workload, hints)
        return CompiledWorkload(
            name=name,
            workload=workload,
            written=repr(workload),
            growth_at=growth_place(findings.scenario, name),
            stated=variables.stated,
            known={each: variables.known[each] for each in variables.stated},
            priced=priced,
            findings=findings,
            hints=hints,
        )


@dataclass(frozen=True, slots=True)
class WorkloadCompiler:
    """Compiles one workload."""

    plan: Compiler
    name: str
    workload: Workload
    peaks: Peaks

    @property
    def path(self) -> KeyPath:
        """Where it is in the scenario."""
        return ("workloads", self.name)

    def compile(self, demand: Demanded) -> PricedStream:
        """Its stream and cells."""
        cells: tuple[PricedCell, ...]
        answers = self._answers(demand.days)
        if self.workload.seat is not None:
            cells = (self._seats(demand.days, self.workload.seat.amount),)
        else:
            cells = tuple(self._routed(answers, demand))
        stream = replace(demand.bare, cells=tuple(cell.cell for cell in cells))
        return PricedStream(stream, demand, cells, answers)

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
            plan.sizes.variables,
            plan.findings,
        )
        return tuple(router.answers(days.active))

    def _routed(self, answers: tuple[Answers, ...], demand: Demanded) -> Iterator[PricedCell]:
        """The cells of the models that answer, then of what is paid beside them."""
        plan, request = self.plan, self.workload.request
        if not answers or request is None:
            return
        profiler = Profiler(request, self.path, plan.sizes, plan.findings)
        failing = Failing(self.workload, self.path, plan.sizes)
        agents = [
            (agent, agent.profiler(profiler))
            for agent in sub_agents(request, self.path, plan.sizes)
        ]
        for each in answers:
            for route in routes(each):
                for send in failing.sends(route):
                    yield from self._on_model(send, profiler, demand)
                for agent, started in agents:
                    for send in failing.sends(agent.routed(route)):
                        yield from self._on_model(send, started, demand)
        for told in (profiler, *(started for _, started in agents)):
            told.tell_hits()
        overheads = Overheads(self.workload, self.path, plan.sizes.variables, answers, demand.parts)
        for asked in overheads.asked():
            profiler = Profiler(asked.request, asked.at, plan.sizes, plan.findings)
            for send in asked.sends:
                yield from self._on_model(send, profiler, demand)
        yield from overheads.cells()

    def _on_model(self, send: Send, profiler: Profiler, demand: Demanded) -> Iterator[PricedCell]:
        """The cells of one send: each meaning of its model's name, each mode, each price."""
        route = send.route
        try:
            meanings = self.plan.book.meanings(route.model, route.days)
        except CostplanError as error:
            self.plan.findings.problem(route.at, str(error), error.exit_code)
            return
        for part, model in meanings:
            for mode, factors, mode_at in self._modes(send):
                schedule = self._schedule(model, mode, part, route.at, mode_at)
                segments = exchanged(schedule, route.at, self.plan.findings)
                for segment, price, exchange, fees in self._with_fees(
                    segments, model, profiler.request
                ):
                    abroad = {
                        meter: exchange
                        if fee.currency == price.currency
                        else self._exchange(fee, segment, route.at)
                        for meter, fee in fees.items()
                    }
                    rates = with_fees(price_rates(price, exchange), fees, abroad)
                    weight = demand.days.by_month(segment)
                    priced = PricedCell(
                        model=route.model,
                        provider=model.provider,
                        mode=mode,
                        rates=rates,
                        price=price,
                        source=price.source,
                        days=segment,
                        cell=bare_cell(weight, factors, price, rates),
                        fees=fees,
                        exchange=exchange,
                        release=model.release,
                        retirement=model.retirement,
                    )
                    for days in demand.parts:
                        yield from self._on_days(
                            priced, days, demand, model=model, profiler=profiler, send=send
                        )

    def _on_days(
        self,
        whole: PricedCell,
        part: Part,
        demand: Demanded,
        *,
        model: Model,
        profiler: Profiler,
        send: Send,
    ) -> Iterator[PricedCell]:
        """The cells of one price on some days: each of its hours, each profile."""
        weight = part.days.by_month(whole.days)
        if part.factors and not weight.any():
            return
        cell = replace(whole.cell, weight=weight, share=(*whole.cell.share, *part.factors))
        priced = replace(whole, cell=cell)
        profiles = self._profiles(priced, part, demand, model=model, profiler=profiler, send=send)
        for hours in by_hours(priced, part, demand, self.peaks, self.plan.findings):
            yield from self._priced(hours, profiles, model, send.route.at, places=profiler.places)

    def _profiles(
        self,
        priced: PricedCell,
        part: Part,
        demand: Demanded,
        *,
        model: Model,
        profiler: Profiler,
        send: Send,
    ) -> list[tuple[Profile, FirstTurn | None]]:
        """The profile of a conversation; two where its first turn may find its prompt cached."""
        if priced.price is None:
            return []
        weight = priced.cell.weight
        cold = send.prompt == "cold"
        caching = None if cold else profiler.caching(model, priced.mode, priced.price)
        warm = send.prompt == "warm"
        answering = Served(priced.model, model, priced.price, priced.fees)
        profile = profiler.profile(answering, caching, first_hit=warm)
        if send.change is not None:
            profile = send.change(profile, model.name)
        if warm or cold:
            return [(profile, None)]
        if not caching or not profile.cache or caching.hits is not None:
            return [(profile, None)]
        prefixes = self._prefixes(profiler, demand.bare)
        if prefixes is None:
            return [(profile, None)]
        active = np.maximum(part.days.active_days(priced.days), 1)
        rate = lifetime_in_gaps(weight / active / prefixes, caching.prefix.seconds)
        hours = arrivals(demand.hours.shares, caching.prefix.seconds) if demand.hours else None
        hit, miss = (FirstTurn(rate, found=found, hours=hours) for found in (True, False))
        known = self.plan.sizes.variables.known
        found = expected_share(demand.bare, priced.cell.share, known, hit.share)
        profiler.note_hits(priced.model, found, weight)
        hit_profile = profiler.profile(answering, caching, first_hit=True)
        return [(profile, miss), (hit_profile, hit)]

    def _prefixes(self, profiler: Profiler, bare: Stream) -> Floats | float | None:
        """Different prefixes by month, expected; None where each conversation has its own."""
        stated, variables = profiler.request.prefixes, self.plan.sizes.variables
        if stated.per == "conversation":
            return None
        if stated.per == "user":
            users = self.workload.demand.users
            if users is None:
                message = "prefixes per user need demand.users: how many there are"
                self.plan.findings.problem((*profiler.at, "prefixes"), message)
                return 1.0
            at = (*self.path, "demand", "users")
            people = replace(bare, level=(variables.term(users, at, "positive"),))
            months = np.ones(len(self.plan.months))
            return np.maximum(expected_volume(people, months, variables.known), 1.0)
        if stated.number is None:
            return 1.0
        term = variables.term(stated.number, (*profiler.at, "prefixes"), "positive")
        return float(term.at(means(variables.known)))

    def _priced(
        self,
        priced: PricedCell,
        parts: list[tuple[Profile, FirstTurn | None]],
        model: Model,
        at: KeyPath,
        *,
        places: Mapping[str, KeyPath],
    ) -> Iterator[PricedCell]:
        """The cells that can be billed; what keeps one from it is a problem."""
        if priced.price is None:
            return
        variables, findings = self.plan.sizes.variables.known, self.plan.findings
        told = False
        for profile, first_turn in parts:
            cell = replace(priced.cell, profile=profile, first_turn=first_turn)
            if not is_priced(cell, priced.price, variables, at, findings, places=places):
                return
            fitting = served(cell, model, variables, findings)
            told |= fitting is not cell
            yield replace(priced, cell=fitting)
        check_fit(parts[0][0], model, variables, at, findings, told=told)

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

    def _with_fees(
        self, segments: Iterable[tuple[DayRange, Price, Decimal]], model: Model, request: Request
    ) -> Iterator[tuple[DayRange, Price, Decimal, Fees]]:
        """Prices with the fees for calls of a request, split where these change."""
        meters = (*request.usage, Meter.REQUEST)
        for whole, price, exchange in segments:
            for segment, fees in fees_in_force(self.plan.book, model, price, whole, meters):
                yield segment, price, exchange, fees

    def _exchange(self, fee: Price, days: DayRange, at: KeyPath) -> Decimal:
        """What a fee in a currency of its own is multiplied by, at the rate of the first day."""
        found = exchanged([(days, fee)], at, self.plan.findings)
        return next((rate for _, _, rate in found), Decimal(0))
