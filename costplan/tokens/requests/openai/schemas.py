"""How OpenAI writes a JSON Schema into the prompt: as a type of TypeScript, or as shorter JSON.

Nobody has published it. It was found from the input tokens billed for recorded calls that differ in
one thing: every rule below reproduces each recorded call it was read from, to the token
(docs/requests.md has the numbers). OpenAI's open-weight format shows a relative of it:
https://github.com/openai/harmony/blob/main/docs/format.md.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from costplan.tokens.requests.fields import compact, mapping, mappings, words
from costplan.tokens.requests.references import without_references

_NOTES = (
    "default", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf",
    "minLength", "maxLength", "pattern", "format", "minItems", "maxItems",
)  # fmt: skip
"""Keywords that stand after a property as a comment; recorded: default and minimum."""
_NAMING = {"properties", "$defs", "definitions"}
"""Keywords whose own keys are names and not keywords."""
_CHECKED = {*_NOTES, "required", "additionalProperties", "uniqueItems", "$schema"}
"""Keywords of an answer's structure that the model is not shown, strict or not."""

_RECORDED = {
    "type", "description", "title", "properties", "required", "additionalProperties", "enum",
    "items", "anyOf", "$ref", "$defs", "minimum", "default", "strict",
}  # fmt: skip
"""Keywords that recorded tools have; how others are written is taken from their neighbours."""


def is_recorded(schema: Any, *, names: bool = False) -> bool:
    """Whether every keyword of a schema is one whose writing has been checked on billed tokens."""
    if isinstance(schema, Mapping):
        return all(
            (names or key in _RECORDED)
            and (
                key in {"default", "required", "enum"}
                or is_recorded(value, names=not names and key in _NAMING)
            )
            for key, value in schema.items()
        )
    return all(map(is_recorded, schema)) if isinstance(schema, list) else True


def as_comment(text: str) -> list[str]:
    """Lines of a text as comments: each without its indentation, an empty one as `//`."""
    return [f"// {line.strip()}".rstrip() for line in text.strip().splitlines()] if text else []


def shown_schema(schema: Mapping[str, Any]) -> str:
    """The structure of an answer, as the prompt has it: compact JSON without what is enforced."""
    return compact(_without(schema))


def _without(schema: Any, *, names: bool = False) -> Any:
    """`names` where the keys are those of properties, which may be called anything."""
    if isinstance(schema, Mapping):
        return {
            key: _without(value, names=not names and key in _NAMING)
            for key, value in schema.items()
            if names or key not in _CHECKED
        }
    return [_without(value) for value in schema] if isinstance(schema, list) else schema


@dataclass(frozen=True, slots=True)
class TypeScript:
    """Writes the type of one schema."""

    root: Mapping[str, Any]
    plain: bool = False
    """As gpt-4 had it: no comments but the descriptions of arguments, and never on one line."""

    def arguments(self) -> str:
        """What stands between a function's parentheses; nothing where it takes no arguments."""
        if not mapping(self.root.get("properties")):
            return ""
        whole = without_references(self.root)
        return "\n".join([*self._comment(whole, -1), self._object(whole, 0)])

    def _type(self, schema: Any, depth: int) -> str:
        found = mapping(schema)
        for key in ("anyOf", "oneOf"):
            if key in found:
                return self._union(list(mappings(found[key])), depth)
        if "allOf" in found:
            return " & ".join(self._type(part, depth + 1) for part in mappings(found["allOf"]))
        if values := _values(found):
            return " | ".join(map(compact, values))
        kind = found.get("type")
        if isinstance(kind, list):
            return self._union([{**found, "type": each} for each in kind], depth)
        return self._simple(found, words(kind), depth)

    def _simple(self, schema: Mapping[str, Any], kind: str, depth: int) -> str:
        if kind == "object" or "properties" in schema:
            return self._object(schema, depth)
        return self._array(schema, depth) if kind == "array" else kind or "any"

    def _union(self, variants: list[Mapping[str, Any]], depth: int) -> str:
        types = [self._type(variant, depth + 1) for variant in variants]
        if any("\n" in each for each in types):
            return "\n" + "\n".join(f" | {each}" for each in types) + "\n"
        return " | ".join(types)

    def _array(self, schema: Mapping[str, Any], depth: int) -> str:
        if "items" not in schema:
            return "any[]"
        items = mapping(schema["items"])
        inner, comment = self._type(items, depth + 1), self._comment(items, depth)
        if comment or "\n" in inner:
            return "\n".join(["Array<", *comment, inner, ">"])
        return f"({inner})[]" if " | " in inner and not inner.startswith("{") else f"{inner}[]"

    def _object(self, schema: Mapping[str, Any], depth: int) -> str:
        properties = mapping(schema.get("properties"))
        if not properties:
            return "object"
        if not self.plain and not self._has_comments(schema):
            members = (self._member(schema, name, depth) for name in properties)
            return "{ " + ", ".join(members) + " }"
        lines = ["{"]
        for name, value in properties.items():
            lines += self._comment(mapping(value), depth)
            notes = "" if self.plain else ", ".join(self._notes(mapping(value)))
            end = f", // {notes}" if notes else ","
            lines.append(self._member(schema, name, depth) + end)
        return "\n".join([*lines, "}"])

    def _member(self, schema: Mapping[str, Any], name: str, depth: int) -> str:
        required = schema.get("required")
        mark = "" if isinstance(required, list) and name in required else "?"
        return f"{name}{mark}: {self._type(schema['properties'][name], depth + 1)}"

    def _comment(self, schema: Mapping[str, Any], depth: int) -> list[str]:
        """Title and description, an empty comment between them; arguments have depth 0."""
        description = words(schema.get("description"))
        if self.plain:
            return as_comment(description) if depth == 0 else []
        title = words(schema.get("title"))
        return as_comment("\n\n".join(text for text in (title, description) if text))

    @staticmethod
    def _notes(schema: Mapping[str, Any]) -> Iterator[str]:
        for keyword in _NOTES:
            if keyword in schema:
                yield f"{keyword}: {json.dumps(schema[keyword], ensure_ascii=False, default=str)}"

    def _has_comments(self, schema: Mapping[str, Any]) -> bool:
        """Whether any type inside has a comment: only then is a line given to each property."""
        inside = [*mappings([*mapping(schema.get("properties")).values()])]
        for key in ("items", "anyOf", "oneOf", "allOf"):
            inside += mappings(schema.get(key))
        return any(
            self._comment(part, 0) or [*self._notes(part)] or self._has_comments(part)
            for part in inside
        )


def _values(schema: Mapping[str, Any]) -> list[Any]:
    """The values a schema lists, if it does."""
    if "const" in schema:
        return [schema["const"]]
    return schema["enum"] if isinstance(schema.get("enum"), list) else []
