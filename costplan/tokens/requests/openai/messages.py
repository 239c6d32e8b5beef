"""The messages of an OpenAI prompt in tokens: what is said, called, answered, shown and thought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from costplan.tokens.counting import count_many, count_tokens
from costplan.tokens.counts import Method, Part, TokenCount
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Document,
    Image,
    Message,
    Other,
    Recording,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact
from costplan.tokens.requests.openai import calls as written
from costplan.tokens.requests.openai import media
from costplan.tokens.requests.openai.wrapping import Wrapping
from costplan.tokens.requests.tally import Tally

_ANSWER_ALONE = 4
"""Taken from how an answer is written: its start, `functions`, the end of its heading, its end."""


@dataclass(slots=True)
class Messages:
    """Adds the messages of one request to a tally, in their order."""

    request: Request
    model: str
    wrapping: Wrapping
    found: Tally
    framed: int = 0
    """Messages so far that have a frame: calls and answers have their own."""
    calls: int = 0
    pictures: int = 0
    _functions: dict[str, str] = field(default_factory=dict)
    """The function each call id belongs to: an answer names the id alone."""
    _awaited: int = 0
    """Answers still to come to calls that are written as one."""
    _answers: list[ToolResult] = field(default_factory=list)
    _thoughts: list[Thinking] = field(default_factory=list)

    def add(self, message: Message, *, is_current: bool) -> None:
        """Add a message; `is_current` where no user message comes after it."""
        calls = [block for block in message.blocks if isinstance(block, ToolCall)]
        self._say(message, calls)
        self._call(calls)
        for block in message.blocks:
            if isinstance(block, ToolResult):
                self._answer(block)
            elif isinstance(block, Thinking) and is_current:
                self._thoughts.append(block)
            elif isinstance(block, Other):
                self._guess(compact(block.value))
            self._show(block)

    def finish(self) -> None:
        """Add what waited for the last message.

        That are answers to calls whose other answers never came, and reasoning: of the current turn
        it is kept, of earlier ones dropped. Chat Completions knows none.
        """
        self._end_answers()
        if self._thoughts and self.wrapping.thought is not None:
            texts = [thought.text for thought in self._thoughts]
            tokens = sum(count.tokens for count in count_many(texts, self.model))
            tokens += self.wrapping.thought * len(texts)
            # Ollama passes reasoning on (21 of 21 recorded calls); other hosts may drop it.
            self.found.add(Part.MESSAGES, TokenCount(tokens, 0, tokens + 2, Method.ASSUMED))
        elif self._thoughts and self.request.dialect is Dialect.RESPONSES:
            self.found.add(Part.MESSAGES, media.reasoning_tokens(self._thoughts))

    def _end_answers(self) -> None:
        if self._answers:
            self._text(Part.MESSAGES, written.parallel_results(self._answers))
        self._answers, self._awaited = [], 0

    def _say(self, message: Message, calls: Sequence[ToolCall]) -> None:
        """What a message says; one without content is not sent on, nor one that only calls."""
        if message.name and message.role != "tool":  # the cookbook's rule: the name, and one more
            self._text(Part.MESSAGES, message.name)
            self._wrap(1)
        speaks = any(
            isinstance(block, Text | Image | Document | Recording) for block in message.blocks
        )
        if not speaks or (calls and not message.text):
            return
        self.framed += 1
        self._text(Part.SYSTEM if message.is_system else Part.MESSAGES, message.text)
        if message.role == "assistant":
            formatted = self.wrapping.formatted_answer if self.request.schema else 0
            self._wrap(self.wrapping.answer + formatted, self.wrapping.answer_doubt)

    def _call(self, calls: Sequence[ToolCall]) -> None:
        self.calls += len(calls)
        self._functions |= {call.call_id: call.name for call in calls}
        if len(calls) > 1 and self.wrapping.parallel is not None:
            self._end_answers()
            self._awaited = len(calls)
            self._text(Part.MESSAGES, written.parallel_calls(calls))
            self._wrap(self.wrapping.parallel)
            return
        for call in calls:
            self._text(Part.MESSAGES, self.wrapping.dot + call.name)
            self._text(Part.MESSAGES, written.call_arguments(call))
            self._wrap(self.wrapping.call, self.wrapping.call_doubt)

    def _answer(self, result: ToolResult) -> None:
        if self._awaited:
            self._answers.append(result)
            self._awaited -= 1
            if not self._awaited:
                self._end_answers()
        else:
            name = self._functions.get(result.call_id)
            self._text(Part.MESSAGES, f".{name or result.name}")
            self._text(Part.MESSAGES, written.result_text(result))
            if name is None:  # its call is not in the body, and what wraps it not in the call's
                self._wrap(_ANSWER_ALONE, _ANSWER_ALONE)
        for block in result.content:
            if isinstance(block, Other):
                self._guess(compact(block.value))
            self._show(block, answered=self.request.dialect is not Dialect.RESPONSES)

    def _show(self, block: Block, *, answered: bool = False) -> None:
        if isinstance(block, Image):
            self.pictures += 1
            self.found.add(Part.IMAGES, media.picture_tokens(block, self.model, answered=answered))
        elif isinstance(block, Recording):
            self.found.add(Part.AUDIO, media.sound_tokens(block))
        elif isinstance(block, Document) and block.text is None:
            self.found.add(Part.DOCUMENTS, media.document_tokens(block))
        elif isinstance(block, Document):
            self._text(Part.DOCUMENTS, block.text or "")
            if block.pages:
                self.found.add(Part.DOCUMENTS, media.pages_shown(block.pages))

    def _guess(self, text: str) -> None:
        tokens = count_tokens(text, self.model).tokens
        self.found.add(Part.MESSAGES, TokenCount(tokens, 0, 3 * tokens, Method.ASSUMED))

    def _text(self, part: Part, text: str) -> None:
        if text:
            self.found.add(part, count_tokens(text, self.model))

    def _wrap(self, tokens: int, doubt: int = 0) -> None:
        method = Method.VENDOR_EQUIVALENT if doubt else Method.EXACT
        self.found.constant(Part.FRAME, tokens, method, doubt)
