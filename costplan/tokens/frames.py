"""The tokens a request wraps around its texts, as measured on recorded calls.

From the usage that providers reported for calls whose exact text is known: test recordings of
public repositories, which docs/tokens.md names with how many calls agree. They are not part of this
project, so the tests measure again only where they are at hand; the published examples of OpenAI
and Anthropic are always tested. Only plain text messages: tools, images, thinking and documents
come on top. The text blocks of one message are one text to the tokenizer: join them before counting
(7 recorded calls with several blocks agree only so).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from costplan.errors import UsageError
from costplan.tokens.families import (
    CL100K,
    CLAUDE_2,
    CLAUDE_3,
    CLAUDE_4_7,
    O200K,
    P50K,
    R50K,
    Identity,
    bare_name,
    identify,
    tokenizer_of,
)


@dataclass(frozen=True, slots=True)
class Frame:
    """Tokens once per request and once per message (a system message is one, except at Claude)."""

    request: int
    message: int


# Chat: `<|start|>role<|message|>...<|end|>`, and the opening of the answer. 206 of 208 recorded
# gpt-3.5 and 119 of 123 gpt-4 and gpt-4o calls; in the Responses API the same, in 64 of 71.
_OPENAI_CHAT = Frame(request=3, message=4)
_OPENAI_REASONING = Frame(request=2, message=4)
"""GPT-5 and later, o-series; 13 of 14 recorded calls. GPT-6 is assumed to be the same."""
_OPENAI_0301 = Frame(request=3, message=5)
"""gpt-3.5-turbo-0301, as in OpenAI's cookbook; recorded: 8 for one message."""
_CLAUDE_3 = Frame(request=4, message=3)
"""Claude 3 to 4.6: 129 of 132 recorded single messages, 74 of 85 conversations."""
_CLAUDE_4_7 = Frame(request=6, message=5)
"""Opus 4.7: 11 for one message (ctok); turns of the user are opened by 4 and the assistant's by 6
tokens, so that each pair adds 10."""
_CLAUDE_4_8 = Frame(request=4, message=2)
"""Opus 4.8 and later, Sonnet 5: 6 for one message (ctok; recorded 7 of 7), 10 for three (1 of 1). A
system prompt adds 1 (6 of 6 recorded calls); at Claude 3 to 4.6 it adds nothing."""
_GEMINI_2_5 = Frame(request=0, message=1)
"""Gemini since 2.5 on the Gemini API, for each message that states its role: 268 of 276 recorded
texts. Older ones, and all on Vertex AI, add nothing."""
_NONE = Frame(request=0, message=0)
_ASSUMED = Frame(request=3, message=4)
"""Open models' chat templates are of this size; hosts may add 30 to 200 hidden tokens."""

# A search preview is billed for its text alone, in 2 of 2 recorded calls.
_NO_CHAT = r"embed|instruct|davinci|babbage|curie|^ada|moderation|whisper|tts|search-preview"
_REASONING = r"^o[134]($|-)|^codex|^computer-use|^gpt-[5-9](?!-chat)"


def message_frame(model: str, messages: int = 1) -> int:
    """Tokens of a text request beyond its texts: once per request plus once per message.

    Args:
        model: `provider/model` or the bare name. Embeddings and plain completions have no frame.
        messages: how many; at OpenAI the system message is one of them, at Claude it is not.

    Raises:
        UsageError: `messages` is negative.
    """
    if messages < 0:
        raise UsageError(f"{messages} messages; a number of messages is 0 or more")
    frame = _frame(model, bare_name(model), identify(model))
    return frame.request + frame.message * messages if messages else 0


def _frame(model: str, name: str, who: Identity) -> Frame:
    if re.search(_NO_CHAT, name) and who.family in {O200K, CL100K, P50K, R50K}:
        return _NONE
    if who.family in {O200K, CL100K, P50K, R50K}:
        if name.endswith("-0301"):
            return _OPENAI_0301
        return _OPENAI_REASONING if re.search(_REASONING, name) else _OPENAI_CHAT
    if who.family == "gemini":
        bare = tokenizer_of(model) != "gemini" or "embed" in name or model.startswith("vertex")
        return _NONE if bare else _GEMINI_2_5
    return _claude(who) if who.family.startswith("claude") else _ASSUMED


def _claude(who: Identity) -> Frame:
    if who.family in {CLAUDE_2, CLAUDE_3}:
        return _CLAUDE_3
    return _CLAUDE_4_7 if who.family == CLAUDE_4_7 and who.version == (4, 7) else _CLAUDE_4_8
