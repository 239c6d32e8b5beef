"""What-ifs on the workbench: made, undone, redone, reset, and laid over another variant."""

from __future__ import annotations

from textual import on

from costplan.desk import WhatIf
from costplan.desk.fitting import Fitted, Fitting
from costplan.tui.bench.state import FITTING, PLANNING, Bench
from costplan.tui.messages import LeversStand, WhatIfMade


class WhatIfs(Bench):
    """The part that changes what is laid over the scenario."""

    is_fresh: bool = False
    """Whether the file was read anew, and no plan of it was made yet."""

    @on(WhatIfMade)
    def _take_what_if(self, message: WhatIfMade) -> None:
        self.go_to(self.history.to(message.what_if))

    @on(LeversStand)
    def _take_changes(self, message: LeversStand) -> None:
        self.changes = message.changed

    def fit(self, asker: str) -> None:
        """The file was changed, and what stands over it may not fit any more: ask what does.

        Args:
            asker: whose question could not be answered.
        """
        if asker == PLANNING and self.is_fresh and self.what_if != WhatIf():
            self.ask(FITTING, Fitting(self.what_if))
        self.is_fresh = False

    def take_what_fits(self, fitted: Fitted) -> None:
        """Go on with what still fits, and say what does not."""
        if fitted.said:
            self.go_to(self.history.to(fitted.what_if))
            self.say(fitted.said, is_problem=True)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """The keys below show a way back only where there is one."""
        return action not in {"undo", "reset"} or not self.history.is_first

    def action_undo(self) -> None:
        """Take the last change back."""
        self.go_to(self.history.undone())

    def action_redo(self) -> None:
        """Make the change that was taken back again."""
        self.go_to(self.history.redone())

    def action_reset(self) -> None:
        """Put everything back to where the variant has it."""
        self.go_to(self.history.to(self.what_if.cleared()))

    def action_next_variant(self, step: int) -> None:
        """Go through the variants; the scenario as written is one of them."""
        if self.scenario:
            names = (None, *self.scenario.variants)
            now = self.what_if.variant
            at = names.index(now) if now in names else 0
            self.choose_variant(names[(at + step) % len(names)])

    def choose_variant(self, variant: str | None) -> None:
        """Show a variant; what was changed stays laid over it."""
        self.go_to(self.history.to(WhatIf(variant, self.what_if.settings)))
