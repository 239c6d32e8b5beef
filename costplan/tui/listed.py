"""The list of options that all lists here are."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.geometry import Size
from textual.widgets import OptionList

from costplan.tui.keys import LIST


class Listed(OptionList):
    """Textual's list with vim's keys, in places that may be left without any width."""

    BINDINGS: ClassVar[list[BindingType]] = [*LIST]

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As tall as its lines; Textual cannot break them into no cells at all."""
        padding = self.get_component_styles("option-list--option").padding.width
        return super().get_content_height(container, viewport, max(width, padding + 1))
