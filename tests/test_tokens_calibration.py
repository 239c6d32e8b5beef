"""Constants of a provider of our own making are found again, whatever they are."""

from __future__ import annotations

import base64
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from costplan import count_request
from costplan.tokens.calibration import STEPS, Constant, Probe, calibrated, solve
from costplan.tokens.counts import Method, Part, RequestCount, TokenCount, certain
from costplan.tokens.online import Calibrations
from costplan.tokens.probes import SIDE, probes

NAMES = tuple(step.constant for step in STEPS)
PROVIDERS = {"anthropic": "anthropic/claude-opus-4-8", "openai": "openai/gpt-5.4"}
FRAMES = ("message", "request", "system", "tools_auto", "tools_any", "thinking")
"""Constants that stand for nothing but themselves; the others come with a probe's own content."""
DAY = date(2026, 11, 21)

type Constants = dict[str, int]

constants = st.fixed_dictionaries({name: st.integers(-900, 900) for name in NAMES})
positive = st.fixed_dictionaries({name: st.integers(0, 900) for name in NAMES})
providers = st.sampled_from(sorted(PROVIDERS))


def billed(body: dict[str, Any], of: Constants) -> int:
    """What a provider with these constants counts, reading the body by itself.

    A word of text is a token, a tool is 20, what a call says 5 and an image 64. Results of tools
    are part of the turn that called them, and so no message.
    """
    is_anthropic = "messages" in body
    items = body["messages" if is_anthropic else "input"]
    system = body.get("system", body.get("instructions", ""))
    messages = [item for item in items if "role" in item]
    blocks = [
        block
        for item in messages
        for block in (item["content"] if isinstance(item["content"], list) else [item["content"]])
    ]
    texts = [b if isinstance(b, str) else b.get("text", b.get("content", "")) for b in blocks]
    texts += [item["output"] for item in items if "output" in item]
    kinds = [b["type"] for b in blocks if isinstance(b, dict)] + [i.get("type") for i in items]
    calls = sum(kind in {"tool_use", "function_call"} for kind in kinds)
    images = sum(kind in {"image", "input_image"} for kind in kinds)
    spoken = len(messages) - kinds.count("tool_result") + bool(system and not is_anthropic)
    total = of["request"] + of["message"] * spoken
    total += sum(len(text.split()) for text in (*texts, system))
    total += (of["call"] + 5) * calls + (of["image"] + 64) * images
    total += of["system"] * bool(system) + of["thinking"] * bool(
        {"thinking", "reasoning"} & {*body}
    )
    if tools := body.get("tools"):
        free = body["tool_choice"] in ("auto", {"type": "auto"})
        total += (of["tool"] + 20) * len(tools) + of["tools_auto" if free else "tools_any"]
    return total


def words(probe: Probe) -> int:
    return sum(len(text.split()) for text in probe.texts)


def chosen(provider: str) -> tuple[Probe, ...]:
    return probes(provider, PROVIDERS[provider])


@given(providers, constants, constants)
def test_corrections_are_found_again(provider: str, real: Constants, ours: Constants) -> None:
    """The difference of two sets of constants, from the difference of their counts."""
    asked = chosen(provider)
    differences = {p.name: billed(dict(p.body), real) - billed(dict(p.body), ours) for p in asked}
    assert solve(asked, differences) == {name: real[name] - ours[name] for name in NAMES}


@given(providers, positive, positive)
def test_constants_are_shown_as_ours_and_as_measured(
    provider: str, real: Constants, ours: Constants
) -> None:
    """Without the texts; a tool, a call and an image with what the probe's one has in it."""
    asked = chosen(provider)
    answers = {p.name: billed(dict(p.body), real) for p in asked}
    offline: dict[str, TokenCount] = {
        p.name: certain(billed(dict(p.body), ours), Method.ASSUMED) for p in asked
    }
    found = calibrated(asked, answers, offline, {p.name: words(p) for p in asked})
    assert [each.name for each in found] == list(NAMES)
    content = {"tool": 20, "call": 5, "image": 64}
    for each in found:
        of_probe = content.get(each.name, 0)
        assert each.offline == ours[each.name] + of_probe
        assert each.measured == real[each.name] + of_probe


ALL = set(NAMES)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize(
    ("refused", "lost"),
    [
        ("one", ALL - {"tool"}),
        ("turns", {"message", "request", "call"}),
        ("system", {"system"}),
        ("one tool", {"tool", "tools_auto", "tools_any", "call"}),
        ("two tools", {"tool", "tools_auto", "tools_any"}),
        ("forced", {"tools_any"}),
        ("call", {"call"}),
        ("thinking", {"thinking"}),
        ("image", {"image"}),
    ],
)
def test_a_refused_probe_loses_only_what_needs_it(
    provider: str, refused: str, lost: set[str]
) -> None:
    """At OpenAI a system prompt is a message too, and a call is none."""
    if provider == "openai" and refused == "turns":
        lost = {"message", "request", "system"}
    if provider == "openai" and refused == "one":
        lost = lost - {"call"}
    real = {name: 100 + 7 * k for k, name in enumerate(NAMES)}
    none = dict.fromkeys(NAMES, 0)
    asked = [p for p in chosen(provider) if p.name != refused]
    differences = {p.name: billed(dict(p.body), real) - billed(dict(p.body), none) for p in asked}
    assert solve(asked, differences) == {name: real[name] for name in NAMES if name not in lost}


def test_an_odd_token_is_rounded_away() -> None:
    """Two more messages cost 7 more, one costs 3 or 4; the request still adds up."""
    found = solve(chosen("anthropic"), {"one": 10, "turns": 17})
    assert found == {"message": 4, "request": 6}


def test_the_method_before_is_that_of_the_part() -> None:
    """Of the probe that shows the constant; that of the whole, where parts are not known."""
    parts: dict[str, TokenCount] = {
        Part.FRAME: certain(3, Method.EXACT),
        Part.TOOLS: certain(9, Method.ASSUMED),
    }
    counted = RequestCount(12, 12, 12, Method.SCALED, parts)
    asked = chosen("openai")
    found = calibrated(
        asked,
        {p.name: 12 for p in asked},
        {p.name: counted for p in asked},
        {p.name: 0 for p in asked},
    )
    methods = {each.name: each.method for each in found}
    assert methods["request"] == methods["thinking"] == "exact"
    assert methods["tool"] == methods["tools_any"] == "assumed"
    assert methods["image"] == "scaled"


@pytest.mark.parametrize("provider", PROVIDERS)
def test_probes_are_small_and_always_the_same(provider: str) -> None:
    """So that an answer remembered serves for good; each name once, each text in the body."""
    asked = chosen(provider)
    assert asked == chosen(provider)
    assert len({p.name for p in asked}) == len(asked) == 9
    for probe in asked:
        text = json.dumps(probe.body)
        assert len(text) < 2_000
        assert all(each in text for each in probe.texts)


@pytest.mark.parametrize(
    ("model", "kind"),
    [("claude-3-7-sonnet-20250219", "enabled"), ("claude-opus-4-8", "adaptive"), ("x", "adaptive")],
)
def test_thinking_is_switched_on_as_the_model_takes_it(model: str, kind: str) -> None:
    [thinking] = [p for p in probes("anthropic", model) if p.name == "thinking"]
    assert thinking.body["thinking"]["type"] == kind


def test_the_image_is_a_png_of_its_size() -> None:
    """Signature, then width and height as the PNG specification places them."""
    [image] = [p for p in chosen("anthropic") if p.name == "image"]
    data = base64.b64decode(image.body["messages"][0]["content"][0]["source"]["data"])
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (SIDE, SIDE)


FOUND = [Constant("request", 4, 0, "exact"), Constant("tools_auto", 496, 3, "assumed")]


def test_calibrations_are_kept_by_model(tmp_path: Path) -> None:
    """Only differences correct anything; a second measurement replaces the first."""
    path = tmp_path / "folder" / "calibrations.json"
    Calibrations(path).save("a/one", FOUND, DAY)
    Calibrations(path).save("a/two", [Constant("image", 64, -2, "exact")], DAY)
    Calibrations(path).save("a/one", [Constant("call", 40, 1, "assumed")], DAY)
    kept = Calibrations(path)
    assert kept.corrections("a/one") == {"tools_auto": 3, "call": 1}
    assert kept.corrections("a/two") == {"image": -2}
    assert kept.corrections("a/three") == {}
    saved = json.loads(path.read_text("utf-8"))["a/one"]["tools_auto"]
    assert (saved["tokens"], saved["was"], saved["measured"]) == (499, 496, "2026-11-21")
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert Calibrations(None).corrections("a/one") == {}
    Calibrations(None).save("a/one", FOUND, DAY)


def test_calibrations_of_other_rules_are_not_used(tmp_path: Path) -> None:
    """Another version of costplan may have another constant to begin with."""
    path = tmp_path / "calibrations.json"
    Calibrations(path).save("a/one", FOUND, DAY)
    saved = json.loads(path.read_text("utf-8"))
    saved["a/one"]["tools_auto"]["costplan"] = "0.0.1"
    path.write_text(json.dumps(saved), encoding="utf-8")
    assert Calibrations(path).corrections("a/one") == {}


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"a/one": 3}',
        '{"a/one": {"call": {"tokens": 3}}}',
        '{"a/one": {"call": {"tokens": "3", "was": 2, "measured": "2026-11-21", "costplan": "1"}}}',
        b"\xff\xfe".decode("latin-1"),
    ],
)
def test_damaged_calibrations_are_put_aside(tmp_path: Path, content: str) -> None:
    path = tmp_path / "calibrations.json"
    path.write_text(content, encoding="latin-1")
    warnings: list[str] = []
    kept = Calibrations(path, warn=warnings.append)
    assert kept.corrections("a/one") == {}
    assert "is damaged" in warnings[0]
    assert path.with_name("calibrations.json.damaged").read_text("latin-1") == content
    kept.save("a/one", FOUND, DAY)
    assert kept.corrections("a/one") == {"tools_auto": 3}
    assert len(warnings) == 1


def test_calibrations_that_cannot_be_read_are_not_replaced(tmp_path: Path) -> None:
    """A folder has the name: no corrections, with a warning, and an error when saving."""
    path = tmp_path / "calibrations.json"
    path.mkdir()
    warnings: list[str] = []
    kept = Calibrations(path, warn=warnings.append)
    assert kept.corrections("a/one") == {}
    assert "no calibration is used" in warnings[0]
    with pytest.raises(OSError, match="directory"):
        kept.save("a/one", FOUND, DAY)


@given(corrections=st.fixed_dictionaries({name: st.integers(0, 60) for name in NAMES}))
@settings(max_examples=5, deadline=None)
@pytest.mark.parametrize(
    "model",
    [
        "anthropic/claude-opus-4-5",
        "anthropic/claude-opus-4-8",
        "anthropic/claude-haiku-5-5",
        "openai/gpt-4o",
        "openai/gpt-5.4",
        "openai/gpt-6-luna",
    ],
)
def test_a_count_is_corrected_by_what_was_solved(model: str, corrections: Constants) -> None:
    """Corrections that `count_request` is given are those that its own probes show."""
    asked = probes(model.partition("/")[0], model)
    added = {
        probe.name: count_request(probe.body, model=model, corrections=corrections).tokens
        - count_request(probe.body, model=model).tokens
        for probe in asked
    }
    assert solve(asked, added) == corrections
