"""Files on the workbench: read again, kept, left and opened, and a text that is not saved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from textual import on

from costplan.desk import History, WhatIf
from costplan.desk.figures import Reading
from costplan.desk.keeping import BringingBack, Kept
from costplan.desk.text_saving import SavingCopy
from costplan.errors import CostplanError
from costplan.tui.asking import ERRAND
from costplan.tui.bench.places import EDITOR
from costplan.tui.bench.state import READING, Bench
from costplan.tui.deciding import Deciding
from costplan.tui.keeping import Keeping
from costplan.tui.leaving import unsaved
from costplan.tui.messages import Drafted, ScenarioChosen
from costplan.tui.picking import Choice, Picking
from costplan.tui.view import View

_UNSAVED = "what is typed is not saved: save it in the editor first, or write the what-if there"


class Files(Bench):
    """The part that has files read and written, and never lets go of what is typed."""

    def action_reload(self) -> None:
        """Read the file again; a text that is not saved is asked about by the editor."""
        if self.draft is None:
            self.ask(READING, Reading())
        else:
            from costplan.desk.editing import Opening  # what an editor needs is slow to load

            self.ask(EDITOR, Opening(seen=True))

    @on(Drafted)
    def _take_draft(self, message: Drafted) -> None:
        before, self.draft = self.draft, message.text
        if message.text is None and before is not None:
            self.ask(READING, Reading())
        elif message.text is not None and message.holds:
            self.ask(READING, Reading(message.text))

    # Keeping

    def action_keep(self) -> None:
        """Keep the what-if: in this file, or in a new one."""
        if self.scenario is None:
            self.say("there is no plan yet to keep")
            return
        if self.draft is not None:
            self.say(_UNSAVED, is_problem=True)
            return
        Keeping(self, self.desk.path, self.scenario, self.what_if).ask()

    def action_bring_back(self) -> None:
        """Put back what the file held before it was saved."""
        if self.draft is not None:
            self.say(_UNSAVED, is_problem=True)
        else:
            self.ask(ERRAND, BringingBack())

    def stand_on(self, kept: Kept) -> None:
        """Go on with what was written, as it stands in its file."""
        what_if = self.what_if if kept.what_if is None else kept.what_if
        if kept.path != self.desk.path:
            self.post_message(ScenarioChosen(kept.path, what_if))
            return
        self.action_reload()  # first, for the views ask as soon as the what-if is another
        if self.draft is None:
            self.history = self.history.to(what_if)
            self.refresh_bindings()
            self.what_if = what_if

    # Leaving and opening

    def leave(self, go: Callable[[], object]) -> None:
        """Leave this file, after asking what becomes of a text that is not saved.

        Args:
            go: what to do then, once nothing waits to be written.
        """
        if self.draft is None:
            self.leaving = go
            self.go_on()
        elif not isinstance(self.app.screen, Deciding):
            view = self.query_one(f"#{EDITOR}", View)
            asks = unsaved(self.desk.path, view.differs())

            def decided(choice: str | None) -> None:
                if choice in {"save", "copy", "discard"}:
                    self.leaving = go
                    view.settle(choice)

            self.app.push_screen(asks, decided)

    def action_open(self) -> None:
        """Pick another scenario."""
        choices = [Choice(name, name.rpartition("/")[2]) for name in self.examples]
        self.app.push_screen(Picking("Open a scenario", choices), self._opened)

    def _opened(self, name: str | None) -> None:
        if name is not None:
            self.post_message(ScenarioChosen(name))

    @on(ScenarioChosen)
    def _open(self, message: ScenarioChosen) -> None:
        self.leave(partial(self._open_now, message.name, message.what_if))

    def _open_now(self, name: str, what_if: WhatIf) -> None:
        try:
            self.desk = self.desk.open(name)
        except CostplanError as error:
            self.say(str(error), is_problem=True)
            return
        self.queue.drop()
        self.show_desk()
        self.history = History(what_if)
        self.refresh_bindings()
        self.scenario, self.what_if = None, what_if
        self.settle((), None)
        self.action_reload()

    def rescue(self) -> str:
        """Write what is not saved to a new file, as everything ends; says where it is."""
        if self.draft is None:
            return ""
        try:
            saved = SavingCopy(self.draft).answer(self.desk)
        except (CostplanError, OSError) as error:
            return f"What was typed could not be saved: {error}"
        return f"What was typed and not saved is in {saved.path}."
