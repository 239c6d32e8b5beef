"""A page of the report on the screen, as the command line prints it at that width."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.events import Resize
from textual.reactive import reactive
from textual.widgets import Static

from costplan.report.table import Page
from costplan.tui.keys import PAGE

_LEAST_WIDTH = 40


class Scrolling(VerticalScroll):
    """Text that is taller than its place."""

    BINDINGS: ClassVar[list[BindingType]] = [*PAGE]


class PageText(Scrolling):
    """Laid out anew when its width changes."""

    page: reactive[Page | None] = reactive(None, always_update=True)

    def compose(self) -> ComposeResult:
        """One text."""
        yield Static()

    def watch_page(self) -> None:
        """Show it from its beginning."""
        self._lay_out()
        self.scroll_home(animate=False)

    def on_resize(self, _: Resize) -> None:
        """Other columns fit beside one another now."""
        self._lay_out()

    def _lay_out(self) -> None:
        width = max(_LEAST_WIDTH, self.scrollable_content_region.width)
        if self.is_mounted:
            self.query_one(Static).update(page_content(self.page, width) if self.page else "")


def page_content(page: Page, width: int) -> Content:
    """The text of a page, its heads told apart from its cells."""
    return Content("\n").join(_styled(page.text(width).splitlines(), page))


def _styled(lines: list[str], page: Page) -> Iterator[Content]:
    titles = {table.title for table in page.tables if table.title} | {page.title}
    for above, line, below in zip(["", *lines[:-1]], lines, [*lines[1:], ""], strict=True):
        if line in titles:
            yield Content.styled(line, "bold $primary")
        elif _is_rule(line) or (_is_rule(below) and (not above or above in titles)):
            yield Content.styled(line, "$foreground-muted")
        else:
            yield Content(line)


def _is_rule(line: str) -> bool:
    return bool(line) and not line.strip("─ ")
