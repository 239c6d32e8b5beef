"""How many output tokens an answer is: its text, and what the model writes to end it.

The text is what a person sees. Thinking is billed as output too and comes on top; calls of tools
are not read here. The constants are the two commonest differences between the billed tokens, net of
thinking, and the text, in recorded answers of public repositories (half of them: the other half is
what `benchmarks/recorded_outputs.py` reports):

| models | Chat and others | Responses |
|---|---|---|
| GPT-3.5 to GPT-4.1 | 0 or 1; on Azure 1 | 1 |
| the same where the request declares tools | 1 or 2; on Azure 2 | 2 |
| GPT-5 and later | 9 or 10; on Azure 10 | 6; 4 where it did not think |
| o-series | 11 or 12 | 1 or 6; with tools 2 |
| gpt-oss | 4; on Groq 9 | 9 |
| Claude 3 to 4.6 | 3; up to 3.5 with tools 4 or 2 | |
| Claude since 4.7 | 2; with tools 3 | |
| Gemini, DeepSeek | 0 | 0 |
| Mistral, Llama, Kimi | 1 | |
| Qwen | on Ollama and Groq -1, else 0 | |

The Responses API tells thinking in steps of 64 tokens, so up to 63 of it remain. An answer that was
cut at its limit has 0 or 1. The band holds both.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from costplan.tokens.counting import count_tokens
from costplan.tokens.counts import Method, TokenCount, worst
from costplan.tokens.families import bare_name, identify


@dataclass(frozen=True, slots=True)
class Ending:
    """Tokens an answer has beyond its text: the commonest number, the next, and the extremes."""

    usual: int
    also: int
    least: int
    most: int


def _one(tokens: int, most: int | None = None) -> Ending:
    return Ending(tokens, tokens, min(0, tokens), most if most is not None else max(1, tokens))


_GPT_5 = r"^o200k_base (gpt-[5-9](?![\d.]*-chat)|codex|computer)"
_O = r"^o200k_base o[134]($|-)"
_GPT = r"^(o200k|cl100k)_base .*gpt"
# By tokenizer and bare name, and the provider with the API, the first that is found; the second
# ending is for requests that declare tools.
_ENDINGS: tuple[tuple[str, str, Ending, Ending], ...] = (
    (r"gpt-oss", r"groq|responses", Ending(9, 4, 0, 9), Ending(9, 4, 0, 9)),
    (r"gpt-oss", "", Ending(4, 9, 0, 9), Ending(4, 9, 0, 9)),
    (_GPT_5, r"responses", Ending(6, 4, 0, 70), Ending(6, 4, 0, 70)),
    (_GPT_5, r"^azure", Ending(10, 11, 0, 19), Ending(10, 11, 0, 19)),
    (_GPT_5, "", Ending(9, 10, 0, 13), Ending(9, 10, 0, 13)),
    (_O, r"responses", Ending(1, 6, 0, 70), Ending(2, 6, 0, 70)),
    (_O, "", Ending(11, 12, 0, 19), Ending(12, 11, 0, 19)),
    (_GPT, r"responses|^azure", _one(1), _one(2)),
    (_GPT, "", Ending(0, 1, 0, 1), Ending(1, 2, 0, 2)),
    (r"^claude-4.7", "", Ending(2, 3, 0, 3), Ending(3, 2, 0, 3)),
    (r"^claude-3 .*(claude-3-5|claude-3\.5|3-5-)", "", _one(3), Ending(4, 2, 0, 4)),
    (r"^claude-3", "", _one(3), Ending(3, 4, 0, 4)),
    (r"^(gemini|deepseek)", "", _one(0), _one(0)),
    (r"^(mistral|llama|kimi)", "", _one(1), _one(1)),
    (r"^qwen", r"^(ollama|groq)", _one(-1), _one(-1)),
    (r"^qwen", "", Ending(0, 1, -1, 1), Ending(0, 1, -1, 1)),
    (r"^glm", "", Ending(2, 4, 0, 4), Ending(2, 4, 0, 4)),
    (r"^cohere", "", Ending(4, 6, 0, 20), Ending(14, 5, 0, 60)),
)
_UNKNOWN = Ending(1, 0, 0, 4)


def answer_tokens(
    text: str, model: str, *, provider: str = "", dialect: str = "chat", tools: bool = False
) -> TokenCount:
    """Output tokens of an answer: its text, and the constant of the model and the API.

    Args:
        text: the answer without thinking and without calls.
        model: `provider/model` or the bare name.
        provider: who serves it; else the one `model` names.
        dialect: the API as `Dialect` has it: `responses`, else anything.
        tools: whether the request declares any.

    Returns:
        A count whose band also holds an answer that was cut at its limit.

    Raises:
        UsageError: the text is no string.
    """
    count = count_tokens(text, model)
    host = provider or (model.partition("/")[0] if "/" in model else "")
    ending = ending_of(model, f"{host}/{dialect}", tools=tools)
    method = worst((Method(count.method), Method.VENDOR_EQUIVALENT))
    tokens = max(0, count.tokens + ending.usual)
    low, high = count.low + ending.least, count.high + ending.most
    return TokenCount(tokens, max(0, min(low, tokens)), max(high, tokens), method)


def ending_of(model: str, served: str, *, tools: bool = False) -> Ending:
    """The constant of a model; of one never recorded, a token in doubt."""
    name = f"{identify(model).family} {bare_name(model)}"
    for pattern, where, plain, with_tools in _ENDINGS:
        if re.search(pattern, name) and re.search(where, served):
            return with_tools if tools else plain
    return _UNKNOWN
