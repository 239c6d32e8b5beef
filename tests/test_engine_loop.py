"""Steps, limits of the history and its cache, against a conversation told token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from literal_chat import Chat

from costplan.engine.conversation import conversation
from costplan.engine.gaps import Reuse
from costplan.engine.loop import History, HistoryCache, Loop
from costplan.engine.model import Size, Term, Threshold
from costplan.engine.profile import Amount, CacheUse, Profile

NEVER = float("inf")


def fixed(tokens: float) -> Size:
    """A size that is known."""
    return Size((Term(tokens),))


def amounts(chat: Chat) -> tuple[Amount, ...]:
    """The sound of a conversation, its searches, and a fee for each call."""
    read = "" if chat.cached_sound == "audio_input" else chat.cached_sound
    return (
        Amount("audio_input", fixed(chat.heard), in_prompt=True, again="audio_input", cached=read),
        Amount("audio_output", fixed(chat.spoken), again="audio_input", cached=read),
        Amount("web_search", fixed(chat.searches)),
        Amount("request", fixed(chat.fee), each_call=True),
    )


def profile(chat: Chat, chance: float = 1.0) -> Profile:
    """The same conversation for the engine."""
    later = Reuse(Term(chance))
    history = None
    if chat.last_turns is not None:
        history = History(turns=chat.last_turns)
    elif chat.window is not None:
        history = History(window=Term(chat.window))
    elif chat.above is not None:
        history = History(above=Term(chat.above), summary=Term(chat.summary))
    loop = Loop(
        steps=Term(chat.steps),
        fan_out=Term(chat.fan_out),
        calls=fixed(chat.call),
        results=fixed(chat.result),
        returned=((Term(1), fixed(chat.returned)),),
    )
    return Profile(
        prefix=fixed(chat.prefix),
        cached=fixed(chat.shared),
        input=fixed(chat.new),
        output=fixed(chat.out),
        reasoning=fixed(chat.reasoning),
        amounts=amounts(chat),
        kept=fixed(chat.reasoning) if chat.kept else Size(),
        turns=Term(chat.turns),
        loop=loop,
        history=history,
        cache=CacheUse("cache_write_1h", None, chat.found_first, later)
        if chat.cache_prefix
        else None,
        grown=HistoryCache("cache_write_5m", later, chat.minimum) if chat.cache_history else None,
    )


def used(made: Profile, threshold: float = NEVER) -> dict[tuple[int, str], float]:
    """What the engine says, as numbers."""
    tiers = (Threshold(threshold),) if threshold != NEVER else ()
    return {key: float(amount) for key, amount in conversation(made, tiers, {}).items()}


sizes = st.integers(0, 30)
chats = st.builds(
    Chat,
    shared=sizes,
    prefix=st.just(0),
    new=st.integers(1, 20),
    out=st.integers(1, 20),
    reasoning=st.integers(0, 9),
    kept=st.booleans(),
    turns=st.integers(1, 4),
    steps=st.integers(1, 4),
    fan_out=st.integers(1, 3),
    call=st.integers(0, 5),
    result=st.integers(0, 20),
    returned=st.integers(0, 9),
    cache_prefix=st.just(True),
    cache_history=st.booleans(),
    found_first=st.booleans(),
)
limits: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"last_turns": st.integers(0, 3)}),
    st.fixed_dictionaries({"window": st.integers(0, 150)}),
    st.fixed_dictionaries({"above": st.integers(40, 300), "summary": st.integers(0, 15)}),
)


@given(chats, limits, st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([NEVER, 60, 150]))
def test_every_conversation_equals_the_literal_one(
    chat: Chat, limit: dict[str, Any], chance: float, threshold: float
) -> None:
    """Steps, fan-out, sub-agents, limits, caches, gaps and tiers, token by token."""
    chat = replace(chat, **limit, threshold=threshold)
    found = used(profile(chat, chance), threshold)
    assert found == pytest.approx(chat.expected(chance))


heard: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries(
    {
        "heard": st.integers(0, 25),
        "spoken": st.integers(0, 25),
        "searches": st.integers(0, 3),
        "fee": st.integers(0, 1),
        "cached_sound": st.sampled_from(["audio_cache_read", "audio_input"]),
    }
)


least: st.SearchStrategy[dict[str, Any]] = st.one_of(
    st.just({}),
    st.fixed_dictionaries(
        {
            "shared": st.just(0),
            "cache_prefix": st.just(False),
            "cache_history": st.just(True),
            "minimum": st.integers(1, 100),
        }
    ),
)
beside = st.builds(lambda *parts: {k: v for part in parts for k, v in part.items()}, heard, least)


@given(chats, limits, beside, st.sampled_from([0.0, 0.25, 1.0]), st.sampled_from([NEVER, 60, 150]))
def test_sound_searches_and_fees_of_a_loop_equal_the_literal_ones(
    chat: Chat, limit: dict[str, Any], more: dict[str, Any], chance: float, threshold: float
) -> None:
    """Sound is new once a turn, then sent again or found cached; a fee is paid for each call.

    A window cuts text and sound in proportion, so it is left out: a literal one cuts one of them.
    """
    limit = {} if "window" in limit else limit
    chat = replace(chat, **limit, **more, threshold=threshold)
    found = used(profile(chat, chance), threshold)
    assert found == pytest.approx(chat.expected(chance))


@given(chats, st.integers(1, 20), st.sampled_from([0.0, 0.25, 1.0]))
def test_pictures_billed_as_text_are_text(chat: Chat, pictures: int, chance: float) -> None:
    """Beside scaled input they are an amount: read, written and sent again as the input is."""
    made = profile(chat, chance)
    picture = Amount("input", fixed(pictures), in_prompt=True, again="input")
    apart = replace(made, amounts=(picture, *made.amounts))
    assert used(apart) == pytest.approx(replace(chat, new=chat.new + pictures).expected(chance))
