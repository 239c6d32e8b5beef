"""What Anthropic's API says to Claude about tools, in tokens, before it lists them.

Anthropic documents the tokens of this text by model and tool choice:
platform.claude.com/docs/en/agents-and-tools/tool-use/overview (read 2026-11-20; for Claude 3 and
3.5 earlier copies of the page). Recorded calls of Claude 3.5 Haiku to 4.5 agree with the page to
the token once 7 are taken off, those of an empty request, which the page counts in; Claude Sonnet 5
once 9 are (2 of 2). The much copied 346 and 313 for every model since Claude 3.5 are of an old
page, and Claude 3.5 Sonnet and 3.7 were billed as Claude 4 is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from costplan.tokens.counts import Method
from costplan.tokens.families import Identity, bare_name


@dataclass(frozen=True, slots=True)
class Preamble:
    """Tokens of the text that introduces tools."""

    auto: int
    """Where the model may choose, or must not call any."""
    forced: int
    """Where it must call some tool; naming the tool adds its name and `NAMED`."""
    method: Method = Method.RECONSTRUCTED
    doubt: int = 0
    """Tokens it may be off either way."""


NAMED = 2
"""Of the sentence that names the tool to call (60 of 60, six versions)."""


def _documented(auto: int, forced: int, doubt: int) -> Preamble:
    """By the page alone, with the 9 tokens off that Sonnet 5 shows."""
    return Preamble(auto - 9, forced - 9, Method.VENDOR_EQUIVALENT, doubt)


_CLAUDE_4 = Preamble(306, 308)
_CLAUDE_4_5 = Preamble(489, 581)

_BY_NAME: tuple[tuple[str, Preamble], ...] = (
    ("3-5-sonnet-20240620", Preamble(287, 254, doubt=1)),
    ("3-haiku", Preamble(257, 348)),
    ("3-sonnet", Preamble(152, 243, Method.VENDOR_EQUIVALENT, 15)),
    ("3-opus", Preamble(526, 289, doubt=3)),
    ("3-5-haiku", Preamble(257, 348)),
)
"""Where models of one version differ. With a forced tool Haiku 3 (14 of 14) and Opus 3 (1 of 1) are
15 above their page, and Sonnet 3 is taken to be; without, Opus 3 was once 3 above it."""

_BY_VERSION: dict[tuple[int, int], Preamble] = {
    (3, 5): Preamble(306, 307),
    (3, 7): Preamble(306, 307, doubt=1),
    (4, 0): _CLAUDE_4,
    (4, 1): _CLAUDE_4,
    (4, 5): _CLAUDE_4_5,
    (4, 6): Preamble(490, 582, Method.VENDOR_EQUIVALENT, 2),
    (4, 7): _documented(675, 804, 6),
    (4, 8): _documented(290, 410, 4),
    (5, 0): _documented(286, 406, 4),
}
_SONNET_5 = Preamble(345, 465)
_UNKNOWN = Preamble(277, 397, Method.ASSUMED, 120)
"""Newer than the page: Opus 5's, the lowest of the current ones; 120 reaches Sonnet 5's."""


def preamble(model: str, who: Identity) -> Preamble:
    """The preamble of a model; of one that is not documented, its nearest, marked `assumed`."""
    found = _nearest(model, who)
    if who.known:
        return found
    # `claude-sonnet-latest` says of no version which it is.
    return replace(found, method=Method.ASSUMED, doubt=max(found.doubt, _UNKNOWN.doubt))


def _nearest(model: str, who: Identity) -> Preamble:
    name = re.sub(r"[.@]", "-", bare_name(model))  # `3.5-haiku`, `3-5-sonnet@20240620`
    for part, found in _BY_NAME:
        if part in name:
            return found
    if "sonnet" in name and who.version == (5, 0):
        return _SONNET_5
    if who.version == (5, 0) and "opus" not in name:
        return _UNKNOWN
    return _BY_VERSION.get(who.version or (0, 0), _UNKNOWN)


def one_at_a_time(version: tuple[int, int], *, forced: bool) -> tuple[int, int]:
    """Tokens that `disable_parallel_tool_use` adds, and how far that may be off.

    Recorded: Claude 4 with a forced tool loses 43 (13 of 13); Claude 4.5 loses 208 where it may
    choose (5 of 5) and gains 1 where it is forced (17 of 17); Haiku 3 gains 1 (1 of 1).
    """
    if (4, 0) <= version < (4, 5):
        return (-43, 0) if forced else (-43, 43)
    if (4, 5) <= version < (4, 7):
        return (1, 0) if forced else (-208, 0)
    return (1, 0) if version < (4, 0) else (1, 40)


def leaves_a_newline(version: tuple[int, int], *, forced: bool) -> bool:
    """Whether a request that ends in a tool's answer has a token more after it.

    Before Claude 4 only with a forced tool (5 of 5; none in 279 of 279 without), since then only
    without (113 of 113; none in 7 of 7 with one).
    """
    return forced == (version < (4, 0))
