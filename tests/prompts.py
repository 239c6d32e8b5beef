"""Scenarios of one workload whose request names files beside it, and what they send."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from pathlib import Path

from plans import book

from costplan.engine.projection import Projection
from costplan.planning import project
from costplan.scenario import Scenario, read_scenario
from costplan.tokens import count_tokens

GPT, HAIKU, GEMINI = "openai/gpt-4o", "anthropic/claude-haiku-5-5", "google/gemini-3.8-flash"


def read(folder: Path, request: str, models: str = GPT) -> Scenario:
    """A scenario with 100 conversations, once, shared equally by models; files beside it."""
    share = Decimal(100) / len(models.split())
    mix = ", ".join(f"{model}: {share}%" for model in models.split())
    body = (
        "name: x\nstart: 2026-12\nmonths: 1\nuncertainty: none\nworkloads:\n  chat:\n"
        f"    demand: {{requests: 100 once}}\n    request: {request}\n"
        f"    routing: {{mix: {{{mix}}}}}\n"
    )
    return read_scenario(body, "plan.yaml", folder)


def planned(folder: Path, request: str, models: str = GPT) -> Projection:
    """Its projection."""
    return project(read(folder, request, models), book(), draws=16)


def sent(found: Projection) -> dict[str, float]:
    """By model: tokens of input that one conversation sends."""
    share = 100 / len({item.model for item in found.line_items})
    sums: dict[str, float] = {}
    for item in found.line_items:
        if item.meter == "input":
            sums[item.model] = sums.get(item.model, 0.0) + item.quantity / share
    return sums


def tokens(text: str, model: str) -> int:
    """Tokens of a text."""
    return count_tokens(text, model).tokens


def write(folder: Path, files: Mapping[str, str | Iterable[object]]) -> None:
    """Files by name: a text, or values that become one JSON line each."""
    for name, content in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        lines = () if isinstance(content, str) else map(json.dumps, content)
        text = content if isinstance(content, str) else "".join(f"{line}\n" for line in lines)
        file.write_text(text, encoding="utf-8")


def codes(found: Projection) -> set[str]:
    """The codes of its warnings."""
    return {warning.code for warning in found.warnings}
