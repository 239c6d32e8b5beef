"""Tools of Gemini 2.5 on the Gemini API: written as Python, as the model calls them.

A function becomes `def book(`, a line `    title: str,` for each argument, `) -> dict:` and a
docstring of its description and its arguments' (`Args:`); an object becomes a dataclass of its own
before it, `BookAuthor` for the argument `author`, with `Attributes:` and its fields. A call is
`print(default_api.book(title = 'Emma'))`, an answer `{"book_response": {"result": "found"}}`.

Nobody documents this. The shape was guessed from calls that the models let slip, and confirmed to
the token by recorded requests: 61 of 61 with declarations alone, 176 of 188 with calls and answers
(the others bill the thoughts before a call). What those do not have, such as unions and free
mappings, is written here as Python would have it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from costplan.tokens.requests.conversation import Tool
from costplan.tokens.requests.fields import either, mapping, words
from costplan.tokens.requests.gemini.pieces import Pieces, listed, unrolled

_TYPES = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "object": "dict[str, Any]",
    "null": "None",
}


def declaration(tool: Tool) -> Pieces:
    """A function's signature and docstring, after the classes its arguments need."""
    schema, classes = unrolled(tool.schema), list[str]()
    arguments = _fields(schema, _camel(tool.name), classes)
    signature = "".join(f"    {argument},\n" for argument in arguments)
    head = f"def {tool.name}(\n{signature}) -> dict:\n"
    doc = _docstring(tool.description, "Args", schema)
    return Pieces(("".join(classes) + head + doc,))


def call(name: str, arguments: Any) -> Pieces:
    """A call, printed."""
    given = ", ".join(f"{key} = {_literal(value)}" for key, value in mapping(arguments).items())
    return Pieces((f"print(default_api.{name}({given}))",))


def answer(name: str, value: Any) -> Pieces:
    """What a function answered, as a mapping of its name."""
    return Pieces((_answered({f"{name}_response": value}),))


def _fields(schema: Mapping[str, Any], owner: str, classes: list[str]) -> list[str]:
    """`name: type = default` of every property; the classes they need are added."""
    needed = listed(schema.get("required"))
    return [
        f"{name}: {_type(mapping(inner), owner + _camel(name), classes)}"
        + _default(mapping(inner), needed=name in needed)
        for name, inner in mapping(schema.get("properties")).items()
    ]


def _default(schema: Mapping[str, Any], *, needed: bool) -> str:
    value = f" = {_literal(schema.get('default'))}"
    if needed:
        return value if "default" in schema else ""
    may_be_none = any(mapping(one).get("type") == "null" for one in _branches(schema))
    return value if may_be_none else f" | None{value}"


def _type(schema: Mapping[str, Any], named: str, classes: list[str]) -> str:
    if branches := _branches(schema):
        types = (_type(mapping(one), named, classes) for one in branches)
        return " | ".join(dict.fromkeys(types))
    if allowed := listed(schema.get("enum")):
        return f"Literal[{', '.join(map(_literal, allowed))}]"
    kind = words(schema.get("type")).casefold()
    if kind == "array":
        return f"list[{_type(mapping(schema.get('items')), named, classes)}]"
    if schema.get("properties"):
        classes.append(_class(schema, named, classes))
        return named
    return _TYPES.get(kind, "Any")


def _class(schema: Mapping[str, Any], named: str, classes: list[str]) -> str:
    fields = "".join(f"  {line}\n" for line in _fields(schema, named, classes))
    head = f"@dataclasses.dataclass(kw_only=True)\nclass {named}:\n"
    return f"{head}{_docstring(words(schema.get('description')), 'Attributes', schema)}{fields}\n"


def _branches(schema: Mapping[str, Any]) -> list[Any]:
    """What a value may be one of: `anyOf`, or several types."""
    kinds = schema.get("type")
    if isinstance(kinds, list):
        return [{**schema, "type": kind} for kind in kinds]
    return listed(either(schema, "anyOf", "any_of", "oneOf"))


def _docstring(text: str, heading: str, schema: Mapping[str, Any]) -> str:
    described = {
        name: words(mapping(inner).get("description"))
        for name, inner in mapping(schema.get("properties")).items()
    }
    lines = "".join(f"    {name}: {_indented(of, 4)}\n" for name, of in described.items())
    return f'  """{_indented(text, 2)}\n\n  {heading}:\n{lines}  """\n'


def _indented(text: str, by: int) -> str:
    """Every line but the first moved in; an empty line stays empty."""
    return re.sub(r"\n(?=[^\n])", "\n" + " " * by, text)


def _camel(name: str) -> str:
    """`get_book` and `get-book` are `GetBook`."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[^A-Za-z0-9]+", name))


def _literal(value: Any) -> str:
    """A value in Python, its texts always in single quotes."""
    if isinstance(value, str):
        return f"'{_escaped(value).replace("'", "\\'")}'"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"'{key}': {_literal(of)}" for key, of in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)


def _answered(value: Any) -> str:
    """An answer: like JSON, but quotes of either kind are escaped."""
    if isinstance(value, str):
        return '"' + _escaped(value).replace('"', '\\"').replace("'", "\\'") + '"'
    if isinstance(value, Mapping):
        return "{" + ",".join(f'"{key}": {_answered(of)}' for key, of in value.items()) + "}"
    if isinstance(value, list | tuple):
        return f"[{','.join(map(_answered, value))}]"
    return words(value) or "null"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n")
