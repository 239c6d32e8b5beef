"""The mode a response says it was processed in, in our words.

Capacity that was bought beforehand has no price per token: its tokens are paid by a contract, so
none of our modes is right for it and it is an error. That is OpenAI's `scale`, Anthropic's
`priority` (unlike OpenAI's `priority`, which is a list price), Google's provisioned throughput and
Bedrock's `reserved`. `auto` is what a request asks for; a response never says it.
"""

from __future__ import annotations

from collections.abc import Mapping

from costplan.errors import UsageError, suggestion
from costplan.meters import MODES

_COMMITTED = "committed"

_SAME = {mode: mode for mode in MODES}

OPENAI = _SAME | {"default": "standard", "on_demand": "standard", "scale": _COMMITTED}
"""Also the words of those who copy OpenAI's API; Groq says `on_demand`."""

ANTHROPIC = {"standard": "standard", "batch": "batch", "priority": _COMMITTED}

GOOGLE = _SAME | {
    "on_demand": "standard",
    "on_demand_priority": "priority",
    "on_demand_flex": "flex",
    "provisioned_throughput": _COMMITTED,
}
"""Vertex AI's `trafficType` and the Gemini API's `serviceTier`."""

BEDROCK = _SAME | {"default": "standard", "reserved": _COMMITTED}


def mode_of(word: str | None, path: str, table: Mapping[str, str]) -> str | None:
    """The mode a provider's word stands for; None where it said nothing.

    Args:
        word: as returned, in any case.
        path: the field, for the message.
        table: the provider's words.

    Raises:
        UsageError: the word is unknown, or stands for committed capacity.
    """
    if not word or word.casefold() == "unspecified":
        return None
    mode = table.get(word.casefold())
    if mode == _COMMITTED:
        raise UsageError(f"{path} is {word!r}: capacity paid by contract has no price per token")
    if mode is None:
        known = [known for known, meant in table.items() if meant != _COMMITTED]
        raise UsageError(f"{path} is {word!r}, an unknown mode{suggestion(word, known)}")
    return mode
