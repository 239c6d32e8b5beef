"""How fast OpenAI's tokens are counted, beside a plain loop over tiktoken and two other libraries.

    python benchmarks/openai_counting.py [FOLDER] [MEGABYTES] [ROUNDS]

The texts of FOLDER (default: Python's standard library, documentation and packages), at most
MEGABYTES (20) of them, are counted by each way in turn, ROUNDS (5) times: what else the machine
does falls on all alike. Shown are the best round, on the clock and in CPU time, and the first, in
which no engine has met the texts before. Ratios are to the plain loop,
`len(encoding.encode_ordinary(text))`, on the clock. The time to load a vocabulary is told apart. A
way whose counts differ from the loop's says of how many texts.

`costplan` is what a user has installed; each engine alone is below it. litellm and tokencost are
measured where they are installed (`pip install litellm tokencost`), on the first megabyte.
"""

from __future__ import annotations

import os
import site
import sys
import sysconfig
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from costplan.tokens import engines
from costplan.tokens.corpus import Reading, find_sources, read_documents
from costplan.tokens.encoder import LONGEST, count_batch, count_with_tiktoken, encoder

ENCODING, MODEL = "o200k_base", "gpt-4o"
SLOW = 1_000_000
"""Characters for those that are too slow for all of them."""
LIMITS = {"costplan": 3.0, "tiktoken, threads": 1.5}
"""Ratios we hold ourselves to, on two cores: with a fast extra, and without."""

type Count = Callable[[Sequence[str]], list[int]]


@dataclass(slots=True)
class Way:
    """One way to count, and its times."""

    name: str
    count: Count
    texts: Sequence[str]
    load: float = 0.0
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    counts: list[int] = field(default_factory=list)

    def time(self) -> None:
        """Count once more."""
        wall, cpu = time.perf_counter(), time.process_time()
        self.counts = self.count(self.texts)
        self.wall.append(time.perf_counter() - wall)
        self.cpu.append(time.process_time() - cpu)

    @property
    def size(self) -> float:
        """Megabytes."""
        return sum(len(text.encode()) for text in self.texts) / 1e6


def collected(folders: Sequence[str], megabytes: float) -> list[str]:
    """Texts of all the folders, a share of each; those that must be cut are left out."""
    texts: list[str] = []
    for folder in folders:
        left = megabytes * 1e6 / len(folders)
        sources, _ = find_sources([folder], Reading())
        for source in sources:
            if source.size and 200 < source.size < LONGEST and left > 0:
                texts += (t for d in read_documents(source, Reading(), print) for t in d.texts)
                left -= source.size
    return texts


def loop(texts: Sequence[str]) -> list[int]:
    encode = encoder(ENCODING).encode_ordinary
    return [len(encode(text)) for text in texts]


def ways(texts: Sequence[str]) -> list[Way]:
    """Everything there is to compare; the loop is the first."""
    few: list[str] = []
    for text in texts:
        if sum(map(len, few)) < SLOW:
            few.append(text)
    found = [
        _loaded("plain loop, tiktoken", loop, texts),
        _loaded("costplan", lambda t: [each.tokens for each in count_batch(t, ENCODING)], texts),
        _loaded("tiktoken, threads", _threads, texts),
    ]
    for name, engine in (("splintr", engines.with_splintr), ("gigatoken", engines.with_gigatoken)):
        start = time.perf_counter()
        made = engine(ENCODING)
        if made is not None:
            found.append(_loaded(name, made, texts, time.perf_counter() - start))
    found.append(_loaded("plain loop, 1 MB", loop, few))
    for name, make in (("litellm.token_counter", _litellm), ("tokencost", _tokencost)):
        if (count := make()) is not None:  # in this order: litellm brings tokencost a vocabulary
            found.append(_loaded(f"{name}, 1 MB", count, few))
    found.append(_loaded("costplan, 1 MB", found[1].count, few))
    return found


def _litellm() -> Count | None:
    try:
        from litellm import token_counter
    except ImportError as error:
        print(f"litellm is left out: {type(error).__name__}")
        return None
    return lambda texts: [token_counter(model=MODEL, text=each) for each in texts]


def _tokencost() -> Count | None:
    try:
        from tokencost import count_string_tokens

        count_string_tokens("It downloads a vocabulary", MODEL)
    except (ImportError, OSError) as error:
        print(f"tokencost is left out: {type(error).__name__}")
        return None
    return lambda texts: [count_string_tokens(each, MODEL) for each in texts]


def _threads(texts: Sequence[str]) -> list[int]:
    return [tokens for tokens, _ in count_with_tiktoken(texts, ENCODING)]


def _loaded(name: str, count: Count, texts: Sequence[str], load: float = 0.0) -> Way:
    start = time.perf_counter()
    count(["a short text to load the vocabulary with, twice", "over"])
    return Way(name, count, texts, load + time.perf_counter() - start)


def main() -> None:
    folder = sys.argv[1] if len(sys.argv) > 1 else ""
    megabytes = float(sys.argv[2]) if len(sys.argv) > 2 else 20.0
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    usual = [sysconfig.get_path("stdlib"), site.getsitepackages()[0], "/usr/share/doc"]
    folders = [folder] if folder else [each for each in usual if Path(each).is_dir()]
    engines.BULK_BESIDE_SPLINTR = engines.BULK_ALONE = 0  # as late in a large corpus
    compared = ways(collected(folders, megabytes))
    for _ in range(rounds):
        for way in compared:
            way.time()
    told(compared, rounds)


def told(compared: Sequence[Way], rounds: int) -> None:
    """Print the table."""
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    size = f"{compared[0].size:.1f} MB in {len(compared[0].texts):,} texts"
    print(f"{size}, best of {rounds}, {os.cpu_count()} cores{load}\n")
    heads = ("load s", "MB/s", "CPU MB/s", "ratio", "1st ratio", "limit")
    print(f"{'':30}{''.join(f'{head:>10}' for head in heads)}  differ")
    for way in compared:
        base = next(each for each in compared if each.texts is way.texts and "loop" in each.name)
        differ = sum(a != b for a, b in zip(way.counts, base.counts, strict=True))
        figures = (
            f"{way.load:.2f}",
            f"{way.size / min(way.wall):.1f}",
            f"{way.size / min(way.cpu):.1f}",
            f"{min(base.wall) / min(way.wall):.2f}",
            f"{min(base.wall) / way.wall[0]:.2f}",
            f"{LIMITS[way.name]:.1f}" if way.name in LIMITS else "",
        )
        print(f"{way.name:30}{''.join(f'{figure:>10}' for figure in figures)}  {differ or ''}")


if __name__ == "__main__":
    main()
