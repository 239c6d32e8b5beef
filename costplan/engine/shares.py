"""Shares that are sums of products of terms: attempts, escalations, tasks that succeed.

A `Term` is linear in one variable. The share of conversations that reach the third model of a
cascade is `p q`, the sends of a call tried three times are `1 + r + r^2`: both are sums of
products, and stay so, because the engine averages a product exactly and a quotient not.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from costplan.engine.model import Term, Values, product

type Product = tuple[Term, ...]
type Sum = tuple[Product, ...]
"""What its products add up to; without any, nothing."""

NONE: Sum = ()
ONE: Sum = ((Term(1.0),),)


def plus(*sums: Sum) -> Sum:
    """The sum of sums."""
    return simplified(part for each in sums for part in each)


def times(*sums: Sum) -> Sum:
    """The product of sums, multiplied out."""
    made: list[Product] = [()]
    for each in sums:
        made = [(*before, *part) for before in made for part in each]
    return simplified(made)


def less(whole: Sum, part: Sum) -> Sum:
    """The difference of two sums."""
    return plus(whole, tuple((Term(-1.0), *each) for each in part))


def share(term: Term) -> Sum:
    """A term as a sum; nothing where it is nothing."""
    return () if term.is_zero else ((term,),)


def geometric(rate: Sum, last: int) -> Sum:
    """`1 + rate + ... + rate^last`: how often something is done that repeats at a rate."""
    total = power = ONE
    for _ in range(last):
        power = times(power, rate)
        total = plus(total, power)
    return total


def value(total: Sum, values: Values) -> float:
    """A sum where the variables have these values."""
    return math.fsum(float(product(part, values)) for part in total)


def simplified(products: Iterable[Product]) -> Sum:
    """The same sum in as few products as terms allow.

    Constants fold into one, and into what is linear in one variable; equal products add up. So
    `1 + r` is a single term, and a sum of plain numbers is one number.
    """
    constant, first = 0.0, True
    moved: dict[Product, float] = {}
    for each in products:
        factor = 1.0
        moving = []
        for term in each:
            if term.variable and term.slope:
                moving.append(term)
            else:
                factor *= term.base
        if moving:
            key = tuple(sorted(moving, key=lambda t: (t.variable, t.base, t.slope)))
            moved[key] = moved.get(key, 0.0) + factor
        else:
            constant = factor if first else constant + factor
            first = False
    linear: dict[str, Term] = {}
    bent: list[Product] = []
    for key, factor in moved.items():
        if not factor:
            continue
        lead = key[0] * factor
        if len(key) > 1:
            bent.append((lead, *key[1:]))
            continue
        before = linear.get(lead.variable, Term())
        linear[lead.variable] = Term(
            before.base + lead.base, before.slope + lead.slope, lead.variable
        )
    parts = [term for term in linear.values() if term.slope or term.base]
    if parts and constant:
        lead = parts[0]
        parts[0] = Term(constant + lead.base, lead.slope, lead.variable)
    elif constant:
        parts = [Term(constant)]
    return (*((term,) for term in parts), *bent)
