"""Logs of real requests, and prompts and images, counted by each routed model."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from prompts import GPT, HAIKU, codes, planned, read, sent, tokens, write

from costplan.engine.distributions import from_range
from costplan.errors import ScenarioError
from costplan.tokens import convert_tokens, density

BOTH = f"{GPT} {HAIKU}"


def test_the_same_prompt_is_counted_by_each_model(tmp_path: Path) -> None:
    """So a comparison is of the task: the quantities differ, as the tokenizers do."""
    write(tmp_path, {"prompt.md": "Tell the customer, politely, that the jackets are sold out."})
    found = sent(planned(tmp_path, "{input: {file: prompt.md}, output: 5}", BOTH))
    text = (tmp_path / "prompt.md").read_text("utf-8")
    assert found == {GPT: tokens(text, GPT), HAIKU: tokens(text, HAIKU)}
    assert found[HAIKU] > found[GPT]


def test_images_are_counted_by_each_models_rule(tmp_path: Path) -> None:
    """A photo of 1024 x 1024: 85 + 4 tiles of 170, and 37 x 37 patches of 28 pixels; times 3."""
    request = "{input: 0, output: 5, images: [{size: 1024x1024, count: 3}]}"
    found = sent(planned(tmp_path, request, BOTH))
    assert found == {GPT: 3 * (85 + 4 * 170), HAIKU: 3 * 37 * 37}
    low = sent(planned(tmp_path, request.replace("count: 3", "detail: low"), GPT))
    assert low == {GPT: 85}
    with pytest.raises(ScenarioError, match=r"images: unknown detail 'ultra_high'"):
        planned(tmp_path, request.replace("count: 3", "detail: ultra_high"), GPT)


@pytest.mark.parametrize(
    ("size", "mean"),
    [
        ("tokens: 1000", 1000),
        ("tokens: 500 to 1500", from_range(500, 1500, "positive").mean),
        ("mean: 800, p90: 1200", 800),
        ("mean: 500 to 1500, p90: 1600", from_range(500, 1500, "positive").mean),
    ],
)
def test_a_number_counted_elsewhere_is_converted(tmp_path: Path, size: str, mean: float) -> None:
    """Numbers, ranges and spreads alike, by the quotient of the tokenizers; the band is told."""
    found = planned(tmp_path, f"{{input: {{{size}, counted_with: {GPT}}}, output: 0}}", BOTH)
    quotient = density(HAIKU, GPT)
    assert sent(found) == pytest.approx({GPT: mean, HAIKU: mean * quotient.factor})
    (warning,) = (w for w in found.warnings if w.code == "estimated-tokens")
    assert warning.where == f"workloads.chat.request.input on {HAIKU}"
    assert f"{quotient.high / quotient.factor - 1:+.0%}" in warning.message


def test_numbers_of_a_log_are_converted_and_its_texts_are_counted(tmp_path: Path) -> None:
    """`counted_with` says whose tokens the numbers are; a text is counted on each model."""
    write(tmp_path, {"log.jsonl": [{"tokens": 1000}, {"tokens": 3000}, {"text": "Hi there"}]})
    sample = f"{{input: {{sample: log.jsonl, counted_with: {GPT}}}, output: 0}}"
    found = sent(planned(tmp_path, sample, BOTH))
    assert found[GPT] == pytest.approx((1000 + 3000 + tokens("Hi there", GPT)) / 3)
    converted = 4000 * density(HAIKU, GPT).factor
    assert found[HAIKU] == pytest.approx((converted + tokens("Hi there", HAIKU)) / 3)
    one = convert_tokens(1000, counted_with=GPT, model=HAIKU).tokens
    assert one == pytest.approx(1000 * density(HAIKU, GPT).factor, abs=0.5)


def test_a_log_of_numbers_on_two_tokenizers_draws_the_warning_of_numbers(tmp_path: Path) -> None:
    """Unless it is said whose numbers they are, and then that they are estimates elsewhere."""
    write(tmp_path, {"log.jsonl": [1000, 3000], "texts.jsonl": ["Hello", "Hi"]})
    plain = codes(planned(tmp_path, "{input: {sample: log.jsonl}, output: 0}", BOTH))
    assert "tokenizers-differ" in plain
    said = f"{{input: {{sample: log.jsonl, counted_with: {GPT}}}, output: 0}}"
    assert "tokenizers-differ" not in codes(planned(tmp_path, said, BOTH))
    assert "estimated-tokens" in codes(planned(tmp_path, said, BOTH))
    texts = codes(planned(tmp_path, "{input: {sample: texts.jsonl}, output: 0}", BOTH))
    assert "tokenizers-differ" not in texts


def test_one_warning_for_a_log_of_estimates(tmp_path: Path) -> None:
    """Not one for each length of text in it."""
    write(tmp_path, {"log.jsonl": ["word " * n for n in range(1, 60, 7)]})
    found = planned(tmp_path, "{input: {sample: log.jsonl}, output: 0}", "xai/grok-4.3")
    assert sum(warning.code == "estimated-tokens" for warning in found.warnings) == 1


@pytest.mark.parametrize(
    ("field", "line", "expected"),
    [
        ("prompt", {"prompt": "Hi", "text": "no"}, "Hi"),
        ("usage.input_tokens", {"usage": {"input_tokens": 17}}, 17),
        ("a.b", {"a.b": "as it is", "a": {"b": "inside"}}, "as it is"),
        ('"a.b".c', {"a.b": {"c": "x"}}, "x"),
        (None, 812.0, 812),
        (None, {"text": "a separator \u2028 is no new line"}, "a separator \u2028 is no new line"),
    ],
)
def test_the_field_of_a_log(tmp_path: Path, field: str | None, line: Any, expected: object) -> None:
    """Its name, or a path of names."""
    (tmp_path / "log.jsonl").write_text(json.dumps(line, ensure_ascii=False) + "\n", "utf-8")
    of = f", field: '{field}'" if field else ""
    samples = read(tmp_path, f"{{input: {{sample: log.jsonl{of}}}, output: 5}}").samples
    assert list(samples.values()) == [(expected,)]


@pytest.mark.parametrize(
    ("sample", "line", "message"),
    [
        ("field: promt", {"prompt": "Hi"}, "log.jsonl:1: there is no field 'promt'; did you mean "),
        ("field: a.b", {"a": 5}, "log.jsonl:1: there is no field 'a.b'"),
        ("field: a", {"a": [1, 2]}, "a number of tokens in the field 'a', found [1, 2]"),
        ("field: a", "text", "log.jsonl:1: there is no field 'a'"),
        ("field: 'a..b'", {"a": 1}, "an empty key"),
        ("field: a", {"a": 1.5}, "in the field 'a', found 1.5"),
        ("field: text", {"text": None}, "in the field 'text', found null"),
        ("counted_with: openai/gpt-4o", "Hi", "the sample holds texts, which are counted on each"),
    ],
)
def test_a_log_that_is_not_what_is_said(
    tmp_path: Path, sample: str, line: object, message: str
) -> None:
    """The line of the log, and the fields there are."""
    write(tmp_path, {"log.jsonl": [line]})
    with pytest.raises(ScenarioError, match=re.escape(message)):
        read(tmp_path, f"{{input: {{sample: log.jsonl, {sample}}}, output: 5}}")


def test_a_log_without_usual_fields_names_those_it_has(tmp_path: Path) -> None:
    """So that `field` can be written at once."""
    write(tmp_path, {"log.jsonl": [{"id": 1, "prompt": "Hi"}]})
    with pytest.raises(ScenarioError, match="name one of its fields with field: id, prompt"):
        read(tmp_path, "{input: {sample: log.jsonl}, output: 5}")


def test_logs_of_several_folders(tmp_path: Path) -> None:
    """A pattern reaches into folders; hidden files are nobody's logs."""
    write(tmp_path, {"logs/a/x.jsonl": [1], "logs/b/x.jsonl": [2], "logs/b/.x.jsonl": [3]})
    found = read(tmp_path, '{input: {sample: "logs/*/*.jsonl"}, output: 5}')
    assert found.samples == {("logs/*/*.jsonl", ""): (1, 2)}


def test_a_pattern_takes_the_files_there_are(tmp_path: Path) -> None:
    """Not every folder has the file, beside the folders are files, and folders are no logs."""
    write(tmp_path, {"logs/a/day.jsonl": [1], "logs/b/other.txt": "x", "logs/README": "x"})
    (tmp_path / "logs" / "c" / "day.jsonl").mkdir(parents=True)
    for pattern in ("logs/*/day.jsonl", "logs/?/*.jsonl"):
        found = read(tmp_path, f'{{input: {{sample: "{pattern}"}}, output: 5}}')
        assert found.samples == {(pattern, ""): (1,)}


def test_a_file_may_have_brackets_in_its_name(tmp_path: Path) -> None:
    """The file of that very name is meant before any that the brackets match."""
    write(tmp_path, {"log[1].jsonl": [1], "log1.jsonl": [2]})
    found = read(tmp_path, '{input: {sample: "log[1].jsonl"}, output: 5}')
    assert found.samples == {("log[1].jsonl", ""): (1,)}


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("lgos/*.jsonl", "'lgos/*.jsonl': there is no folder 'lgos'; did you mean 'logs'?"),
        ("logs/*.txt", "no file matches 'logs/*.txt'"),
        ("logs/*/none/*.jsonl", "no file matches 'logs/*/none/*.jsonl'"),
    ],
)
def test_a_pattern_that_matches_nothing(tmp_path: Path, pattern: str, message: str) -> None:
    """With the nearest folder where there is none of that name."""
    write(tmp_path, {"logs/a/x.jsonl": [1]})
    with pytest.raises(ScenarioError, match=re.escape(message)):
        read(tmp_path, f'{{input: {{sample: "{pattern}"}}, output: 5}}')


def test_a_sharp_in_a_name_is_no_field(tmp_path: Path) -> None:
    """The log `a#b` and the field `b` of the log `a` are two samples."""
    write(tmp_path, {"a#b": [1], "a": [{"b": 2}]})
    request = """{output: 5, input: {template: "{{x}}{{y}}", with: {
        x: {sample: "a#b"}, y: {sample: a, field: b}}}}"""
    assert sent(planned(tmp_path, request)) == {GPT: 3}
