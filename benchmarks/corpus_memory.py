"""How much memory a large log takes, and how fast it is counted.

    python benchmarks/corpus_memory.py [GB] [MODELS]

A JSONL file of GB gigabytes (default 1) is written to a temporary folder, of words in every
proportion so that few lines repeat, and counted by `costplan tokens` in a fresh process for MODELS
(default openai/gpt-4o). The peak is what the operating system saw of it, other processes it
started included.
"""

from __future__ import annotations

import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LINE = 2_000
"""Characters of a document, on average."""
LIMIT = 500
"""Megabytes, whatever the size of the file."""


def write_log(path: Path, size: int) -> int:
    """Lines of a log until it has `size` bytes; how many there are."""
    seeded = random.Random(1)  # noqa: S311 - repeatable, not secret
    words = [
        word for file in sorted(Path(json.__file__).parent.parent.glob("*.py"))[:60]
        for word in file.read_text(encoding="utf-8").split(" ")
    ]  # fmt: skip
    lines = written = 0
    with path.open("w", encoding="utf-8") as file:
        while written < size:
            start = seeded.randrange(len(words))
            some = words[start : start + seeded.randrange(LINE // 6)]
            line = json.dumps({"id": lines, "text": " ".join([str(seeded.random()), *some])})
            written += file.write(f"{line}\n")
            lines += 1
    return lines


def main() -> None:
    size = float(sys.argv[1]) if len(sys.argv) > 1 else 1.0
    models = sys.argv[2] if len(sys.argv) > 2 else "openai/gpt-4o"
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        lines = write_log(log, int(size * 1e9))
        command = [sys.executable, "-m", "costplan", "tokens", str(log), "--model", models]
        start = time.perf_counter()
        done = subprocess.run(
            [*command, "--format", "json"], check=True, capture_output=True, text=True
        )
        taken = time.perf_counter() - start
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        counts = json.loads(done.stdout)
        peak = used.ru_maxrss / (1 if sys.platform == "darwin" else 1024) / 1.024
        print(f"{log.stat().st_size / 1e9:.2f} GB, {lines:,} documents")
    for each in counts:
        print(f"{each['model']}: {each['tokens']:,} tokens, {each['method']}")
    print(f"{taken:.0f} s, {size * 1000 / taken:.0f} MB/s wall; CPU {used.ru_utime:.0f} s")
    print(f"peak {peak:.0f} MB of {LIMIT}")


if __name__ == "__main__":
    main()
