"""Constants of a model's requests, solved from a provider's counts of a few small requests.

A *probe* holds each constant a known number of times. What the provider counts for it beyond the
offline count is the sum of what the constants are off; the difference of two probes that differ in
one constant is that constant's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from costplan.tokens.counts import Part, RequestCount, TokenCount


@dataclass(frozen=True, slots=True)
class Probe:
    """A small request, made to show a constant."""

    name: str
    body: Mapping[str, Any]
    """As the provider's API takes it, without the model."""
    holds: Mapping[str, int]
    """How often each constant is in it."""
    texts: tuple[str, ...]
    """The plain texts in it: those of messages, system prompt and results."""


@dataclass(frozen=True, slots=True)
class Step:
    """How a constant is found: the probe that has it, less one that has not."""

    constant: str
    shown_by: str
    less: str | None
    part: Part
    """Of a counted request: where its tokens are."""
    meaning: str


STEPS = (
    Step("message", "turns", "one", Part.FRAME, "each message, beside its text"),
    Step("request", "one", None, Part.FRAME, "each request, beside its messages"),
    Step("system", "system", "one", Part.SYSTEM, "a system prompt, beside its text"),
    Step("tool", "two tools", "one tool", Part.TOOLS, "one more tool like the probe's"),
    Step("tools_auto", "one tool", "one", Part.TOOLS, "having tools, the choice free"),
    Step("tools_any", "forced", "one", Part.TOOLS, "having tools, a call forced"),
    Step("call", "call", "one tool", Part.MESSAGES, "a call and result like the probe's"),
    Step("thinking", "thinking", "one", Part.FRAME, "thinking switched on"),
    Step("image", "image", "one", Part.IMAGES, "an image like the probe's"),
)
"""In an order in which each needs only those before it."""


@dataclass(frozen=True, slots=True)
class Constant:
    """A constant of a model, as the rules have it and as the provider's counts show it."""

    name: str
    offline: int
    """Tokens by the offline rules."""
    correction: int
    """Tokens the provider counts beyond them, each time the constant occurs."""
    method: str
    """How the offline count of the part it is in was found."""

    @property
    def measured(self) -> int:
        """Tokens by the provider's counts."""
        return self.offline + self.correction


def solve(probes: Sequence[Probe], tokens: Mapping[str, int]) -> dict[str, int]:
    """The constants behind the tokens of the probes.

    A probe that is missing, because the provider refused it, leaves out the constants that need
    it. A message is shown by two of them, and where those make an odd number of tokens it is
    rounded to the nearest even one.

    Args:
        probes: of one provider.
        tokens: by probe, of everything but the constants: of the whole, less the texts' own; or
            the provider's count less the offline one, for the corrections.
    """
    holds = {probe.name: probe.holds for probe in probes if probe.name in tokens}
    found: dict[str, int] = {}
    for step in STEPS:
        if step.shown_by not in holds or (step.less is not None and step.less not in holds):
            continue
        less = holds[step.less] if step.less else {}
        times = {
            name: holds[step.shown_by].get(name, 0) - less.get(name, 0)
            for name in {*holds[step.shown_by], *less}
        }
        own = times.pop(step.constant)
        others = {name: n for name, n in times.items() if n}
        if others.keys() <= found.keys():
            rest = tokens[step.shown_by] - (tokens[step.less] if step.less else 0)
            rest -= sum(found[name] * n for name, n in others.items())
            found[step.constant] = round(rest / own)
    return found


def calibrated(
    probes: Sequence[Probe],
    answers: Mapping[str, int],
    offline: Mapping[str, TokenCount],
    texts: Mapping[str, int],
) -> list[Constant]:
    """Each constant that the answers show, offline and measured.

    Args:
        probes: of one provider.
        answers: by probe, the provider's count; a refused probe is absent.
        offline: by probe, ours.
        texts: by probe, the tokens of its plain texts.
    """
    asked = [probe for probe in probes if probe.name in answers]
    corrections = solve(asked, {p.name: answers[p.name] - offline[p.name].tokens for p in asked})
    constants = solve(asked, {p.name: offline[p.name].tokens - texts[p.name] for p in asked})
    return [
        Constant(
            step.constant,
            constants[step.constant],
            corrections[step.constant],
            _method(offline[step.shown_by], step.part),
        )
        for step in STEPS
        if step.constant in corrections
    ]


def _method(count: TokenCount, part: Part) -> str:
    """How a part of a request was counted; the whole, where its parts are not known."""
    if isinstance(count, RequestCount) and part in count.parts:
        return count.parts[part].method
    return count.method
