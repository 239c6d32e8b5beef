"""Formats of one provider each: Cohere's billed units, Ollama's durations, Perplexity's extras."""

from __future__ import annotations

from costplan.errors import UsageError
from costplan.meters import Meter, Usage
from costplan.responses.openai import Dialect, token_counts
from costplan.responses.reading import NOTHING, Fields, added, count_of, usage_from

_PERPLEXITY = Dialect()
_DEEP_RESEARCH = Dialect(reasoning="apart")


def cohere(usage: Fields, _response: Fields) -> Usage:
    """Cohere says what it bills in `billed_units`; `tokens` has its own preamble too, unbilled.

    A rerank's search unit and a classification are a `request` each.

    Raises:
        UsageError: a number is impossible, several things are billed as requests, images are
            billed by number, or an unknown field holds a number.
    """
    billed = usage.part("billed_units")
    if not len(billed):
        raise UsageError(f"{billed.path} is missing")
    written = billed.count("output_tokens")
    seen = billed.count("image_tokens")
    if (images := billed.count("images")) and not seen:
        raise UsageError(f"{images} is billed by number, and no meter counts images")
    asked = [billed.count("search_units"), billed.count("classifications")]
    if all(asked):
        raise UsageError(f"{asked[0]} and {asked[1]} have different prices; rate them apart")
    counted = usage.part("tokens")
    thought = counted.count("reasoning_tokens")
    # All tokens sent, and how many of them a cache held: neither changes what is billed.
    counted.ignore("input_tokens", "output_tokens", "image_tokens")
    usage.ignore("cached_tokens", "api_version", "warnings")
    counts = {
        Meter.INPUT: billed.count("input_tokens"),
        Meter.IMAGE_INPUT: seen,
        Meter.OUTPUT: written.without(thought),
        Meter.REASONING: thought,
        Meter.REQUEST: added(*asked),
    }
    usage.finish()
    return usage_from(counts)


def ollama(body: Fields, _response: Fields) -> Usage:
    """Ollama's own API: the counts are in the body itself; embeddings have no `eval_count`.

    Raises:
        UsageError: a number is missing or impossible, or an unknown field holds a number.
    """
    counts = {
        Meter.INPUT: body.required("prompt_eval_count"),
        Meter.OUTPUT: body.count("eval_count"),
    }
    body.ignore("total_duration", "load_duration", "prompt_eval_duration", "eval_duration")
    body.ignore("context", "embedding", "embeddings", "logprobs", "message")
    body.finish()
    return usage_from(counts)


def perplexity(usage: Fields, response: Fields) -> Usage:
    """Sonar bills one request, whatever it searches; Deep Research each search and all it read.

    Deep Research is the one that reports reasoning. Its citation tokens are input (they have its
    price), its reasoning is in neither the completion nor the total.

    Raises:
        UsageError: as in OpenAI's format, or citations without a bill that says if they count.
    """
    cost = usage.part("cost")
    model = response.text("model") or ""
    bills = ("reasoning_tokens_cost", "citation_tokens_cost", "search_queries_cost")
    deep = (
        "deep-research" in model
        or "reasoning_tokens" in usage
        or any(name in cost for name in bills)
    )
    cited, searched = usage.count("citation_tokens"), usage.count("num_search_queries")
    if cited and not deep and not len(cost) and not model:
        message = (
            f"{cited}: whether they are billed is told by {usage.at('cost')}, which is missing"
        )
        raise UsageError(message)
    cost.ignore("input_tokens_cost", "output_tokens_cost", "request_cost", "total_cost", *bills)
    grounded = "search_context_size" in usage or "request_cost" in cost
    counts, mode = token_counts(usage, response, _DEEP_RESEARCH if deep else _PERPLEXITY)
    if deep:
        counts[Meter.INPUT] = added(counts[Meter.INPUT], cited)
        counts[Meter.WEB_SEARCH] = searched
    counts[Meter.REQUEST] = (
        count_of(1, usage.at("search_context_size")) if grounded and not deep else NOTHING
    )
    usage.finish()
    return usage_from(counts, mode=mode)
