"""The scrolling list of levers: a line each, of which only those that change are painted again."""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.events import Click, MouseScrollDown, MouseScrollUp
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from costplan.report.table import cell_width
from costplan.tui.keys import vim
from costplan.tui.lever_rows import Row

_LESS, _MORE = "◂ ", " ▸"


class LeverList(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows, one of them marked; it keeps its place when they are shown anew."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "levers--head", "levers--label", "levers--value", "levers--changed", "levers--before",
        "levers--add", "levers--cursor",
    }  # fmt: skip
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Up", show=False),
        Binding("down", "step(1)", "Down", show=False),
        Binding("home", "ends(0)", "First", show=False),
        Binding("end", "ends(-1)", "Last", show=False),
        *vim(down="step(1)", up="step(-1)", first="ends(0)", last="ends(-1)"),
    ]
    cursor: reactive[int] = reactive(0)

    class Moved(Message):
        """Another row is marked."""

    class Nudged(Message):
        """The mouse moves the marked row."""

        def __init__(self, steps: int) -> None:
            super().__init__()
            self.steps = steps

    class Entered(Message):
        """The mouse asks to type the marked row."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self.rows: tuple[Row, ...] = ()

    @property
    def row(self) -> Row | None:
        """The marked one."""
        return self.rows[self.cursor] if self.cursor < len(self.rows) else None

    def show(self, rows: tuple[Row, ...]) -> None:
        """Show other rows; what is the same stays as it was painted."""
        before, self.rows = self.rows, rows
        if [row.id for row in before] == [row.id for row in rows]:
            for y, (old, new) in enumerate(zip(before, rows, strict=True)):
                if old != new:
                    self.refresh_line(y)
            return
        at = before[self.cursor].id if self.cursor < len(before) else ""
        offset = self.cursor - round(self.scroll_y)
        self.virtual_size = Size(0, len(rows))
        self.set_reactive(LeverList.cursor, self._place_of(at))
        self.refresh()
        self.scroll_to(y=self.cursor - offset, animate=False, immediate=True)

    def _place_of(self, name: str) -> int:
        """Where a row is now; where it is gone, the nearest that takes a mark."""
        found = next((y for y, row in enumerate(self.rows) if row.id == name), None)
        return self._near(min(self.cursor, len(self.rows) - 1), 1) if found is None else found

    def _near(self, y: int, step: int) -> int:
        while 0 <= y < len(self.rows) and self.rows[y].is_head:
            y += step
        return y if 0 <= y < len(self.rows) else self._first

    @property
    def _first(self) -> int:
        return next((y for y, row in enumerate(self.rows) if not row.is_head), 0)

    def mark(self, name: str) -> None:
        """Mark the row of that id, if it is there."""
        self.cursor = next((y for y, row in enumerate(self.rows) if row.id == name), self.cursor)

    def find(self, names: Collection[str], step: int = 0) -> bool:
        """Mark the nearest row of those ids, from the marked one or so many on, round the list.

        Returns:
            Whether there is one.
        """
        way = step or 1
        places = ((self.cursor + step + way * k) % len(self.rows) for k in range(len(self.rows)))
        place = next((y for y in places if self.rows[y].id in names), self.cursor)
        self.cursor = place
        return bool(self.rows) and self.rows[place].id in names

    def action_step(self, step: int) -> None:
        """To the next or last row that takes a mark."""
        y = self.cursor + step
        if 0 <= y < len(self.rows):
            near = self._near(y, step)
            self.cursor = near if (near - y) * step >= 0 else self.cursor
            if near == self._first:
                self.scroll_to(y=0, animate=False)

    def action_ends(self, end: int) -> None:
        """To the first or last row."""
        if self.rows:
            self.cursor = self._first if end == 0 else self._near(len(self.rows) - 1, -1)
            if end == 0:
                self.scroll_to(y=0, animate=False)

    def watch_cursor(self, before: int, now: int) -> None:
        """Paint two rows, and bring the marked one into sight with what is around it."""
        self.refresh_line(before)
        self.refresh_line(now)
        self.scroll_to_region(Region(0, now, 1, 1), animate=False, immediate=True)
        self.post_message(self.Moved())

    def on_resize(self) -> None:
        """The panel was just put up, or is another size: the marked row stays in sight."""
        self.scroll_to_region(Region(0, self.cursor, 1, 1), animate=False, immediate=True)

    def on_focus(self) -> None:
        """The mark is brighter."""
        self.refresh_line(self.cursor)

    def on_blur(self) -> None:
        """The mark is dimmer."""
        self.refresh_line(self.cursor)

    def render_line(self, y: int) -> Strip:
        """One row, with its value at the right."""
        at, width = y + round(self.scroll_y), self.scrollable_content_region.width
        ground = self.rich_style
        if at >= len(self.rows):
            return Strip.blank(width, ground)
        is_marked = at == self.cursor
        over = Style()
        if is_marked:
            over = Style(bgcolor=self.get_component_rich_style("levers--cursor").bgcolor)
        segments = [
            Segment(text, self.get_component_rich_style(f"levers--{name}") + over)
            for name, text in _parts(self.rows[at], width, is_marked=is_marked)
        ]
        return Strip(segments).adjust_cell_length(width, ground + over)

    def on_click(self, event: Click) -> None:
        """Mark a row; on the marked one the arrows nudge, and its value is typed."""
        offset = event.get_content_offset(self)
        if offset is None:
            return
        y = offset.y + round(self.scroll_y)
        if y >= len(self.rows) or self.rows[y].is_head:
            return
        if y != self.cursor and event.chain == 1:
            self.cursor = y
            return
        self.cursor = y
        row, width = self.rows[y], self.scrollable_content_region.width
        less = width - cell_width(row.text) - len(_LESS) - len(_MORE)
        if row.text and offset.x >= width - len(_MORE):
            self.post_message(self.Nudged(1))
        elif row.text and less <= offset.x < less + len(_LESS):
            self.post_message(self.Nudged(-1))
        elif offset.x >= less or event.chain > 1 or not row.text:
            self.post_message(self.Entered())

    def on_mouse_scroll_up(self, event: MouseScrollUp) -> None:
        """On the marked row the wheel moves its value, elsewhere the list."""
        self._turn(event, 1)

    def on_mouse_scroll_down(self, event: MouseScrollDown) -> None:
        """On the marked row the wheel moves its value, elsewhere the list."""
        self._turn(event, -1)

    def _turn(self, event: MouseScrollUp | MouseScrollDown, steps: int) -> None:
        offset = event.get_content_offset(self)
        if offset is not None and offset.y + round(self.scroll_y) == self.cursor:
            event.stop()
            event.prevent_default()
            self.post_message(self.Nudged(steps))


def _parts(row: Row, width: int, *, is_marked: bool) -> list[tuple[str, str]]:
    """The parts of a line, each with the name of its style."""
    if row.is_head:
        return [("head", row.label)]
    if not row.text:
        return [("add", f"  {row.label}")]
    ends = (_LESS, _MORE) if is_marked else ("", " " * len(_MORE))
    value = f"{ends[0]}{row.text}{ends[1]}"
    mark = "● " if row.is_changed else "  "
    room = width - len(mark) - cell_width(value) - 1
    was = f"{row.before} → " if row.is_changed else ""
    if cell_width(was) > room - cell_width(row.label):
        was = ""
    label = _cut(row.label, room)
    gap = " " * max(1, room - cell_width(label) - cell_width(was) + 1)
    style = "changed" if row.is_changed else "value"
    return [(style, mark), ("label", label + gap), ("before", was), (style, value)]


def _cut(text: str, width: int) -> str:
    while cell_width(text) > max(1, width):
        text = f"{text.removesuffix('…')[:-1]}…"
    return text
