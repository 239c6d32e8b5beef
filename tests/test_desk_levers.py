from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from costplan import load_scenario
from costplan.desk.levers import Lever, checked, completed, levers_of, settings_for
from costplan.desk.spelling import Spelling, step_of, tidy
from costplan.scenario import Scenario, read_scenario

SCENARIOS = sorted(Path("scenarios").rglob("*.yaml"))
TEXT = """\
name: Two workloads
start: 2026-12
uncertainty: steady
assumptions: {chats: 8k to 12k, growth: 4 to 7%, part: 20%, users: 25, spare: 3}
workloads:
  chat:
    demand: {requests: $chats/day, growth: $growth/month, launch: 2027-01-15, ramp: 3 months}
    request:
      system: {tokens: 2k, cache: 1h}
      input: {mean: 180, p90: 340, counted_with: openai/gpt-6-luna}
      output: 260
      turns: 4
      cache: {hits: 85%}
      gap: {mean: 40 s, p90: 80 s}
      scale: 1.2
    failures: {retry: 2%, escalate: 8% to 15%}
    routing:
      mix: {openai/gpt-6-luna: 85%, anthropic/claude-haiku-5-5: 15%}
      escalate_to: openai/gpt-6-sol
  mail:
    demand:
      requests: 3 per user per weekday
      users: $users
      growth: [{rate: 2%/month}, {from: 2027-04-01, rate: 1.50%/month}]
      seasonality: {weekdays: {sat: 0.4}}
    request: {input: {text: Sort this mail.}, output: 0.5k}
    batch: 40%
    routing:
      mix:
        - {from: 2026-12-01, mix: {openai/gpt-6-luna: 100%}}
        - {from: 2027-03-01, mix: {openai/gpt-6-luna: 2.5%, openai/gpt-6-sol: rest}}
budget:
  monthly: $2,500
"""


def scenario(text: str = TEXT) -> Scenario:
    return read_scenario(text, "two.yaml", Path())


def lever(label: str, group: str = "chat", text: str = TEXT) -> Lever:
    found = [one for one in levers_of(scenario(text)) if (one.label, one.group) == (label, group)]
    assert len(found) == 1, [(one.group, one.label) for one in levers_of(scenario(text))]
    return found[0]


def test_levers_are_grouped_and_told_in_order() -> None:
    """Assumptions, then each workload from its demand to its sizes, then the whole plan."""
    told: dict[str, list[str]] = {}
    for one in levers_of(scenario()):
        told.setdefault(one.group, []).append(f"{one.label} {one.text}".strip())
    assert told == {
        "Assumptions": ["chats 8k to 12k", "growth 4 to 7%", "part 20%", "users 25", "spare 3"],
        "chat": [
            "gpt-6-luna 85%",
            "claude-haiku-5-5 15%",
            "escalation 8% to 15%",
            "retries 2%",
            "cache hits 85%",
            "system cache lifetime 1h",
            "batch share 0%",
            "turns 4",
            "length of texts 1.2",
            "output 260",
            "input {mean: 180, p90: 340}",
            "system prompt 2k",
            "time between turns {mean: 40 s, p90: 80 s}",
            "launch 2027-01-15",
            "ramp 3 months",
        ],
        "mail": [
            "requests 3 per user per weekday",
            "growth 2%/month",
            "growth from 2027-04-01",
            "growth 2027-04-01 1.50%/month",
            "mix from 2026-12-01",
            "gpt-6-luna 100%",
            "mix from 2027-03-01",
            "gpt-6-luna 2.5%",
            "gpt-6-sol 97.5%",
            "retries 0%",
            "batch share 40%",
            "length of texts 1",
            "output 0.5k",
            "weekdays sat 0.4",
        ],
        "Whole plan": ["prices known on", "first month 2026-12", "months 12", "uncertainty steady"],
        "Budget": ["monthly $2,500"],
    }


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
def test_every_lever_of_the_examples_is_a_setting(path: Path) -> None:
    """Its path and text lay what stands there over the scenario, and change nothing."""
    read = load_scenario(path)
    paths = set()
    for one in levers_of(read):
        assert one.path not in paths
        paths.add(one.path)
        assert one.label
        assert len(one.label.split()) <= 5  # four, and what an entry of a list is for
        again = read.apply(settings=settings_for(one, one.text))
        there = {other.path: other.text for other in levers_of(again)}
        assert there[one.path] == one.text


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda path: path.stem)
@pytest.mark.parametrize("steps", [1, 7])
def test_up_and_down_is_where_it_was(path: Path, steps: int) -> None:
    """And down and up: unless an end is in between, the text comes back to the letter."""
    for one in levers_of(load_scenario(path), ["2026-08-01", "2026-10-07"]):
        for there in (steps, -steps):
            moved = one.nudged(one.text, there)
            assert one.nudged(one.text, 0) == one.text
            if one.nudged(moved, 1 if there > 0 else -1) != moved:  # no end was reached
                assert one.nudged(moved, -there) == one.text, one


@pytest.mark.parametrize(
    ("label", "group", "steps", "moved"),
    [
        ("chats", "Assumptions", 1, "8.5k to 12.5k"),
        ("chats", "Assumptions", -20, "0.5k to 4.5k"),  # a range begins above 0
        ("growth", "Assumptions", 1, "4.5 to 7.5%"),
        ("part", "Assumptions", -1, "19%"),
        ("users", "Assumptions", 1, "26"),
        ("claude-haiku-5-5", "chat", 90, "100%"),
        ("retries", "chat", 1, "2.5%"),
        ("retries", "chat", -9, "0%"),
        ("escalation", "chat", -30, "1% to 8%"),
        ("cache hits", "chat", 1, "86%"),
        ("system cache lifetime", "chat", -1, "30m"),
        ("system cache lifetime", "chat", 9, "automatic"),
        ("turns", "chat", 1, "5"),
        ("length of texts", "chat", 1, "1.25"),
        ("output", "chat", 5, "310"),
        ("input", "chat", 1, "{mean: 190, p90: 359}"),
        ("time between turns", "chat", 1, "{mean: 42 s, p90: 84 s}"),
        ("system prompt", "chat", 1, "2.1k"),
        ("launch", "chat", 20, "2027-02-04"),
        ("ramp", "chat", 1, "4 months"),
        ("requests", "mail", 1, "3.2 per user per weekday"),
        ("growth from", "mail", 1, "2027-05-01"),  # it steps on the first of a month
        ("growth 2027-04-01", "mail", 1, "2.00%/month"),
        ("output", "mail", 1, "0.52k"),
        ("first month", "Whole plan", 2, "2027-02"),
        ("months", "Whole plan", -40, "1"),
        ("months", "Whole plan", 400, "120"),
        ("uncertainty", "Whole plan", 1, "typical"),
        ("uncertainty", "Whole plan", -5, "none"),
        ("monthly", "Budget", 10, "$3,500"),
    ],
)
def test_a_nudge_is_a_tidy_step(label: str, group: str, steps: int, moved: str) -> None:
    """Worked out by hand: a point of a share, a twentieth of an amount, a day, a month, a word."""
    one = lever(label, group)
    assert one.nudged(one.text, steps) == moved


def test_a_typed_value_is_moved_in_its_own_form() -> None:
    one = lever("uncertainty", "Whole plan")
    assert one.nudged("0.3", 1) == "0.32"
    assert one.nudged("1.98", 5) == "2"
    assert lever("input").nudged("{mean: 100, p90: 200}", 1) == "{mean: 105, p90: 210}"
    assert lever("input").nudged("100", 1) == "105"


def test_the_price_date_goes_through_the_days_that_matter() -> None:
    """To the left is what was known before; at the right end is what is known today."""
    one = next(x for x in levers_of(scenario(), ["2026-08-01", "2026-10-07"]) if x.stops)
    assert one.text == ""
    assert one.nudged("", -1) == "2026-10-07"
    assert one.nudged("", -9) == "2026-08-01"
    assert one.nudged("2026-09-30", 1) == "2026-10-07"
    assert one.nudged("2026-09-30", -1) == "2026-08-01"
    assert one.nudged("2026-10-07", 5) == ""
    assert settings_for(one, "") == (("known_at", "null"),)
    assert scenario().apply(settings=[("known_at", "null")]).known_at is None


def test_a_number_in_the_place_of_a_spread_is_in_the_same_tokens() -> None:
    one = lever("input")
    setting = ("workloads.chat.request.input", "{tokens: 200, counted_with: openai/gpt-6-luna}")
    assert settings_for(one, "200") == (setting,)
    request = scenario().apply(settings=[setting]).workloads["chat"].request
    size = request and request.input
    assert size
    assert (str(size.tokens), size.mean) == ("200", None)
    assert size.counted_with == "openai/gpt-6-luna"


def test_a_size_keeps_what_else_it_says() -> None:
    """The system prompt stays in its cache when its length is changed."""
    one = lever("system prompt")
    assert settings_for(one, "3k") == (("workloads.chat.request.system", "{tokens: 3k}"),)
    request = scenario().apply(settings=settings_for(one, "3k")).workloads["chat"].request
    assert request
    assert request.system
    assert (request.system.cache, str(request.system.tokens)) == ("1h", "3000")


def test_an_entry_of_a_list_is_set_by_its_number() -> None:
    one = lever("growth 2027-04-01", "mail")
    assert settings_for(one, "3%/month") == (("workloads.mail.demand.growth.1.rate", "3%/month"),)
    phases = scenario().apply(settings=settings_for(one, "3%/month")).workloads["mail"].demand
    assert [phase.rate.low for phase in phases.growth] == [Decimal("0.02"), Decimal("0.03")]


@pytest.mark.parametrize(
    ("label", "group", "text", "problem"),
    [
        ("retries", "chat", "20", "a share lies between 0% and 100%, found 20; write 20%"),
        ("retries", "chat", "2,5%", "comma parts thousands"),
        ("chats", "Assumptions", "12q", "unknown unit 'q'"),
        ("chats", "Assumptions", "20%", "expected a rate of requests"),
        ("growth", "Assumptions", "0.05", "growth is written in percent"),
        ("months", "Whole plan", "200", "a whole number from 1 to 120"),
        ("launch", "chat", "2027-02-30", "2027-02-30"),
        ("uncertainty", "Whole plan", "typcal", "did you mean 'typical'?"),
        ("system cache lifetime", "chat", "2h", "did you mean '12h'?"),
        ("input", "chat", "{mean: 100, p90: 300}", "no lognormal has a p90 over 2.27 times"),
        ("input", "chat", "{mean: 100, p91: 300}", "did you mean 'p90'?"),
        ("monthly", "Budget", "-3", "expected an amount of money"),
        ("output", "chat", "", "expected a value, found nothing"),
        ("output", "chat", "{", "not YAML"),
    ],
)
def test_what_is_typed_is_read_by_the_schema(
    label: str, group: str, text: str, problem: str
) -> None:
    assert problem in checked(text, lever(label, group))


@pytest.mark.parametrize(
    ("label", "group", "typed", "meant"),
    [
        ("requests", "mail", "4", "4 per user per weekday"),
        ("growth", "mail", " 3% ", "3%/month"),
        ("growth", "mail", "40%/year", "40%/year"),
        ("output", "mail", "1k", "1k"),
        ("requests", "mail", "nine", "nine"),
    ],
)
def test_a_number_alone_is_per_what_it_was(label: str, group: str, typed: str, meant: str) -> None:
    text = TEXT.replace("growth: [{rate: 2%/month}, {from: 2027-04-01, rate: 1.50%/month}]",
                        "growth: 2%/month")  # fmt: skip
    one = lever(label, group, text)
    assert completed(typed, one) == meant
    assert bool(checked(meant, one)) == (meant == "nine")


def test_what_keys_cannot_move_is_left_alone() -> None:
    """Texts, names, hours and file names are no levers."""
    paths = {one.path for one in levers_of(load_scenario("scenarios/six-workloads.yaml"))}
    assert not {path for path in paths if "timing" in path or path.endswith((".file", "owner"))}
    assert "workloads.support-chat.demand.requests" not in paths  # $conversations is


@given(
    st.decimals(0, 10**7, places=3),
    st.sampled_from(["", "k", "%", "/day", " per user per day", " s"]),
    st.integers(-40, 40),
)
def test_amounts_never_grow_digits(value: Decimal, unit: str, steps: int) -> None:
    """A sum of steps is as short as its parts."""
    text = f"{value.normalize():f}{unit}"
    amount = Spelling.read(text)
    assert amount
    assert str(amount) == text
    step = step_of(amount)
    there = amount.plus(step * steps)
    back = Spelling.read(str(there))
    if back is not None:  # below 0 with a sign it reads as well
        assert str(back.plus(-step * steps)) == text
        digits = len(str(there).partition(".")[2].rstrip("k%/daysperu "))
        scale = 3 if "k" in unit else 0
        assert digits <= max(3, -int(step.as_tuple().exponent), 0) + scale + 3


@pytest.mark.parametrize(
    ("size", "nearest"),
    [("0.6", "0.5"), ("600", "500"), ("750", "1000"), ("1.2", "1"), ("15", "20"), ("35", "50")],
)
def test_steps_are_round(size: str, nearest: str) -> None:
    assert tidy(Decimal(size)) == Decimal(nearest)


@pytest.mark.parametrize("text", ["1024x768", "9-18", "support", "$chats/day", "12:30", "1,5k"])
def test_what_is_no_amount(text: str) -> None:
    assert Spelling.read(text) is None
