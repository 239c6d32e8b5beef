"""Moving one share of a routing mix: the others make room, and all add up to 100 % exactly.

What a reader moved stays where it was put. The rest, where a model has it, takes the difference as
the file means it to; without one the other shares keep their proportions. Shares that are ranges
or assumptions are left as they are: they say themselves what they are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_FLOOR, Decimal

from costplan.documents import Mapping as MappingNode
from costplan.documents import Scalar, join_path, read_document
from costplan.errors import UsageError
from costplan.quantity import Quantity, parse_quantity
from costplan.schema import KeyPath

REST = "rest"
_ALL = Decimal(100)
_SHOWN = Decimal("0.01")
"""Shares that make room are told to a hundredth of a point."""
_PLAIN = re.compile(r"[\w./-]+")


@dataclass(frozen=True, slots=True)
class Share:
    """The share of one model."""

    model: str
    written: str
    """As the scenario has it: `85%`, `5% to 10%`, `$part`, `rest`."""
    points: Decimal
    """What it comes to, 0 to 100; of a range its upper end."""
    is_fixed: bool = False
    """Whether it is a range or an assumption, which makes no room for others."""

    @property
    def is_rest(self) -> bool:
        """Whether it is what the others leave."""
        return self.written == REST

    @property
    def text(self) -> str:
        """A share of its own: what the rest comes to is a number too."""
        return percent(self.points) if self.is_rest else self.written


@dataclass(frozen=True, slots=True)
class Mix:
    """A routing mix, or one phase of it."""

    path: str
    """As `--set` takes it."""
    shares: tuple[Share, ...]
    since: str = ""
    """The first day of a phase."""
    assumptions: Mapping[str, Quantity] = field(default_factory=dict, repr=False, compare=False)
    """What shares may refer to."""

    @classmethod
    def read(
        cls,
        path: KeyPath,
        node: MappingNode,
        assumptions: Mapping[str, Quantity],
        since: str = "",
    ) -> Mix:
        """The mix that stands at a path."""
        stated = {
            model: _stated(child.text, assumptions)
            for model, child in node.items.items()
            if isinstance(child, Scalar)
        }
        known = [share for share in stated.values() if share is not None]
        left = _ALL - sum((share.high for share in known), Decimal(0)) * 100
        moves = any(share.is_range for share in known)
        shares = []
        for model, share in stated.items():
            child = node.items[model]
            written = child.text if isinstance(child, Scalar) else ""
            if share is None:
                shares.append(Share(model, REST, left, is_fixed=moves))
            else:
                fixed = share.is_range or bool(share.name)
                shares.append(Share(model, written, share.high * 100, is_fixed=fixed))
        return cls(join_path(path), tuple(shares), since, assumptions)

    def share(self, model: str) -> Share:
        """The share of a model; nothing where it is not in the mix."""
        found = (share for share in self.shares if share.model == model)
        return next(found, Share(model, "0%", Decimal(0)))

    @property
    def text(self) -> str:
        """The whole mix, as `--set` takes it."""
        return _told({share.model: share.written for share in self.shares})

    def says(self, text: str) -> bool:
        """Whether a mix as `--set` takes it is this one, however it is spelled."""
        node, _ = read_document(text, "")
        if not isinstance(node, MappingNode):
            return False
        other = Mix.read((), node, self.assumptions)
        return _meant(self) == _meant(other)

    def with_share(self, model: str, text: str, before: Mix | None = None) -> str:
        """The whole mix with one share set, as `--set` takes it.

        Args:
            model: one of the mix, or another.
            text: its share, such as `20%`; a range or `rest` stands as it is written.
            before: the mix as the scenario has it, whose proportions hold as long as nobody moved
                another share.

        Raises:
            UsageError: the others cannot make room; says why.
        """
        own = self.share(model)
        written = {share.model: share.written for share in self.shares}
        if text == REST:
            return _told({**written, model: text})
        quantity = parse_quantity(text)
        if quantity.is_range or quantity.is_open:
            return _told({**written, model: text})
        points = quantity.high * 100
        if own.is_rest and own.is_fixed:
            raise UsageError(f"{model} has the rest of a mix in which another share is a range")
        others = self._others(own, points, before)
        moved = {name: part for name, part in others.items() if part != self.share(name).points}
        written |= {name: percent(part) for name, part in moved.items()}
        return _told({**written, model: REST if own.is_rest else text})

    def _others(self, own: Share, points: Decimal, before: Mix | None) -> dict[str, Decimal]:
        """What the shares that have to make room come to."""
        others = [share for share in self.shares if share.model != own.model]
        stays = (share.points for share in others if share.is_fixed and not share.is_rest)
        fixed = sum(stays, Decimal(0))
        free = [share for share in others if not share.is_fixed and not share.is_rest]
        rest = any(share.is_rest for share in others)
        left = _ALL - points - fixed
        if left < 0:
            most = percent(_ALL - fixed)
            raise UsageError(
                f"{own.model} can have {most} at most: the other shares that are ranges or "
                "assumptions take what is above"
            )
        if not free and left and not rest:
            raise UsageError(
                f"{own.model} has the whole mix: add a model to give it a share"
                if not others
                else f"no other share of the mix can take {percent(left)}: they are ranges or "
                "assumptions"
            )
        weights = _weights(free, before)
        if rest:  # it takes what it can before another share has to give way
            return parted(min(left, sum(weights, Decimal(0))), free, weights)
        if not any(weights):
            weights = [Decimal(k == 0) for k in range(len(free))]
        return parted(left, free, weights)


def _weights(free: Sequence[Share], before: Mix | None) -> list[Decimal]:
    """In which proportion shares make room.

    As they stand; but as the scenario has them where they only stand as they do because the same
    share was moved before. So a share that was moved up and down again leaves nothing behind.
    """
    now = [share.points for share in free]
    was = [before.share(share.model).points for share in free] if before else []
    if any(was):
        there = {share.model: share.points for share in free}
        if parted(sum(now, Decimal(0)), free, was) == there:
            return was
    return now


def parted(
    whole: Decimal, shares: Sequence[Share], weights: Sequence[Decimal]
) -> dict[str, Decimal]:
    """A number of points parted in proportion, to a hundredth, adding up exactly.

    What rounding leaves goes to the largest remainders.
    """
    total = sum(weights, Decimal(0)) or Decimal(1)
    exact = [whole * weight / total for weight in weights]
    parts = [part.quantize(_SHOWN, rounding=ROUND_FLOOR) for part in exact]
    left = int((whole - sum(parts, Decimal(0))) / _SHOWN)
    order = sorted(range(len(parts)), key=lambda k: parts[k] - exact[k])
    for k in order[:left]:
        parts[k] += _SHOWN
    if order:  # a share that was typed to more decimals
        parts[order[0]] += whole - sum(parts, Decimal(0))
    return {share.model: part for share, part in zip(shares, parts, strict=True)}


def percent(points: Decimal) -> str:
    """Points as a file writes them: `14.5%`."""
    return f"{points.normalize():f}%"


def _stated(text: str, assumptions: Mapping[str, Quantity]) -> Quantity | None:
    """A share with the assumption it names; None for the rest."""
    if text == REST:
        return None
    share = parse_quantity(text)
    return share.resolved(assumptions[share.name]) if share.is_open else share


def _meant(mix: Mix) -> dict[str, object]:
    """What each model of a mix gets: points, or a range or assumption as it is written."""
    return {
        share.model: share.written if share.is_fixed or share.is_rest else share.points
        for share in mix.shares
    }


def _told(shares: Mapping[str, str]) -> str:
    return "{" + ", ".join(f"{_key(name)}: {share}" for name, share in shares.items()) + "}"


def _key(model: str) -> str:
    return model if _PLAIN.fullmatch(model) else json.dumps(model)
