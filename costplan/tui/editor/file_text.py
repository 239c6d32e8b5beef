"""A text that stands in a file: read, checked as it is typed, saved, and never lost."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from textual import on
from textual.app import ComposeResult
from textual.reactive import var

from costplan.desk import Question
from costplan.desk.editing import Checked, Checking, Opened, Opening, difference
from costplan.desk.text_saving import Saved, SavingCopy, SavingText
from costplan.tui.deciding import Deciding
from costplan.tui.editor.editor import Editor
from costplan.tui.messages import Asked, Drafted, Errand, Said, ScenarioChosen
from costplan.tui.picking import Choice
from costplan.tui.view import View

ON_DISK = (
    Choice("reload", "Reload", "take what is on disk; what was typed is gone"),
    Choice("mine", "Keep mine", "saving will write over what is on disk"),
    Choice("both", "Both", "write what was typed to a new file, and reload"),
)


class FileText(View):
    """An editor, and the file its text came from.

    What is typed is told to the screen as a draft, and as one that holds once it was checked.
    """

    path: var[str] = var("")
    """The file that is open."""

    _opened: Opened | None = None
    """The file as the text began from it; None until it was read."""
    _pristine: tuple[str, ...] = ()
    """The lines the editor made of it."""
    _is_deciding = False
    _after_copy: Opened | None = None
    """What is shown once what was typed stands in a file of its own."""

    def compose(self) -> ComposeResult:
        """The editor, and nothing else."""
        yield Editor()

    @property
    def editor(self) -> Editor:
        """The editor."""
        return self.query_one(Editor)

    @property
    def typed(self) -> str:
        """The whole text as it would be saved."""
        return self._opened.retyped(self.editor.lines) if self._opened else ""

    @property
    def is_modified(self) -> bool:
        """Whether something was typed that is not saved."""
        return self._opened is not None and tuple(self.editor.lines) != self._pristine

    # Asking and being told

    def question(self) -> Question | None:
        """What stands in the file, or what is wrong with what is typed."""
        return Checking(self.typed) if self.is_modified else Opening()

    def ask(self, *, again: bool = False) -> None:
        """Ask also where the file is no valid scenario: this is the place to mend it."""
        question = self.question() if self.in_front and self.is_mounted else None
        if question is not None and (again or question != self._asked):
            self._ask(question)

    def _ask(self, question: Question) -> None:
        self._asked = question
        self.post_message(Asked(self.id or "", question))

    def on_mount(self) -> None:
        """Read the file."""
        self.ask()

    def watch_in_front(self) -> None:
        """The problems are told here, by the line."""
        if self.is_mounted:
            self.screen.set_class(self.in_front, "-editing")
        self.ask()

    def watch_path(self) -> None:
        """Another file was opened; what was typed in the one before has been decided on."""
        if self.is_mounted:
            self._opened, self._asked = None, None
            self.editor.close()
            self.ask()

    def watch_answer(self, answer: Any) -> None:
        """The file, or what is wrong with the text."""
        if isinstance(answer, Opened) and answer.path == self.path:
            self._take(answer)
        elif isinstance(answer, Checked) and answer.text == self.typed:
            self.editor.marks = answer.marks
            if not answer.errors and self.is_modified:
                self.post_message(Drafted(answer.text, holds=True))

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """The file cannot be read at all."""
        if problems:
            self.post_message(Said("\n".join(problems), is_problem=True))

    # What is typed, and what stands in the file

    def _take(self, answer: Opened) -> None:
        before = self._opened
        if before is None or not self.is_modified:
            if before is None or answer.text != before.text:
                self._load(answer)
            self._opened, self.editor.area.known = answer, answer.known
            self._ask(Checking(answer.text))
        elif answer.text == before.text:
            self._ask(Checking(self.typed))  # a file that it names is another
        elif answer.text == self.typed:
            self._settle(answer)
        elif not self._is_deciding:
            self._decide(answer)

    def _load(self, answer: Opened) -> None:
        """Show the file as it is on disk."""
        self._opened = answer
        self.editor.load(answer.text, answer.known)
        self._settle(answer)
        self._ask(Checking(answer.text))

    def _settle(self, answer: Opened) -> None:
        """What is typed is what stands on disk."""
        self._opened, self._pristine = answer, tuple(self.editor.lines)
        self._draft()

    def _draft(self) -> None:
        """Tell the screen what is typed and not saved."""
        modified = self.is_modified
        self.editor.state = "modified" if modified else "saved"
        self.post_message(Drafted(self.typed if modified else None))

    @on(Editor.Typed)
    def _take_typed(self, event: Editor.Typed) -> None:
        event.stop()
        if self._opened is not None:
            self._draft()
            self._ask(Checking(self.typed))

    def _decide(self, answer: Opened) -> None:
        """Somebody else changed the file while something is typed here."""
        self._is_deciding = True
        shows = difference(answer.text, self.typed, ("on disk", "typed here"))
        says = f"{self.path} was changed by somebody else."

        def decided(choice: str | None) -> None:
            self._is_deciding = False
            if choice == "both":
                self._copy(answer)
            elif choice == "reload":
                self._load(answer)
            else:
                self._opened = answer
                self._draft()

        self.app.push_screen(Deciding("Changed on disk", says, ON_DISK, shows=shows), decided)

    # Saving

    def action_save(self) -> None:
        """Write what is typed to the file; beside it, where that is not the user's."""
        if self._opened is None:
            return
        if not self.is_modified:
            self.post_message(Said("nothing to save: the file holds what is shown"))
        elif (stamp := self._opened.stamp) is not None:
            self.post_message(Errand(SavingText(self.typed, stamp, self._opened.mark)))
        else:
            self._copy(self._opened)

    def _copy(self, after: Opened) -> None:
        """Write what is typed to a new file, and show the other text then."""
        self._after_copy = after
        self.post_message(Errand(SavingCopy(self.typed, after.copy_name)))

    def differs(self) -> str:
        """What is typed and not saved."""
        before = self._opened.text if self._opened else ""
        return difference(before, self.typed, ("file", "typed"))

    def settle(self, choice: str) -> None:
        """Save, copy or discard what is not saved."""
        if choice == "save":
            self.action_save()
        elif self._opened is not None and choice == "copy":
            self._copy(self._opened)
        elif self._opened is not None:
            self._load(self._opened)

    def done(self, answer: Any) -> None:
        """Something was written."""
        if not isinstance(answer, Saved) or self._opened is None:
            return
        if answer.is_copy:
            after, self._after_copy = self._after_copy, None
            if after is not None and after.stamp is None:
                # An example was left for a copy of one's own, where the cursor goes on.
                self._settle(after)
                self.post_message(ScenarioChosen(answer.path, self.what_if))
            elif after is not None:
                self._load(after)
            return
        self._opened = replace(self._opened, text=answer.text, stamp=answer.stamp)
        if self.typed == answer.text:
            self._settle(self._opened)

    def failed(self, question: Question) -> None:
        """It could not be written; if the file is another now, that is to be decided."""
        if isinstance(question, SavingCopy):
            self._after_copy = None
        elif isinstance(question, SavingText):
            self._ask(Opening())
