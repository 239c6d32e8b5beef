"""How many tokens a provider will report for a request."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from costplan.errors import UsageError
from costplan.tokens.counts import RequestCount
from costplan.tokens.families import CL100K, CLAUDE_2, O200K, P50K, R50K, identify
from costplan.tokens.requests import claude, gemini, openai, others
from costplan.tokens.requests.reading import read_request


def count_request(
    body: Mapping[str, Any],
    *,
    model: str | None = None,
    provider: str | None = None,
    corrections: Mapping[str, int] | None = None,
) -> RequestCount:
    """Input tokens of the JSON one would send to a provider, with its parts; nothing is sent.

    Bodies of OpenAI (Chat and Responses), Anthropic, Gemini, Bedrock (Converse and InvokeModel) are
    read, and of the hosts that speak one of them (Mistral, DeepSeek, OpenRouter, ...). The shape
    says which it is. docs/requests.md says what was measured of each.

    Args:
        body: the request as a mapping, as `json.load` gives it.
        model: `provider/model` or the bare name; else the one the body names.
        provider: who serves it; else the one `model` names.
        corrections: tokens to add to constants, by their names, as `costplan calibrate` measured
            them for this model.

    Returns:
        A count with `parts` (system, tools, messages, images, frame, ...), each with its method,
        and `cacheable`, the tokens up to the last mark of a cached prefix.

    Raises:
        UsageError: the body has no known shape, or no model is named.
    """
    named = model or body_model(body)
    if not named:
        raise UsageError("the request names no model; say which one with model=")
    host = provider or (named.partition("/")[0] if "/" in named else None)
    request = read_request(body, host)
    family = identify(named).family
    if family in {O200K, CL100K, P50K, R50K}:
        tally = openai.tally(request, named, corrections or {})
    elif family.startswith("claude") and family != CLAUDE_2:
        tally = claude.tally(request, named, corrections or {})
    elif family == "gemini":
        tally = gemini.tally(request, named, corrections or {})
    else:
        tally = others.tally(request, named, corrections or {})
    return tally.count()


def body_model(body: Any) -> str:
    """The model a body names, or nothing."""
    found = (body.get(key) for key in ("model", "modelId")) if isinstance(body, Mapping) else ()
    return next((name for name in found if isinstance(name, str)), "")
