"""Taking the plan along: files for spreadsheets, documents and programs, and pictures."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from costplan.desk.desk import Desk
from costplan.desk.whatif import WhatIf
from costplan.engine.projection import Projection
from costplan.errors import UsageError
from costplan.report.document import (
    LINE_ITEM_FIELDS,
    csv_text,
    json_text,
    line_items,
    plan_document,
)
from costplan.report.plan import plan_page
from costplan.writing import save_new


def _csv(projection: Projection) -> str:
    return csv_text(line_items(projection), LINE_ITEM_FIELDS)


FORMS: Mapping[str, Callable[[Projection], str]] = {
    "csv": _csv,
    "json": lambda projection: json_text(plan_document(projection)),
    "md": lambda projection: plan_page(projection).markdown(),
}
"""What a plan can be written as, by the ending of the file."""


@dataclass(frozen=True, slots=True)
class Exporting:
    """Write the plan to a new file, as `costplan plan --format` prints it."""

    what_if: WhatIf
    path: str
    """Its ending decides: `.csv` has line items, `.json` all of it, `.md` the report."""

    def answer(self, desk: Desk) -> str:
        """Where it was written.

        Raises:
            CostplanError: the plan does not hold, or the ending is none of the three.
            SaveError: it cannot be written.
        """
        form = FORMS.get(Path(self.path).suffix.removeprefix(".").lower())
        if form is None:
            raise UsageError(f"{self.path}: end the name with .csv, .json or .md")
        return Writing(self.path, form(desk.project(self.what_if))).answer(desk)


@dataclass(frozen=True, slots=True)
class Writing:
    """Write a text to a new file: a table, a picture."""

    path: str
    text: str

    def answer(self, _desk: Desk) -> str:
        """Where it was written: what is there already is left alone, and a number is put after.

        Raises:
            SaveError: it cannot be written; no half of it is left.
        """
        path, _ = save_new(Path(self.path).expanduser(), self.text.encode())
        said = "" if path.name == Path(self.path).name else f" ({self.path} exists already)"
        return f"wrote {path}{said}"


def default_name(scenario: str, what_if: WhatIf, ending: str) -> str:
    """What an export is called unless the user says otherwise: `support-assistant-all-haiku.csv`.

    Args:
        scenario: the path of its file.
        what_if: a variant is named; that more was changed is said as `what-if`.
        ending: without the dot.
    """
    changed = "what-if" if what_if.settings else None
    parts = (Path(scenario).stem, what_if.variant, changed)
    return f"{'-'.join(part for part in parts if part)}.{ending}"
