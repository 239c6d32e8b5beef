from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan.desk.mixes import Mix, Share, parted
from costplan.documents import Mapping as MappingNode
from costplan.documents import read_document
from costplan.errors import UsageError
from costplan.quantity import Quantity, parse_quantity
from costplan.scenario import read_scenario


def mix(text: str, assumptions: Mapping[str, Quantity] | None = None) -> Mix:
    node, _ = read_document(text, "mix.yaml")
    assert isinstance(node, MappingNode)
    return Mix.read(("workloads", "chat", "routing", "mix"), node, assumptions or {})


@pytest.mark.parametrize(
    ("before", "model", "text", "after"),
    [
        ("{a/x: 85%, b/y: 15%}", "a/x", "65%", "{a/x: 65%, b/y: 35%}"),
        ("{a/x: 50%, b/y: 30%, c/z: 20%}", "a/x", "60%", "{a/x: 60%, b/y: 24%, c/z: 16%}"),
        ("{a/x: 50%, b/y: 30%, c/z: 20%}", "a/x", "0%", "{a/x: 0%, b/y: 60%, c/z: 40%}"),
        # a third of what is left, a third, and what rounding leaves
        ("{a/x: 1%, b/y: 33%, c/z: 33%, d/w: 33%}", "a/x", "0%",
         "{a/x: 0%, b/y: 33.34%, c/z: 33.33%, d/w: 33.33%}"),
        ("{a/x: 85%, b/y: rest}", "a/x", "90%", "{a/x: 90%, b/y: rest}"),
        ("{a/x: 85%, b/y: rest}", "b/y", "20%", "{a/x: 80%, b/y: rest}"),
        ("{a/x: 50%, b/y: 30%, c/z: rest}", "a/x", "60%", "{a/x: 60%, b/y: 30%, c/z: rest}"),
        ("{a/x: 50%, b/y: 30%, c/z: rest}", "a/x", "80%", "{a/x: 80%, b/y: 20%, c/z: rest}"),
        ("{a/x: 50%, b/y: 30%, c/z: rest}", "c/z", "60%", "{a/x: 25%, b/y: 15%, c/z: rest}"),
        ("{a/x: 100%, b/y: 0%, c/z: 0%}", "a/x", "99%", "{a/x: 99%, b/y: 1%, c/z: 0%}"),
        ("{a/x: 0.6, b/y: 0.4}", "a/x", "0.7", "{a/x: 0.7, b/y: 30%}"),
        ("{a/x: 5% to 10%, b/y: rest}", "a/x", "6% to 11%", "{a/x: 6% to 11%, b/y: rest}"),
        ("{a/x: 10% to 20%, b/y: 30%, c/z: rest}", "b/y", "60%",
         "{a/x: 10% to 20%, b/y: 60%, c/z: rest}"),
        ("{a/x: 85%, b/y: 15%}", "b/y", "rest", "{a/x: 85%, b/y: rest}"),
        # a model that is not in the mix yet
        ("{a/x: 85%, b/y: 15%}", "c/z", "20%", "{a/x: 68%, b/y: 12%, c/z: 20%}"),
        ("{a/x: 100%}", "c/z", "20%", "{a/x: 80%, c/z: 20%}"),
        ("{'a/x:0': 100%}", "c/z", "20%", '{"a/x:0": 80%, c/z: 20%}'),
    ],
)  # fmt: skip
def test_the_others_make_room(before: str, model: str, text: str, after: str) -> None:
    assert mix(before).with_share(model, text) == after


@pytest.mark.parametrize(
    ("before", "model", "text", "says"),
    [
        ("{a/x: 100%}", "a/x", "90%", "a/x has the whole mix: add a model to give it a share"),
        ("{a/x: rest}", "a/x", "90%", "add a model"),
        ("{a/x: 20% to 30%, b/y: 30%, c/z: rest}", "b/y", "80%", "b/y can have 70% at most"),
        ("{a/x: 20% to 30%, b/y: rest}", "b/y", "75%", "another share is a range"),
        ("{a/x: $part, b/y: 80%}", "b/y", "70%", "no other share of the mix can take 10%"),
    ],
)
def test_what_cannot_make_room_is_told(before: str, model: str, text: str, says: str) -> None:
    with pytest.raises(UsageError, match=re.escape(says)):
        mix(before, {"part": parse_quantity("20%")}).with_share(model, text)


def test_an_assumption_stays_as_it_is_named() -> None:
    read = mix("{a/x: $part, b/y: 50%, c/z: 30%}", {"part": parse_quantity("20%")})
    assert read.share("a/x").points == 20
    assert read.with_share("b/y", "60%") == "{a/x: $part, b/y: 60%, c/z: 20%}"


def test_a_share_moved_away_and_back_leaves_nothing_behind() -> None:
    """Rounding and the end at 100 % lose the proportions of the others; the scenario has them."""
    before = mix("{a/x: 50%, b/y: 30%, c/z: 20%}")
    now = before
    for text in ("51%", "67%", "99.7%", "100%", "50%"):
        now = mix(now.with_share("a/x", text, before))
    assert now.shares == before.shares


def test_a_share_that_was_moved_stays_when_another_is() -> None:
    before = mix("{a/x: 50%, b/y: 30%, c/z: 20%}")
    now = mix(before.with_share("a/x", "60%", before))
    assert now.with_share("b/y", "30%", before) == "{a/x: 55.26%, b/y: 30%, c/z: 14.74%}"


@given(
    st.lists(st.integers(0, 100), min_size=2, max_size=6),
    st.lists(st.tuples(st.integers(0, 5), st.decimals(0, 100, places=2)), max_size=12),
    st.booleans(),
)
def test_shares_always_add_up(
    weights: list[int], moves: list[tuple[int, Decimal]], has_rest: bool
) -> None:
    """Whatever is moved, the scenario takes the mix: 100 % to the last digit, the rest the rest."""
    models = [f"openai/m{k}" for k in range(len(weights))]
    started = [Share(model, "", Decimal(0)) for model in models]
    shares = parted(Decimal(100), started, [Decimal(w) for w in weights] if any(weights) else
                    [Decimal(1)] * len(weights))  # fmt: skip
    told = {model: f"{part.normalize():f}%" for model, part in shares.items()}
    if has_rest:
        told[models[-1]] = "rest"
    before = now = mix("{" + ", ".join(f"{k}: {v}" for k, v in told.items()) + "}")
    for at, to in moves:
        text = now.with_share(models[at % len(models)], f"{to.normalize():f}%", before)
        now = mix(text)
        assert sum(share.points for share in now.shares) == 100
        assert all(0 <= share.points <= 100 for share in now.shares)
        assert now.share(models[at % len(models)]).points == to
        assert [share.is_rest for share in now.shares] == [s.is_rest for s in before.shares]
        read_scenario(
            "name: n\nstart: 2026-12\nworkloads: {chat: {demand: {requests: 1/day}, "
            f"request: {{input: 1}}, routing: {{mix: {text}}}}}}}",
            "made.yaml",
            Path(),
        )


def test_a_mix_says_the_same_however_it_is_spelled() -> None:
    read = mix("{a/x: 85%, b/y: 15%}")
    assert read.says("{b/y: 0.15, a/x: 0.85}")
    assert not read.says("{a/x: 85%, b/y: rest}")
    assert not read.says("{a/x: 84%, b/y: 16%}")
    assert not read.says("none")
