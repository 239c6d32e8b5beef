"""How long a user waits: importing, asking for help, planning a department.

    python benchmarks/startup.py [RUNS]

Each command is a fresh process, timed from outside; the least of RUNS (default 9) is the figure,
beside the limit we hold ourselves to and the time Python and NumPy alone take in the same run.
Install costplan first (`pip install .`): bytecode is then compiled, as it is for users.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence

PLAN = ("-m", "costplan", "plan", "six-workloads.yaml", "--format", "json")
RUNS = int(sys.argv[1]) if len(sys.argv) > 1 else 9


def least(arguments: Sequence[str], cache: str | None = None) -> float:
    """Milliseconds of the quickest run; with a cache folder, its content is kept between runs."""
    times = []
    for _ in range(RUNS + 1):
        with tempfile.TemporaryDirectory() as fresh:
            env = {**os.environ, "XDG_CACHE_HOME": cache or fresh}
            env.pop("PYTHONDONTWRITEBYTECODE", None)
            start = time.perf_counter()
            subprocess.run(
                [sys.executable, *arguments], env=env, check=True, stdout=subprocess.DEVNULL
            )
            times.append((time.perf_counter() - start) * 1000)
    return min(times[1:])  # the first run fills the caches of the operating system


def main() -> None:
    """Measure and print."""
    bare = least(["-c", "pass"])
    numpy = least(["-c", "import numpy"])
    print(f"bare Python {bare:.0f} ms, with NumPy {numpy:.0f} ms (least of {RUNS})\n")
    print(f"{'':38}{'ms':>6}{'limit':>8}{'ratio':>7}")
    with tempfile.TemporaryDirectory() as cache:
        rows = [
            ("import costplan, above bare Python", least(["-c", "import costplan"]) - bare, 60),
            ("costplan --help", least(["-m", "costplan", "--help"]), 150),
            ("plan six-workloads, texts counted", least(PLAN, cache), 500),
            ("plan six-workloads, nothing counted", least(PLAN), 1200),
        ]
    for name, taken, limit in rows:
        print(f"{name:38}{taken:6.0f}{limit:8}{taken / limit:7.2f}")


if __name__ == "__main__":
    main()
