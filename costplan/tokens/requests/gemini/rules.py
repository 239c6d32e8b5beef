"""Tokens of a request to Gemini, as `usageMetadata.promptTokenCount` reports them.

Around its texts Gemini puts almost nothing. On the Gemini API 2.5 and later count one token for
each message that states its role, a system instruction included if it states one; older ones, and
all on Vertex AI, none. Of 276 recorded texts on the Gemini API 268 come out to the token so, and of
35 on Vertex 26: the others there were counted with the vocabulary of 2.0.
Thoughts that are sent back count as text, safety settings, tool modes and the settings of an answer
not at all. `tools` says how functions are written.

A signature on a call stands for the thoughts that led to it. Their number is not in the request,
but a signature is some five characters for each of them; what 2.5 counts of them on the Gemini API
depended on whether the answer was streamed, which a request does not say.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any

from costplan.tokens.counts import Method, Part, TokenCount
from costplan.tokens.families import bare_name
from costplan.tokens.image_rules import GEMINI_3_BUDGETS
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Document,
    Image,
    Message,
    Recording,
    Request,
    Text,
    Thinking,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact, either, mapping, parsed
from costplan.tokens.requests.gemini import markup, media, strings
from costplan.tokens.requests.gemini.pieces import Pieces
from costplan.tokens.requests.gemini.texts import text_tokens
from costplan.tokens.requests.gemini.tools import (
    Writing,
    generation,
    is_old,
    is_vertex,
    writing_of,
)
from costplan.tokens.requests.tally import Tally

_THOUGHTS = {2: (0.17, 15), 3: (0.19, 8)}
"""Thoughts per character of a signature, less those of its head, by generation: from 141 recorded
answers and 11 requests of 2.5, and 38 answers of 3."""
_PLACEHOLDER = 60
"""Characters: a shorter signature is one that Google has for calls which were never thought of."""
_SIGNED = 0.3
"""Nine of ten signatures stand for so many thoughts more or fewer, as a share."""
_TOGETHER = 0.08
"""Without the vocabulary the many pieces of markup stray the same way: as far as this (6 calls)."""
_SEARCH, _SEARCH_MOST = 80, 550
"""What a tool of Google's own adds on 3: 40 to 551 in 6 recorded calls."""

_GEMMA_REQUEST, _GEMMA_TURN, _GEMMA_DOUBT = 4, 5, 7
"""`<bos>`, and around each turn `<start_of_turn>user` to `<end_of_turn>`, line ends included, in
the template that comes with its weights; Ollama counts so (2 of 2), OpenRouter 7 more (3 of 4)."""


def tally(request: Request, model: str, corrections: Mapping[str, int]) -> Tally:
    """The parts of a request; Gemini caches by itself, so all of it is cacheable."""
    found = Tally()
    writing = _Writing(found, request, model, writing_of(model, request.host), corrections)
    writing.tools()
    asked = _last_question(request)
    for index, message in enumerate(request.messages):
        writing.message(message, current=index > asked)
    writing.frame()
    found.mark()
    return found


@dataclass(frozen=True, slots=True)
class _Writing:
    """Adds a request to a tally, part by part."""

    found: Tally
    request: Request
    model: str
    style: Writing
    corrections: Mapping[str, int]

    def tools(self) -> None:
        """Declarations, Google's own tools, and the structure of the answer."""
        for tool in self.request.tools:
            if tool.kind == "function":
                self._pieces(Part.TOOLS, self.style.declaration(tool))
                self._corrected(Part.TOOLS, "tool")
            else:
                self._vendor_tool()
        scaled = sum(one.tokens for one in self.found.entries if one.method == Method.SCALED)
        if scaled and self.style is markup:
            self.found.constant(Part.TOOLS, 0, Method.SCALED, _TOGETHER * scaled)
        settings = mapping(either(self.request.body, "generationConfig", "generation_config"))
        wanted = mapping(either(settings, "responseSchema", "response_schema"))
        if wanted and (is_old(self.model) or is_vertex(self.request.host)):
            self._pieces(Part.TOOLS, strings.response_schema(wanted))

    def message(self, message: Message, *, current: bool) -> None:
        """Its blocks; `current` where the user has said nothing since."""
        part = Part.SYSTEM if message.is_system else Part.MESSAGES
        for block, after in zip_longest(message.blocks, message.blocks[1:]):
            if isinstance(block, Thinking) and not block.text and isinstance(after, ToolCall):
                self._signature(block.signature, current=current)
            else:
                self._block(part, block)
        self._corrected(part, "system" if message.is_system else "message")

    def frame(self) -> None:
        """One token for each stated role, where they are counted; Gemma's own turns are open.

        A text to embed has none.
        """
        messages = self.request.messages
        if "gemma" in bare_name(self.model):
            turns = _GEMMA_REQUEST + _GEMMA_TURN * len(messages)
            self.found.constant(Part.FRAME, turns, Method.VENDOR_EQUIVALENT, _GEMMA_DOUBT)
        elif self._counts_roles():
            roles = sum(self._states_role(message) for message in messages)
            self.found.constant(Part.FRAME, roles, Method.VENDOR_EQUIVALENT)
        self._corrected(Part.FRAME, "request")
        if self.request.tools:
            name = "tools_any" if self.request.forces_call else "tools_auto"
            self._corrected(Part.TOOLS, name)

    def _counts_roles(self) -> bool:
        embeds = self.request.dialect is Dialect.PROMPT
        return not (embeds or is_old(self.model) or is_vertex(self.request.host))

    def _states_role(self, message: Message) -> bool:
        if not message.is_system or self.request.dialect is not Dialect.GEMINI:
            return True
        given = either(self.request.body, "systemInstruction", "system_instruction")
        return bool(mapping(given).get("role"))

    def _block(self, part: Part, block: Block, *, answered: bool = False) -> None:
        resolution = _resolution(self.request)
        match block:
            case Text(text="") if is_old(self.model):
                self.found.constant(part, 1, Method.VENDOR_EQUIVALENT)
            case Text():
                self.found.add(part, text_tokens(block.text, self.model))
            case Thinking():
                self._thoughts(part, block.text)
            case ToolCall():
                self._pieces(part, self.style.call(block.name, _arguments(block.arguments)))
                self._corrected(part, "call")
            case ToolResult():
                self._answer(part, block)
            case Image():
                self.found.add(Part.IMAGES, media.image(self.model, block))
                self._corrected(Part.IMAGES, "image")
            case Document():
                count = media.document(self.model, block, resolution, answered=answered)
                self.found.add(Part.DOCUMENTS, count)
            case Recording():
                count = media.recording(self.model, block, resolution)
                self.found.add(Part.VIDEO if block.kind == "video" else Part.AUDIO, count)
            case _:  # code that Google ran, and what came of it: 2.5 leaves it out
                whole = text_tokens(compact(block.value), self.model)
                half = TokenCount(whole.tokens // 2, 0, whole.high, Method.ASSUMED)
                self.found.add(part, half)

    def _answer(self, part: Part, block: ToolResult) -> None:
        """A function's answer; other APIs have texts where Gemini has a mapping."""
        value = block.value
        if value is None:
            value = {"result": "".join(one.text for one in block.content if isinstance(one, Text))}
        self._pieces(part, self.style.answer(block.name or _called(self.request, block), value))
        for inner in block.content:
            if not isinstance(inner, Text):
                self._block(part, inner, answered=True)

    def _thoughts(self, part: Part, text: str) -> None:
        """Thoughts as text; Vertex left out 6 of 20 of the recorded ones."""
        count = text_tokens(text, self.model)
        low = 0 if is_vertex(self.request.host) else count.low
        self.found.add(part, replace(count, low=low))

    def _signature(self, signature: str, *, current: bool) -> None:
        """Thoughts that led to a call: certain to count where each host and generation does so."""
        if len(signature) < _PLACEHOLDER:
            return
        is_new, on_vertex = generation(self.model) >= (3, 0), is_vertex(self.request.host)
        share, head = _THOUGHTS[3 if is_new else 2]
        thoughts = max(0, round(len(signature) * share) - head)
        # 2.5 counts all on Vertex (33 of 42, the others of turns gone by), and 3 this turn's on the
        # Gemini API (5 of 5).
        if is_new != on_vertex and (on_vertex or current):
            doubt = thoughts * (_SIGNED if current else 1)
            self.found.constant(Part.MESSAGES, thoughts, Method.ASSUMED, doubt)
        elif on_vertex or current:
            self.found.constant(Part.MESSAGES, 0, Method.ASSUMED, thoughts)

    def _vendor_tool(self) -> None:
        """Gemini 3 is told of Google's own tools; what they find is reported apart."""
        if generation(self.model) >= (3, 0) and not is_vertex(self.request.host):
            self.found.constant(Part.TOOLS, _SEARCH, Method.ASSUMED, _SEARCH_MOST - _SEARCH)

    def _pieces(self, part: Part, written: Pieces) -> None:
        for text in written.texts:
            self.found.add(part, text_tokens(text, self.model))
        self.found.constant(part, written.controls, Method.VENDOR_EQUIVALENT, written.doubt)

    def _corrected(self, part: Part, name: str) -> None:
        self.found.constant(part, self.corrections.get(name, 0), Method.VENDOR_EQUIVALENT)


def _last_question(request: Request) -> int:
    """Where the user last sent anything but answers of functions; there the current turn begins."""
    asked = [
        index
        for index, message in enumerate(request.messages)
        if message.role == "user"
        and any(not isinstance(block, ToolResult) for block in message.blocks)
    ]
    return max(asked, default=-1)


def _called(request: Request, answer: ToolResult) -> str:
    """The name of the function whose call an answer refers to."""
    names = {block.call_id: block.name for block in request.blocks() if isinstance(block, ToolCall)}
    return names.get(answer.call_id, "")


def _arguments(given: Any) -> Any:
    """OpenAI's API has arguments as the text of a mapping."""
    value = parsed(given) if isinstance(given, str) else given
    return value if isinstance(value, Mapping) or not value else {"arguments": value}


def _resolution(request: Request) -> str:
    settings = mapping(either(request.body, "generationConfig", "generation_config"))
    given = str(either(settings, "mediaResolution", "media_resolution") or "").casefold()
    named = given.removeprefix("media_resolution_")
    return named if named in GEMINI_3_BUDGETS else "auto"
