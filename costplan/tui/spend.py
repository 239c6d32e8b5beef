"""Where the money goes: one line for each model or workload, with a bar as long as its part."""

from __future__ import annotations

from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget

from costplan.desk.figures import Figures, Spend
from costplan.engine.ledger import Dimension
from costplan.report.table import cell_width, clean

_LEAST_BAR = 6
_EIGHTHS = " ▏▎▍▌▋▊▉█"


class SpendPanel(Widget):
    """Expected cost by one dimension over the whole plan, largest first."""

    figures: reactive[Figures | None] = reactive(None)

    def __init__(self, dimension: Dimension) -> None:
        super().__init__(id=f"by-{dimension}", classes="spend")
        self._dimension: Dimension = dimension
        self.border_title = f"By {dimension}"

    def render(self) -> Content:
        """As many lines as fit; the last one says how many are left out."""
        if self.figures is None:
            return Content("")
        spend = self.figures.spend[self._dimension]
        lines = _lines(spend, self.size.width)
        room = max(1, self.size.height)
        if len(lines) > room:
            rest = f"... and {len(lines) - room + 1} more"
            lines = [*lines[: room - 1], Content.assemble((rest, "$foreground-muted"))]
        return Content("\n").join(lines)


def _lines(spend: Spend, width: int) -> list[Content]:
    rows = [(clean(name), cost, share) for name, cost, share, *_ in spend.table.rows]
    costs = max(len(cost) for _, cost, _ in rows)
    names = _fitted([name for name, _, _ in rows], max(8, width - costs - 8 - _LEAST_BAR))
    bar = width - cell_width(names[0]) - costs - 8
    largest = max(spend.sizes) or 1
    return [
        Content.assemble(
            name,
            " ",
            (_bar(float(size / largest), bar), "$primary"),
            f" {cost:>{costs}} {share:>4}",
        )
        for name, (_, cost, share), size in zip(names, rows, spend.sizes, strict=True)
    ]


def _fitted(names: list[str], width: int) -> list[str]:
    """Names of one width: where they are too wide, first the provider gives way, then the end."""
    if max(map(cell_width, names)) > width:
        names = [name.rpartition("/")[2] for name in names]
    wide = min(width, max(map(cell_width, names)))
    return [_cut(name, wide) for name in names]


def _cut(name: str, width: int) -> str:
    while cell_width(name) > width:
        name = f"{name.removesuffix('…')[:-1]}…"
    return name + " " * (width - cell_width(name))


def _bar(part: float, width: int) -> str:
    if width < 4:
        return ""
    eighths = round(part * width * 8)
    full, rest = divmod(eighths, 8)
    return ("█" * full + _EIGHTHS[rest].strip()).ljust(width)
