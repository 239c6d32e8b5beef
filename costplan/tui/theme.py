"""Two themes with the colours of Okabe and Ito, which colour-blind readers can tell apart."""

from __future__ import annotations

from textual.theme import Theme

DARK = Theme(
    name="costplan-dark",
    primary="#56B4E9",
    secondary="#0072B2",
    accent="#E69F00",
    warning="#E69F00",
    error="#F0743E",  # vermilion, lightened until it reads on the dark ground
    success="#22B28C",  # bluish green, likewise
    foreground="#D8DEE6",
    background="#11151A",
    surface="#171C23",
    panel="#212832",
    dark=True,
    variables={"footer-key-foreground": "#56B4E9", "block-cursor-text-style": "none"},
)
LIGHT = Theme(
    name="costplan-light",
    primary="#0072B2",
    secondary="#56B4E9",
    accent="#9A6A00",  # orange, darkened until it reads on the light ground
    warning="#9A6A00",
    error="#B84300",
    success="#00704F",
    foreground="#1C2430",
    background="#FBFBF8",
    surface="#F3F3EE",
    panel="#E4E5E0",
    dark=False,
    variables={"footer-key-foreground": "#0072B2", "block-cursor-text-style": "none"},
)
THEMES = (DARK, LIGHT)
