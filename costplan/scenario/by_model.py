"""A size that each model has its own of: reasoning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from costplan.documents import Mapping as MappingNode
from costplan.documents import Node
from costplan.scenario.kinds import MODEL
from costplan.scenario.tokens import Tokens, sized
from costplan.schema import INVALID, KeyPath, Kind, MapOf, Reader


@dataclass(frozen=True, slots=True)
class TokensByModel:
    """A number of tokens for each model."""

    models: Mapping[str, Tokens]

    def each(self) -> Iterator[tuple[KeyPath, Tokens]]:
        """Every model's, with its path."""
        yield from (((model,), tokens) for model, tokens in self.models.items())


@dataclass(frozen=True, slots=True)
class ByModel:
    """A size, or a mapping from models to sizes: keys with a slash are models."""

    def read(self, node: Node, path: KeyPath, reader: Reader) -> Any:
        """`Tokens` or `TokensByModel`."""
        if isinstance(node, MappingNode) and any("/" in name for name in node.items):
            models = _BY_MODEL.read(node, path, reader)
            return INVALID if models is INVALID else TokensByModel(models)
        return _ONE.read(node, path, reader)

    @property
    def alternatives(self) -> tuple[Kind, ...]:
        """Either of the two."""
        return (_ONE, _BY_MODEL)

    def json_schema(self) -> dict[str, Any]:
        """Either of the two."""
        named = _BY_MODEL.json_schema() | {"propertyNames": {"pattern": "/"}}
        return {"anyOf": [_ONE.json_schema(), named]}


_ONE = sized(Tokens)
_BY_MODEL = MapOf(_ONE, MODEL, minimum=1)
