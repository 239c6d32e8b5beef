"""The what-if panel: every lever of the scenario, moved by keys, typed, found by name, put back."""

from __future__ import annotations

from collections import deque
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from costplan.desk import Question, WhatIf
from costplan.desk.board import Board, Turning
from costplan.desk.levers import Lever, checked, completed
from costplan.desk.mixes import Mix
from costplan.errors import CostplanError, UsageError
from costplan.tui.keys import vim
from costplan.tui.lever_list import LeverList
from costplan.tui.lever_rows import (
    adding,
    changed_content,
    changed_lines,
    changed_words,
    rows_of,
    told,
)
from costplan.tui.messages import LeversLeft, LeversStand, TextWanted, WhatIfMade
from costplan.tui.picking import Choice, Picking
from costplan.tui.view import Keys, View


class LeverPanel(View):
    """Levers and their values; a change is tried at once, and what cannot be is told in words."""

    HELP: ClassVar[str] = (
        "Every value of the scenario that moves the plan. What you change lies over the file and "
        "leaves it as it is; the plan as written stays behind it. Moving one share of a mix makes "
        "room in the others."
    )
    KEYS: ClassVar[Keys] = (
        ("← →  h l", "nudge the marked value; Page Up and Page Down by five"),
        ("Enter", "type the value, as a scenario file writes it; or add a model"),
        ("Backspace", "put the marked value back; 0 puts all back"),
        ("/", "find a value by its name"),
        ("E", "show the line of the file that says the marked value"),
        ("Esc", "back to the view"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "nudge(-1)", "Nudge", key_display="← →"),
        Binding("right", "nudge(1)", show=False),
        *vim(left="nudge(-1)", right="nudge(1)"),
        Binding("pageup", "nudge(5)", show=False),
        Binding("pagedown", "nudge(-5)", show=False),
        Binding("enter", "type", "Type"),
        Binding("backspace", "put_back", show=False),
        Binding("slash", "find", "Find", key_display="/"),
        Binding("down", "find_next(1)", show=False),
        Binding("up", "find_next(-1)", show=False),
        Binding("E", "show_text", show=False),
        Binding("escape", "leave", show=False),
    ]

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's own name
        super().__init__(id=id)
        self._now = WhatIf()
        self._made: deque[WhatIf] = deque()
        self._levers: tuple[Lever, ...] = ()
        self._rests: dict[str, str] = {}
        self._adding: tuple[Mix, str] | None = None
        self._is_finding = False

    def compose(self) -> ComposeResult:
        """What was changed, the levers, a sentence; and a line to type into above them."""
        yield Static(id="changed")
        yield LeverList(id="lever-list")
        yield Static(id="verdict")
        yield Input(id="typed", compact=True)

    def on_mount(self) -> None:
        """The line is only there while something is typed."""
        self.border_title = "What if"
        self.query_one("#typed").display = False

    def question(self) -> Question | None:
        """The levers of the variant that is shown."""
        return Turning(self.what_if.variant)

    # Where the levers stand

    @property
    def _board(self) -> Board | None:
        board: Board | None = self.answer
        return board

    def watch_answer(self) -> None:
        """The scenario was read again, or another variant is shown."""
        self._rests.clear()
        self._stand(self.what_if)

    def watch_what_if(self) -> None:
        """Follow what comes from elsewhere; what was made here is shown already."""
        super().watch_what_if()
        if self.what_if in self._made:
            while self._made.popleft() != self.what_if:
                pass
            return
        self._made.clear()
        self._stand(self.what_if)

    def _stand(self, what_if: WhatIf) -> None:
        self._now = what_if
        board = self._board
        if board is None or not self.is_mounted:
            return
        try:
            self._levers = board.standing(what_if)
        except CostplanError as error:
            self._say(str(error).partition("\n")[0], is_wrong=True)
            return
        self.query_one(LeverList).show(rows_of(board, self._levers))
        lines = changed_lines(board, self._levers)
        changed = changed_content(lines, self._room_for_changes)
        self.query_one("#changed", Static).update(changed, layout=False)  # its height is fixed
        self.post_message(LeversStand(changed_words(board, self._levers)))
        self._hint()

    @property
    def _room_for_changes(self) -> int:
        return max(1, self.query_one("#changed").content_size.height)

    @property
    def lever(self) -> Lever | None:
        """The marked one."""
        row = self.query_one(LeverList).row
        return next((lever for lever in self._levers if row and lever.path == row.id), None)

    @property
    def _mix(self) -> Mix | None:
        """Of the marked line that adds a model."""
        row = self.query_one(LeverList).row
        mixes = (lever.mix for lever in self._levers if lever.mix is not None)
        return next((mix for mix in mixes if row and adding(mix) == row.id), None)

    # Changing them

    def _make(self, what_if: WhatIf) -> None:
        if what_if != self._now:
            self._made.append(what_if)
            self._stand(what_if)
            self.post_message(WhatIfMade(what_if))

    def action_nudge(self, steps: int) -> None:
        """Move the marked value."""
        board, lever = self._board, self.lever
        if board is None or lever is None:
            return
        rest = self._rests.setdefault(lever.path, board.resting(lever))
        try:
            self._make(board.nudged(self._now, lever, steps, rest))
        except UsageError as error:
            self._say(str(error), is_wrong=True)

    def action_put_back(self) -> None:
        """The marked value as the file has it."""
        board, lever = self._board, self.lever
        if board is None or lever is None:
            return
        self._rests.pop(lever.path, None)
        try:
            self._make(board.reset(self._now, lever))
        except CostplanError as error:
            self._say(str(error).partition("\n")[0], is_wrong=True)

    def action_type(self) -> None:
        """Type the marked value, or pick a model to add."""
        if self.lever is not None:
            self._open(self.lever.text, self.lever.text)
        elif self._mix is not None and self._board is not None:
            mix = self._mix
            choices = [Choice(name, name) for name in self._board.candidates(mix)]
            picking = Picking("Add a model to the mix", choices)
            self.app.push_screen(picking, lambda model: self._picked(mix, model))

    def _picked(self, mix: Mix, model: str | None) -> None:
        if model is not None:
            self._adding = (mix, model)
            self._open("", "its share, such as 20%")
            self._say(f"{model}: type its share; the others make room")

    def action_show_text(self) -> None:
        """Show the line of the file that says the marked value."""
        if self.lever is not None:
            self.post_message(TextWanted(self.lever.path))

    def action_find(self) -> None:
        """Go to a lever by its name."""
        self._is_finding = True
        self._open("", "find by name")
        self._say("type parts of a name or a workload; ↑ ↓ go on, Enter takes")

    def action_leave(self) -> None:
        """Close the line, or go back to the view."""
        if self.query_one("#typed").display:
            self._close()
            self._hint()
        else:
            self.post_message(LeversLeft())

    # The line to type into

    def _open(self, value: str, placeholder: str) -> None:
        """Lay the line over the value of the marked row; over the top, to find another."""
        typed, listed = self.query_one("#typed", Input), self.query_one(LeverList)
        y = listed.region.y - self.content_region.y + listed.cursor - round(listed.scroll_y)
        typed.set_class(self._is_finding, "-wide-line")
        half = self.content_size.width - self.content_size.width // 2
        typed.styles.offset = (0, 0) if self._is_finding else (half, y)
        typed.placeholder = placeholder
        typed.value = value
        typed.display = True
        typed.focus()
        typed.action_select_all()

    def _close(self) -> None:
        typed = self.query_one("#typed", Input)
        self._adding, self._is_finding = None, False
        typed.display = False
        self.query_one(LeverList).focus()

    @on(Input.Changed, "#typed")
    def _judge(self, event: Input.Changed) -> None:
        event.stop()
        text = event.value.strip()
        if not self.query_one("#typed").display or not text:
            return
        if self._is_finding:
            self._find(text)
            return
        lever = self._share_lever if self._adding else self.lever
        if lever is not None:
            meant = completed(text, lever)
            wrong = checked(meant, lever)
            self._say(wrong or f"= {told(meant)}", is_wrong=bool(wrong))

    @property
    def _share_lever(self) -> Lever | None:
        """Any share of the mix that a model is added to: what may stand there is the same."""
        mix = self._adding[0] if self._adding else None
        return next((lever for lever in self._levers if lever.mix == mix), None)

    @on(Input.Submitted, "#typed")
    def _take(self, event: Input.Submitted) -> None:
        event.stop()
        text = event.value.strip()
        if self._is_finding:
            self._close()
            self._hint()
            return
        board, lever = self._board, self.lever
        if board is None:
            return
        try:
            if self._adding:
                made = board.with_model(self._now, *self._adding, text)
                row = self._adding[0].path
            elif lever is not None:
                made = board.typed(self._now, lever, text)
                row = ""
                self._rests[lever.path] = completed(text, lever)
            else:
                return
        except CostplanError as error:
            self._say(str(error).partition("\n")[0], is_wrong=True)
            return
        model = self._adding[1] if self._adding else ""
        self._close()
        self._make(made)
        if row:
            added = next((one for one in self._levers if one.model == model
                          and one.mix and one.mix.path == row), None)  # fmt: skip
            self.query_one(LeverList).mark(added.path if added else "")

    def action_find_next(self, step: int) -> None:
        """While something is looked for, go on to where else it is."""
        if self._is_finding:
            self._find(self.query_one("#typed", Input).value, step)

    def _find(self, text: str, step: int = 0) -> None:
        """Mark the nearest lever, from the marked one on, whose names hold every word."""
        words = text.casefold().split()
        names = {lever.path: f"{lever.group} {lever.label}".casefold() for lever in self._levers}
        fits = {path for path, name in names.items() if all(word in name for word in words)}
        if not self.query_one(LeverList).find(fits, step):
            self._say(f"no value is called {text!r}", is_wrong=True)

    # What is said

    @on(LeverList.Moved)
    def _hint(self) -> None:
        lever, listed = self.lever, self.query_one(LeverList)
        if lever is None:
            self._say("Enter: type to find a model" if self._mix else "")
            return
        row = listed.row
        if row is not None and row.is_changed:
            self._say(f"was {row.before}; Backspace puts it back")
        elif lever.moves:
            self._say("← → nudge, Page keys by five, Enter types")
        else:
            self._say("Enter types")

    def _say(self, text: str, *, is_wrong: bool = False) -> None:
        verdict = self.query_one("#verdict", Static)
        verdict.set_class(is_wrong, "-wrong")
        verdict.update(Content(f"✗ {text}" if is_wrong else text), layout=False)

    # The mouse

    @on(LeverList.Nudged)
    def _turned(self, message: LeverList.Nudged) -> None:
        self.action_nudge(message.steps)

    @on(LeverList.Entered)
    def _clicked(self) -> None:
        self.action_type()

    def to(self, path: str) -> None:
        """Mark the lever of a path, and take the keys."""
        self.focus_first()
        self.query_one(LeverList).mark(path)

    def focus_first(self) -> None:
        """The list takes the keys."""
        self.query_one(LeverList).focus()
