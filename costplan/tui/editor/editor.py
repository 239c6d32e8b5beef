"""The editor: a text, what is looked for in it, what is wrong with it, and where the cursor is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Static, TextArea
from textual.widgets.text_area import Selection

from costplan.report.table import clean
from costplan.scenario.language import Known, Marked, described, lines_of
from costplan.tui.editor.finding import FindBar, Place, nearest, places_of
from costplan.tui.editor.listing import CompletionList
from costplan.tui.editor.marks import MarkList
from costplan.tui.editor.text import ScenarioText
from costplan.tui.messages import Said


class Editor(Widget, can_focus=True):
    """It knows the language of scenarios, and nothing of files.

    Escape gives its keys back to the screen, with the focus on the editor itself.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+f,slash", "find", "Find", key_display="^f"),
        Binding("f3", "find_next(1)", show=False),
        Binding("shift+f3,f15", "find_next(-1)", show=False),
        Binding("f8,n", "next_problem(1)", "Problem", key_display="F8"),
        Binding("shift+f8,f20,N", "next_problem(-1)", show=False),
        Binding("enter,i", "type", "Type"),
    ]

    marks: reactive[tuple[Marked, ...]] = reactive(())
    state: reactive[str] = reactive("")
    """A word on the text as a whole: `modified`, `saved`."""

    class Typed(Message):
        """The text is another."""

    def compose(self) -> ComposeResult:
        """From top to bottom; the completions lie over the text."""
        listing = CompletionList()
        yield ScenarioText(listing)
        yield FindBar(id="find")
        yield MarkList().data_bind(Editor.marks)
        yield Static(id="place")
        yield listing

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is no way into the text for who is in it."""
        is_in = isinstance(self.screen.focused, ScenarioText)
        return not (action == "type" and is_in) and super().check_action(action, parameters)

    def on_mount(self) -> None:
        """Nothing can be typed before there is a text."""
        self.area.read_only = True

    @property
    def area(self) -> ScenarioText:
        """What is typed into."""
        return self.query_one(ScenarioText)

    @property
    def lines(self) -> Sequence[str]:
        """The text; the last line is empty where the text ends with a line."""
        return self.area.document.lines

    def load(self, text: str, known: Known) -> None:
        """Show another text; the cursor stays about where it was."""
        area = self.area
        place, scroll = area.cursor_location, area.scroll_offset
        area.load_text(text)
        area.known, area.read_only = known, False
        area.move_cursor(place)
        area.scroll_to(*scroll, animate=False)

    def type(self, text: str) -> None:
        """Have another text, as if it had been typed: only what differs, and it can be undone."""
        old, new = "\n".join(self.lines), "\n".join(lines_of(text))
        start = _alike(old, new)
        end = len(old) - _alike(old[start:][::-1], new[start:][::-1])
        body = new[start : len(new) - (len(old) - end)]
        self.area.replace(body, _place(old, start), _place(old, end))
        self.show(*_place(new, start))

    def close(self) -> None:
        """Nothing can be typed until another text is loaded."""
        self.area.read_only, self.marks = True, ()

    def show(self, row: int, column: int) -> None:
        """Put the cursor at a place, both from 0."""
        self._select(row, column, column)
        self.area.focus()

    def _select(self, row: int, start: int, end: int) -> None:
        self.area.selection = Selection((row, start), (row, end))
        self.area.scroll_cursor_visible()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if not self.area.read_only:
            self.post_message(self.Typed())

    @on(ScenarioText.Left)
    def _leave(self, event: ScenarioText.Left) -> None:
        event.stop()
        self.focus()

    @on(CompletionList.Taken)
    def _take(self, event: CompletionList.Taken) -> None:
        event.stop()
        self.area.take()

    def action_type(self) -> None:
        """Go on typing."""
        self.area.focus()

    # What is wrong, and where the cursor is

    def watch_marks(self) -> None:
        """Underline them."""
        if self.is_mounted:
            self.area.underline(self.marks)

    @on(MarkList.Chosen)
    def _go_to(self, event: MarkList.Chosen) -> None:
        event.stop()
        self.show(event.mark.line - 1, event.mark.column - 1)

    def action_next_problem(self, step: int) -> None:
        """Go to the next problem below the cursor, or above it; round the ends."""
        if not self.query_one(MarkList).go_on(self.area.cursor_location, step):
            self.post_message(Said("nothing is wrong with this text"))

    def watch_state(self) -> None:
        """Say it."""
        self._say_place()

    @on(TextArea.SelectionChanged)
    @on(ScenarioText.Highlighted)
    def _say_place(self) -> None:
        if not self.is_mounted:
            return
        row, column = self.area.cursor_location
        item = self.area.completion
        if item is not None:
            said = ": ".join(part for part in (item.label, item.about or item.means) if part)
        else:
            said = described(self.area.text, row + 1, column + 1)
        style = "bold $warning" if self.state == "modified" else "$foreground-muted"
        place = f"{row + 1}:{column + 1}  "
        line = Content.assemble(place, (self.state, style), "  ", clean(said))
        self.query_one("#place", Static).update(line)

    # Finding

    def action_find(self) -> None:
        """Look for what is selected, or for what one types."""
        chosen = self.area.selected_text
        self.query_one(FindBar).open("" if "\n" in chosen else chosen)

    def action_find_next(self, step: int) -> None:
        """The next place of what was looked for last."""
        self._find(self.query_one(FindBar).text, step)

    @on(FindBar.Wanted)
    def _wanted(self, event: FindBar.Wanted) -> None:
        event.stop()
        self._find(event.text, event.step)

    @on(FindBar.Closed)
    def _found(self, event: FindBar.Closed) -> None:
        event.stop()
        self.area.focus()

    def _find(self, wanted: str, step: int) -> None:
        bar, places = self.query_one(FindBar), places_of(wanted, self.lines)
        if not places:
            bar.count(0, 0)
            return
        at = nearest(places, min(self.area.selection), step)
        row, column = places[at]
        self._select(row, column, column + len(wanted))
        bar.count(at + 1, len(places))


def _alike(one: str, other: str) -> int:
    """How many letters two texts begin with alike."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((k for k, (a, b) in pairs if a != b), min(len(one), len(other)))


def _place(text: str, offset: int) -> Place:
    """Where an offset stands."""
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1
