"""A conversation told call by call: what each sends, what it finds cached, and what that leaves.

Where a long-context tier or the least that is cached depends on the size of single prompts, sums do
not do: each call is looked at by itself, all steps of a turn and all draws at once. Arrays have the
shape (n, strata, steps) or one that broadcasts to it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from costplan.engine.amounts import Times, amounts_used, in_prompts
from costplan.engine.distributions import Floats
from costplan.engine.loop import Loop
from costplan.engine.model import Values
from costplan.engine.profile import Profile

type Amount = Floats | float

_ONE_CALL = Loop()


@dataclass(frozen=True, slots=True)
class Tokens:
    """A number of tokens that depends on the request: `fixed + varying * ratio`.

    The ratio is that of the request's input to the mean input; its own mean is one.
    """

    fixed: Amount = 0.0
    varying: Amount = 0.0
    read: Amount = 0.0
    """Of how many turns they hold what is read beside text."""
    made: Amount = 0.0
    """Of how many turns they hold what is made beside text."""

    def __add__(self, other: Tokens) -> Tokens:
        return Tokens(
            self.fixed + other.fixed,
            self.varying + other.varying,
            self.read + other.read,
            self.made + other.made,
        )

    def __sub__(self, other: Tokens) -> Tokens:
        return self + other * -1.0

    def __mul__(self, factor: Amount) -> Tokens:
        return Tokens(
            self.fixed * factor,
            self.varying * factor,
            _times(self.read, factor),
            _times(self.made, factor),
        )

    @property
    def mean(self) -> Amount:
        """Over all requests."""
        return self.fixed + self.varying

    def summed(self, weights: Amount) -> Tokens:
        """The sum over steps, weighted."""
        each = self * weights
        return Tokens(*map(_over_steps, (each.fixed, each.varying, each.read, each.made)))


def _times(count: Amount, factor: Amount) -> Amount:
    """The product; none of nothing stays one number, however many draws there are."""
    return 0.0 if isinstance(count, float) and not count else count * factor


def _over_steps(amount: Amount) -> Amount:
    return np.asarray(amount).sum(axis=-1, keepdims=True) if np.ndim(amount) else amount


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a conversation, or all those of one turn."""

    part: Amount
    """The part of conversations that make it."""
    prompt: Tokens
    """Everything it sends."""
    fresh: Tokens
    """What of it is neither read from a cache nor written to one."""
    images: Amount
    """What of it is images that have a price of their own; they are not cached."""
    read: Tokens
    written: Amount
    """What of the shared prefix is written."""
    grown: Tokens
    """What else is written, for the later calls of the conversation."""
    output: Amount
    amounts: Mapping[str, Amount]
    """What is used of other meters."""


class Said:
    """What a conversation is made of, where the variables have certain values."""

    def __init__(
        self, profile: Profile, values: Values, output: Amount, ratio: Amount | None
    ) -> None:
        """Work it out.

        Args:
            profile: the conversation.
            values: the variables.
            output: tokens of each answer.
            ratio: of the input to its mean; None leaves it open, as `Tokens.varying`.
        """
        loop = profile.loop or _ONE_CALL
        self.profile, self.values = profile, values
        self.images, self.adds = profile.images.at(values), in_prompts(profile, values)
        fixed, varying = profile.input.fixed(values) + self.images, profile.input.varying(values)
        if ratio is not None:
            fixed, varying = fixed + varying * ratio, 0.0
        one = 1.0 if profile.amounts else 0.0
        self.new = Tokens(fixed + self.adds.read, varying, read=one)
        self.output, self.reasoning = output, profile.reasoning.at(values)
        self.kept = profile.kept.at(values)
        self.answer = Tokens(output + self.kept + self.adds.made, made=one)
        self.called, self.answered = loop.called(values), loop.answered(values)
        self.returned = loop.given_back(values)
        self.prefix, self.shared = profile.prefix.at(values), profile.cached.at(values)
        cache, grown = profile.cache, profile.grown
        self.hits = cache.hits.at(values) if cache and cache.hits else None
        self.first = 1.0 if cache and cache.first_hit else 0.0
        own = cache.later.chance(values) if cache and cache.later else 1.0
        self.own = 1.0 if self.first else own
        self.later = grown.later.chance(values) if grown else 0.0
        self.grows = grown is not None
        self.minimum = grown.minimum if grown else 0.0
        self.steps = loop.parts(values)

    def enough(self, body: Tokens) -> Amount:
        """Whether a prompt with this body is long enough to be cached: 1 or 0."""
        if not self.minimum:
            return 1.0
        return np.asarray(body.mean + self.shared >= self.minimum, dtype=np.float64)

    def call(
        self,
        part: Amount,
        body: Tokens,
        *,
        first: Amount,
        last: Amount,
        images: Amount,
        found: Tokens,
        in_cache: Amount,
        output: Amount,
        keeps: bool = True,
    ) -> Call:
        """A call.

        Args:
            part: the part of conversations that make it.
            body: what it sends after the shared prefix.
            first: whether it is the first one of its turn: 1 or 0.
            last: the chance that it is the last one.
            images: what of that is images with a price of their own.
            found: how much of the body is found cached, on average.
            in_cache: the chance that the shared prefix is found.
            output: tokens written.
            keeps: whether the rest of the body is written to the cache, where that is done.
        """
        in_cache = in_cache if self.hits is None else self.hits
        enough = self.enough(body)
        reread = found * enough
        rest = body - reread
        images = 0.0 if self.grows else images
        written = enough if self.grows and keeps else 0.0
        times = Times(
            turns=first,
            ends=last,
            calls=1.0,
            answers=1.0 if keeps else 0.0,
            read=body.read - first,
            made=body.made,
            read_found=reread.read,
            made_found=reread.made,
            kept=written,
        )
        return Call(
            part=part,
            prompt=body + Tokens(self.shared + self.adds.once * first),
            fresh=self._text(rest * (1 - written)) - Tokens(images),
            images=images,
            read=self._text(reread) + Tokens(self.shared * in_cache),
            written=self.shared * (1 - in_cache),
            grown=self._text(rest * written),
            output=output + self.reasoning if keeps else output,
            amounts=amounts_used(self.profile, self.values, times),
        )

    def _text(self, tokens: Tokens) -> Tokens:
        """What of it is not billed as an amount."""
        if not self.profile.amounts:
            return tokens
        apart = tokens.read * self.adds.read + tokens.made * self.adds.made
        return tokens - Tokens(apart)


def by_turn(profile: Profile, values: Values, said: Said) -> Iterator[Call]:
    """The calls of each turn together, where all or the last turns are sent again."""
    made = np.concatenate([np.atleast_1d(part) for part, _ in said.steps], axis=-1)
    last = np.concatenate([np.atleast_1d(part) for _, part in said.steps], axis=-1)
    ends = last / np.maximum(made, 1e-300)
    output = ends * said.output + (1 - ends) * said.called
    step = np.arange(made.shape[-1])
    more = said.called + said.answered + said.kept
    added = said.new + Tokens(step * more + (step >= 1) * said.returned)
    before = said.new + Tokens((step - 1) * more + (step >= 2) * said.returned)  # the call before
    turn_adds = (added + said.answer).summed(last)
    prefix, first = Tokens(said.prefix), (step == 0) * 1.0
    most = profile.history.turns if profile.history else None
    left = Tokens()
    for turn, part in parts_of_turns(profile, values):
        again = turn - 1 if most is None else min(turn - 1, most)
        if again < turn - 1:
            left = Tokens()  # what is sent begins otherwise than what the call before sent
        history = turn_adds * again + prefix
        body, earlier = history + added, history + before
        found = Tokens()
        if said.grows:
            found = earlier * (said.enough(earlier) * (1 - first)) + left * (first * said.later)
        in_cache = (1 - first) + first * (said.own if turn > 1 else said.first)
        yield said.call(
            part * made,
            body,
            first=first,
            last=ends,
            images=said.images * (again + 1),
            found=found,
            in_cache=in_cache,
            output=output,
        )
        left = (body * said.enough(body)).summed(last)


def parts_of_turns(profile: Profile, values: Values) -> Iterator[tuple[int, Amount]]:
    """Each turn with the part of it that takes place."""
    if profile.survival:
        yield from enumerate(profile.survival, 1)
        return
    turns = np.asarray(profile.turns.at(values))
    for turn in range(1, int(np.ceil(turns.max())) + 1):
        yield turn, np.clip(turns - (turn - 1), 0.0, 1.0)
