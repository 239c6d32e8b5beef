"""Calls of tools that a provider runs itself and bills per call, where a response tells them."""

from __future__ import annotations

import re

from costplan.errors import UsageError
from costplan.meters import Meter
from costplan.responses.reading import NOTHING, Count, Fields, added, agreed, count_of

_FREE_SEARCHES = frozenset({"open_page", "find_in_page"})
"""Steps of OpenAI's web search that look at a page already found; only a search is billed."""


def called(response: Fields) -> dict[Meter, Count]:
    """OpenAI Responses: searches and distinct containers among the items of the output.

    A container that an earlier response opened is counted in each response that uses it.

    Raises:
        UsageError: an image was generated: it is billed on an image model, at its own rates.
    """
    reported = response.part("tool_usage")
    _refuse_images(reported.part("image_gen"))
    searches = files = 0
    containers = set()
    output = response.parts("output") if isinstance(response.value("output"), list) else []
    for item in output:
        kind = item.text("type")
        if kind == "web_search_call":
            searches += item.part("action").text("type") not in _FREE_SEARCHES
        elif kind == "file_search_call":
            files += 1
        elif kind == "code_interpreter_call":
            containers.add(item.text("container_id") or item.path)
        elif kind == "image_generation_call" and not len(reported):
            raise UsageError(f"{item.path} is an image, billed on another model; rate it apart")
    asked = reported.part("web_search").reported("num_requests")
    return {
        Meter.WEB_SEARCH: asked or count_of(searches, response.at("output")),
        Meter.FILE_SEARCH: count_of(files, response.at("output")),
        Meter.CODE_SESSION: count_of(len(containers), response.at("output")),
    }


def _refuse_images(images: Fields) -> None:
    for name in ("input_tokens", "output_tokens"):
        if tokens := images.count(name):
            raise UsageError(f"{tokens} was billed on an image model; rate it apart")


def routed(usage: Fields) -> Count:
    """OpenRouter: web searches; other server tools are not named, so they cannot be billed.

    Raises:
        UsageError: a tool ran, and no search was reported.
    """
    counts = []
    for name in ("server_tool_use", "server_tool_use_details"):
        tools = usage.part(name)
        searched = tools.reported("web_search_requests")
        tools.ignore("tool_calls_requested")
        ran = tools.count("tool_calls_executed")
        if ran and not searched:
            raise UsageError(f"{ran} is not zero, but which tools ran, at what price, is not said")
        counts.append(searched)
    return agreed(*counts)


def xai(usage: Fields) -> dict[Meter, Count]:
    """xAI: web and X searches have one price; attachments and images have no meter of ours.

    Raises:
        UsageError: a tool was used that has no meter, or which tools were used is not said.
    """
    tools = usage.part("server_side_tool_usage_details")
    counts = {
        Meter.WEB_SEARCH: added(tools.count("web_search_calls"), tools.count("x_search_calls")),
        Meter.FILE_SEARCH: tools.count("file_search_calls"),
        Meter.CODE_SESSION: tools.count("code_interpreter_calls"),
    }
    tools.ignore("mcp_calls")  # only their tokens are billed
    if (used := usage.count("num_server_side_tools_used")) and not len(tools):
        raise UsageError(f"{used} is not zero, but which tools were used is not said")
    # Live Search was billed per source, for which there is no meter.
    if sources := usage.count("num_sources_used"):
        raise UsageError(f"{sources} is not zero, and sources of Live Search have no meter")
    for name in ("document_search_calls", "image_generation_calls"):
        if calls := tools.count(name):
            raise UsageError(f"{calls} is not zero, and these calls have no meter")
    return counts


def grounded(response: Fields) -> Count:
    """Gemini: searches with Google; since Gemini 3 each query is billed, before each prompt.

    Raises:
        UsageError: there were several queries, and no `modelVersion` says how they are billed.
    """
    queries = sum(
        len([query for query in found if query])
        for candidate in response.parts("candidates")
        for ground in [candidate.part("groundingMetadata", "grounding_metadata")]
        if isinstance(found := ground.value("webSearchQueries", "web_search_queries"), list)
    )
    path = response.at("candidates")
    if queries < 2:
        return count_of(queries, path) if queries else NOTHING
    version = response.text("modelVersion", "model_version") or ""
    if not (generation := re.search(r"gemini-(\d+)", version)):
        message = (
            f"{path} has {queries} search queries; without {response.at('modelVersion')} it is "
            "not known whether each is billed (Gemini 3 and later) or the prompt once"
        )
        raise UsageError(message)
    return count_of(queries if int(generation[1]) >= 3 else 1, path)
