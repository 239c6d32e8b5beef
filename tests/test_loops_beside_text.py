"""Agent loops that use more than text, or whose requests differ: what a plan makes of both."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from literal_chat import Chat
from plans import book, plan

from costplan.engine.projection import Projection
from costplan.planning import project
from costplan.scenario import read_scenario

REALTIME = "openai/gpt-realtime-2.1"
"""Has prices for sound and pictures, those it finds cached too; writing a cache costs nothing."""
THINKER = "google/gemini-3.5-flash-lite"
"""Has a price for reasoning."""


def one(request: str, model: str) -> dict[str, float]:
    """Quantities by meter of one conversation, from a whole plan."""
    found = plan(
        f"""
        months: 1
        uncertainty: none
        workloads:
          w:
            demand: {{requests: 1 once}}
            request: {{{request}}}
            routing: {{mix: {{{model}: 100%}}}}
        """,
        draws=16,
    )
    return used(found)


def used(found: Projection) -> dict[str, float]:
    """Quantities by meter."""
    sums: dict[str, float] = defaultdict(float)
    for item in found.line_items:
        sums[item.meter] += item.quantity
    return dict(sums)


def told(chat: Chat, **renamed: str) -> dict[str, float]:
    """The literal conversation, where writes are billed as input."""
    writes = {"cache_write_5m": "input", "cache_write_1h": "input", **renamed}
    sums: dict[str, float] = defaultdict(float)
    for (_, meter), amount in chat.usage().items():
        sums[writes.get(meter, meter)] += amount
    return dict(sums)


LOOP = "system: 100, input: 40, output: 30, turns: 3, steps: 4, tool_calls: 10, tool_results: 60"
CACHED = "cache: 5m, prefixes: per conversation"


def a_loop(**more: object) -> Chat:
    """The conversation of `LOOP`, and more."""
    chat = Chat(prefix=100, new=40, out=30, turns=3, steps=4, call=10, result=60)
    for name, value in more.items():
        setattr(chat, name, value)
    return chat


def test_sound_is_heard_once_a_turn_and_sent_again_by_every_later_call() -> None:
    """300 heard and 120 said in each of 3 turns of 4 calls: 12 calls.

    Heard: 4 + 8 + 12 times 300; said before: 0 + 4 + 8 times 120.
    """
    sound = "audio: [{tokens: 300}], audio_output: [{tokens: 120}]"
    found = one(f"{LOOP}, {sound}", REALTIME)
    assert found["audio_input"] == 24 * 300 + 12 * 120
    assert found["audio_output"] == 3 * 120
    assert found == pytest.approx(told(a_loop(heard=300, spoken=120)))


def test_sound_is_found_with_the_cached_conversation() -> None:
    """Each call finds all that the one before it sent: new are 300 a turn, and 120 of the last."""
    sound = "audio: [{tokens: 300}], audio_output: [{tokens: 120}]"
    found = one(f"{LOOP}, {CACHED}, {sound}", REALTIME)
    assert found["audio_input"] == 3 * 300 + 2 * 120
    assert found["audio_input"] + found["audio_cache_read"] == 24 * 300 + 12 * 120
    chat = a_loop(heard=300, spoken=120, cache_history=True)
    assert found == pytest.approx(told(chat))


def test_pictures_with_a_price_of_their_own_are_found_cached() -> None:
    """As sound is, on their own meters."""
    found = one(f"{LOOP}, {CACHED}, usage: {{image_input: 300}}", REALTIME)
    chat = a_loop(heard=300, cache_history=True, cached_sound="image_cache_read")
    assert found == pytest.approx(told(chat, audio_input="image_input"))


def test_reasoning_with_a_price_of_its_own_is_kept_as_any_other_is() -> None:
    """Every call reasons; what it kept is sent again by the calls after it, or found cached."""
    for cache, cached in ("", False), (f", {CACHED}", True):
        found = one(f"{LOOP}, reasoning: 25, reasoning_kept: true{cache}", THINKER)
        assert found["reasoning"] == 12 * 25
        found["output"] += found.pop("reasoning")
        assert found == pytest.approx(told(a_loop(reasoning=25, kept=True, cache_history=cached)))


@pytest.mark.parametrize("cache", ["", f", {CACHED}"])
def test_a_scale_multiplies_what_grows_and_leaves_the_rest(cache: str) -> None:
    """Twice 20 and 15 are 40 and 30, whatever is done with them later."""
    half = LOOP.replace("input: 40, output: 30", "input: 20, output: 15, scale: 2")
    assert one(half + cache, REALTIME) == pytest.approx(one(LOOP + cache, REALTIME))


@pytest.mark.parametrize("cache", ["", f", {CACHED}"])
@pytest.mark.parametrize("spread", ["cv: 1.3, shape: gamma", "cv: 0.9, max: 200"])
def test_no_spread_of_the_input_moves_what_a_loop_uses(cache: str, spread: str) -> None:
    """Below every tier all is linear in it."""
    spread_out = LOOP.replace("input: 40", f"input: {{mean: 40, {spread}}}")
    assert one(spread_out + cache, REALTIME) == pytest.approx(one(LOOP + cache, REALTIME))


OWN = """\
provider: searcher
title: Ours
currency: USD
added: 2026.12.01
source: list
sources:
  list: {title: A list, observed: 2026-11-20, licence: ours}
models:
  sonar:
    prices:
      standard:
        - {from: 2026-01-01, rates: {input: 1, output: 1, request: 5, web_search: 10}}
"""

CALLS = [
    # 3 turns of 4 calls; 2 searches a turn
    ("", 12, 6),
    # sub-agents: 2 for each of 3 turns, of one call and one search each
    (", agents: [{count: 2, request: {input: 9, output: 9, usage: {web_search: 1}}}]", 18, 12),
    # and one whose own turns take 3 calls
    (", agents: [{request: {input: 9, output: 9, steps: 3}}]", 12 + 9, 6),
]


@pytest.mark.parametrize(("more", "calls", "searches"), CALLS)
def test_a_fee_is_paid_for_each_call_and_searches_by_the_turn(
    more: str, calls: int, searches: int, tmp_path: Path
) -> None:
    """A price list's fee for each request is one for every API call."""
    assert on_our_list(f"{LOOP}, usage: {{web_search: 2}}{more}", tmp_path) == {
        "request": calls,
        "web_search": searches,
    }


def test_a_call_that_writes_a_summary_pays_the_fee_too(tmp_path: Path) -> None:
    """Told literally: 12 calls, and one for each summary."""
    limit = "history: {summarise: {above: 400, to: 20}}"
    chat = a_loop(above=400, summary=20, fee=1)
    calls = chat.usage()[0, "request"]
    assert calls > 12
    assert on_our_list(f"{LOOP}, {limit}", tmp_path) == {"request": calls}


def on_our_list(request: str, folder: Path) -> dict[str, float]:
    """What a conversation uses beside tokens, at a price list of our own."""
    (folder / "own.yaml").write_text(OWN)
    text = (
        "name: x\nstart: 2026-12\nmonths: 1\nuncertainty: none\nprices: own.yaml\nworkloads: {w: "
        f"{{demand: {{requests: 1 once}}, request: {{{request}}}, "
        "routing: {mix: {searcher/sonar: 100%}}}}"
    )
    found = used(project(read_scenario(text, "x.yaml", folder), book(), draws=16))
    return {meter: amount for meter, amount in found.items() if meter not in {"input", "output"}}
