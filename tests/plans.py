"""Scenarios written in tests, and their projections."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from textwrap import dedent

from costplan.engine.projection import Projection
from costplan.planning import project
from costplan.prices import PriceBook, load_price_book
from costplan.scenario import Scenario, read_scenario

SCENARIOS = Path(__file__).parent.parent / "scenarios"


@cache
def book() -> PriceBook:
    """The shipped prices."""
    return load_price_book()


def scenario(text: str) -> Scenario:
    """A scenario from its text; `name`, `start` and `months` have defaults."""
    body = dedent(text)
    for key, value in (("name", "Test"), ("start", "2026-12"), ("months", "3")):
        if f"\n{key}:" not in f"\n{body}":
            body = f"{key}: {value}\n{body}"
    return read_scenario(body, "test.yaml", SCENARIOS)


def plan(text: str, **options: object) -> Projection:
    """The projection of a scenario's text."""
    return project(scenario(text), book(), **options)  # type: ignore[arg-type]
