"""How long it takes to lay demand out on its days: 36 months x 50 workloads, each with everything.

    python benchmarks/calendars.py

Growth in phases, working days of a country, closed days, seasonality, an uncertain event and office
hours; 28 launch days differ, so that many calendars are made, and the rest is shared. Time of the
processor, so that other work on the machine does not count.
"""

from __future__ import annotations

import json
from pathlib import Path
from time import process_time

from costplan.periods import month_range
from costplan.planning.demand import DemandCompiler
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.prices.hours import holidays_of
from costplan.scenario import Scenario, read_scenario
from costplan.scenario.uncertainty import NONE

MONTHS, WORKLOADS = 36, 50


def scenario() -> Scenario:
    workloads = {
        f"chat-{k}": {
            "demand": {
                "requests": "1k/day",
                "days": "working(US)",
                "closed": "2026-12-24 to 2027-01-01",
                "growth": [{"rate": "4%/month"}, {"from": "2027-06-01", "rate": "1% to 3%/month"}],
                "seasonality": {"months": {"december": 1.6}, "weekdays": {"fri": 0.5}},
                "events": {"sale": {"days": "2027-11-22 to 2027-11-29", "factor": "2 to 4"}},
                "hours": "9-18",
                "zone": "Europe/Berlin",
                "launch": f"2026-12-{k % 28 + 1:02d}",
                "ramp": "2 weeks",
            },
            "request": {"input": 500, "output": 300},
            "routing": {"mix": {"openai/gpt-6-luna": "100%"}},
        }
        for k in range(WORKLOADS)
    }
    text = f"name: Calendars\nstart: 2026-12\nmonths: {MONTHS}\nworkloads: {json.dumps(workloads)}"
    return read_scenario(text, "calendars.yaml", Path())


def main() -> None:
    plan = scenario()
    months = month_range(plan.start, MONTHS)
    for _ in range(2):  # holidays are remembered from the first time
        began = process_time()
        compiler = DemandCompiler(
            months, Variables(), Findings(plan), holidays_of, 1.0, lambda _: NONE
        )
        for name, workload in plan.workloads.items():
            compiler.compile(name, workload)
        took = process_time() - began
        print(f"{took * 1e3:.0f} ms, {took * 1e3 / WORKLOADS:.2f} ms a workload")


if __name__ == "__main__":
    main()
