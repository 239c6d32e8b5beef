"""Tokens: a prompt that is pasted, typed or opened, counted for the plan's models as it changes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Paste
from textual.message import Message
from textual.reactive import reactive
from textual.widgets import Static, TextArea

from costplan.desk import Desk, Question
from costplan.desk.counting import BLOCK, Counted, Counting, count_command
from costplan.desk.opening import Completing, Opened, Opening
from costplan.report.table import Table, clean
from costplan.tui.messages import Asked
from costplan.tui.pagetext import PageText
from costplan.tui.pathprompt import PathPrompt
from costplan.tui.prompt import Prompt
from costplan.tui.view import Keys, View

_SHOWN = 2_000
"""Characters that are shown of a text too long to be edited here."""


class PromptArea(TextArea):
    """Text to count; a long one is handed on instead of being laid out."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "screen.focus('#tokens-counts')", "To the counts", priority=True)
    ]

    @dataclass
    class LongPaste(Message):
        """More was pasted than can be edited."""

        text: str

    def on_paste(self, event: Paste) -> None:
        """Short texts go into the area, which Textual does by itself after this."""
        event.stop()
        if len(event.text) > BLOCK:
            event.prevent_default()
            self.post_message(self.LongPaste(event.text))


class TokensView(View):
    """The text above, its tokens on each model below."""

    HELP: ClassVar[str] = (
        "How many tokens a text is on the plan's models, between which numbers where that is not "
        "certain, and what it costs as input at today's price. Paste it, type it, or open a file, "
        "a folder or a log. The JSON of a request is counted part by part. Everything is counted "
        "on this machine; nothing is sent."
    )
    KEYS: ClassVar[Keys] = (
        ("Enter", "type into the text; Esc leaves it, so that keys are keys again"),
        ("o  ctrl+o", "open a file, a folder or a log"),
        ("m", "count on other models as well"),
        ("J", "count JSON as the text it is, or as a request"),
        ("x", "clear the text"),
    )
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,t", "type", "Type"),
        Binding("o", "open_text", "Open a text"),
        Binding("ctrl+o", "open_text", show=False, priority=True),
        Binding("m", "models", "Models"),
        Binding("J", "as_text", show=False),
        Binding("x", "clear", "Clear"),
    ]

    text: reactive[str] = reactive("")
    called: reactive[str] = reactive("")
    """The path the text was read from; nothing where it was typed, or changed since."""
    opening: reactive[str] = reactive("")
    """A path to be read, or one that holds many texts."""
    added: reactive[tuple[str, ...]] = reactive(())
    """Models beside those of the plan."""
    is_text: reactive[bool] = reactive(False)
    """Whether JSON is counted as the text it is."""

    _paths: PathPrompt | None = None
    _typed_path = ""

    def compose(self) -> ComposeResult:
        """The text, what is said of it, the counts."""
        yield PromptArea(
            id="tokens-text",
            compact=True,
            placeholder="Enter to type, or paste a prompt; o opens a file",
            highlight_cursor_line=False,
        )
        yield Static(id="tokens-said")
        yield PageText(id="tokens-counts")

    def question(self) -> Question:
        """The names below a path, while one is typed; else the counts."""
        if self._paths is not None:
            return Completing(self._typed_path)
        if self.opening:
            return Opening(self.what_if, self.opening, self.added)
        return Counting(self.what_if, self.text, self.added, self.called, self.is_text)

    def tables(self) -> tuple[Table, ...]:
        """The counts."""
        page = self.query_one("#tokens-counts", PageText).page
        return page.tables if page else ()

    def command(self, desk: Desk) -> str:
        """What prints the counts, where the text is in a file; - is standard input."""
        tables = self.tables()
        names = [row[0] for row in tables[-1].rows] if tables else []
        return count_command(desk, self.called or self.opening, names)

    def focus_first(self) -> None:
        """The counts, so that keys are keys until Enter; a paste finds its way all the same."""
        self.query_one("#tokens-counts").focus()

    # Answers

    def watch_answer(self, answer: Any) -> None:
        """Show it, and go on where a long text is not counted to its end."""
        if isinstance(answer, Counted):
            self._show(answer)
        elif isinstance(answer, Opened):
            self._take(answer)
        elif isinstance(answer, tuple) and self._paths is not None:
            self._paths.show(answer)

    def watch_problems(self, problems: tuple[str, ...]) -> None:
        """Say why there is no answer."""
        if problems:
            self.query_one("#tokens-counts", PageText).page = None
            self._say("\n".join(problems), is_problem=True)

    def _show(self, counted: Counted) -> None:
        self.query_one("#tokens-counts", PageText).page = counted.page
        self._say(counted.said)
        rest = counted.rest
        if rest is not None and replace(rest, blocks=()) == self.question() and self.in_front:
            self.post_message(Asked(self.id or "", rest))

    def _take(self, opened: Opened) -> None:
        if opened.path != self.opening:
            return  # another was asked for since
        if opened.counting is not None:
            self._load(opened.counting.text, opened.path)
        elif opened.counted is not None:
            self._fill("", f"{opened.path}: many texts", editable=False)
            self._show(opened.counted)

    def _say(self, text: str, *, is_problem: bool = False) -> None:
        said = self.query_one("#tokens-said", Static)
        said.update(Content("\n".join(map(clean, text.splitlines()))))
        said.set_class(is_problem, "-problem")

    # The text

    def _load(self, text: str, name: str = "") -> None:
        """Count a text; a long one cannot be edited, and its beginning is shown."""
        self.opening, self.text, self.called = "", text, name
        if len(text) <= BLOCK:
            self._fill(text, "", editable=True)
        else:
            more = f"\n... {len(text) - _SHOWN:,} characters more; x clears"
            self._fill("", text[:_SHOWN] + more, editable=False)
        self.ask()

    def _fill(self, text: str, instead: str, *, editable: bool) -> None:
        area = self.query_one(PromptArea)
        area.read_only = not editable
        with self.prevent(TextArea.Changed):
            area.load_text(text if editable else instead)
        if not editable and area.has_focus:
            self.focus_first()

    @on(TextArea.Changed)
    def _changed(self, event: TextArea.Changed) -> None:
        event.stop()
        area = event.text_area
        if not area.read_only and area.text != self.text:
            self.opening, self.called, self.text = "", "", area.text
            self.ask()

    @on(PromptArea.LongPaste)
    def _pasted_long(self, event: PromptArea.LongPaste) -> None:
        event.stop()
        self._load(event.text)

    def on_paste(self, event: Paste) -> None:
        """What is pasted beside the text goes into it."""
        event.stop()
        area = self.query_one(PromptArea)
        if area.read_only or len(event.text) > BLOCK:
            self._load(event.text)
        else:
            area.insert(event.text)

    # What the keys do

    def action_type(self) -> None:
        """Go into the text."""
        area = self.query_one(PromptArea)
        if not area.read_only:
            area.focus()

    def action_clear(self) -> None:
        """Begin anew."""
        self._load("")

    def action_open_text(self) -> None:
        """Ask for a path."""
        self._paths = PathPrompt("Count a file, a folder or a log", self._complete)
        self.app.push_screen(self._paths, self._opened)

    def action_models(self) -> None:
        """Ask for models."""
        says = "Beside those of the plan: PROVIDER/MODEL, several with commas; - for none."
        prompt = Prompt("Count on other models", says, ", ".join(self.added), goes_on=True)
        self.app.push_screen(prompt, self._add)

    def action_as_text(self) -> None:
        """JSON as the text it is, or as a request."""
        self.is_text = not self.is_text
        self.ask()

    def _complete(self, typed: str) -> None:
        self._typed_path = typed
        self.ask()

    def _opened(self, path: str | None) -> None:
        self._paths = None
        if path is not None:
            self.opening = path
        self._asked = None  # opened again, it may be another
        self.ask()

    def _add(self, typed: str | None) -> None:
        if typed is not None:
            names = (name.strip() for name in typed.split(","))
            self.added = tuple(name for name in names if name.strip("-"))
            self.ask()
