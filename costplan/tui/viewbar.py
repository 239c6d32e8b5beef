"""The row of views, each with its key; a click goes there too."""

from __future__ import annotations

from textual.content import Content
from textual.events import Click
from textual.reactive import reactive
from textual.widget import Widget

from costplan.tui.messages import ViewChosen
from costplan.tui.view import VIEWS


class ViewBar(Widget):
    """`1 Plan  2 Compare  ...`, the one in front marked."""

    view: reactive[str] = reactive("")

    def render(self) -> Content:
        """One line."""
        parts: list[Content | str | tuple[str, str]] = []
        for number, entry in enumerate(VIEWS, start=1):
            is_here = entry.id == self.view
            parts.append((f" {number} ", "bold $primary reverse" if is_here else "$primary"))
            parts.append((f"{entry.title} ", "bold reverse" if is_here else ""))
            parts.append(" ")
        return Content.assemble(*parts)

    def on_click(self, event: Click) -> None:
        """Go to the view below the pointer."""
        end = self.styles.padding.left
        for entry in VIEWS:
            end += len(entry.title) + 5
            if event.x < end:
                self.post_message(ViewChosen(entry.id))
                return
