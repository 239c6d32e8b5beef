"""Tokens OpenAI puts around tools, calls and answers, by generation of model and by endpoint.

Nobody has published them. They were found from recorded calls that differ in one thing, of the
repositories named in docs/tokens.md; behind each table stands how many of those calls it reproduces
to the token. All comes on top of the texts, which are counted with the model's vocabulary.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from costplan.tokens.families import bare_name
from costplan.tokens.requests.conversation import Dialect


@dataclass(frozen=True, slots=True)
class Wrapping:
    """What one generation of models adds at one endpoint, in tokens."""

    preamble: int = 0
    """A system message of the host's own: what the model is, the day, its channels."""
    preamble_doubt: int = 0
    headings: str = "namespace"
    """How tools are introduced: `plain` (gpt-4), `namespace`, `grouped` or `grouped at length`."""
    section: int = 0
    """Tools and answer formats, as a message of their own."""
    joined: int | None = None
    """The same behind a system message; None where they never stand there."""
    tools: int = 0
    answer_format: int = 0
    """An answer's format where no tools are given, its name counted once."""
    names_format: bool = False
    """Whether the name of such a format stands in the prompt once more."""
    answer: int = 0
    """An earlier message of the assistant: the name of its channel, since GPT-5."""
    answer_doubt: int = 0
    """By how many tokens that may be off, where none was recorded."""
    formatted_answer: int = 0
    """The same where the answer has a format."""
    thought: int | None = None
    """Reasoning of the current turn sent back as text; None where it has to be encrypted."""
    call: int = 13
    """A call and its answer, without the function's name in both, the arguments and the words."""
    call_doubt: int = 0
    """By how many tokens a call may be off, where too few were recorded."""
    dot: str = "."
    """Stands before the function's name in a call where both begin with one token."""
    kept_call: int = 0
    """A single call that is sent back under the id the API gave it."""
    parallel: int | None = None
    """Calls of one message as one call of `multi_tool_use.parallel`; None where each is its own."""
    required: int = 0
    """Where some function must be called, whichever."""
    forced: int | None = None
    """Where this function must be called, its name apart; None where that adds nothing."""


_CHAT = Wrapping(
    section=4, joined=0, tools=-1, answer_format=2, names_format=True, formatted_answer=3,
    call=13, dot="", parallel=20, forced=7,
)  # fmt: skip
"""gpt-3.5-turbo, gpt-4-turbo to gpt-4.5: tools and calls in 468 of 471, formats in 38 of 38."""
_CHAT_GPT_4 = replace(_CHAT, headings="plain", call=10, required=2, forced=4)
"""gpt-4 before gpt-4-turbo: tools and calls in 22 of 22."""
_CHAT_O1 = replace(_CHAT, tools=0, call_doubt=6, forced=None)
"""o-series: tools in 4 of 4, a call in 1 of 1; all o1."""
_CHAT_GPT_5 = Wrapping(
    headings="grouped at length", section=4, joined=3, answer=2, call=19, dot="", parallel=26
)
"""gpt-5 to gpt-5.4: tools and calls in 105 of 106, formats in 2 of 2. Later ones are taken so."""
_RESPONSES = Wrapping(tools=-3, answer_format=1, call=11, kept_call=3, forced=7)
"""gpt-4o, gpt-4.1: tools and calls in 73 of 79, formats in 12 of 13."""
_RESPONSES_O1 = Wrapping(call=17, call_doubt=6)
"""o-series: tools in 8 of 8, a call in 1 of 1."""
_RESPONSES_GPT_5 = Wrapping(headings="grouped", tools=-3, answer=2, call=17)
"""gpt-5 to gpt-5.3: tools and calls in 40 of 44, formats in 5 of 5."""
_RESPONSES_GPT_5_4 = replace(_RESPONSES_GPT_5, call=20)
"""gpt-5.4 to gpt-5.6: tools and calls in 12 of 12. GPT-6 is taken to be the same."""

_OPEN_WEIGHT = Wrapping(
    preamble=60, preamble_doubt=6, section=4, joined=4, tools=14, answer=2, answer_doubt=2,
    thought=6, call=20, call_doubt=8,
)  # fmt: skip
"""gpt-oss, whose hosts each have a template: 58 to 67 in 24 of 25 recorded calls without tools.
https://github.com/openai/harmony/blob/main/docs/format.md has OpenAI's."""


@lru_cache(maxsize=256)
def wrapping_of(model: str, dialect: Dialect, *, parallel: bool = True) -> Wrapping:
    """What a model adds at an endpoint.

    Args:
        model: `provider/model` or the bare name.
        dialect: Responses; anything else is taken as Chat Completions.
        parallel: False where the request forbids parallel calls (`parallel_tool_calls`).
    """
    name = bare_name(model).replace("gpt-35", "gpt-3.5")  # Azure's names have no dots
    if name.startswith("gpt-oss"):
        return _OPEN_WEIGHT
    version = re.search(r"^gpt-(\d+)(?:\.(\d+))?", name)
    generation = (int(version[1]), int(version[2] or 0)) if version else (4, 1)
    if re.search(r"^o\d|^codex-mini|^computer-use", name):
        return _reasoning(name, dialect)
    if generation < (5, 0) or name.startswith("gpt-5-chat"):
        old = _CHAT_GPT_4 if re.search(r"^gpt-4($|:|-0[36]|-32k)", name) else _CHAT
        return _RESPONSES if dialect is Dialect.RESPONSES else old
    if dialect is not Dialect.RESPONSES:
        return _CHAT_GPT_5
    found = _RESPONSES_GPT_5_4 if generation >= (5, 4) else _RESPONSES_GPT_5
    if "codex" in name:  # in 3 of 3
        return replace(found, tools=0)
    # Recorded once: the explanation that Chat Completions has, too.
    return found if parallel else replace(found, headings="grouped at length", tools=0)


def _reasoning(name: str, dialect: Dialect) -> Wrapping:
    """Models of the o-series; codex-mini names channels: tools in 10 of 10."""
    found = _RESPONSES_O1 if dialect is Dialect.RESPONSES else _CHAT_O1
    if name.startswith("codex"):
        return replace(found, tools=1, answer=2)
    # o3 and o4 were never recorded with an earlier answer of theirs: taken as codex-mini.
    if name.startswith(("o1", "computer")):
        return found
    return replace(found, answer=2, answer_doubt=2)
