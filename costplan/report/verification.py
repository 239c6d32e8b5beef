"""What `prices verify` found: counts, differences with their reasons, and what a plan rests on."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from costplan.decisions.trust import Reliance, Trust
from costplan.meters import Meter
from costplan.prices.verification import Count, Entry, Status, Verification
from costplan.report.document import Document
from costplan.report.money import ABSENT, money_for, percent, plain_text, plain_text_or_none
from costplan.report.table import Page, Row, Table, columns

ENTRY_FIELDS = (
    "provider",
    "model",
    "with",
    "status",
    "mode",
    "above",
    "meter",
    "per",
    "ours",
    "theirs",
    "reason",
    "note",
    "from",
    "observed",
    "checked",
)
_MOST_OPEN = 60
_MOST_NAMES = 6
_MOST_LINES = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationReport:
    """One comparison, told as a document, as records or as a page."""

    verification: Verification
    left_out: Mapping[str, int]
    """By peer: how many of its models have no rate in a unit of the book."""
    trust: Trust | None = None
    currency: str = "USD"
    """Of the plan whose trust it is."""
    names: bool = False
    """Whether the page names the models that only one side has."""

    def document(self) -> Document:
        """What `costplan prices verify --format json` prints."""
        found = self.verification
        document: Document = {
            "at": str(found.at),
            "with": [{"name": name, "version": version} for name, version in found.peers],
            "counts": [_count(count) for count in found.counts()],
            "left_out": dict(self.left_out),
            "rates": self.records(),
        }
        return document | ({"trust": _trust(self.trust, self.currency)} if self.trust else {})

    def records(self) -> list[Document]:
        """A row for each rate compared, for CSV."""
        return [_entry(entry) for entry in self.verification.entries]

    def page(self) -> Page:
        """Counts by provider and peer, differences, reasons, and the plan's trust."""
        found = self.verification
        compared = ", ".join(f"{name} {version}" for name, version in found.peers)
        open_ones = found.differences(explained=False)
        tables = list(_trust_tables(self.trust, self.currency)) if self.trust else []
        tables.append(_counts_table(found.counts()))
        tables += [_open_table(open_ones[:_MOST_OPEN])] if open_ones else []
        return Page(
            f"Prices on {found.at} against {compared or 'nothing that is installed'}",
            tables=tuple(tables),
            notes=tuple(self._notes(len(open_ones))),
        )

    def _notes(self, open_ones: int) -> Iterator[str]:
        found = self.verification
        if open_ones > _MOST_OPEN:
            yield f"not explained, beside these: {open_ones - _MOST_OPEN}; --format csv has them"
        yield from _reasons(found.differences(explained=True))
        if self.names:
            yield from _one_sided(found.entries)
        for name, number in self.left_out.items():
            if number:
                yield f"{name}: {number} models without a rate in a unit of this book are left out"
        yield (
            "checked is when our oldest source of a compared rate was read; --format csv has every "
            "rate, with both sides and their dates"
        )


def _count(count: Count) -> Document:
    return {
        "provider": count.provider,
        "with": count.peer,
        "agree": count.agree,
        "differ_explained": count.explained,
        "differ_unexplained": count.unexplained,
        "only_here": count.only_here,
        "only_there": count.only_there,
        "models_only_here": count.models_only_here,
        "models_only_there": count.models_only_there,
        "oldest_check": str(count.oldest) if count.oldest else None,
    }


def _entry(entry: Entry) -> Document:
    return {
        "provider": entry.provider,
        "model": entry.name,
        "with": entry.peer,
        "status": str(entry.status),
        "mode": entry.mode or None,
        "above": entry.tier,
        "meter": str(entry.meter) if entry.meter else None,
        "per": entry.meter.per if entry.meter else None,
        "ours": plain_text_or_none(entry.ours),
        "theirs": plain_text_or_none(entry.theirs),
        "reason": entry.reason or None,
        "note": entry.note or None,
        "from": str(entry.row[0]) if entry.row else None,
        "observed": str(entry.observed) if entry.observed else None,
        "checked": str(entry.checked) if entry.checked else None,
    }


def _counts_table(counts: Sequence[Count]) -> Table:
    numbers = ["Agree", "Explained", "Unexplained", "Only here", "Only there"]
    head = columns(["Provider", "With"], [*numbers, "Models here", "Models there", "Checked"])
    rows = tuple(
        (
            count.provider,
            count.peer,
            *(
                f"{number:,}"
                for number in (
                    count.agree,
                    count.explained,
                    count.unexplained,
                    count.only_here,
                    count.only_there,
                    count.models_only_here,
                    count.models_only_there,
                )
            ),
            str(count.oldest or ABSENT),
        )
        for count in counts
    )
    return Table("Rates that agree, differ, or that one side lacks", head, rows, keys=2)


def _open_table(entries: Iterable[Entry]) -> Table:
    head = columns(["Model", "With", "Mode", "Meter"], ["Above", "Ours", "Theirs", "Checked"])
    rows = tuple(
        (
            entry.name,
            entry.peer,
            entry.mode,
            _meter(entry.meter),
            f"{entry.tier:,}" if entry.tier else ABSENT,
            _rate(entry.ours),
            _rate(entry.theirs),
            str(entry.observed or ABSENT),
        )
        for entry in entries
    )
    return Table("Differences without a reason", head, rows, keys=2)


def _meter(meter: Meter | None) -> str:
    return str(meter).replace("_", " ") if meter else ABSENT


def _rate(rate: Decimal | None) -> str:
    return ABSENT if rate is None else plain_text(rate)


def _reasons(entries: Iterable[Entry]) -> Iterator[str]:
    """A sentence for each reason: whose rates, of which models, and why."""
    groups: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.provider, entry.peer, entry.reason), []).append(entry)
    for (provider, peer, reason), group in groups.items():
        models = _named([entry.model for entry in group])
        rates = "rate differs" if len(group) == 1 else "rates differ"
        yield f"{provider}, {peer}: {len(group)} {rates} ({models}): {reason}"


def _one_sided(entries: Iterable[Entry]) -> Iterator[str]:
    groups: dict[tuple[str, str, Status], list[str]] = {}
    for entry in entries:
        if entry.is_model:
            groups.setdefault((entry.provider, entry.peer, entry.status), []).append(entry.model)
    for (provider, peer, status), models in groups.items():
        where = "only here" if status is Status.ONLY_HERE else "only there"
        yield f"{provider}, {peer}: models {where}: {', '.join(models)}"


def _named(models: Iterable[str]) -> str:
    names = list(dict.fromkeys(models))
    more = len(names) - _MOST_NAMES
    return ", ".join(names[:_MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def _trust(trust: Trust, currency: str) -> Document:
    def part(dollars: Decimal) -> Document:
        return {"cost": plain_text(dollars), "share": trust.share(dollars)}

    return {
        "at": str(trust.at),
        "currency": currency,
        "total": plain_text(trust.total),
        "disputed": part(trust.disputed),
        "estimated": part(trust.estimated),
        "stale": part(trust.stale),
        "doubtful": part(trust.doubtful),
        "trusted": part(trust.trusted),
        "explained": part(trust.explained),
        "confirmed": part(trust.confirmed),
        "stated": part(trust.stated),
        "compared": trust.compared,
        "lines": [_line(line) for line in trust.lines],
    }


def _line(line: Reliance) -> Document:
    return {
        "model": line.model,
        "mode": line.mode,
        "price_from": str(line.price_from) if line.price_from else None,
        "cost": plain_text(line.cost),
        "kinds": list(line.kinds),
    }


def _trust_tables(trust: Trust, currency: str) -> Iterator[Table]:
    parts = {
        "disputed: sources or peers differ": trust.disputed,
        "estimated: observed or derived": trust.estimated,
        "stale: last checked over 90 days ago": trust.stale,
        "any of these": trust.doubtful,
        "none of these": trust.trusted,
        "confirmed by a peer": trust.confirmed,
        "a peer differs, explained": trust.explained,
        "stated by the plan, not the book": trust.stated,
    }
    money = money_for(currency, [trust.total])
    rows = tuple((name, money(cost), percent(trust.share(cost))) for name, cost in parts.items())
    total = (("Total", money(trust.total), percent(trust.share(trust.total))),)
    yield Table(
        "What the plan rests on", columns(["Price rows"], ["Expected", "Share"]), rows, total
    )
    doubts = [line for line in trust.lines if set(line.kinds) & {"disputed", "estimated", "stale"}]
    if doubts:
        lines: tuple[Row, ...] = tuple(
            (
                line.model,
                line.mode,
                str(line.price_from or ABSENT),
                ", ".join(line.kinds),
                money(line.cost),
                percent(trust.share(line.cost)),
            )
            for line in doubts[:_MOST_LINES]
        )
        head = columns(["Model", "Mode", "Price from", "Why"], ["Expected", "Share"])
        yield Table("The most that rests on doubtful rows", head, lines)
