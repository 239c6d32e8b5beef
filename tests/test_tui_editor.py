"""The editor in the terminal, driven by keys: typing, completing, mending, saving, leaving."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from builders_tui import press, settled, shown
from textual.pilot import Pilot

from costplan.desk import Desk, WhatIf
from costplan.desk.editing import Checking
from costplan.desk.figures import Planning
from costplan.prices import PriceBook, load_price_book
from costplan.scenario.language import Known
from costplan.tui.app import CostplanApp
from costplan.tui.deciding import Deciding
from costplan.tui.editor.editor import Editor
from costplan.tui.editor.listing import CompletionList
from costplan.tui.editor.marks import MarkList
from costplan.tui.editor.text import ScenarioText
from costplan.tui.levers import LeverPanel
from costplan.tui.messages import ScenarioChosen, TextWanted, WhatIfMade
from costplan.tui.view import VIEWS
from costplan.tui.views.edit import EditView

TEXT = """\
# What support will cost.
name: Support
start: 2026-12
months: 2
workloads:
  chat:
    demand: {requests: 100/day}   # guessed
    request: {input: 600, output: 200}
    routing: {mix: {openai/gpt-6-luna: 100%}}
"""
KEY = str(next(k for k, entry in enumerate(VIEWS, 1) if entry.id == "edit"))
KEYS = {" ": "space", "\n": "enter"}


@pytest.fixture(scope="module")
def book() -> PriceBook:
    return load_price_book()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "plan.yaml"
    file.write_text(TEXT, "utf-8")
    return file


@dataclass
class At:
    """The editor on the screen, and how to use it."""

    pilot: Pilot[None]
    app: CostplanApp

    @property
    def view(self) -> EditView:
        """The view."""
        return self.app.workbench.query_one(EditView)

    @property
    def area(self) -> ScenarioText:
        """What is typed into."""
        return self.app.workbench.query_one(ScenarioText)

    @property
    def listed(self) -> list[str]:
        """The completions on the screen."""
        listing = self.app.workbench.query_one(CompletionList)
        return [item.label for item in listing.found.items] if listing.display else []

    @property
    def wrong(self) -> list[str]:
        """What is told below the text."""
        return [mark.message for mark in self.app.workbench.query_one(MarkList).marks]

    @property
    def total(self) -> str:
        """What the headline says it costs."""
        figures = self.app.workbench.figures
        assert figures is not None
        return figures.total["Expected"]

    def go(self, line: int, column: int | None = None) -> None:
        """Put the cursor at a place, from 1; behind the line without a column."""
        end = len(self.area.document.get_line(line - 1))
        self.area.move_cursor((line - 1, end if column is None else column - 1))

    async def type(self, text: str) -> None:
        """Type letter by letter."""
        await self.press(*(KEYS.get(sign, sign) for sign in text))

    async def press(self, *keys: str) -> None:
        """Press keys and wait for what they ask."""
        await self.pilot.press(*keys)
        await self.settle()

    async def settle(self) -> None:
        """Wait until all questions are answered, those that the answers ask too."""
        for _ in range(2):
            await settled(self.pilot)
            await self.pilot.pause()

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something to become true."""
        for _ in range(400):
            await self.settle()
            if holds():
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not come to that")


type Steps = Callable[[At], Awaitable[None]]


def drive(path: Path | str, book: PriceBook, steps: Steps, size: tuple[int, int] = (100, 30)) -> At:
    """Open a file, go to the editor, take the steps."""
    app = CostplanApp(Desk(str(path), book, draws=64))
    found: list[At] = []

    async def run() -> None:
        async with app.run_test(size=size) as pilot:
            await settled(pilot)
            await press(pilot, KEY)
            at = At(pilot, app)
            found.append(at)
            await at.until(lambda: not at.area.read_only)
            await steps(at)

    asyncio.run(run())
    return found[0]


def write(path: Path, text: str) -> None:
    """Write to a file as another editor would, while the interface runs."""
    path.write_text(text, "utf-8")


def take_away(folder: Path) -> None:
    """Have a folder and its files no longer be where they were."""
    folder.rename(folder.with_name("elsewhere"))


def content(path: Path) -> str:
    """What stands in a file, byte for byte."""
    return path.read_bytes().decode()


def plan_of(text: str, path: Path, book: PriceBook) -> str:
    """What the plan of a text costs, as a new desk says."""
    desk = Desk(str(path), book, draws=64)
    desk.load(text)
    return Planning().answer(desk).total["Expected"]


def test_the_file_is_shown_as_it_stands(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        assert at.area.text == TEXT
        assert at.area.has_focus
        assert at.area.language == "yaml"
        screen = shown(at.pilot)
        assert "demand: {requests: 100/day}   # guessed" in screen
        assert "saved" in screen
        assert at.app.workbench.draft is None

    drive(path, book, steps)


def test_letters_are_typed_and_do_nothing_else(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" hjkl 12 qvon?/u0SwyepcrU")
        assert at.area.document.get_line(0).endswith(" hjkl 12 qvon?/u0SwyepcrU")
        assert at.app.workbench.view == "edit"

    drive(path, book, steps)


def test_the_plan_follows_what_is_typed(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        before = at.total
        at.go(7, 27)
        await at.type("0")
        await at.until(lambda: at.total != before)
        assert at.total == plan_of(at.area.text, path, book)
        assert "requests: 1000/day" in at.area.text
        assert content(path) == TEXT  # not before it is saved
        assert "modified" in shown(at.pilot)
        await at.press("ctrl+z")
        await at.until(lambda: at.total == before)
        assert at.app.workbench.draft is None
        assert "saved" in shown(at.pilot)

    drive(path, book, steps)


def test_while_it_does_not_hold_the_last_plan_stays(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        before = at.total
        at.go(4)
        await at.type("x")
        await at.until(lambda: bool(at.wrong))
        assert "expected a whole number from 1 to 120, found '2x'" in at.wrong[0]
        assert at.total == before
        assert at.app.workbench.problems == ()
        screen = shown(at.pilot)
        assert "✗ 4:9  months: expected a whole number" in screen
        await at.press("backspace")
        await at.until(lambda: not at.wrong)

    drive(path, book, steps)


def test_keys_are_completed_as_one_types(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(9)
        await at.type("\nfail")
        assert at.area.document.get_line(9) == "    fail"  # as deep as the line above
        assert at.listed == ["failures"]
        assert "a mapping" in shown(at.pilot)
        await at.press("tab")
        assert at.area.text.endswith("    failures:\n      \n")
        await at.type("re")
        assert at.listed == ["retry", "refused", "repair"]
        assert "Share of sends that fail" in shown(at.pilot)  # below, of the marked one
        await at.press("down")
        assert "Share of sends refused at a rate limit" in shown(at.pilot)
        await at.press("up", "enter")
        await at.type("2%")
        assert at.area.document.get_line(10) == "      retry: 2%"
        await at.until(lambda: at.total == plan_of(at.area.text, path, book))

    drive(path, book, steps)


def test_models_are_completed_by_a_part_of_their_name(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(9, 44)
        await at.type(", haiku-5")
        assert "anthropic/claude-haiku-5-5" in at.listed
        assert "out per 1M" in shown(at.pilot)
        await at.press("escape")
        assert at.listed == []
        await at.press("ctrl+@")
        assert at.listed[0] == "anthropic/claude-haiku-5-5"
        await at.press("enter")
        line = "    routing: {mix: {openai/gpt-6-luna: 100%, anthropic/claude-haiku-5-5: }}"
        assert at.area.document.get_line(8) == line

    drive(path, book, steps)


def test_a_few_words_are_listed_at_once(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(9)
        await at.type("\nmod")
        await at.press("tab")
        assert at.listed == ["standard", "batch", "flex", "priority", "fast", "ultrafast"]
        await at.type("fl")
        assert at.listed == ["flex"]
        await at.press("tab")
        assert at.area.document.get_line(9) == "    mode: flex"
        await at.press("enter")  # it is whole: Enter breaks the line
        assert at.area.document.get_line(10) == "    "

    drive(path, book, steps)


def test_a_completion_is_taken_with_the_mouse(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(9)
        await at.type("\nre")
        first = at.listed[0]
        await at.pilot.click(CompletionList, offset=(3, 1))
        await at.settle()
        assert at.area.document.get_line(9).strip().startswith(first)
        assert at.listed == []

    drive(path, book, steps)


def test_the_list_stays_on_the_screen(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.area.move_cursor(at.area.document.end)
        await at.type("\n" * 30 + "b")
        listing = at.app.workbench.query_one(CompletionList)
        assert at.listed
        assert at.app.workbench.region.contains_region(listing.region)
        assert listing.region.bottom <= at.area.cursor_screen_offset.y  # above the word

    drive(path, book, steps, (60, 18))


def test_f8_goes_from_problem_to_problem(path: Path, book: PriceBook) -> None:
    write(path, TEXT.replace("months", "monts").replace("600", "-600"))

    async def steps(at: At) -> None:
        await at.until(lambda: len(at.wrong) == 2)
        places = []
        for key in ("f8", "f8", "f8", "shift+f8"):
            await at.press(key)
            places.append(at.area.cursor_location)
        assert places == [(3, 0), (7, 21), (3, 0), (7, 21)]
        await at.press("escape", "n")
        assert at.area.cursor_location == (3, 0)
        assert "did you mean 'months'" in shown(at.pilot)

    # The file is no valid scenario, so that there is no plan: this is where it is mended.
    drive(path, book, steps)


def test_a_click_on_a_problem_goes_to_its_place(path: Path, book: PriceBook) -> None:
    write(path, TEXT.replace("600", "-600"))

    async def steps(at: At) -> None:
        await at.until(lambda: bool(at.wrong))
        await at.pilot.click(MarkList, offset=(5, 1))
        await at.settle()
        assert at.area.cursor_location == (7, 21)
        assert at.area.has_focus

    drive(path, book, steps)


def test_escape_gives_the_keys_back_to_the_views(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("escape")
        assert at.app.focused is at.app.workbench.query_one(Editor)
        await at.press("1")
        assert at.app.workbench.view == "plan"
        await at.press(KEY)
        assert at.area.has_focus
        await at.press("escape", "i")
        assert at.area.has_focus

    drive(path, book, steps)


def test_what_is_typed_stays_while_one_looks_elsewhere(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" and more")
        await at.press("escape", "1", "v", KEY)
        assert "and more" in at.area.text
        assert at.view.is_modified
        await at.press("ctrl+z")
        assert not at.view.is_modified

    drive(path, book, steps)


def test_a_text_is_found_wherever_it_is(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("ctrl+f")
        await at.type("RE")
        assert at.area.selected_text == "re"
        assert "1 of 2" in shown(at.pilot)
        found = [at.area.selection.start]
        for key in ("enter", "enter", "f3", "shift+f3"):
            await at.press(key)
            found.append(at.area.selection.start)
        assert found == [(6, 13), (7, 4), (6, 13), (7, 4), (6, 13)]
        await at.press("escape")
        assert at.area.has_focus
        await at.press("ctrl+f")
        await at.type("nowhere to be found")
        assert "nowhere" in shown(at.pilot)

    drive(path, book, steps)


def test_saving_writes_what_is_typed_and_nothing_else(path: Path, book: PriceBook) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.replace("\n", "\r\n").encode())

    async def steps(at: At) -> None:
        at.go(7, 27)
        await at.type("0")
        await at.press("ctrl+s")
        await at.until(lambda: not at.view.is_modified)
        assert at.app.workbench.draft is None
        assert "saved" in shown(at.pilot)

    drive(path, book, steps)
    expected = TEXT.replace("100/day", "1000/day").replace("\n", "\r\n")
    assert path.read_bytes() == b"\xef\xbb\xbf" + expected.encode()


def test_an_example_is_saved_as_a_file_of_ones_own(
    tmp_path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        await at.press("ctrl+s")
        await at.until(lambda: bool(list(tmp_path.iterdir())))
        await at.until(lambda: not at.view.is_modified)
        await at.until(lambda: at.area.document.get_line(0).endswith(" mine"))
        assert not [said for said in at.wrong if "cannot read" in said]  # what it names came along
        await at.type("!")  # and now it is one's own
        await at.press("ctrl+s")
        await at.until(lambda: not at.view.is_modified)

    drive("support-assistant.yaml", book, steps)
    assert content(tmp_path / "support-assistant.yaml").split("\n")[0].endswith(" mine!")
    assert (tmp_path / "prompts" / "support.md").exists()


async def _both_change(at: At, path: Path) -> None:
    """Something is typed, then somebody else writes to the file."""
    at.go(1)
    await at.type(" mine")
    write(path, TEXT.replace("months: 2", "months: 12"))
    await at.until(lambda: isinstance(at.app.screen, Deciding))
    assert "+# What support will cost. mine" in shown(at.pilot)


def test_a_file_that_changed_is_reloaded_where_nothing_is_typed(
    path: Path, book: PriceBook
) -> None:
    async def steps(at: At) -> None:
        write(path, TEXT.replace("months: 2", "months: 12"))
        await at.until(lambda: "months: 12" in at.area.text)
        assert at.total == plan_of(at.area.text, path, book)

    drive(path, book, steps)


def test_on_a_conflict_the_file_can_be_taken(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await _both_change(at, path)
        await at.press("r")
        await at.until(lambda: "months: 12" in at.area.text)
        assert "mine" not in at.area.text
        assert not at.view.is_modified

    drive(path, book, steps)


def test_on_a_conflict_what_is_typed_can_be_kept(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await _both_change(at, path)
        await at.press("k")
        assert "mine" in at.area.text
        await asyncio.sleep(1.2)  # it is not asked again
        await at.settle()
        assert not isinstance(at.app.screen, Deciding)
        await at.press("ctrl+s")
        await at.until(lambda: not at.view.is_modified)

    drive(path, book, steps)
    assert content(path) == TEXT.replace("cost.", "cost. mine")


def test_on_a_conflict_both_can_be_kept(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await _both_change(at, path)
        await at.press("b")
        await at.until(lambda: "months: 12" in at.area.text)

    drive(path, book, steps)
    assert content(path) == TEXT.replace("months: 2", "months: 12")
    assert content(path.with_name("plan-2.yaml")) == TEXT.replace("cost.", "cost. mine")


def test_saving_over_a_file_that_just_changed_asks(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        write(path, "name: theirs\n")
        await at.press("ctrl+s")
        await at.until(lambda: isinstance(at.app.screen, Deciding))
        assert content(path) == "name: theirs\n"

    drive(path, book, steps)


def test_a_file_that_cannot_be_written_keeps_the_text(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        take_away(path.parent)
        await at.press("ctrl+s")
        await at.until(lambda: bool(at.app.workbench.said))
        assert "plan.yaml" in at.app.workbench.said
        assert "mine" in at.area.text
        assert at.view.is_modified

    drive(path, book, steps)


async def _quit(at: At) -> None:
    at.go(1)
    await at.type(" mine")
    await at.press("escape")
    await at.pilot.press("q")
    await at.pilot.pause()
    assert isinstance(at.app.screen, Deciding)


@pytest.mark.parametrize(
    ("key", "main", "copy"),
    [("s", "mine", None), ("k", "theirs", "mine"), ("d", "theirs", None)],
)
def test_quitting_asks_what_becomes_of_the_text(
    path: Path, book: PriceBook, key: str, main: str, copy: str | None
) -> None:
    async def steps(at: At) -> None:
        await _quit(at)
        await at.pilot.press(key)
        for _ in range(400):
            await at.pilot.pause()
            if not at.app.is_running or at.app._exit:
                return
            await asyncio.sleep(0.01)
        raise AssertionError("it did not end")

    drive(path, book, steps)
    mine = TEXT.replace("cost.", "cost. mine")
    assert content(path) == (mine if main == "mine" else TEXT)
    other = path.with_name("plan-2.yaml")
    assert (content(other) if other.exists() else None) == (mine if copy else None)


def test_quitting_can_be_called_off(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await _quit(at)
        await at.press("escape")
        assert "mine" in at.area.text
        assert not at.app._exit
        await at.press("ctrl+q")
        assert isinstance(at.app.screen, Deciding)
        await at.press("c")
        assert not at.app._exit

    drive(path, book, steps)


def test_another_scenario_is_opened_after_the_text_is_decided_on(
    path: Path, book: PriceBook
) -> None:
    other = path.with_name("other.yaml")
    other.write_text(TEXT.replace("Support", "Other"), "utf-8")

    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        at.app.workbench.post_message(ScenarioChosen(str(other)))
        await at.until(lambda: isinstance(at.app.screen, Deciding))
        await at.press("s")
        await at.until(lambda: "name: Other" in at.area.text)
        assert not at.view.is_modified

    drive(path, book, steps)
    assert "mine" in content(path)
    assert "mine" not in content(other)


def test_the_place_of_a_value_is_shown(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("escape", "1")
        at.app.workbench.post_message(TextWanted("workloads.chat.request.output"))
        await at.settle()
        assert at.app.workbench.view == "edit"
        assert at.area.cursor_location == (7, 34)
        assert "request.output: Output of each turn" in shown(at.pilot)

    drive(path, book, steps)


def test_a_worker_that_fails_loses_nothing(
    path: Path, book: PriceBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Checking, desk: Desk) -> None:
        raise ZeroDivisionError

    async def steps(at: At) -> None:
        monkeypatch.setattr(Checking, "answer", broken)
        at.go(1)
        await at.type(" mine")
        assert "mine" in at.area.text
        monkeypatch.undo()
        await at.type("!")
        assert at.wrong == []
        await at.press("ctrl+s")
        await at.until(lambda: not at.view.is_modified)

    drive(path, book, steps)
    assert content(path) == TEXT.replace("cost.", "cost. mine!")


def test_every_theme_has_colours_for_the_text(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        for theme in ("costplan-dark", "costplan-light", "nord", "ansi-dark"):
            at.app.theme = theme
            await at.settle()
            assert at.area.theme == f"costplan-{theme}"
            assert "months: 2" in shown(at.pilot)

    drive(path, book, steps)


def test_a_long_file_can_be_typed_in(tmp_path: Path, book: PriceBook) -> None:
    chats = "".join(
        f"  chat-{k}:\n    demand: {{requests: {k}/day}}\n"
        "    request: {input: 600, output: 200}\n    routing: {mix: {openai/gpt-6-luna: 100%}}\n"
        for k in range(1, 500)
    )
    path = tmp_path / "long.yaml"
    write(path, f"name: Long\nstart: 2026-12\nmonths: 1\nworkloads:\n{chats}")

    async def steps(at: At) -> None:
        assert at.area.document.line_count > 2000
        await at.press("ctrl+end")
        await at.pilot.press("b", "u", "d")
        await at.pilot.pause()
        assert at.listed == ["budget"]

    drive(path, book, steps)


def test_a_what_if_is_written_into_the_text(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        what_if = WhatIf().setting("workloads.chat.demand.requests", "300/day")
        at.app.workbench.post_message(WhatIfMade(what_if))
        await at.settle()
        total = at.total
        await at.press("f9")
        await at.until(lambda: at.app.workbench.what_if == WhatIf())
        assert at.area.text == TEXT.replace("100/day", "300/day")
        assert at.area.cursor_location == (6, 23)
        await at.until(lambda: at.total == total)
        assert content(path) == TEXT  # not saved by that
        await at.press("ctrl+z")
        await at.until(lambda: not at.view.is_modified)
        assert at.area.text == TEXT

    drive(path, book, steps)


def test_without_a_what_if_there_is_nothing_to_write(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("f9")
        assert "no what-if" in at.app.workbench.said

    drive(path, book, steps)


PAIRS = [
    ("a: 1\n", "a: 2\n"),
    ("a: 1\nb: 2\n", "a: 1\nc: 3\nb: 2\n"),
    ("a: 1\nb: 2\n", "b: 2\n"),
    ("a: 1", "a: 1\nb: 2"),
    ("a: 1\n", ""),
    ("", "a: 1\n"),
    ("aaa", "aa"),
    ("aa", "aaa"),
    ("a: ü\nb: 日本\n", "a: ü\nb: 日本語\n"),
]


def test_only_what_differs_is_typed(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        editor = at.app.workbench.query_one(Editor)
        for old, new in PAIRS:
            editor.load(old, Known())
            editor.type(new)
            assert at.area.text == new
            at.area.undo()
            assert at.area.text == old

    drive(path, book, steps)


def test_an_end_nobody_wanted_keeps_the_text(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        said = at.app.workbench.rescue()
        assert said == f"What was typed and not saved is in {path.with_name('plan-2.yaml')}."

    drive(path, book, steps)
    assert content(path) == TEXT
    assert content(path.with_name("plan-2.yaml")) == TEXT.replace("cost.", "cost. mine")


def test_the_palette_has_the_actions_of_the_editor(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        names = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert {"Save", "Find", "Next problem", "Write the what-if", "Own editor"} <= names
        await at.press("escape", "1")
        names = {command.title for command in at.app.get_system_commands(at.app.screen)}
        assert "Next problem" not in names

    drive(path, book, steps)


def test_ones_own_editor_is_opened_on_what_is_saved(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("f4")  # a test has no terminal to lend
        assert "cannot be lent" in at.app.workbench.said
        at.go(1)
        await at.type(" mine")
        await at.press("f4")
        assert "save it first" in at.app.workbench.said

    drive(path, book, steps)


def test_the_line_of_a_lever_is_shown(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        await at.press("escape", "1", "w")
        panel = at.app.workbench.query_one(LeverPanel)
        await at.until(lambda: panel.lever is not None)
        lever = panel.lever
        assert lever is not None
        await at.press("E")
        await at.until(lambda: at.app.workbench.view == "edit")
        row, column = at.area.cursor_location
        assert at.area.document.get_line(row)[column:].startswith(lever.text)

    drive(path, book, steps)


def test_a_what_if_is_not_kept_under_a_text_that_is_not_saved(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        await at.press("escape", "S")
        assert "not saved" in at.app.workbench.said
        assert "not saved" in shown(at.pilot).split("\n")[0]

    drive(path, book, steps)


def test_a_deleted_file_is_written_anew(path: Path, book: PriceBook) -> None:
    async def steps(at: At) -> None:
        at.go(1)
        await at.type(" mine")
        path.unlink()
        await asyncio.sleep(1.1)
        await at.settle()
        assert "mine" in at.area.text
        await at.press("ctrl+s")
        await at.until(lambda: not at.view.is_modified)
        assert "written anew" in at.app.workbench.said

    drive(path, book, steps)
    assert content(path) == TEXT.replace("cost.", "cost. mine")


def test_lines_are_counted_anew_after_undo(path: Path, book: PriceBook) -> None:
    """Textual alone draws a line that is no more, and fails."""

    async def steps(at: At) -> None:
        at.go(1, 11)
        await at.press("enter", "z", "ctrl+z", "c", "b", "ctrl+z")
        assert at.area.wrapped_document.height == at.area.document.line_count
        await at.press("ctrl+y")
        assert at.area.wrapped_document.height == at.area.document.line_count

    drive(path, book, steps)
