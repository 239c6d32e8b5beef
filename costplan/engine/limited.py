"""The calls of a conversation whose history has a limit in tokens, one after another.

A window or a summary makes what a call sends depend on all calls before it. Where turns or steps
differ between conversations, a step is taken from the context that steps before it leave on
average. Few conversations are very long: beyond the turn and the step that only one in a thousand
reaches, what is used is that of the latter half before it, since a limited context no longer grows.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from costplan.engine.calls import Amount, Call, Said, Tokens, parts_of_turns
from costplan.engine.loop import History
from costplan.engine.model import Values
from costplan.engine.profile import Profile

_RARE = 1e-3
"""Turns and steps that a smaller part reaches are not followed."""


@dataclass(slots=True)
class _Context:
    """What stands in a conversation before a call, as it goes on."""

    before: Tokens
    """Earlier messages that are sent again."""
    images: Amount
    chain: Tokens
    """Tokens after the shared prefix that the call before sent, if this one begins alike."""
    in_chain: Amount
    """The chance that they are still cached."""
    in_cache: Amount
    """The chance that the shared prefix is."""


def one_by_one(profile: Profile, values: Values, said: Said) -> Iterator[Call]:
    """Every call, in its order; a summary stands before the call that was too long."""
    walk = _Walk(said, profile.history or History(), values)
    context = _Context(Tokens(), 0.0, Tokens(), 0.0, said.first)
    steps = _followed_steps(said.steps)
    for turn, part in _followed(list(parts_of_turns(profile, values))):
        if turn > 1:
            context.in_chain, context.in_cache = said.later, said.own
        after = _Context(Tokens(), 0.0, Tokens(), 0.0, 0.0)
        for step, (made, last, ends) in enumerate(steps, 1):
            yield from walk.step(context, step, part * made, last / np.maximum(made, 1e-300))
            after.before += (context.before + said.answer) * ends
            after.images += context.images * ends
            after.chain += context.chain * ends
            context.before += Tokens(said.called + said.answered + said.kept)
            context.in_chain = context.in_cache = 1.0
        context = after


@dataclass(frozen=True, slots=True)
class _Walk:
    """Makes the calls of a step."""

    said: Said
    history: History
    values: Values

    def step(self, context: _Context, step: int, part: Amount, last: Amount) -> Iterator[Call]:
        """The call of one step, with the summary that has to come before it."""
        said = self.said
        new = said.new if step == 1 else Tokens(said.returned if step == 2 else 0.0)
        if self.history.window is not None:
            limit = self.history.window.at(self.values)
            whole = np.asarray(context.before.fixed <= limit, dtype=np.float64)
            context.chain *= whole
            self._cut(context, limit)
        if self.history.above is not None:
            yield from self._summary(context, new, part, self.history.above.at(self.values))
        context.before += new
        context.images += said.images if step == 1 else 0.0
        body = Tokens(said.prefix) + context.before
        yield said.call(
            part,
            body,
            first=float(step == 1),
            last=last,
            images=context.images,
            found=context.chain * context.in_chain,
            in_cache=context.in_cache,
            output=last * said.output + (1 - last) * said.called,
        )
        context.chain = body * said.enough(body) if said.grows else Tokens()

    @staticmethod
    def _cut(context: _Context, limit: Amount) -> None:
        """The last tokens; of images and sound as large a part as of everything."""
        before = context.before
        fixed = np.minimum(before.fixed, limit)
        part = fixed / np.maximum(before.fixed, 1e-300)
        context.before = Tokens(fixed, read=before.read * part, made=before.made * part)
        context.images = context.images * part

    def _summary(
        self, context: _Context, new: Tokens, part: Amount, limit: Amount
    ) -> Iterator[Call]:
        """The call that writes a summary, in the conversations that have grown too long."""
        body = Tokens(self.said.prefix) + context.before
        whole = body.fixed + self.said.shared + new.fixed
        too_long = np.asarray(whole > limit, dtype=np.float64)
        if not too_long.any():
            return
        summary = self.history.summary.at(self.values)
        yield self.said.call(
            part * too_long,
            body,
            first=0.0,
            last=0.0,
            images=context.images,
            found=context.chain * context.in_chain,
            in_cache=context.in_cache,
            output=summary,
            keeps=False,
        )
        stays = 1 - too_long
        context.before = context.before * stays + Tokens(summary * too_long)
        context.images = context.images * stays
        context.chain *= stays
        context.in_cache = context.in_cache * stays + too_long


def _followed(turns: Sequence[tuple[int, Amount]]) -> list[tuple[int, Amount]]:
    """The turns that are followed; what is left of the others is added to their latter half."""
    most = [float(np.max(part)) for _, part in turns]
    kept = sum(part >= _RARE for part in most)
    if kept == len(turns):
        return list(turns)
    beyond = math.fsum(most[kept:])  # a distribution of turns does not depend on the draw
    half = kept // 2
    more = 1 + beyond / math.fsum(most[half:kept])
    return [
        (turn, part * more if k >= half else part) for k, (turn, part) in enumerate(turns[:kept])
    ]


def _followed_steps(
    steps: Sequence[tuple[Amount, Amount]],
) -> list[tuple[Amount, Amount, Amount]]:
    """The steps that are followed: how often each is made, ends its turn, and is left from here."""
    kept = max(1, sum(float(np.max(made)) >= _RARE for made, _ in steps))
    if kept == len(steps):
        return [(made, last, last) for made, last in steps]
    *before, (made, _) = steps[:kept]
    beyond = math.fsum(float(np.max(part)) for part, _ in steps[kept:])
    return [*((m, last, last) for m, last in before), (made + beyond, made, made)]
