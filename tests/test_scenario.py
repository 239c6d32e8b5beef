"""Scenario files: defaults, variants, settings, and the files they name."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest
import yaml
from plans import SCENARIOS, scenario

from costplan.documents import Mapping, Scalar, read_document
from costplan.errors import ScenarioError, UnknownNameError
from costplan.quantity import Quantity
from costplan.scenario import (
    find_scenario,
    load_scenario,
    scenario_schema,
    shipped_scenarios,
    templates,
)

CHAT = """
workloads:
  chat:
    demand: {requests: 100/day}
    request: {input: 500, output: 300}
    routing: {mix: {openai/gpt-6-luna: 85%, anthropic/claude-haiku-5-5: 15%}}
variants:
  batch: {workloads.chat.batch: 50%}
  other-mix:
    workloads:
      chat:
        routing: {mix: {"google/gemini-3.8-flash": 100%}}
  one-share:
    workloads.chat.routing.mix."openai/gpt-6-luna": 60%
    workloads.chat.routing.mix."anthropic/claude-haiku-5-5": 40%
"""


def test_absent_keys_have_their_defaults() -> None:
    """A workload says only what is special about it."""
    chat = scenario(CHAT).workloads["chat"]
    assert chat.batch.high == 0
    assert chat.mode == "standard"
    assert chat.request is not None
    assert chat.request.turns == Quantity(Decimal(1), Decimal(1))
    assert str(chat.demand.days) == "all"


def test_variant_merges_by_key_and_replaces_a_mix_whole() -> None:
    """The other mix has one model, not three; the demand is still there."""
    changed = scenario(CHAT).apply("other-mix").workloads["chat"]
    assert changed.routing is not None
    assert list(changed.routing.mix[0].mix) == ["google/gemini-3.8-flash"]
    assert changed.demand.requests is not None
    assert changed.demand.requests.low == 100


def test_a_path_reaches_into_a_mix_with_a_quoted_key() -> None:
    """A segment that holds a dot or a slash is quoted."""
    changed = scenario(CHAT).apply("one-share").workloads["chat"]
    assert changed.routing is not None
    shares = {model: share and share.low for model, share in changed.routing.mix[0].mix.items()}
    assert shares == {
        "openai/gpt-6-luna": Decimal("0.6"),
        "anthropic/claude-haiku-5-5": Decimal("0.4"),
    }


def test_settings_come_after_the_variant() -> None:
    """`--set` has the last word."""
    base = scenario(CHAT)
    assert base.apply("batch").workloads["chat"].batch.low == Decimal("0.5")
    set_after = base.apply("batch", [("workloads.chat.batch", "30%")])
    assert set_after.workloads["chat"].batch.low == Decimal("0.3")
    assert set_after.variant == "batch"


def test_settings_may_be_mappings() -> None:
    """`--set` takes any YAML value."""
    changed = scenario(CHAT).apply(None, [("workloads.chat.demand", "{requests: 5/month}")])
    requests = changed.workloads["chat"].demand.requests
    assert requests is not None
    assert requests.per == ("month",)
    assert requests.low == 5


PHASES = """\
name: Phases
start: 2026-12
workloads:
  chat:
    demand: {requests: 100/day, growth: [{rate: 1%/month}, {from: 2027-03-01, rate: 2%/month}]}
    request: {input: 10}
    routing:
      mix:
        - {from: 2026-12-01, mix: {openai/gpt-6-luna: 100%}}
        - {from: 2027-03-01, mix: {openai/gpt-6-luna: 40%, openai/gpt-6-sol: 60%}}
variants:
  slower: {workloads.chat.demand.growth.1.rate: 0.5%/month}
  later: {workloads.chat.routing.mix.1: {from: 2027-06-01}}
"""


def test_a_path_reaches_into_a_list() -> None:
    """Entries are counted from 0; what is not named of one stays, but a mix is replaced whole."""
    base = scenario(PHASES)
    growth = base.apply("slower").workloads["chat"].demand.growth
    assert [str(phase.rate) for phase in growth] == ["1%/month", "0.5%/month"]
    later = base.apply("later").workloads["chat"].routing
    assert later is not None
    assert [(str(entry.from_), len(entry.mix)) for entry in later.mix] == [
        ("2026-12-01", 1),
        ("2027-06-01", 2),
    ]
    path = "workloads.chat.routing.mix.1.mix"
    mixed = base.apply(None, [(path, "{openai/gpt-6-sol: 100%}")]).workloads["chat"].routing
    assert mixed is not None
    assert list(mixed.mix[1].mix) == ["openai/gpt-6-sol"]


def test_a_path_reaches_no_entry_that_is_not_there() -> None:
    with pytest.raises(ScenarioError, match="there is no entry 2: the list has 2, counted from 0"):
        scenario(PHASES).apply(None, [("workloads.chat.demand.growth.2.rate", "3%/month")])


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("workloads.caht.batch", "10%", "did you mean 'chat'"),
        ("workloads.chat.bacth", "10%", "did you mean 'batch'"),
        ("workloads.chat.batch", "110%", "between 0% and 100%"),
        ("workloads..batch", "1", "an empty key"),
        ("months", "{", "not YAML"),
    ],
)
def test_settings_that_go_nowhere(path: str, value: str, message: str) -> None:
    """The message names the option, since there is no line."""
    with pytest.raises(ScenarioError, match=message) as caught:
        scenario(CHAT).apply(None, [(path, value)])
    assert str(caught.value).startswith(f"--set {path}: ")


def test_unknown_variant() -> None:
    """The nearest is named."""
    with pytest.raises(UnknownNameError, match="did you mean 'batch'"):
        scenario(CHAT).apply("bacth")


def test_applying_twice_keeps_the_first() -> None:
    """A variant stays when a value is set, and a value stays when a variant is laid over."""
    base = scenario(CHAT)
    both = base.apply("batch").apply(None, [("months", "9")])
    assert (both.variant, both.months) == ("batch", 9)
    assert both.workloads["chat"].batch.low == Decimal("0.5")
    assert base.apply(None, [("months", "9")]).apply("batch").months == 9


def test_setting_an_assumption_that_is_not_there() -> None:
    """A misspelt assumption is an error, not a what-if without effect."""
    text = "assumptions: {growth: 4% to 7%}\n" + CHAT
    with pytest.raises(ScenarioError, match="no assumption 'grwth'; did you mean 'growth'"):
        scenario(text).apply(None, [("assumptions.grwth", "10%")])


def test_sample_files_by_pattern(tmp_path: Path) -> None:
    """`logs/*.jsonl` is all of them, in the order of their names."""
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "b.jsonl").write_text("3\n4\n", encoding="utf-8")
    (tmp_path / "logs" / "a.jsonl").write_text("1\n2\n", encoding="utf-8")
    (tmp_path / "logs" / "notes.txt").write_text("no", encoding="utf-8")
    file = tmp_path / "plan.yaml"
    text = CHAT.replace("input: 500", 'input: {sample: "logs/*.jsonl"}')
    file.write_text("name: x\nstart: 2026-12\n" + text, encoding="utf-8")
    assert load_scenario(file).samples == {("logs/*.jsonl", ""): (1, 2, 3, 4)}


def test_a_binary_is_not_a_prompt(tmp_path: Path) -> None:
    """A file that is not text is a problem at its place, not a count of replacement signs."""
    (tmp_path / "system.md").write_bytes(b"You are \xff\xfe helpful")
    file = tmp_path / "plan.yaml"
    text = CHAT.replace("input: 500", "input: {file: system.md}")
    file.write_text("name: x\nstart: 2026-12\n" + text, encoding="utf-8")
    with pytest.raises(ScenarioError, match="not text in UTF-8, at byte 9"):
        load_scenario(file)


def test_applying_does_not_change_the_base() -> None:
    """A scenario is a value."""
    base = scenario(CHAT)
    base.apply("batch", [("months", "9")])
    assert base.months == 3
    assert base.workloads["chat"].batch.low == 0


def test_texts_and_samples_are_read_beside_the_scenario(tmp_path: Path) -> None:
    """Relative to the file, whatever the current folder; numbers and texts mix in a sample."""
    (tmp_path / "system.md").write_text("You are helpful.", encoding="utf-8")
    (tmp_path / "log.jsonl").write_text('{"text": "hi"}\n{"tokens": 12}\n"bare"\n7\n', "utf-8")
    file = tmp_path / "plan.yaml"
    file.write_text(
        "name: x\nstart: 2026-12\n"
        + CHAT.replace("input: 500", "input: {sample: log.jsonl}, system: {file: system.md}"),
        encoding="utf-8",
    )
    found = load_scenario(file)
    assert found.texts == {"system.md": "You are helpful."}
    assert found.samples == {("log.jsonl", ""): ("hi", 12, "bare", 7)}


@pytest.mark.parametrize("line", ["{}", "[1]", "-3", "true", "{", "1.5"])
def test_a_record_that_is_none(tmp_path: Path, line: str) -> None:
    """A bad line of a sample is told with its number."""
    (tmp_path / "log.jsonl").write_text(f'"fine"\n{line}\n', encoding="utf-8")
    file = tmp_path / "plan.yaml"
    text = "name: x\nstart: 2026-12\n" + CHAT.replace("input: 500", "input: {sample: log.jsonl}")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"log\.jsonl:2: expected a text"):
        load_scenario(file)


def test_missing_text_names_the_nearest_file(tmp_path: Path) -> None:
    """A misspelt file is found among its neighbours."""
    (tmp_path / "support.md").write_text("x", encoding="utf-8")
    file = tmp_path / "plan.yaml"
    text = "name: x\nstart: 2026-12\n" + CHAT.replace("input: 500", "input: {file: suport.md}")
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=r"did you mean 'support\.md'"):
        load_scenario(file)


def test_shipped_name_is_found_without_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An example can be named from anywhere, with a note that it is the shipped one."""
    monkeypatch.chdir(tmp_path)
    file, note = find_scenario("fast-tier.yaml")
    assert file.is_file()
    assert note == "fast-tier.yaml is not on disk; using the example of that name"


def test_unknown_file_names_the_nearest_example() -> None:
    """A misspelt example is an error."""
    with pytest.raises(UnknownNameError, match=r"did you mean 'fast-tier\.yaml'"):
        find_scenario("fast-teir.yaml")


def plain(text: str) -> object:
    """A YAML document as JSON sees it: numbers where they look like numbers."""
    node, _ = read_document(text, "x")

    def value(item: object) -> object:
        if isinstance(item, Mapping):
            return {key: value(child) for key, child in item.items.items()}
        if isinstance(item, Scalar):
            if item.plain and item.text in {"true", "false"}:
                return item.text == "true"
            if item.plain and item.text.replace(".", "", 1).isdigit():
                return float(item.text) if "." in item.text else int(item.text)
            return None if item.is_null else item.text
        return [value(child) for child in item.items]  # type: ignore[attr-defined]

    return value(node)


def test_published_schema_is_the_schema() -> None:
    """`scenarios/schema.json` is made from the dataclasses, which are the schema."""
    published = json.loads((SCENARIOS / "schema.json").read_text("utf-8"))
    assert published == scenario_schema()
    jsonschema.Draft7Validator.check_schema(published)


ALL = [*shipped_scenarios(), *(SCENARIOS / "templates").glob("*.yaml")]


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.name)
def test_editors_accept_what_ships(file: Path) -> None:
    """Every shipped file is valid by the schema that an editor checks it with."""
    text = file.read_text("utf-8")
    first = text.splitlines()[0]
    assert first.startswith("# yaml-language-server: $schema=")
    jsonschema.Draft7Validator(scenario_schema()).validate(plain(text))
    assert yaml.safe_load(text)  # and by any YAML reader


def test_editors_refuse_an_unknown_key() -> None:
    """The schema forbids what the loader forbids."""
    validator = jsonschema.Draft7Validator(scenario_schema())
    assert list(validator.iter_errors({"name": "x", "start": "2026-12", "workloads": {}, "wat": 1}))


def test_templates_are_commented_for_their_readers() -> None:
    """Each has a summary, and tells what to change first."""
    names = {template.name for template in templates()}
    assert names == {
        "developer-pipeline", "content-team", "small-business-support", "rag-search",
        "coding-agent", "nightly-batch", "product-images",
    }  # fmt: skip
    for template in templates():
        assert template.summary
        assert template.text.count("#") >= 8
