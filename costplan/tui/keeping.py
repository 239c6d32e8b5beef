"""Keeping the what-if: asking how and under which name; nothing here writes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.screen import Screen

from costplan.desk import WhatIf
from costplan.desk.keeping import (
    BringingBack,
    KeepingFile,
    KeepingInScenario,
    KeepingVariant,
    default_file,
    default_variant,
)
from costplan.scenario import Scenario
from costplan.tui.messages import Errand
from costplan.tui.picking import Choice, Picking
from costplan.tui.prompt import Prompt

_VARIANT, _UPDATE, _SCENARIO, _FILE, _BACK = "variant", "update", "scenario", "file", "back"


@dataclass(frozen=True, slots=True)
class Keeping:
    """What there is to keep."""

    screen: Screen[None]
    path: str
    """Of the scenario."""
    scenario: Scenario
    what_if: WhatIf

    def ask(self) -> None:
        """How should it be kept?"""
        title = "Keep the what-if" if self.what_if.settings else "Keep"
        self.screen.app.push_screen(Picking(title, list(self._choices())), self._chosen)

    def bring_back(self) -> None:
        """Put back what the file held before it was saved."""
        self.screen.post_message(Errand(BringingBack()))

    def _choices(self) -> Iterator[Choice]:
        variant = self.what_if.variant
        if self.what_if.settings:
            yield Choice(_VARIANT, "As a variant", "only its lines are added")
            if variant is not None:
                yield Choice(_UPDATE, f"Into the variant {variant}", "which becomes what you see")
            yield Choice(_SCENARIO, "Into the scenario itself", "only these values change")
        yield Choice(_FILE, "As a new file", "all of it, with these values")
        yield Choice(_BACK, "Bring back the version before", "as it was before a save")

    def _chosen(self, how: str | None) -> None:
        if how == _VARIANT:
            says = "A name without spaces, # or @."
            name = default_variant(self.scenario)
            self.screen.app.push_screen(Prompt("Name of the variant", says, name), self._named)
        elif how == _UPDATE and self.what_if.variant is not None:
            self._errand_variant(self.what_if.variant, replace=True)
        elif how == _SCENARIO:
            self.screen.post_message(Errand(KeepingInScenario(self.what_if)))
        elif how == _FILE:
            says = "A file that is there already is left alone: the new one gets a number."
            name = default_file(self.path, self.what_if)
            self.screen.app.push_screen(Prompt("Name of the new file", says, name), self._filed)
        elif how == _BACK:
            self.bring_back()

    def _named(self, name: str | None) -> None:
        if name is None:
            return
        if name not in self.scenario.variants:
            self._errand_variant(name, replace=False)
            return
        choices = [
            Choice("replace", f"Replace {name}", "its old values are among the earlier versions"),
            Choice("name", "Another name"),
        ]

        def decided(choice: str | None) -> None:
            if choice == "replace":
                self._errand_variant(name, replace=True)
            elif choice == "name":
                self._chosen(_VARIANT)

        self.screen.app.push_screen(Picking(f"There is a variant {name}", choices), decided)

    def _errand_variant(self, name: str, *, replace: bool) -> None:
        self.screen.post_message(Errand(KeepingVariant(self.what_if, name, replace)))

    def _filed(self, name: str | None) -> None:
        if name is not None:
            self.screen.post_message(Errand(KeepingFile(self.what_if, name)))
