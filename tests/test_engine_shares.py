"""Sums of products of shares: whatever they are folded into, they keep their value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.engine.model import Term
from costplan.engine.shares import (
    NONE,
    ONE,
    Sum,
    geometric,
    less,
    plus,
    share,
    simplified,
    times,
    value,
)

AT = {"x": 0.3, "y": 0.7, "z": 0.9}
TERMS = st.builds(
    Term,
    st.floats(-1, 1),
    st.sampled_from([0.0, 0.5, 1.0, -1.0]),
    st.sampled_from(["", "x", "y", "z"]),
)
SUMS = st.lists(st.lists(TERMS, max_size=3).map(tuple), max_size=4).map(tuple)


def plainly(total: Sum) -> float:
    """Product by product."""
    result = 0.0
    for part in total:
        factor = 1.0
        for term in part:
            factor *= float(term.at(AT))
        result += factor
    return result


@given(SUMS, SUMS)
def test_arithmetic_of_sums_is_that_of_their_values(a: Sum, b: Sum) -> None:
    """Added, subtracted, multiplied out, folded."""
    first, second = plainly(a), plainly(b)
    assert value(simplified(a), AT) == pytest.approx(first, abs=1e-12)
    assert value(plus(a, b), AT) == pytest.approx(first + second, abs=1e-12)
    assert value(less(a, b), AT) == pytest.approx(first - second, abs=1e-12)
    assert value(times(a, b), AT) == pytest.approx(first * second, abs=1e-12)


def test_sums_are_folded_as_far_as_terms_allow() -> None:
    """1 + r is one term, numbers are one number, and r x + x r is one product."""
    r, x = Term(0.0, 1.0, "r"), Term(0.0, 1.0, "x")
    assert plus(ONE, share(r)) == ((Term(1.0, 1.0, "r"),),)
    assert plus(ONE, share(Term(0.25)), share(Term(0.5))) == ((Term(1.75),),)
    assert plus(((r, x),), ((x, r),)) == ((Term(0.0, 2.0, "r"), x),)
    assert less(share(r), share(r)) == NONE
    assert times(share(r), NONE) == NONE


@given(st.floats(0, 0.9), st.integers(0, 6))
def test_geometric_is_the_sum_of_powers(rate: float, last: int) -> None:
    """1 + x + ... + x^n, of a number and of a variable."""
    literal = sum(rate**k for k in range(last + 1))
    assert value(geometric(share(Term(rate)), last), {}) == pytest.approx(literal)
    variable = geometric(share(Term(0.0, 1.0, "x")), last)
    assert value(variable, {"x": rate}) == pytest.approx(literal)
