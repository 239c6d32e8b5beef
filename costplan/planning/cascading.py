"""Who tries what: the mix answers, a share goes on to the next model, and so on.

Of n conversations the mix tries n, the first step n p, the second n p q: a cheap try is always
paid. With scores, a stage that is right on the share s of its tries, and whose judge sends on the
share c of its failures, keeps m (s - (p - c (1 - s))) right answers of m tries: what goes on beyond
the failures caught was right, and is answered anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from costplan.documents import join_path
from costplan.engine.model import Term, means
from costplan.engine.shares import ONE, Sum, less, plus, share, times, value
from costplan.errors import suggestion
from costplan.periods import DayRange
from costplan.planning.findings import Findings
from costplan.planning.sizes import Variables
from costplan.quantity import Quantity
from costplan.scenario.cascades import Step
from costplan.scenario.schema import Workload
from costplan.schema import KeyPath


@dataclass(frozen=True, slots=True)
class Try:
    """A model that tries some of a workload's conversations."""

    model: str
    at: KeyPath
    """Where the model is named in the scenario."""
    reach: Sum
    """Share of all conversations that it tries."""
    score: Sum | None = None
    """Share of those that it does well; None where nobody says."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Who tries the conversations of some days, stage by stage."""

    days: DayRange
    stages: tuple[tuple[Try, ...], ...]
    """The models of the mix, then each step of the cascade."""
    success: Sum | None = None
    """Share of conversations that end well; None for a workload without scores."""

    @property
    def tries(self) -> Sum:
        """Tries per conversation: `1 + p + p q + ...`."""
        return plus(ONE, *(each.reach for stage in self.stages[1:] for each in stage))

    @property
    def judged(self) -> Sum:
        """Tries per conversation that are judged: all but those of the last stage."""
        if len(self.stages) < 2:
            return ()
        return plus(ONE, *(each.reach for stage in self.stages[1:-1] for each in stage))

    @property
    def failed(self) -> Sum:
        """Share of conversations that end badly."""
        return () if self.success is None else less(ONE, self.success)


@dataclass(frozen=True, slots=True)
class Cascade:
    """Reads the steps of one workload."""

    workload: Workload
    path: KeyPath
    variables: Variables
    findings: Findings
    scores: Mapping[str, Quantity] | None
    """By model, from the row of quality that the workload names."""

    def answers(self, days: DayRange, mix: Mapping[str, tuple[Term, KeyPath]]) -> Answers:
        """Who tries on these days.

        Args:
            days: some days of the plan.
            mix: the share of each model of the mix, and where it is named.
        """
        stage = tuple(
            Try(model, at, ((term,),), self._score(model, at))
            for model, (term, at) in mix.items()
            if not term.is_zero
        )
        stages = [stage]
        success: Sum = ()
        for step, rate_at, to_at in self._steps(mix):
            rates = self._rates(step, rate_at, stages[-1])
            reach = plus(*(times(t.reach, rate) for t, rate in zip(stages[-1], rates, strict=True)))
            if step.rate is not None:
                reach = times(_whole(stages), rates[0]) if rates else ()
            if not reach:
                break
            success = plus(success, self._kept(stages[-1], reach, rate_at))
            score = self._score_of_rest(step, to_at)
            stages.append((Try(step.to, to_at, reach, score),))
        success = plus(success, *(times(t.reach, t.score or ()) for t in stages[-1]))
        return Answers(days, tuple(stages), success if self.scores is not None else None)

    def _steps(
        self, mix: Mapping[str, tuple[Term, KeyPath]]
    ) -> Iterator[tuple[Step, KeyPath, KeyPath]]:
        """Each step, where its rate stands, and where its model is named."""
        routing, at = self.workload.routing, (*self.path, "routing")
        if routing is None:
            return
        for k, step in enumerate(routing.cascade):
            below = (*at, "cascade", str(k))
            yield step, (*below, "rate") if step.rate else below, (*below, "to")
        rate, rate_at = self.workload.failures.escalate, (*self.path, "failures", "escalate")
        if rate.high == 0:
            return
        target, target_at = routing.escalate_to, (*at, "escalate_to")
        if target is None:
            target = list(mix)[-1]
            target_at = mix[target][1]
            self.findings.warn(
                "escalation-target",
                f"escalated conversations are run again on {target}, the last model of the mix; "
                "write routing.escalate_to to choose",
                join_path(rate_at),
            )
        yield Step(to=target, rate=rate), rate_at, target_at

    def _rates(self, step: Step, at: KeyPath, tries: tuple[Try, ...]) -> list[Sum]:
        """The share of each model's tries that goes on: stated, or what the judge sends."""
        if step.rate is not None:
            return [share(self.variables.term(step.rate, at, "share"))] * len(tries)
        judge = self.workload.routing.judge if self.workload.routing else None
        if judge is None or judge.caught is None or self.scores is None:
            missing = "the workload's task" if self.scores is None else "routing.judge.caught"
            self.findings.problem(
                at, f"state the rate, or {missing}, from which the rate can be worked out"
            )
            return [()] * len(tries)
        judge_at = (*self.path, "routing", "judge")
        alarms = share(
            self.variables.term(judge.false_alarms, (*judge_at, "false_alarms"), "share")
        )
        caught = self._caught()
        return [
            plus(times(caught, less(ONE, t.score or ())), times(alarms, t.score or ()))
            for t in tries
        ]

    def _caught(self) -> Sum:
        judge = self.workload.routing.judge if self.workload.routing else None
        if judge is None or judge.caught is None:
            return ()
        at = (*self.path, "routing", "judge", "caught")
        return share(self.variables.term(judge.caught, at, "share"))

    def _kept(self, tries: tuple[Try, ...], goes_on: Sum, at: KeyPath) -> Sum:
        """Right answers that a stage keeps: those it gave, less those that go on all the same."""
        if self.scores is None:
            return ()
        judge = self.workload.routing.judge if self.workload.routing else None
        if judge is None or judge.caught is None:
            self.findings.problem(
                at,
                "say how many failed tries are among those that go on: "
                "routing.judge: {caught: 90%}, or 100% for a perfect judge",
            )
            return ()
        right = plus(*(times(t.reach, t.score or ()) for t in tries))
        wrong = less(plus(*(t.reach for t in tries)), right)
        caught = times(self._caught(), wrong)
        middle = means(self.variables.known)
        if value(caught, middle) > value(goes_on, middle) + 1e-9:
            self.findings.problem(
                at,
                f"the judge sends on {value(caught, middle):.1%} of conversations that failed, "
                f"more than the {value(goes_on, middle):.1%} that go on; leave the rate out to "
                "have it worked out",
            )
        return less(plus(right, caught), goes_on)

    def _score_of_rest(self, step: Step, at: KeyPath) -> Sum | None:
        """What a later model does well of the tries that reach it."""
        if step.success is not None:
            return share(self.variables.term(step.success, (*at[:-1], "success"), "share"))
        if self.scores is not None:
            self.findings.warn(
                "score-of-all-tasks",
                f"{step.to} gets the tasks that were too hard for others, and is credited with its "
                "score on all of them; write success: what it does well of those",
                join_path(at),
            )
        return self._score(step.to, at)

    def _score(self, model: str, at: KeyPath) -> Sum | None:
        if self.scores is None:
            return None
        task = str(self.workload.task)
        if model not in self.scores:
            hint = suggestion(model, self.scores)
            self.findings.problem(at, f"quality.{task} has no score of {model}{hint}")
            return ()
        path: KeyPath = ("quality", task, model)
        return share(self.variables.term(self.scores[model], path, "share"))


def _whole(stages: list[tuple[Try, ...]]) -> Sum:
    """The share of conversations that reach the last of these stages."""
    return ONE if len(stages) == 1 else plus(*(each.reach for each in stages[-1]))
