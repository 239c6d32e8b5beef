"""Tools of Gemini 3 and later on the Gemini API: in the markup that Gemma 4 is published with.

    <tool>declaration:book{description:<q>Looks up a book<q>,parameters:{properties:{title:{
    type:<q>STRING<q>}},required:[<q>title<q>],type:<q>OBJECT<q>}}<end>

What stands in angle brackets is one control token each, and there are no spaces or line ends. 6 of
6 recorded declarations come out to the token, and 2 of 2 calls with answers whose thoughts are
known (https://ai.google.dev/gemma/docs/capabilities/function-calling describes Gemma's).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costplan.tokens.requests.conversation import Tool
from costplan.tokens.requests.fields import compact, mapping
from costplan.tokens.requests.gemini.pieces import CONTROL, Pieces, pieces, unrolled

_LEFT_OUT = {"$schema", "additionalProperties"}


def declaration(tool: Tool) -> Pieces:
    """A function with its description and its parameters; without any it has an empty object."""
    schema = {"type": "OBJECT", **unrolled(tool.schema)}
    written = {"description": _quoted(tool.description)} if tool.description else {}
    written["parameters"] = _schema(schema)
    return pieces(f"{CONTROL}declaration:{tool.name}{_braced(written)}{CONTROL}")


def call(name: str, arguments: Any) -> Pieces:
    """A call with its arguments."""
    return pieces(f"{CONTROL}call:{name}{_written(mapping(arguments))}{CONTROL}")


def answer(name: str, value: Any) -> Pieces:
    """What a function answered."""
    return pieces(f"{CONTROL}response:{name}{_written(value)}{CONTROL}")


def _quoted(text: str) -> str:
    return CONTROL + text + CONTROL


def _written(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, Mapping):
        return _braced({str(key): _written(inner) for key, inner in value.items()})
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_written, value))}]"
    return compact(value)


def _braced(written: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{key}:{text}" for key, text in written.items()) + "}"


def _schema(schema: Any) -> str:
    """Every field of a schema that is not empty, by their names, and its types in capitals."""
    if not isinstance(schema, Mapping):
        return _written(schema)
    written = {}
    for key, value in sorted(schema.items()):
        if key in _LEFT_OUT or (isinstance(value, Mapping | list) and not value):
            continue
        if key == "type" and isinstance(value, str):
            written[key] = _quoted(value.upper())
        elif key == "properties":
            properties = sorted(mapping(value).items())
            written[key] = _braced({name: _schema(of) for name, of in properties})
        elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
            written[key] = f"[{','.join(_schema(one) for one in value)}]"
        elif isinstance(value, Mapping):
            written[key] = _schema(value)
        else:
            written[key] = _written(value)
    return _braced(written)
