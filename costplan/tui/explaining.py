"""What is behind a number, laid over the screen: rows lead further down, and back up again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.reactive import reactive
from textual.screen import ModalScreen
from textual.widget import Widget

from costplan.tui.keys import vim
from costplan.tui.messages import Behind, Said

if TYPE_CHECKING:
    from costplan.desk.explaining import Explained, TextLine


class ExplainedText(Widget):
    """The lines of an explanation, one of its links marked."""

    explained: reactive[Explained | None] = reactive(None, layout=True)
    at: reactive[int | None] = reactive(None)
    """The line of the link that Enter follows."""

    class Followed(Message):
        """A link was clicked on."""

    def lines(self) -> tuple[TextLine, ...]:
        """As they are laid out."""
        return self._laid_out(self.content_size.width)

    def links(self) -> list[int]:
        """The lines that lead further."""
        return [k for k, line in enumerate(self.lines()) if line.link]

    def _laid_out(self, width: int) -> tuple[TextLine, ...]:
        return self.explained.lines(width) if self.explained and width else ()

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:  # noqa: ARG002
        """As many lines as there are."""
        return len(self._laid_out(width))

    def render(self) -> Content:
        """Headings are bold, and the link of the moment is reversed."""
        return Content("\n").join(self._line(k, line) for k, line in enumerate(self.lines()))

    def _line(self, k: int, line: TextLine) -> Content:
        if line.is_heading:
            return Content.styled(line.text, "bold $primary")
        if k == self.at:
            return Content.styled(line.text, "reverse")
        return Content(line.text)

    def on_click(self, event: events.Click) -> None:
        """Follow the link below the pointer."""
        where = event.get_content_offset(self)
        lines = self.lines()
        if where is not None and where.y < len(lines) and lines[where.y].link:
            self.at = where.y
            self.post_message(self.Followed())


class ExplanationScreen(ModalScreen[None]):
    """Opens with one explanation; those that are asked for from it are laid on top of it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,backspace,left", "back", "Back"),
        Binding("q", "dismiss", "Close"),
        Binding("down", "move(1)", "Down", show=False),
        Binding("up", "move(-1)", "Up", show=False),
        Binding("pagedown,space", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "end(-1)", show=False),
        Binding("end", "end(1)", show=False),
        Binding("enter,right", "follow", "Further"),
        *vim(down="move(1)", up="move(-1)", left="back", right="follow"),
        *vim(first="end(-1)", last="end(1)"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, explained: Explained, tell: Callable[[Message], object]) -> None:
        """Begin with one explanation; `tell` posts messages to the screen below."""
        super().__init__()
        self._above: list[tuple[Explained, int | None]] = []
        self._first, self._tell = explained, tell

    def compose(self) -> ComposeResult:
        """The page, as tall as its text."""
        with VerticalScroll(id="explanation") as page:
            page.can_focus = False  # keys stay with the screen
            yield ExplainedText()

    def on_mount(self) -> None:
        """Show the first one."""
        self._show(self._first)

    def go_to(self, explained: Explained) -> None:
        """Go further down."""
        text = self._text
        if text.explained is not None:
            self._above.append((text.explained, text.at))
        self._show(explained)

    def _show(self, explained: Explained, at: int | None = None) -> None:
        page = self._page
        page.border_title = explained.title
        hint = "Enter further, Esc back, y copies" if self._above else "Enter further, Esc closes"
        page.border_subtitle = hint
        self._text.explained = explained
        self._text.at = at
        self._put_at(0)
        self.call_after_refresh(self._mark_first)

    def _mark_first(self) -> None:
        """The first link that can be seen, unless one was marked before."""
        text, page = self._text, self._page
        if text.at is None:
            seen = range(page.scroll_offset.y, page.scroll_offset.y + page.size.height)
            text.at = next((k for k in text.links() if k in seen), None)
        else:
            self._keep_in_sight(text.at)

    @property
    def _page(self) -> VerticalScroll:
        return self.query_one("#explanation", VerticalScroll)

    @property
    def _text(self) -> ExplainedText:
        return self.query_one(ExplainedText)

    def action_move(self, step: int) -> None:
        """Go to the next link where it is in sight, else scroll towards it."""
        page, text = self._page, self._text
        top = page.scroll_offset.y
        bottom = top + page.size.height
        here = text.at if text.at is not None and top <= text.at < bottom else None
        start = here if here is not None else (top - 1 if step > 0 else bottom)
        ahead = [k for k in text.links() if (k - start) * step > 0]
        near = (min(ahead) if step > 0 else max(ahead)) if ahead else None
        if near is not None and top - 1 <= near <= bottom:
            text.at = near
            self._keep_in_sight(near)
        else:
            self._put_at(top + step)

    def _keep_in_sight(self, line: int) -> None:
        page = self._page
        top = page.scroll_offset.y
        if line < top:
            self._put_at(line)
        elif line >= top + page.size.height:
            self._put_at(line - page.size.height + 1)

    def _put_at(self, line: int) -> None:
        """At once, so that the next key finds the page where this one has put it."""
        self._page.scroll_to(y=line, animate=False, immediate=True)

    def action_page(self, step: int) -> None:
        """Scroll by a page."""
        self._put_at(self._page.scroll_offset.y + step * max(1, self._page.size.height - 1))

    def action_end(self, step: int) -> None:
        """Go to the first or the last line."""
        self._put_at(0 if step < 0 else self._page.max_scroll_y)

    @on(ExplainedText.Followed)
    def action_follow(self) -> None:
        """Ask what is behind the row that is marked."""
        text = self._text
        lines = text.lines()
        if text.at is not None and text.at < len(lines):
            link = lines[text.at].link
            if link is not None:
                self._tell(Behind(link))

    def action_back(self) -> None:
        """One level up; from the first one, back to the plan."""
        if self._above:
            explained, at = self._above.pop()
            self._show(explained, at)
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Copy the page as text."""
        if self._text.explained is not None:
            page = self._text.explained.page
            self.app.copy_to_clipboard(page.text())
            self._tell(Said(f"copied: {page.title}"))
