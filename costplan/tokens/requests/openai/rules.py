"""Tokens of a request to OpenAI: Chat Completions, Responses, completions and embeddings.

Text is counted by the vendor's vocabulary. What the API puts around it was found from recorded
calls: `frames` has what a message and a request cost, `wrapping` the rest.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from itertools import groupby
from typing import Any

from costplan.tokens.counting import count_tokens
from costplan.tokens.counts import Method, Part, TokenCount, certain
from costplan.tokens.families import bare_name, identify
from costplan.tokens.frames import message_frame
from costplan.tokens.requests.conversation import Dialect, Request
from costplan.tokens.requests.fields import either, mappings
from costplan.tokens.requests.openai import media
from costplan.tokens.requests.openai.messages import Messages
from costplan.tokens.requests.openai.sections import joined_to, section_tokens
from costplan.tokens.requests.openai.wrapping import Wrapping, wrapping_of
from costplan.tokens.requests.tally import Tally

_HISTORY = ("previous_response_id", "conversation", "prompt")
"""Settings that put texts into the prompt which the body does not have."""


def tally(request: Request, model: str, corrections: Mapping[str, int]) -> Tally:
    """The parts of a request."""
    found = Tally()
    if request.dialect is Dialect.PROMPT:
        _add_prompts(found, request, model)
    else:
        _add_conversation(found, request, model, corrections)
    found.mark()  # OpenAI caches any prefix by itself
    return found


def _add_prompts(found: Tally, request: Request, model: str) -> None:
    """Texts, or lists of token numbers, of which each is a token."""
    given = either(request.body, "input", "prompt")
    lists = (
        given if isinstance(given, list) and any(isinstance(i, list) for i in given) else [given]
    )
    if all(isinstance(ids, list) and all(isinstance(i, int) for i in ids) for ids in lists):
        found.add(Part.MESSAGES, certain(sum(map(len, lists)), Method.EXACT))
        return
    for message in request.messages:
        found.add(Part.MESSAGES, count_tokens(message.text, model))


def _add_conversation(
    found: Tally, request: Request, model: str, corrections: Mapping[str, int]
) -> None:
    parallel = request.body.get("parallel_tool_calls") is not False
    wrapping = wrapping_of(model, request.dialect, parallel=parallel)
    joined = joined_to(request, wrapping)
    if joined is None:
        _add_section(found, request, model, wrapping)
    asked = max((p for p, each in enumerate(request.messages) if each.role == "user"), default=-1)
    messages = Messages(request, model, wrapping, found)
    for place, message in enumerate(request.messages):
        messages.add(message, is_current=place > asked)
        if message is joined:
            _add_section(found, request, model, wrapping)
    messages.finish()
    _add_frame(found, request, model, messages.framed)
    found.constant(Part.FRAME, wrapping.preamble, Method.ASSUMED, wrapping.preamble_doubt)
    _add_unseen(found, request, wrapping)
    if corrections:
        _correct(found, request, messages, corrections)


def _add_section(found: Tally, request: Request, model: str, wrapping: Wrapping) -> None:
    section = section_tokens(request, wrapping, lambda text: count_tokens(text, model).tokens)
    if section.tokens:
        found.add(Part.TOOLS, section)
    for tool in request.tools:
        if tool.kind not in {"function", "custom"}:
            found.add(Part.TOOLS, media.built_in_tokens(tool))


def _add_frame(found: Tally, request: Request, model: str, messages: int) -> None:
    per_request, per_message, is_known = _frame(model, request.dialect)
    method, doubt = (Method.EXACT, 0) if is_known else (Method.ASSUMED, 3)
    found.constant(Part.FRAME, per_request + per_message * messages, method, doubt)


@lru_cache(maxsize=256)
def _frame(model: str, dialect: Dialect) -> tuple[int, int, bool]:
    """Tokens of a request, of each message, and whether any such model was recorded."""
    name, one = bare_name(model), message_frame(model, 1)
    per_message = message_frame(model, 2) - one
    # gpt-4 in Responses is billed one less: recorded once.
    less = dialect is Dialect.RESPONSES and name.startswith("gpt-4-")
    is_known = identify(model).known and not name.startswith("gpt-6")
    return one - per_message - less, per_message, is_known


def _add_unseen(found: Tally, request: Request, wrapping: Wrapping) -> None:
    """What the body only refers to: an earlier conversation, and calls kept under their ids.

    Of 26 single calls sent back with their id, 22 were billed 3 tokens more than those without, and
    the others none.
    """
    if any(request.body.get(name) for name in _HISTORY):
        found.add(Part.MESSAGES, TokenCount(100, 0, 1_500, Method.ASSUMED))
    kept = wrapping.kept_call * _kept_calls(request) if wrapping.kept_call else 0
    if kept:
        found.add(Part.FRAME, TokenCount(kept, 0, kept + 1, Method.VENDOR_EQUIVALENT))


def _kept_calls(request: Request) -> int:
    """Calls that carry the id the API gave them; several in a row are left out."""
    items = [*mappings(request.body.get("input") or [])]
    runs = (list(run) for called, run in groupby(items, _is_call) if called)
    return sum(bool(run[0].get("id")) for run in runs if len(run) == 1)


def _is_call(item: Mapping[str, Any]) -> bool:
    return item.get("type") == "function_call"


def _correct(
    found: Tally, request: Request, messages: Messages, corrections: Mapping[str, int]
) -> None:
    """Add what a calibration measured to each constant it names."""
    forced = request.forces_call
    thinks = either(request.body, "reasoning", "reasoning_effort") is not None
    times = {
        "request": 1,
        "message": messages.framed,
        "system": sum(message.is_system for message in request.messages),
        "tools_auto": int(bool(request.tools) and not forced),
        "tools_any": int(bool(request.tools) and forced),
        "tool": len(request.tools),
        "call": messages.calls,
        "thinking": int(thinks),
        "image": messages.pictures,
    }
    for name, number in times.items():
        found.constant(Part.FRAME, corrections.get(name, 0) * number, Method.EXACT)
