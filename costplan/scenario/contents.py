"""What stands in the files that the sizes of a scenario name: texts, samples, templates, tools."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial

from costplan.errors import Place, suggestion
from costplan.scenario.conversation import Sampled, TurnSpread
from costplan.scenario.declarations import read_declarations
from costplan.scenario.logs import Arrivals, Log
from costplan.scenario.placeholders import placeholders
from costplan.scenario.requests import SIZED, Request
from costplan.scenario.samples import Record
from costplan.scenario.schema import Scenario
from costplan.scenario.texts import Texts, Unusable, understood
from costplan.scenario.tokens import Sent, Tokens, Tools
from costplan.schema import KeyPath, Reader


@dataclass(frozen=True, slots=True)
class Contents:
    """Collects the contents; what cannot be used is a problem where the scenario names it."""

    files: Texts
    reader: Reader
    texts: dict[str, str] = field(default_factory=dict)
    samples: dict[tuple[str, str], tuple[Record, ...]] = field(default_factory=dict)
    arrivals: dict[Log, Arrivals] = field(default_factory=dict)
    price_files: dict[str, str] = field(default_factory=dict)

    def load(self, scenario: Scenario) -> None:
        """Read every file that the scenario names."""
        for path, size in _sizes(scenario):
            for below, tokens in size.each():
                self._tokens(tokens, (*path, *below))
            if isinstance(size, Sent) and size.template is not None:
                self._template(size, path)
            if isinstance(size, Tools) and size.declared is not None:
                self._declared(size.declared, (*path, "declared"))
        for name, workload in scenario.workloads.items():
            if workload.demand.log is not None:
                self._log(workload.demand.log, ("workloads", name, "demand", "log"))
        self._numbers(scenario)
        for name in scenario.prices:
            for each in self.files.price_files(name):
                if (text := self._read(each, ("prices",))) is not None:
                    self.price_files[each] = text

    def _tokens(self, tokens: Tokens, path: KeyPath) -> None:
        if tokens.file is not None:
            text = self._read(tokens.file, (*path, "file"))
            if text is not None:
                self.texts[tokens.file] = text
        if tokens.sample is None:
            return
        records = self.files.sample(tokens.sample, tokens.field)
        if isinstance(records, Unusable):
            self._problem((*path, "sample"), records.message)
            return
        self.samples[tokens.records] = records
        if tokens.counted_with and all(isinstance(record, str) for record in records):
            message = "the sample holds texts, which are counted on each model; remove counted_with"
            self._problem((*path, "counted_with"), message)

    def _log(self, log: Log, path: KeyPath) -> None:
        arrivals = self.files.log(log)
        if isinstance(arrivals, Unusable):
            self._problem(path, arrivals.message)
        else:
            self.arrivals[log] = arrivals

    def _numbers(self, scenario: Scenario) -> None:
        """Samples of what is no size: numbers of turns or steps, or seconds."""
        for path, spread in _numbers(scenario):
            at = (*path, "sample")
            records = self.files.sample(spread.sample or "", spread.field)
            if isinstance(records, Unusable):
                self._problem(at, records.message)
            elif any(isinstance(record, str) for record in records):
                self._problem(at, "expected a number in every line of the sample, found a text")
            elif isinstance(spread, TurnSpread) and 0 in records:
                self._problem(at, "there is at least one in every line of the sample, found 0")
            else:
                self.samples[spread.records] = records

    def _template(self, size: Sent, path: KeyPath) -> None:
        """A template and its variables fit each other."""
        at, name = (*path, "template"), size.template_file
        text = self._read(name, at) if name else size.template
        if text is None:
            return
        if name:
            self.texts[name] = text
        found = placeholders(text)
        where = f"{name}:" if name else "line "
        for spot, written in found.faults:
            self._problem(
                at,
                f"{where}{spot.line}:{spot.column}: expected a variable such as {{{{name}}}}, "
                f"found {written!r}; two braces that are meant are written \\{{{{",
            )
        for variable, spot in found.first.items():
            if variable not in size.variables:
                hint = suggestion(variable, size.variables)
                message = f"{{{{{variable}}}}} is not given in with{hint}"
                self._problem(at, f"{where}{spot.line}:{spot.column}: {message}")
        for variable in size.variables:
            if variable not in found.times:
                message = (
                    f"the template has no {{{{{variable}}}}}{suggestion(variable, found.times)}"
                )
                self._problem((*path, "with", variable), message)
        if not found.times and not size.variables and not found.faults:
            self._problem(at, "the template has no variables; write file or text")

    def _declared(self, name: str, at: KeyPath) -> None:
        text = self._read(name, at)
        if text is None:
            return
        tools = understood(text, partial(read_declarations, name))
        if isinstance(tools, Unusable):
            self._problem(at, tools.message)
        else:
            self.texts[name] = text

    def _read(self, name: str, at: KeyPath) -> str | None:
        text = self.files.text(name)
        if isinstance(text, Unusable):
            self._problem(at, text.message)
            return None
        return text

    def _problem(self, path: KeyPath, message: str) -> None:
        places = self.reader.places
        place = places.get(path) or places.get(path[:-1]) or Place("")
        self.reader.problem(place, path, message)


def _requests(scenario: Scenario) -> Iterator[tuple[KeyPath, Request]]:
    """Every request, those of agents too, with its path."""
    for name, workload in scenario.workloads.items():
        yield from (
            (("workloads", name, *below), request) for below, request in workload.requests()
        )


def _sizes(scenario: Scenario) -> Iterator[tuple[KeyPath, Tokens]]:
    """Every size of every request, with its path."""
    for path, request in _requests(scenario):
        for key in SIZED:
            size = getattr(request, key)
            if size is not None:
                yield (*path, key), size
        for k, agent in enumerate(request.agents):
            if agent.result is not None:
                yield (*path, "agents", str(k), "result"), agent.result
    for name, workload in scenario.workloads.items():
        repair = workload.failures.repair
        if repair and repair.instruction:
            yield ("workloads", name, "failures", "repair", "instruction"), repair.instruction


def _numbers(scenario: Scenario) -> Iterator[tuple[KeyPath, Sampled]]:
    """Every sample that holds no sizes, with its path."""
    for path, request in _requests(scenario):
        for below, spread in request.samples():
            yield (*path, *below), spread
