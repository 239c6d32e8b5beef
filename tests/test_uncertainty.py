"""How unsure volumes are: of the plan, of one workload, and what it does to the range."""

from __future__ import annotations

import math
from textwrap import dedent

import numpy as np
import pytest
from plans import plan, scenario

from costplan.errors import ScenarioError
from costplan.scenario.uncertainty import Uncertainty

Z90 = 1.2815515655446004

TWO = dedent("""\
    uncertainty: {plan}
    workloads:
      chat:
        demand: {{requests: 1k/day}}
        {chat}
        request: {{input: 1k, output: 100}}
        routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
      search:
        demand: {{requests: 1k/day}}
        request: {{input: 1k, output: 100}}
        routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
""")


def two(of_plan: str, of_chat: str = "") -> str:
    """Two workloads of one size; `chat` may say how unsure it is itself."""
    own = f"uncertainty: {of_chat}" if of_chat else "mode: standard"
    return TWO.format(plan=of_plan, chat=own)


@pytest.mark.parametrize(
    ("word", "own", "common"),
    [
        ("none", 0.0, 0.0),
        ("steady", 0.34, 0.18),
        ("typical", 0.45, 0.18),
        ("volatile", 1.16, 0.18),
        ("0.9", 0.9, 0.36),  # a number keeps typical's proportion: 0.18 / 0.45 = 0.4
    ],
)
def test_each_word_is_a_pair_of_deviations(word: str, own: float, common: float) -> None:
    found = scenario(two(word)).uncertainty
    assert (found.workload, found.common) == pytest.approx((own, common))
    assert scenario(two("none", word)).workloads["chat"].uncertainty == Uncertainty(
        found.workload, found.common
    )


@pytest.mark.parametrize(
    ("word", "own", "common"),
    [("steady", 0.34, 0.18), ("volatile", 1.16, 0.18), ("0.3", 0.3, 0.12)],
)
def test_the_range_of_one_workload_is_that_of_a_mean_one_lognormal(
    word: str, own: float, common: float
) -> None:
    """P10 and P90 over the expected value are exp(-s^2/2 -+ 1.2816 s), s^2 = own^2 + common^2."""
    found = plan(two(word), draws=16_384)
    cost = found.samples[:, 0, :].sum(axis=1) / float(dict(found.by("workload"))["chat"])
    s = math.hypot(own, common)
    stated = [math.exp(-s * s / 2 + z * s) for z in (-Z90, 0.0, Z90)]
    assert np.quantile(cost, (0.1, 0.5, 0.9)) == pytest.approx(stated, rel=0.03)


def test_a_level_persists_over_the_months() -> None:
    """A draw that is high in one month is as high in every other: no averaging out over a year."""
    found = plan("months: 12\n" + two("typical"), draws=64)
    each = found.samples[:, 0, :]
    assert each / each.mean(axis=0) == pytest.approx(
        np.repeat(each[:, :1] / each[:, 0].mean(), 12, axis=1)
    )


def test_own_shocks_average_out_over_workloads_and_the_common_one_does_not() -> None:
    """Of 2 equal workloads: var of the log is about own^2 / 2 + common^2, so below one's alone."""
    found = plan(two("steady"), draws=16_384)
    one, both = found.samples[:, 0, 0], found.samples[:, :, 0].sum(axis=1)
    assert np.log(one).std() == pytest.approx(math.hypot(0.34, 0.18), rel=0.03)
    assert np.log(both).std() == pytest.approx(math.sqrt(0.34**2 / 2 + 0.18**2), rel=0.05)


def test_a_workload_that_is_certain_does_not_move() -> None:
    found = plan(two("typical", "none"), draws=64)
    assert np.ptp(found.samples[:, 0, 0]) == 0
    assert np.ptp(found.samples[:, 1, 0]) > 0


def test_a_workload_says_it_for_itself_alone() -> None:
    """The other's draws stay, and so does every expected value."""
    plain, other = plan(two("typical"), draws=256), plan(two("typical", "volatile"), draws=256)
    assert np.array_equal(plain.samples[:, 1], other.samples[:, 1])
    assert plain.line_items == other.line_items
    assert np.log(other.samples[:, 0, 0]).std() > 2 * np.log(plain.samples[:, 0, 0]).std()


def test_what_is_common_is_common_to_workloads_of_different_deviations() -> None:
    """Correlation of the logs: 0.18^2 over the product of both deviations.

    0.0324 / (0.4847 x 1.1739) = 0.0569 for typical and volatile, and 0.0324 / (0.3847 x 0.4847) =
    0.1738 for steady and typical.
    """
    for word, correlation in (("volatile", 0.0569), ("steady", 0.1738)):
        found = plan(two("typical", word), draws=16_384)
        logs = np.log(found.samples[:, :, 0])
        assert np.corrcoef(logs.T)[0, 1] == pytest.approx(correlation, abs=0.02)


@pytest.mark.parametrize("where", ["plan", "chat"])
def test_another_word_is_an_error_that_names_the_nearest(where: str) -> None:
    text = two("volatil") if where == "plan" else two("typical", "volatil")
    path = "uncertainty" if where == "plan" else r"workloads\.chat\.uncertainty"
    with pytest.raises(ScenarioError, match=path + r": expected typical.*did you mean 'volatile'"):
        scenario(text)


DEMANDS = """
    uncertainty: {plan}
    workloads:
      chat:
        demand: {{{chat}}}
        {more}
        request: {{input: 1k, output: 100}}
        routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
      search:
        demand: {{{search}}}
        request: {{input: 1k, output: 100}}
        routing: {{mix: {{openai/gpt-6-luna: 100%}}}}
"""
NUMBER, RANGE = "requests: 1k/day", "requests: 800 to 1500/day"


@pytest.mark.parametrize(
    ("chat", "search", "more", "named"),
    [
        (NUMBER, NUMBER, "", "chat and search is"),
        (NUMBER, RANGE, "", "chat is"),
        (RANGE, "requests: 3 per user per day, users: 90", "", "search is"),
        (RANGE, "requests: 3 per user per day, users: 80 to 100", "", None),
        (NUMBER, "requests: 5k once", "uncertainty: steady", None),
        (RANGE, "requests: 5k once", "", None),
    ],
)
@pytest.mark.parametrize("word", ["none", "typical"])
def test_one_line_says_what_a_single_number_for_a_volume_leaves_out(
    chat: str, search: str, more: str, named: str | None, word: str
) -> None:
    """With shocks and without; a range, an own `uncertainty` and what happens once need none."""
    text = DEMANDS.format(plan=word, chat=chat, search=search, more=more or "mode: standard")
    notes = [note for note in plan(text, draws=16).notes if "single number" in note]
    if named is None:
        assert not notes
        return
    (note,) = notes
    assert note.startswith(f"the volume of {named} a single number")
    assert "a factor of 3 to 5 apart" in note
    assert ("takes it for certain" in note) == (word == "none")


def test_many_single_numbers_are_one_line() -> None:
    each = "\n".join(
        f"  w{k}:\n    demand: {{requests: 1k/day}}\n    request: {{input: 1k, output: 100}}\n"
        "    routing: {mix: {openai/gpt-6-luna: 100%}}"
        for k in range(5)
    )
    (note,) = (n for n in plan(f"workloads:\n{each}\n", draws=16).notes if "single number" in n)
    assert note.startswith("the volume of w0, w1, w2 and 2 more is a single number")
