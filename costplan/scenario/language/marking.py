"""Which part of a line a problem is about: what an editor underlines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from costplan.documents import split_path
from costplan.errors import Problem
from costplan.scenario.language.outline import Entry, lines_of, outline, word_at


@dataclass(frozen=True, slots=True, order=True)
class Marked:
    """A part of a line and what is to be said of it. Lines and columns count from 1."""

    line: int
    """0 where it is about no line of this text."""
    column: int
    end_column: int
    """The column after the last that is underlined."""
    message: str
    severity: Literal["error", "warning"] = "error"


@dataclass(frozen=True, slots=True)
class Markings:
    """Finds what is underlined in one text."""

    lines: Sequence[str]
    entries: Sequence[Entry]

    @classmethod
    def of(cls, text: str) -> Markings:
        """For a text as typed so far."""
        return cls(lines_of(text), outline(text))

    def problem(self, problem: Problem, file: str) -> Marked:
        """A problem with the word it is about.

        Args:
            problem: of the text, or of a file that it names.
            file: what the text is called in problems.
        """
        said = ": ".join(part for part in (problem.path, problem.message) if part)
        if problem.place.file != file or not problem.place.line:
            elsewhere = "" if problem.place.file == file else f"{problem.place}: "
            return Marked(0, 0, 0, f"{elsewhere}{said}")
        line, column = problem.place.line, problem.place.column
        here = self._entry(line, column)
        if here is not None:
            here = self._owner(here, problem.path) or here
            return Marked(here.line, here.start, here.end, said)
        return Marked(line, *self._word(line, column), said)

    def warning(self, line: int, column: int, message: str) -> Marked:
        """Something to think about twice at a place of the text; line 0 where it has none."""
        if not line:
            return Marked(0, 0, 0, message, "warning")
        return Marked(line, *self._word(line, column), message, "warning")

    def _entry(self, line: int, column: int) -> Entry | None:
        return next((e for e in self.entries if e.line == line and e.start == column), None)

    def _owner(self, entry: Entry, path: str) -> Entry | None:
        """The key of a mapping, where its first key stands for the whole of it.

        A mapping in a block begins where its first key does: what is missing in it is not the
        fault of that key.
        """
        try:
            steps = split_path(path) if path else ()
        except ValueError:
            return None
        if entry.path[:-1] != steps:
            return None
        return next((each for each in self.entries if each.path == steps), None)

    def _word(self, line: int, column: int) -> tuple[int, int]:
        """The columns of the word that begins at a column."""
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        if column > len(text.rstrip()):
            last = max(1, len(text.rstrip()))
            return last, last + 1
        entry = next(
            (e for e in self.entries if e.line == line and column in {e.start, e.value_start}), None
        )
        if entry and entry.start == column:
            return column, entry.end
        length = len(word_at(text, column - 1, entry.value if entry else ""))
        return column, column + max(1, length)


def in_order(marks: Iterable[Marked]) -> tuple[Marked, ...]:
    """Each once: those of the text from its top, then those about no line of it."""
    return tuple(sorted(dict.fromkeys(marks), key=lambda mark: (not mark.line, mark)))
