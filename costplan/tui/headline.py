"""The two lines at the top: what is shown, and what it comes to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from costplan.decisions.parts import WHOLE
from costplan.desk import WhatIf
from costplan.desk.figures import Figures
from costplan.report.table import cell_width, clean
from costplan.scenario import Scenario
from costplan.tui.messages import Behind

_DOT = (" · ", "$foreground-muted")

type Part = Content | str | tuple[str, str]


class Headline(Widget):
    """Name, variant and levers moved; then the total, its range, and whether the budget holds."""

    title: reactive[str] = reactive("")
    scenario: reactive[Scenario | None] = reactive(None)
    what_if: reactive[WhatIf] = reactive(WhatIf())
    changes: reactive[tuple[str, ...]] = reactive(())
    """What the what-if changes, in words; its paths until they are known."""
    figures: reactive[Figures | None] = reactive(None)
    draft: reactive[str | None] = reactive(None)
    """A text that is not saved; the plan is of it."""
    is_busy: reactive[bool] = reactive(False, repaint=False)
    problems: reactive[tuple[str, ...]] = reactive(())

    def watch_is_busy(self) -> None:
        """It is told only where there is no plan yet."""
        if self.figures is None:
            self.refresh()

    def render(self) -> Content:
        """Both lines."""
        width = self.size.width
        what, _ = _fitted(self._what(), width)
        total, told = _fitted(self._total(), width)
        brief, told_briefly = _fitted(self._total(is_brief=True), width)
        return Content("\n").join([what, brief if told_briefly > told else total])

    def _what(self) -> Iterator[Part]:
        yield (clean(self.scenario.name) if self.scenario else self.title, "bold")
        if self.draft is not None:
            yield ("not saved", "$warning")
        if self.what_if.variant:
            yield Content.assemble("variant ", (clean(self.what_if.variant), "bold $primary"))
        if settings := self.what_if.settings:
            paths = tuple(f"{clean(path)} {clean(text)}" for path, text in settings)
            yield (_shortened("what if: ", self.changes or paths, self.size.width // 2), "$accent")
        if self.figures and self.figures.warnings:
            several = "s" if self.figures.warnings > 1 else ""
            yield (f"{self.figures.warnings} warning{several} (n)", "$warning")
        if self.scenario:
            yield (self.title, "$foreground-muted")

    def _total(self, *, is_brief: bool = False) -> Iterator[Part]:
        if self.figures is None:
            yield self._waiting()
            return
        figures, total = self.figures, self.figures.total
        yield Content.assemble((total["Expected"], "bold"), "" if is_brief else " expected")
        if figures.delta:
            against = "" if is_brief else " against base"
            yield Content.assemble((figures.delta, "bold $accent"), against)
        yield (figures.verdict, _style(figures))
        if "P10" in total:
            yield f"P10 {total['P10']} to P90 {total['P90']}"
        if figures.projection.limits.total is not None and not is_brief:
            yield f"budget {total['Budget']} in all"

    def on_click(self, event: Click) -> None:
        """Say what is behind the total, or behind the first month over budget."""
        where = event.get_content_offset(self)
        if where is None or where.y != 1 or self.figures is None:
            return
        from costplan.desk.explaining import Explaining  # slow, and the screen comes first

        first = self.figures.first_over
        at = self.render().plain.split("\n")[1].find(self.figures.verdict)
        is_verdict = 0 <= at <= where.x < at + len(self.figures.verdict)
        part = first if first is not None and is_verdict else WHOLE
        self.post_message(Behind(Explaining(self.what_if, part)))

    def _waiting(self) -> Part:
        if self.is_busy:
            return ("projecting ...", "$foreground-muted")
        return ("no plan to show", "$foreground-muted") if self.problems else ""


def _shortened(says: str, words: Sequence[str], width: int) -> str:
    """As many words as fit; how many are left out."""
    for count in range(len(words), 0, -1):
        more = len(words) - count
        line = says + ", ".join(words[:count]) + (f" and {more} more" if more else "")
        if cell_width(line) <= width:
            return line
    return f"{says}{len(words)} values changed" if len(words) > 1 else f"{says}{words[0]}"


def _style(figures: Figures) -> str:
    if figures.is_over:
        return "bold $error"
    return "$success" if figures.verdict.startswith("●") else "$foreground-muted"


def _fitted(parts: Iterator[Part], width: int) -> tuple[Content, int]:
    """The parts in a line, the most telling first, and how many there is room for."""
    line, count = Content(""), 0
    for part in parts:
        longer = Content.assemble(line, _DOT if line else "", part)
        if line and longer.cell_length > width:
            break
        line, count = longer, count + 1
    return line, count
