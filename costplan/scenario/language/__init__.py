"""Scenario files as a language: what fits where one is typing, what it means, what is wrong.

Everything here works on a text that is not valid YAML yet, reads no file, and takes what it says
from the schema that reads scenarios.
"""

from __future__ import annotations

from costplan.scenario.language.completing import (
    Completion,
    Completions,
    Known,
    Offered,
    completions,
)
from costplan.scenario.language.describing import described
from costplan.scenario.language.marking import Marked, Markings, in_order
from costplan.scenario.language.outline import Entry, lines_of, outline

__all__ = [
    "Completion",
    "Completions",
    "Entry",
    "Known",
    "Marked",
    "Markings",
    "Offered",
    "completions",
    "described",
    "in_order",
    "lines_of",
    "outline",
]
