"""A JSON Schema that says each thing once says the same."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from costplan.scenario.schema import SCENARIO
from costplan.schema import json_schema
from costplan.schema.sharing import shared


def test_what_stands_twice_is_defined_once() -> None:
    """Each place keeps its own description beside the reference."""
    size = {
        "type": "object",
        "properties": {f"key-{k}": {"type": "number", "description": "A size."} for k in range(9)},
        "additionalProperties": False,
    }
    schema = {
        "type": "object",
        "properties": {
            "input": {**size, "description": "What is sent."},
            "output": {"anyOf": [{"type": "number"}, {**size, "description": "What comes."}]},
        },
    }
    made = shared(schema)
    assert made["definitions"] == {"input": size}
    reference = [{"$ref": "#/definitions/input"}]
    assert made["properties"] == {
        "input": {"allOf": reference, "description": "What is sent."},
        "output": {
            "anyOf": [{"type": "number"}, {"allOf": reference, "description": "What comes."}]
        },
    }


def test_a_schema_without_repetition_stays_as_it_is() -> None:
    """Nothing is defined that is said once."""
    schema = {"type": "object", "properties": {"name": {"type": "string"}}}
    assert shared(schema) == schema


def test_references_put_back_are_the_whole_schema() -> None:
    """The scenario's schema, shared and written out again, is what it was."""
    whole = json_schema(SCENARIO, "costplan scenario")
    made = shared(whole)
    definitions = made.pop("definitions")
    assert written_out(made, definitions) == json.loads(json.dumps(whole))
    assert len(json.dumps(made) + json.dumps(definitions)) < len(json.dumps(whole)) / 2


def written_out(schema: Any, definitions: dict[str, Any]) -> Any:
    """Every reference replaced by what it means, with the description that stands beside it."""
    if isinstance(schema, list):
        return [written_out(each, definitions) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if "allOf" in schema:
        name = schema["allOf"][0]["$ref"].removeprefix("#/definitions/")
        about = {key: value for key, value in schema.items() if key != "allOf"}
        return written_out(definitions[name], definitions) | about
    return {key: written_out(value, definitions) for key, value in schema.items()}


@pytest.mark.parametrize(
    ("request_", "valid"),
    [({"input": 900, "output": 20}, True), ({"input": 900}, True), ({"inputs": 900}, False)],
)
def test_an_editor_follows_the_references(request_: dict[str, int], *, valid: bool) -> None:
    """What a judge is sent is checked as the request of a workload is."""
    scenario = {
        "name": "x", "start": "2026-12",
        "workloads": {"w": {
            "demand": {"requests": "1/day"},
            "request": {"input": 1, "output": 1},
            "routing": {"mix": {"a/b": "100%"}, "judge": {"model": "a/b", "request": request_}},
        }},
    }  # fmt: skip
    validator = jsonschema.Draft7Validator(shared(json_schema(SCENARIO, "costplan scenario")))
    assert validator.is_valid(scenario) is valid
