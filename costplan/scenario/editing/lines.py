"""Where the lines of a YAML text begin and end."""

from __future__ import annotations

import re

BREAK = re.compile(r"\r\n|[\n\r\x85\u2028\u2029]")
"""What ends a line in YAML 1.1."""


def line_start(text: str, index: int) -> int:
    """Where the line of an index begins."""
    begin = 0
    for found in BREAK.finditer(text, 0, index):
        begin = found.end()
    return begin


def line_end(text: str, index: int) -> int:
    """Where the line of an index ends, before its break."""
    found = BREAK.search(text, index)
    return found.start() if found else len(text)


def line_break(text: str, index: int) -> str:
    """How the line of an index ends; where it is the last, how the first does."""
    found = BREAK.search(text, index) or BREAK.search(text)
    sign = found[0] if found else "\n"
    return sign if sign in {"\n", "\r\n", "\r"} else "\n"
