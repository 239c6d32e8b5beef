"""How fast a plan is evaluated: against the same sums written by hand, and as it grows.

    python benchmarks/engine.py

A plan of 36 months x 50 workloads x 4 models x 4,096 draws is compiled once and evaluated: line
items, totals and P10, P50, P90 of every month and of the whole. Beside it stand the same sums
factorised by hand in NumPy, from the same draws and prices, which know neither line items nor
explanations; and a loop over draws in plain Python, timed on a few of them. All three must come to
the same totals to 9 digits. Then one lever on a plan of 12 x 6 x 3, what doubling months, workloads
and draws does, and the most memory a process of its own needs. One core; each figure is the
least of several runs.
"""

from __future__ import annotations

import os

os.environ |= {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}  # before NumPy is loaded

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from costplan import load_price_book
from costplan.engine.projection import Projection
from costplan.engine.remembered import Remembered
from costplan.planning import CompiledPlan, compile_plan
from costplan.scenario import read_scenario

MODELS = {
    "openai/gpt-6-luna": 40,
    "anthropic/claude-haiku-5-5": 30,
    "anthropic/claude-sonnet-5-5": 20,
    "openai/gpt-6-sol": 10,
}
SYSTEM, TURNS = 900, 2
FEW = 8
"""Draws of the loop in Python."""

type Floats = NDArray[np.float64]


def scenario_text(months: int, workloads: int, models: int) -> str:
    """A scenario with a range in every demand and every output, and growth in common."""
    names = list(MODELS)[:models]
    mix = ", ".join(f"{name}: {MODELS[name]}%" for name in names[:-1])
    mix += f", {names[-1]}: rest"
    lines = [f"name: Benchmark\nstart: 2026-12\nmonths: {months}\nuncertainty: typical"]
    lines.append("assumptions: {growth: 2% to 5%}\nworkloads:")
    for k in range(workloads):
        lines.append(f"  w{k}:")
        lines.append(f"    demand: {{requests: {1 + k % 7}k to {3 + k % 7}k/day, growth: $growth}}")
        lines.append(
            f"    request: {{system: {SYSTEM}, input: {400 + k}, output: 180 to 340, "
            f"turns: {TURNS}}}"
        )
        lines.append(f"    routing: {{mix: {{{mix}}}}}")
    return "\n".join(lines).replace("$growth}", "$growth/month}")


def compiled(months: int, workloads: int, models: int) -> CompiledPlan:
    """That scenario, ready to be evaluated."""
    text = scenario_text(months, workloads, models)
    return compile_plan(read_scenario(text, "benchmark.yaml", Path()), load_price_book())


def evaluated(plan: CompiledPlan, draws: int = 4096, **pins: float) -> Projection:
    """The plan with everything that its first screen shows."""
    found = plan.project(draws=draws, pins={f"${name}": value for name, value in pins.items()})
    found.totals()
    found.by("model")
    _ = found.horizon
    return found


def without_memory(plan: CompiledPlan) -> CompiledPlan:
    """The same plan, of which nothing was worked out yet."""
    return replace(plan, compiler=replace(plan.compiler, remembered=Remembered()))


class ByHand:
    """The sums of the plan, written for this one kind of scenario."""

    def __init__(self, plan: CompiledPlan, draws: int) -> None:
        found = plan.project(draws=draws)
        self.draws, self.months = draws, len(found.months)
        values = found.simulated.values  # type: ignore[attr-defined]
        self.growth = values["$growth"]
        self.workloads = []
        for priced in plan.streams:
            stream = priced.stream
            name = f"workloads.{stream.name}"
            cells = [
                (
                    float(cell.share[0].base),
                    cell.rates[0]["input"],
                    cell.rates[0]["output"],
                    cell.weight,
                )
                for cell in stream.cells
            ]
            new = float(stream.cells[0].profile.input.at({}))
            level = values[f"{name}.demand.requests"] * found.simulated.shocks[stream.name]  # type: ignore[attr-defined]
            self.workloads.append((level, new, values[f"{name}.request.output"], cells))

    def in_numpy(self) -> tuple[Floats, Floats]:
        """Cost by draw and month, and its percentiles."""
        units, weights = [], []
        sent = TURNS * (TURNS + 1) / 2
        for level, new, output, cells in self.workloads:
            fresh = SYSTEM * TURNS + new * sent + output * (sent - TURNS)
            for share, into, out, weight in cells:
                units.append((fresh * into + output * (TURNS * out)) * (share * level))
                weights.append(weight)
        total = np.array(units).T @ np.array(weights)
        total *= (1 + self.growth)[:, None] ** np.arange(self.months)
        bands = np.quantile(np.ascontiguousarray(total.T), (0.1, 0.5, 0.9), axis=1)
        np.quantile(total.sum(axis=1), (0.1, 0.5, 0.9))
        return total, bands

    def in_python(self, draws: int) -> list[list[float]]:
        """Cost of the first draws, by month."""
        found = []
        for d in range(draws):
            months = [0.0] * self.months
            for level, new, output, cells in self.workloads:
                for share, into, out, weight in cells:
                    cost, context = 0.0, float(SYSTEM)
                    for _ in range(TURNS):
                        context += new
                        cost += context * into + output[d] * out
                        context += output[d]
                    for month in range(self.months):
                        volume = level[d] * (1 + self.growth[d]) ** month * weight[month]
                        months[month] += volume * share * cost
            found.append(months)
        return found


def least(work: Callable[[], object], runs: int = 15) -> float:
    """Milliseconds of the quickest of several runs."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1e3


def side_by_side() -> None:
    """The plan, the sums by hand, and the loop."""
    start = time.perf_counter()
    plan = compiled(36, 50, 4)
    took = (time.perf_counter() - start) * 1e3
    print(f"36 months x 50 workloads x 4 models, read and compiled: {took:.0f} ms")
    hand = ByHand(plan, 4096)
    total, bands = hand.in_numpy()
    found = evaluated(plan)
    np.testing.assert_allclose(found.draws_by_month, total, rtol=1e-9)
    np.testing.assert_allclose([float(t.p90) for t in found.totals()], bands[2], rtol=1e-9)
    np.testing.assert_allclose(hand.in_python(FEW), total[:FEW], rtol=1e-9)
    fresh = iter([without_memory(plan) for _ in range(15)])
    fresh = iter([other for other in fresh if other.slope()])  # as compiling leaves them
    first = least(lambda: evaluated(next(fresh)))
    again = least(lambda: evaluated(plan))
    theirs = least(hand.in_numpy)
    loop = least(lambda: hand.in_python(FEW), 1) * 4096 / FEW
    print(f"  by hand in NumPy              {theirs:8.1f} ms")
    print(f"  evaluated for the first time  {first:8.1f} ms  (limit 60), x{first / theirs:.2f}")
    print(f"  evaluated again               {again:8.1f} ms  (limit 60), x{again / theirs:.2f}")
    print(f"  a loop over draws             {loop:8.0f} ms  x{loop / theirs:,.0f}")


def one_lever() -> None:
    """An assumption moved, time and again."""
    plan = compiled(12, 6, 3)
    evaluated(plan)
    steps = iter(range(1_000))
    took = least(lambda: evaluated(plan, growth=0.02 + next(steps) / 1e4), 60)
    print(f"12 months x 6 workloads x 3 models, one lever: {took:.2f} ms (limit 4)")


def growth() -> None:
    """What twice as much of everything takes."""
    print("doubling, evaluated in ms:")
    sizes = {
        "months": [(12, 20, 4, 4096), (24, 20, 4, 4096), (48, 20, 4, 4096)],
        "workloads": [(12, 20, 4, 4096), (12, 40, 4, 4096), (12, 80, 4, 4096)],
        "draws": [(12, 20, 4, 2048), (12, 20, 4, 4096), (12, 20, 4, 8192)],
    }
    for what, each in sizes.items():
        taken = []
        for months, workloads, models, draws in each:
            plan = compiled(months, workloads, models)
            evaluated(plan, draws)
            taken.append(least(lambda plan=plan, draws=draws: evaluated(plan, draws), 7))  # type: ignore[misc]
        steps = " -> ".join(f"{t:.1f}" for t in taken)
        print(f"  {what:10} {steps}  (x{taken[1] / taken[0]:.2f}, x{taken[2] / taken[1]:.2f})")


def memory() -> None:
    """The most a process of its own holds."""
    code = "import sys; sys.path.insert(0, 'benchmarks'); import engine; engine.whole()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    print(f"peak memory of a process that does it all: {done.stdout.strip()} (limit 400 MB)")


def whole() -> None:
    """One evaluation with its line items, in this process."""
    items = evaluated(compiled(36, 50, 4)).line_items
    status = Path("/proc/self/status").read_text()  # of this process since it began; Linux
    peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    print(f"{int(peak.split()[1]) // 1024} MB with {len(items):,} line items")


if __name__ == "__main__":
    side_by_side()
    one_lever()
    growth()
    memory()
