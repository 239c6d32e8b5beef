"""Who speaks in a request to Claude, and what is said, as the model reads it.

Messages of one speaker in a row are one turn. What tools answer does not interrupt the assistant:
calls, answers and what follows stand in one turn of its, until a user writes something. Of 1,142
recorded requests of text and tools to Claude 3 to 4.5, of up to 16 messages, 1,141 agree with that
to the token.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby, takewhile

from costplan.tokens.families import Identity
from costplan.tokens.requests.claude.tools import calls, results
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Message,
    Request,
    Text,
    ToolCall,
    ToolResult,
)

BREAK = "\n\n"


@dataclass(frozen=True, slots=True)
class Written:
    """Text of a turn, however many blocks it comes from."""

    text: str
    cached: bool = False
    answers: bool = False
    """Whether tools answer here, to calls of this turn."""


type Item = Written | Block
"""Text, or a block that is no text: a picture, a document, what the model thought."""


class Speaker(Enum):
    """Who says something."""

    HUMAN = "human"
    ASSISTANT = "assistant"
    SYSTEM = "system"
    """Whoever wrote the system prompt, in the middle of the conversation."""


@dataclass(slots=True)
class Turn:
    """What one speaker says."""

    speaker: Speaker
    items: list[Item] = field(default_factory=list)

    @property
    def is_assistant(self) -> bool:
        """Whether the model speaks."""
        return self.speaker is Speaker.ASSISTANT

    @property
    def is_silent(self) -> bool:
        """Whether the assistant calls a tool at once: no space, and so no word, opens its turn."""
        texts = (item.text for item in self.items if isinstance(item, Written))
        return self.is_assistant and next(filter(None, texts), "").startswith(f"{BREAK}<")

    @property
    def awaits(self) -> bool:
        """Whether it ends in what tools answered, so that the assistant goes on."""
        texts = [item for item in self.items if isinstance(item, Written)]
        return self.is_assistant and bool(texts) and texts[-1].answers


@dataclass(frozen=True, slots=True)
class Frame:
    """Tokens around the turns of a request."""

    start: int
    human: int
    """Of a turn of the user, or of a system message between turns."""
    assistant: int
    """Of a turn of the assistant, and of the opening of the one it is to write."""
    system: int = 0
    """Around a system prompt."""
    round: int = 0
    """Of each round of calls and answers, beside its text as older models read it."""


_CLAUDE_3 = Frame(start=1, human=3, assistant=3)
_CLAUDE_4_7 = Frame(start=1, human=4, assistant=6)
_CLAUDE_4_8 = Frame(start=2, human=2, assistant=2, system=1, round=-24)


def frame_of(who: Identity) -> Frame:
    """The frame of a model.

    Up to Claude 4.7 turns are opened by `Human:` and `Assistant:`, three tokens each in the old
    vocabulary, four and six in the new, as ctok's frames of one message confirm (7 and 11). Since
    4.8 it is two for either (ctok: 6 for one message; Sonnet 5: 7 of 7, and 10 for three messages),
    a system prompt adds one (6 of 6), and a round of calls is 24 shorter (3 of 4, one by 25).
    """
    version = who.version or (5, 0)
    if version >= (4, 8):
        return _CLAUDE_4_8
    return _CLAUDE_4_7 if version >= (4, 7) else _CLAUDE_3


def instructions(request: Request) -> list[Message]:
    """The system prompt.

    In Anthropic's own API a system message further on is a turn of the conversation (Opus 4.8 and
    later take them); hosts with OpenAI's API move it to the front.
    """
    if request.dialect is Dialect.ANTHROPIC:
        return list(takewhile(lambda message: message.is_system, request.messages))
    return [message for message in request.messages if message.is_system]


def turns(request: Request) -> list[Turn]:
    """The turns of a conversation; the system prompt is not among them."""
    found: list[Turn] = []
    names: dict[str, str] = {}
    for speaker, blocks in _by_speaker(request):
        if speaker is Speaker.ASSISTANT:
            names |= {block.call_id: block.name for block in blocks if isinstance(block, ToolCall)}
            _speak(found, blocks)
        elif speaker is Speaker.SYSTEM:
            found.append(Turn(speaker, list(map(_item, blocks))))
        else:
            _ask(found, blocks, names)
    return found


def _by_speaker(request: Request) -> Iterator[tuple[Speaker, list[Block]]]:
    """The blocks of messages of one speaker in a row; what tools say counts as the user's."""
    prompt = instructions(request)
    rest = (message for message in request.messages if not any(message is each for each in prompt))
    for speaker, messages in groupby(rest, _speaker):
        yield speaker, [block for message in messages for block in message.blocks]


def _speaker(message: Message) -> Speaker:
    if message.is_system:
        return Speaker.SYSTEM
    is_assistant = message.role in {"assistant", "model"}
    return Speaker.ASSISTANT if is_assistant else Speaker.HUMAN


def _speak(found: list[Turn], blocks: list[Block]) -> None:
    """The assistant speaks: text, then its calls."""
    goes_on = bool(found) and found[-1].is_assistant
    turn = found[-1] if goes_on else Turn(Speaker.ASSISTANT)
    if not goes_on:
        found.append(turn)
    said = [block for block in _flat(blocks) if not isinstance(block, ToolCall)]
    made = [block for block in blocks if isinstance(block, ToolCall)]
    if goes_on and any(isinstance(block, Text) for block in said):
        turn.items.append(Written(BREAK))
    turn.items += map(_item, said)
    if made:
        cached = any(call.cached for call in made)
        turn.items.append(Written(BREAK + calls(made), cached))


def _flat(blocks: Sequence[Block]) -> Iterator[Block]:
    """Blocks, with what the vendor's own tools found in an assistant's turn among them."""
    for block in blocks:
        if isinstance(block, ToolResult):
            yield from block.content
        else:
            yield block


def _ask(found: list[Turn], blocks: list[Block], names: dict[str, str]) -> None:
    """Tools answer, in the turn of the assistant that called them; then the user writes."""
    answers = [block for block in blocks if isinstance(block, ToolResult)]
    written = [block for block in blocks if not isinstance(block, ToolResult)]
    if answers:
        if not (found and found[-1].is_assistant):
            found.append(Turn(Speaker.ASSISTANT))
        cached = any(answer.cached for answer in answers)
        text = BREAK + results(answers, names)
        found[-1].items.append(Written(text, cached, answers=True))
        inner = (block for answer in answers for block in answer.content)
        found[-1].items += [block for block in inner if not isinstance(block, Text)]
    if written or not answers:
        found.append(Turn(Speaker.HUMAN, list(map(_item, written))))


def _item(block: Block) -> Item:
    return Written(block.text, block.cached) if isinstance(block, Text) else block
