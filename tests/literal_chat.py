"""A conversation told literally: lists of tokens, a cache that holds lists, call after call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import count, product

type Usage = dict[tuple[int, str], float]


@dataclass
class Chat:
    """What is said, and how a provider bills it. Every token is a number of its own."""

    shared: int = 0
    prefix: int = 0
    new: int = 0
    out: int = 0
    reasoning: int = 0
    heard: int = 0
    spoken: int = 0
    cached_sound: str = "audio_cache_read"
    searches: int = 0
    fee: int = 0
    kept: bool = False
    turns: int = 1
    steps: int = 1
    fan_out: int = 1
    call: int = 0
    result: int = 0
    returned: int = 0
    last_turns: int | None = None
    window: int | None = None
    above: int | None = None
    summary: int = 0
    cache_prefix: bool = False
    cache_history: bool = False
    found_first: bool = False
    minimum: int = 0
    threshold: float = float("inf")
    tokens: Iterator[int] = field(default_factory=count)
    sound: set[int] = field(default_factory=set)

    def say(self, amount: int) -> list[int]:
        """That many new tokens."""
        return [next(self.tokens) for _ in range(amount)]

    def play(self, amount: int) -> list[int]:
        """That many new tokens of sound."""
        made = self.say(amount)
        self.sound.update(made)
        return made

    def usage(self, missed: Sequence[bool] = ()) -> Usage:
        """What is billed, where `missed` says of each later turn that the cache was empty again."""
        self.used: Usage = defaultdict(float)
        self.common, self.own = self.say(self.shared), self.say(self.prefix)
        self.cached: list[list[int]] = []
        self._others_came()
        said: list[list[int]] = []
        for turn in range(self.turns):
            if turn and missed and missed[turn - 1]:
                self.cached = []
                self._others_came()
            if self.last_turns is not None:
                said = said[-self.last_turns :] if self.last_turns else []
            before = [token for each in said for token in each]
            start = len(before)
            before = self._turn(before)
            if self.window is None and self.above is None:
                said.append(before[start:])
            else:
                said = [before]
        return {key: amount for key, amount in self.used.items() if amount}

    def _others_came(self) -> None:
        if self.found_first and self.cache_prefix:
            self.cached = [self.common]

    def _turn(self, before: list[int]) -> list[int]:
        for step in range(self.steps):
            if step == 0:
                new = self.say(self.new) + self.play(self.heard)
            else:
                new = self.say(self.returned * (step == 1))
            if self.window is not None:
                before = before[max(0, len(before) - self.window) :]
            whole = len(self.common) + len(self.own) + len(before) + len(new)
            if self.above is not None and whole > self.above:
                self._call(before, self.summary, keep=False)
                before = self.say(self.summary)
            before = before + new
            final = step == self.steps - 1
            written = self.out if final else self.call * self.fan_out
            self._call(before, written + self.reasoning, keep=True)
            if step == 0:
                self.used[self.tier, "web_search"] += self.searches
            before = before + self.say(written + self.reasoning * self.kept)
            if final:
                self.used[self.tier, "audio_output"] += self.spoken
                before = before + self.play(self.spoken)
            else:
                before = before + self.say(self.result * self.fan_out)
        return before

    def _call(self, messages: list[int], output: int, *, keep: bool) -> None:
        prompt = self.common + self.own + messages
        tier = self.tier = int(len(prompt) > self.threshold)
        enough = len(prompt) >= self.minimum
        read = max((len(c) for c in self.cached if prompt[: len(c)] == c and enough), default=0)
        heard = len(self.sound.intersection(prompt[:read]))
        self.used[tier, "cache_read"] += read - heard
        self.used[tier, self.cached_sound] += heard
        write_prefix = max(0, len(self.common) - read) if self.cache_prefix else 0
        self.used[tier, "cache_write_1h"] += write_prefix
        fresh = len(self.sound.intersection(prompt[read:]))
        self.used[tier, "audio_input"] += fresh
        self.used[tier, "request"] += self.fee
        rest = len(prompt) - read - write_prefix - fresh
        writes = self.cache_history and keep and enough
        self.used[tier, "cache_write_5m" if writes else "input"] += rest
        self.used[tier, "output"] += output
        if self.cache_prefix:
            self.cached.append(self.common)
        if writes:
            self.cached.append(prompt)

    def expected(self, chance: float) -> Usage:
        """The mean over all ways in which later turns miss, each with 1 - chance."""
        total: Usage = defaultdict(float)
        for missed in product((True, False), repeat=self.turns - 1):
            weight = 1.0
            for miss in missed:
                weight *= 1 - chance if miss else chance
            for key, amount in self.usage(missed).items():
                total[key] += weight * amount
        return {key: amount for key, amount in total.items() if amount}
