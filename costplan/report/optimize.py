"""The cheapest mix of a workload, as a page and as a document."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from costplan.decisions.mixing import Candidate, Mix
from costplan.decisions.optimize import Optimum, Phase
from costplan.engine.ledger import as_decimal
from costplan.report.document import Document
from costplan.report.money import ABSENT, MoneyFormat, money_for, percent, plain_text
from costplan.report.table import Page, Table, columns


def optimum_page(each: Sequence[Optimum]) -> Page:
    """For each workload the mix, what the rules cost, and the frontier of cost and quality."""
    money = optimum_money(*each)
    tables: list[Table] = []
    notes: list[str] = []
    for found in each:
        tables += [mix_table(found, money), alone_table(found, money)]
        if len(found.frontier) > 1:
            tables.append(frontier_table(found, money))
        notes += optimum_notes(found, money)
    facts = tuple(saving_line(found, money) for found in each)
    return Page("Cheapest mix", facts, tuple(tables), tuple(notes))


def optimum_money(*each: Optimum) -> MoneyFormat:
    """How every amount of some workloads is written."""
    return money_for(each[0].currency, (amount for found in each for amount in _amounts(found)))


def saving_line(found: Optimum, money: MoneyFormat) -> str:
    """What the mix costs beside the one there is, in a line."""
    now, best = found.now.horizon, found.best.horizon
    return (
        f"{found.workload}, {best.label}: now {money(now.expected)}, with this mix "
        f"{money(best.expected)}: {money.delta(-found.saving)}"
    )


def optimum_document(found: Optimum) -> Document:
    """What `costplan optimize --format json` prints for one workload."""
    return {
        "workload": found.workload,
        "currency": found.currency,
        "now": {
            "expected": plain_text(found.now.horizon.expected),
            "quality": found.quality_now,
        },
        "best": {"expected": plain_text(found.best.horizon.expected)},
        "saving": plain_text(found.saving),
        "phases": [_phase(phase) for phase in found.phases],
        "frontier": [_mix(mix) for mix in found.frontier],
        "left_out": [{"model": m, "reason": why} for m, why in found.left_out.items()],
    }


OPTIMUM_FIELDS = ("workload", "from", "model", "share", "cost", "quality", "seconds")


def optimum_records(found: Optimum) -> list[Document]:
    """One row for each model of each phase; `cost` is that of the whole mix."""
    return [
        {
            "workload": found.workload,
            "from": str(phase.months[0]),
            "model": model,
            "share": share,
            "cost": plain_text(as_decimal(phase.mix.cost)),
            "quality": phase.mix.quality,
            "seconds": phase.mix.seconds,
        }
        for phase in found.phases
        for model, share in _sorted(phase.mix)
    ]


def mix_in_yaml(found: Optimum) -> str:
    """The mix as it would stand at `mix:` in the scenario."""
    parts = [(phase.months[0], shares_in_yaml(phase.mix)) for phase in found.phases]
    if len({shares for _, shares in parts}) == 1:
        return parts[0][1]
    entries = ", ".join(f"{{from: {m.first}, mix: {shares}}}" for m, shares in _changes(parts))
    return f"[{entries}]"


def _changes[M](parts: Sequence[tuple[M, str]]) -> Iterator[tuple[M, str]]:
    """Only entries that differ from the one before."""
    before = ""
    for month, shares in parts:
        if shares != before:
            yield month, shares
        before = shares


def shares_in_yaml(mix: Mix) -> str:
    """The shares of one mix as a scenario writes them, the largest as the rest."""
    *others, (last, _) = sorted(mix.shares.items(), key=lambda pair: pair[1])
    stated = "".join(f"{model}: {share:.1%}, " for model, share in reversed(others))
    return f"{{{stated}{last}: {'rest' if others else '100%'}}}"


def _sorted(mix: Mix) -> list[tuple[str, float]]:
    return sorted(mix.shares.items(), key=lambda pair: -pair[1])


def _amounts(found: Optimum) -> Iterator[Decimal]:
    yield from (found.now.horizon.expected, found.best.horizon.expected)
    for phase in found.phases:
        yield as_decimal(phase.mix.cost)


def mix_table(found: Optimum, money: MoneyFormat) -> Table:
    """The mix of each phase, a row for each of its models."""
    rows = []
    for phase in found.phases:
        when = str(phase.months[0])
        for model, share in _sorted(phase.mix):
            rows.append((when, model, f"{share:.1%}", "", "", ""))
            when = ""
        mix = phase.mix
        seconds = ABSENT if mix.seconds is None else f"{mix.seconds:.2f}"
        top = len(rows) - len(mix.shares)
        rows[top] = (*rows[top][:3], _quality(mix.quality), seconds, _money(mix.cost, money))
    head = columns(["From", "Model"], ["Share", "Quality", "Seconds", "Cost"])
    return Table(f"{found.workload}: mix", head, tuple(rows), keys=2)


def alone_table(found: Optimum, money: MoneyFormat) -> Table:
    """What each candidate would cost alone, in the first phase."""
    rows = []
    for candidate in candidates(found):
        seconds = ABSENT if candidate.seconds is None else f"{candidate.seconds:.2f}"
        half = candidate.costs[len(candidate.costs) // 2] if not candidate.is_straight else None
        thinned = ABSENT if half is None else percent(2 * half / candidate.costs[-1] - 1)
        rows.append(
            (
                candidate.model,
                _money(candidate.costs[-1], money),
                _quality(candidate.quality),
                seconds,
                thinned,
            )
        )
    head = columns(["Model"], ["All on it", "Quality", "Seconds", "Dearer at half"])
    return Table(f"{found.workload}: alone, from {found.phases[0].months[0]}", head, tuple(rows))


def candidates(found: Optimum) -> list[Candidate]:
    """Those of the first phase, the cheapest first."""
    return sorted(found.phases[0].candidates, key=lambda candidate: candidate.costs[-1])


def frontier_table(found: Optimum, money: MoneyFormat) -> Table:
    """The cheapest mix for rising quality, a column for each model that any of them takes."""
    models = list(dict.fromkeys(name for mix in found.frontier for name, _ in _sorted(mix)))
    rows = tuple(
        (
            _quality(mix.quality),
            _money(mix.cost, money),
            *(f"{mix.shares[name]:.1%}" if mix.shares.get(name) else ABSENT for name in models),
        )
        for mix in found.frontier
    )
    title = f"{found.workload}: cost and quality, from {found.phases[0].months[0]}"
    return Table(title, columns([], ["Quality", "Cost", *models]), rows, keys=2)


def optimum_notes(found: Optimum, money: MoneyFormat) -> Iterator[str]:
    """What the rules cost, which models were left out, and the mix as a scenario has it."""
    for phase in found.phases:
        for rule, saved in phase.mix.binding.items():
            more = _money(saved, money)
            yield f"From {phase.months[0]}, the rule '{rule}' costs {more}."
    if not any(phase.mix.binding for phase in found.phases):
        yield "No rule costs anything: this is the cheapest mix there is."
    for model, why in found.left_out.items():
        yield f"Left out: {model}: {why}."
    if any(not c.is_straight for phase in found.phases for c in phase.candidates):
        yield (
            "Dearer at half: with half the conversations a model finds its prompt cached less "
            "often, and each of them costs so much more."
        )
    yield f"In the scenario: mix: {mix_in_yaml(found)}"


def _quality(share: float | None) -> str:
    return ABSENT if share is None else f"{share:.1%}"


def _money(cost: float, money: MoneyFormat) -> str:
    return money(as_decimal(cost))


def _phase(phase: Phase) -> Document:
    binding = [
        {"rule": rule, "costs": plain_text(as_decimal(saved))}
        for rule, saved in phase.mix.binding.items()
    ]
    return {
        "from": str(phase.months[0]),
        "months": [str(month) for month in phase.months],
        **_mix(phase.mix),
        "binding": binding,
        "alone": [
            {
                "model": candidate.model,
                "cost": plain_text(as_decimal(candidate.costs[-1])),
                "quality": candidate.quality,
                "seconds": candidate.seconds,
                "most": candidate.most,
            }
            for candidate in phase.candidates
        ],
    }


def _mix(mix: Mix) -> Document:
    return {
        "mix": [{"model": model, "share": share} for model, share in _sorted(mix)],
        "cost": plain_text(as_decimal(mix.cost)),
        "quality": mix.quality,
        "seconds": mix.seconds,
    }
