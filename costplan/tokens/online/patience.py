"""How long and how often to ask again when a provider is busy, slow or gone."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from costplan.tokens.online.errors import TryAgainError, UnreachableError

_FIRST_WAIT = 0.5
"""Seconds after the first failure, doubled after each further one."""


@dataclass(frozen=True, slots=True)
class Patience:
    """At most so many tries, and so many seconds for all of them with the waits between."""

    tries: int = 4
    seconds: float = 60.0
    timeout: float = 20.0
    """Seconds without a sign of life after which one try is given up."""
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic

    def ask[T](self, whom: str, question: Callable[[float], T]) -> T:
        """The answer to a question that is put again when it fails for a passing reason.

        A wait that the provider asks for is honoured; one that is longer than the time left ends
        the asking at once.

        Args:
            whom: for the message.
            question: is given the seconds it may take; raises `TryAgainError` to be put again.

        Raises:
            UnreachableError: there was no answer in that time; says the last reason.
        """
        end = self.clock() + self.seconds
        for tried in range(1, self.tries + 1):
            left = end - self.clock()
            try:
                return question(max(0.001, min(self.timeout, left)))
            except TryAgainError as problem:
                reason, asked = str(problem), problem.wait
            wait = _FIRST_WAIT * 2 ** (tried - 1) if asked is None else asked
            if tried == self.tries:
                break
            if self.clock() + wait > end:
                reason += f" and would have us wait {wait:,.0f} s" if asked is not None else ""
                break
            self.sleep(wait)
        times = "once" if tried == 1 else f"{tried} times"
        raise UnreachableError(f"{whom} gave no count, asked {times}: {reason}")
