"""What a price costs to look up: one by one, in bulk, and as others do it, in one run.

    python benchmarks/rating.py [USAGES]

USAGES (default 1,000,000) are mixed over 50 models, two modes and 600 days from the first price of
each, with cached tokens and long prompts. genai-prices and litellm (pip install 'costplan[prices]')
rate a sample in a loop at today's standard prices, as their users do. Each figure is the least of
several runs. Where a peer has the same rates as the book all totals must be the same: exactly for
the decimals of genai-prices, to 12 digits for the floats of litellm. The last line says how long
the book takes to load.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal

import numpy as np

from costplan.meters import Meter, Usage
from costplan.prices import PriceBook, default_book, rate
from costplan.prices.bulk import compile_rates, rate_many

USAGES = int(sys.argv[1].replace(",", "")) if len(sys.argv) > 1 else 1_000_000
SAMPLE = 3_000
TODAY = date(2026, 11, 20)
DAYS = 600
MODES = ("standard", "batch")
METERS = (Meter.INPUT, Meter.CACHE_READ, Meter.OUTPUT)

type Rated = Callable[[str, int, int, int], Decimal | float]
"""A peer's cost of input, cached and output tokens of a model; LookupError if it has no price."""

LOAD = """
import sys, time
from pathlib import Path
start = time.perf_counter()
from costplan.memory import Memory
from costplan.prices import load_price_book
load_price_book(memory=Memory(Path(sys.argv[1])))
print((time.perf_counter() - start) * 1000)
"""


def least(work: Callable[[], object], uses: int, runs: int = 7) -> float:
    """Microseconds a usage in the quickest run."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) / uses * 1e6


def models_of(book: PriceBook) -> dict[str, date]:
    """50 models with both modes, and the first day of both; those with tiers first."""
    found = []
    for model in book.models:
        rows = [row for mode in MODES for row in model.prices.get(mode, ())]
        complete = all(set(METERS) <= set(row.rates) and row.up_to is None for row in rows)
        if complete and set(MODES) <= set(model.prices):
            first = max(min(row.from_ for row in model.prices[mode]) for mode in MODES)
            found.append((not any(row.tiers for row in rows), first, model.name))
    return {name: first for _, first, name in sorted(found)[:50]}


def genai_prices() -> Rated | None:
    """`genai_prices.calc_price`, if it is installed."""
    try:
        from genai_prices import Usage as Used
        from genai_prices import calc_price
    except ImportError:
        return None
    now = datetime(TODAY.year, TODAY.month, TODAY.day, tzinfo=UTC)

    def cost(model: str, uncached: int, cached: int, output: int) -> Decimal:
        provider, _, name = model.partition("/")
        used = Used(input_tokens=uncached + cached, cache_read_tokens=cached, output_tokens=output)
        price = calc_price(used, name, provider_id=provider, genai_request_timestamp=now)
        total: Decimal = price.total_price
        return total

    return cost


def litellm() -> Rated | None:
    """`litellm.cost_per_token`, if it is installed."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # its own data, without the network
    try:
        import litellm as package
    except ImportError:
        return None
    package.suppress_debug_info = True  # it prints a page for every model it does not know

    def cost(model: str, uncached: int, cached: int, output: int) -> float:
        provider, _, name = model.partition("/")
        costs = package.cost_per_token(
            model=name,
            custom_llm_provider={"google": "gemini"}.get(provider, provider),
            prompt_tokens=uncached + cached,
            cache_read_input_tokens=cached,
            completion_tokens=output,
        )
        return float(sum(costs))

    return cost


def ours(model: str, uncached: int, cached: int, output: int) -> Decimal:
    """`rate`, with its line items."""
    amounts = zip(METERS, map(Decimal, (uncached, cached, output)), strict=True)
    return rate(Usage(dict(amounts)), model, at=TODAY).total


def same(cost: Decimal | float, other: Decimal | float) -> bool:
    """Whether two costs are the same: decimals exactly, floats to 12 digits."""
    if isinstance(other, float):
        return abs(float(cost) - other) <= 1e-12 * abs(other)
    return cost == other


def agreeing(peer: Rated, names: list[str]) -> list[str]:
    """The models whose three rates a peer has as the book does."""
    probes = [(10_000, 0, 0), (0, 10_000, 0), (0, 0, 10_000)]
    found = []
    for name in names:
        try:
            if all(same(ours(name, *probe), peer(name, *probe)) for probe in probes):
                found.append(name)
        except Exception:  # noqa: BLE001, S112 - what a peer raises for a model it does not have
            continue
    return found


def compare(label: str, peer: Rated | None, book: PriceBook, bulk: float) -> None:
    """Time a peer on a sample beside `rate`, and check that the totals are the same."""
    if peer is None:
        print(f"{label:44} not installed: pip install 'costplan[prices]'")
        return
    names = [
        model.name
        for model in book.models
        if model.provider in {"openai", "anthropic", "google"}
        and any(row.from_ <= TODAY for row in model.prices.get("standard", ()))
    ]
    known = agreeing(peer, names)
    chance = random.Random(1)  # noqa: S311 - usages, not secrets
    sample = [
        (
            chance.choice(known),
            chance.randrange(30_000),
            chance.randrange(30_000),
            chance.randrange(9000),
        )
        for _ in range(SAMPLE)
    ]
    theirs = least(lambda: [peer(*usage) for usage in sample], SAMPLE, 3)
    alone = least(lambda: [ours(*usage) for usage in sample], SAMPLE, 3)
    equal = sum(same(ours(*usage), peer(*usage)) for usage in sample)
    print(f"{label:44}{theirs:10.3f}{theirs / bulk:12,.0f}x")
    print(f"{'  rate(), the same usages':44}{alone:10.3f}{theirs / alone:12.1f}x quicker")
    print(
        f"  of {len(names)} models {len(known)} have the same rates; of {SAMPLE:,} usages of those"
    )
    print(f"  {equal:,} have the same total{'' if equal == SAMPLE else ': THEY SHOULD ALL'}")


def loading() -> None:
    """How long a fresh interpreter takes until it has the book, imports included."""

    def once(folder: str) -> float:
        told = subprocess.run(
            [sys.executable, "-c", LOAD, folder], check=True, capture_output=True, text=True
        )
        return float(told.stdout)

    with tempfile.TemporaryDirectory() as kept:
        cold = []
        for _ in range(3):
            with tempfile.TemporaryDirectory() as fresh:
                cold.append(once(fresh))
        once(kept)
        warm = [once(kept) for _ in range(7)]
    print(f"\nloading the whole book: {min(cold):.0f} ms, remembered {min(warm):.0f} ms")


def main() -> None:
    """Measure and print."""
    book = default_book()
    models = models_of(book)
    names = list(models)
    table = compile_rates(book, names, modes=MODES)
    dice = np.random.default_rng(1)
    model = dice.integers(0, len(names), USAGES)
    mode = dice.integers(0, len(MODES), USAGES)
    firsts = np.array(list(models.values()), "datetime64[D]")
    at = firsts[model] + dice.integers(0, DAYS, USAGES)
    amounts = {
        Meter.INPUT: dice.integers(1, 30_000, USAGES) * dice.choice([1, 1, 5, 20], USAGES),
        Meter.CACHE_READ: dice.integers(0, 30_000, USAGES) * dice.choice([0, 1], USAGES),
        Meter.OUTPUT: dice.integers(1, 5_000, USAGES),
    }
    used = np.stack([amounts[meter] for meter in METERS], axis=1)
    rates = dice.random((len(names), len(METERS)))

    product = least(lambda: (used * rates[model]).sum(axis=1), USAGES)
    bulk = least(lambda: rate_many(table, amounts, model=model, mode=mode, at=at), USAGES)
    listed = [names[place] for place in model.tolist()]
    named = least(lambda: rate_many(table, amounts, model=listed, mode=mode, at=at), USAGES, 3)
    compiled = least(lambda: compile_rates(book, names, modes=MODES), 1, 3)

    print(f"{USAGES:,} usages of {len(names)} models{'us a usage':>33}")
    print(f"{'a bare NumPy product':44}{product:10.3f}")
    print(f"{'rate_many':44}{bulk:10.3f}{bulk / product:12.1f} products")
    print(f"{'  models given by name':44}{named:10.3f}")
    print(f"  compiling the table took {compiled / 1000:.0f} ms, once")

    bills = rate_many(table, amounts, model=model, mode=mode, at=at)
    checked = dice.integers(0, USAGES, SAMPLE).tolist()
    alone = [float(bills.bill(index).total) for index in checked]
    equal = sum(cost == bills.cost[index] for index, cost in zip(checked, alone, strict=True))
    tiered = sum(bills.bill(index).line_items[0].tier is not None for index in checked)
    print(
        f"  {equal:,} of {SAMPLE:,} are to the last bit as one by one ({tiered:,} in a long tier)\n"
    )

    compare("genai_prices.calc_price", genai_prices(), book, bulk)
    compare("litellm.cost_per_token", litellm(), book, bulk)
    loading()


if __name__ == "__main__":
    main()
