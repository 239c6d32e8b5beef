"""What stands where on the workbench: the view in front, and the what-if panel beside it."""

from __future__ import annotations

from textual import on
from textual.widgets import ContentSwitcher

from costplan.tui.bench.state import Bench
from costplan.tui.levers import LeverPanel
from costplan.tui.messages import LeversLeft, LeverWanted, TextWanted, ViewChosen
from costplan.tui.view import VIEWS, View

EDITOR = "edit"
"""The view that holds a text that is not saved."""


class Places(Bench):
    """The part that switches views and gives the what-if panel its place."""

    _levers_wanted: bool | None = None
    """None until the reader said whether the panel should stand."""

    def bound(self, view: View) -> View:
        """A view that follows the state of the workbench."""
        view.data_bind(Bench.scenario, Bench.what_if)
        if "figures" in view._reactives:  # noqa: SLF001 - Textual has no public way to ask
            view.data_bind(Bench.figures)
        if "path" in view._reactives:  # noqa: SLF001 - the same
            view.data_bind(path=Bench.title_shown)
        return view

    # Views

    def action_show_view(self, number: int) -> None:
        """Show the view of that number."""
        if number <= len(VIEWS):
            self.post_message(ViewChosen(VIEWS[number - 1].id))

    @on(ViewChosen)
    async def _show_view(self, message: ViewChosen) -> None:
        switcher = self.query_one("#views", ContentSwitcher)
        if not switcher.query(f"#{message.view}"):
            entry = next(entry for entry in VIEWS if entry.id == message.view)
            await switcher.add_content(self.bound(entry.make()))
        switcher.current = message.view
        self.to_front(message.view)

    def to_front(self, name: str) -> None:
        """Give a view that is there the front and the keys."""
        self.view = name
        self._place_levers()
        for view in self.query_one("#views").query(View):
            view.in_front = view.id == name
            if view.in_front:
                view.focus_first()

    @on(TextWanted)
    async def _show_text(self, message: TextWanted) -> None:
        await self._show_view(ViewChosen(EDITOR))
        self.front.wanted = message.path

    # The what-if panel

    def action_levers(self) -> None:
        """Go to the what-if panel; from there, put it away."""
        panel = self.query_one(LeverPanel)
        self._levers_wanted = not panel.has_focus_within
        self._place_levers()
        (panel if self._levers_wanted else self.front).focus_first()

    @on(LeverWanted)
    def _show_lever(self, message: LeverWanted) -> None:
        self._levers_wanted = True
        self._place_levers()
        self.query_one(LeverPanel).to(message.path)

    @on(LeversLeft)
    def _leave_levers(self) -> None:
        """Back to the view; where the panel lies over it, put it away."""
        if not self.has_class("-roomy"):
            self._levers_wanted = None
            self._place_levers()
        self.front.focus_first()

    def _place_levers(self) -> None:
        """Until the reader says otherwise, the panel stands beside the plan where there is room."""
        is_default = self._levers_wanted is None and self.view == VIEWS[0].id
        self.set_class(bool(self._levers_wanted), "-levers")
        self.set_class(not self._levers_wanted and not is_default, "-no-levers")
