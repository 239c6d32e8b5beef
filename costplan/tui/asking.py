"""Which question is put next: one at a time, and of those that wait the newest of each asker."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from costplan.debug import LOG
from costplan.desk import Desk, Question
from costplan.errors import CostplanError, FileError
from costplan.tui.messages import Answered, Failed

ERRAND = "errand"
"""The asker of questions that are never replaced."""


@dataclass(frozen=True, slots=True)
class Asking:
    """A question on its way."""

    desk: Desk
    asker: str
    question: Question


@dataclass(slots=True)
class Queue:
    """Questions that wait for the worker."""

    _errands: deque[Asking] = field(default_factory=deque)
    _newest: dict[str, Asking] = field(default_factory=dict)
    _running: Asking | None = None

    def put(self, asking: Asking) -> None:
        """Have it wait; it takes the place of an older one of the same asker."""
        if asking.asker == ERRAND:
            self._errands.append(asking)
        elif asking.asker in self._newest or asking != self._running:
            self._newest[asking.asker] = asking

    def next(self) -> Asking | None:
        """What the worker should do now; None while it is at work, or nothing waits."""
        if self._running is not None or not self:
            return None
        self._running = (
            self._errands.popleft() if self._errands else self._newest.pop(next(iter(self._newest)))
        )
        return self._running

    def done(self) -> None:
        """The worker is free again."""
        self._running = None

    def drop(self) -> None:
        """Forget what waits, but for errands: another file was opened."""
        self._newest.clear()

    def waits(self, asker: str) -> bool:
        """Whether an answer to this asker is still to come."""
        running = self._running
        return asker in self._newest or (running is not None and running.asker == asker)

    @property
    def has_errands(self) -> bool:
        """Whether something is still to be done that changes files."""
        running = self._running
        return bool(self._errands) or (running is not None and running.asker == ERRAND)

    def __bool__(self) -> bool:
        return bool(self._errands or self._newest)

    @property
    def is_busy(self) -> bool:
        """Whether any answer is still to come."""
        return self._running is not None or bool(self)


def answered(asking: Asking) -> Answered | Failed:
    """Ask, and tell what came back; never raises for anything of the user's making."""
    desk, asker, question = asking.desk, asking.asker, asking.question
    LOG.debug("asked by %s: %.500r", asker, question)
    try:
        answer = question.answer(desk)
    except FileError as error:
        problems = tuple(map(str, error.problems))
    except CostplanError as error:
        problems = tuple(str(error).splitlines())
    except OSError as error:
        problems = (f"{error.filename or desk.path}: {error.strerror or error}",)
    except Exception as error:  # noqa: BLE001 - nobody foresaw it, and it must reach the screen
        LOG.exception("unexpected")
        problems = (f"{desk.path}: unexpected {type(error).__name__}: {error}",)
    else:
        LOG.debug("answered %s", asker)
        return Answered(desk, asker, question, answer)
    LOG.debug("no answer for %s: %s", asker, "; ".join(problems))
    return Failed(desk, asker, question, problems)
