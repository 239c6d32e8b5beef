"""The lines of the what-if panel: groups, levers with their values, and a line to add a model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content

from costplan.desk.board import Board
from costplan.desk.lever_names import ASSUMPTIONS
from costplan.desk.levers import Lever
from costplan.desk.mixes import Mix
from costplan.report.table import clean

ADD = "+ add a model"
_HINT = "nothing is changed: ← → nudge a value, Enter types one"


@dataclass(frozen=True, slots=True)
class Row:
    """One line."""

    id: str
    """The path of the lever; of another line, what it is and which."""
    label: str
    text: str = ""
    before: str = ""
    """What the file says, where the value is another."""
    is_head: bool = False

    @property
    def is_changed(self) -> bool:
        """Whether the value is not what the file says."""
        return bool(self.before)


def rows_of(board: Board, levers: Sequence[Lever]) -> tuple[Row, ...]:
    """The lines for levers where they stand, in their order."""
    rows: list[Row] = []
    group = ""
    for lever, after in zip(levers, (*levers[1:], None), strict=True):
        if lever.group != group:
            group = lever.group
            rows.append(Row(f"group {group}", clean(group), is_head=True))
        before = board.text_before(lever.path)
        is_changed = before != lever.text
        was = (told(before) if before is not None else "not in the mix") if is_changed else ""
        rows.append(Row(lever.path, clean(lever.label), _told(lever), was))
        if lever.mix is not None and (after is None or after.mix != lever.mix):
            rows.append(Row(adding(lever.mix), ADD))
    return tuple(rows)


def adding(mix: Mix) -> str:
    """The id of the line that adds a model to a mix."""
    return f"add {mix.path}"


def changed_lines(board: Board, levers: Sequence[Lever]) -> tuple[str, ...]:
    """What was changed, a line each: `support-chat turns 4 → 5`."""
    lines = []
    for lever in board.changed(levers):
        before = board.text_before(lever.path)
        was = "new," if before is None else f"{told(before)} →"
        lines.append(f"{_named(lever)} {was} {told(lever.text)}")
    return tuple(lines)


def changed_words(board: Board, levers: Sequence[Lever]) -> tuple[str, ...]:
    """What was changed, and what it is now: `support-chat turns 5`."""
    return tuple(f"{_named(lever)} {told(lever.text)}" for lever in board.changed(levers))


def _named(lever: Lever) -> str:
    """A lever by name; assumptions have a name of their own."""
    if lever.group == ASSUMPTIONS:
        return clean(lever.label)
    return f"{clean(lever.group)} {clean(lever.label)}"


def _told(lever: Lever) -> str:
    return f"rest, {told(lever.text)}" if lever.is_rest else told(lever.text)


def told(text: str) -> str:
    """A value as a line shows it: braces say nothing to a reader."""
    return clean(text.strip("{}").replace(": ", " ")) or "today"


def changed_content(lines: tuple[str, ...], room: int) -> Content:
    """What was changed, the newest last; how many more there are where they do not fit."""
    if not lines:
        return Content.assemble((_HINT, "$foreground-muted"))
    shown = lines if len(lines) <= room else lines[: max(0, room - 1)]
    rest = len(lines) - len(shown)
    told_lines = [*shown, *([f"... and {rest} more"] if rest and room > 1 else [])]
    if room == 1:
        told_lines = [lines[0] if len(lines) == 1 else f"{len(lines)} changed: {lines[0]}, ..."]
    return Content("\n").join(Content.assemble(("● ", "$accent"), line) for line in told_lines)
