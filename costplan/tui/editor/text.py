"""The text of a scenario, with what is wrong underlined and completions as one types."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import ClassVar

from rich.text import Text
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Offset
from textual.message import Message
from textual.widget import Widget
from textual.widgets import TextArea

from costplan.scenario.language import Completion, Known, Marked, completions
from costplan.tui.editor.colours import syntax_theme
from costplan.tui.editor.listing import CompletionList

_INDENT = 2
_OPENS = frozenset("$./_-")
"""Signs that open the list like a letter does."""


class ScenarioText(TextArea):
    """An editor of YAML that knows what a scenario may say."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {"scenario-text--error", "scenario-text--warning"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "Other keys", key_display="Esc"),
        Binding("ctrl+@,ctrl+space", "complete", "Complete", key_display="^space"),
        Binding("ctrl+home", "end_of_file(-1)", show=False),
        Binding("ctrl+end", "end_of_file(1)", show=False),
    ]

    class Left(Message):
        """Escape was pressed: keys are for the view again."""

    class Highlighted(Message):
        """Another completion was marked, or none."""

    def __init__(self, listing: CompletionList) -> None:
        super().__init__(
            id="text",
            language="yaml",
            soft_wrap=False,
            show_line_numbers=True,
            tab_behavior="indent",
            max_checkpoints=1000,
        )
        self.indent_width = _INDENT
        self.known = Known()
        self._listing = listing
        self._marks: dict[int, list[Marked]] = {}

    def on_mount(self) -> None:
        """Take the colours of the theme, now and when it changes."""
        self.watch(self.app, "theme", self._take_colours)

    def _take_colours(self) -> None:
        theme = syntax_theme(self.app.current_theme)
        self.register_theme(theme)
        self.theme = theme.name

    # What is wrong

    def underline(self, marks: Sequence[Marked]) -> None:
        """Show these marks, and no others."""
        lines: dict[int, list[Marked]] = defaultdict(list)
        for mark in marks:
            lines[mark.line - 1].append(mark)
        if lines != self._marks:
            self._marks = lines
            self.notify_style_update()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """A line with its underlines."""
        line = super().get_line(line_index)
        for mark in self._marks.get(line_index, ()):
            style = self.get_component_rich_style(f"scenario-text--{mark.severity}")
            line.stylize(style, mark.column - 1, mark.end_column - 1)
        return line

    # Completions

    @property
    def completion(self) -> Completion | None:
        """The one that Enter would take."""
        return self._listing.marked

    def action_complete(self) -> None:
        """List everything that can be typed here."""
        self._complete()

    def _complete(self, *, only_words: bool = False) -> None:
        """List what fits; with nothing typed yet, only on request or where it is a few words."""
        row, column = self.cursor_location
        found = completions(self.text, row + 1, column + 1, self.known)
        nothing_typed = found.start == column + 1
        if only_words and nothing_typed and len(found.items) > 8:
            self._listing.hide()
        else:
            at = self.cursor_screen_offset - Offset(column + 1 - (found.start or column + 1), 0)
            within = self.parent.region if isinstance(self.parent, Widget) else self.region
            self._listing.show(found, at, within)
        self.post_message(self.Highlighted())

    def take(self) -> None:
        """Put the marked completion in the place of the word that is typed."""
        item, found = self.completion, self._listing.found
        self._close()
        if item is None:
            return
        row = self.cursor_location[0]
        start, end = (row, found.start - 1), (row, found.end - 1)
        self.replace(item.insert, start, end, maintain_selection_offset=False)
        if item.insert.endswith((": ", ".")):
            self._complete(only_words=item.insert.endswith(" "))

    def _close(self) -> None:
        if self._listing.display:
            self._listing.hide()
            self.post_message(self.Highlighted())

    def _is_whole(self) -> bool:
        """Whether the marked completion is what stands there already."""
        item, (row, column) = self.completion, self.cursor_location
        typed = self.document.get_line(row)[self._listing.found.start - 1 : column]
        return item is not None and item.insert == typed

    # Keys

    def action_leave(self) -> None:
        """Give the keys back to the view."""
        self.post_message(self.Left())

    async def _on_key(self, event: events.Key) -> None:
        if self._listing.display and self._steer(event.key):
            event.stop()
            event.prevent_default()
        elif event.key == "escape":
            event.stop()
            event.prevent_default()
            self.action_leave()
        elif event.key == "enter":
            event.stop()
            event.prevent_default()
            self._break_line()
        else:
            await super()._on_key(event)
            self._after_key(event)

    def _steer(self, key: str) -> bool:
        """What a key does to the list; whether it did something."""
        steps = {"down": 1, "up": -1, "pagedown": 7, "pageup": -7}
        if key in steps:
            self._listing.move(steps[key])
            self.post_message(self.Highlighted())
        elif key == "escape":
            self._close()
        elif key == "tab" or (key == "enter" and not self._is_whole()):
            self.take()
        else:
            return False
        return True

    def _after_key(self, event: events.Key) -> None:
        sign = event.character or ""
        if event.is_printable and (sign.isalnum() or sign in _OPENS):
            self._complete(only_words=True)
        elif event.key not in {"backspace", "shift", "ctrl+@", "ctrl+space"}:
            self._close()

    def _break_line(self) -> None:
        """A new line, as deep as this one, or deeper below a key without a value."""
        self._close()
        row, column = self.selection.start if self.selection.is_empty else min(self.selection)
        before = self.document.get_line(row)[:column]
        depth = len(before) - len(before.lstrip(" "))
        depth += _INDENT if before.rstrip().endswith(":") else 0
        self._replace_via_keyboard(f"\n{' ' * depth}", *self.selection)

    def action_delete_left(self) -> None:
        """Delete, and list anew what fits what is left of the word."""
        super().action_delete_left()
        if self._listing.display:
            self._complete(only_words=True)

    def undo(self) -> None:
        """Take the last step back; Textual 8.2.8 miscounts lines where a step has many edits."""
        super().undo()
        self._rewrap_and_refresh_virtual_size()

    def redo(self) -> None:
        """Make it again."""
        super().redo()
        self._rewrap_and_refresh_virtual_size()

    def action_end_of_file(self, direction: int) -> None:
        """Go to the end of the text, or to its begin."""
        self.move_cursor(self.document.end if direction > 0 else (0, 0))

    def on_blur(self) -> None:
        """The list goes with the focus."""
        self._close()

    def on_mouse_down(self) -> None:
        """The list is about another place."""
        self._close()
