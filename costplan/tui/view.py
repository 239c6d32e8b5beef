"""A view: one question to the plan, and the place where its answer is shown."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import Any, ClassVar, NamedTuple

from textual.app import SystemCommand
from textual.reactive import var
from textual.widget import Widget

from costplan.desk import Desk, Question, WhatIf
from costplan.desk.command import command_line
from costplan.report.table import Table
from costplan.scenario import Scenario
from costplan.tui.messages import Asked

type Keys = tuple[tuple[str, str], ...]
"""Keys, and what they do."""


class View(Widget):
    """One view of the plan.

    It asks when it is shown and when what its question depends on has changed, never while another
    view is in front; until the answer is there it goes on showing the one before.
    """

    HELP: ClassVar[str] = ""
    """What the view is for, and how it is read."""
    KEYS: ClassVar[Keys] = ()

    scenario: var[Scenario | None] = var(None)
    """The file as last read; None until it could be."""
    what_if: var[WhatIf] = var(WhatIf())
    answer: var[Any] = var(None, always_update=True)
    problems: var[tuple[str, ...]] = var(())
    """Why there is no answer to the question of the moment."""
    in_front: var[bool] = var(False)
    wanted: var[str] = var("", always_update=True)
    """A path whose value is to be shown in the file."""

    _asked: Question | None = None

    def question(self) -> Question | None:
        """What it wants to know now; None where there is nothing to ask."""
        return None

    def tables(self) -> tuple[Table, ...]:
        """What it shows, to be copied and written to files."""
        return ()

    def command(self, desk: Desk) -> str:
        """The command line that prints what it shows."""
        return command_line(desk, self.what_if)

    def focus_first(self) -> None:
        """Give the focus to what takes most keys, as the view comes to the front."""

    def ask(self, *, again: bool = False) -> None:
        """Ask, unless it was asked already.

        Args:
            again: ask even so: the file is another.
        """
        question = self.question() if self.in_front and self.scenario is not None else None
        if question is not None and (again or question != self._asked):
            self._asked = question
            self.post_message(Asked(self.id or "", question))

    def watch_scenario(self) -> None:
        """The file was read again: what was answered is about the old one."""
        self._asked = None
        self.ask()

    def watch_what_if(self) -> None:
        """Follow it."""
        self.ask()

    def watch_in_front(self) -> None:
        """Catch up."""
        self.ask()

    def commands(self) -> Iterable[SystemCommand]:
        """What the palette offers beside, while it is in front."""
        return ()

    def differs(self) -> str:
        """What is typed and not saved, as a difference from the file."""
        return ""

    def settle(self, choice: str) -> None:
        """Save, copy or discard what is not saved."""

    def done(self, answer: Any) -> None:
        """An errand was done, whoever asked for it."""

    def failed(self, question: Question) -> None:
        """An errand could not be done; the user was told why."""


class Entry(NamedTuple):
    """A view by name; its module is loaded when it is first shown."""

    id: str
    title: str
    where: str
    """`module:class` below `costplan.tui.views`."""

    def make(self) -> View:
        """The view itself."""
        module, _, name = self.where.partition(":")
        made: View = getattr(import_module(f"costplan.tui.views.{module}"), name)(id=self.id)
        return made


VIEWS = (
    Entry("plan", "Plan", "plan:PlanView"),
    Entry("compare", "Compare", "compare:CompareView"),
    Entry("drivers", "Drivers", "drivers:DriversView"),
    Entry("mix", "Mix", "mix:MixView"),
    Entry("prices", "Prices", "prices:PricesView"),
    Entry("tokens", "Tokens", "tokens:TokensView"),
    Entry("edit", "Edit", "edit:EditView"),
)
"""In the order of their keys, 1 2 3 ..."""
