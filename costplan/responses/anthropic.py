"""Claude's Messages API: its input tokens exclude what was read from and written to a cache."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from costplan.errors import UsageError, suggestion
from costplan.meters import Meter, Usage
from costplan.responses.modes import ANTHROPIC, mode_of
from costplan.responses.reading import Count, Fields, added, usage_from

_NO_REGION = frozenset({"global", "not_available"})
"""What `inference_geo` says where the list price holds."""


def messages(usage: Fields, response: Fields) -> Usage:
    """The usage of a message, in batches and streams too (the last `message_delta`).

    The top level leaves out what compaction read and wrote, which is billed too: it is added from
    `iterations`. A long-context tier is then judged by the sum.

    Raises:
        UsageError: a number is missing or impossible, a part exceeds or does not add up to its
            total, an iteration ran on another model, or an unknown field holds a number.
    """
    counts = _with_iterations(usage, _counts(usage))
    searches = usage.part("server_tool_use")
    counts[Meter.WEB_SEARCH] = searches.count("web_search_requests")
    # Fetching and tool search are free; the hours of a code container are not in a response.
    searches.ignore("web_fetch_requests", "tool_search_requests", "code_execution_requests")
    # Money and gateways, as hosts of Claude add them.
    usage.ignore("cost", "cost_details", "is_byok", "pydantic_ai_gateway")
    mode = _mode(usage, response)
    region = usage.text("inference_geo")
    usage.finish()
    return usage_from(counts, mode=mode, region=None if region in _NO_REGION else region)


def cache_writes(total: Count, breakdown: Fields) -> dict[Meter, Count]:
    """Tokens written to Claude's caches by lifetime; without a breakdown, 5 minutes.

    Raises:
        UsageError: the breakdown does not add up to the total.
    """
    parts = {
        Meter.CACHE_WRITE_5M: breakdown.count("ephemeral_5m_input_tokens"),
        Meter.CACHE_WRITE_1H: breakdown.count("ephemeral_1h_input_tokens"),
    }
    if not len(breakdown):
        return {Meter.CACHE_WRITE_5M: total}
    if (together := added(*parts.values())).value != total.value:
        message = f"{breakdown.path} adds up to {together.value}, but {total} is its total"
        raise UsageError(message)
    return parts


def _counts(usage: Fields) -> dict[Meter, Count]:
    written = usage.required("output_tokens")
    thought = usage.part("output_tokens_details").count("thinking_tokens")
    lifetimes = usage.part("cache_creation")
    total = usage.reported("cache_creation_input_tokens")
    if total is None:
        fields = ("ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
        total = added(*(lifetimes.count(field) for field in fields))
    return {
        Meter.INPUT: usage.required("input_tokens"),
        Meter.CACHE_READ: usage.count("cache_read_input_tokens"),
        **cache_writes(total, lifetimes),
        Meter.OUTPUT: written.without(thought),
        Meter.REASONING: thought,
    }


def _with_iterations(usage: Fields, top: dict[Meter, Count]) -> dict[Meter, Count]:
    """The top level and what compaction adds to it; the messages must be what the top level is."""
    replies: list[dict[Meter, Count]] = []
    summaries: list[dict[Meter, Count]] = []
    for turn in usage.parts("iterations"):
        kind, model = turn.text("type") or "message", turn.text("model")
        counts = _counts(turn)
        if kind not in {"message", "compaction"}:
            on = f" on {model}" if model else ""
            message = (
                f"{turn.at('type')} is {kind!r}{on}, which has prices of its own and is not in "
                f"the totals; rate it apart{suggestion(kind, ['message', 'compaction'])}"
            )
            raise UsageError(message)
        (summaries if kind == "compaction" else replies).append(counts)
    if replies:
        _check_same(usage, top, replies)
    every = [top, *summaries]
    return {meter: added(*(c[meter] for c in every if meter in c)) for meter in _meters(every)}


def _check_same(
    usage: Fields, top: Mapping[Meter, Count], replies: Sequence[Mapping[Meter, Count]]
) -> None:
    # Thinking is reported at the top only, so what was written is compared as a whole.
    written = {Meter.OUTPUT, Meter.REASONING}
    for group in ({Meter.INPUT}, {Meter.CACHE_READ}, written, _meters([top]) - written):
        whole = added(*(top[meter] for meter in group if meter in top)).value
        parts = added(*(c[m] for c in replies for m in group if m in c)).value
        if whole != parts:
            names = " + ".join(sorted(group))
            message = f"{usage.at('iterations')} has {parts} of {names}, but the total is {whole}"
            raise UsageError(message)


def _meters(every: Sequence[Mapping[Meter, Count]]) -> set[Meter]:
    return {meter for counts in every for meter in counts}


def _mode(usage: Fields, response: Fields) -> str | None:
    holder = usage if "service_tier" in usage else response
    mode = mode_of(holder.text("service_tier"), holder.at("service_tier"), ANTHROPIC)
    usage.ignore("service_tier")
    speed = usage.text("speed")
    if speed is None or speed == "standard":
        return mode
    if speed != "fast":
        known = suggestion(speed, ["standard", "fast"])
        raise UsageError(f"{usage.at('speed')} is {speed!r}, an unknown speed{known}")
    if mode == "batch":
        message = f"{usage.at('speed')} is 'fast' and {holder.at('service_tier')} 'batch': not both"
        raise UsageError(message)
    return "fast"
