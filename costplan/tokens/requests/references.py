"""JSON Schemas with what they refer to in the place of the reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from costplan.tokens.requests.fields import mapping

_MOST = 5_000
"""Parts of one schema; what lies beyond is left out."""
_DEEPEST = 100


def without_references(
    schema: Mapping[str, Any], endless: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """The schema with each `$ref` replaced by the definition it names.

    Keywords beside a reference go before those of the definition.

    Args:
        schema: with its definitions at its top.
        endless: what stands where a definition refers to itself, and beyond 5,000 parts; by default
            an empty schema, which is of any type.
    """
    body = {key: value for key, value in schema.items() if key not in {"$defs", "definitions"}}
    return mapping(_Writer(schema, endless or {})(body, (), 0))


@dataclass(slots=True)
class _Writer:
    root: Mapping[str, Any]
    endless: Mapping[str, Any]
    left: int = _MOST

    def __call__(self, part: Any, within: tuple[str, ...], depth: int) -> Any:
        """A part of the schema; `within` are the references it is reached by."""
        self.left -= 1
        if self.left < 0 or depth > _DEEPEST:
            return self.endless
        if isinstance(part, list):
            return [self(item, within, depth + 1) for item in part]
        if not isinstance(part, Mapping):
            return part
        reference = part.get("$ref")
        if not isinstance(reference, str):
            return {key: self(value, within, depth + 1) for key, value in part.items()}
        beside = {key: value for key, value in part.items() if key != "$ref"}
        named = self.endless if reference in within else self._named(reference)
        return self({**named, **beside}, (*within, reference), depth + 1)

    def _named(self, reference: str) -> Mapping[str, Any]:
        found: Any = self.root
        for step in reference.split("/")[1:]:
            found = mapping(found).get(step.replace("~1", "/").replace("~0", "~"))
        return mapping(found)
