"""Questions of the view Tokens: how many tokens a text is on the plan's models, and what it costs.

Everything is counted on this machine; nothing is sent anywhere. A long text is counted block by
block: each answer holds the question that goes on, so that a change of the text, or another view,
never waits for more than one block.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from costplan.desk.command import told, words_line
from costplan.desk.pricing import book_of, day_of, models_used
from costplan.desk.whatif import WhatIf
from costplan.errors import Problem
from costplan.prices.input_cost import input_cost
from costplan.report.count_page import count_page
from costplan.report.counts import PathCount
from costplan.report.money import percent
from costplan.report.table import Page
from costplan.tokens import TokenCount, count_tokens
from costplan.tokens.corpus import Document, Tally, count_requests
from costplan.tokens.encoder import safe_cut
from costplan.tokens.requests import count_request

if TYPE_CHECKING:
    from costplan.desk.desk import Desk

BLOCK = 100_000
"""Characters that are counted at a time: a fraction of a second on every model."""
LONGEST_REQUEST = 2_000_000
"""Characters of JSON that are read as a request; what is longer is a text."""
OFFLINE = "counted offline, nothing is sent"
_FIRST = ("Model", "Tokens", "Between", "Cost as input")
"""Columns that come first, so that they stand together where not all fit."""
_BODY = ("messages", "contents", "input", "inputText", "prompt", "anthropic_version")
"""Fields of which the body of a request has one."""


@dataclass(frozen=True, slots=True)
class Counted:
    """The tokens of a text on each model."""

    page: Page
    said: str
    """What was counted, and how far."""
    rest: Counting | None = None
    """The question that goes on where a long text is not counted to its end."""


@dataclass(frozen=True, slots=True)
class Block:
    """A part of a long text that is counted."""

    end: int
    """The character it ends before."""
    counts: Mapping[str, TokenCount] = field(repr=False)
    """By model."""


@dataclass(frozen=True, slots=True)
class Counting:
    """How many tokens is this text?"""

    what_if: WhatIf
    text: str = field(repr=False)
    added: tuple[str, ...] = ()
    """Models to count on beside those of the plan."""
    name: str = ""
    """What the text is called: the path it was read from, or nothing."""
    as_text: bool = False
    """Whether the JSON of a request is counted as the text it is."""
    blocks: tuple[Block, ...] = field(default=(), repr=False)
    """What was counted before."""

    def answer(self, desk: Desk) -> Counted:
        """The next block counted, and added to those before.

        Raises:
            UnknownModelError: a model that was added is not in the book.
        """
        models = models_counted(desk, self.what_if, self.added)
        if not models:
            said = f"no models: the plan has none as it stands, and none was added; {OFFLINE}"
            return Counted(Page("", notes=(said,)), said)
        body = None if self.as_text else request_in(self.text)
        if body is not None:
            return self._request(desk, models, body)
        blocks = self._blocks(models)
        end = blocks[-1].end
        tallies = [self._tally(model, blocks) for model in models]
        rest = None if end == len(self.text) else replace(self, blocks=blocks)
        return Counted(costed(desk, self.what_if, tallies), self._said(end), rest)

    def _blocks(self, models: Sequence[str]) -> tuple[Block, ...]:
        """Those counted before and the next one."""
        done = self.blocks
        if any(model not in block.counts for block in done for model in models):
            done = ()  # the plan has other models now
        start = done[-1].end if done else 0
        end = block_end(self.text, start)
        text = self.text[start:end]
        return (*done, Block(end, {model: count_tokens(text, model) for model in models}))

    def _tally(self, model: str, blocks: Sequence[Block]) -> Tally:
        tally = Tally(self.name, model)
        start = 0
        for block in blocks:
            more = block is not blocks[-1]
            document = Document(self.name, (self.text[start : block.end],), continues=more)
            tally.add(block.counts[model], document)
            start = block.end
        return tally

    def _request(self, desk: Desk, models: Sequence[str], body: Mapping[str, Any]) -> Counted:
        wrong: list[Problem] = []

        def count(each: Mapping[str, Any], model: str) -> Any:
            return count_request(each, model=model)

        document = Document(self.name, request=body)
        tallies = count_requests([document], models, count, wrong.append)
        if not tallies:
            notes = tuple(dict.fromkeys(problem.message for problem in wrong))
            said = f"a request that cannot be counted: {'; '.join(notes)}"
            return Counted(Page("", notes=notes), said)
        page = costed(desk, self.what_if, tallies)
        told = tuple(dict.fromkeys(problem.message for problem in wrong))
        kind = "the JSON of a request, counted part by part"
        return Counted(replace(page, notes=(*page.notes, *told)), self._named(kind))

    def _said(self, end: int) -> str:
        number = len(self.text)
        if end < number:
            so_far = f"{end:,} of {number:,} characters so far ({percent(end / number)})"
            return self._named(so_far)
        return self._named(f"{number:,} character{'' if number == 1 else 's'}")

    def _named(self, what: str) -> str:
        return f"{self.name}: {what}; {OFFLINE}" if self.name else f"{what}; {OFFLINE}"


def models_counted(desk: Desk, what_if: WhatIf, added: Sequence[str] = ()) -> tuple[str, ...]:
    """The models of the plan that the book holds, then those that were added.

    Raises:
        UnknownModelError: one that was added is not in the book.
    """
    book = book_of(desk, what_if)
    for name in added:
        book.model(name)
    used = [name for name in models_used(desk, what_if) if name in {*book.names, *book.aliases}]
    return tuple(dict.fromkeys((*used, *added)))


def count_command(desk: Desk, path: str, models: Sequence[str]) -> str:
    """The command line that prints the counts of a file, or of standard input."""
    names = ("--model", ",".join(models)) if models else ()
    return words_line("tokens", path or "-", *names, *told(desk, "--pricing"))


def request_in(text: str) -> Mapping[str, Any] | None:
    """The body of a request, where a text is the JSON of one."""
    if text.lstrip()[:1] != "{" or len(text) > LONGEST_REQUEST:
        return None
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    is_body = isinstance(value, dict) and any(name in value for name in _BODY)
    return value if is_body else None


def block_end(text: str, start: int) -> int:
    """Where the next block ends: where a cut changes no count, if there is such a place."""
    if len(text) - start <= BLOCK:
        return len(text)
    return safe_cut(text, start + 1, start + BLOCK) or start + BLOCK


def costed(
    desk: Desk, what_if: WhatIf, tallies: Sequence[Tally], notes: Sequence[str] = ()
) -> Page:
    """Counts beside one another, with what each text costs as input on the day of the desk.

    Args:
        desk: has the prices and the day.
        what_if: may name other prices.
        tallies: of each source and model.
        notes: what else to say of them.
    """
    book, day = book_of(desk, what_if), day_of(desk)
    costs = [input_cost(tally.sizes, tally.model, book, day) for tally in tallies]
    counts = [PathCount(tally, cost) for tally, cost in zip(tallies, costs, strict=True)]
    page = count_page(counts)
    tables = tuple(table.arranged(_FIRST) for table in page.tables)
    said = f"Cost as input: each text sent once, at the prices of {day}."
    return replace(page, tables=tables, notes=(*notes, *page.notes, said))
