"""Questions behind a figure: what it is made of, and the prices of a model over time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from costplan.decisions.explanation import Explanation, explain
from costplan.decisions.parts import Part
from costplan.desk.questions import Question
from costplan.desk.whatif import WhatIf
from costplan.prices.histories import history_of
from costplan.report.explain import LINES, PRICES, explanation_page, part_text, shown_lines
from costplan.report.price_history import history_page
from costplan.report.table import Page, Table, folded, warning_line

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

type Links = Mapping[tuple[str, int], Question]
"""By the title of a table and the position of a row, the question behind that row."""


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line of an explanation on a screen."""

    text: str
    is_heading: bool = False
    link: Question | None = None
    """What is asked when it is picked."""


@dataclass(frozen=True, slots=True, eq=False)
class Explained:
    """A page to read, with rows that lead further."""

    title: str
    page: Page
    links: Links = field(default_factory=dict)

    def lines(self, width: int) -> tuple[TextLine, ...]:
        """The page in lines of at most `width`; a table that is wider continues below."""
        return tuple(self._lines(width))

    def _lines(self, width: int) -> Iterator[TextLine]:
        page = self.page
        yield from _folded(page.facts, width)
        for table in page.tables:
            yield TextLine("")
            yield from self._table(table, width)
        for each in (page.notes, [f"warning: {warning_line(w)}" for w in page.warnings]):
            if each:
                yield TextLine("")
                yield from _folded(each, width)

    def _table(self, table: Table, width: int) -> Iterator[TextLine]:
        """Its lines; in each block the rows come after the head and a rule."""
        blocks = table.text(width).removeprefix(f"{table.title}\n").split("\n\n")
        if table.title:
            yield TextLine(table.title, is_heading=True)
        for block in blocks:
            for k, text in enumerate(block.split("\n"), start=-2):
                inside = 0 <= k < len(table.rows)
                yield TextLine(text, link=self.links.get((table.title, k)) if inside else None)
            if block is not blocks[-1]:
                yield TextLine("")


def _folded(paragraphs: Sequence[str], width: int) -> Iterator[TextLine]:
    for paragraph in paragraphs:
        yield from (TextLine(line) for line in folded(paragraph, width).split("\n"))


@dataclass(frozen=True, slots=True)
class Explaining:
    """What is this figure made of, and why does it differ from the month before?"""

    what_if: WhatIf
    part: Part

    def answer(self, desk: Desk) -> Explained:
        """The explanation; its rows lead to workloads, to single line items, and to prices.

        Raises:
            CostplanError: it cannot be planned, or has no such part.
        """
        found = explain(desk.project(self.what_if), self.part, desk.plan(self.what_if))
        page = explanation_page(found)
        links = {
            (table.title, k): question
            for table in page.tables
            for k, question in self._links(table, found)
        }
        return Explained(part_text(self.part), page, links)

    def _links(self, table: Table, found: Explanation) -> Iterator[tuple[int, Question]]:
        if table.title == LINES:
            yield from self._deeper(table, found)
        elif table.title == PRICES:
            models = {row.model for row in found.projection.ledger.rows if row.price_from}
            for k, row in enumerate(table.rows):
                if row[1] in models:
                    yield k, Remembering(self.what_if, row[1])
        elif "Workload" in (names := [column.name for column in table.columns]):
            at = names.index("Workload")
            for k, row in enumerate(table.rows):
                if row[at] and row[at] != self.part.name("workload"):
                    yield k, Explaining(self.what_if, self.part.narrowed("workload", row[at]))

    def _deeper(self, table: Table, found: Explanation) -> Iterator[tuple[int, Question]]:
        """From the rows of quantity and rate: to a model, a meter of it, and its prices."""
        lines = iter(shown_lines(found)[0])
        for k, row in enumerate(table.rows):
            if not row[1]:
                if not self.part.name("model") and row[0] != "Smaller ones":
                    yield k, Explaining(self.what_if, self.part.narrowed("model", row[0]))
                continue
            line = next(lines)
            if not self.part.is_rate:
                part = self.part.narrowed("model", line.row.model)
                yield k, Explaining(self.what_if, part.narrowed("meter", line.row.meter))
            elif line.row.price_from:
                yield k, Remembering(self.what_if, line.row.model)


@dataclass(frozen=True, slots=True)
class Remembering:
    """What did this model cost, and since when?"""

    what_if: WhatIf
    model: str

    def answer(self, desk: Desk) -> Explained:
        """Its history in the price book of the plan.

        Raises:
            CostplanError: the book has no such model.
        """
        compiled = desk.plan(self.what_if).compiler
        day = desk.day or compiled.months[0].first
        return Explained(self.model, history_page(history_of(compiled.book, self.model, day)))
