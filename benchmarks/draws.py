"""How many draws a plan needs: `python benchmarks/draws.py [SEEDS [FIRST]]`.

For each shipped scenario that leaves something open, the root mean square error (relative, in 1/100
of a percent, over SEEDS seeds from FIRST on; 50 from 0) of P10, P50, P90 and the mean of the whole
plan: from 16,384 plain draws (65,536 for the mean), and from 4,096 draws of the scrambled Sobol
sequence, as it ships and without the reflection that gives its first dimension to the direction
that decides most. The truth is 16 scramblings of 65,536 draws.
"""

from __future__ import annotations

import sys
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from unittest.mock import patch

import numpy as np

from costplan.engine import simulation
from costplan.engine.dice import Slope, throw
from costplan.engine.distributions import Floats
from costplan.engine.simulation import simulate, slope_of
from costplan.planning import CompiledPlan, compile_plan
from costplan.scenario import load_scenario

SEEDS = int(sys.argv[1]) if len(sys.argv) > 1 else 50
FIRST = int(sys.argv[2]) if len(sys.argv) > 2 else 0
SCENARIOS = Path(__file__).parent.parent / "scenarios"

type Throw = Callable[..., dict[str, Floats]]


def plain(names: Iterable[str], *, draws: int, seed: int, slope: Slope) -> dict[str, Floats]:
    """Independent pseudo-random draws, in the place of `costplan.engine.dice.throw`."""
    del slope
    return {
        name: np.random.Generator(
            np.random.PCG64([seed, zlib.crc32(name.encode())])
        ).standard_normal(draws)
        for name in names
    }


def figures(
    plan: CompiledPlan, dice: Throw, slope: Slope, draws: int, seeds: Iterable[int]
) -> Floats:
    """P10, P50, P90 and the mean of the whole plan: one row per seed."""
    rows = []
    with patch.object(simulation, "throw", dice):
        for seed in seeds:
            found = simulate(
                [priced.stream for priced in plan.streams],
                plan.unknowns,
                months=len(plan.compiler.months),
                draws=draws,
                seed=seed,
                slope=slope,
            )
            total = found.cost(lambda *_: True).sum(axis=1)
            rows.append([*np.quantile(total, (0.1, 0.5, 0.9)), total.mean()])
    return np.array(rows)


def plans() -> Iterator[tuple[str, CompiledPlan]]:
    """The shipped scenarios that leave something open."""
    for path in sorted(SCENARIOS.glob("*.yaml")):
        plan = compile_plan(load_scenario(path))
        if plan.unknowns or any(priced.stream.shock for priced in plan.streams):
            yield path.name, plan


def main() -> None:
    """Measure and print."""
    seeds = range(FIRST, FIRST + SEEDS)
    print(f"{'':26}{'':22}{'P10':>7}{'P50':>7}{'P90':>7}{'mean':>7}   1/100 of a percent")
    missed = 0
    for name, plan in plans():
        streams = [priced.stream for priced in plan.streams]
        slope = slope_of(streams, plan.unknowns, months=len(plan.compiler.months))
        truth = figures(plan, throw, slope, 65_536, range(10_000, 10_016)).mean(axis=0)

        def errors(
            dice: Throw,
            slope: Slope,
            draws: int,
            plan: CompiledPlan = plan,
            truth: Floats = truth,
        ) -> list[float]:
            relative = figures(plan, dice, slope, draws, seeds) / truth - 1
            return list(np.sqrt(np.mean(relative**2, axis=0)) * 1e4)

        bar = [*errors(plain, {}, 16_384)[:3], errors(plain, {}, 65_536)[3]]
        ways = {
            "Sobol, as it ships": errors(throw, slope, 4096),
            "Sobol, not turned": errors(throw, {}, 4096),
        }
        print(f"{name:26}{'plain, 4 or 16 times':22}{''.join(f'{e:7.1f}' for e in bar)}")
        for way, found in ways.items():
            less = all(mine < theirs for mine, theirs in zip(found, bar, strict=True))
            row = "".join(f"{error:7.1f}" for error in found)
            print(f"{'':26}{way:22}{row}   {'less' if less else 'NOT less'}", flush=True)
            missed += not less and way.endswith("ships")
    print(f"{missed} scenarios with more error than plain draws")


if __name__ == "__main__":
    main()
