"""A table, and the pages made of tables: as text for a terminal, as markdown for a document.

A cell is text that is ready to be shown. What a program should read is not made from cells; see
`document.py`.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from costplan.errors import PlanWarning

type Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """The head of a column, and whether its cells end at the right, as numbers do."""

    name: str
    right: bool = False
    joined: bool = False
    """Whether it means nothing without the column before it, and so is never split from it."""


def columns(left: Sequence[str], right: Iterable[str]) -> tuple[Column, ...]:
    """Columns of words, then columns of numbers."""
    return (*map(Column, left), *(Column(name, right=True) for name in right))


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under columns, with totals below a line."""

    title: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    totals: tuple[Row, ...] = ()
    keys: int = 1
    """How many leading columns name the row; they are repeated when the table is split."""

    def text(self, width: int | None = None) -> str:
        """Plain text; a table wider than `width` continues below, its key columns repeated."""
        blocks = [self._block(chosen, gap) for chosen, gap in self._chosen(width)]
        body = "\n\n".join(blocks)
        return f"{clean(self.title)}\n{body}" if self.title else body

    def tabbed(self) -> str:
        """Cells with tabs between them, as spreadsheets take them from the clipboard."""
        lines = [tuple(column.name for column in self.columns), *self.rows, *self.totals]
        return "".join("\t".join(map(clean, line)) + "\n" for line in lines)

    def markdown(self) -> str:
        """A markdown table, its totals in bold."""
        bold = [tuple(f"**{cell}**" if cell else "" for cell in row) for row in self._escaped(True)]
        head = [tuple(column.name for column in self.columns)]
        marks = [tuple("---:" if column.right else "---" for column in self.columns)]
        lines = [*head, *marks, *self._escaped(False), *bold]
        body = "\n".join(f"| {' | '.join(line)} |" for line in lines)
        return f"## {clean(self.title)}\n\n{body}" if self.title else body

    def arranged(self, first: Sequence[str]) -> Table:
        """The same table with some of its columns, those it has, before the others."""
        names = [column.name for column in self.columns]
        chosen = [names.index(name) for name in first if name in names]
        if len(chosen) < 2:
            return self
        order = [*chosen, *(k for k in range(len(names)) if k not in chosen)]

        def moved(rows: tuple[Row, ...]) -> tuple[Row, ...]:
            return tuple(tuple(row[k] for k in order) for row in rows)

        head = tuple(self.columns[k] for k in order)
        return replace(self, columns=head, rows=moved(self.rows), totals=moved(self.totals))

    def _escaped(self, totals: bool) -> Iterator[Row]:  # noqa: FBT001 - which of two lists of rows
        for row in self.totals if totals else self.rows:
            yield tuple(clean(cell).replace("|", "\\|").replace("<", "&lt;") for cell in row)

    def _widths(self) -> list[int]:
        lines = [tuple(c.name for c in self.columns), *self.rows, *self.totals]
        return [max(cell_width(clean(line[k])) for line in lines) for k in range(len(lines[0]))]

    def _chosen(self, width: int | None) -> Iterator[tuple[list[int], int]]:
        """The columns of each block and the gap between them: 2, or 1 where that avoids a split."""
        widths = self._widths()
        everything = list(range(len(widths)))
        if width is None:
            yield everything, 2
            return
        for gap in (2, 1):
            if sum(widths) + gap * (len(widths) - 1) <= width:
                yield everything, gap
                return
        keys = everything[: self.keys]
        taken: list[int] = []
        for group in self._groups():
            size = sum(widths[k] + 2 for k in (*keys, *taken, *group)) - 2
            if taken and size > width:
                yield [*keys, *taken], 2
                taken = []
            taken += group
        yield [*keys, *taken], 2

    def _groups(self) -> list[list[int]]:
        """The columns after the keys, those that belong together in one group."""
        groups: list[list[int]] = []
        for k in range(self.keys, len(self.columns)):
            if self.columns[k].joined and groups:
                groups[-1].append(k)
            else:
                groups.append([k])
        return groups

    def _block(self, chosen: Sequence[int], gap: int) -> str:
        widths = self._widths()
        rule = (" " * gap).join("─" * widths[k] for k in chosen)
        head = self._line(tuple(column.name for column in self.columns), chosen, widths, gap)
        lines = [head, rule, *(self._line(row, chosen, widths, gap) for row in self.rows)]
        if self.totals:
            lines += [rule, *(self._line(row, chosen, widths, gap) for row in self.totals)]
        return "\n".join(lines)

    def _line(self, row: Row, chosen: Sequence[int], widths: Sequence[int], gap: int) -> str:
        cells = (_padded(clean(row[k]), widths[k], self.columns[k].right) for k in chosen)
        return (" " * gap).join(cells).rstrip()


def without(table: Table, names: Sequence[str]) -> Table:
    """The table without the columns of these names."""
    kept = [k for k, column in enumerate(table.columns) if column.name not in names]
    rows, totals = (
        tuple(tuple(row[k] for k in kept) for row in part) for part in (table.rows, table.totals)
    )
    return replace(table, columns=tuple(table.columns[k] for k in kept), rows=rows, totals=totals)


@dataclass(frozen=True, slots=True)
class Page:
    """A whole result: what it is, its tables, what to know about them."""

    title: str
    facts: tuple[str, ...] = ()
    """Lines under the title: horizon, prices, draws."""
    tables: tuple[Table, ...] = ()
    notes: tuple[str, ...] = ()
    warnings: tuple[PlanWarning, ...] = ()
    chart: str = ""

    def text(self, width: int | None = None) -> str:
        """Plain text, paragraphs folded at `width`."""
        head = "\n".join(folded(line, width) for line in (self.title, *self.facts) if line)
        tail = [folded(note, width) for note in self.notes]
        said = [folded(f"warning: {warning_line(each)}", width) for each in self.warnings]
        parts = [head, self.chart, *(table.text(width) for table in self.tables)]
        parts += ["\n".join(tail), "\n".join(said)]
        return "\n\n".join(part for part in parts if part) + "\n"

    def markdown(self) -> str:
        """A markdown document."""
        parts = [f"# {clean(self.title)}"] if self.title else []
        parts += ["  \n".join(map(clean, self.facts))]
        parts += [table.markdown() for table in self.tables]
        parts += ["\n".join(f"- {clean(note)}" for note in self.notes)]
        said = "\n".join(f"- {warning_line(each)}" for each in self.warnings)
        parts += [f"## Warnings\n\n{said}" if said else ""]
        return "\n\n".join(part for part in parts if part) + "\n"


def warning_line(warning: PlanWarning) -> str:
    """A warning in one line: `after-retirement: workloads.chat: ...`."""
    where = "" if warning.message.startswith(warning.where) else warning.where
    return clean(": ".join(filter(None, (warning.code, where, warning.message))))


def folded(text: str, width: int | None) -> str:
    """A paragraph in lines of at most `width`, the second and later ones set in."""
    if width is None:
        return clean(text)
    lines = textwrap.wrap(
        clean(text),
        max(width, 20),
        subsequent_indent="  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join(lines)


def clean(text: str) -> str:
    """One line of printable characters: names in a file must not move a terminal's cursor."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else " " for c in text)


def cell_width(text: str) -> int:
    """Terminal columns a text takes: wide characters take two, combining ones none."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    return len(text) + wide - sum(unicodedata.combining(c) > 0 for c in text)


def _padded(text: str, width: int, right: bool) -> str:  # noqa: FBT001 - a column's own field
    space = " " * (width - cell_width(text))
    return space + text if right else text + space
