"""What the key under the cursor means, in a line."""

from __future__ import annotations

import re
from collections.abc import Sequence

from costplan.documents import join_path
from costplan.scenario.language.grammar import (
    expected,
    is_overlay,
    keys_at,
    kinds_at,
    steps_of,
    summary,
)
from costplan.scenario.language.outline import Entry, Role, lines_of, outline, spot
from costplan.schema import KeyPath


def described(text: str, line: int, column: int) -> str:
    """What the key at the cursor, or the key of the value at the cursor, is for.

    Args:
        text: the scenario as typed so far.
        line: of the cursor, from 1.
        column: of the cursor, from 1.

    Returns:
        `request.turns: Turns in one conversation ... (a number, such as 3 or 2 to 5)`; empty where
        the schema says nothing of the place.
    """
    entries = outline(text)
    if assumption := _assumption(text, line, column, entries):
        return assumption
    on_line = [entry for entry in entries if entry.line == line]
    if any(entry.start <= column <= entry.end for entry in on_line):
        path = next(e.path for e in on_line if e.start <= column <= e.end)
    else:
        at = spot(text, line, column)
        before = [entry for entry in on_line if entry.start <= column] or on_line[:1]
        path = before[-1].path if at.role is Role.NOTHING and before else at.path
    return _sentence(path)


def _assumption(text: str, line: int, column: int, entries: Sequence[Entry]) -> str:
    lines = lines_of(text)
    here = lines[line - 1] if 0 < line <= len(lines) else ""
    for found in re.finditer(r"\$([A-Za-z][\w-]*)", here):
        if found.start() < column <= found.end() + 1:
            for entry in entries:
                if entry.path == ("assumptions", found[1]):
                    return f"${found[1]}: {entry.value} (line {entry.line})"
    return ""


def _sentence(path: KeyPath) -> str:
    steps = steps_of(path)
    if not steps:
        return summary(kinds_at(())[0]) if is_overlay(path) else ""
    kinds = kinds_at(steps)
    if not kinds:
        return ""
    key = keys_at(steps[:-1], set()).get(steps[-1])
    above = keys_at(steps[:-2], set()).get(steps[-2]) if len(steps) > 1 else None
    doc = key.doc if key else summary(kinds[0]) or (above.doc if above else "")
    means = expected(kinds[0]).removesuffix("a text")
    examples = [each for each in (key.examples[:2] if key else ()) if each not in means]
    says = (means, f"for example {' or '.join(examples)}" if examples else "")
    brackets = "; ".join(part for part in says if part)
    shown = join_path(steps[-2:] if key and len(steps) > 2 else steps[-1:])
    return f"{shown}: {doc.removesuffix('.')}" + (f" ({brackets})" if brackets else "")
