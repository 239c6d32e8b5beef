"""Drawings of the interface: plain data in, lines of text runs out.

A drawing is a frozen dataclass that holds all it shows, names and amounts as the reports write
them, and draws itself into any number of cells. It knows neither Textual nor colours: each run of
text says by its mark what it is, and the widget lays the colours of the theme over it.

    marks      what a run of text can be, and what a drawing is
    canvas     cells that plotext draws on
    rows       items below each other: how many fit, their names
    widget     the Textual widget that shows any drawing

    months     the periods of a plan, the base behind them
    waterfall  the way from one plan to another
    tornado    what moves the total, and how far
    frontier   cost against quality
    steps      prices over time
"""
