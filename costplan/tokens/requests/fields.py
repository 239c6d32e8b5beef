"""Reads a body that may be anything: what is not of the expected shape is taken as absent.

A body was written for a provider, not for us: the provider judges it. What matters here is that
every text in it is found, so a value of an unknown kind is kept as its JSON and never dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def mapping(value: Any) -> Mapping[str, Any]:
    """A mapping, or an empty one."""
    return value if isinstance(value, Mapping) else {}


def mappings(value: Any) -> Iterator[Mapping[str, Any]]:
    """The mappings of a list; one alone counts as a list of it."""
    items = value if isinstance(value, list | tuple) else [value]
    return (item for item in items if isinstance(item, Mapping))


def words(value: Any) -> str:
    """A text; None is empty, and what is no text stands as its JSON."""
    if value is None or isinstance(value, str):
        return value or ""
    return compact(value)


def compact(value: Any) -> str:
    """JSON without spaces, as it goes over the wire."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def either(source: Mapping[str, Any], *names: str) -> Any:
    """The first of several spellings of a key that is there: `inlineData`, `inline_data`."""
    return next((source[name] for name in names if source.get(name) is not None), None)
