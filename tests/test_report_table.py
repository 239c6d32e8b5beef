"""Tables and pages as text and markdown."""

from __future__ import annotations

from costplan.errors import PlanWarning
from costplan.report.table import Column, Page, Table, cell_width, clean, columns

TABLE = Table(
    "By model",
    columns(["Model"], ["Expected", "Share"]),
    (("openai/gpt-6-luna", "$850.10", "85%"), ("a|b<c", "$150.05", "15%")),
    (("Total", "$1,000.15", "100%"),),
)


def test_numbers_end_at_the_right() -> None:
    """Words start at the left, numbers end at the right, the total is below a line."""
    assert TABLE.text() == (
        "By model\n"
        "Model               Expected  Share\n"
        "─────────────────  ─────────  ─────\n"
        "openai/gpt-6-luna    $850.10    85%\n"
        "a|b<c                $150.05    15%\n"
        "─────────────────  ─────────  ─────\n"
        "Total              $1,000.15   100%"
    )


def test_a_narrow_terminal_splits_the_columns() -> None:
    """Nothing is cut off: the key column stands again before the columns that did not fit."""
    blocks = TABLE.text(30).removeprefix("By model\n").split("\n\n")
    assert [block.splitlines()[0].split() for block in blocks] == [
        ["Model", "Expected"],
        ["Model", "Share"],
    ]


def test_a_table_that_almost_fits_is_set_closer() -> None:
    """One space between columns rather than a second block."""
    assert "\n\n" not in TABLE.text(33)


def test_markdown_keeps_what_cells_say() -> None:
    """Bars and angle brackets are escaped, totals are bold."""
    assert TABLE.markdown().splitlines()[2:] == [
        "| Model | Expected | Share |",
        "| --- | ---: | ---: |",
        "| openai/gpt-6-luna | $850.10 | 85% |",
        "| a\\|b&lt;c | $150.05 | 15% |",
        "| **Total** | **$1,000.15** | **100%** |",
    ]


def test_wide_letters_take_two_columns() -> None:
    """Names in Chinese or with combining marks still line up."""
    assert (cell_width("客服"), cell_width("e\u0301")) == (4, 1)


def test_names_cannot_move_the_cursor() -> None:
    """Escape codes and line ends in a name are blanks."""
    assert clean("a\x1b[31m\nb") == "a [31m b"


def test_a_page_ends_with_its_warnings() -> None:
    """Notes, then warnings with their code and place."""
    page = Page("T", ("f",), (), ("a note",), (PlanWarning("code", "what", "where"),))
    assert page.text() == "T\nf\n\na note\n\nwarning: code: where: what\n"
    assert page.markdown() == "# T\n\nf\n\n- a note\n\n## Warnings\n\n- code: where: what\n"


def test_joined_columns_are_never_split() -> None:
    """A delta stays beside the plan it belongs to."""
    head = (Column("M"), Column("plan"), Column("delta", joined=True), Column("other"))
    table = Table("", head, (("m", "1", "2", "3"),))
    assert [block.splitlines()[0].split() for block in table.text(12).split("\n\n")] == [
        ["M", "plan", "delta"],
        ["M", "other"],
    ]
