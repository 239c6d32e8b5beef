"""A value that was varied, as people read it and as a document has it."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

from costplan.decisions.rates import VariedRate
from costplan.decisions.varying import Form, Varied
from costplan.report.document import Document, number

_DIGITS = 5


def value_text(form: Form, value: Decimal, rounding: str = ROUND_HALF_EVEN) -> str:
    """Five digits and what they are: `26.412%`, `1,234.5 per user per day`, `20 USD`."""
    amount = value * 100 if form.unit == "%" else value
    places = max(0, _DIGITS - 1 - amount.adjusted()) if amount else 0
    text = f"{amount.quantize(Decimal(1).scaleb(-places), rounding=rounding):,f}"
    short = text.rstrip("0").rstrip(".") if "." in text else text
    words = "".join(f" per {word}" for word in form.per)
    currency = f" {form.currency}" if form.currency else ""
    return f"{short}{'%' if form.unit == '%' else ''}{currency}{words}"


def name_text(varied: Varied | VariedRate) -> str:
    """What was varied: `chat.demand.requests`, `$growth`, `price.openai/gpt-6-luna.output`."""
    return varied.path.removeprefix("workloads.").replace("assumptions.", "$", 1)


def now_text(varied: Varied | VariedRate) -> str:
    """What it is now: as it stands in the scenario, or the rate."""
    if varied.now is None:
        return varied.written or "not stated"
    return value_text(varied.form, varied.now)


def varied_facts(varied: Varied | VariedRate) -> Document:
    """What was varied, and how far; values are plain numbers, a share 0.05 for 5 %."""
    form = varied.form
    return {
        "path": varied.path,
        "unit": form.unit or form.currency or None,
        "per": list(form.per),
        "between": [number(varied.low), number(varied.high)],
        "now": None if varied.now is None else number(varied.now),
    }


def range_note(varied: Varied | VariedRate) -> str:
    """What stands for now where there is no single value now; empty where there is."""
    if varied.now is not None or " to " not in varied.written:
        return ""
    whose = "rates that the plan pays" if isinstance(varied, VariedRate) else "range that is stated"
    return f"Now: with the {whose}; each other row has one value instead."
