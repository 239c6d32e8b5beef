"""Tokens of a request to a model of open weights, or of one whose wrapping nobody published.

Texts are counted with the model's vocabulary where it is at hand, else scaled; what stands around
them is in `recorded_templates`. A tool is written as the JSON it was declared with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from costplan.tokens.counting import count_many, count_tokens
from costplan.tokens.counts import Method, Part, TokenCount, certain, worst
from costplan.tokens.requests.conversation import (
    Block,
    Dialect,
    Document,
    Image,
    Message,
    Recording,
    Request,
    Tool,
    ToolCall,
    ToolResult,
)
from costplan.tokens.requests.fields import compact
from costplan.tokens.requests.others.media import document_tokens, picture_tokens, recording_tokens
from costplan.tokens.requests.others.recorded_templates import template_of
from costplan.tokens.requests.others.templates import Template
from costplan.tokens.requests.others.texts import argument_count, declaration, texts_of
from costplan.tokens.requests.tally import Entry, Tally

SEARCHED = 6_000
"""Tokens that a host's own search may add: 2,800 to 5,900 in 5 recorded calls."""
_CONTROL = re.compile(r"<\|\w+\|>")
"""What a bare prompt to Llama or Qwen spells out: one token each."""
_AROUND_A_TEXT = 2
"""Tokens either way: models put none to 4 around a text to embed or to go on with; 21 calls."""


def tally(request: Request, model: str, corrections: Mapping[str, int]) -> Tally:
    """The parts of a request; hosts of these models cache by themselves, so all is cacheable."""
    found = Tally()
    template = template_of(model, request.host, request.dialect)
    writing = _Writing(found, template, model, corrections)
    if request.dialect is Dialect.PROMPT:
        writing.go_on(request)
    else:
        writing.declare(request)
        writing.converse(request)
        writing.wrap(request)
        writing.doubt_the_age(request)
    found.mark()
    return found


@dataclass(frozen=True, slots=True)
class _Writing:
    """A request as its template writes it."""

    tally: Tally
    template: Template
    model: str
    corrections: Mapping[str, int]

    def go_on(self, request: Request) -> None:
        """Bare texts, with nothing around them but the control tokens they spell out."""
        for message in request.messages:
            text, controls = _CONTROL.subn("", message.text)
            part = Part.SYSTEM if message.is_system else Part.MESSAGES
            self.tally.add(part, count_tokens(text, self.model))
            fixed = controls + 1
            self.tally.constant(Part.FRAME, fixed, Method.VENDOR_EQUIVALENT, _AROUND_A_TEXT)
        for block in request.blocks():
            self._medium(block)

    def declare(self, request: Request) -> None:
        """The tools, and the structure of the answer."""
        functions, built_in = _tools(self.template, request)
        if functions:
            layout = self.template.layout
            declared = self._texts(Part.TOOLS, (declaration(tool, layout) for tool in functions))
            fixed = self._corrected("tools_any" if request.forces_call else "tools_auto")
            fixed += self._corrected("tool") * len(functions)
            doubt = self.template.doubt.tools + 2 * (len(functions) - 1)
            if not _roles(request)["system"]:
                doubt += self.template.calling.alone / 5
            # Where a template shortens declarations, no less than nothing is left of them.
            around = max(-declared, _calling(self.template, request))
            self._constant(Part.TOOLS, around + fixed, doubt)
        if built_in:
            self.tally.add(Part.TOOLS, TokenCount(0, 0, SEARCHED, Method.ASSUMED))
        if request.schema:
            most = 2 * count_tokens(compact(request.schema.schema), self.model).tokens
            tokens = most // 2 if self.template.schema else 0
            self.tally.add(Part.TOOLS, TokenCount(tokens, 0, most, Method.ASSUMED))

    def converse(self, request: Request) -> None:
        """The texts of all messages, the calls with what they gave, and the media."""
        written = list(texts_of(request.messages, self.template))
        self._texts(Part.SYSTEM, (text for message, text in written if message.is_system))
        self._texts(Part.MESSAGES, (text for message, text in written if not message.is_system))
        calls = _calls(request)
        fixed = _called(self.template, request) + self._corrected("call") * calls
        self._constant(Part.MESSAGES, fixed, calls * (2 + self.template.doubt.call))
        for block in request.blocks():
            self._medium(block)

    def wrap(self, request: Request) -> None:
        """What stands around the messages."""
        roles = _roles(request)
        fixed = self._corrected("request") + self._corrected("message") * len(request.messages)
        fixed += self._corrected("system") * bool(roles["system"])
        doubt = self.template.doubt.plain * (1 + roles["assistant"] / 4)
        self._constant(Part.FRAME, _framed(self.template, request) + fixed, doubt)

    def doubt_the_age(self, request: Request) -> None:
        """A name that an older model had too may mean that one: all it wrote less, or more."""
        if self.template.earlier:
            now, doubt = _whole(self.template, request)
            before, doubt_before = _whole(self.template.earlier, request)
            below = max(0, now - before + doubt_before - doubt)
            above = max(0, before - now + doubt_before - doubt)
            entry = Entry(Part.FRAME, 0, below, above, Method.VENDOR_EQUIVALENT)
            self.tally.entries.append(entry)

    def _medium(self, block: Block) -> None:
        if isinstance(block, Image):
            self.tally.add(Part.IMAGES, picture_tokens(self.model, block))
            self.tally.constant(Part.IMAGES, self._corrected("image"), Method.VENDOR_EQUIVALENT)
        elif isinstance(block, Recording):
            part = Part.VIDEO if block.kind == "video" else Part.AUDIO
            self.tally.add(part, recording_tokens(self.model, block))
        elif isinstance(block, Document):
            self.tally.add(Part.DOCUMENTS, document_tokens(self.model, block))

    def _texts(self, part: Part, texts: Iterable[str]) -> int:
        """All texts of a part as one entry: what strays in one strays in the others too."""
        found = [text for text in texts if text]
        count = _together(found, self.model) if found else certain(0, Method.EXACT)
        if found:
            self.tally.add(part, count)
        return count.tokens

    def _constant(self, part: Part, tokens: int, doubt: float) -> None:
        method = Method.VENDOR_EQUIVALENT if self.template.measured else Method.ASSUMED
        self.tally.constant(part, tokens, method, doubt)

    def _corrected(self, name: str) -> int:
        return self.corrections.get(name, 0)


def _whole(template: Template, request: Request) -> tuple[int, float]:
    """All that a template writes around the texts, and how far that may be off."""
    functions, _ = _tools(template, request)
    doubt = template.doubt.plain + template.doubt.tools * bool(functions)
    tokens = _framed(template, request) + _called(template, request)
    if functions:
        tokens += _calling(template, request)
    return tokens, doubt + template.doubt.call * _calls(request)


def _framed(template: Template, request: Request) -> int:
    turns, roles = template.turns, _roles(request)
    preamble = 0 if roles["system"] else turns.preamble
    around = roles["user"] * turns.user + roles["assistant"] * turns.assistant
    return turns.opening + preamble + around + roles["system"] * turns.system


def _calling(template: Template, request: Request) -> int:
    functions, _ = _tools(template, request)
    alone = 0 if _roles(request)["system"] else template.calling.alone
    return template.calling.tools + alone + template.calling.tool * len(functions)


def _called(template: Template, request: Request) -> int:
    arguments = sum(
        argument_count(block) for block in request.blocks() if isinstance(block, ToolCall)
    )
    return template.calling.call * _calls(request) + template.calling.argument * arguments


def _tools(template: Template, request: Request) -> tuple[list[Tool], list[Tool]]:
    """Functions that are written, and tools that the host runs itself."""
    if request.tool_choice == "none" and not template.keeps_uncallable:
        return [], []
    tools = [tool for tool in request.tools if not tool.deferred]
    functions = [tool for tool in tools if tool.kind == "function"]
    return functions, [tool for tool in tools if tool.kind != "function"]


def _calls(request: Request) -> int:
    """Calls, or results where the calls themselves are not in the request."""
    blocks = list(request.blocks())
    calls = sum(isinstance(block, ToolCall) for block in blocks)
    return max(calls, sum(isinstance(block, ToolResult) for block in blocks))


def _roles(request: Request) -> dict[str, int]:
    """How many messages of each side; what a tool gave is counted with its call."""
    roles = [_role(message) for message in request.messages]
    return {role: roles.count(role) for role in ("user", "assistant", "system")}


def _role(message: Message) -> str:
    if message.is_system:
        return "system"
    answers = bool(message.blocks) and all(isinstance(b, ToolResult) for b in message.blocks)
    return "tool" if answers else message.role


def _together(texts: list[str], model: str) -> TokenCount:
    """The sum of several texts, with the band of one text of their length."""
    counts = count_many(texts, model)
    tokens = sum(count.tokens for count in counts)
    method = worst(tuple(Method(count.method) for count in counts))
    if all(count.low == count.high for count in counts):
        return TokenCount(tokens, tokens, tokens, method)
    whole = count_tokens("\n".join(texts), model)
    below, above = whole.tokens - whole.low, whole.high - whole.tokens
    return TokenCount(tokens, max(0, tokens - below), tokens + above, method)
