"""What the schema allows at one place of a scenario: what is read there, its ends, its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from costplan.documents import Mapping as MappingNode
from costplan.documents import Node, Scalar, read_document
from costplan.errors import Place
from costplan.quantity import Quantity, parse_quantity
from costplan.scenario.kinds import Amount, Share
from costplan.scenario.terms import PART
from costplan.scenario.uncertainty import UNCERTAINTY, WORDS
from costplan.schema import ByShape, Kind, Made, Number, Parsed, Reader, Text

type Ends = tuple[Decimal | None, Decimal | None]
"""The lowest and the highest value that is allowed; None where there is none."""

_WORDS = tuple(sorted(WORDS, key=lambda word: WORDS[word].workload))


@dataclass(frozen=True, slots=True)
class Allowed:
    """What may stand at one place of a scenario."""

    kind: Kind
    names: Mapping[str, Quantity] = field(default_factory=dict, repr=False)
    """The assumptions that it may refer to."""
    name: str = ""
    """Of the assumption it is, if it is one."""
    uses: tuple[tuple[Kind, str], ...] = ()
    """Of an assumption: what is read where it is used, and how it stands there."""
    is_count: bool = True
    """Whether whole numbers are numbers of things: 4 turns, but not a factor of 3."""
    beside: Mapping[str, Node] = field(default_factory=dict, repr=False)
    """Of a size that says more than a number: all that it says."""

    def problem(self, text: str) -> str:
        """What is wrong with a value, with the nearest valid thing; nothing where it is fine."""
        node, problems = read_document(text or "''", "")
        if node is None or problems:
            return problems[0].message if problems else "expected a value, found nothing"
        if isinstance(node, MappingNode):
            node = MappingNode(node.place, {**self.beside, **node.items}, _keys(self.beside, node))
        reader = Reader(names=dict(self.names))
        self.kind.read(node, (), reader)
        if self.uses and not reader.problems:
            reader.names[self.name] = parse_quantity(text)
            for kind, written in self.uses:
                kind.read(Scalar(node.place, written), (), reader)
        return reader.problems[0].message if reader.problems else ""

    @property
    def ends(self) -> Ends:
        """How low and how high a number may be."""
        kinds = [self.kind, *(kind for kind, _ in self.uses)]
        lows, highs = zip(*(_ends(kind) for kind in kinds), strict=True)
        low = max((end for end in lows if end is not None), default=None)
        return low, min((end for end in highs if end is not None), default=None)

    @property
    def is_share(self) -> bool:
        """Whether a part of a whole stands here."""
        kinds = (self.kind, *(kind for kind, _ in self.uses))
        return any(scalar_kind(kind) is PART or _is_share(scalar_kind(kind)) for kind in kinds)

    @property
    def is_rate(self) -> bool:
        """Whether it is so much per something, or an assumption that stands for that."""
        kinds = (scalar_kind(kind) for kind in (self.kind, *(kind for kind, _ in self.uses)))
        return any(isinstance(kind, Amount) and kind.periods for kind in kinds)

    @property
    def words(self) -> tuple[str, ...]:
        """The words that may stand here, in their order."""
        kind = scalar_kind(self.kind)
        if kind is UNCERTAINTY:
            return _WORDS
        return kind.choices if isinstance(kind, Text) else ()


def _keys(beside: Mapping[str, Node], node: MappingNode) -> dict[str, Place]:
    return {**{name: child.place for name, child in beside.items()}, **node.keys}


def scalar_kind(kind: Kind) -> Kind:
    """What reads a single value, where a kind reads other shapes as well."""
    while isinstance(kind, Made | ByShape):
        inner = kind.kind if isinstance(kind, Made) else kind.scalar
        if inner is None:
            return kind
        kind = inner
    return kind


def _is_share(kind: Kind) -> bool:
    return isinstance(kind, Share) or (isinstance(kind, Amount) and kind.share)


def _ends(kind: Kind) -> Ends:
    kind = scalar_kind(kind)
    if _is_share(kind) or kind is PART:
        return Decimal(0), Decimal(1)
    if kind is UNCERTAINTY:
        return Decimal(0), Decimal(2)
    if isinstance(kind, Amount | Number):
        return _decimal(kind.minimum), _decimal(kind.maximum)
    return (Decimal(0), None) if isinstance(kind, Parsed) else (None, None)


def _decimal(number: Decimal | int | None) -> Decimal | None:
    return None if number is None else Decimal(number)
