"""What calibrating a model found: one row for each constant."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from costplan.report.document import Document
from costplan.report.table import Column, Page, Row, Table, columns
from costplan.tokens.calibration import STEPS, Constant

CALIBRATION_FIELDS = ("model", "constant", "offline", "measured", "difference", "method", "note")
_MEANING = {step.constant: step.meaning for step in STEPS}


@dataclass(frozen=True, slots=True)
class Calibrated:
    """The constants of one model, and the probes its provider refused, with the reason."""

    model: str
    constants: Sequence[Constant]
    refused: Mapping[str, str]


def calibration_rows(found: Sequence[Calibrated]) -> list[Document]:
    """What `costplan calibrate --format json` prints; a constant not found has no numbers."""
    return [row for each in found for row in _rows(each)]


def calibration_page(found: Sequence[Calibrated]) -> Page:
    """A table for each model; what was not measured is below them."""
    left = columns(["Constant"], ["Offline", "Measured", "Difference"])
    head = (*left, Column("Method before"))
    notes = (
        f"{each.model}: {_MEANING[name]}: not measured: {why}"
        for each in found
        for name, why in _missing(each).items()
    )
    tables = (Table(each.model, head, tuple(map(_line, each.constants))) for each in found)
    return Page("", (), tuple(tables), tuple(notes))


def _line(constant: Constant) -> Row:
    difference = f"{constant.correction:+,}" if constant.correction else ""
    numbers = (f"{constant.offline:,}", f"{constant.measured:,}", difference)
    return (_MEANING[constant.name], *numbers, constant.method)


def _rows(found: Calibrated) -> Iterator[Document]:
    for each in found.constants:
        yield _row(
            found.model, each.name, each.offline, each.measured, each.correction, each.method, ""
        )
    for name, why in _missing(found).items():
        yield _row(found.model, name, None, None, None, None, why)


def _row(*values: object) -> Document:
    return dict(zip(CALIBRATION_FIELDS, values, strict=True))


def _missing(found: Calibrated) -> dict[str, str]:
    """The constants that were not found: the probe that would show each, and what became of it."""
    has = {each.name for each in found.constants}
    return {
        step.constant: found.refused.get(step.shown_by)
        or found.refused.get(step.less or "")
        or "a constant it needs was not measured"
        for step in STEPS
        if step.constant not in has
    }
