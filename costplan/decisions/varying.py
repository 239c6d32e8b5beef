"""One value of a scenario that is varied: where it stands, how it is written, how far it goes."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from costplan.documents import Mapping as MappingNode
from costplan.documents import Node, Scalar, join_path, split_path
from costplan.engine.ledger import as_decimal
from costplan.errors import UsageError, listed, suggestion
from costplan.quantity import Quantity, parse_quantity
from costplan.scenario import Scenario
from costplan.scenario.kinds import parse_money

_FAR = Decimal(100)
"""A number is varied from a hundredth of what it is now to a hundred times that."""
_REST = "rest"
_NAMED = {"workloads": "workload", "assumptions": "assumption"}
"""Mappings whose keys are names that the scenario gives itself."""


@dataclass(frozen=True, slots=True)
class Form:
    """How a value is written: in percent, per what, in which currency."""

    per: tuple[str, ...] = ()
    unit: str = ""
    currency: str = ""

    def text(self, value: Decimal) -> str:
        """The value as a scenario has it: `12.5%`, `300/user/day`, `20 EUR`."""
        written = str(Quantity(value, value, self.per, self.unit))
        return f"{written} {self.currency}".rstrip()


@dataclass(frozen=True, slots=True)
class Varied:
    """One value of a scenario, and how far it is varied."""

    path: str
    form: Form
    low: Decimal
    high: Decimal
    now: Decimal | None = None
    """What the scenario says; None where it says nothing, a range, or it in another form."""
    written: str = ""
    """The same as it stands there."""
    others: Mapping[str, Decimal | None] = field(default_factory=dict)
    """Of a share in a mix: the shares of the other models, None for the rest."""

    def setting(self, value: Decimal) -> tuple[str, str]:
        """What `Scenario.apply` takes to put it at a value.

        The other models of a mix keep their proportions and fill it up.
        """
        if not self.others or None in self.others.values():
            return self.path, self.form.text(value)
        steps = split_path(self.path)
        whole = sum((share for share in self.others.values() if share), Decimal(0))
        shares = {steps[-1]: self.form.text(value)}
        for name, share in self.others.items():
            part = (share or Decimal(0)) / whole * (1 - value)
            shares[name] = Form(unit="%").text(as_decimal(float(part)))
        shares[list(self.others)[-1]] = _REST
        mix = ", ".join(f"{json.dumps(name)}: {share}" for name, share in shares.items())
        return join_path(steps[:-1]), f"{{{mix}}}"


def varied(scenario: Scenario, path: str, between: Sequence[str] = ()) -> Varied:
    """The value at a path, varied between two others.

    Args:
        scenario: what it stands in.
        path: dotted, as for `--set`.
        between: the lowest and highest value as a scenario would have them; without them from
            0 % to 100 % for what is in percent, and a hundredth to a hundred times for the rest.

    Raises:
        UsageError: what stands there is no number, or nothing stands there and nothing says how
            far it goes.
    """
    try:
        steps = split_path(path)
    except ValueError as error:
        raise UsageError(f"--vary {path}: {error}") from None
    node = _node(scenario.source.root, steps, path)
    others = _others(scenario.source.root, steps, path)
    written = _read(node.text, path) if isinstance(node, Scalar) else None
    if written is None and others is None:
        _check_name(scenario.source.root, steps, path)
        if not between:
            near = _nearest(scenario.source.root, steps)
            raise UsageError(
                f"the scenario says nothing at {path}{near} to vary what it does not say, give "
                "--between LOW HIGH"
            )
    form, middle = written or (Form(unit="%"), _left(others or {}))
    if between:
        ends = [_read(end, path) for end in between]
        # `--between 5 50` is in the form of the scenario, `--between 5/day 50/day` in its own.
        form = next(
            (said for said, _ in reversed(ends) if said != Form()),
            form if written or others else Form(),
        )
        low, high = (end for _, end in ends)
    elif form.unit == "%":
        low, high = Decimal(0), Decimal(1)
    else:
        low, high = middle / _FAR, middle * _FAR
    if not low < high:
        raise UsageError(f"--vary {path}: {low} is not below {high}; give --between LOW HIGH")
    text = node.text if isinstance(node, Scalar) else ""
    same = form == (written or (form,))[0] and " to " not in text
    now = middle if same and (written or others) else None
    return Varied(path, form, low, high, now, text, others or {})


def _check_name(root: Node, steps: Sequence[str], path: str) -> None:
    """Refuse a workload or assumption that is not there: setting it would only add another."""
    kind, *rest = steps
    if kind in _NAMED and rest and isinstance(root, MappingNode):
        node = root.items.get(kind)
        known = list(node.items) if isinstance(node, MappingNode) else []
        if rest[0] not in known:
            hint = suggestion(rest[0], known) if known else f": the scenario has no {kind}"
            raise UsageError(f"--vary {path}: unknown {_NAMED[kind]} {rest[0]!r}{hint}")


def _nearest(root: Node, steps: Sequence[str]) -> str:
    """Which key of the scenario may have been meant, where the first step that is not there is."""
    node: Node | None = root
    for done, step in enumerate(steps):
        if not isinstance(node, MappingNode):
            return ";"
        if step not in node.items:
            close = difflib.get_close_matches(step, list(node.items), n=1)
            if close:
                return f"; did you mean {join_path((*steps[:done], *close))!r}? Or,"
            return ";" if done else "; a path begins with a key of the file, such as workloads;"
        node = node.items[step]
    return ";"


def _left(others: Mapping[str, Decimal | None]) -> Decimal:
    """What the other shares of a mix leave: the rest, or nothing where another has the rest."""
    stated = [share for share in others.values() if share is not None]
    return 1 - sum(stated, Decimal(0)) if stated and len(stated) == len(others) else Decimal(0)


def _read(text: str, path: str) -> tuple[Form, Decimal]:
    """How a value is written, and its number; of a range the middle."""
    try:
        quantity = parse_quantity(text)
    except ValueError as error:
        try:
            money = parse_money(text)
        except ValueError:
            raise UsageError(f"{path} cannot be varied: {error}") from None
        return Form(currency=money.currency), money.amount
    if quantity.is_open:
        raise UsageError(f"{path} is ${quantity.name}; vary assumptions.{quantity.name}")
    return Form(quantity.per, quantity.unit), (quantity.low + quantity.high) / 2


def number(text: str, path: str) -> Decimal:
    """A plain number or an amount of money.

    Raises:
        UsageError: it is neither.
    """
    return _read(text, path)[1]


def _node(root: Node, steps: Sequence[str], path: str) -> Node | None:
    """What stands at a path, None for nothing; it must not be more than one value."""
    node: Node | None = root
    for step in steps:
        if node is None or (isinstance(node, Scalar) and node.is_null):
            return None
        if not isinstance(node, MappingNode):
            raise UsageError(f"{path} cannot be varied: there is no one value at {step!r}")
        node = node.items.get(step)
    if isinstance(node, MappingNode):
        raise UsageError(f"{path} is not one value but several: {listed(list(node.items))}")
    if node is not None and not isinstance(node, Scalar):
        raise UsageError(f"{path} is a list, not one value")
    return None if node is None or node.is_null or node.text == _REST else node


def _others(root: Node, steps: Sequence[str], path: str) -> dict[str, Decimal | None] | None:
    """The shares of the other models where the path is a share of a mix, else None."""
    if len(steps) < 2 or steps[-2] != "mix":
        return None
    node: Node | None = root
    for step in steps[:-1]:
        node = node.items.get(step) if isinstance(node, MappingNode) else None
    if not isinstance(node, MappingNode):
        return None
    shares = {
        name: None if share.text == _REST else _read(share.text, path)[1]
        for name, share in node.items.items()
        if name != steps[-1] and isinstance(share, Scalar)
    }
    if not shares or not any(share is None or share for share in shares.values()):
        raise UsageError(f"{path}: no other model of the mix could take what it leaves")
    return shares


def states(scenario: Scenario, path: str) -> bool:
    """Whether the scenario says something at a path."""
    try:
        return _node(scenario.source.root, split_path(path), path) is not None
    except (UsageError, ValueError):
        return False


def stated_at(scenario: Scenario, path: str) -> str | None:
    """The path of the one value that a change has to be made at; None where nothing is stated.

    Where the value is an assumption, `$name`, it is the assumption that changes it.
    """
    if not states(scenario, path):
        return None
    try:
        quantity = parse_quantity(_written_at(scenario, path))
    except ValueError:
        return path
    if not quantity.is_open:
        return path
    return join_path(("assumptions", quantity.name))


def _written_at(scenario: Scenario, path: str) -> str:
    """The one value that stands at a path, as it is written; empty where none does."""
    if not states(scenario, path):
        return ""
    node = _node(scenario.source.root, split_path(path), path)
    return node.text if isinstance(node, Scalar) else ""
