"""The colours of YAML, taken from the theme of the interface."""

from __future__ import annotations

from rich.style import Style
from textual.color import Color, ColorParseError
from textual.theme import Theme
from textual.widgets.text_area import TextAreaTheme

_NEUTRAL = "#808080"


def syntax_theme(theme: Theme) -> TextAreaTheme:
    """How keys, numbers, texts and remarks look beside the rest of the interface."""

    def style(color: str | None, *, bold: bool = False, italic: bool = False) -> Style:
        return Style(color=_rich(color), bold=bold or None, italic=italic or None)

    number = style(theme.accent)
    return TextAreaTheme(
        name=f"costplan-{theme.name}",
        syntax_styles={
            "yaml.field": style(theme.primary),
            "number": number,
            "boolean": number,
            "constant.builtin": number,
            "string": style(theme.success),
            "string.escape": style(theme.warning),
            "comment": style(_NEUTRAL, italic=True),
            "type": style(theme.warning),
            "preproc": style(theme.warning),
            "punctuation.bracket": style(_NEUTRAL, bold=True),
            "punctuation.special": style(theme.warning),
        },
    )


def _rich(color: str | None) -> str | None:
    """A colour as Rich takes it; none for what the terminal itself decides."""
    if color is None or color.startswith("ansi"):
        return None
    try:
        return Color.parse(color).hex6
    except ColorParseError:
        return None
