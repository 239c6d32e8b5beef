"""A plan that was saved as JSON, read back: the plan to defend later.

Such a file may have been edited or come from another program, so every key that is used is
checked, and what is wrong is named by its path.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from costplan.decisions.compare import Summary, settled
from costplan.decisions.effects import Basis, Use
from costplan.engine.ledger import as_decimal
from costplan.engine.projection import PeriodTotal, Processing
from costplan.errors import Place, PlanWarning, Problem, SavedPlanError
from costplan.periods import Month

LARGEST = 10**18
"""No amount or number is this large in a plan: more is damage, and breaks the arithmetic."""


def read_saved_plan(content: bytes, file: str) -> Summary:
    """Read what `costplan plan --format json` wrote.

    Args:
        content: the JSON document.
        file: its name, for messages and as the label of the plan.

    Raises:
        SavedPlanError: it is not such a document; says which key is wrong.
    """
    try:
        value = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise SavedPlanError(f"{file}: not a saved plan: {error}") from None
    return _Object(file, "", value).summary()


class _Object:
    """A JSON object whose keys are taken out one by one, each checked."""

    def __init__(self, file: str, path: str, value: Any) -> None:
        self.file, self.path = file, path
        self.value: dict[str, Any] = (
            value if isinstance(value, dict) else self._fail("", "an object", value)
        )

    def summary(self) -> Summary:
        """The whole document."""
        book = self.object("price_book")
        totals = self.objects("totals")
        if not totals:
            self._fail("totals", "at least one month", [])
        return Summary(
            self.file,
            self.text("scenario"),
            self.optional("variant", _Object.text),
            self.text("currency"),
            book.text("release"),
            book.optional("known_at", _Object.day),
            tuple(each.total(str(each.month("month"))) for each in totals),
            self.object("horizon").total(
                f"{totals[0].text('month')} to {totals[-1].text('month')}"
            ),
            {each.text("model"): each.amount("expected") for each in self.objects("by_model")},
            {
                each.text("workload"): each.amount("expected")
                for each in self.objects("by_workload")
            },
            tuple(each.processing() for each in self.objects("processing", optional=True)),
            tuple(each.warning() for each in self.objects("warnings")),
            self.texts("over"),
            self.basis(),
        )

    def basis(self) -> Basis:
        """What a difference is attributed by; as much of it as the document holds."""
        return Basis(
            frozenset(str(each.month("month")) for each in self.objects("totals")),
            tuple(each.use() for each in self.objects("line_items", optional=True)),
            {
                (str(each.month("month")), each.text("workload")): each.count("conversations")
                for each in self.objects("volumes", optional=True)
            },
            {
                (
                    str(each.month("month")),
                    each.text("workload"),
                    each.text("model"),
                    each.text("mode"),
                ): each.count("conversations")
                for each in self.objects("routed", optional=True)
            },
        )

    def use(self) -> Use:
        """What a line item uses, at which rate."""
        per = self.number("per")
        if per < 1 or not per.is_integer():
            self._fail("per", "a whole number, 1 or more", self._get("per"))
        return Use(
            str(self.month("month")),
            self.text("workload"),
            self.text("model"),
            self.text("mode"),
            self.text("meter"),
            int(self.number("tier")) if "tier" in self.value else 0,
            self.count("quantity"),
            self.amount("rate"),
            int(per),
        )

    def count(self, name: str) -> Decimal:
        """A number, 0 or more, as the decimal it was meant to be."""
        return as_decimal(self.number(name))

    def total(self, label: str) -> PeriodTotal:
        """A month or the horizon."""
        names = ("expected", "p10", "p50", "p90")
        expected, p10, p50, p90 = (self.amount(name) for name in names)
        budget = self.optional("budget", _Object.amount)
        return PeriodTotal(
            label, expected, p10, p50, p90, budget, self.optional("p_over", _Object.share)
        )

    def processing(self) -> Processing:
        """Hours of a workload on a model."""
        parallel = self.number("parallel")
        if parallel < 1 or not parallel.is_integer():
            self._fail("parallel", "a whole number, 1 or more", self._get("parallel"))
        return Processing(
            self.month("month"),
            self.text("workload"),
            self.text("model"),
            self.number("requests_per_day"),
            self.number("seconds"),
            int(parallel),
        )

    def warning(self) -> PlanWarning:
        """A warning."""
        return PlanWarning(self.text("code"), self.text("message"), self.text("where"))

    def object(self, name: str) -> _Object:
        """The object under a key."""
        return _Object(self.file, self._at(name), self._get(name))

    def objects(self, name: str, *, optional: bool = False) -> list[_Object]:
        """The list of objects under a key."""
        if optional and name not in self.value:
            return []
        value = self._get(name)
        if not isinstance(value, list):
            self._fail(name, "a list", value)
        return [_Object(self.file, f"{self._at(name)}.{k}", each) for k, each in enumerate(value)]

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts; none where the key is absent."""
        value = self.value.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self._fail(name, "a list of texts", value)
        return tuple(value)

    def optional[T](self, name: str, read: Callable[[_Object, str], T]) -> T | None:
        """What `read` makes of a key, or None where null stands."""
        return None if self._get(name) is None else read(self, name)

    def text(self, name: str) -> str:
        """A text."""
        value = self._get(name)
        return value if isinstance(value, str) else self._fail(name, "a text", value)

    def number(self, name: str) -> float:
        """A number, 0 or more."""
        value = self._get(name)
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._fail(name, "a number, 0 or more", value)
        if not 0 <= value < LARGEST:  # before it is a float: an int may be too large for one
            self._fail(name, f"a number from 0 to below {LARGEST:.0e}", value)
        return float(value)

    def share(self, name: str) -> float:
        """A share, 0 to 1."""
        value = self.number(name)
        return value if value <= 1 else self._fail(name, "a share from 0 to 1", value)

    def amount(self, name: str) -> Decimal:
        """Money, which is a decimal in a string."""
        value = self._get(name)
        try:
            amount = Decimal(value) if isinstance(value, str) else Decimal("NaN")
        except InvalidOperation:
            amount = Decimal("NaN")
        if not amount.is_finite():
            self._fail(name, "a decimal in a string", value)
        if abs(amount) >= LARGEST:
            self._fail(name, f"an amount below {LARGEST:.0e}", value)
        return settled(amount)

    def month(self, name: str) -> Month:
        """A month."""
        try:
            return Month.parse(self.text(name))
        except ValueError as error:
            raise self._error(name, str(error)) from None

    def day(self, name: str) -> date:
        """A day."""
        try:
            return date.fromisoformat(self.text(name))
        except ValueError:
            self._fail(name, "a day such as 2026-12-31", self._get(name))

    def _get(self, name: str) -> Any:
        if name not in self.value:
            raise self._error(name, "the key is missing")
        return self.value[name]

    def _at(self, name: str) -> str:
        return ".".join(filter(None, (self.path, name)))

    def _fail(self, name: str, expected: str, found: Any) -> NoReturn:
        raise self._error(name, f"expected {expected}, found {json.dumps(found)[:40]}")

    def _error(self, name: str, message: str) -> SavedPlanError:
        problem = Problem(Place(self.file), self._at(name), message)
        return SavedPlanError(f"{problem} (is this a plan saved with --format json?)")
