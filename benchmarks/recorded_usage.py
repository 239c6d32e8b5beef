"""Rate what providers really reported: `python benchmarks/recorded_usage.py CALLS.jsonl.gz`.

Each recorded call has the `usage` object that came back. Those of models in the book are converted
and rated; every class of error is counted with one example. Recordings carry no day, so a call is
rated on the last day its model was sold, or on `--at`. Where a recording has its own cost, both are
compared.
"""

from __future__ import annotations

import argparse
import gzip
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from costplan.errors import CostplanError, UnknownModelError
from costplan.prices import Model, PriceBook, default_book, rate
from costplan.responses import usage_from_response

TICKS = Decimal(10) ** 10
"""xAI states its bill in ten-billionths of a dollar."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("calls", type=Path)
    parser.add_argument("--at", type=date.fromisoformat, default=date(2026, 11, 20))
    given = parser.parse_args()
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    examples: dict[str, str] = {}
    bills: Counter[str] = Counter()
    for call in read(given.calls):
        provider = call["provider"]
        outcome, example = rated(call, default_book(), given.at, bills)
        counts[provider][outcome] += 1
        examples.setdefault(f"{provider}: {outcome}", example)
    for provider, found in sorted(counts.items(), key=lambda entry: -entry[1].total()):
        print(f"{provider} {found.total()}")
        for outcome, number in found.most_common():
            print(f"  {number:6,}  {outcome}   {examples[f'{provider}: {outcome}'][:150]}")
    print("own bills")
    for said, number in sorted(bills.items()):
        print(f"  {number:6,}  {said}")


def read(path: Path) -> Iterator[dict[str, Any]]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def rated(call: dict[str, Any], book: PriceBook, at: date, bills: Counter[str]) -> tuple[str, str]:
    """What became of a call, and an example of it."""
    name = f"{call['provider']}/{call.get('model')}"
    try:
        usage = usage_from_response(call["provider"], call["usage"])
    except CostplanError as error:
        return "usage refused", f"{name}: {error}"
    try:
        model = book.model(named(name, book), at=at)
        bill = rate(usage, model.name, at=last_day(model, at), book=book)
    except UnknownModelError as error:
        return "not in the book", str(error)
    except CostplanError as error:
        return re.sub(r"\S*/\S+|\d\S*", "...", str(error))[:60], f"{name}: {error}"
    if own := own_bill(call["usage"]):
        same = abs(own - bill.total) <= Decimal("1e-9")
        bills[
            f"{call['provider']} {'equal' if same else f'{name}: {bill.total}, billed {own}'}"
        ] += 1
    return "rated", f"{name}: {bill.total}"


def named(name: str, book: PriceBook) -> str:
    """The name in the book: hosts write region and version, or the maker, around it."""
    host, _, bare = name.partition("/")
    tried = [name, re.sub(r"-v\d+(:\d+)?$", "", name), name.replace("/models/", "/")]
    if host == "bedrock":  # a model of Anthropic answers with the name it has there
        tried.append(f"bedrock/anthropic.{bare}")
    if host == "vertex":
        tried += [f"vertex/{bare}".replace("-2025", "@2025"), re.sub(r"-00\d$", "", name)]
    if host == "openrouter":  # it charges what the maker does
        maker, _, model = bare.partition("/")
        maker = {"x-ai": "xai", "mistralai": "mistral"}.get(maker, maker)
        model = re.sub(r"claude-(\d)\.(\d)-(haiku|sonnet|opus)(-\d+)?", r"claude-\3-\1-\2\4", model)
        old = re.sub(r"claude-(\w+)-3-(\d)", r"claude-3-\2-\1", model)
        tried += (f"{maker}/{m.replace('.', '-') if maker == 'anthropic' else m}"
                  for m in (model, old, model.removesuffix("-001")))  # fmt: skip
    return next((n for n in tried if n in book.names or n in book.aliases), name)


def last_day(model: Model, at: date) -> datetime:
    """The last noon before its retirement, at most the day given: hours matter to some prices."""
    end = model.retirement - timedelta(1) if model.retirement else at
    return datetime.combine(min(end, at), time(12), ZoneInfo(model.zone))


def own_bill(usage: dict[str, Any]) -> Decimal | None:
    """What the provider says the call cost, in dollars."""
    if ticks := usage.get("cost_in_usd_ticks"):
        return Decimal(ticks) / TICKS
    cost = usage.get("cost")
    return Decimal(str(cost)) if isinstance(cost, int | float) and cost else None


if __name__ == "__main__":
    main()
