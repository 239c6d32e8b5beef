"""What-ifs and the way back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from costplan.desk import History, WhatIf

PATHS = st.sampled_from(["assumptions.growth", "workloads.chat.batch"])
TEXTS = st.sampled_from(["1%", "2%"])
WHAT_IFS = st.builds(
    lambda variant, settings: WhatIf(variant, tuple(settings.items())),
    st.sampled_from([None, "all-haiku"]),
    st.dictionaries(PATHS, TEXTS),
)


def test_a_path_that_is_set_again_keeps_its_place() -> None:
    made = WhatIf("v").setting("a", "1").setting("b", "2").setting("a", "3")
    assert made == WhatIf("v", (("a", "3"), ("b", "2")))
    assert made.get("a") == "3"
    assert made.without("a") == WhatIf("v", (("b", "2"),))
    assert made.without("c") == made
    assert made.cleared() == WhatIf("v")


@given(st.lists(WHAT_IFS, max_size=40))
def test_undo_goes_back_through_all_of_them_and_redo_forward(steps: list[WhatIf]) -> None:
    """There is no limit, and a step to where one stands is none."""
    history, seen = History(), [WhatIf()]
    for what_if in steps:
        history = history.to(what_if)
        if what_if != seen[-1]:
            seen.append(what_if)
    assert history.now == seen[-1]
    for what_if in reversed(seen[:-1]):
        history = history.undone()
        assert history.now == what_if
    assert history.undone() is history
    for what_if in seen[1:]:
        history = history.redone()
        assert history.now == what_if
    assert history.redone() is history


def test_what_was_taken_back_is_forgotten_after_another_step() -> None:
    one, two = WhatIf("one"), WhatIf("two")
    assert History().to(one).undone().to(two).redone().now == two


def test_thousands_of_steps_are_no_burden() -> None:
    """Neither when they are made nor when they are compared."""
    history = History()
    for k in range(20_000):
        history = history.to(WhatIf().setting("a", str(k)))
    for _ in range(20_000):
        history = history.undone()
    assert history.now == WhatIf()
