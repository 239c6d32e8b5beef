"""Reads a body that may be anything: what is not of the expected shape is taken as absent.

A body was written for a provider, not for us: the provider judges it. What matters here is that
every text in it is found, so a value of an unknown kind is kept as its JSON and never dropped.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from costplan.errors import UsageError

DEEPEST = 200
"""Levels of JSON that are read; no provider takes as many, and each costs a function call."""


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


def parsed(text: str) -> Any:
    """The value a text is the JSON of; the text itself where it is none that can be read."""
    try:
        value = json.loads(text)
        check(value)
    except (ValueError, RecursionError, UsageError):
        return text
    return value


def check(value: Any) -> None:
    """Check that a value could be JSON, not nested deeper than `DEEPEST` levels.

    Raises:
        UsageError: it is deeper, or a key is no text, as `on` and `1` are not in YAML.
    """
    level = [value]
    for _ in range(DEEPEST):
        level = [inner for outer in level for inner in _inside(outer)]
        if not level:
            return
    raise UsageError(f"the request is nested deeper than {DEEPEST} levels, which no provider takes")


def _inside(value: Any) -> Iterable[Any]:
    """What a list or a mapping holds, if it is one."""
    if not isinstance(value, Mapping):
        return value if isinstance(value, list | tuple) else ()
    strange = [key for key in value if not isinstance(key, str)]
    if strange:
        raise UsageError(f"{strange[0]!r} is a key of the request, and no text; quote it")
    return value.values()


def either(source: Mapping[str, Any], *names: str) -> Any:
    """The first of several spellings of a key that is there: `inlineData`, `inline_data`."""
    return next((source[name] for name in names if source.get(name) is not None), None)
