"""Tools of Gemini to 2.0, and of every Gemini on Vertex AI: the sum of all texts in them.

Names, descriptions, types, allowed values, required names and a number or truth value (one token
each) count; braces and quotes do not. Google's SDK counts so offline (`LocalTokenizer` of
google-genai), but leaves the types out; so did the API itself in its oldest recordings. A
declaration's `parametersJsonSchema` is not counted (6 of 6 recorded calls), nor are the titles in a
declaration (4 of 4); those of a `responseSchema` are (10 of 10).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from costplan.tokens.requests.conversation import Tool
from costplan.tokens.requests.fields import mapping
from costplan.tokens.requests.gemini.pieces import Pieces, listed, unrolled

_TEXTS = ("type", "description", "format", "pattern")
_LISTS = ("enum", "required", "propertyOrdering", "property_ordering")
_NUMBERS = ("minimum", "maximum", "minItems", "maxItems", "minLength", "maxLength")
_VALUES = (*_TEXTS, *_LISTS, *_NUMBERS, "default", "example")
_BRANCHES = ("anyOf", "any_of", "oneOf", "allOf")
_KINDS = {"string", "number", "integer", "boolean", "array", "object"}


def declaration(tool: Tool) -> Pieces:
    """A function's name and description, and its parameters unless given as JSON Schema."""
    declared = mapping(tool.value)
    as_json_schema = bool(declared) and "parameters" not in declared
    texts = [] if as_json_schema else list(_schema(unrolled(tool.schema), titled=False))
    written = _counted([tool.name, tool.description, *texts])
    kinds = sum(isinstance(text, str) and text.casefold() in _KINDS for text in texts)
    return replace(written, doubt=kinds)


def response_schema(schema: Mapping[str, Any]) -> Pieces:
    """The structure an answer must have; Gemini 2.5 and later do not count it."""
    return _counted(_schema(unrolled(schema), titled=True))


def call(name: str, arguments: Any) -> Pieces:
    """A call: the name, and the names and values of its arguments."""
    return _counted([name, *_values(arguments)])


def answer(name: str, value: Any) -> Pieces:
    """What a function answered, with its name."""
    return _counted([name, *_values(value)])


def _counted(values: Iterator[Any] | list[Any]) -> Pieces:
    found = list(values)
    texts = tuple(value for value in found if isinstance(value, str) and value)
    return Pieces(texts, sum(not isinstance(value, str) for value in found))


def _values(value: Any) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield str(key)
            yield from _values(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner)
    elif value is not None:
        yield value


def _schema(schema: Any, *, titled: bool) -> Iterator[Any]:
    if not isinstance(schema, Mapping):
        return
    for key in (*(("title",) if titled else ()), *_VALUES):
        yield from _values(schema.get(key))
    for name, inner in mapping(schema.get("properties")).items():
        yield name
        yield from _schema(inner, titled=titled)
    branches = [branch for key in _BRANCHES for branch in listed(schema.get(key))]
    for inner in (schema.get("items"), *branches):
        yield from _schema(inner, titled=titled)
