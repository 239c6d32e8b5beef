"""Kinds of single values: texts, numbers, flags, days, and whatever a function understands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from costplan.documents import Node, Scalar
from costplan.errors import CostplanError, ExitCode, suggestion
from costplan.periods import Month, parse_date
from costplan.schema.reading import KeyPath, Reader, describe

MAX_DIGITS = 30
"""Numbers beyond 10^30, or nearer to nothing than 10^-30, are mistakes."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text, free or one of a few words or matching a pattern."""

    choices: tuple[str, ...] = ()
    pattern: str = ""
    means: str = "a text"

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """The text itself."""
        if not isinstance(node, Scalar) or node.is_null:
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}"
            )
        if self.choices and node.text not in self.choices:
            hint = suggestion(node.text, self.choices, all_below=0)
            message = f"expected {self._expected}, found {describe(node)}{hint}"
            return reader.problem(node.place, path, message)
        if self.pattern and not re.fullmatch(self.pattern, node.text):
            return reader.problem(
                node.place, path, f"expected {self.means}, found {describe(node)}"
            )
        return node.text

    @property
    def _expected(self) -> str:
        if not self.choices:
            return self.means
        return f"one of {', '.join(self.choices)}" if len(self.choices) > 1 else self.choices[0]

    def json_schema(self) -> dict[str, Any]:
        """A string, with its choices or pattern."""
        schema: dict[str, Any] = {"type": "string"}
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.pattern:
            schema["pattern"] = f"^(?:{self.pattern})$"
        return schema


@dataclass(frozen=True, slots=True)
class Number:
    """A plain decimal number, read from its text; never through a binary float."""

    minimum: Decimal | int | None = None
    maximum: Decimal | int | None = None
    whole: bool = False

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `Decimal`, or an `int` for a whole number."""
        value = _decimal(node)
        if value is None or (self.whole and value != value.to_integral_value()):
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}{_trap(node)}"
            )
        too_low = self.minimum is not None and value < self.minimum
        if too_low or (self.maximum is not None and value > self.maximum):
            return reader.problem(
                node.place, path, f"expected {self._expected}, found {describe(node)}"
            )
        return int(value) if self.whole else value

    @property
    def _expected(self) -> str:
        kind = "a whole number" if self.whole else "a number"
        if self.minimum is not None and self.maximum is not None:
            return f"{kind} from {self.minimum} to {self.maximum}"
        if self.minimum is not None:
            return f"{kind}, {Decimal(self.minimum):f} or more"
        return kind

    def json_schema(self) -> dict[str, Any]:
        """A number or integer with its bounds."""
        schema: dict[str, Any] = {"type": "integer" if self.whole else "number"}
        if self.minimum is not None:
            schema["minimum"] = float(self.minimum)
        if self.maximum is not None:
            schema["maximum"] = float(self.maximum)
        return schema


def _decimal(node: Node) -> Decimal | None:
    if not isinstance(node, Scalar):
        return None
    try:
        value = Decimal(node.text.replace("_", ""))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value.adjusted()) <= MAX_DIGITS else None


def _trap(node: Node) -> str:
    """A hint where YAML 1.1 would have read something else than the writer meant."""
    if not isinstance(node, Scalar):
        return ""
    if re.fullmatch(r"\d+(:\d+)+", node.text):
        return " (YAML 1.1 reads this as a base-60 number; costplan reads no times here)"
    if re.fullmatch(r"(?i)yes|no|on|off|true|false", node.text):
        return " (YAML 1.1 reads this as true or false; write a number)"
    return ""


@dataclass(frozen=True, slots=True)
class Flag:
    """`true` or `false`, and nothing else: `no` and `off` are often something else."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """A `bool`."""
        if isinstance(node, Scalar) and node.plain and node.text in {"true", "false"}:
            return node.text == "true"
        return reader.problem(node.place, path, f"expected true or false, found {describe(node)}")

    def json_schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Parsed:
    """A scalar that a function understands.

    The function's `ValueError` or `CostplanError` becomes the problem's message.
    """

    parse: Callable[[str], Any]
    schema: dict[str, Any] = field(default_factory=lambda: {"type": "string"})

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """What the function makes of the text."""
        if not isinstance(node, Scalar) or node.is_null:
            return reader.problem(node.place, path, f"expected a value, found {describe(node)}")
        try:
            return self.parse(node.text)
        except (ValueError, CostplanError) as error:
            code = getattr(error, "exit_code", ExitCode.INVALID)
            return reader.problem(node.place, path, f"{error}{_trap(node)}", code)

    def json_schema(self) -> dict[str, Any]:
        """The schema it was given."""
        return self.schema


DATE = Parsed(parse_date, {"type": "string", "format": "date"})
MONTH = Parsed(Month.parse, {"type": "string", "pattern": r"^\d{4}-\d{2}$"})
