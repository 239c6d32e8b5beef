"""What is loaded when: fresh interpreters, because a static graph cannot see late imports."""

from __future__ import annotations

import subprocess
import sys

import pytest

import costplan

HEAVY = (
    "textual",
    "anthropic",
    "numpy",
    "pydantic",
    "tiktoken",
    "ctok",
    "plotext",
    "yaml",
    "holidays",
)


def loaded(code: str) -> set[str]:
    """The heavy libraries in memory after running some code."""
    listing = f"{code}\nimport sys; print(*[m for m in {HEAVY!r} if m in sys.modules])"
    ran = subprocess.run(
        [sys.executable, "-c", listing], capture_output=True, text=True, check=True
    )
    return set(ran.stdout.splitlines()[-1].split())


def test_import_costplan_loads_nothing_heavy() -> None:
    """The package is its names until one is used."""
    assert loaded("import costplan") == set()


def test_help_loads_nothing_heavy() -> None:
    """`costplan --help` is arguments and text."""
    assert loaded("from costplan.cli import main; main(['--help'])") == set()


@pytest.mark.parametrize(
    ("code", "allowed"),
    [
        ("from costplan import load_price_book; load_price_book()", {"yaml"}),
        ("from costplan import count_tokens; count_tokens('a', 'openai/gpt-4o')", {"tiktoken"}),
        (
            """from costplan import load_scenario, project
from costplan.scenario import find_scenario
project(load_scenario(find_scenario('fast-tier.yaml')[0]))""",
            {"yaml", "numpy"},
        ),
    ],
)
def test_each_name_loads_only_what_it_needs(code: str, allowed: set[str]) -> None:
    """Prices need no tokenizer, tokens no prices, a plan of numbers neither."""
    assert loaded(code) <= allowed


def test_public_names_are_all_there() -> None:
    """`__all__` is sorted, and every name in it can be had."""
    assert list(costplan.__all__) == sorted(costplan.__all__, key=lambda n: (n[0].islower(), n))
    for name in costplan.__all__:
        assert getattr(costplan, name) is not None
    assert set(costplan.__all__) <= set(dir(costplan))


def test_unknown_attribute() -> None:
    """A misspelt name is an AttributeError as of any module."""
    with pytest.raises(AttributeError, match="projct"):
        costplan.projct  # noqa: B018 - the access is the test
