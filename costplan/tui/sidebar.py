"""The list at the left: what the scenario holds, its variants, and other scenarios to open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.reactive import reactive
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from costplan.report.table import clean
from costplan.scenario import Scenario
from costplan.tui.messages import ScenarioChosen, VariantChosen

BASE = "as written"
"""What the scenario without a variant is called."""


class Sidebar(OptionList):
    """Headings and workloads are shown; variants and scenarios can be picked."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("j", "cursor_down", "Down", show=False),
        Binding("k", "cursor_up", "Up", show=False),
    ]
    scenario: reactive[Scenario | None] = reactive(None)
    variant: reactive[str | None] = reactive(None)
    examples: reactive[tuple[str, ...]] = reactive(())

    def watch_scenario(self) -> None:
        """List it anew."""
        self._fill()

    def watch_variant(self) -> None:
        """Move the mark."""
        self._fill()

    def watch_examples(self) -> None:
        """List it anew."""
        self._fill()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Say what was picked."""
        event.stop()
        kind, _, name = (event.option_id or "").partition(":")
        if kind == "variant":
            self.post_message(VariantChosen(name or None))
        elif kind == "open":
            self.post_message(ScenarioChosen(name))

    def _fill(self) -> None:
        at = self.highlighted
        self.set_options(self._listing())
        self.highlighted = at if at is not None and at < self.option_count else None

    def _listing(self) -> Iterator[Option]:
        if self.scenario is not None:
            yield from self._scenario(self.scenario)
        if self.examples:
            yield _heading("Open another")
        for name in self.examples:
            shown = name.rpartition("/")[2].removesuffix(".yaml")
            yield Option(Content(f"  {clean(shown)}"), id=f"open:{name}")

    def _scenario(self, scenario: Scenario) -> Iterator[Option]:
        yield _heading("Workloads")
        for name, workload in scenario.workloads.items():
            yield Option(_workload(name, workload.owner), disabled=True)
        yield _heading("Variants")
        for variant in (None, *scenario.variants):
            mark = "●" if variant == self.variant else "○"
            text = Content(f"{mark} {clean(variant or BASE)}")
            yield Option(text, id=f"variant:{variant or ''}")


def _heading(text: str) -> Option:
    return Option(Content.assemble("\n", (text, "bold $foreground-muted")), disabled=True)


def _workload(name: str, owner: str) -> Content:
    by = Content.assemble("\n    ", (clean(owner), "$foreground-muted")) if owner else Content("")
    return Content.assemble("  ", (clean(name), "$foreground"), by)
