"""The scenario as text: typed, completed, mended, and the plan follows."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any, ClassVar

from textual.app import SuspendNotSupported, SystemCommand
from textual.binding import Binding, BindingType

from costplan.desk import WhatIf
from costplan.desk.editing import Checked, WritingIn, WrittenIn, line_of
from costplan.desk.outside import edit_outside
from costplan.tui.editor.file_text import FileText
from costplan.tui.messages import Said, WhatIfMade
from costplan.tui.view import Keys, View


class EditView(FileText):
    """The scenario as text. The plan follows what is typed as long as it is valid."""

    HELP: ClassVar[str] = (
        "The scenario file as text. The plan above follows what is typed while it is valid; the "
        "file changes when it is saved, and nothing else in it than what was typed. Escape gives "
        "the keys back to the views; Enter or i goes on typing."
    )
    KEYS: ClassVar[Keys] = (
        ("ctrl+s", "save"),
        ("ctrl+space", "what can be typed here; Tab or Enter takes it, Esc leaves"),
        ("F8  n", "the next problem; shift+F8, N the one before"),
        ("ctrl+f", "find; F3 again, shift+F3 back"),
        ("ctrl+z", "undo; ctrl+y redo"),
        ("F9", "write the what-if into the text"),
        ("F4", "open the file in your own editor, at this line"),
        ("Esc", "from the text to the keys of the views; i or Enter back"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", key_display="^s"),
        Binding("f4", "outside", show=False),
        Binding("f9", "write_what_if", show=False),
    ]

    _what_if: WhatIf | None = None
    """What is left of a what-if that was written into the text."""

    def focus_first(self) -> None:
        """One can type at once."""
        self.editor.area.focus()

    def watch_wanted(self, wanted: str) -> None:
        """Show where a value is written, as soon as the text is there."""
        if wanted and self._opened:
            self.set_reactive(View.wanted, "")
            if found := line_of(self.typed, wanted):
                self.editor.show(found.line - 1, (found.value_start or found.start) - 1)
            else:
                self.post_message(Said(f"{wanted} is not written in the file"))

    def watch_answer(self, answer: Any) -> None:
        """What a text with the what-if in it is; the rest is of the file."""
        if isinstance(answer, WrittenIn) and answer.before == self.typed:
            self._what_if = answer.what_if
            self.editor.type(answer.text)
        super().watch_answer(answer)
        if isinstance(answer, Checked) and self._what_if is not None:
            self.post_message(WhatIfMade(self._what_if))  # the rest stands in the text now
            self._what_if = None
        if self.wanted:
            self.watch_wanted(self.wanted)

    def action_write_what_if(self) -> None:
        """Write the values of the what-if into the text; saving is another step."""
        if self.what_if.settings:
            self._ask(WritingIn(self.typed, self.what_if))
        else:
            self.post_message(Said("there is no what-if to write into the text"))

    def action_outside(self) -> None:
        """Open the file in the user's own editor; what it saves is noticed."""
        opened = self._opened
        if opened is None or self.is_modified or opened.stamp is None:
            self.post_message(Said("save it first: another editor reads what is on disk"))
            return
        try:
            with self.app.suspend():
                row = self.editor.area.cursor_location[0]
                trouble = edit_outside(opened.editor, self.path, row + 1)
        except SuspendNotSupported:
            trouble = "this terminal cannot be lent to another program"
        if trouble:
            self.post_message(Said(trouble, is_problem=True))

    def commands(self) -> Iterable[SystemCommand]:
        """Every action of the editor by name."""
        editor = self.editor
        yield SystemCommand("Save", "Write the text to its file", self.action_save)
        yield SystemCommand("Find", "Look for something in the text", editor.action_find)
        problem = partial(editor.action_next_problem, 1)
        yield SystemCommand("Next problem", "Go to what is wrong", problem)
        complete = editor.area.action_complete
        yield SystemCommand("Complete", "List what can be typed here", complete)
        yield SystemCommand(
            "Write the what-if", "Into the text, not saved yet", self.action_write_what_if
        )
        yield SystemCommand("Own editor", "Open the file in it", self.action_outside)
