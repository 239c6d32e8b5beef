"""Mistakes in a body that would leave something out of the count without a word.

The provider judges a body, and takes keys we have never heard of; so only what cannot be meant is
an error: a list that is none, and a key or role that is one letter from a known one that is absent.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from costplan.errors import UsageError
from costplan.tokens.requests.conversation import Dialect

_TURNS = {
    Dialect.CHAT: "messages",
    Dialect.ANTHROPIC: "messages",
    Dialect.CONVERSE: "messages",
    Dialect.RESPONSES: "input",
    Dialect.GEMINI: "contents",
}
_TEXT_WILL_DO = {Dialect.RESPONSES, Dialect.GEMINI}
_COUNTED = {
    Dialect.CHAT: ("messages", "tools", "tool_choice", "response_format"),
    Dialect.ANTHROPIC: ("messages", "system", "tools", "tool_choice", "thinking"),
    Dialect.CONVERSE: ("messages", "system", "toolConfig"),
    Dialect.RESPONSES: ("input", "instructions", "tools", "tool_choice", "reasoning"),
    Dialect.GEMINI: ("contents", "tools", "systemInstruction", "toolConfig"),
}
"""Keys whose absence changes the count."""
_OTHERS = frozenset(
    {
        "function_call",
        "functions",
        "instruction",
        "message",
        "prompt",
        "system_instruction",
        "tool_config",
        "tool_resources",
    }
)
"""Keys of some API that are near one of those, and right."""
_ROLES = ("system", "developer", "user", "assistant", "model", "tool", "function")
_NEAR = 0.8


def check_shape(body: Mapping[str, Any], dialect: Dialect) -> None:
    """Refuse a body that cannot mean what it says.

    Raises:
        UsageError: says where, what was expected, and the nearest known name.
    """
    if dialect not in _TURNS:
        return
    _check_keys(body, _COUNTED[dialect], "")
    turns = _TURNS[dialect]
    given = body.get(turns)
    text_will_do = isinstance(given, str) and dialect in _TEXT_WILL_DO
    if given is not None and not text_will_do:
        for place, item in enumerate(_listed(given, turns, "messages")):
            _check_message(item, f"{turns}[{place}]", dialect)
    if body.get("tools") is not None and dialect is not Dialect.CONVERSE:
        for place, tool in enumerate(_listed(body["tools"], "tools", "tools")):
            if not isinstance(tool, Mapping):
                raise UsageError(f"tools[{place}]: expected a tool, found {_kind(tool)}")


def _check_message(item: Any, where: str, dialect: Dialect) -> None:
    if not isinstance(item, Mapping):
        raise UsageError(f"{where}: expected a message, found {_kind(item)}")
    _check_keys(item, ("parts" if dialect is Dialect.GEMINI else "content", "role"), f"{where}.")
    role = item.get("role")
    if isinstance(role, str) and role not in _ROLES and (near := _nearest(role, _ROLES)):
        raise UsageError(f"{where}.role: unknown role {role!r}; did you mean {near!r}?")


def _check_keys(given: Mapping[str, Any], known: tuple[str, ...], where: str) -> None:
    for key in given.keys() - {*known, *_OTHERS}:
        if near := _nearest(str(key), tuple(name for name in known if name not in given)):
            raise UsageError(f"{where}{key}: unknown key; did you mean {near!r}?")


@lru_cache(maxsize=1024)
def _nearest(name: str, known: tuple[str, ...]) -> str | None:
    return next(iter(difflib.get_close_matches(name, known, n=1, cutoff=_NEAR)), None)


def _listed(given: Any, where: str, of: str) -> list[Any]:
    if isinstance(given, Mapping):
        return [given]
    if not isinstance(given, list | tuple):
        raise UsageError(f"{where}: expected a list of {of}, found {_kind(given)}")
    return list(given)


def _kind(value: Any) -> str:
    names = {
        str: "a text",
        bool: "true or false",
        int: "a number",
        float: "a number",
        list: "a list",
    }
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
