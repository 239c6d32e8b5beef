"""The cache model against a recorded hour of chat, and the replay it is judged by against hand."""

from __future__ import annotations

import gzip
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parent.parent
TRACE = ROOT.parent / "shared/data/traces/mooncake_conversation.jsonl.gz"


@pytest.fixture(scope="module")
def mooncake() -> ModuleType:
    """The benchmark as a module."""
    spec = importlib.util.spec_from_file_location("mooncake", ROOT / "benchmarks/mooncake.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["mooncake"] = module  # its dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def test_replay_of_a_trace_by_hand(mooncake: ModuleType, tmp_path: Path) -> None:
    """Five requests, a cache of 60 s.

    0 s: 1,500 tokens in blocks 1, 2, 3: nothing is there yet.
    30 s: 2,048 in 1, 2, 3, 4: finds 1, 2, 3, which are 1,536 tokens; their 60 s begin anew.
    80 s: 1,200 in 1, 2, 9: finds 1, 2: 1,024. (From the write at 0 s they are gone at 80 s.)
    85 s: 600 in 1, 2: too short to be cached.
    100 s: 1,100 in 1, 7, 8: block 1 alone is 512 tokens, too few.
    """
    lines = [
        (0, 1500, [1, 2, 3]),
        (30_000, 2048, [1, 2, 3, 4]),
        (80_000, 1200, [1, 2, 9]),
        (85_000, 600, [1, 2]),
        (100_000, 1100, [1, 7, 8]),
    ]
    file = tmp_path / "trace.jsonl.gz"
    with gzip.open(file, "wt") as out:
        for at, tokens, blocks in lines:
            row = {"timestamp": at, "input_length": tokens, "output_length": 1, "hash_ids": blocks}
            print(json.dumps(row), file=out)
    calls = mooncake.read_trace(file)
    sent = 1500 + 2048 + 1200 + 600 + 1100
    seen = mooncake.replay(calls, 60.0)
    assert seen.share == pytest.approx((1536 + 1024) / sent)
    assert seen.calls == pytest.approx(2 / 5)
    assert seen.short == pytest.approx(600 / sent)
    assert seen.bill(1.25, 0.1) * sent == pytest.approx(2560 * 0.1 + (6448 - 3160) * 1.25 + 600)
    assert mooncake.replay(calls, 60.0, refreshed=False).share == pytest.approx(1536 / sent)
    assert mooncake.replay(calls, 60.0, since=50.0).share == pytest.approx(1024 / 2900)


@pytest.mark.skipif(not TRACE.exists(), reason=f"{TRACE} is not there: the recorded hour of chat")
def test_a_recorded_hour(mooncake: ModuleType) -> None:
    """26.4 % and 34.7 % are found, and the model foretells the second half to four points."""
    calls = mooncake.read_trace(TRACE)
    five, hour = mooncake.replay(calls, 300.0), mooncake.replay(calls, 3_600.0)
    assert (round(five.share, 3), round(hour.share, 3)) == (0.264, 0.347)
    assert five.bill(1.25, 0.1) == pytest.approx(0.945, abs=0.0006)
    assert hour.bill(2.0, 0.1) == pytest.approx(1.331, abs=0.0006)
    for lifetime in (60.0, 300.0, 600.0, 3_600.0):
        actual = mooncake.replay(calls, lifetime, since=1_800.0).share
        assert mooncake.predict(calls, lifetime, 1_800.0) == pytest.approx(actual, abs=0.04)
