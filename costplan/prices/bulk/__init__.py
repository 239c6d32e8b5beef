"""Rate many usages at once: arrays in, arrays out, the same results as `rate` one by one.

    table = compile_rates(load_price_book())
    bills = rate_many(table, {"input": [500, 900], "output": [300, 40]},
                      model=["openai/gpt-6-luna", "anthropic/claude-haiku-5-5"], at="2026-12-01")
    bills.cost, bills.total, bills.by_meter, bills.bill(0).line_items

A table is compiled once for a book and used for as many calls as there are.
"""

from __future__ import annotations

from costplan.prices.bulk.bills import Bills, rate_many
from costplan.prices.bulk.compiling import compile_rates
from costplan.prices.bulk.table import RateTable

__all__ = ["Bills", "RateTable", "compile_rates", "rate_many"]
