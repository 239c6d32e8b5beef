"""A JSON Schema in which what is said several times is said once."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

type Schema = dict[str, Any]

_WORTH = 400
"""Objects that take fewer letters stay where they are."""


def shared(schema: Schema) -> Schema:
    """The same schema, with every object that it describes more than once among `definitions`.

    A reference stands in an `allOf`: draft 7 ignores what stands beside a `$ref`, and each place
    keeps its own description.
    """
    counts = Counter(_text(each) for _, each in _objects("", schema))
    names: dict[str, str] = {}
    definitions: Schema = {}
    for name, each in _objects("", schema):
        text = _text(each)
        if counts[text] > 1 and len(text) > _WORTH and text not in names:
            taken = sum(other.partition("-")[0] == name for other in definitions)
            names[text] = f"{name}-{taken + 1}" if taken else name
            definitions[names[text]] = {}
    for name, each in _objects("", schema):
        text = _text(each)
        if text in names and not definitions[names[text]]:
            inside = {key: value for key, value in each.items() if key != "description"}
            definitions[names[text]] = _referring(name, inside, names, whole=True)
    made: Schema = _referring("", schema, names, whole=True)
    return made | ({"definitions": definitions} if definitions else {})


def _objects(name: str, schema: Any) -> Iterator[tuple[str, Schema]]:
    """Every object with keys of its own, with the key it stands under; the outer ones first."""
    if isinstance(schema, list):
        for each in schema:
            yield from _objects(name, each)
    elif isinstance(schema, dict):
        if "properties" in schema:
            yield name, schema
        for key, each in schema.items():
            if key == "properties":
                for below, child in each.items():
                    yield from _objects(below, child)
            else:
                yield from _objects(name, each)


def _text(schema: Schema) -> str:
    """What it says, whatever it is described as."""
    return json.dumps({key: value for key, value in schema.items() if key != "description"})


def _referring(name: str, schema: Any, names: dict[str, str], *, whole: bool = False) -> Any:
    """The schema with references for what has a name; `whole` is not replaced itself."""
    if isinstance(schema, list):
        return [_referring(name, each, names) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if not whole and "properties" in schema and (named := names.get(_text(schema))):
        about = {key: schema[key] for key in ("description", "examples") if key in schema}
        return {"allOf": [{"$ref": f"#/definitions/{named}"}], **about}
    return {
        key: {below: _referring(below, child, names) for below, child in each.items()}
        if key == "properties"
        else _referring(name, each, names)
        for key, each in schema.items()
    }
