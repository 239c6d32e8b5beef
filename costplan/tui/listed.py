"""A list of options that may be left without any width."""

from __future__ import annotations

from textual.geometry import Size
from textual.widgets import OptionList


class Listed(OptionList):
    """Textual's list, in views that another part of a narrow screen may cover whole."""

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As tall as its lines; Textual cannot break them into no cells at all."""
        padding = self.get_component_styles("option-list--option").padding.width
        return super().get_content_height(container, viewport, max(width, padding + 1))
